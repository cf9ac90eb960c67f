"""The types of question, one file each. A questionnaire's kind without a type cannot exist (tests look).

The interview asks a type how its question looks and what an input means; see `base.QuestionType`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dialogues.question_types.acknowledge import Acknowledge
from dialogues.question_types.audio import Audio
from dialogues.question_types.barcode import Barcode
from dialogues.question_types.base import QuestionType
from dialogues.question_types.date import Date
from dialogues.question_types.date_time import DateTime
from dialogues.question_types.decimal import DecimalNumber
from dialogues.question_types.file import File
from dialogues.question_types.geopoint import Geopoint
from dialogues.question_types.geoshape import Geoshape
from dialogues.question_types.geotrace import Geotrace
from dialogues.question_types.image import Image
from dialogues.question_types.integer import Integer
from dialogues.question_types.note import Note
from dialogues.question_types.range import Range
from dialogues.question_types.rank import Rank
from dialogues.question_types.repeat import Repeat
from dialogues.question_types.select_multiple import SelectMultiple
from dialogues.question_types.select_one import SelectOne
from dialogues.question_types.text import FreeText
from dialogues.question_types.time import Time
from dialogues.question_types.video import Video

if TYPE_CHECKING:
    from dialogues.forms import Question

__all__ = ["QUESTION_TYPES", "QuestionType", "is_asked", "type_of"]

QUESTION_TYPES: Mapping[str, QuestionType] = {
    each.kind: each
    for each in (
        Acknowledge(),
        Audio(),
        Barcode(),
        Date(),
        DateTime(),
        DecimalNumber(),
        File(),
        FreeText(),
        Geopoint(),
        Geoshape(),
        Geotrace(),
        Image(),
        Integer(),
        Note(),
        Range(),
        Rank(),
        Repeat(),
        SelectMultiple(),
        SelectOne(),
        Time(),
        Video(),
    )
}


def type_of(question: Question) -> QuestionType:
    """Return the type of a question."""
    return QUESTION_TYPES[question.kind]


def is_asked(question: Question) -> bool:
    """Tell whether an answer is awaited. A select that only heads the rows of a table has none of its own."""
    return type_of(question).asked and "label" not in question.appearance.split()
