"""A video, sent as a video or as a file. ``video``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.prompts import MediaKind
from dialogues.question_types.files import FileType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class Video(FileType):
    """Stores the name of the file."""

    kind: ClassVar[str] = "video"
    takes: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.VIDEO})
    media_type: ClassVar[str] = "video/"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please send a video: tap 📎.")

    def noun(self, scene: Scene) -> str:
        return scene.voice.plain("Video")
