"""Options in an order of one's own: each tap says what comes next. ``rank``.

The answer is whole when every option has its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import Markup, escape, insert
from dialogues.question_types.base import Outcome, Put, Stay
from dialogues.question_types.select_multiple import SelectMultiple

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.scene import Scene


class Rank(SelectMultiple):
    """Its buttons carry ``k3+`` and ``k3-``: "the fourth option has a place", "has none"."""

    kind: ClassVar[str] = "rank"
    letter: ClassVar[str] = "k"
    shown_as_chosen: ClassVar[bool] = False

    def call(self, scene: Scene, question: Question) -> Markup:
        done = scene.voice.plain("Done")
        return scene.voice.text(
            "Tap what comes first for you. Then tap what comes next. At the end tap {done}.", done=done
        )

    def changed(self, scene: Scene, question: Question, index: int, *, chosen: bool) -> Outcome:
        values = [choice.value for choice in scene.options(question.ref)]
        placed = [each for each in scene.instance.value(question.ref).split(" ") if each in values]
        if (values[index] in placed) is chosen:
            return Stay()
        if not chosen:
            return Put(" ".join(each for each in placed if each != values[index]), more=False)
        return Put(" ".join([*placed, values[index]]), more=True)

    def unfinished(self, scene: Scene, question: Question) -> Markup | None:
        placed = set(scene.instance.value(question.ref).split(" "))
        missing = sum(1 for choice in scene.options(question.ref) if choice.value not in placed)
        if not missing or placed == {""}:
            return None
        return scene.voice.plural(
            "{n} answer has no place yet. Please tap it.", "{n} answers have no place yet. Please tap them.", missing
        )

    def said(self, scene: Scene, question: Question, value: str) -> Markup:
        labels = scene.option_list(question.ref).label_of
        named = (insert(labels.get(each) or each) for each in value.split(" "))
        return scene.joined(escape(f"{place}.\u00a0") + label for place, label in enumerate(named, 1))
