"""Files that are sent with a broadcast: pictures are painted anew, documents are freed of what tells their maker.

A file comes from outside. It is judged by its content, never by its name. Blocks: call it in a thread.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import PurePath
from threading import Lock

from PIL import Image, ImageOps, UnidentifiedImageError

from dialogues.markup import clean
from storage.models import AttachmentKind

MAX_FILE = 10_000_000
"""Bytes. What Telegram takes as a picture; a document may be larger there, but not for people with little data."""
MAX_PIXELS = 50_000_000
"""Of a picture, before it is decoded: a few kilobytes can claim to be a picture that fills the machine."""
LONG_SIDE = 2560
"""Pixels of a picture at most, as Telegram itself keeps them."""
MAX_RATIO = 20
"""How many times as long as wide a picture may be: Telegram refuses more."""
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP")
_MOST_NAME = 60
_ONE_AT_A_TIME = Lock()
"""A decoded picture takes up to 200 MB for a moment."""


class Refused(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    ANOTHER_KIND = "another kind"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_LONG = "too long"
    """A strip that Telegram does not take for a picture."""
    PROGRAM = "program"
    """A document that runs something when it is opened."""


class RefusedFileError(ValueError):
    """A file is not taken; ``why`` says it."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is kept. ``name``: under which a document is received."""

    kind: AttachmentKind
    name: str
    content: bytes


def take(data: bytes, filename: str) -> Taken:
    """Make of an upload what is sent.

    Raises:
        RefusedFileError: it is neither a picture nor a document that we take.
    """
    if not data:
        raise RefusedFileError(Refused.EMPTY)
    if len(data) > MAX_FILE:
        raise RefusedFileError(Refused.TOO_LARGE)
    if data.startswith(b"%PDF-"):
        return Taken(AttachmentKind.DOCUMENT, name_of(filename, ".pdf"), _document(data))
    return Taken(AttachmentKind.PHOTO, name_of(filename, ".jpg"), paint(data))


def paint(data: bytes) -> bytes:
    """A picture painted anew, as JPEG.

    Raises:
        RefusedFileError: it is no picture that we take.
    """
    with _ONE_AT_A_TIME:
        return _picture(data)


def name_of(filename: str, ending: str) -> str:
    """A name that no system reads as anything but a name: letters, digits, spaces, ``-`` and ``_``."""
    stem = PurePath(clean(filename).replace("\\", "/").replace("\n", " ")).stem
    kept = " ".join("".join(each if each.isalnum() or each in "-_ " else " " for each in stem).split())
    return f"{kept[:_MOST_NAME].strip() or 'datei'}{ending}"


# --- pictures -------------------------------------------------------------------------------------------------------


def _picture(data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                return _painted_anew(image)
    except RefusedFileError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise RefusedFileError(Refused.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise RefusedFileError(Refused.ANOTHER_KIND) from None
    except Exception:  # noqa: BLE001, RUF100 (a decoder that meets a hostile file may raise anything)
        raise RefusedFileError(Refused.BROKEN) from None


def _painted_anew(image: Image.Image) -> bytes:
    """The picture as it is seen, on white, without anything that stood beside its pixels."""
    wide, high = image.size
    if wide * high > MAX_PIXELS:
        raise RefusedFileError(Refused.TOO_MANY_PIXELS)
    if max(wide, high) > MAX_RATIO * min(wide, high):
        raise RefusedFileError(Refused.TOO_LONG)
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    seen = ImageOps.exif_transpose(image)
    seen.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    if seen.has_transparency_data:
        layer = seen.convert("RGBA")
        seen = Image.new("RGB", layer.size, "white")
        seen.paste(layer, mask=layer.getchannel("A"))
    out = BytesIO()
    plain = Image.new("RGB", seen.size)
    plain.paste(seen.convert("RGB"))
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


# --- documents ------------------------------------------------------------------------------------------------------

_INFO = re.compile(rb"/Info\s{1,9}(\d{1,9})\s{1,9}(\d{1,5})\s{1,9}R")
_RUNS = (b"/JavaScript", b"/Launch", b"/RichMedia")
_MOST_INFOS = 50
_MOST_INFO = 65_536
"""Bytes of what a document says about itself, at most."""


def _document(data: bytes) -> bytes:
    """The document without author, program and times, as far as they stand in the open. All places stay as they are,
    so that the table of contents inside stays right."""
    if b"%%EOF" not in data[-2048:]:
        raise RefusedFileError(Refused.BROKEN)
    if any(sign in data for sign in _RUNS):
        raise RefusedFileError(Refused.PROGRAM)
    kept = bytearray(data)
    _blank_packets(kept)
    _blank_information(kept)
    return bytes(kept)


def _blank_packets(kept: bytearray) -> None:
    """Empty the XMP packets."""
    for opening, closing in ((b"<?xpacket begin", b"<?xpacket end"), (b"<x:xmpmeta", b"</x:xmpmeta>")):
        start = kept.find(opening)
        while start >= 0:
            begin, end = kept.find(b">", start) + 1, kept.find(closing, start)
            if not 0 < begin <= end:
                break
            kept[begin:end] = b" " * (end - begin)
            start = kept.find(opening, end)


def _blank_information(kept: bytearray) -> None:
    """Empty the texts of each information dictionary."""
    numbers = {match.groups() for _, match in zip(range(_MOST_INFOS), _INFO.finditer(kept), strict=False)}
    for number, generation in numbers:
        heading = re.compile(rb"(?<!\d)%d\s{1,9}%d\s{1,9}obj" % (int(number), int(generation)))
        for match in heading.finditer(kept):
            end = kept.find(b"endobj", match.end(), match.end() + _MOST_INFO)
            if end >= 0:
                _blank_texts(kept, match.end(), end)


def _blank_texts(kept: bytearray, at: int, end: int) -> None:
    """Put spaces in place of each text, ``(…)`` or ``<…>``, of a stretch of a document."""
    depth, is_hex = 0, False
    while at < end:
        sign = kept[at]
        if depth:
            if sign == ord("\\"):
                kept[at] = kept[min(at + 1, end - 1)] = ord(" ")
                at += 2
                continue
            depth += (sign == ord("(")) - (sign == ord(")"))
            if depth:
                kept[at] = ord(" ")
        elif is_hex:
            is_hex = sign != ord(">")
            if is_hex:
                kept[at] = ord(" ")
        elif sign == ord("("):
            depth = 1
        elif sign == ord("<"):
            if kept[at + 1 : at + 2] == b"<":
                at += 1
            else:
                is_hex = True
        at += 1
