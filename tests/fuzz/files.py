"""Spreadsheet files that are nearly whole: parts of a package changed, bytes of an old workbook, letters of a table."""

from __future__ import annotations

import io
import struct
import zipfile

from hypothesis import strategies as st
from xlrd.compdoc import SIGNATURE

from tests.dialogues.forms.sheets.hostile import package

PIECES = (
    b"<", b">", b'"', b"&amp;", b"&#0;", b"</c>", b'<row r="1">', b"<v>999999999</v>", b'<c r="ZZZZ99999999">',
    b'r="A1048577"', b"${q}", b"-1", b"1e309", b"\xff", b"", b"<!-- -->", b"<![CDATA[", b'count="4294967295"',
    b't="s"', b't="d"', b't="e"', b"<f>1+1</f>", b'<mergeCell ref="A1:XFD1048576"/>', b"<sheetData/>",
    b"sharedStrings", b"inlineStr",
)  # fmt: skip

TABLE = (
    b"| survey |\n| | type | name | label::en | label::ar | relevant |\n| | text | q | Q | \xd8\xb3 | |\n"
    b"| | begin_repeat | r | R | | ${q} = 'x' |\n| | select_one c | s | S | | |\n| | end_repeat | | | | |\n"
    b"| choices |\n| | list_name | name | label::en |\n| | c | x | X |\n"
    b"| settings |\n| | form_title | version |\n| | T | 1 |\n"
)
TABLE_PIECES = (
    b"|", b"\n", b"${", b"}", b"\0", b"\xff", b"begin_group", b"end_repeat", b"select_one", b"from_file", b"survey",
    b"choices", b"'", b'"', b",", b"| | | |\n", b"media::image", b"repeat_count", b"calculation", b"\xe2\x80\xae",
    b"search('x')", b"osm",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes], pieces: tuple[bytes, ...]) -> bytes:
    """Bytes of which a few are missing, doubled, exchanged or replaced."""
    data = draw(whole)
    for _ in range(draw(st.integers(1, 6))):
        begin, length = draw(st.integers(0, len(data))), draw(st.sampled_from([0, 1, 4, 16, 300]))
        there = data[begin : begin + length]
        number = st.sampled_from([0, 1, 2**31 - 1, 2**32 - 2, len(data)]).map(lambda one: one.to_bytes(4, "little"))
        put = draw(st.sampled_from(pieces) | st.just(there * 3) | st.binary(max_size=4) | number)
        data = data[:begin] + put + data[begin + length :]
    return data


@st.composite
def packages(draw: st.DrawFn) -> bytes:
    """A questionnaire in .xlsx, a part of whose package is damaged or missing."""
    whole = package()
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    part = draw(st.sampled_from(sorted(parts)))
    parts[part] = draw(damaged(st.just(parts[part]), PIECES))
    if draw(st.integers(0, 9)) == 0:
        del parts[draw(st.sampled_from(sorted(parts)))]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def compound(small: tuple[int, ...] = (), *, more: bytes = b"") -> bytes:
    """A compound file, as .xls is one, with a workbook in a chain of small sectors that follow each other as told."""
    sectors = [
        struct.pack("<128i", -3, -2, -2, -2, *[-1] * 124),  # which sector follows which
        _entry("Root Entry", 5, 1, first=3, size=512) + _entry("Workbook", 2, -1, first=0, size=448) + bytes(256),
        struct.pack("<128i", *small, *[-1] * (128 - len(small))),
        bytes(512),
    ]
    numbers = struct.pack("<8i", 1, 1, 0, 4096, 2, 1, -2, 0) + struct.pack("<109i", 0, *[-1] * 108)
    head: bytes = SIGNATURE + bytes(16) + struct.pack("<HH2sHH", 0x3E, 3, b"\xfe\xff", 9, 6) + bytes(10) + numbers
    return b"".join((head, *sectors, more))


def _entry(name: str, kind: int, root: int, *, first: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBBiii", len(written) + 2, kind, 1, -1, -1, root)
    return head + bytes(36) + struct.pack("<iii", first, size, 0)
