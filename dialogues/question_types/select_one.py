"""One of several options: a tap answers. ``select_one``, with ``or_other``, from a list or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.base import Outcome, Stay, Take
from dialogues.question_types.options import OptionsType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class SelectOne(OptionsType):
    """Its buttons carry ``a3``: "the fourth option is the answer"."""

    kind: ClassVar[str] = "select_one"

    def call(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please choose one answer.")

    def key(self, index: int, *, chosen: bool) -> str:
        return f"a{index}"

    def pressed(self, scene: Scene, question: Question, index: int, sign: str) -> Outcome:
        return Stay() if sign else self.picked(scene, question, index)

    def picked(self, scene: Scene, question: Question, index: int) -> Outcome:
        return Take(scene.options(question.ref)[index].value)
