"""Files that residents send: which are taken, and under which names they are kept.

A pure table. What a phone claims of a file never becomes part of a name; `dialogues.attachments` judges what is in it.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_BYTES = 20 * 1024 * 1024
"""Of a file. A bot can fetch no larger one (Bot API, getFile: "up to 20MB")."""
MOST_FILES = 30
"""In one response: three albums. Nobody looks at more, and whoever sends without end must not fill the disk."""
MOST_TOGETHER = 100 * 1024 * 1024
"""Bytes of the files of one response: 20 photos as phones take them, or five films of the largest size."""
NAME_BYTES = 16
"""Of chance in a name: enough that no two are ever alike, and none can be guessed."""
UNKNOWN = "application/octet-stream"


class Family(StrEnum):
    """What a file is to people."""

    PICTURE = "picture"
    SOUND = "sound"
    FILM = "film"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Taken:
    """How files of a type are kept: under names with this ``ending``, as ``media_type``."""

    family: Family
    ending: str
    media_type: str


_JPEG = Taken(Family.PICTURE, "jpg", "image/jpeg")  # whatever a picture was, it is painted anew as this
_OGG = Taken(Family.SOUND, "ogg", "audio/ogg")
_MP3 = Taken(Family.SOUND, "mp3", "audio/mpeg")
_M4A = Taken(Family.SOUND, "m4a", "audio/mp4")
_MP4 = Taken(Family.FILM, "mp4", "video/mp4")
_PDF = Taken(Family.DOCUMENT, "pdf", "application/pdf")
_TYPES: Mapping[str, Taken] = {
    "image/jpeg": _JPEG,
    "image/jpg": _JPEG,
    "image/png": _JPEG,
    "image/webp": _JPEG,
    "audio/ogg": _OGG,
    "application/ogg": _OGG,
    "audio/opus": _OGG,
    "audio/mpeg": _MP3,
    "audio/mp3": _MP3,
    "audio/mpeg3": _MP3,
    "audio/mp4": _M4A,
    "audio/m4a": _M4A,
    "audio/x-m4a": _M4A,
    "video/mp4": _MP4,
    "video/quicktime": _MP4,
    "application/pdf": _PDF,
}
_ENDINGS = {each.ending: each for each in _TYPES.values()}
_NO_ENDING = "bin"
_NAME = re.compile(rf"[a-z2-7]{{26}}\.({'|'.join([*_ENDINGS, _NO_ENDING])})")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")


def media_type_of(claimed: str | None) -> str:
    """A media type as a phone claims it, in small letters and without parameters; `UNKNOWN` for what is none."""
    bare = (claimed or "").partition(";")[0].strip().lower()
    return bare if _TYPE.fullmatch(bare) else UNKNOWN


def taken(media_type: str) -> Taken | None:
    """How files of this type are kept; None: they are not."""
    return _TYPES.get(media_type_of(media_type))


def name_for(media_type: str, chance: bytes) -> str:
    """A name for a file of this type, out of `NAME_BYTES` of ``chance``; also for one that is not taken."""
    kept = taken(media_type)
    stem = b32encode(chance[:NAME_BYTES]).decode().rstrip("=").lower()
    return f"{stem}.{kept.ending if kept else _NO_ENDING}"


def have_room(sizes: Mapping[str, int | None]) -> bool:
    """Whether one response may have files of these sizes, by name. None: not told, so it may be the largest."""
    together = sum(MOST_BYTES if size is None else size for size in sizes.values())
    return len(sizes) <= MOST_FILES and together <= MOST_TOGETHER


def is_name(value: str) -> bool:
    """Whether a value has the form of such a name. Somebody may have typed it all the same."""
    return _NAME.fullmatch(value) is not None


def kept_as(name: str) -> Taken | None:
    """How the file of this name is kept."""
    return _ENDINGS.get(name.rpartition(".")[2]) if is_name(name) else None
