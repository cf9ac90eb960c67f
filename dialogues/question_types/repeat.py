"""The end of an open repeat: what was entered so far, and whether there is another one. ``begin_repeat``.

A repeat that an expression counts asks nothing here: its instances are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from dialogues.markup import Markup, escape
from dialogues.prompts import Option
from dialogues.question_types.base import Grow, Outcome, QuestionType, Refuse, Rows, Shrink, Stay

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.prompts import Media
    from dialogues.scene import Scene

ADD: Final = "add"
REMOVE: Final = "drop"
_MOST_LISTED = 20
_MOST_ANSWERS = 3


class Repeat(QuestionType):
    """Stores nothing itself; the number of instances is its value."""

    kind: ClassVar[str] = "repeat"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        count = scene.instance.count(question.ref)
        another = scene.voice.text("Do you want to add another one?")
        return another if count else scene.voice.text("Do you want to add one?")

    def listed(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Markup:
        """Return the first answers of each instance, the last ones if there are many."""
        count = scene.instance.count(question.ref)
        start = max(0, count - _MOST_LISTED)
        lines = [self._entry(scene, f"{question.ref}[{place}]", place) for place in range(start + 1, count + 1)]
        return Markup("\n").join([Markup("…"), *lines] if start else lines)

    def _entry(self, scene: Scene, ref: str, place: int) -> Markup:
        inside = (each for each in scene.sequence.questions if each.ref.startswith(f"{ref}/"))
        answers = [answer for answer in (scene.answer(each) for each in inside) if answer]
        return escape(f"{place}. ") + (scene.joined(answers[:_MOST_ANSWERS]) if answers else Markup("–"))

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        voice = scene.voice
        if not scene.instance.count(question.ref):
            return ((Option(ADD, "➕ " + voice.plain("Add one")),),)
        add = (Option(ADD, "➕ " + voice.plain("Add another one")),)
        return (add, (Option(REMOVE, voice.plain("Remove the last one")),))

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        if key == ADD:
            return Grow()
        return Shrink() if key == REMOVE and scene.instance.count(question.ref) else Stay()

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        return Refuse(scene.voice.text("Please tap one of the buttons."))

    def receive(self, scene: Scene, question: Question, media: Media) -> Outcome:
        """Return where one more picture leads, that came without "Add another one": into an instance of its own."""
        return Grow(media)

    def value(self, scene: Scene, question: Question) -> str:
        return str(scene.instance.count(question.ref) or "")

    def said(self, scene: Scene, question: Question, value: str) -> Markup:
        return scene.voice.plural("{n} entry", "{n} entries", int(value))
