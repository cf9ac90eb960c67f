"""Sounds and films without what they tell beside what is heard and seen: titles, names, places, times.

Nothing is decoded. Tags are cut off, or overwritten in their place where others count on places. Each walk is bounded
by the length of the file. Containers: RFC 3533 (Ogg), RFC 7845 (Opus), ISO/IEC 14496-12 (MP4), id3.org (ID3).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from dialogues.refused_files import Refused, RefusedFileError

_MOST_PIECES = 200_000
"""Pages of an Ogg, boxes of an MP4: far more than any that is made to be heard or seen within 20 MB."""


def sound(data: bytes) -> bytes:
    """An Ogg (Opus, Vorbis), MP3 or M4A without its tags.

    Raises:
        RefusedFileError: it is none of these.
    """
    if data.startswith(b"OggS"):
        return _ogg(data)
    if data[4:8] == b"ftyp":
        return _mp4(data)
    return _mp3(data)


def film(data: bytes) -> bytes:
    """An MP4 (or QuickTime) film without its tags and times.

    Raises:
        RefusedFileError: it is none.
    """
    if data[4:8] != b"ftyp":
        raise RefusedFileError(Refused.ANOTHER_KIND)
    return _mp4(data)


# --- MP3 ------------------------------------------------------------------------------------------------------------

_TAG_V1 = 128
_APE_FOOTER = 32


def _mp3(data: bytes) -> bytes:
    begin, end = _behind_tags(data), _before_tags(data)
    while begin < end and not data[begin]:  # some programs leave room for more tags
        begin += 1
    if end - begin < 4 or data[begin] != 0xFF or data[begin + 1] & 0xE6 != 0xE2:  # a frame of layer III
        raise RefusedFileError(Refused.ANOTHER_KIND)
    return data[begin:end]


def _behind_tags(data: bytes) -> int:
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        flags, sizes = data[at + 5], data[at + 6 : at + 10]
        if any(each & 0x80 for each in sizes):
            raise RefusedFileError(Refused.BROKEN)
        at += 10 + _from_sevens(sizes) + (10 if flags & 0x10 else 0)
    return at


def _from_sevens(sizes: bytes) -> int:
    number = 0
    for each in sizes:
        number = number << 7 | each
    return number


def _before_tags(data: bytes) -> int:
    end = len(data)
    while True:
        if end >= _TAG_V1 and data[end - _TAG_V1 : end - _TAG_V1 + 3] == b"TAG":
            end -= _TAG_V1
        elif data[max(0, end - _APE_FOOTER) : end].startswith(b"APETAGEX"):
            size, flags = struct.unpack("<I4xI", data[end - 20 : end - 8])
            end -= size + (_APE_FOOTER if flags & 1 << 31 else 0)
        elif data[max(0, end - 10) : end].startswith(b"3DI"):
            end -= 20 + _from_sevens(data[end - 4 : end])
        else:
            return end
        if end <= 0:
            raise RefusedFileError(Refused.BROKEN)


# --- Ogg ------------------------------------------------------------------------------------------------------------

_PAGE = 27
_BEGINS = 0x02
_HEADINGS = (b"OpusTags", b"\x03vorbis")
_MIRRORED = bytes(int(f"{each:08b}"[::-1], 2) for each in range(256))


@dataclass(frozen=True, slots=True)
class _Page:
    at: int
    end: int
    begins: bool
    serial: int
    pieces: tuple[tuple[int, int, bool], ...]
    """Where each piece of a packet begins and ends, and whether the packet ends there."""


@dataclass(slots=True)
class _Stream:
    packets: int = 0
    """That have ended."""
    places: list[tuple[int, int]] = field(default_factory=list)
    """Of the second packet, which has the tags."""


def _ogg(data: bytes) -> bytes:
    kept = bytearray(data)
    streams: dict[int, _Stream] = {}
    pages: list[_Page] = []
    for page in _pages(data):
        pages.append(page)
        if page.begins:
            streams[page.serial] = _Stream()
        stream = streams.get(page.serial)
        if stream is None:
            raise RefusedFileError(Refused.BROKEN)
        for begin, end, ends in page.pieces:
            if stream.packets == 1:
                stream.places.append((begin, end))
            stream.packets += ends
            if ends and stream.packets == 2:
                _blank_tags(kept, stream.places)
    if any(stream.packets < 2 for stream in streams.values()):
        raise RefusedFileError(Refused.BROKEN)
    for page in pages:
        if kept[page.at : page.end] != data[page.at : page.end]:
            kept[page.at + 22 : page.at + 26] = bytes(4)
            kept[page.at + 22 : page.at + 26] = _checksum(kept[page.at : page.end])
    return bytes(kept)


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    for _ in range(_MOST_PIECES):
        if at == len(data):
            return
        head = data[at : at + _PAGE]
        if len(head) < _PAGE or not head.startswith(b"OggS"):
            raise RefusedFileError(Refused.BROKEN)
        lengths = data[at + _PAGE : at + _PAGE + head[26]]
        begin = at + _PAGE + head[26]
        end = begin + sum(lengths)
        if len(lengths) < head[26] or end > len(data):
            raise RefusedFileError(Refused.BROKEN)
        serial: int = struct.unpack("<I", head[14:18])[0]
        yield _Page(at, end, bool(head[5] & _BEGINS), serial, tuple(_pieces(begin, lengths)))
        at = end
    raise RefusedFileError(Refused.BROKEN)


def _pieces(at: int, lengths: bytes) -> Iterator[tuple[int, int, bool]]:
    """A packet goes on as long as its lengths are 255."""
    begin = at
    for length in lengths:
        at += length
        if length < 255:
            yield begin, at, True
            begin = at
    if at > begin:
        yield begin, at, False


def _blank_tags(kept: bytearray, places: list[tuple[int, int]]) -> None:
    """Put spaces in place of the maker's name and of each tag; what it consists of stays readable."""
    packet = bytearray().join(kept[begin:end] for begin, end in places)
    heading = next((each for each in _HEADINGS if packet.startswith(each)), None)
    if heading is None:
        raise RefusedFileError(Refused.ANOTHER_KIND)
    at = _blank_text(packet, len(heading), is_tag=False)
    if at + 4 > len(packet):
        raise RefusedFileError(Refused.BROKEN)
    number: int = struct.unpack_from("<I", packet, at)[0]
    at += 4
    for _ in range(number):
        at = _blank_text(packet, at, is_tag=True)
    if heading == b"OpusTags":  # behind the tags may stand anything (RFC 7845, 5.2)
        packet[at:] = bytes(len(packet) - at)
    for begin, end in places:
        kept[begin:end], packet = packet[: end - begin], packet[end - begin :]


