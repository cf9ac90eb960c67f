"""Files from outside, freed of what tells their maker: pictures are painted anew, documents written anew.

A file is judged by its content, never by its name. Bytes in, bytes out. It takes its time, and for a picture up to
200 MB for a moment: `storage.cleaning` calls it where that harms nobody. Sounds and films: `dialogues.recordings`;
documents: `dialogues.documents`.
"""

from __future__ import annotations

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
            return _document(data)


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


def is_document(data: bytes) -> bool:
    """Whether it says of itself that it is a PDF."""
    return data.startswith(b"%PDF-")


def _document(data: bytes) -> bytes:
    if not is_document(data):
        raise RefusedFileError(Refused.ANOTHER_KIND)
    from dialogues.documents import document  # with a library that only the process has which cleans documents

    return document(data)
