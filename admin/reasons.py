"""What the check of a questionnaire found, said in the language of the page or of whoever typed the command.

The check speaks English, in sentences that know what they are made of (`dialogues.forms.reasons`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from admin.importing import MAX_FILE, MOST_BYTES, Finding, Trouble
from admin.sentences import section_of
from dialogues.forms.reasons import Reason

Say = Callable[[str], str]

_IN_COLUMN = "{column}: {reason}"
_IN_APPEARANCE = "{appearance}: {reason}"
_OTHER = "Our check says in English: “{text}”."
_OF_FILE = ("The file ", "The files ", "There are more than ", "Two files are called ", "A questionnaire is a file of ")
_MOST_ROWS = 10
"""Rows that are listed where many have the same; of the others, only how many they are."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report. ``place`` is empty for what concerns no sheet alone."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


def report_lines(findings: Iterable[Finding], _: Say) -> tuple[Line, ...]:
    """The findings as lines, in the language that ``_`` translates into; what is the same of many rows is one line."""
    together: dict[tuple[str | None, str], list[int]] = {}
    first: dict[tuple[str | None, str], Finding] = {}
    for each in findings:
        key = (each.sheet, each.text)
        first.setdefault(key, each)
        together.setdefault(key, []).extend([each.row] if each.row is not None else [])
    return tuple(_line(first[key], rows, _) for key, rows in together.items())


def is_about_file(finding: Finding) -> bool:
    """Whether nothing in the spreadsheet is wrong, but the file as such."""
    return finding.sheet is None and finding.text.startswith(_OF_FILE)


def help_for(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The sections of the guide that say more about these findings."""
    return tuple(dict.fromkeys(section for each in findings if (section := _section(each.text))))


def _section(text: str) -> str:
    if not isinstance(text, Reason):
        return ""
    return section_of(text.template) or next(filter(None, map(_section, text.values.values())), "")


def _line(finding: Finding, rows: list[int], _: Say) -> Line:
    text = finding.text if isinstance(finding.text, Reason) else Reason.of(_OTHER, text=finding.text)
    return Line(_place(finding.sheet, rows, _), _said(text, _))


def _place(sheet: str | None, rows: list[int], _: Say) -> str:
    if sheet is None:
        return ""
    if len(rows) > 1:
        listed = ", ".join(map(str, rows[:_MOST_ROWS])) + (" …" if len(rows) > _MOST_ROWS else "")
        return _("Sheet “{sheet}”, rows {rows}").format(sheet=sheet, rows=listed)
    if rows:
        return _("Sheet “{sheet}”, row {row}").format(sheet=sheet, row=rows[0])
    return _("Sheet “{sheet}”").format(sheet=sheet)


def _said(text: str, _: Say) -> str:
    if not isinstance(text, Reason):
        return text
    values = {name: _said(each, _) for name, each in text.values.items()}
    if text.template == _IN_COLUMN:
        return _("Column “{column}”: {reason}").format(**values)
    if text.template == _IN_APPEARANCE:
        return _("Column “appearance”, “{appearance}”: {reason}").format(**values)
    say = _  # what is looked up here is extracted where it is said: `admin.sentences`
    return say(text.template).format(**values)


def trouble_in(trouble: Trouble, _: Say) -> str:
    """Why a file could not be judged at all, as a sentence."""
    match trouble:
        case Trouble.TOO_LARGE:
            sentence = _("The file is too large. {number} MB are allowed, with pictures and other files {files} MB.")
            return sentence.format(number=MAX_FILE // 1_000_000, files=MOST_BYTES // 1_000_000)
        case Trouble.TOO_LONG:
            return _("Reading the file took too much time or memory, so we stopped. A questionnaire needs little.")
        case Trouble.BUSY:
            return _("Several files are being checked just now. Please try again in a minute.")
