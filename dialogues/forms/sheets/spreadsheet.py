"""A questionnaire that came as .xls, .csv or .md as the .xlsx workbook that compiles to the same: for Excel, KoBo, ODK.

Every cell is written as text, as the questionnaire is read: a leading zero stays, and what begins with = is no formula.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import xlrd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from pyxform.xls2json_backends import _md_table_to_ss_structure, xls_value_to_unicode

from dialogues.forms.sheets.workbook import plain_text

_NO_TITLE = re.compile(r"[\[\]:*?/\\]")
_MOST_TITLE = 31
_WIDE = 40
_KNOWN = ("survey", "choices", "settings")

Rows = Iterable[Sequence[str | None]]


def as_xlsx(data: bytes, file_type: str) -> bytes:
    """All sheets of a spreadsheet that `compile_xlsform` has taken, as .xlsx; an .xlsx file stays as it is.

    Raises:
        FormError: it is no text in UTF-8.
    """
    if file_type == "xlsx":
        return data
    sheets = {"xls": _of_old, "csv": _of_commas, "md": _of_table}[file_type](data)
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        _write(book, title, rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(book: Any, title: str, rows: Rows) -> None:
    sheet = book.create_sheet(title=_NO_TITLE.sub("_", title)[:_MOST_TITLE])
    sheet.freeze_panes = "A2"
    for column in "ABCDEFGH":
        sheet.column_dimensions[column].width = _WIDE / 2
    for row in rows:
        sheet.append([_cell(sheet, each) for each in row])


def _cell(sheet: Any, text: str | None) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, value="")
    cell._value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"  # as text, also what looks like a formula
    cell.number_format = "@"
    return cell


def _of_old(data: bytes) -> Mapping[str, Rows]:
    book = xlrd.open_workbook(file_contents=data)
    return {sheet.name: list(_old_rows(book, sheet)) for sheet in book.sheets()}


def _old_rows(book: Any, sheet: Any) -> Iterator[Sequence[str | None]]:
    for number in range(sheet.nrows):
        yield [
            None
            if cell.value is None or cell.value == ""
            else xls_value_to_unicode(cell.value, cell.ctype, book.datemode)
            for cell in sheet.row(number)
        ]


def _of_commas(data: bytes) -> Mapping[str, Rows]:
    """In the first column stands the name of a sheet, and nothing in the rows of it."""
    sheets: dict[str, list[Sequence[str | None]]] = {}
    rows: list[Sequence[str | None]] = []
    for row in csv.reader(io.StringIO(plain_text(data, "csv"), newline="")):
        name, *cells = row or [""]
        if name.strip():
            rows = sheets.setdefault(_as_known(name.strip()), [])
        if any(each.strip() for each in cells):
            rows.append([each.strip() for each in cells])
    return sheets


def _of_table(data: bytes) -> Mapping[str, Rows]:
    return {_as_known(name): rows for name, rows in _md_table_to_ss_structure(plain_text(data, "md")).items() if name}


def _as_known(name: str) -> str:
    return name.lower() if name.lower() in _KNOWN else name
