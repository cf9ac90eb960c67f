"""From a spreadsheet to a form: reads it, lets pyxform write the XForm, checks that our engine can run it.

Tolerates what KoboToolbox tolerates, and says so; everything refused is said with sheet and row. Touches no file.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData
from pyxform.xls2xform import convert

from dialogues.forms.expressions import Fault
from dialogues.forms.form import NO_FILES, Form
from dialogues.forms.problems import FormError, Note, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.converter import plainly
from dialogues.forms.sheets.faults import explained
from dialogues.forms.sheets.kobo import Plain, plain
from dialogues.forms.sheets.lacking import lacking, textless
from dialogues.forms.sheets.outside import as_inputs, is_external, with_external_choices
from dialogues.forms.sheets.quotes import protect_quotes, restore_quotes
from dialogues.forms.sheets.workbook import Workbook, read_workbook
from dialogues.forms.xform import read_xform

BEGIN = re.compile(r"begin[ _](group|repeat|loop)\b", re.IGNORECASE)
END = re.compile(r"end[ _](group|repeat|loop)\b", re.IGNORECASE)
MOST_OUTSIDE = 20
"""Lacking texts of the sheet external_choices that are named one by one."""
_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"'(survey|choices|settings|external_choices|entities|osm)' (?:sheet|work)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A questionnaire that our engine can run."""

    xform: str
    form: Form
    topics: Mapping[str, str]
    """The topic of each question that has one, by ref."""
    rows: Mapping[str, int]
    """The row of the survey sheet that each node comes from, by ref."""
    notes: tuple[Note, ...]
    """What was tolerated."""
    lacking: tuple[Note, ...]
    """The texts that some of its languages lack."""
    textless: tuple[Problem, ...]
    """The choices that nobody could read, which our engine runs all the same."""


def compile_xlsform(data: bytes, file_type: str, *, name: str, files: Mapping[str, bytes] = NO_FILES) -> Compiled:
    """The form of a questionnaire.

    Args:
        data: the spreadsheet.
        file_type: xlsx, xls, csv or md (a Markdown table).
        name: the form's id and title where its settings sheet gives none.
        files: what is in the files it takes rows from, by name.

    Raises:
        FormError: with sheet, row and reason of everything that stands against it.
    """
    return compile_workbook(read_workbook(data, file_type), name=name, files=files)


def compile_workbook(workbook: Workbook, *, name: str, files: Mapping[str, bytes] = NO_FILES) -> Compiled:
    """The form of a questionnaire that was read; see `compile_xlsform`."""
    workbook = plain(workbook)
    notes = list(workbook.notes)
    root = _root_name(workbook, notes)
    rows = rows_by_ref(workbook, root)
    external = _external(workbook, root)
    workbook = with_external_choices(workbook)
    definition = _tolerant(workbook, name, notes)
    try:
        xform = as_inputs(_convert(definition, root, notes), external)
    except FormError as error:
        raise FormError(tuple(_at_origin(each, workbook) for each in error.problems)) from None
    read = read_xform(xform, files)
    if read.faults:
        written = {row.number: row.cells for row in workbook.rows("survey")}
        raise FormError(tuple(_located(fault, rows, written) for fault in read.faults))
    form = Form(read)
    _refuse_cycles(form, rows)
    topics = {question.ref: question.topic for question in form.questions if question.topic}
    missing = _lacking(form, workbook, rows)
    silent = tuple(_at_origin(each, workbook) for each in textless(workbook))
    return Compiled(xform, form, topics, rows, tuple(notes), missing, silent)


def _at_origin(problem: Problem, workbook: Plain) -> Problem:
    """A problem that the converter has with the workbook it is given, at the row of the author's sheet."""
    return Problem(*_placed(workbook, problem.sheet, problem.row), problem.reason)


def _placed(workbook: Plain, sheet: str | None, row: int | None) -> tuple[str | None, int | None]:
    return (sheet, row) if sheet is None or row is None else workbook.place(sheet, row)


def _lacking(form: Form, workbook: Plain, rows: Mapping[str, int]) -> tuple[Note, ...]:
    """The texts that languages lack; of the sheet external_choices, which may be long, the first ones."""
    found = [
        Note(*_placed(workbook, each.sheet, each.row), each.text) for each in lacking(form.translations, workbook, rows)
    ]
    outside = [each for each in found if each.sheet == "external_choices"]
    if len(outside) <= MOST_OUTSIDE:
        return tuple(found)
    rest = Reason.of("So are {number} more texts of this sheet.", number=len(outside) - MOST_OUTSIDE)
    more = Note("external_choices", None, rest)
    return (*(each for each in found if each.sheet != "external_choices"), *outside[:MOST_OUTSIDE], more)


def _external(workbook: Plain, root: str) -> tuple[str, ...]:
    """The paths of the questions that take their choices from the sheet external_choices."""
    wanted = {row.number for row in workbook.rows("survey") if is_external(row.cells.get("type", ""))}
    return tuple(ref for ref, number in rows_by_ref(workbook, root).items() if number in wanted) if wanted else ()


def rows_by_ref(workbook: Workbook, root: str) -> dict[str, int]:
    """The row of the survey sheet for the path of each node it declares."""
    found: dict[str, int] = {}
    around = [f"/{root}"]
    for row in workbook.rows("survey"):
        kind = row.cells.get("type", "")
        name = row.cells.get("name", "")
        if END.match(kind):
            if len(around) > 1:
                around.pop()
            continue
        ref = f"{around[-1]}/{name}"
        if name:
            found.setdefault(ref, row.number)
        if BEGIN.match(kind):
            around.append(ref)
    return found


