"""A questionnaire from a stranger's file: read and compiled in a process of its own, bounded in time and memory.

A hostile spreadsheet can cost the child its life, and the server nothing. The child gets bytes and gives a report; it
has no database and no secret of ours in its environment. What it does stands in `admin.judging`.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from admin.sentences import sentences
from admin.uploads import MOST_BYTES, MOST_FILES, Upload, clean_name
from dialogues.forms.reasons import as_json, from_json
from dialogues.forms.sheets.workbook import FILE_TYPES, MAX_FILE
from storage.apart import ask_apart

__all__ = [
    "FILE_TYPES",
    "MAX_FILE",
    "MOST_BYTES",
    "Finding",
    "Importer",
    "Kept",
    "Report",
    "Trouble",
    "Upload",
    "check_revision",
    "kept_report",
    "named",
    "read_kept",
]

SECONDS = 20
"""For one questionnaire, start of the process included. Ours take half of one."""
SECONDS_FOR_FILES = 25
"""On top of that where files come along: a picture that is painted anew takes half a second."""
MEMORY = 1 << 30
"""Bytes the child may ask for."""
MOST_WAITING = 4
"""Uploads at a time, of which one is worked off; whoever comes after is asked to try again."""
MOST_XFORM = 2_000_000
"""Characters of a compiled questionnaire, which the server holds. 11 questions in six languages take 40,000."""
CHECK = 1
"""To be raised when the check finds something else in the same file; other words for it count by themselves."""
_NAME_LETTERS = 60


class Trouble(StrEnum):
    """Why a file could not be judged at all."""

    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    """It took more time or memory than a questionnaire needs."""
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a questionnaire, with sheet and row (as the spreadsheet numbers them) where they are known.

    ``text``: in English; mostly a `dialogues.forms.reasons.Reason`, which can be said in other languages.
    """

    sheet: str | None
    row: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a questionnaire as it is to be kept. ``kind``: a `storage.models.AttachmentKind`."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of a questionnaire found.

    It is good if there are neither ``trouble`` nor ``problems``; what is to be kept (``xform``, ``titles``, ``name``,
    ``file_type``, ``workbook``, ``files``) is empty otherwise. ``notes``: what was tolerated; ``lacking``: the texts
    that some of its languages lack; ``differences``: what is otherwise in a chat; ``doubts``: what can be asked, and is
    hardly what was meant; ``languages``: each with the number of texts that it lacks; ``questions``: how many.
    """

    xform: str = ""
    titles: Mapping[str, str] | None = None
    problems: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    lacking: tuple[Finding, ...] = ()
    trouble: Trouble | None = None
    differences: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    languages: tuple[tuple[str, int], ...] = ()
    questions: int = 0
    name: str = ""
    file_type: str = ""
    workbook: bytes = b""
    files: tuple[Kept, ...] = ()

    @property
    def good(self) -> bool:
        """Whether the questionnaire can be asked."""
        return self.trouble is None and not self.problems


def named(file_name: str) -> tuple[str, str]:
    """The questionnaire's name and the file type in a file's name, whatever a stranger's browser calls it.

    The name has letters, digits, ``_`` and ``-`` only; the type is in small letters and may be none that we read.
    """
    base = file_name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = base.rpartition(".")
    kept = "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in (stem if dot else base))
    return kept.strip("_-")[:_NAME_LETTERS] or "questionnaire", suffix.lower()[:8] if dot else ""


class Importer:
    """Checks questionnaires one after the other, each in a child process."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._limits = (seconds, memory)
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def check(
        self,
        data: bytes,
        file_type: str,
        name: str,
        *,
        language: str = "",
        files: Sequence[Upload] = (),
        there: Iterable[str] = (),
        is_asked: bool = True,
    ) -> Report:
        """What is to be said of a questionnaire; never fails for anything a file can hold.

        Args:
            data: the spreadsheet, or a .zip of it and its files.
            file_type: xlsx, xls, csv, md or zip; of any other is said what it is.
            name: as `named` gives it.
            language: the code of one that the questionnaire must speak, or "".
            files: what came along; a .zip among them is unpacked.
            there: the names of pictures, sounds and films that are there already, and need not be looked at again.
            is_asked: whether it is to be asked in a chat; what cannot stands against it then.
        """
        most = MOST_BYTES if file_type == "zip" else MAX_FILE
        if len(data) > most or len(files) > MOST_FILES or sum(len(each.content) for each in files) > MOST_BYTES:
            return Report(trouble=Trouble.TOO_LARGE)
        header = {
            "task": "judge",
            "file_type": file_type,
            "name": name,
            "language": language,
            "is_asked": is_asked,
            "there": list(there),
            "files": [(clean_name(each.name), len(each.content)) for each in files],
        }
        parts = [*(each.content for each in files), data]
        said = await self._in_turn(header, parts, has_files=bool(files) or file_type == "zip")
        if isinstance(said, Trouble):
            return Report(trouble=said)
        report = read(said)
        if report.xform and not report.workbook:
            report = replace(report, workbook=data)
        return replace(report, name=named(f"{report.name}.")[0]) if report.name else report

    async def convert(self, data: bytes, file_type: str) -> bytes | Trouble:
        """A spreadsheet that was taken once, as .xlsx (`dialogues.forms.sheets.spreadsheet.as_xlsx`)."""
        return await self._in_turn({"task": "convert", "file_type": file_type, "files": []}, [data], has_files=False)

    async def _in_turn(self, header: Mapping[str, Any], parts: Sequence[bytes], *, has_files: bool) -> bytes | Trouble:
        if self._waiting >= MOST_WAITING:
            return Trouble.BUSY
        seconds, memory = self._limits
        if has_files:
            seconds += SECONDS_FOR_FILES
        self._waiting += 1
        try:
            async with self._turn:
                said = await ask_apart("admin.judging", header, parts, seconds=seconds, memory=memory)
        finally:
            self._waiting -= 1
        return Trouble.TOO_LONG if said is None else said


