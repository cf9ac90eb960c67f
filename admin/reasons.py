"""What the check of a questionnaire found, said in the language of the page.

The check speaks English. Sentences of our own are known here and said in the reader's language; what the converter of
spreadsheets says stays as it is, and is marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from admin.importing import Finding

Say = Callable[[str], str]

_COLUMN = re.compile(r"(?P<column>[a-z_]{2,30}): (?P<rest>.+)", re.DOTALL)
_GAP = re.compile(r"\{[a-z]+\}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report. ``language``: of the text where it is not the page's, else empty."""

    place: str
    text: str
    language: str


def report_lines(findings: Iterable[Finding], _: Say) -> tuple[Line, ...]:
    """The findings as lines, in the language that ``_`` translates into."""
    return tuple(Line(_place(each, _), *_said(each.text, _)) for each in findings)


def _place(finding: Finding, _: Say) -> str:
    if finding.sheet and finding.row:
        return _("Sheet “{sheet}”, row {row}").format(sheet=finding.sheet, row=finding.row)
    if finding.sheet:
        return _("Sheet “{sheet}”").format(sheet=finding.sheet)
    return _("Row {row}").format(row=finding.row) if finding.row else _("Whole file")


def _said(text: str, _: Say) -> tuple[str, str]:
    direct = _translated(text, _)
    if direct is not None:
        return direct, ""
    column = _COLUMN.fullmatch(text)
    rest = _translated(column["rest"], _) if column else None
    if column is None or rest is None:
        return text, "en"
    return _("Column “{column}”: {reason}").format(column=column["column"], reason=rest), ""


def _translated(text: str, _: Say) -> str | None:
    for number, pattern in enumerate(_patterns()):
        found = pattern.fullmatch(text)
        if found:
            return _sentences(_)[number].format(**found.groupdict())
    return None


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(sentence) for sentence in _sentences(str))


def _pattern(sentence: str) -> re.Pattern[str]:
    literals = [re.escape(each) for each in _GAP.split(sentence)]
    gaps = [f"(?P<{gap[1:-1]}>.+?)" for gap in _GAP.findall(sentence)]
    return re.compile("".join(each for pair in zip(literals, [*gaps, ""], strict=True) for each in pair), re.DOTALL)


def _sentences(_: Say) -> tuple[str, ...]:
    """What `dialogues.forms` and `admin.importing` say of a questionnaire, sentence by sentence."""
    return (
        _("a repeat cannot be asked in the chat yet"),
        _("a question of the type {kind} cannot be asked in the chat yet"),
        _("its choices lie in a file of their own"),
        _("the questionnaire needs a file that is not part of it: {file}"),
        _("the questionnaire asks nothing"),
        _("the questionnaire is nested too deeply"),
        _("the questionnaire has more texts than a conversation can bear"),
        _("a questionnaire is a file of type {types}, not {other}"),
        _("the file is larger than {number} MB"),
        _("the file unpacks to more than {number} MB"),
        _("the file cannot be read as {kind}: it is damaged ({error})"),
        _("the file cannot be read as {kind}: {error}"),
        _("the file carries macros; please save it as .xlsx without them"),
        _("the file declares a document type or entities, which is not allowed"),
        _("the file has more than {number} lines"),
        _("the file is not written in UTF-8"),
        _("the sheet has more than {number} rows"),
        _("the sheet in {file} has more than {number} rows"),
        _("the questionnaire cannot be converted ({error})"),
        _("a question is called data; the form's own node is called otherwise"),
        _("the choice {choice} stands twice in the list {listed}"),
        _("left out: {columns}"),
        _("works itself out in a circle: {questions}"),
        _("not an expression: {text}"),
        _("the function {name} is not known"),
        _("the expression is longer than {number} characters"),
        _("the pattern is longer than {number} characters"),
        _("the pattern repeats too much"),
    )
