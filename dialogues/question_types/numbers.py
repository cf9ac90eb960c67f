"""What the types that are answered with a number share: reading one, storing it, saying it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import clean
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Take
from dialogues.typed.numbers import read_number

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.scene import Scene

__all__ = ["NumberType", "stored"]


def stored(number: Decimal) -> str:
    """Write a number as an instance holds it: no exponent, no zeros at the end."""
    if number == number.to_integral_value():
        return str(int(number))
    return f"{number:f}".rstrip("0")


class NumberType(QuestionType):
    """A type that is answered with a number."""

    whole: ClassVar[bool] = False
    """Whether it takes whole numbers only."""

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        number = read_number(clean(text).strip(), scene.voice.language)
        if number is None or (self.whole and number != number.to_integral_value()):
            return Refuse(self.expectation(scene, question))
        return Take(stored(number))

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        return scene.voice.figure(value)
