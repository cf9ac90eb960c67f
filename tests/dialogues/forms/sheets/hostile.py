"""Files made to hurt, and files of other programs: each with its type, and with what is said of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from openpyxl import Workbook

from dialogues.forms.sheets.packages import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from dialogues.forms.sheets.workbook import MAX_CELL

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
FIRST = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><worksheet>&j;</worksheet>"
)


def package(*, replace: dict[str, bytes] | None = None, add: dict[str, bytes] | None = None) -> bytes:
    """A small questionnaire as .xlsx, with parts of its package replaced or added."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(["type", "name", "label"])
    sheet.append(["text", "q", "Q"])
    whole = io.BytesIO()
    book.save(whole)
    made = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, (replace or {}).get(name, old.read(name)))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return made.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A .zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return made.getvalue()


def sheet(rows: bytes, dimension: bytes = b"") -> bytes:
    """The small questionnaire with this in its sheet instead."""
    return package(replace={FIRST: SHEET + dimension + b"<sheetData>" + rows + b"</sheetData></worksheet>"})


def lying() -> bytes:
    """A package in which a part says that it is small."""
    data = bytearray(package(add={"xl/zeros.xml": b" " * 1_000_000}))
    for mark, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        here = data.rfind(mark, 0, data.rfind(b"xl/zeros.xml") if mark == b"PK\x01\x02" else data.find(b"xl/zeros.xml"))
        data[here + place : here + place + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def nested() -> bytes:
    """A bomb in a bomb in a bomb; only the outermost is ever opened."""
    inner = zipped({"zeros.bin": b"\0" * 50_000_000})
    return zipped({f"{number}.zip": zipped({f"{n}.zip": inner for n in range(10)}) for number in range(10)})


def filled(number: int) -> bytes:
    """A row with so many cells that have a text."""
    return b"<row>" + b"".join(b'<c t="inlineStr"><is><t>h%d</t></is></c>' % n for n in range(number)) + b"</row>"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file, its type, and a part of what is said of it."""

    make: Callable[[], bytes]
    file_type: str
    said: str


MACROS = "contains macros"
SAVE = "“Save As”"
HOSTILE = {
    "a zip bomb": Hostile(lambda: package(add={"xl/media/zeros.bin": b"\0" * 100_000_000}), "xlsx", "when unpacked"),
    "a bomb of bombs": Hostile(nested, "xlsx", "no Excel file"),
    "two thousand parts": Hostile(
        lambda: package(add={f"xl/{n}.xml": b"" for n in range(2000)}), "xlsx", "when unpacked"
    ),
    "a lie about a size": Hostile(lying, "xlsx", "damaged"),
    "a billion laughs": Hostile(lambda: package(replace={FIRST: LAUGHS}), "xlsx", "document type or entities"),
    "entities in a list of parts": Hostile(
        lambda: package(replace={"_rels/.rels": BOMB}), "xlsx", "document type or entities"
    ),
    "entities in another encoding": Hostile(
        lambda: package(replace={FIRST: LAUGHS.decode().encode("utf-16")}), "xlsx", "damaged"
    ),
    "a million empty rows": Hostile(
        lambda: sheet(b"".join(b'<row r="%d"/>' % n for n in range(1, 1_000_000))), "xlsx", f"more than {MAX_ROWS} rows"
    ),
    "a million styled rows": Hostile(
        lambda: sheet(b"".join(b'<row r="%d" s="1" customFormat="1"></row>' % n for n in range(1, 1_000_000))),
        "xlsx",
        f"more than {MAX_ROWS} rows",
    ),
    "a million styled cells": Hostile(
        lambda: sheet((b"<row>" + b'<c s="1"/>' * 16_000 + b"</row>") * 70), "xlsx", f"more than {MAX_CELLS} cells"
    ),
    "sixteen thousand columns": Hostile(lambda: sheet(filled(16_000)), "xlsx", f"more than {MAX_COLUMNS} columns"),
    "macros": Hostile(lambda: package(add={"xl/vbaProject.bin": b"Sub AutoOpen()"}), "xlsx", MACROS),
    "macros by another name": Hostile(lambda: package(add={"xl/VBAPROJECT.BIN": b"Sub AutoOpen()"}), "xlsx", MACROS),
    "macros of old": Hostile(lambda: package(add={"xl/macrosheets/sheet1.xml": b"<x/>"}), "xlsx", MACROS),
    "macros in a part of another name": Hostile(
        lambda: package(
            add={
                "xl/harmless.bin": b"Sub AutoOpen()",
                "xl/_rels/harmless.xml.rels": b'<Relationships><Relationship Id="rId9" Type="http://schemas.microsoft.com/'
                b'office/2006/relationships/vbaProject" Target="harmless.bin"/></Relationships>',
            }
        ),
        "xlsx",
        MACROS,
    ),
    "a workbook with macros": Hostile(package, "xlsm", MACROS),
    "an old workbook with macros": Hostile(
        lambda: OLE + b"\0" * 504 + "_VBA_PROJECT_CUR".encode("utf-16-le") + b"\0" * 2000, "xls", MACROS
    ),
    "values of other files": Hostile(
        lambda: package(add={"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}), "xlsx", "Break Link"
    ),
    "a cell of 10 MB": Hostile(
        lambda: b'"survey",,,\n,type,name,label\n,text,a,' + b"x" * 9_900_000 + b"\n",
        "csv",
        f"more than {MAX_CELL} characters",
    ),
    "a quoted cell of 10 MB": Hostile(
        lambda: b'"survey",,,\n,type,name,label\n,text,a,"' + b"x" * 9_900_000,
        "csv",
        f"more than {MAX_CELL} characters",
    ),
    "twenty thousand columns": Hostile(
        lambda: b"| survey |\n| | " + b" | ".join(b"c%d" % n for n in range(20_000)) + b" |\n",
        "md",
        f"more than {MAX_COLUMNS} columns",
    ),
    "twenty thousand columns with commas": Hostile(
        lambda: b"survey\n," + b",".join(b"c%d" % n for n in range(20_000)) + b"\n",
        "csv",
        f"more than {MAX_COLUMNS} columns",
    ),
    "thirty thousand lines": Hostile(
        lambda: b"| survey |\n" + b"| | text | a | A |\n" * 30_000, "md", f"more than {MAX_ROWS} rows"
    ),
    "a password": Hostile(
        lambda: OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2000, "xlsx", "by a password"
    ),
    "a spreadsheet of LibreOffice": Hostile(
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "ods",
        SAVE,
    ),
    "a spreadsheet of LibreOffice renamed": Hostile(
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "xlsx",
        SAVE,
    ),
    "a document of Numbers": Hostile(
        lambda: zipped({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b"x"}),
        "numbers",
        "“Export To”, “Excel”",
    ),
    "a page of Google": Hostile(
        lambda: b"<!DOCTYPE html><html><head><title>Form - Google Sheets</title></head></html>",
        "html",
        "“Download”, “Microsoft Excel",
    ),
    "a page of Google as a workbook": Hostile(
        lambda: b"<html><body><table><tr><td>survey</td></tr></table></body></html>",
        "xls",
        "“Download”, “Microsoft Excel",
    ),
    "an old workbook under a new name": Hostile(lambda: OLE + b"\0" * 2000, "xlsx", "really an .xls file"),
    "a text document": Hostile(lambda: zipped({"word/document.xml": b"<x/>"}), "xlsx", "document of a word processor"),
    "a picture": Hostile(lambda: b"\x89PNG\r\n\x1a\n", "xlsx", "no Excel file"),
    "nothing": Hostile(lambda: b" \n", "xlsx", "is empty"),
    "no text": Hostile(lambda: b"\xff\xfe|\0s\0", "md", "not written in UTF-8"),
}
