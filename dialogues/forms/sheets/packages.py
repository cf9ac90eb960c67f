"""Bounds what an .xlsx file could cost before anything reads it: its parts, its rows, and what it may carry.

Unpacks in blocks and keeps none of them. Judges no content.
"""

import io
import re
import zipfile

from dialogues.forms.problems import FormError, refusal
from dialogues.forms.sheets.strangers import damaged, no_excel, refuse_other_package

MAX_UNPACKED = 60_000_000
"""Bytes of an .xlsx file unpacked."""

MAX_ENTRIES = 2_000
"""Files inside an .xlsx file."""

MAX_ROWS = 20_000
"""Rows of one sheet that are written down, empty ones among them."""

MAX_CELLS = 1_000_000
"""Cells of one sheet that are written down, empty ones among them."""

MAX_COLUMNS = 1_000
"""Columns of one sheet that have a name, and cells of a line of text."""

_BLOCK = 1 << 20
_XML = (".xml", ".rels", ".vml")
_MACROS = re.compile(r"vbaproject|vbadata|/macrosheets/|/dialogsheets/", re.IGNORECASE)
_MACRO_RELATIONS = re.compile(rb"relationships/(?:vbaProject|xlMacrosheet|xlIntlMacrosheet)\"")
"""What leads to macros, whatever their part is called. The list of content types says little: some programs always name
the type of workbooks with macros in it."""
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)[\s/>]")
_ROW_ENDS = re.compile(rb"</(?:\w+:)?row>")
_MOST_OF_ROW = 4 << 20


def check_package(data: bytes) -> None:
    """Refuse what is no .xlsx file, is too large unpacked, or carries what a questionnaire has no use for.

    Raises:
        FormError: says which.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_entries(package)
    except FormError:
        raise
    except Exception:  # a damaged package makes zipfile raise almost anything
        raise (damaged() if zipfile.is_zipfile(io.BytesIO(data)) else no_excel()) from None


def _check_entries(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise refusal("The file is larger than {number} MB when unpacked.", number=MAX_UNPACKED // 1_000_000)
    names = [entry.filename for entry in entries]
    refuse_other_package(package)
    if any(_MACROS.search(name) for name in names):
        raise _macros()
    if any("/externallinks/" in name.lower() for name in names):
        raise refusal(
            "The file takes values from other files. In Excel, choose “Data”, “Edit Links”, “Break "
            "Link”, and save it again."
        )
    for entry in entries:
        if entry.filename.lower().endswith(_XML):
            _check_entry(package, entry)


def _check_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """No document type or entity, no macros, and no more rows and cells than we read."""
    is_sheet = "worksheets/" in entry.filename and entry.filename.endswith(".xml")
    is_relations = entry.filename.lower().endswith(".rels")
    rows = cells = 0
    tail = first = b""
    with package.open(entry) as stream:
        while block := stream.read(_BLOCK):
            seen = tail + block
            if b"\0" in block:
                raise damaged()  # XML in an encoding in which the signs below would not be seen
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise refusal(
                    "The file declares a document type or entities. That is not allowed. Please save the "
                    "spreadsheet anew as .xlsx."
                )
            if is_relations and _MACRO_RELATIONS.search(seen):
                raise _macros()
            if is_sheet:
                rows += _count(b"<row", tail, block)
                cells += _count(b"<c ", tail, block) + _count(b"<c>", tail, block) + _count(b"<c/", tail, block)
                first = _checked_header(first, block, entry)
            _check_numbers(entry, rows, cells)
            tail = block[-60:]


def _count(sign: bytes, tail: bytes, block: bytes) -> int:
    """How often a sign begins in the end of a block and in the next one, where it did not end in the former."""
    around = tail[-(len(sign) - 1) :] + block[: len(sign) - 1]
    return block.count(sign) + (1 if tail and sign in around else 0)


def _check_numbers(entry: zipfile.ZipInfo, rows: int, cells: int) -> None:
    sheet = entry.filename.rpartition("/")[2][:40]
    if rows > MAX_ROWS:
        raise refusal("The sheet in “{file}” has more than {number} rows.", file=sheet, number=MAX_ROWS)
    if cells > MAX_CELLS:
        raise refusal("The sheet in “{file}” has more than {number} cells.", file=sheet, number=MAX_CELLS)


def _checked_header(first: bytes, block: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The beginning of a sheet as far as its first row; refused when that names too many columns."""
    if _ROW_ENDS.search(first) or len(first) > _MOST_OF_ROW:
        return first
    first += block
    end = _ROW_ENDS.search(first)
    if len(_FILLED.findall(first, 0, end.start() if end else len(first))) > MAX_COLUMNS:
        sheet = entry.filename.rpartition("/")[2][:40]
        raise refusal("The sheet in “{file}” has more than {number} columns.", file=sheet, number=MAX_COLUMNS)
    return first


def _macros() -> FormError:
    return refusal("The file contains macros. Please save it without macros, as .xlsx.")
