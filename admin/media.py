"""Pictures, sounds and films that are shown with the questions of a questionnaire: known by content, never by name.

Pictures are painted anew, as those of broadcasts are; what an .mp3 says about its maker is cut off. Blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from admin.attachments import RefusedFileError, paint
from admin.importing import Kept
from storage.models import AttachmentKind
from storage.services.questionnaire_files import KeptFile

_MP3_SYNC = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")
_SOUND_BRANDS = (b"M4A ", b"M4B ", b"F4A ")
_FILM_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV")
_TAG_AT_END = 128


def take_medium(data: bytes) -> tuple[AttachmentKind, bytes] | None:
    """A picture, sound or film as it is kept; None: it is nothing that a chat can show."""
    sound = _sound(data)
    if sound is not None:
        return AttachmentKind.AUDIO, sound
    if data[4:8] == b"ftyp":
        if data[8:12] in _SOUND_BRANDS:
            return AttachmentKind.AUDIO, data
        return (AttachmentKind.VIDEO, data) if data[8:12] in _FILM_BRANDS else None
    try:
        return AttachmentKind.PHOTO, paint(data)
    except RefusedFileError:
        return None


def _sound(data: bytes) -> bytes | None:
    if data.startswith(b"OggS"):
        return data
    if data.startswith(b"ID3") or data.startswith(_MP3_SYNC):
        bare = _without_tags(data)
        return bare if bare.startswith(_MP3_SYNC) else None
    return None


def _without_tags(data: bytes) -> bytes:
    """An .mp3 without ID3 tags (id3.org): version 2 in front, its size four times seven bits, version 1 behind."""
    while data.startswith(b"ID3") and len(data) > 10 and not any(each & 0x80 for each in data[6:10]):
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        has_footer = bool(data[5] & 0x10)
        data = data[10 + size + (10 if has_footer else 0) :].lstrip(b"\0")
    return data[:-_TAG_AT_END] if data[-_TAG_AT_END:].startswith(b"TAG") else data


def kept_files(files: Iterable[Kept]) -> tuple[KeptFile, ...]:
    """The files of a report as the database keeps them."""
    return tuple(KeptFile(each.name, AttachmentKind(each.kind), each.content) for each in files)
