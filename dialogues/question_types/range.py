"""A number between two bounds, in steps: buttons where there are few, else typed. ``range``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from dialogues.labels import numbers_a_row
from dialogues.prompts import Option
from dialogues.question_types.base import Outcome, Refuse, Rows, Stay, Take
from dialogues.question_types.numbers import NumberType, stored
from dialogues.question_types.options import in_rows

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.forms.definition import Control
    from dialogues.markup import Markup
    from dialogues.scene import Scene

MOST_BUTTONS = 21
"""0 to 10 in halves; more is typed."""
_SMALLEST = Decimal("0.000001")
"""A finer step makes numbers of so many digits that counting them takes half a minute."""
_KEY = re.compile(r"v([0-9]{1,3})")
_RATING = "rating"
"""The appearance that ODK draws as stars, from 1 on."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    start: Decimal
    end: Decimal
    step: Decimal

    @property
    def count(self) -> int:
        """How many numbers there are to choose from."""
        return int(abs(self.end - self.start) / self.step) + 1

    def numbers(self) -> tuple[str, ...]:
        """All there are, as they are stored, where there are few; else none."""
        return tuple(stored(self.at(place)) for place in range(self.count)) if self.count <= MOST_BUTTONS else ()

    def at(self, place: int) -> Decimal:
        """Return the number at a place, from 0: a range may count down."""
        distance = self.step * place
        return Decimal(stored(self.start + distance if self.end >= self.start else self.start - distance))

    def holds(self, number: Decimal) -> bool:
        low, high = sorted((self.start, self.end))
        try:
            return low <= number <= high and (number - self.start) % self.step == 0
        except InvalidOperation:  # a step too small for the numbers between
            return False


class Range(NumberType):
    """Stores the number. Its buttons carry ``v3``: "the fourth number"."""

    kind: ClassVar[str] = "range"
    shown_as_chosen: ClassVar[bool] = True

    def expectation(self, scene: Scene, question: Question) -> Markup:
        bounds = _bounds(scene, question)
        if bounds.count <= MOST_BUTTONS:
            return scene.voice.text("Please choose one answer.")
        return self._between(scene, bounds)

    def _between(self, scene: Scene, bounds: _Bounds) -> Markup:
        start, end = (scene.voice.figure(stored(bounds.at(place))) for place in (0, bounds.count - 1))
        text = scene.voice.text("Please write a number from {start} to {end}.", start=start, end=end)
        if bounds.step == 1:
            return text
        few = (scene.voice.figure(stored(bounds.at(place))) for place in range(3))
        return text + " " + scene.voice.text("These fit: {numbers} …", numbers=" · ".join(few))

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        bounds = _bounds(scene, question)
        if bounds.count > MOST_BUTTONS:
            return ()
        value, stars = scene.instance.value(question.ref), _RATING in question.appearance.split()
        buttons = [
            Option(f"v{place}", "★ " * stars + scene.voice.figure(number), chosen=number == value)
            for place, number in enumerate(bounds.numbers())
        ]
        return in_rows(buttons, numbers_a_row(len(buttons)))

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        match, bounds = _KEY.fullmatch(key), _bounds(scene, question)
        if match is None or int(match[1]) >= min(bounds.count, MOST_BUTTONS):
            return Stay()
        return Take(stored(bounds.at(int(match[1]))))

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        heard, bounds = super().hear(scene, question, text, page), _bounds(scene, question)
        if isinstance(heard, Take) and not bounds.holds(Decimal(heard.value)):
            return Refuse(self._between(scene, bounds))
        return heard


def offered(control: Control) -> tuple[str, ...]:
    """The numbers that a range offers as buttons, as they are stored; none where there are too many."""
    return _bounds_of(control).numbers()


def _bounds(scene: Scene, question: Question) -> _Bounds:
    return _bounds_of(scene.instance.form.definition_of(question.ref).control)


def _bounds_of(control: Control | None) -> _Bounds:
    """Return the bounds; what a questionnaire leaves out or gets wrong is as in ODK: 0 to 10 in steps of 1."""
    start, end, step = (control and control.bounds) or ("", "", "")
    found = _Bounds(_number(start, 0), _number(end, 10), abs(_number(step, 1)))
    return found if found.step else _Bounds(found.start, found.end, Decimal(1))


def _number(text: str, default: int) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Decimal(default)
    is_usual = not number or (number.is_finite() and _SMALLEST <= abs(number) < 10**12)
    return number if is_usual else Decimal(default)
