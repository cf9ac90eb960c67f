"""A time of day: the hour on buttons, then the minutes, or typed. ``time``."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import clean
from dialogues.prompts import Option, Role
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Rows, Stay, Take, TurnTo
from dialogues.question_types.options import in_rows
from dialogues.typed.times import read_time

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene
    from dialogues.texts import Voice

__all__ = ["Time", "clock_rows", "pressed_hour", "pressed_time"]

_HOURS_A_ROW = 6
_QUARTERS = (0, 15, 30, 45)
_HOUR_KEY = re.compile(r"h([01][0-9]|2[0-3])")
_TIME_KEY = re.compile(r"t([01][0-9]|2[0-3]):([0-5][0-9])")


def clock_rows(voice: Voice, hour: int | None) -> Rows:
    """Return the hours of a day, or the quarters of one hour with a way back.

    Keys are ``h14`` for an hour and ``t14:15`` for a time, ``p0`` leads back to the hours.
    """
    if hour is None:
        return in_rows([Option(f"h{each:02}", f"{each:02}") for each in range(24)], _HOURS_A_ROW)
    quarters = [Option(f"t{hour:02}:{each:02}", f"{hour:02}:{each:02}") for each in _QUARTERS]
    return (tuple(quarters), (Option("p0", voice.plain("Another hour"), role=Role.NAVIGATION),))


def pressed_hour(key: str) -> int | None:
    """Return the hour that a button names."""
    match = _HOUR_KEY.fullmatch(key)
    return int(match[1]) if match else None


def pressed_time(key: str) -> time | None:
    """Return the time that a button names."""
    match = _TIME_KEY.fullmatch(key)
    return time(int(match[1]), int(match[2])) if match else None


class Time(QuestionType):
    """Stores ``14:15:00.000+01:00``. Its page is 0, or the hour and 1 whose minutes are shown."""

    kind: ClassVar[str] = "time"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please choose a time or write it, for example {example}.", example="14:30")

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        return clock_rows(scene.voice, page - 1 if 1 <= page <= 24 else None)

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        hour, moment = pressed_hour(key), pressed_time(key)
        if moment is not None:
            return Take(_stored(moment, scene.instance.now))
        if key == "p0":
            return TurnTo(0)
        return Stay() if hour is None else TurnTo(hour + 1)

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        moment = read_time(clean(text))
        return (
            Refuse(self.expectation(scene, question)) if moment is None else Take(_stored(moment, scene.instance.now))
        )

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        return value[:5]


def _stored(moment: time, now: datetime) -> str:
    """Write a time as ODK does: with the zone of the day on which it is asked."""
    return datetime.combine(now.date(), moment, now.tzinfo).isoformat(timespec="milliseconds")[11:]
