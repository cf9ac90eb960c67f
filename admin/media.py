"""Pictures, sounds and films that are shown with the questions of a questionnaire: known by content, never by name.

Pictures are painted anew, as those of broadcasts are; sounds and films lose what they say about their maker. Blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from admin.importing import Kept
from dialogues.attachments import picture
from dialogues.recordings import film, sound
from dialogues.refused_files import RefusedFileError
from storage.models import AttachmentKind
from storage.services.questionnaire_files import KeptFile

_MP3_SYNC = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"F4A ")
_FILM_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV")


def take_medium(data: bytes) -> tuple[AttachmentKind, bytes] | None:
    """A picture, sound or film as it is kept; None: it is nothing that a chat can show."""
    try:
        return _taken(data)
    except RefusedFileError:
        return None


def _taken(data: bytes) -> tuple[AttachmentKind, bytes] | None:
    if data[4:8] == b"ftyp":
        if data[8:12] in _SOUND_BRANDS:
            return AttachmentKind.AUDIO, sound(data)
        return (AttachmentKind.VIDEO, film(data)) if data[8:12] in _FILM_BRANDS else None
    if data.startswith((b"OggS", b"ID3", *_MP3_SYNC)):
        return AttachmentKind.AUDIO, sound(data)
    return AttachmentKind.PHOTO, picture(data)


def media_type(kind: AttachmentKind, content: bytes) -> str:
    """The type by which a browser shows or plays what `take_medium` has kept."""
    if kind == AttachmentKind.PHOTO:
        return "image/jpeg"
    if kind == AttachmentKind.VIDEO:
        return "video/mp4"
    return "audio/ogg" if content.startswith(b"OggS") else "audio/mp4" if content[4:8] == b"ftyp" else "audio/mpeg"


def kept_files(files: Iterable[Kept]) -> tuple[KeptFile, ...]:
    """The files of a report as the database keeps them."""
    return tuple(KeptFile(each.name, AttachmentKind(each.kind), each.content) for each in files)
