"""A file of any kind: a document, a photo, a recording. ``file``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.question_types.files import FileType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class File(FileType):
    """Stores the name of the file."""

    kind: ClassVar[str] = "file"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please send a file or a photo: tap 📎.")

    def noun(self, scene: Scene) -> str:
        return scene.voice.plain("File")
