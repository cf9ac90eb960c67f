"""Looks into pictures, sound and films for what a message says of them: sides, seconds. It decodes nothing."""

from __future__ import annotations

import struct

_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_OPUS_RATE = 48_000


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, PNG, GIF or WebP; None for anything else."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return _positive(*struct.unpack(">II", data[16:24]))
        if data[:6] in {b"GIF87a", b"GIF89a"}:
            return _positive(*struct.unpack("<HH", data[6:10]))
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (struct.error, IndexError):
        return None
    return None


def _positive(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if width > 0 and height > 0 else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return _positive(width, height)
        at += 1 if marker == 0xFF else 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return _positive(width & 0x3FFF, height & 0x3FFF)
    return None


def image_type(data: bytes) -> str:
    """The media type of a picture that image_size knows."""
    signatures = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}
    return signatures.get(data[:4], "image/jpeg")


def voice_type(data: bytes) -> str | None:
    """The media type of a sound that Telegram takes as a voice message; None for anything else."""
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"ID3") or (data[:1] == b"\xff" and data[1:2] and data[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    return None


def ogg_seconds(data: bytes) -> int:
    """How long an Ogg Opus sound lasts, in whole seconds, from the position its last page states; 0 where unknown."""
    at = data.rfind(b"OggS")
    if at < 0 or len(data) < at + 14:
        return 0
    position: int = struct.unpack("<q", data[at + 6 : at + 14])[0]
    return max(0, round(position / _OPUS_RATE))


def film_facts(data: bytes) -> tuple[int, int, int] | None:
    """Width, height and whole seconds of an MPEG-4 film, 0 where they are not told; None for anything else."""
    if data[4:8] != b"ftyp":
        return None
    width = height = 0
    at = data.find(b"tkhd")
    while at >= 0:
        end = at + 4 + (96 if data[at + 4 : at + 5] == b"\x01" else 84)
        sides = data[end - 8 : end]
        if len(sides) == 8:
            width, height = max((width, height), (sides[0] << 8 | sides[1], sides[4] << 8 | sides[5]))
        at = data.find(b"tkhd", end)
    return width, height, _film_seconds(data)


def _film_seconds(data: bytes) -> int:
    at = data.find(b"mvhd") + 4
    form = ">16xIQ" if data[at : at + 1] == b"\x01" else ">8xII"
    try:
        scale, length = struct.unpack_from(form, data, at + 4)
    except struct.error:
        return 0
    return round(length / scale) if scale and at >= 4 else 0
