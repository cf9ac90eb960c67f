"""Pictures inside of documents without what they tell beside their pixels. No pixel changes: nothing is decoded.

In a document colours and sizes are told by the document, so what a picture says of these itself can stay or go. JPEG:
ITU-T T.81, T.871 (JFIF); JPEG 2000: ISO/IEC 15444-1, annex I.
"""

from __future__ import annotations

import re
import struct

from dialogues.refused_files import Refused, RefusedFileError

_START, _END, _SCAN, _COMMENT, _ADOBE, _JFIF = 0xD8, 0xD9, 0xDA, 0xFE, 0xEE, 0xE0
_ALONE = (0x01, *range(0xD0, 0xD8))
"""Markers without a length."""
_APPLICATIONS = range(0xE0, 0xF0)
_MOST_SEGMENTS = 20_000
_NEXT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
"""What ends the compressed data of a scan: a marker that is neither a stuffed byte nor a restart."""


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without comments, and of what programs add only that which says how to read the colours.

    Raises:
        RefusedFileError: it is none.
    """
    at = data.find(bytes([0xFF, _START]), 0, 1024)  # some programs put line feeds before it, and viewers bear it
    if at < 0:
        raise RefusedFileError(Refused.BROKEN)
    kept = bytearray(data[at : at + 2])
    at += 2
    is_seen = False
    for _ in range(_MOST_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        head = data[at : at + 2]
        if len(head) < 2 and is_seen:  # cut off after its pixels had begun
            return bytes(kept)
        if len(head) < 2 or head[0] != 0xFF:
            raise RefusedFileError(Refused.BROKEN)
        if head[1] == _END:
            return bytes(kept + head)
        if head[1] in _ALONE:
            kept += head
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise RefusedFileError(Refused.BROKEN)
        kept += _kept(head[1], data[at + 4 : at + 2 + length])
        at += 2 + length
        if head[1] == _SCAN:
            is_seen = True
            following = _NEXT.search(data, at)
            end = following.start() if following else len(data)
            kept += data[at:end]
            at = end
    raise RefusedFileError(Refused.BROKEN)


def _kept(marker: int, content: bytes) -> bytes:
    """What stays of a segment."""
    if marker == _JFIF and content.startswith(b"JFIF\0") and len(content) >= 12:
        content = content[:12] + bytes(2)  # without its small picture
    elif marker == _ADOBE and content.startswith(b"Adobe") and len(content) >= 12:
        content = content[:12]
    elif marker == _COMMENT or marker in _APPLICATIONS:
        return b""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


_SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"
_SHOW = (b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jp2c")
"""Boxes without which a JPEG 2000 is not seen."""
_MOST_BOXES = 1_000


def bare_jpeg2000(data: bytes) -> bytes:
    """A JPEG 2000 without the boxes that tell something.

    Raises:
        RefusedFileError: it is none.
    """
    if data.startswith(b"\xff\x4f"):  # the pixels alone
        return data
    if not data.startswith(_SIGNATURE):
        raise RefusedFileError(Refused.BROKEN)
    kept, at = bytearray(), 0
    for _ in range(_MOST_BOXES):
        if len(data) - at < 8:
            return bytes(kept)
        size, kind = struct.unpack_from(">I4s", data, at)
        if size == 1 and len(data) - at >= 16:
            (size,) = struct.unpack_from(">Q", data, at + 8)
        end = len(data) if size == 0 else at + size
        if end < at + 8 or end > len(data):
            raise RefusedFileError(Refused.BROKEN)
        if kind in _SHOW:
            kept += data[at:end]
        at = end
    raise RefusedFileError(Refused.BROKEN)
