"""``select_one_external``: a select whose choices stand in a sheet of their own, ``external_choices``.

Collect offers them, ODK Web Forms shows a field for text. We follow Collect, and leave the question in the XForm an
input with its choices: what is answered is not held against them. Converts nothing itself.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from dialogues.forms.sheets.kobo import Plain
from dialogues.forms.sheets.workbook import MAX_ROWS

__all__ = ["as_inputs", "is_external", "with_external_choices"]

_EXTERNAL = re.compile(r"select[ _]one[ _]external\s+(\S+)", re.IGNORECASE)


def is_external(kind: str) -> bool:
    """Whether a row of this type takes its choices from the sheet external_choices."""
    return _EXTERNAL.fullmatch(kind) is not None


def with_external_choices(workbook: Plain) -> Plain:
    """The workbook with these choices among the others, and selects that offer them."""
    rows: list[dict[str, Any]] = list(workbook.definition.external_choices or ())
    wanted = {found[1] for found in _kinds(workbook)}
    own = {_listed(row) for row in workbook.definition.choices or ()}
    taken = [(number, row) for number, row in enumerate(rows, 2) if _listed(row) in wanted - own]
    if not taken or len(taken) + len(workbook.definition.choices or ()) > MAX_ROWS:
        return workbook
    definition = deepcopy(workbook.definition)
    choices = list(definition.choices or ())
    names = {_bare(column): column for row in choices for column in row}
    lists = {_listed(row) for _, row in taken}
    added = [{names.get(_bare(column), column): text for column, text in row.items()} for _, row in taken]
    definition.choices = choices + added
    columns = [column for row in (*(definition.choices_header or ()), *definition.choices) for column in row]
    definition.choices_header = [dict.fromkeys(columns)]
    definition.external_choices = definition.external_choices_header = None
    definition.survey = [_as_select(row, lists) for row in definition.survey or ()]
    return replace(workbook, definition=definition, outside=(len(choices), tuple(number for number, _ in taken)))


def _kinds(workbook: Plain) -> Iterator[re.Match[str]]:
    for row in workbook.rows("survey"):
        found = _EXTERNAL.fullmatch(row.cells.get("type", ""))
        if found:
            yield found


def _listed(row: dict[str, Any]) -> str:
    return next((str(text).strip() for column, text in row.items() if _bare(column) == "list_name" and text), "")


def _bare(column: object) -> str:
    """A column's name in small letters; the list is called ``list name`` by some."""
    name = str(column).strip().lower()
    return "list_name" if name == "list name" else name


def _as_select(row: dict[str, Any], lists: set[str]) -> dict[str, Any]:
    found = {column: _EXTERNAL.fullmatch(str(text).strip()) for column, text in row.items() if _bare(column) == "type"}
    return row | {column: f"select_one {one[1]}" for column, one in found.items() if one and one[1] in lists}


def as_inputs(xform: str, refs: Iterable[str]) -> str:
    """The XForm with the selects at these paths written as inputs that have choices."""
    for ref in refs:
        select = re.compile(rf'<select1 (ref="{re.escape(ref)}".*?)</select1>', re.DOTALL)
        xform = select.sub(lambda found: f"<input {found[1]}</input>", xform)
    return xform
