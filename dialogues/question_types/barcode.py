"""What a bar code or QR code says, typed: a chat reads no codes. ``barcode``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.text import FreeText

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class Barcode(FreeText):
    """Stores the letters and figures as they were typed."""

    kind: ClassVar[str] = "barcode"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please write the number or the letters that stand with the code.")
