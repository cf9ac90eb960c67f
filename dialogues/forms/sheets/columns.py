"""The sheets of a workbook as an author sees them: columns by what they mean, under the names that stand in the file.

For what is said of a questionnaire that the converter does not take; the converter has rules of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogues.forms.sheets.kobo import Plain
from dialogues.forms.sheets.workbook import Workbook

__all__ = ["REFERENCE", "SELECT", "Cell", "Line", "columns_of", "lines", "lists_of", "meaning"]

_ALIASES = {
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "relevance": "relevant",
    "calculate": "calculation",
    "read_only": "readonly",
    "count": "repeat_count",
    "constraining_message": "constraint_message",
    "requiredmsg": "required_message",
}
_HOLDERS = ("bind", "body", "control", "media")
"""Columns like ``bind::relevant`` mean what stands behind."""
SELECT = re.compile(
    r"(?P<kind>select_one|select_multiple|rank|select one|select1|select all that apply|select one from"
    r"|select all that apply from|add select one prompt using|add select multiple prompt using)"
    r" (?P<listed>\S+)(?: (?:or specify other|or_other|or other))?"
)
"""A type that takes its answers from a list of the sheet choices, or from answers before: ``${names}``."""

REFERENCE = re.compile(r"\$\{([^{}]*)\}")
"""A reference to a question; around its name there may be spaces."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell that is not empty. ``column``: as its author calls it; ``means``: as the standard does."""

    column: str
    means: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet that is not empty, with the number that the author's spreadsheet gives it."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]

    def says(self, means: str) -> str:
        """What stands in the first column of this meaning; empty where nothing does."""
        return next((each.text for each in self.cells if each.means == means), "")

    @property
    def kind(self) -> str:
        """The type of a question, with single spaces in it."""
        return " ".join(self.says("type").split())

    @property
    def select(self) -> re.Match[str] | None:
        """The kind and the list of a question that takes its answers from one."""
        return SELECT.fullmatch(self.kind)


def meaning(column: str) -> str:
    """What a column means, language apart: ``label`` for ``label::Deutsch (de)`` and for ``caption``."""
    parts = [each.strip() for each in column.replace("::", ":").split(":") if each.strip()] or [""]
    first = "_".join(parts[0].lower().split())
    if first in _HOLDERS and len(parts) > 1:
        first = "_".join(parts[1 + (parts[1] == "jr" and len(parts) > 2)].lower().split())
    return _ALIASES.get(first, first)


def lines(workbook: Workbook, sheet: str) -> Iterator[Line]:
    """The rows of a sheet that hold something."""
    means: dict[str, str] = {}
    for number, row in enumerate(getattr(workbook.definition, sheet) or (), 2):
        cells = tuple(
            Cell(column, means.setdefault(column, meaning(column)), str(text).strip())
            for column, text in row.items()
            if text is not None and str(text).strip()
        )
        if cells:
            yield Line(sheet, workbook.row(sheet, number) if isinstance(workbook, Plain) else number, cells)


def columns_of(workbook: Workbook, sheet: str) -> Sequence[str]:
    """The columns of a sheet, as they are called."""
    headers: Sequence[Mapping[str, Any]] = getattr(workbook.definition, f"{sheet}_header") or ()
    return [str(column) for header in headers for column in header]


def lists_of(workbook: Workbook) -> Mapping[str, Mapping[str, int]]:
    """The lists of the sheet choices: the names in each, with the row of the first that bears it."""
    found: dict[str, dict[str, int]] = {}
    for line in lines(workbook, "choices"):
        listed = line.says("list_name")
        if listed:
            found.setdefault(listed, {}).setdefault(line.says("name"), line.number)
    return found
