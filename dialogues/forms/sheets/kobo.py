"""KoboToolbox's own rows (score, rank, matrix) and columns (``$autoname`` …) written as plain XLSForm.

The nodes that hold answers get the names that KoboToolbox gives them (kpi, ``kobo_to_xlsform`` and its handlers).
Rows keep the numbers of the author's sheet, whatever became of them. Judges nothing that plain XLSForm has too.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pyxform.xls2json_backends import DefinitionData

from dialogues.forms.problems import FormError, Note, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.converter import NO_LIST
from dialogues.forms.sheets.workbook import MAX_ROWS, Row, Workbook

__all__ = ["Plain", "plain"]

Cells = dict[str, Any]

_BEGIN = re.compile(r"begin[ _](score|rank|kobomatrix)", re.IGNORECASE)
_END = re.compile(r"end[ _](score|rank|kobomatrix)", re.IGNORECASE)
_ANY_END = re.compile(r"end[ _]", re.IGNORECASE)
_OWN_COLUMN = re.compile(r"\$|kobo(matrix)?--|_isrepeat$", re.IGNORECASE)
_PARTS = {"score": "score__row", "rank": "rank__level"}
_LISTS = {"score": "kobo--score-choices", "rank": "kobo--rank-items", "kobomatrix": "kobo--matrix_list"}
_MESSAGE = "kobo--rank-constraint-message"
_SHOWN = re.compile(r"(label|hint|media|image|audio|video|big-image)\s*(:|$)", re.IGNORECASE)
_TEXTUAL = re.compile(r"label\s*(:|$)", re.IGNORECASE)
_LONGEST_NAME = 40

MAX_LEVELS = 100
"""Places of a rank; each is compared with all before it."""


@dataclass(frozen=True, slots=True)
class Plain(Workbook):
    """A workbook in plain XLSForm.

    ``numbers`` has the author's row for each row of the sheet survey. ``outside``: how many rows of the sheet choices
    are the author's, and the rows of the sheet external_choices that those behind them stand in.
    """

    numbers: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
    outside: tuple[int, tuple[int, ...]] | None = None

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet that hold something, with the numbers of the author's sheet."""
        for row in Workbook(self.definition).rows(sheet):
            yield Row(self.row(sheet, row.number), row.cells)

    def row(self, sheet: str, number: int) -> int:
        """The author's number of a row."""
        place = number - 2
        return self.numbers[place] if sheet == "survey" and 0 <= place < len(self.numbers) else number

    def place(self, sheet: str, number: int) -> tuple[str, int]:
        """The author's sheet and number of a row."""
        own, others = self.outside or (0, ())
        behind = number - 2 - own
        if self.outside and sheet == "choices" and 0 <= behind < len(others):
            return "external_choices", others[behind]
        return sheet, self.row(sheet, number)


def plain(workbook: Workbook) -> Plain:
    """The workbook without anything that only KoboToolbox knows.

    Raises:
        FormError: a row of KoboToolbox's lacks what it needs, with its number.
    """
    rows: list[Cells] = list(workbook.definition.survey or ())
    if not any(_BEGIN.fullmatch(_cell(row, "type")) for row in rows) and not _has_own_columns(workbook.definition):
        return Plain(workbook.definition, tuple(range(2, len(rows) + 2)))
    definition = deepcopy(workbook.definition)
    names = _Names(definition)
    names.fill()
    translation = _Translation(definition)
    translation.run()
    if translation.problems:
        raise FormError(tuple(translation.problems))
    definition.survey = [_bare(row) for row in translation.rows]
    definition.choices = [_bare(row) for row in definition.choices or ()] or definition.choices
    _list_columns(definition)
    return Plain(definition, tuple(translation.numbers), (*names.notes, *translation.notes))


def _has_own_columns(definition: DefinitionData) -> bool:
    headers = (*(definition.survey_header or ()), *(definition.choices_header or ()))
    return any(_OWN_COLUMN.match(str(column)) for header in headers for column in header)


def _bare(row: Cells) -> Cells:
    return {column: text for column, text in row.items() if not _OWN_COLUMN.match(str(column))}


def _list_columns(definition: DefinitionData) -> None:
    """Name in the headers what the rows hold now."""
    for sheet in ("survey", "choices"):
        rows: list[Cells] = getattr(definition, sheet) or []
        before: list[Cells] = getattr(definition, f"{sheet}_header") or []
        columns = [column for row in (*before, *rows) for column in row if not _OWN_COLUMN.match(str(column))]
        if rows:
            setattr(definition, f"{sheet}_header", [dict.fromkeys(columns)])


