"""Pictures, sounds and films that are shown with the questions of a questionnaire: known by content, never by name.

They are cleaned as those of broadcasts and those that residents send. Blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from admin.attachments import RefusedFileError, paint
from admin.importing import Kept
from dialogues.recordings import film, sound
from storage.models import AttachmentKind
from storage.services.questionnaire_files import KeptFile

_SOUND_BRANDS = (b"M4A ", b"M4B ", b"F4A ")
"""What the container of MP4 calls itself where it holds sound only (ISO/IEC 14496-12, 4.3)."""


def take_medium(data: bytes) -> tuple[AttachmentKind, bytes] | None:
    """A picture, sound or film as it is kept; None: it is nothing that a chat can show."""
    kind, clean = _way(data)
    try:
        return kind, clean(data)
    except RefusedFileError:
        return None


def _way(data: bytes) -> tuple[AttachmentKind, Callable[[bytes], bytes]]:
    if data[4:8] == b"ftyp" and data[8:12] not in _SOUND_BRANDS:
        return AttachmentKind.VIDEO, film
    if data.startswith((b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")) or data[4:8] == b"ftyp":
        return AttachmentKind.AUDIO, sound
    return AttachmentKind.PHOTO, paint


def kept_files(files: Iterable[Kept]) -> tuple[KeptFile, ...]:
    """The files of a report as the database keeps them."""
    return tuple(KeptFile(each.name, AttachmentKind(each.kind), each.content) for each in files)
