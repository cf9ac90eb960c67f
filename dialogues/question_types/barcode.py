"""What a bar code or QR code says, typed: a chat reads no codes. ``barcode``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.markup import clean
from dialogues.question_types.text import FreeText
from dialogues.typed.folding import western_digits

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.question_types.base import Outcome
    from dialogues.scene import Scene


class Barcode(FreeText):
    """Stores the letters and figures as they were typed; of figures alone what a scanner would give: 0–9, no gaps."""

    kind: ClassVar[str] = "barcode"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please write the number or the letters that stand with the code.")

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        figures = "".join(clean(text).split())
        return super().hear(scene, question, western_digits(figures) if figures.isdecimal() else text, page)
