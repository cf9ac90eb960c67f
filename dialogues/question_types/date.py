"""A day, chosen in a month or typed. ``date``."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from dialogues.date_picker import BLANK_PREFIX, FIRST_MONTH, LAST_MONTH, month_of, month_rows, page_of
from dialogues.markup import Markup, clean
from dialogues.question_types.base import Ignore, Outcome, QuestionType, Refuse, Rows, Stay, Take, TurnTo
from dialogues.typed.dates import Flaw, flaw_of, read_date

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.scene import Scene
    from dialogues.texts import Voice

__all__ = ["Date", "day_of", "press_month", "say_flaw"]

_MONTH_KEY = re.compile(r"m([0-9]{4})-(0[1-9]|1[0-2])y?")
_DAY_KEY = re.compile(r"d([0-9]{4}-[0-9]{2}-[0-9]{2})")


def day_of(value: str) -> date | None:
    """Return the day in a stored date or date with time."""
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def press_month(key: str) -> Outcome | date:
    """Return what a button of a month comes to: the day it names, or another month."""
    if key.startswith(BLANK_PREFIX):
        return Ignore()
    month = _MONTH_KEY.fullmatch(key)
    if month:
        first = date(max(int(month[1]), FIRST_MONTH.year), int(month[2]), 1)
        return TurnTo(page_of(min(first, LAST_MONTH)))
    match = _DAY_KEY.fullmatch(key)
    day = day_of(match[1]) if match else None
    return day if day and FIRST_MONTH <= day.replace(day=1) <= LAST_MONTH else Stay()


def say_flaw(voice: Voice, text: str) -> Markup:
    """Return what is the matter with a text that is no day, for before what is expected; empty if that is not clear."""
    match flaw_of(text):
        case Flaw.NO_SUCH_DAY:
            return voice.text("This day does not exist.") + " "
        case Flaw.NO_DAY:
            return voice.text("The day is still missing.") + " "
    return Markup("")


class Date(QuestionType):
    """Stores ``2026-11-28``. Its page is the month that is shown; 0 is the one that fits the answer, or today."""

    kind: ClassVar[str] = "date"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        example = scene.voice.date(scene.instance.now.date(), year=True, weekday=False)
        return scene.voice.text("Please choose a day or write a date, for example {example}.", example=example)

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        chosen = day_of(scene.instance.value(question.ref))
        return month_rows(month_of(page, chosen or scene.instance.now.date()), scene.voice, chosen)

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        pressed = press_month(key)
        return Take(pressed.isoformat()) if isinstance(pressed, date) else pressed

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        written = clean(text).strip()
        day = read_date(written, scene.instance.now.date())
        return (
            Take(day.isoformat()) if day else Refuse(say_flaw(scene.voice, written) + self.expectation(scene, question))
        )

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        day = day_of(value)
        return scene.voice.date(day, year=True, weekday=False) if day else value
