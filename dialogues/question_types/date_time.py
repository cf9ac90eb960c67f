"""A day and a time of day: one after the other on buttons, or both typed. ``dateTime``."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, ClassVar

from dialogues.date_picker import month_of, month_rows
from dialogues.layout import lines
from dialogues.markup import clean, insert
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Rows, Stay, Take, TurnTo
from dialogues.question_types.date import day_of, press_month, say_flaw
from dialogues.question_types.time import Time, clock_rows, pressed_hour, pressed_time
from dialogues.typed.dates import read_date
from dialogues.typed.times import read_time, split_time

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene
    from dialogues.texts import Voice

_DAYS = 1_000_000
"""Pages from here on stand for a chosen day, below for months."""


class DateTime(QuestionType):
    """Stores ``2026-11-28T14:15:00.000+01:00``.

    Its page is a month, as in `date`, then the day that was chosen, and then that with an hour.
    """

    kind: ClassVar[str] = "dateTime"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        example = _said(scene.voice, scene.instance.now.date(), "14:30")
        return scene.voice.text("Please choose a day and then a time, or write both: {example}.", example=example)

    def expected(self, scene: Scene, question: Question, page: int) -> Markup:
        day, _ = _chosen(page)
        if day is None:
            return super().expected(scene, question, page)
        return lines(insert(scene.voice.date(day, year=True)), Time().expectation(scene, question))

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        day, hour = _chosen(page)
        if day is not None:
            return clock_rows(scene.voice, hour)
        chosen = day_of(scene.instance.value(question.ref))
        return month_rows(month_of(page, chosen or scene.instance.now.date()), scene.voice, chosen)

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        day, _ = _chosen(page)
        if day is None:
            pressed = press_month(key)
            return TurnTo(_page(pressed)) if isinstance(pressed, date) else pressed
        hour, moment = pressed_hour(key), pressed_time(key)
        if moment is not None:
            return Take(_stored(day, moment, scene.instance.now))
        if key == "p0":
            return TurnTo(_page(day))
        return Stay() if hour is None else TurnTo(_page(day, hour))

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        now = scene.instance.now
        chosen, _ = _chosen(page)
        moment = read_time(clean(text)) if chosen else None
        if chosen and moment:
            return Take(_stored(chosen, moment, now))
        written, moment = split_time(clean(text).strip())
        day = read_date(written, now.date())
        if day is None:
            return Refuse(say_flaw(scene.voice, written) + self.expected(scene, question, page))
        return TurnTo(_page(day)) if moment is None else Take(_stored(day, moment, now))

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        day = day_of(value)
        return _said(scene.voice, day, value[11:16]) if day else value


def _said(voice: Voice, day: date, clock: str) -> str:
    return f"{voice.date(day, year=True, weekday=False)}{voice.comma}{clock}"


def _page(day: date, hour: int | None = None) -> int:
    return _DAYS + day.toordinal() * 25 + (0 if hour is None else hour + 1)


def _chosen(page: int) -> tuple[date | None, int | None]:
    """Return the day and the hour that a page stands for."""
    if page < _DAYS:
        return None, None
    ordinal, hour = divmod(page - _DAYS, 25)
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())), hour - 1 if hour else None


def _stored(day: date, moment: time, now: datetime) -> str:
    return datetime.combine(day, moment, now.tzinfo).isoformat(timespec="milliseconds")