def _located(fault: Fault, rows: Mapping[str, int], written: Mapping[int, Mapping[str, str]]) -> Problem:
    """A fault at its row; pyxform keeps what counts a repeat in a node of its own, ``…_count``."""
    counted = fault.ref.removesuffix("_count")
    is_count = fault.ref not in rows and counted in rows
    row = rows[counted] if is_count else rows.get(fault.ref)
    column = "repeat_count" if is_count else fault.place
    cell = written.get(row or 0, {}).get(column, "")
    reason = Reason.of("{column}: {reason}", column=column, reason=explained(fault.reason, cell))
    return Problem(None if row is None else "survey", row, reason)


def _sheet_of(rows: Mapping[str, int], ref: str) -> str | None:
    return "survey" if ref in rows else None


def _root_name(workbook: Workbook, notes: list[Note]) -> str:
    """``data``, unless a question or group bears that name."""
    taken = {row.cells.get("name", ""): row.number for row in workbook.rows("survey")}
    if "data" not in taken:
        return "data"
    root = next(f"form_{number}" for number in range(1, len(taken) + 2) if f"form_{number}" not in taken)
    called = Reason.of("A question is called “data”. That does no harm.")
    notes.append(Note("survey", taken["data"], called))
    return root


def _tolerant(workbook: Plain, name: str, notes: list[Note]) -> DefinitionData:
    definition = deepcopy(workbook.definition)
    definition.fallback_form_name = name
    doubled = _doubled_choices(workbook)
    if doubled:
        placed = {key: workbook.place("choices", row) for key, row in doubled.items()}
        notes.extend(
            Note(
                sheet,
                row,
                Reason.of("The answer “{choice}” stands twice in the list “{listed}”.", choice=choice, listed=listed),
            )
            for (listed, choice), (sheet, row) in placed.items()
            if sheet == "choices"  # in the other one that is usual: a village in several districts
        )
        _set(definition, "allow_choice_duplicates", "yes")
    return definition


def _doubled_choices(workbook: Workbook) -> dict[tuple[str, str], int]:
    rows: dict[tuple[str, str], int] = {}
    counted: Counter[tuple[str, str]] = Counter()
    for row in workbook.rows("choices"):
        listed = row.cells.get("list_name") or row.cells.get("list name") or ""
        key = (listed, row.cells.get("name") or row.cells.get("value") or "")
        counted[key] += 1
        rows[key] = row.number
    return {key: rows[key] for key, number in counted.items() if number > 1 and all(key)}


def _set(definition: DefinitionData, setting: str, value: str) -> None:
    settings = [dict(row) for row in definition.settings or [{}]]
    settings[0][setting] = value
    definition.settings = settings
    headers = [dict(row) for row in definition.settings_header or [{}]]
    headers[0][setting] = None
    definition.settings_header = headers


def _convert(definition: DefinitionData, root: str, notes: list[Note]) -> str:
    """The XForm; with the ``instance::`` columns left out where pyxform does not take them."""
    try:
        return _call(definition, root)
    except FormError:
        columns = _instance_columns(definition)
        if not columns:
            raise
        bare = deepcopy(definition)
        bare.survey = [{key: text for key, text in row.items() if key not in columns} for row in bare.survey or []]
        bare.survey_header = [
            {key: text for key, text in row.items() if key not in columns} for row in bare.survey_header or []
        ]
        xform = _call(bare, root)
        notes.append(
            Note("survey", 1, Reason.of("The column “{columns}” was left out.", columns=", ".join(sorted(columns))))
        )
        return xform


def _instance_columns(definition: DefinitionData) -> set[str]:
    return {
        str(key)
        for row in definition.survey or ()
        for key in row
        if str(key).lower().replace(" ", "").startswith("instance::")
    }


def _call(definition: DefinitionData, root: str) -> str:
    copied = deepcopy(definition)
    protect_quotes(copied)
    fields = {slot: getattr(copied, slot) for slot in DefinitionData.__slots__}
    try:
        return restore_quotes(convert(xlsform=fields, form_name=root, validate=False).xform)
    except PyXFormError as error:
        names = {str(row.get("name", "")).strip() for row in definition.survey or ()} - {""}
        raise FormError((_problem(error, names),)) from None
    except Exception as error:  # a converter may stumble over a hostile sheet in any way
        said = f"{type(error).__name__}: {restore_quotes(str(error)[:200])}"
        reason = Reason.of("The questionnaire cannot be read. The program says in English: “{text}”.", text=said)
        raise FormError((Problem(None, None, reason),)) from None


def _problem(error: PyXFormError, names: Iterable[str]) -> Problem:
    text = restore_quotes(str(error))
    row = _ROW.search(text)
    sheet = _SHEET.search(text)
    reason = plainly(" ".join(_ROW.sub("", text).split()), names)
    named = sheet[1].lower() if sheet else ("survey" if row else None)
    return Problem(named, int(row[1]) if row else None, reason)


def _refuse_cycles(form: Form, rows: Mapping[str, int]) -> None:
    if form.cycles:
        raise FormError(
            tuple(
                Problem(
                    _sheet_of(rows, cycle[0]),
                    rows.get(cycle[0]),
                    Reason.of(
                        "These questions wait for each other in a circle: “{questions}”.", questions=" → ".join(cycle)
                    ),
                )
                for cycle in form.cycles
            )
        )