def _column(row: Mapping[str, Any], name: str) -> str | None:
    return next((column for column in row if str(column).strip().lower() == name), None)


def _cell(row: Mapping[str, Any], name: str) -> str:
    column = _column(row, name)
    return "" if column is None or row[column] is None else str(row[column]).strip()


def _listed(row: Mapping[str, Any]) -> str:
    return _cell(row, "list_name") or _cell(row, "list name")


def _set(row: Cells, name: str, text: str) -> None:
    row[_column(row, name) or name] = text


class _Names:
    """Gives rows and choices that have no name the one KoboToolbox keeps for them, or one made of their text."""

    def __init__(self, definition: DefinitionData) -> None:
        self._definition = definition
        self.notes: list[Note] = []

    def fill(self) -> None:
        survey: list[Cells] = list(self._definition.survey or ())
        taken = {_cell(row, "name") for row in survey}
        for number, row in enumerate(survey, 2):
            if row and not _cell(row, "name") and not _ANY_END.match(_cell(row, "type")):
                self._name(row, ("$given_name", "$autoname"), taken, "survey", number)
        lists: dict[str, set[str]] = {}
        for number, row in enumerate(self._definition.choices or (), 2):
            taken = lists.setdefault(_listed(row), set())
            if row and not _cell(row, "name"):
                self._name(row, ("$autovalue", "$autoname"), taken, "choices", number)
            taken.add(_cell(row, "name"))

    def _name(self, row: Cells, columns: tuple[str, ...], taken: set[str], sheet: str, number: int) -> None:
        kept = next((_cell(row, column) for column in columns if _cell(row, column)), "")
        text = next((str(text) for column, text in row.items() if text and _TEXTUAL.match(str(column))), "")
        name = kept or _unused(_slug(text), taken)
        if name:
            _set(row, "name", name)
            taken.add(name)
            self.notes.append(
                Note(
                    sheet,
                    number,
                    Reason.of("The column “name” is empty. We use the name “{name}”, as KoboToolbox does.", name=name),
                )
            )


def _slug(text: str) -> str:
    """A name made of a text."""
    name = re.sub(r"\W+", "_", text.strip()).strip("_")[:_LONGEST_NAME]
    return f"_{name}" if name[:1].isdigit() else name


def _unused(name: str, taken: set[str]) -> str:
    if not name or name not in taken:
        return name
    return next(f"{name}_{number:03}" for number in range(1, len(taken) + 2) if f"{name}_{number:03}" not in taken)


