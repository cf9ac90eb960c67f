"""QR codes as they stand on a screen: compared module by module with what a link's code must be."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

import segno

from admin.pages.posters import QUIET_ZONE


def wrong_modules(picture: bytes, address: str) -> list[tuple[int, int]]:
    """The modules of an address's code that are not as dark in the picture (PNG) as they should be."""
    matrix = list(segno.make(address, error="q", micro=False).matrix_iter(border=QUIET_ZONE))
    rows = pixels(picture)
    step = len(rows) / len(matrix)
    return [
        (x, y)
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if (rows[int((y + 0.5) * step)][int((x + 0.5) * step)] < 128) != bool(dark)
    ]


def pixels(png: bytes) -> list[list[int]]:
    """The red of each pixel of a picture (PNG, 8 bits a colour, not interlaced)."""
    width, height, _, kind = struct.unpack(">IIBB", png[16:26])
    depth = {2: 3, 6: 4}[kind]
    packed, position = b"", 8
    while position < len(png):
        (length,) = struct.unpack(">I", png[position : position + 4])
        if png[position + 4 : position + 8] == b"IDAT":
            packed += png[position + 8 : position + 8 + length]
        position += length + 12
    data, line = zlib.decompress(packed), width * depth + 1
    before, rows = bytearray(width * depth), []
    for start, end in pairwise(range(0, line * height + 1, line)):
        before = unfiltered(data[start], bytearray(data[start + 1 : end]), before, depth)
        rows.append(list(before[::depth]))
    return rows


def unfiltered(kind: int, line: bytearray, above: bytearray, depth: int) -> bytearray:
    """A line of a picture as it was before its filter (PNG, 9.2)."""
    for place in range(len(line)):
        left = line[place - depth] if place >= depth else 0
        corner = above[place - depth] if place >= depth else 0
        up = above[place]
        nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
        line[place] = (line[place] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
    return line
