"""What the check of a questionnaire found, said in the language of the page or of whoever typed the command.

The check speaks English, in sentences that are known by their pattern (`dialogues.forms.reasons`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from admin.importing import MAX_FILE, MOST_BYTES, Finding, Trouble
from admin.sentences import sentences
from dialogues.forms.reasons import Reason

Say = Callable[[str], str]

_COLUMN = re.compile(r"(?P<column>[a-z_]{2,30}): (?P<reason>.+)", re.DOTALL)
_GAP = re.compile(r"(?<!\{)\{([a-z]+)\}(?!\})")
_IN_COLUMN = "{column}: {reason}"
_OF_FILE = ("the file ", "the files ", "there are more than ", "two files are called ", "a questionnaire is a file of ")
_MOST_ROWS = 10
"""Rows that are listed where many have the same; of the others, only how many they are."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report. ``place`` is empty for what concerns the file as such."""

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


def _is_told_of_file(finding: Finding) -> bool:
    """Whether it names the file that it is about, and so needs no place."""
    return finding.sheet is None and isinstance(finding.text, Reason) and "file" in finding.text.values


def _line(finding: Finding, rows: list[int], _: Say) -> Line:
    place = "" if is_about_file(finding) or _is_told_of_file(finding) else _place(finding.sheet, rows, _)
    reason = _known(finding.text)
    text = _said(reason, _)
    if reason.template == _IN_COLUMN or not reason.template.startswith("{"):  # a name stays as it is written
        text = text[:1].upper() + text[1:]
    return Line(place, text + ("" if place or text.endswith((".", "?")) else "."))


def _place(sheet: str | None, rows: list[int], _: Say) -> str:
    if len(rows) > 1:
        listed = ", ".join(map(str, rows[:_MOST_ROWS])) + (" …" if len(rows) > _MOST_ROWS else "")
        if sheet:
            return _("Sheet “{sheet}”, rows {rows}").format(sheet=sheet, rows=listed)
        return _("Rows {rows}").format(rows=listed)
    if sheet and rows:
        return _("Sheet “{sheet}”, row {row}").format(sheet=sheet, row=rows[0])
    if sheet:
        return _("Sheet “{sheet}”").format(sheet=sheet)
    return _("Row {row}").format(row=rows[0]) if rows else _("Whole file")


def _said(text: str, _: Say) -> str:
    if not isinstance(text, Reason):
        return text
    values = {name: _said(each, _) for name, each in text.values.items()}
    if text.template == _IN_COLUMN:
        return _("Column “{column}”: {reason}").format(**values)
    say = _  # what is looked up here is extracted where it is said: `admin.sentences`
    return say(text.template).format(**values)


def _known(text: str) -> Reason:
    """A sentence as a reason, also one that came without its pattern."""
    if isinstance(text, Reason):
        return text
    return _recognised(text) or _in_column(text) or Reason.of("our check says: {text}", text=text)


def _in_column(text: str) -> Reason | None:
    found = _COLUMN.fullmatch(text)
    reason = _recognised(found["reason"]) if found else None
    return Reason.of(_IN_COLUMN, column=found["column"], reason=reason) if found and reason is not None else None


def _recognised(text: str) -> Reason | None:
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return Reason.of(sentence, **found.groupdict())
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(sentence), sentence) for sentence in sentences(str) if _GAP.sub("", sentence).strip(" :()"))


def _pattern(sentence: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts: list[str] = []
    for place, part in enumerate(_GAP.split(sentence)):
        if place % 2 == 0:
            parts.append(re.escape(part.replace("{{", "{").replace("}}", "}")))
        else:
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>.+?)")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)


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
