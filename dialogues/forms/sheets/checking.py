"""What stands against a questionnaire and can be told row by row, in all sheets, without converting it.

The converter of spreadsheets stops at the first fault and knows less of what was meant. Asked only where it refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import takewhile

from pyxform.aliases import _type_alias_map
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from dialogues.forms.problems import Problem
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.columns import REFERENCE, SELECT, Cell, Line, columns_of, lines, lists_of, meaning
from dialogues.forms.sheets.converter import (
    BAD_CHOICE,
    CALLED_OTHERWISE,
    NO_BEGINNING,
    NO_CHOICE_TEXT,
    NO_CHOICES,
    NO_END,
    NO_LIST,
    NO_NAME,
    NO_QUESTION,
    NO_QUESTION_BUT,
    NO_SURVEY,
    NO_TYPE,
    OTHER_END,
    UNNAMED_CHOICE,
)
from dialogues.forms.sheets.faults import STRAIGHT, close_to, explained, shown
from dialogues.forms.sheets.workbook import Workbook
from dialogues.forms.xpath.compiler import compile_expression
from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.grammar import parse
from dialogues.plain_letters import in_plain_letters

__all__ = ["BAD_NAME", "BAD_NAME_BUT", "GROUP", "NAME", "check"]

BAD_NAME = (
    "The name “{name}” cannot be used. A name begins with a letter. Letters, digits and “_” may follow, but no spaces."
)
BAD_NAME_BUT = (
    "The name “{name}” cannot be used. A name begins with a letter. Letters, digits and “_” may follow, but no spaces."
    " For example: “{other}”."
)

NAME = re.compile(r"[^\W\d][\w.-]*")
GROUP = re.compile(r"(begin|end)[ _](group|repeat|loop|looped group|lgroup)( (over )?\S+)?")
_ELSEWHERE = re.compile(r"(select[ _](one|multiple)[ _](from[ _]file|external)|osm|cascading[ _]select|include)\b.*")
"""Types whose answers stand elsewhere; left to the converter."""
_KNOWN = frozenset(QUESTION_TYPE_DICT) | frozenset(_type_alias_map)
_NAMELESS = ("note", "audit")
_USUAL = [
    "text",
    "integer",
    "decimal",
    "select_one",
    "select_multiple",
    "note",
    "date",
    "time",
    "dateTime",
    "geopoint",
    "image",
    "audio",
    "video",
    "file",
    "rank",
    "range",
    "calculate",
    "acknowledge",
    "barcode",
    "begin_group",
    "end_group",
    "begin_repeat",
    "end_repeat",
]
_IN_OTHER_WORDS = {
    "frage": "text",
    "freitext": "text",
    "string": "text",
    "zahl": "integer",
    "ganzzahl": "integer",
    "nummer": "integer",
    "number": "integer",
    "dezimalzahl": "decimal",
    "kommazahl": "decimal",
    "auswahl": "select_one",
    "einfachauswahl": "select_one",
    "single_choice": "select_one",
    "radio": "select_one",
    "mehrfachauswahl": "select_multiple",
    "multiple_choice": "select_multiple",
    "checkbox": "select_multiple",
    "datum": "date",
    "uhrzeit": "time",
    "zeit": "time",
    "ort": "geopoint",
    "standort": "geopoint",
    "foto": "image",
    "bild": "image",
    "photo": "image",
    "hinweis": "note",
    "notiz": "note",
    "info": "note",
    "gruppe": "begin_group",
}
_COLUMNS_IN_OTHER_WORDS = {
    "art": "type",
    "frageart": "type",
    "fragetyp": "type",
    "frage": "label",
    "kurzname": "name",
    "liste": "list_name",
    "list": "list_name",
    "listenname": "list_name",
}
_MOST_IN_ONE = 5
"""Things that are said of one expression."""
_LIKE_REPEATS = {"lgroup": "repeat", "looped group": "repeat"}
_OR_OTHER = re.compile(r" (or specify other|or_other|or other)$")
"""A type with which the converter asks a second question, called ``…_other``."""
_LISTED = ("select_one", "select_multiple", "rank")
_EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "readonly", "choice_filter", "repeat_count")
_REFERRING = (
    *_EXPRESSIONS,
    "label",
    "hint",
    "default",
    "constraint_message",
    "required_message",
    "trigger",
    "parameters",
    "instance_name",
)
_ALIKE = {
    "survey": re.compile(r"surv|question|frag|formular", re.IGNORECASE),
    "choices": re.compile(r"choi|option|answer|list|wahl|antwort", re.IGNORECASE),
}
_OWN_SHEETS = frozenset({"survey", "choices", "settings", "external_choices", "entities", "osm"})


def check(workbook: Workbook, *, is_late: Callable[[], bool] = bool) -> Iterator[Problem]:
    """All that is found, in the order of the sheets. ``is_late``: whether expressions are to be left to others."""
    survey, lists = tuple(lines(workbook, "survey")), lists_of(workbook)
    if not columns_of(workbook, "survey"):
        yield Problem(None, None, _called_otherwise(workbook, "survey"))
    yield from _missing_columns(workbook, "survey", ("type", "name"))
    choices = tuple(_choices_sheet(workbook, survey))
    yield from choices
    has = {meaning(column) for column in columns_of(workbook, "survey")}
    if {"type", "name"} <= has:
        names = {line.says("name") for line in survey} - {""}
        names |= {f"{line.says('name')}_other" for line in survey if _OR_OTHER.search(line.says("type"))}
        yield from _of_questions(survey, names)
        for line in takewhile(lambda _: not is_late(), survey):
            yield from _of_cells(line, names)
            if not choices:
                yield from _of_list(line, lists)
        for line in lines(workbook, "settings"):
            yield from _of_cells(line, names)
    yield from _of_choices(workbook, survey, listless=bool(choices))


# --- sheets and columns -----------------------------------------------------------------------------------------------


def _missing_columns(workbook: Workbook, sheet: str, wanted: tuple[str, ...]) -> Iterator[Problem]:
    columns = columns_of(workbook, sheet)
    has = {meaning(column) for column in columns}
    for each in wanted:
        if columns and each not in has:
            meant = (column for column in columns if _COLUMNS_IN_OTHER_WORDS.get(column.strip().lower()) == each)
            other = next(meant, None) or close_to(each, columns)
            yield Problem(sheet, 1, _missing_column(each, other))


def _missing_column(column: str, other: str | None) -> Reason:
    if other is None:
        return Reason.of("The column “{column}” is missing. The first row has the names of the columns.", column=column)
    return Reason.of(
        "The column “{column}” is missing. Is it the one called “{other}”? Then please rename it to “{column}”.",
        column=column,
        other=other,
    )


def _choices_sheet(workbook: Workbook, survey: tuple[Line, ...]) -> Iterator[Problem]:
    """What is wrong with the sheet choices as a whole."""
    if columns_of(workbook, "choices"):
        yield from _missing_columns(workbook, "choices", ("list_name", "name"))
    elif any(_listed(line) for line in survey):
        yield Problem(None, None, _called_otherwise(workbook, "choices"))


def _called_otherwise(workbook: Workbook, sheet: str) -> Reason:
    """That a sheet is missing, and which one it may be."""
    others = [name for name in workbook.definition.sheet_names or () if name.lower() not in _OWN_SHEETS]
    alike = [name for name in others if _ALIKE[sheet].search(name)] or others
    if len(alike) == 1:
        return Reason.of(CALLED_OTHERWISE, sheet=sheet, others=alike[0])
    return Reason.of(NO_SURVEY if sheet == "survey" else NO_CHOICES)


# --- questions --------------------------------------------------------------------------------------------------------


def _of_questions(survey: tuple[Line, ...], names: Set[str]) -> Iterator[Problem]:
    around = [_Around("", "", 0)]
    for line in survey:
        kind, name = line.kind, line.says("name")
        group = GROUP.fullmatch(kind.lower())
        if group and group[1] == "end":
            yield from _of_end(_LIKE_REPEATS.get(group[2], group[2]), line, around)
            continue
        if not kind and not name and not line.says("label"):
            continue  # a remark
        reason = None if group else _of_kind(kind)
        if reason is not None:
            yield Problem("survey", line.number, reason)
        if kind:
            yield from (Problem("survey", line.number, each) for each in _of_name(name, kind, around[-1].names, names))
        if name:
            around[-1].names.setdefault(name, line.number)
        if group:
            around.append(_Around(_LIKE_REPEATS.get(group[2], group[2]), name, line.number))
    for each in around[1:]:
        yield Problem("survey", each.row, Reason.of(NO_END, kind=each.kind, name=each.name))


@dataclass(frozen=True, slots=True)
class _Around:
    """A group that is open, with the names in it so far and their rows; the first one is the form itself."""

    kind: str
    name: str
    row: int
    names: dict[str, int] = field(default_factory=dict)


def _of_end(kind: str, line: Line, around: list[_Around]) -> Iterator[Problem]:
    if len(around) == 1:
        yield Problem("survey", line.number, Reason.of(NO_BEGINNING, kind=kind))
        return
    begun = around.pop()
    if begun.kind != kind:
        reason = Reason.of(OTHER_END, kind=kind, begun=begun.kind, row=begun.row, other=f"end {begun.kind}")
        yield Problem("survey", line.number, reason)


def _of_kind(kind: str) -> Reason | None:
    if not kind:
        return Reason.of(
            "The column “type” is empty. Please say there what kind of question this is, for example “text”."
        )
    if "_".join(kind.split()) in _LISTED:
        return Reason.of("Behind “{kind}”, the name of a list of the sheet “choices” is missing.", kind=kind)
    if kind in _KNOWN or SELECT.fullmatch(kind) or _ELSEWHERE.fullmatch(kind.lower()):
        return None
    word, _, rest = kind.partition(" ")
    if word in _LISTED:
        return Reason.of(
            "Behind “{kind}” stands “{listed}”. The name of a list has no spaces, for example “{other}”.",
            kind=word,
            listed=rest,
            other="_".join(rest.split()),
        )
    other = _kind_meant(kind)
    if other is None:
        return Reason.of(NO_TYPE, kind=kind)
    return Reason.of("There is no type of question “{kind}”. Did you mean “{other}”?", kind=kind, other=other)


def _kind_meant(kind: str) -> str | None:
    """The type that was probably meant, with its list."""
    words = kind.split()
    for number in (1, 2):
        begin, rest = "_".join(words[:number]).replace("-", "_"), words[number:]
        other = _IN_OTHER_WORDS.get(begin.lower()) or close_to(begin, _USUAL)
        if other is not None and (number == 1 or len(words) > 1):
            return (
                " ".join([other, *rest])
                if other in _LISTED
                else other.replace("begin_", "begin ").replace("end_", "end ")
            )
    return None


def _of_name(name: str, kind: str, taken: Mapping[str, int], names: Set[str]) -> Iterator[Reason]:
    if not name:
        if kind.split()[0] not in _NAMELESS:
            yield Reason.of(NO_NAME)
    elif not NAME.fullmatch(name):
        yield _bad_name(name, names)
    elif name in taken:
        yield Reason.of(
            "The name “{name}” stands in row {row} already. Each question needs a name of its own.",
            name=name,
            row=taken[name],
        )


def _bad_name(name: str, names: Set[str]) -> Reason:
    other = re.sub(r"[^\w.-]+", "_", in_plain_letters(name)).strip("_.-")
    other = f"_{other}" if other[:1].isdigit() else other
    if other and other not in names:
        return Reason.of(BAD_NAME_BUT, name=name, other=other)
    return Reason.of(BAD_NAME, name=name)


def _listed(line: Line) -> str:
    """The list that a question takes its answers from, or ""."""
    found = line.select
    return "" if found is None or "${" in found["listed"] else found["listed"]


def _of_list(line: Line, lists: Mapping[str, object]) -> Iterator[Problem]:
    listed = _listed(line)
    if not listed or listed in lists or "search(" in line.says("appearance"):
        return
    other = close_to(listed, lists)
    if other is None:
        yield Problem("survey", line.number, Reason.of(NO_LIST, listed=listed))
    else:
        reason = Reason.of(
            "The list “{listed}” is missing in the sheet “choices”. Did you mean “{other}”?", listed=listed, other=other
        )
        yield Problem("survey", line.number, reason)


# --- references and expressions ---------------------------------------------------------------------------------------


def _of_cells(line: Line, names: Set[str]) -> Iterator[Problem]:
    for cell in line.cells:
        if cell.means in _REFERRING:
            referred = (text.strip().removeprefix("last-saved#") for text in REFERENCE.findall(cell.text))
            lost = [name for name in dict.fromkeys(referred) if name not in names]
            yield from (Problem(line.sheet, line.number, _lost(cell, name, names)) for name in lost)
            if cell.means in _EXPRESSIONS:
                yield from _of_expression(line, cell)


def _lost(cell: Cell, name: str, names: Set[str]) -> Reason:
    other = close_to(name, names)
    if other is None:
        return Reason.of(NO_QUESTION, column=cell.column, name=name)
    return Reason.of(NO_QUESTION_BUT, column=cell.column, name=name, other=f"${{{other}}}")


def _of_expression(line: Line, cell: Cell) -> Iterator[Problem]:
    """What is wrong with an expression; if it is clear what was meant, also what is wrong with the rest of it."""
    text = cell.text
    for _ in range(_MOST_IN_ONE):
        try:
            compile_expression(parse(REFERENCE.sub("/data/q", text.translate(STRAIGHT))))
        except ExpressionError as error:
            found = explained(str(error), text)
        except RecursionError:
            return  # the converter says so
        else:
            return
        values = dict(found.values)
        if "text" in values:
            values["text"] = shown(cell.text)
        reason = Reason.of(found.template, **values)
        yield Problem(line.sheet, line.number, Reason.of("{column}: {reason}", column=cell.column, reason=reason))
        before, text = text, _as_meant(text, found)
        if text == before:
            return


def _as_meant(text: str, found: Reason) -> str:
    """An expression with what was meant instead of what is wrong, as far as that is said."""
    wrong, other = found.values.get("sign") or found.values.get("name", ""), found.values.get("other", "")
    if not wrong or not other or (wrong.endswith("()") and not other.endswith("()")):
        return text
    if wrong.endswith("()"):
        return text.replace(f"{wrong[:-2]}(", f"{other.removesuffix('()')}(")
    return re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)" if wrong.isalpha() else re.escape(wrong), other, text)


# --- choices ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Offered:
    """The lists that questions offer, and those of which several answers can be chosen."""

    all: frozenset[str]
    several: frozenset[str]


def _of_choices(workbook: Workbook, survey: tuple[Line, ...], *, listless: bool) -> Iterator[Problem]:
    """What is wrong with answers. ``listless``: nothing can be told of the lists they belong to."""
    kinds = [(_listed(line), line.says("type")) for line in survey]
    offered = _Offered(
        frozenset(listed for listed, _ in kinds if listed),
        frozenset(listed for listed, kind in kinds if listed and kind.startswith(("select_multiple", "rank"))),
    )
    for line in lines(workbook, "choices"):
        listed, name = line.says("list_name"), line.says("name")
        if not listed and not listless:
            continue  # the converter leaves it out
        if not name:
            yield Problem("choices", line.number, Reason.of(UNNAMED_CHOICE))
        elif listed in offered.several and len(name.split()) > 1:
            yield Problem("choices", line.number, Reason.of(BAD_CHOICE, name=name, listed=listed))
        if listed in offered.all and not line.says("label"):
            yield Problem("choices", line.number, Reason.of(NO_CHOICE_TEXT))
