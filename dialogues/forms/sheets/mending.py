"""Everything that stands against a questionnaire, where the converter of spreadsheets stops at the first thing.

A row of which something was said is replaced by a harmless one, and what is left is converted again. The mended form is
thrown away.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from dialogues.forms.form import NO_FILES
from dialogues.forms.problems import FormError, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.asking import unaskable
from dialogues.forms.sheets.compiling import BEGIN, END, compile_workbook
from dialogues.forms.sheets.converter import BAD_CHOICE, BIG_IMAGE_ALONE, NO_BEGINNING, NO_END, NO_TEXT, NO_TYPE, SEARCH
from dialogues.forms.sheets.workbook import Workbook, read_workbook

MOST = 50
"""Problems that are looked for."""

_SHEETS = ("survey", "choices")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NAMING = {
    NO_TYPE: ("type", "kind"),
    NO_TEXT: ("name", "name"),
    BAD_CHOICE: ("name", "name"),
    BIG_IMAGE_ALONE: ("name", "name"),
    SEARCH: ("name", "name"),
}
"""What the converter says of a row without its number: the column by which the row is found, and what stands there."""
_UNMATCHED = (NO_BEGINNING, NO_END)


def every_problem(
    data: bytes,
    file_type: str,
    *,
    name: str,
    first: FormError,
    files: Mapping[str, bytes] = NO_FILES,
    is_late: Callable[[], bool] = bool,
) -> tuple[Problem, ...]:
    """What stands against a spreadsheet that ``first`` was said of: each row once, in the order of the sheets.

    ``is_late``: whether the search shall stop with what it has found. The arguments besides are `compile_xlsform`'s.
    """
    try:
        workbook = read_workbook(data, file_type)
    except FormError:
        return first.problems
    found = _placed(first.problems, workbook)
    fresh = found
    mended: set[tuple[str, int]] = set()
    while fresh and len(found) < MOST and not is_late():
        workbook, rows = _mended(workbook, fresh, mended)
        if not rows:
            break
        mended |= rows
        said = _placed(_said(workbook, name, files), workbook)
        fresh = [each for each in said if each.row and (each.sheet, each.row) not in mended]
        found += fresh
    return tuple(sorted(found, key=_order))


def _order(problem: Problem) -> tuple[int, int]:
    return (_SHEETS.index(problem.sheet) if problem.sheet in _SHEETS else len(_SHEETS), problem.row or 0)


def _said(workbook: Workbook, name: str, files: Mapping[str, bytes]) -> Iterable[Problem]:
    try:
        compiled = compile_workbook(workbook, name=name, files=files)
    except FormError as error:
        return error.problems
    except RecursionError:
        return ()
    return (*unaskable(compiled.form, compiled.rows), *compiled.textless)


def _placed(problems: Iterable[Problem], workbook: Workbook) -> list[Problem]:
    return [_found(each, workbook) for each in problems]


def _found(problem: Problem, workbook: Workbook) -> Problem:
    """A problem with its row, where the converter names only what stands in it."""
    reason = problem.reason
    if problem.row is not None or not isinstance(reason, Reason) or reason.template not in _NAMING:
        return problem
    column, value = _NAMING[reason.template]
    sheet = "choices" if reason.template == BAD_CHOICE else "survey"
    wanted = reason.values[value].split()
    row = next((each.number for each in workbook.rows(sheet) if each.cells.get(column, "").split() == wanted), None)
    return Problem(sheet, row, reason)


def _mended(
    workbook: Workbook, problems: Iterable[Problem], before: set[tuple[str, int]]
) -> tuple[Workbook, set[tuple[str, int]]]:
    """The workbook with harmless rows where something is wrong, and which these are."""
    definition = deepcopy(workbook.definition)
    mended: set[tuple[str, int]] = set()
    for problem in problems:
        sheet, number = problem.sheet, problem.row
        if sheet not in _SHEETS or number is None or (sheet, number) in before:
            continue
        rows: list[dict[str, Any]] = list(getattr(definition, sheet) or ())
        if not 0 <= number - 2 < len(rows):
            continue
        if sheet == "survey":
            unmatched = isinstance(problem.reason, Reason) and problem.reason.template in _UNMATCHED
            rows[number - 2] = _harmless(rows, number, unmatched=unmatched)
        else:
            name = "_".join(_cell(rows[number - 2], "name").split()) or f"choice_{number}"
            rows[number - 2] = {**rows[number - 2], "name": name, **_labels(rows)}
        setattr(definition, sheet, rows)
        mended.add((sheet, number))
    return Workbook(definition), mended


def _harmless(rows: list[dict[str, Any]], number: int, *, unmatched: bool) -> dict[str, Any]:
    """A row of the sheet survey that nothing can be said against, under the name that others may refer to."""
    row = rows[number - 2]
    name, kind = _cell(row, "name"), _cell(row, "type")
    taken = {_cell(each, "name") for each in rows[: number - 2]} | {"meta"}
    if not _NAME.fullmatch(name) or name in taken:
        name = f"row_{number}"
    if unmatched:
        return {}
    if END.match(kind):
        return {"type": kind}
    return {"type": kind if BEGIN.match(kind) else "text", "name": name, **_labels(rows)}


def _cell(row: dict[str, Any], column: str) -> str:
    return next((str(text).strip() for key, text in row.items() if str(key).strip().lower() == column and text), "")


def _labels(rows: list[dict[str, Any]]) -> dict[str, str]:
    """A text in every language of the sheet."""
    columns = {key for row in rows for key in row if str(key).split(":")[0].strip().lower() == "label"}
    return dict.fromkeys(columns or {"label"}, "x")
