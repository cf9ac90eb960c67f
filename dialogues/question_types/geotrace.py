"""A line on a map, which a chat cannot take: that is told, and the question passed over. ``geotrace``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import Markup
from dialogues.question_types.base import QuestionType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.scene import Scene


class Geotrace(QuestionType):
    """Stores nothing."""

    kind: ClassVar[str] = "geotrace"
    asked: ClassVar[bool] = False

    def told(self, scene: Scene, question: Question) -> Markup:
        skipped = scene.voice.text("This question needs a map to draw on. It cannot be answered here, so we skip it.")
        return Markup("\n").join(each for each in (scene.label(question.ref), skipped) if each)
