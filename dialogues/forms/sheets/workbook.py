"""Reads a spreadsheet into numbered rows, after bounding what a hostile file could cost. Judges no content."""

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform

from dialogues.forms.problems import FormError, Problem, refusal
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.converter import NO_SURVEY, TWO_COLUMNS, plainly
from dialogues.forms.sheets.packages import MAX_COLUMNS, MAX_ENTRIES, MAX_ROWS, MAX_UNPACKED, check_package
from dialogues.forms.sheets.strangers import check_old_workbook, damaged, no_excel, refuse_strangers

__all__ = [
    "FILE_TYPES",
    "MAX_COLUMNS",
    "MAX_ENTRIES",
    "MAX_FILE",
    "MAX_ROWS",
    "MAX_UNPACKED",
    "Row",
    "Workbook",
    "plain_text",
    "read_doubled",
    "read_workbook",
]

FILE_TYPES = frozenset({"xlsx", "xls", "csv", "md"})

MAX_FILE = 10_000_000
"""Bytes of a spreadsheet file."""

MAX_CELL = 32_767
"""Characters of a cell, as in Excel."""

_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet; ``cells`` by the header as written in small letters."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Workbook:
    """A spreadsheet that was read."""

    definition: DefinitionData

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold something, the header left out."""
        rows: Sequence[dict[str, Any]] = getattr(self.definition, sheet) or ()
        for number, cells in enumerate(rows, 2):
            if cells:
                yield Row(
                    number, {str(name).strip().lower(): str(text).strip() for name, text in cells.items() if text}
                )


def read_workbook(data: bytes, file_type: str) -> Workbook:
    """The sheets of a spreadsheet.

    Raises:
        FormError: it is of another type, damaged, too large, or carries macros.
    """
    if not data.strip():
        raise refusal("The file is empty.")
    if len(data) > MAX_FILE:
        raise refusal("The file is larger than {number} MB.", number=MAX_FILE // 1_000_000)
    refuse_strangers(data, file_type)
    if file_type not in FILE_TYPES:
        types = ", ".join(sorted({*FILE_TYPES, "zip"}))  # one of them with its files is unpacked before
        raise refusal("A questionnaire is a file of the type {types}, not {other}.", types=types, other=file_type[:20])
    if file_type == "xlsx":
        check_package(data)
    elif file_type == "xls":
        check_old_workbook(data)
    else:
        text = plain_text(data, file_type)
        data = (_without_other_sheets(text) if file_type == "csv" else text).encode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            definition = get_xlsform(xlsform=data, file_type=f".{file_type}")
    except PyXFormError as error:
        raise _unreadable(file_type, str(error)) from None
    except Exception:  # what a spreadsheet library raises on a damaged file is anyone's guess
        raise damaged() from None
    for sheet in _SHEETS:
        if len(getattr(definition, sheet) or ()) > MAX_ROWS:
            raise FormError(
                (Problem(sheet, None, Reason.of("The sheet has more than {number} rows.", number=MAX_ROWS)),)
            )
    return Workbook(definition)


def read_doubled(data: bytes) -> tuple[Workbook, tuple[Problem, ...]]:
    """The sheets of an .xlsx file that has columns of the same name, the second ones renamed; and where they are.

    For a file that `read_workbook` has read as far as that.
    """
    definition, problems = DefinitionData(), list[Problem]()
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    definition.sheet_names = book.sheetnames
    for sheet in book.worksheets:
        name = sheet.title.lower()
        if name not in _SHEETS:
            continue
        written = sheet.iter_rows(values_only=True)
        columns: list[str] = []
        for each in next(written, ()):
            column = "" if each is None else str(each).strip()
            if column and column in columns:
                problems.append(Problem(name, 1, Reason.of(TWO_COLUMNS, column=column)))
                column = f"{column} ({len(columns)})"
            columns.append(column)
        rows = [
            {
                column: str(cell).strip()
                for column, cell in zip(columns, row, strict=False)
                if column and cell is not None
            }
            for row in islice(written, MAX_ROWS)
        ]
        setattr(definition, name, rows)
        setattr(definition, f"{name}_header", [dict.fromkeys(filter(None, columns))])
    return Workbook(definition), tuple(problems)


def plain_text(data: bytes, file_type: str) -> str:
    """The text of a .csv or .md file: without the mark that Excel puts first, its cells separated by commas.

    Raises:
        FormError: it is no text in UTF-8, or has too many lines, columns or letters in a cell.
    """
    if data.count(b"\n") > MAX_ROWS:
        raise refusal("The file has more than {number} rows.", number=MAX_ROWS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal("The file is not written in UTF-8. Please save it as .xlsx.") from None
    if file_type == "csv":
        return _commas(text)
    columns = max(line.count("|") for line in text.split("\n"))
    _check_columns(columns)
    return text


def _commas(text: str) -> str:
    """The same cells with commas between them; Excel writes semicolons where a comma stands in numbers."""
    first = next((line for line in text.splitlines() if "," in line or ";" in line), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            _check_columns(len(row))
            if any(len(cell) > MAX_CELL for cell in row):
                raise _too_long_a_cell()
            rows.append(row)
    except csv.Error:  # the only bound of the reader is on a cell
        raise _too_long_a_cell() from None
    if delimiter == ",":
        return text
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _without_other_sheets(text: str) -> str:
    """The sheets of a questionnaire alone; the converter stumbles over any other in a .csv file."""
    out = io.StringIO(newline="")
    writer, is_known = csv.writer(out), False
    for row in csv.reader(io.StringIO(text, newline="")):
        if row and row[0].strip():
            is_known = row[0].strip().lower() in _SHEETS
        if is_known:
            writer.writerow(row)
    return out.getvalue()


def _check_columns(number: int) -> None:
    if number > MAX_COLUMNS:
        raise refusal("The file has more than {number} columns.", number=MAX_COLUMNS)


def _too_long_a_cell() -> FormError:
    return refusal("The file has a cell with more than {number} characters.", number=MAX_CELL)


def _unreadable(file_type: str, said: str) -> FormError:
    """What the reader of spreadsheets says, unless that is only that it found none."""
    if "not recognized as a supported type" not in said:
        return FormError((Problem(None, None, plainly(" ".join(said.split()))),))
    return no_excel() if file_type in {"xlsx", "xls"} else refusal(NO_SURVEY)
