"""What the types that are answered with a file share: which files they take. The content stays with the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dialogues.prompts import MediaKind
from dialogues.question_types.base import Outcome, QuestionType, Refuse, Take

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.prompts import Media
    from dialogues.scene import Scene

__all__ = ["FileType"]

_ANY = frozenset({MediaKind.PHOTO, MediaKind.VOICE, MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.DOCUMENT})


class FileType(QuestionType):
    """A type that is answered with a file; stores the name that the channel has given it."""

    takes: ClassVar[frozenset[MediaKind]] = _ANY
    """What is taken whatever type of file it claims to be."""
    media_type: ClassVar[str] = ""
    """How the type of a document begins that is taken as well."""

    def noun(self, scene: Scene) -> str:
        """Return what it is called that was sent."""
        raise NotImplementedError

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        return Refuse(self.expectation(scene, question))

    def receive(self, scene: Scene, question: Question, media: Media) -> Outcome:
        if media.file is None or not self._fits(media):
            return super().receive(scene, question, media)
        return Take(media.file.name)

    def _fits(self, media: Media) -> bool:
        if media.kind in self.takes:
            return True
        claimed = media.file.media_type.lower() if media.file else ""
        return media.kind is MediaKind.DOCUMENT and bool(self.media_type) and claimed.startswith(self.media_type)

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        return self.noun(scene)
