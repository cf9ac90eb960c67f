"""A number with or without decimals, typed in any script. ``decimal``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.numbers import NumberType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class DecimalNumber(NumberType):
    """Stores ``2.5``, without zeros at the end."""

    kind: ClassVar[str] = "decimal"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please write a number, for example {example}.", example=Decimal("2.5"))
