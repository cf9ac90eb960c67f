"""Words of one's own. ``text``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import clean
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Take

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene

__all__ = ["TEXT_LIMIT", "FreeText"]

TEXT_LIMIT = 4000
"""Characters of a written answer: what fits one message of Telegram, with room for our own words."""


class FreeText(QuestionType):
    """Stores what was written, without what no text needs (control characters, lone surrogates)."""

    kind: ClassVar[str] = "text"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please write your answer.")

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        written = clean(text).strip()
        if not written:
            return Refuse(self.expectation(scene, question))
        if len(written) > TEXT_LIMIT:
            said = scene.voice.text("Your text is too long. Please write at most {limit} letters.", limit=TEXT_LIMIT)
            return Refuse(said)
        return Take(written)
