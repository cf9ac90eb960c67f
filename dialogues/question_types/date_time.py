"""A day and a time of day: one after the other on buttons, or both typed. ``dateTime``."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, ClassVar

from dialogues.date_picker import month_of, month_rows
from dialogues.markup import clean
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Rows, Stay, Take, TurnTo
from dialogues.question_types.date import day_of, press_month
from dialogues.question_types.time import clock_rows, pressed_hour, pressed_time
from dialogues.typed.dates import read_date
from dialogues.typed.times import split_time

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene

_DAYS = 1_000_000
"""Pages from here on stand for a chosen day, below for months."""


class DateTime(QuestionType):
    """Stores ``2026-11-28T14:15:00.000+01:00``.

    Its page is a month, as in `date`, then the day that was chosen, and then that with an hour.
    """

    kind: ClassVar[str] = "dateTime"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        day = scene.voice.date(scene.instance.now.date(), year=True, weekday=False)
        return scene.voice.text(
            "Please choose a day and then a time, or write both: {example}.", example=f"{day}, 14:30"
        )

    def listed(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Markup:
        day, _ = _chosen(page)
        return super().listed(scene, question, page, found) if day is None else self._say_day(scene, day)

    def _say_day(self, scene: Scene, day: date) -> Markup:
        return scene.voice.text("{day}: now choose a time.", day=scene.voice.date(day, year=True))

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

    def hear(self, scene: Scene, question: Question, text: str) -> Outcome:
        written, moment = split_time(clean(text).strip())
        day = read_date(written, scene.instance.now.date())
        if day is None or moment is None:
            return Refuse(self.expectation(scene, question))
        return Take(_stored(day, moment, scene.instance.now))

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        day = day_of(value)
        return f"{scene.voice.date(day, year=True, weekday=False)}, {value[11:16]}" if day else value


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
