"""Something spoken or recorded: a voice message, or a sound file. ``audio``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.prompts import MediaKind
from dialogues.question_types.files import FileType

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.markup import Markup
    from dialogues.scene import Scene


class Audio(FileType):
    """Stores the name of the file."""

    kind: ClassVar[str] = "audio"
    takes: ClassVar[frozenset[MediaKind]] = frozenset({MediaKind.VOICE, MediaKind.AUDIO})
    media_type: ClassVar[str] = "audio/"

    def expectation(self, scene: Scene, question: Question) -> Markup:
        return scene.voice.text("Please send a voice message: hold the 🎤 and speak.")

    def noun(self, scene: Scene) -> str:
        return scene.voice.plain("Voice message")
