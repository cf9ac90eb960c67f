"""Files from outside, freed of what tells their maker: pictures are painted anew, documents lose author and times.

A file is judged by its content, never by its name. Bytes in, bytes out. It takes its time, and for a picture up to
200 MB for a moment: call it in a thread, not for several at once. Sounds and films: `dialogues.recordings`.
"""

from __future__ import annotations

import re
import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from dialogues.recordings import film, sound
from dialogues.refused_files import Refused, RefusedFileError
from dialogues.sent_files import Family

MAX_PIXELS = 50_000_000
"""Of a picture, before it is decoded: a few kilobytes can claim to be a picture that fills the machine."""
LONG_SIDE = 2560
"""Pixels of a picture at most, as Telegram itself keeps them."""
MAX_RATIO = 20
"""How many times as long as wide a picture may be: Telegram refuses more."""
_QUALITY = 85
_FORMATS = ("JPEG", "PNG", "WEBP")


def cleaned(data: bytes, family: Family) -> bytes:
    """A file of this family without what it says about its maker.

    Raises:
        RefusedFileError: it is none, or none that we take.
    """
    if not data:
        raise RefusedFileError(Refused.EMPTY)
    match family:
        case Family.PICTURE:
            return picture(data)
        case Family.SOUND:
            return sound(data)
        case Family.FILM:
            return film(data)
        case Family.DOCUMENT:
            return document(data)


# --- pictures -------------------------------------------------------------------------------------------------------


def picture(data: bytes) -> bytes:
    """A JPEG of what is seen in a JPEG, PNG or WebP, upright, on white, and not larger than Telegram keeps it.

    Raises:
        RefusedFileError: it is none of these, or decoding it could take the machine.
    """
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
_MOST_BLANKED = 2_000_000
"""Bytes of all information dictionaries together: each is looked at one by one."""
_MOST_INFO = 65_536
"""Bytes of what a document says about itself, at most."""


def is_document(data: bytes) -> bool:
    """Whether it says of itself that it is a PDF."""
    return data.startswith(b"%PDF-")


def document(data: bytes) -> bytes:
    """A PDF without author, program and times, as far as they stand in the open. All places stay as they are, so that
    the table of contents inside stays right.

    Raises:
        RefusedFileError: it is none, or one that runs something.
    """
    if not is_document(data):
        raise RefusedFileError(Refused.ANOTHER_KIND)
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
    """Empty the texts of each information dictionary.

    Raises:
        RefusedFileError: they are longer than those of any document that was not made to keep us busy.
    """
    numbers = {match.groups() for _, match in zip(range(_MOST_INFOS), _INFO.finditer(kept), strict=False)}
    done: set[int] = set()
    left = _MOST_BLANKED
    for number, generation in numbers:
        heading = re.compile(rb"(?<!\d)%d\s{1,9}%d\s{1,9}obj" % (int(number), int(generation)))
        for match in heading.finditer(kept):
            end = kept.find(b"endobj", match.end(), match.end() + _MOST_INFO)
            if end < 0 or end in done:  # a heading within what is blanked already
                continue
            done.add(end)
            left -= end - match.end()
            if left < 0:
                raise RefusedFileError(Refused.BROKEN)
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
