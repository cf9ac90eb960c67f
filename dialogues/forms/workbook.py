"""Reads a spreadsheet into numbered rows, after bounding what a hostile file could cost. Judges no content."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform
from xlrd.compdoc import SIGNATURE, CompDoc

from dialogues.forms.problems import FormError, Problem

FILE_TYPES = frozenset({"xlsx", "xls", "csv", "md"})

MAX_FILE = 10_000_000
"""Bytes of a spreadsheet file."""

MAX_UNPACKED = 60_000_000
"""Bytes of an .xlsx file unpacked."""

MAX_ENTRIES = 2_000
"""Files inside an .xlsx file."""

MAX_ROWS = 20_000
"""Rows of one sheet."""

_BLOCK = 1 << 20
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
    if file_type not in FILE_TYPES:
        raise _refusal(f"a questionnaire is a file of type {', '.join(sorted(FILE_TYPES))}, not {file_type[:20]}")
    if len(data) > MAX_FILE:
        raise _refusal(f"the file is larger than {MAX_FILE // 1_000_000} MB")
    if not data.strip():
        raise _refusal("the file is empty")
    if file_type == "xlsx":
        _check_package(data)
    elif file_type == "xls":
        _check_compound(data)
    elif file_type in {"csv", "md"}:
        _check_text(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            definition = get_xlsform(xlsform=data, file_type=f".{file_type}")
    except PyXFormError as error:
        raise _unreadable(file_type, str(error)) from None
    except Exception:  # what a spreadsheet library raises on a damaged file is anyone's guess
        raise _damaged() from None
    for sheet in _SHEETS:
        if len(getattr(definition, sheet) or ()) > MAX_ROWS:
            raise FormError((Problem(sheet, None, f"the sheet has more than {MAX_ROWS} rows"),))
    return Workbook(definition)


def _check_package(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_entries(package)
    except FormError:
        raise
    except Exception:  # a damaged package makes zipfile raise almost anything
        raise (_damaged() if zipfile.is_zipfile(io.BytesIO(data)) else _no_excel()) from None


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _refusal(f"the file unpacks to more than {MAX_UNPACKED // 1_000_000} MB")
    if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
        raise _refusal("the file carries macros; please save it as .xlsx without them")
    for entry in entries:
        if entry.filename.endswith(".xml"):
            _check_entry(package, entry)


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No document type or entity, and no more rows than we read."""
    rows = 0
    tail = b""
    with package.open(entry) as stream:
        while block := stream.read(_BLOCK):
            seen = tail + block
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise _refusal("the file declares a document type or entities, which is not allowed")
            rows += block.count(b"<row") + (1 if b"<row" in tail[-3:] + block[:3] else 0)
            if rows > MAX_ROWS and "worksheets/" in entry.filename:
                raise _refusal(f"the sheet in {entry.filename.rpartition('/')[2][:40]} has more than {MAX_ROWS} rows")
            tail = block[-9:]


def _check_compound(data: bytes) -> None:
    """No chain of small sectors that comes back to itself: the reader of .xls would follow it for ever."""
    if not data.startswith(SIGNATURE):
        return
    try:
        following = list(CompDoc(data, logfile=io.StringIO()).SSAT)
    except Exception:  # a damaged file makes it raise almost anything
        raise _damaged() from None
    done = [False] * len(following)
    for start in range(len(following)):
        here, trail = start, set()
        while 0 <= here < len(following) and not done[here]:
            done[here] = True
            trail.add(here)
            here = following[here]
        if here in trail:
            raise _damaged()


def _check_text(data: bytes) -> None:
    if data.count(b"\n") > MAX_ROWS:
        raise _refusal(f"the file has more than {MAX_ROWS} lines")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refusal("the file is not written in UTF-8") from None


def _refusal(reason: str) -> FormError:
    return FormError((Problem(None, None, reason),))


def _damaged() -> FormError:
    return _refusal("the file is damaged")


def _no_excel() -> FormError:
    return _refusal("the file is no Excel file; please save the spreadsheet as .xlsx in Excel or LibreOffice")


def _unreadable(file_type: str, said: str) -> FormError:
    """What the reader of spreadsheets says, unless that is only that it found none."""
    if "not recognized as a supported type" not in said:
        return _refusal(f"the file cannot be read as .{file_type}: {said}")
    return _no_excel() if file_type in {"xlsx", "xls"} else _refusal("a sheet called survey is missing")