@dataclass(slots=True)
class _Translation:
    """The rows of the sheet survey, one after the other."""

    definition: DefinitionData
    rows: list[Cells] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> None:
        inside: list[tuple[int, Cells]] = []
        kind = ""
        for number, row in enumerate(self.definition.survey or (), 2):
            begin, end = _BEGIN.fullmatch(_cell(row, "type")), _END.fullmatch(_cell(row, "type"))
            if not kind and begin:
                kind, inside = begin[1].lower(), [(number, row)]
            elif kind and end and end[1].lower() == kind:
                self._write(kind, inside, (number, row))
                kind = ""
            elif kind:
                inside.append((number, row))
            else:
                self._put(number, row)
        if kind:
            self._refuse(
                inside[0][0],
                Reason.of(
                    "Here stands “{kind}”, but the row that ends it is missing further down.", kind=f"begin_{kind}"
                ),
            )

    def _put(self, number: int, row: Cells) -> None:
        self.rows.append(row)
        self.numbers.append(number)

    def _refuse(self, number: int, reason: str) -> None:
        self.problems.append(Problem("survey", number, reason))

    def _write(self, kind: str, inside: list[tuple[int, Cells]], end: tuple[int, Cells]) -> None:
        number, begin = inside[0]
        listed = _cell(begin, _LISTS[kind])
        if not listed:
            needed = Reason.of(
                "“{kind}” needs the name of a list of answers in the column “{column}”.",
                kind=f"begin_{kind}",
                column=_LISTS[kind],
            )
            self._refuse(number, needed)
            return
        below = [(at, row) for at, row in inside[1:] if row]
        if kind == "kobomatrix":
            self._matrix(number, begin, listed, below)
        else:
            strange = [at for at, row in below if _cell(row, "type").lower() != _PARTS[kind]]
            for at in strange:
                misplaced = Reason.of(
                    "Below “{kind}”, only rows of the type “{part}” may stand.", part=_PARTS[kind], kind=f"begin_{kind}"
                )
                self._refuse(at, misplaced)
            if kind == "rank" and len(below) > MAX_LEVELS:
                self._refuse(number, Reason.of("A rank has at most {number} places.", number=MAX_LEVELS))
                return
            self._put(number, _group(begin, _cell(begin, "name")))
            write = self._score if kind == "score" else self._rank
            write(begin, listed, below)
            self._put(end[0], {"type": "end_group"})
        self.notes.append(
            Note(
                "survey",
                number,
                Reason.of("“{kind}” of KoboToolbox is asked as a group of questions.", kind=f"begin_{kind}"),
            )
        )

    def _score(self, begin: Cells, listed: str, below: list[tuple[int, Cells]]) -> None:
        """The same choices for every row."""
        required = _cell(begin, "required")
        for number, row in below:
            question = {**row}
            _set(question, "type", f"select_one {listed}")
            if required:
                _set(question, "required", required)
            self._put(number, question)

    def _rank(self, begin: Cells, listed: str, below: list[tuple[int, Cells]]) -> None:
        """A select for each place; what stands on one place cannot stand on another."""
        messages = {
            f"constraint_message{column.strip()[len(_MESSAGE) :]}": text
            for column, text in begin.items()
            if str(column).strip().lower().startswith(_MESSAGE) and text
        }
        before: list[str] = []
        for number, row in below:
            question = {**row}
            name = _cell(row, "name")
            _set(question, "type", f"select_one {listed}")
            _set(question, "required", "yes")
            if before:
                _set(question, "constraint", " and ".join(f"${{{name}}} != ${{{other}}}" for other in before))
                question.update(messages)
            before.append(name)
            self._put(number, question)

    def _matrix(self, number: int, begin: Cells, listed: str, columns: list[tuple[int, Cells]]) -> None:
        """All columns once for each choice of the list, in a group of their own, called ``matrix_choice_column``."""
        name = _cell(begin, "name")
        items = [row for row in self.definition.choices or () if row and _listed(row) == listed]
        if not items:
            self._refuse(number, Reason.of(NO_LIST, listed=listed))
        if len(self.rows) + len(items) * (len(columns) + 2) > MAX_ROWS:
            self._refuse(number, Reason.of("A matrix has at most {number} questions.", number=MAX_ROWS))
            return
        shown = _texts(begin)
        if shown:
            note = {"type": "note", "name": f"{name}_header_note", **shown}
            relevant = {column: begin[column] for column in begin if str(column).strip().lower() in _RELEVANT}
            for row in ({"type": "begin_group", "name": f"{name}_header", **relevant}, note, {"type": "end_group"}):
                self._put(number, row)
        for item in items:
            base = f"{name}_{_cell(item, 'name')}"
            self._put(number, {**_group(begin, base), **_no_texts(begin), **_texts(item)})
            renamed = _renaming({_cell(row, "name"): f"{base}_{_cell(row, 'name')}" for _, row in columns})
            for at, row in columns:
                question = {column: renamed(text) for column, text in row.items()}
                _set(question, "name", f"{base}_{_cell(row, 'name')}")
                self._put(at, question)
            self._put(number, {"type": "end_group"})


_RELEVANT = ("relevant", "relevance", "bind::relevant", "bind:relevant")


def _group(begin: Cells, name: str) -> Cells:
    """The group for a row that begins something: with its text, and asked when it is."""
    kept = {column: text for column, text in begin.items() if str(column).strip().lower() in _RELEVANT}
    return {"type": "begin_group", "name": name, **kept, **_texts(begin)}


def _texts(row: Cells) -> Cells:
    return {column: text for column, text in row.items() if text and _SHOWN.match(str(column).strip())}


def _no_texts(row: Cells) -> Cells:
    return dict.fromkeys(_texts(row), "")


def _renaming(names: Mapping[str, str]) -> Callable[[Any], Any]:
    """Puts the new names into references, ``${old}``."""
    reference = re.compile(r"\$\{\s*(" + "|".join(re.escape(name) for name in names if name) + r")\s*\}")

    def rename(text: Any) -> Any:
        if not isinstance(text, str) or not any(names):
            return text
        return reference.sub(lambda found: f"${{{names[found[1]]}}}", text)

    return rename