# --- a report as bytes ------------------------------------------------------------------------------------------------

_FINDINGS = ("problems", "notes", "lacking", "differences", "doubts")


@cache
def check_revision() -> int:
    """What this check is known by: a report that another one made is made anew."""
    return zlib.crc32("\n".join((str(CHECK), *sentences(str))).encode()) & 0x7FFFFFFF


def kept_report(report: Report) -> tuple[Mapping[str, Any], int]:
    """What the check found, to be kept and said in any language, and the revision of the check."""
    return _told(report), check_revision()


def read_kept(told: Mapping[str, Any]) -> Report:
    """The report that was kept, without what else is kept of the questionnaire."""

    def findings(section: str) -> tuple[Finding, ...]:
        return tuple(Finding(sheet, row, from_json(text)) for sheet, row, text in told[section])

    return Report(
        problems=findings("problems"),
        notes=findings("notes"),
        lacking=findings("lacking"),
        differences=findings("differences"),
        doubts=findings("doubts"),
        languages=tuple((name, number) for name, number in told["languages"]),
        questions=told["questions"],
    )


def _told(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = {"languages": [list(each) for each in report.languages], "questions": report.questions}
    for section in _FINDINGS:
        found: tuple[Finding, ...] = getattr(report, section)
        told[section] = [[each.sheet, each.row, as_json(each.text)] for each in found]
    return told


def written(report: Report, *, with_workbook: bool) -> Iterator[bytes]:
    """A report as the child gives it: a line of JSON, then the workbook, if it came in a .zip, and the files."""
    workbook = report.workbook if with_workbook else b""
    head = {
        **_told(report),
        "xform": report.xform,
        "titles": dict(report.titles) if report.titles is not None else None,
        "name": report.name,
        "file_type": report.file_type,
        "workbook": len(workbook),
        "files": [(each.name, each.kind, len(each.content)) for each in report.files],
    }
    yield json.dumps(head).encode() + b"\n"
    yield workbook
    yield from (each.content for each in report.files)


def read(said: bytes) -> Report:
    """The report in what a child has written."""
    line, _, rest = said.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    at = head["workbook"]
    files: list[Kept] = []
    for name, kind, size in head["files"]:
        files.append(Kept(name, kind, rest[at : at + size]))
        at += size
    return replace(
        read_kept(head),
        xform=head["xform"],
        titles=head["titles"],
        name=head["name"],
        file_type=head["file_type"],
        workbook=rest[: head["workbook"]],
        files=tuple(files),
    )
