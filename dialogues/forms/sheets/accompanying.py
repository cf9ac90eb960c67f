"""The files that a questionnaire speaks of: which it needs, where it names them, and tables as the engine reads them.

Bytes in, bytes out; pictures and sounds are judged elsewhere.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dialogues.forms.documents import read_xml
from dialogues.forms.form import Form
from dialogues.forms.problems import FormError, Note, Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.columns import lines
from dialogues.forms.sheets.workbook import Workbook

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
DATA_TYPES = ("csv", "xml", "geojson")
_FROM_FILE = re.compile(r"from[_ ]file (\S+\.(?:csv|xml|geojson))\b")
_PULLED = re.compile(r"pulldata\(\s*['\"]([^'\"]+)['\"]")
_MOST_ROWS = 8
_OF_OTHERS = "itemsets.csv"
"""A file that ODK makes of the sheet external_choices by itself."""

MISSING = "The file “{file}” is missing. Please take it in together with the questionnaire."
MISSING_OFTEN = (
    "The file “{file}” is missing. Please take it in together with the questionnaire. These rows need it, too: {rows}."
)
UNSEEN = "The file “{file}” is missing. The question is asked without it."


@dataclass(frozen=True, slots=True)
class Mentioned:
    """The names of the files that a form speaks of: ``data`` it cannot be asked without, ``media`` it can."""

    data: frozenset[str]
    media: frozenset[str]

    def called(self, name: str) -> str | None:
        """How the form calls a file of this name, or None. Large and small letters are alike where nothing else is."""
        everything = self.data | self.media
        if name in everything:
            return name
        alike = [each for each in everything if each.casefold() == name.casefold()]
        return alike[0] if len(alike) == 1 else None


def mentioned(form: Form) -> Mentioned:
    """The files that a form speaks of."""
    return Mentioned(form.data_files - {_OF_OTHERS}, form.media_files)


def mentioned_in(workbook: Workbook) -> Mentioned:
    """The tables that the sheets speak of, where there is no form yet."""
    data: set[str] = set()
    for line in lines(workbook, "survey"):
        kind = line.kind
        data |= set(_FROM_FILE.findall(kind))
        if kind in ("csv-external", "xml-external") and line.says("name"):
            data.add(f"{line.says('name')}.{kind[:3]}")
        data |= {f"{name.removesuffix('.csv')}.csv" for cell in line.cells for name in _PULLED.findall(cell.text)}
    return Mentioned(frozenset(data), frozenset())


def missing(
    names: Mentioned, given: frozenset[str], workbook: Workbook
) -> tuple[tuple[Problem, ...], tuple[Note, ...]]:
    """What is to be said of the files that are not there: what stands against the questionnaire, and what is told."""
    problems: list[Problem] = []
    notes: list[Note] = []
    for name in sorted(names.data - given):
        places = list(_places(name, workbook))
        sheet, row = places[0] if places else (None, None)
        others = [str(number) for _, number in places[1 : _MOST_ROWS + 1]]
        reason = Reason.of(MISSING_OFTEN if others else MISSING, file=name, rows=", ".join(others))
        problems.append(Problem(sheet, row, reason))
    for name in sorted(names.media - given):
        sheet, row = next(_places(name, workbook), (None, None))
        notes.append(Note(sheet, row, Reason.of(UNSEEN, file=name)))
    return tuple(problems), tuple(notes)


def _places(name: str, workbook: Workbook) -> Iterator[tuple[str, int]]:
    """Where a questionnaire speaks of a file: by its name, or in ``pulldata('name', …)``."""
    pulled = re.compile(rf"pulldata\(\s*['\"]{re.escape(name.rpartition('.')[0])}['\"]")
    for sheet in ("survey", "choices"):
        for row in workbook.rows(sheet):
            if any(cell == name or name in cell.split() or pulled.search(cell) for cell in row.cells.values()):
                yield sheet, row.number


def read_table(name: str, data: bytes) -> tuple[bytes, tuple[Note, ...]]:
    """A table that a form chooses from, in UTF-8, and what was tolerated.

    Raises:
        FormError: it is not what its name says.
    """
    text, notes = _decoded(name, data)
    ending = name.rpartition(".")[2].lower()
    if ending == "xml":
        text = _DECLARATION.sub("", text, count=1)  # it may name another encoding than the one it is now in
        _check_xml(name, text)
    elif ending == "geojson":
        _check_geojson(name, text)
    elif not text.strip():
        raise _of_file("The file “{file}” is empty.", name)
    return text.encode(), notes


def _decoded(name: str, data: bytes) -> tuple[str, tuple[Note, ...]]:
    if b"\0" in data:
        raise _of_file("The file “{file}” is no text. Please save it as “CSV UTF-8”.", name)
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise _of_file("The file “{file}” is no text. Please save it as “CSV UTF-8”.", name) from None
    reason = Reason.of(
        "The file “{file}” is not written in UTF-8. We read it as Windows writes it (CP1252).", file=name
    )
    return text, (Note(None, None, reason),)


def _check_xml(name: str, text: str) -> None:
    try:
        read_xml(text)
    except FormError as error:
        reason = error.problems[0].reason
        raise FormError(
            (Problem(None, None, Reason.of("The file “{file}”: {reason}", file=name, reason=reason)),)
        ) from None


def _check_geojson(name: str, text: str) -> None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("features"), list):
        raise _of_file("The file “{file}” is no GeoJSON with a list of “features”.", name)


def _of_file(template: str, name: str) -> FormError:
    return FormError((Problem(None, None, Reason.of(template, file=name)),))
