"""A text to be read and confirmed. ``acknowledge`` (in XForms: ``trigger``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from dialogues.prompts import Option
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Rows, Stay, Take

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene

CONFIRMED: Final = "OK"
"""What is stored, as ODK does."""
KEY: Final = "ok"


class Acknowledge(QuestionType):
    """Stores ``OK``. Nothing that is typed confirms: only the button says what it means."""

    kind: ClassVar[str] = "acknowledge"
    shown_as_chosen: ClassVar[bool] = True

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please read this. Then tap {ok}.", ok=self._said(scene))

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        return ((Option(KEY, self._said(scene), chosen=bool(scene.instance.value(question.ref))),),)

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        return Take(CONFIRMED) if key == KEY else Stay()

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        return Refuse(scene.voice.text("Please tap one of the buttons."))

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        return self._said(scene)

    def _said(self, scene: Scene) -> str:
        return scene.voice.plain("I have read this")
