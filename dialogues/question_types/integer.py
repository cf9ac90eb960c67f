"""A whole number, typed in any script. ``integer``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.numbers import NumberType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class Integer(NumberType):
    """Stores ``4``, ``-2``."""

    kind: ClassVar[str] = "integer"
    whole: ClassVar[bool] = True

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please write a whole number, for example {example}.", example=4)
