"""Rows as CSV, the way office programs here expect it: semicolons, a decimal comma, UTF-8 with a byte order mark.

The comma goes with the semicolon: a German Excel takes "3.5" for the third of May. R reads the file with
``read.csv2``, pandas with ``sep=";", decimal=","``.

Texts stand in quotes, always; numbers and dates never. So whoever imports the file can have quoted fields taken as
text, and telephone numbers keep their leading zero (LibreOffice asks for it: "Format quoted field as text"; in Excel:
Data, From Text/CSV). Nothing in a file keeps a program that does not ask from taking a text of digits for a number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from admin.exports.columns import Cell, Code

MEDIA_TYPE = "text/csv"
BEGINNING = "\ufeff"
"""Without a byte order mark Excel takes UTF-8 for the code page of the country."""
_LINE_END = "\r\n"
_FORMULA = frozenset("=+-@\t\r＝＋－＠")
"""First signs by which a program may take a text for a formula, also those of full width."""


def line(cells: Iterable[Cell]) -> str:
    """One row."""
    return ";".join(_written(cell) for cell in cells) + _LINE_END


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return '"' + guarded(cell).replace('"', '""') + '"'
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, date):
        return cell.isoformat()
    return _decimal(cell)


def _decimal(number: Decimal) -> str:
    return format(number, "f").replace(".", ",")


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a program might otherwise run it as a formula.

    Spaces and signs that are not seen are passed over, as programs do.
    """
    if isinstance(text, Code):
        return text
    first = next((sign for sign in text if not _passed_over(sign)), "")
    return f"'{text}" if first in _FORMULA or text[:1] in _FORMULA else text


def _passed_over(sign: str) -> bool:
    return sign not in _FORMULA and (sign.isspace() or unicodedata.category(sign) in ("Cf", "Cc"))
