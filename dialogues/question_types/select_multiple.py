"""Any number of several options: taps put them in and take them out, "Done" ends it. ``select_multiple``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.base import Outcome, Put, Stay
from dialogues.question_types.options import OptionsType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class SelectMultiple(OptionsType):
    """Its buttons carry ``c3+`` and ``c3-``: "the fourth option is chosen", "is not chosen"."""

    kind: ClassVar[str] = "select_multiple"
    many: ClassVar[bool] = True
    letter: ClassVar[str] = "c"

    def call(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Choose one or more answers. Then tap {done}.", done=scene.voice.plain("Done"))

    def key(self, index: int, *, chosen: bool) -> str:
        return f"{self.letter}{index}{'-' if chosen else '+'}"

    def pressed(self, scene: Scene, question: Question, index: int, sign: str) -> Outcome:
        if not sign:
            return Stay()
        return self.changed(scene, question, index, chosen=sign == "+")

    def picked(self, scene: Scene, question: Question, index: int) -> Outcome:
        return self.changed(scene, question, index, chosen=True)

    def changed(self, scene: Scene, question: Question, index: int, *, chosen: bool) -> Outcome:
        """Put an option in or take it out; the value has the options' order."""
        before = scene.instance.value(question.ref)
        values = [choice.value for choice in scene.options(question.ref)]
        present = set(before.split(" "))
        present = present | {values[index]} if chosen else present - {values[index]}
        value = " ".join(each for each in values if each in present)
        # Pressed twice, or in a copy of the message that shows less than is chosen: nothing changes.
        return Stay() if value == before else Put(value, more=chosen)
