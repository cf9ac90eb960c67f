"""A text that asks nothing: it is told with the next question. ``note``, and whatever may only be read."""

from __future__ import annotations

from typing import ClassVar

from dialogues.question_types.base import QuestionType


class Note(QuestionType):
    """Stores nothing."""

    kind: ClassVar[str] = "note"
    asked: ClassVar[bool] = False
