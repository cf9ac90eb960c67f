"""What the check of a questionnaire found, said in the language of the page.

The check speaks English. Sentences of our own are known here and said in the reader's language, and so are the most
common ones of the converter of spreadsheets; whatever else it says is kept word for word beside a sentence of ours.
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
    """A line of a report. ``place`` is empty for what concerns the file as such.

    ``original``: word for word what was said in English, where the text says only that something is wrong.
    """

    place: str
    text: str
    original: str = ""


def report_lines(findings: Iterable[Finding], _: Say) -> tuple[Line, ...]:
    """The findings as lines, in the language that ``_`` translates into."""
    return tuple(_line(each, _) for each in findings)


def is_about_file(finding: Finding) -> bool:
    """Whether nothing in the spreadsheet is wrong, but the file as such."""
    return finding.sheet is None and finding.text.startswith("the file ")


def _line(finding: Finding, _: Say) -> Line:
    place = "" if is_about_file(finding) else _place(finding, _)
    text = _said(finding.text, _)
    if text is not None:
        return Line(place, text[:1].upper() + text[1:] + ("" if place or text.endswith(".") else "."))
    vague = _("Something is wrong in this sheet.") if finding.sheet else _("Something is wrong in this spreadsheet.")
    return Line(place, vague, finding.text)


def _place(finding: Finding, _: Say) -> str:
    if finding.sheet and finding.row:
        return _("Sheet “{sheet}”, row {row}").format(sheet=finding.sheet, row=finding.row)
    if finding.sheet:
        return _("Sheet “{sheet}”").format(sheet=finding.sheet)
    return _("Row {row}").format(row=finding.row) if finding.row else _("Whole file")


def _said(text: str, _: Say) -> str | None:
    direct = _translated(text, _)
    if direct is not None:
        return direct
    column = _COLUMN.fullmatch(text)
    rest = _translated(column["rest"], _) if column else None
    if column is None or rest is None:
        return None
    return _("Column “{column}”: {reason}").format(column=column["column"], reason=rest)


def _translated(text: str, _: Say) -> str | None:
    known = (*zip(_patterns(), _sentences(_), strict=True), *zip(_CONVERTER, _converted(_), strict=True))
    for pattern, sentence in known:
        found = pattern.fullmatch(text)
        if found:
            return sentence.format(**found.groupdict())
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
        _("the file is empty"),
        _("the file is damaged"),
        _("the file is no Excel file; please save the spreadsheet as .xlsx in Excel or LibreOffice"),
        _("a sheet called survey is missing"),
        _("the file carries macros; please save it as .xlsx without them"),
        _("the file declares a document type or entities, which is not allowed"),
        _("the file has more than {number} lines"),
        _("the file is not written in UTF-8"),
        _("the sheet has more than {number} rows"),
        _("the sheet in {file} has more than {number} rows"),
        _("a question is called data; the form's own node is called otherwise"),
        _("the choice {choice} stands twice in the list {listed}"),
        _("left out: {columns}"),
        _("works itself out in a circle: {questions}"),
        _("not an expression: {text}"),
        _("the function {name} is not known"),
        _("the expression is longer than {number} characters"),
        _("the pattern is longer than {number} characters"),
        _("the pattern repeats too much"),
        _("the text is missing in {languages}: {text}"),
        _("this choice has no text in any language"),
        _("nothing is written in the town's own language; add the column {column}"),
    )


_VALUE = r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']+)' value is invalid\. "
_CONVERTER = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        _VALUE + r"Reference variables must contain a name .* find the name '(?P<name>.+)'\.",
        _VALUE + r"Reference variables must start with .*",
        _VALUE + r"Reference variables names must be unique .* The name '(?P<name>.+)' appears more than once\.",
        _VALUE + r"Names must begin with .*",
        r"List name not in choices sheet: (?P<listed>.+)",
        r"There should be a choices sheet in this xlsform\..*",
        r"You must have a sheet named 'survey'\..*",
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. One or more .* not found: (?P<columns>.+?)\. .*",
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. Headers that .* found: (?P<columns>'.+', '.+')\. .*",
        r"Invalid headers provided for sheet: '(?P<sheet>\w+)'\. For XLSForms, .*",
        r"Unmatched 'begin_(?P<kind>\w+)'\. .* for the name '(?P<name>.+)'\.",
        r"Unmatched 'end_(?P<kind>\w+)'\. .*",
        r"Unknown question type '(?P<kind>.+)'\.",
        r"On the 'survey' sheet, the 'name' value 'meta' is invalid\. .* reserved .*",
        r"On the 'survey' sheet, the 'name' value '(?P<name>.+)' is invalid\. .* unique .*",
        r"Question or group with no name\..*",
        r"On the 'choices' sheet, the 'name' value is invalid\. Choices must have a name\. .*",
        r"The survey element named '(?P<name>.+)' has no label or hint\..*",
        r"Question with no type\..*",
    )
)
"""What the converter says most often; in the order of `_converted`."""


def _converted(_: Say) -> tuple[str, ...]:
    """The sentences of the converter in words of our own."""
    return (
        _("The field {column} refers to {name}; there is no question of this name."),
        _("The field {column} holds a reference that is not written as ${{name}}."),
        _("The field {column} refers to {name}; several questions have this name."),
        _("In the field {column}, a name begins with a letter; letters, digits and “_” may follow, no spaces."),
        _("The list {listed} is not in the sheet choices."),
        _("The sheet choices is missing, or its columns list_name, name and label are."),
        _("a sheet called survey is missing"),
        _("In the sheet {sheet}, these columns are missing: {columns}. Their names stand in the first row."),
        _("In the sheet {sheet}, two columns mean the same: {columns}. Please remove or rename one of them."),
        _("In the sheet {sheet}, the first row does not name the columns."),
        _("The {kind} {name} begins here, but it does not end: “end {kind}” is missing."),
        _("A {kind} ends here that did not begin: “begin {kind}” is missing."),
        _("There is no question type “{kind}”."),
        _("No question may be called meta."),
        _("The name {name} stands here a second time; each question needs a name of its own."),
        _("This question or group has no name."),
        _("This choice has no name."),
        _("The question {name} has no text (label)."),
        _("This question has no type."),
    )