def _blank_text(packet: bytearray, at: int, *, is_tag: bool) -> int:
    if at + 4 > len(packet):
        raise RefusedFileError(Refused.BROKEN)
    length: int = struct.unpack_from("<I", packet, at)[0]
    begin, end = at + 4, at + 4 + length
    if end > len(packet):
        raise RefusedFileError(Refused.BROKEN)
    packet[begin:end] = b" " * length
    if is_tag and length:  # a tag is a name, "=" and a value; a name may be made of spaces
        packet[end - 1] = ord("=")
    return end


def _checksum(page: bytes | bytearray) -> bytes:
    """RFC 3533, 6: the usual polynomial, with its bits the other way round from zlib's."""
    mirrored = zlib.crc32(bytes(page).translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack(">I", mirrored).translate(_MIRRORED)


# --- MP4 ------------------------------------------------------------------------------------------------------------

_TELL = (b"udta", b"meta", b"uuid", b"free", b"skip", b"wide", b"pnot")
"""Boxes that tell something, or hold what nobody plays."""
_HOLD = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf", b"edts", b"mvex")
_TIMED = (b"mvhd", b"tkhd", b"mdhd")
_MOST_DEPTH = 8
_STILL = (b"heic", b"heix", b"mif1", b"avif")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    at: int
    begin: int
    end: int


def _mp4(data: bytes) -> bytes:
    if data[8:12] in _STILL:
        raise RefusedFileError(Refused.ANOTHER_KIND)
    kept = bytearray(data)
    seen = _Seen()
    _blank_boxes(kept, 0, len(kept), seen)
    if b"moov" not in seen.kinds:
        raise RefusedFileError(Refused.BROKEN)
    return bytes(kept)


@dataclass(slots=True)
class _Seen:
    number: int = 0
    kinds: set[bytes] = field(default_factory=set)


def _blank_boxes(kept: bytearray, at: int, end: int, seen: _Seen, depth: int = 0) -> None:
    """Empty what tells something, in its place: where sound and pictures lie is counted from the beginning."""
    for box in _boxes(kept, at, end, seen, is_outermost=not depth):
        if box.kind in _TELL:
            kept[box.at + 4 : box.at + 8] = b"free"
            kept[box.begin : box.end] = bytes(box.end - box.begin)
        elif box.kind in _TIMED:
            _blank_times(kept, box)
        elif box.kind in _HOLD:
            if depth >= _MOST_DEPTH:
                raise RefusedFileError(Refused.BROKEN)
            _blank_boxes(kept, box.begin, box.end, seen, depth + 1)


def _boxes(kept: bytearray, at: int, end: int, seen: _Seen, *, is_outermost: bool) -> Iterator[_Box]:
    while at < end:
        if end - at < 8:
            if is_outermost or any(kept[at:end]):
                raise RefusedFileError(Refused.BROKEN)
            return  # QuickTime ends a list with four zeros
        size, kind = struct.unpack_from(">I4s", kept, at)
        begin = at + 8
        if size == 1 and end - at >= 16:
            (size,) = struct.unpack_from(">Q", kept, begin)
            begin += 8
        elif size == 0 and is_outermost:
            size = end - at
        seen.number += 1
        if size < begin - at or at + size > end or seen.number > _MOST_PIECES:
            raise RefusedFileError(Refused.BROKEN)
        seen.kinds.add(kind)
        yield _Box(kind, at, begin, at + size)
        at += size


def _blank_times(kept: bytearray, box: _Box) -> None:
    """When it was made and changed: twice four bytes, or twice eight in the newer version."""
    length = 16 if kept[box.begin : box.begin + 1] == b"\x01" else 8
    begin, end = box.begin + 4, min(box.begin + 4 + length, box.end)
    kept[begin:end] = bytes(end - begin)
