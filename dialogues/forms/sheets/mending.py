"""Everything that stands against a questionnaire, where the converter of spreadsheets stops at the first thing.

What can be told without it is told first. A row of which something was said is replaced by a harmless one, and what is
left is converted again. The mended form is thrown away.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any

from pyxform.xls2json_backends import DefinitionData

from dialogues.forms.form import NO_FILES
from dialogues.forms.problems import FormError, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.asking import unaskable
from dialogues.forms.sheets.checking import BAD_NAME, BAD_NAME_BUT, NAME, check
from dialogues.forms.sheets.columns import columns_of, lines, meaning
from dialogues.forms.sheets.compiling import BEGIN, END, compile_workbook
from dialogues.forms.sheets.converter import (
    BAD_CHOICE,
    BIG_IMAGE_ALONE,
    NO_BEGINNING,
    NO_END,
    NO_QUESTION,
    NO_QUESTION_BUT,
    NO_TEXT,
    NO_TYPE,
    OTHER_END,
    SEARCH,
    TWO_COLUMNS,
)
from dialogues.forms.sheets.faults import close_to
from dialogues.forms.sheets.kobo import plain
from dialogues.forms.sheets.workbook import Workbook, read_doubled, read_workbook

MOST = 50
"""Problems that are told."""
MOST_LOOKED_FOR = 500

_SHEETS = ("survey", "choices", "settings")
_NAMING = {
    NO_TYPE: ("type", "kind"),
    NO_TEXT: ("name", "name"),
    BAD_CHOICE: ("name", "name"),
    BIG_IMAGE_ALONE: ("name", "name"),
    SEARCH: ("name", "name"),
}
"""What the converter says of a row without its number: the column by which the row is found, and what stands there."""
_UNMATCHED = (NO_BEGINNING, NO_END, OTHER_END)


def every_problem(
    data: bytes,
    file_type: str,
    *,
    name: str,
    first: FormError,
    files: Mapping[str, bytes] = NO_FILES,
    is_late: Callable[[], bool] = bool,
) -> tuple[Problem, ...]:
    """What stands against a spreadsheet that ``first`` was said of, in the order of the sheets.

    ``is_late``: whether the search shall stop with what it has found. The arguments besides are `compile_xlsform`'s.
    """
    doubled: tuple[Problem, ...] = ()
    try:
        workbook = read_workbook(data, file_type)
    except FormError:
        reason = first.problems[0].reason
        if file_type != "xlsx" or not isinstance(reason, Reason) or reason.template != TWO_COLUMNS:
            return first.problems
        workbook, doubled = read_doubled(data)
    found = [*doubled, *_checked(workbook, is_late)] or _placed(first.problems, workbook)
    if {"type", "name"} <= {meaning(column) for column in columns_of(workbook, "survey")}:
        found = _converted(_with_lists(workbook), found, name, files, is_late)
    listed = list(_without_what_follows(sorted(dict.fromkeys(found), key=_order)))
    if len(listed) <= MOST:
        return tuple(listed)
    more = Reason.of("There are at least {number} more. Please put these right first.", number=len(listed) - MOST)
    return (*listed[:MOST], Problem(None, None, more))


def _without_what_follows(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems without what only follows from a name that cannot be used: that no question has a name like it. What
    it was meant to be may look otherwise; so besides, what is missing is said once."""
    reasons = [each.reason for each in problems if isinstance(each.reason, Reason)]
    refused = {str(each.values["name"]) for each in reasons if each.template in (BAD_NAME, BAD_NAME_BUT)}
    told = set[str]()
    for each in problems:
        reason = each.reason
        if refused and isinstance(reason, Reason) and reason.template in (NO_QUESTION, NO_QUESTION_BUT):
            name = str(reason.values["name"])
            if close_to(name, refused) or (reason.template == NO_QUESTION and name in told):
                continue
            told.add(name)
        yield each


def _checked(workbook: Workbook, is_late: Callable[[], bool]) -> list[Problem]:
    """What can be told without the converter."""
    try:
        found = check(plain(workbook), is_late=is_late)
    except FormError as error:
        return list(error.problems)
    return list(islice(found, MOST_LOOKED_FOR))


