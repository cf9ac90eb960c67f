"""What of a questionnaire can be asked and is hardly what its author meant: conditions that never hold, lost answers.

Nothing here stands against a questionnaire. Goes by the sheets, so it can also be told of one that cannot be asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from itertools import groupby, islice, takewhile

from dialogues.forms.problems import Note
from dialogues.forms.reasons import Reason
from dialogues.forms.sheets.columns import REFERENCE, Cell, Line, columns_of, lines, lists_of, meaning
from dialogues.forms.sheets.faults import STRAIGHT, close_to
from dialogues.forms.sheets.workbook import Workbook
from dialogues.forms.xpath.errors import ExpressionError
from dialogues.forms.xpath.grammar import parse
from dialogues.forms.xpath.syntax import Call, Chain, Expression, Filter, Literal, Negation, Path

__all__ = ["doubts"]

MOST = 30
"""Doubts that are told of each sheet."""
_CONDITIONS = ("relevant", "constraint", "required", "readonly", "calculation")
_BROKEN = re.compile(r"#(NAME|NULL|REF|VALUE|DIV/0|NUM|N/A|NV|BEZUG|WERT|ZAHL|ÜBERLAUF|SPILL)[!?]?|Err:\d{3}")
_WORD = re.compile(r"[^\W\d][\w.-]*")
_YES_OR_NO = frozenset({"yes", "no", "true", "false"})
_MARK = "/ref/"

Lists = Mapping[str, Mapping[str, int]]


def doubts(workbook: Workbook, *, is_late: Callable[[], bool] = bool) -> tuple[Note, ...]:
    """What should be looked at again, in the order of the sheets. ``is_late``: whether no more questions are read."""
    lists = lists_of(workbook)
    survey = tuple(lines(workbook, "survey"))
    offered = {line.says("name"): select["listed"] for line in survey if (select := line.select) is not None}
    columns = {column.strip() for column in columns_of(workbook, "choices")}
    in_time = takewhile(lambda _: not is_late(), survey)
    questions = (
        Note("survey", line.number, each) for line in in_time for each in _of_question(line, offered, lists, columns)
    )
    choices = (
        Note("choices", line.number, each) for line in lines(workbook, "choices") for each in _of_choice(line, lists)
    )
    return (*dict.fromkeys([*islice(questions, MOST), *islice(choices, MOST), *_of_languages(workbook)]),)


def _of_question(line: Line, offered: Mapping[str, str], lists: Lists, columns: Set[str]) -> Iterator[Reason]:
    for cell in line.cells:
        if _BROKEN.fullmatch(cell.text):
            yield _broken(cell)
        elif cell.means in _CONDITIONS and cell.text.lower() not in _YES_OR_NO:
            for each in _of_condition(cell.text, line, offered, lists):
                yield Reason.of("{column}: {reason}", column=cell.column, reason=each)
        elif cell.means == "choice_filter" and line.says("name") in offered:
            for each in _of_filter(cell.text, columns):
                yield Reason.of("{column}: {reason}", column=cell.column, reason=each)


def _broken(cell: Cell) -> Reason:
    return Reason.of(
        "The column “{column}” has an error of the spreadsheet program: “{text}”. A text that begins with “=” becomes a"
        " formula. Please begin it with another character.",
        column=cell.column,
        text=cell.text,
    )


def _of_choice(line: Line, lists: Lists) -> Iterator[Reason]:
    yield from (_broken(cell) for cell in line.cells if _BROKEN.fullmatch(cell.text))
    if lists and not line.says("list_name") and (line.says("name") or line.says("label")):
        yield Reason.of(
            "The column “list_name” is empty, so this answer belongs to no list and is left out. Please write the name"
            " of the list into every row, also where cells are merged."
        )


# --- conditions -------------------------------------------------------------------------------------------------------


def _pairs(text: str) -> Iterator[tuple[Expression, Expression]]:
    """What is compared with each other in an expression, each reference a path that begins with the mark."""
    try:
        tree = parse(REFERENCE.sub(lambda found: f"{_MARK}{found[1].strip()}", text.translate(STRAIGHT)))
    except (ExpressionError, RecursionError):
        return  # that stands against it
    yield from _compared(tree)


def _of_filter(text: str, columns: Set[str]) -> Iterator[Reason]:
    for column in filter(None, (_bare(each) for pair in _pairs(text) for each in pair)):
        if column in columns:
            continue
        other = close_to(column, columns)
        if other is None:
            yield Reason.of("The sheet “choices” has no column “{name}”, so no answer is offered.", name=column)
        else:
            yield Reason.of(
                "The sheet “choices” has no column “{name}”, so no answer is offered. Did you mean “{other}”?",
                name=column,
                other=other,
            )


def _of_condition(text: str, line: Line, offered: Mapping[str, str], lists: Lists) -> Iterator[Reason]:
    for one, other in _pairs(text):
        for path, value in ((one, other), (other, one)):
            word = _bare(value)
            if word is not None and _bare(path) is None:
                yield Reason.of(
                    "“{name}” has no quotation marks, so this never holds. Did you mean “'{name}'” or “${{{name}}}”?",
                    name=word,
                )
            question = line.says("name") if _is_here(path) else _referred(path)
            names = lists.get(offered.get(question, ""), {})
            said = value.value if isinstance(value, Literal) else ""
            if names and "" not in names and isinstance(said, str) and said:
                yield from _of_value(said, question, names, offered[question])


def _of_value(value: str, question: str, names: Mapping[str, int], listed: str) -> Iterator[Reason]:
    if value in names or set(value.split()) <= {*names, "other"} or "%(" in value:
        return  # or_other adds the name other; a loop puts in what stands in %( )
    other = close_to(value, names)
    if other is None:
        yield Reason.of(
            "“{value}” is no answer to the question “{name}”. The list “{listed}” has no such name.",
            value=value,
            name=question,
            listed=listed,
        )
    else:
        yield Reason.of(
            "“{value}” is no answer to the question “{name}”. Did you mean “{other}”?",
            value=value,
            name=question,
            other=other,
        )


def _compared(tree: Expression) -> Iterator[tuple[Expression, Expression]]:
    """What is compared with each other: by ``=`` and ``!=``, or by ``selected()``."""
    if isinstance(tree, Chain):
        operands = [tree.first, *(operand for _, operand in tree.rest)]
        if len(tree.rest) == 1 and tree.rest[0][0] in ("=", "!="):
            yield tree.first, tree.rest[0][1]
        for operand in operands:
            yield from _compared(operand)
    elif isinstance(tree, Call):
        if tree.name == "selected" and len(tree.arguments) == 2:
            yield tree.arguments[0], tree.arguments[1]
        for argument in tree.arguments:
            yield from _compared(argument)
    elif isinstance(tree, Negation):
        yield from _compared(tree.operand)
    elif isinstance(tree, Filter):
        yield from _compared(tree.origin)


def _bare(tree: Expression) -> str | None:
    """A word that stands alone; a question has nothing below it that could be called so."""
    if isinstance(tree, Path) and tree.origin == "here" and len(tree.steps) == 1:
        step = tree.steps[0]
        if step.axis == "child" and not step.predicates and _WORD.fullmatch(step.test):
            return step.test
    return None


def _is_here(tree: Expression) -> bool:
    return isinstance(tree, Path) and tree.origin == "here" and [step.axis for step in tree.steps] == ["self"]


def _referred(tree: Expression) -> str:
    """The question that a reference leads to, or ""."""
    if isinstance(tree, Path) and tree.origin == "root" and len(tree.steps) == 2 and tree.steps[0].test == "ref":
        return tree.steps[1].test
    return ""


# --- languages --------------------------------------------------------------------------------------------------------


def _of_languages(workbook: Workbook) -> Iterator[Note]:
    """Languages that are written in two ways, so that each lacks what the other one has."""
    found = {
        column.partition("::")[2].strip(): None
        for sheet in ("survey", "choices")
        for column in columns_of(workbook, sheet)
        if meaning(column) in ("label", "hint") and column.partition("::")[2].strip()
    }
    for _, names in groupby(sorted(found, key=_bare_language), key=_bare_language):
        alike = sorted(names, key=lambda name: "(" in name)
        if len(alike) > 1:
            reason = Reason.of(
                "“{name}” and “{other}” count as two languages. If they are the same, please write all columns alike,"
                " for example “{column}”.",
                name=alike[0],
                other=alike[-1],
                column=f"label::{alike[-1]}",
            )
            yield Note(None, None, reason)
    labels = {
        sheet: [column for column in columns_of(workbook, sheet) if meaning(column) == "label"]
        for sheet in ("survey", "choices")
    }
    for sheet, other in (("survey", "choices"), ("choices", "survey")):
        if labels[sheet] and not any("::" in column for column in labels[sheet]) and "::" in "".join(labels[other][:1]):
            reason = Reason.of(
                "In the sheet “{sheet}”, the column is called “{column}”, in the sheet “{name}” “{other}”. Please call"
                " it alike in both, so that the chat finds the texts.",
                sheet=sheet,
                column=labels[sheet][0],
                name=other,
                other=labels[other][0],
            )
            yield Note(None, None, reason)


def _bare_language(name: str) -> str:
    """A language's name without the code in brackets: "Deutsch" and "Deutsch (de)" are written alike."""
    bare, bracket, _ = name.partition("(")
    return bare.strip().casefold() if bracket and bare.strip() else name.casefold()
