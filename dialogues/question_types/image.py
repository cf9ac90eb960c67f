"""A photo, sent as a photo or as a file. ``image``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.prompts import MediaKind
from dialogues.question_types.files import FileType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class Image(FileType):
    """Stores the name of the file."""

    kind: ClassVar[str] = "image"
    takes: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.PHOTO})
    media_type: ClassVar[str] = "image/"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please send a photo: tap 📎.")

    def noun(self, scene: Scene) -> str:
        return scene.voice.plain("Photo")
