"""Tables in CSV files, as ODK Central and Web Forms take them: the delimiter is found out, short rows are filled up."""

import csv
import io
from collections.abc import Iterator

from dialogues.forms.external.refusing import MAX_CELLS, MAX_ROWS, decoded, refusal
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.sources import Columns, Record, columns_of

__all__ = ["read_csv"]

_DELIMITERS = (",", ";", "\t", "|")


def read_csv(name: str, data: bytes) -> Iterator[Node]:
    """The rows of a table, each with a field for every column of the header.

    Raises:
        FormError: it is not UTF-8, a row has more values than the header, or there are too many.
    """
    text = decoded(name, data)
    header: list[str] = []
    columns: Columns = {}
    root = Node("root")
    try:
        for cells in _rows(text):
            if not any(cells):
                continue
            if not header:
                header, columns = cells, columns_of(cells)
            else:
                root.add(Record(root, columns, _fitted(cells, header, len(root.kids.get("item", ())) + 1, name)))
    except csv.Error as error:
        raise refusal(name, "It is no table in CSV: “{text}”.", text=error) from None
    if not header:
        raise refusal(name, "Its first row, with the names of the columns, is missing.")
    yield root


def _rows(text: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    yield from csv.reader(lines, delimiter=_delimiter(text), strict=True)


def _delimiter(text: str) -> str:
    """The delimiter that stands most often in the header, outside quotes."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for letter in text.lstrip("\r\n"):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "\r\n":
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    return max(_DELIMITERS, key=lambda each: counts[each])


def _fitted(cells: list[str], header: list[str], place: int, name: str) -> tuple[str, ...]:
    """The values of a row, one for each column."""
    if place > MAX_ROWS or place * len(header) > MAX_CELLS:
        raise refusal(name, "It has more than {rows} rows or {cells} values.", rows=MAX_ROWS, cells=MAX_CELLS)
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    if len(cells) > len(header):
        numbers = {"row": place + 1, "number": len(cells), "header": len(header)}
        raise refusal(name, "Row {row} has {number} values, the first row {header}.", **numbers)
    return (*cells, *[""] * (len(header) - len(cells)))