def _converted(
    workbook: Workbook, found: list[Problem], name: str, files: Mapping[str, bytes], is_late: Callable[[], bool]
) -> list[Problem]:
    """The same, with what the converter and our engine say where nothing was found yet."""
    fresh, mended = found, set[tuple[str, int]]()
    while len(found) < MOST and not is_late():
        workbook, rows = _mended(workbook, fresh, mended)
        mended |= rows
        said = _placed(_said(workbook, name, files), workbook)
        fresh = [each for each in said if (each.sheet, each.row) not in mended and each not in found]
        found = [*found, *fresh]
        if not any(each.row for each in fresh):
            break
    return found


def _with_lists(workbook: Workbook) -> Workbook:
    """The workbook with lists for all its questions, where the sheet choices cannot be read."""
    if {"list_name", "name"} <= {meaning(column) for column in columns_of(workbook, "choices")}:
        return workbook
    definition = deepcopy(workbook.definition)
    kinds = (line.select for line in lines(workbook, "survey"))
    rows = [{"list_name": each["listed"], "name": "x", "label": "x"} for each in kinds if each]
    definition.choices = rows
    definition.choices_header = [dict.fromkeys(("list_name", "name", "label"))]
    return Workbook(definition)


def _order(problem: Problem) -> tuple[int, int]:
    order = _SHEETS.index(problem.sheet) if problem.sheet in _SHEETS else len(_SHEETS)
    return (order if problem.sheet else -1, problem.row or 0)


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
    renamed: dict[str, str] = {}
    for problem in problems:
        sheet, number = problem.sheet, problem.row
        if sheet not in _SHEETS or number is None or (sheet, number) in before:
            continue
        rows: list[dict[str, Any]] = list(getattr(definition, sheet) or ())
        if not 0 <= number - 2 < len(rows):
            continue
        if sheet == "survey":
            harmless = _harmless(rows, number, problem.reason)
            renamed[_cell(rows[number - 2], "name")] = harmless.get("name", "")
            rows[number - 2] = harmless
        elif sheet == "settings":
            rows[number - 2] = {column: text for column, text in rows[number - 2].items() if "${" not in str(text)}
        else:
            name = "_".join(_cell(rows[number - 2], "name").split()) or f"choice_{number}"
            rows[number - 2] = {**rows[number - 2], "name": name, **_labels(rows)}
        setattr(definition, sheet, rows)
        mended.add((sheet, number))
    _refer(definition, renamed)
    return Workbook(definition), mended


def _refer(definition: DefinitionData, renamed: Mapping[str, str]) -> None:
    """Have what refers to a question that bears another name now refer to that."""
    kept = {_cell(row, "name") for row in definition.survey or ()}
    new = {f"${{{old}}}": f"${{{name}}}" for old, name in renamed.items() if name and old and old not in kept}
    for sheet in _SHEETS if new else ():
        for row in getattr(definition, sheet) or ():
            for column, text in row.items():
                for old, name in new.items():
                    if isinstance(text, str) and old in text:
                        row[column] = text = text.replace(old, name)


def _harmless(rows: list[dict[str, Any]], number: int, reason: str) -> dict[str, Any]:
    """A row of the sheet survey that nothing can be said against, under the name that others may refer to."""
    row = rows[number - 2]
    name, kind = _cell(row, "name"), _cell(row, "type")
    taken = {_cell(each, "name") for each in rows[: number - 2]} | {"meta"}
    if not NAME.fullmatch(name) or name in taken:
        name = f"row_{number}"
    if isinstance(reason, Reason) and reason.template in _UNMATCHED:
        return {"type": reason.values["other"]} if reason.template == OTHER_END else {}
    if END.match(kind):
        return {"type": kind}
    return {"type": kind if BEGIN.match(kind) else "text", "name": name, **_labels(rows)}


def _cell(row: dict[str, Any], column: str) -> str:
    return next((str(text).strip() for key, text in row.items() if str(key).strip().lower() == column and text), "")


def _labels(rows: list[dict[str, Any]]) -> dict[str, str]:
    """A text in every language of the sheet."""
    columns = {key for row in rows for key in row if str(key).split(":")[0].strip().lower() == "label"}
    return dict.fromkeys(columns or {"label"}, "x")
