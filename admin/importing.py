"""A questionnaire from a stranger's file: read and compiled in a process of its own, bounded in time and memory.

A hostile spreadsheet can cost the child its life, and the server nothing. The child gets bytes and gives JSON; it has
no database and no secret of ours in its environment. ``python -m admin.importing`` is the child.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from dialogues.forms import Compiled, FormError, compile_xlsform, every_problem, unaskable
from dialogues.forms.titles import titles_of
from dialogues.forms.wording import language_code
from dialogues.forms.workbook import FILE_TYPES, MAX_FILE, read_workbook
from dialogues.texts import NAMES

__all__ = ["FILE_TYPES", "MAX_FILE", "Finding", "Importer", "Report", "Trouble", "named"]

SECONDS = 20
"""For one questionnaire, start of the process included. Ours take half of one."""
MEMORY = 1 << 30
"""Bytes the child may ask for."""
MOST_WAITING = 4
"""Uploads at a time, of which one is worked off; whoever comes after is asked to try again."""
_LARGEST_FILE = 64_000_000
"""Bytes: the converter of spreadsheets writes the XForm to a temporary file and reads it again."""
MOST_XFORM = 2_000_000
"""Characters of a compiled questionnaire, which the server holds. 11 questions in six languages take 40,000."""
_NAME_LETTERS = 60
_ROOT = Path(__file__).parents[1]


class Trouble(StrEnum):
    """Why a file could not be judged at all."""

    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    """It took more time or memory than a questionnaire needs."""
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a questionnaire, with sheet and row (as the spreadsheet numbers them) where they are known."""

    sheet: str | None
    row: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the check of a questionnaire found.

    It is good if there are neither ``trouble`` nor ``problems``; ``xform`` and ``titles`` are empty otherwise.
    ``notes``: what was tolerated; ``lacking``: the texts that some of its languages lack.
    """

    xform: str = ""
    titles: Mapping[str, str] | None = None
    problems: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    lacking: tuple[Finding, ...] = ()
    trouble: Trouble | None = None

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

    async def check(self, data: bytes, file_type: str, name: str, *, language: str = "") -> Report:
        """What is to be said of a file; never fails for anything a file can hold.

        ``language``: the code of one that the questionnaire must speak, or "".
        """
        if len(data) > MAX_FILE:
            return Report(trouble=Trouble.TOO_LARGE)
        if self._waiting >= MOST_WAITING:
            return Report(trouble=Trouble.BUSY)
        self._waiting += 1
        try:
            async with self._turn:
                return await self._check(data, file_type, name, language)
        finally:
            self._waiting -= 1

    async def _check(self, data: bytes, file_type: str, name: str, language: str) -> Report:
        seconds, memory = self._limits
        header = {"file_type": file_type, "name": name, "language": language, "seconds": seconds, "memory": memory}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "admin.importing",
            cwd=_ROOT,
            env={"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(seconds):
                said, _ = await process.communicate(json.dumps(header).encode() + b"\n" + data)
        except TimeoutError:
            return Report(trouble=Trouble.TOO_LONG)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return _report(said) if process.returncode == 0 else Report(trouble=Trouble.TOO_LONG)


def _report(said: bytes) -> Report:
    found: dict[str, Any] = json.loads(said)
    return Report(
        xform=found["xform"],
        titles=found["titles"],
        problems=tuple(Finding(**each) for each in found["problems"]),
        notes=tuple(Finding(**each) for each in found["notes"]),
        lacking=tuple(Finding(**each) for each in found["lacking"]),
    )


# --- the child ------------------------------------------------------------------------------------------------------


def main() -> None:
    """Read a header and a file from the standard input, write what there is to say of it to the standard output."""
    header = json.loads(sys.stdin.buffer.readline())
    _bound(header["seconds"], header["memory"])
    data = sys.stdin.buffer.read()
    output = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # where the reader of .xls remarks on what it finds odd
    report = judge(data, header["file_type"], header["name"], header["language"])
    with os.fdopen(output, "w") as parent:
        parent.write(json.dumps(asdict(report)))


def judge(data: bytes, file_type: str, name: str, language: str = "") -> Report:
    """What is to be said of a file, without any bound. ``language``: see `Importer.check`."""
    late = monotonic() + SECONDS / 4  # from then on, the first thing that is wrong has to do
    try:
        compiled = compile_xlsform(data, file_type, name=name)
        titles = titles_of(read_workbook(data, file_type), name)
    except FormError as error:
        found = every_problem(data, file_type, name=name, first=error, is_late=lambda: monotonic() > late)
        return Report(problems=_findings((each.sheet, each.row, each.reason) for each in found))
    except RecursionError:
        return Report(problems=(Finding(None, None, "the questionnaire is nested too deeply"),))
    return _judged(compiled, titles, language)


def _judged(compiled: Compiled, titles: Mapping[str, str], language: str) -> Report:
    notes = _findings((each.sheet, each.row, each.text) for each in compiled.notes)
    lacking = _findings((each.sheet, each.row, each.text) for each in compiled.lacking)
    against = (*unaskable(compiled.form, compiled.rows), *compiled.textless)
    problems = _findings((each.sheet, each.row, each.reason) for each in against)
    if not compiled.form.questions:
        problems += (Finding("survey", None, "the questionnaire asks nothing"),)
    if len(compiled.xform) > MOST_XFORM:
        problems += (Finding(None, None, "the questionnaire has more texts than a conversation can bear"),)
    if language and not _speaks(compiled, language):
        column = f"label::{NAMES[language]} ({language})"
        problems += (Finding(None, None, f"nothing is written in the town's own language; add the column {column}"),)
    if problems:
        return Report(notes=notes, problems=problems, lacking=lacking)
    return Report(compiled.xform, titles, notes=notes, lacking=lacking)


def _speaks(compiled: Compiled, language: str) -> bool:
    """Whether a language is there; a questionnaire with a language without a name is given the benefit of doubt."""
    codes = {language_code(each) for each in compiled.form.languages}
    return not codes or bool(codes & {language, "default"})


_MOST_FINDINGS = 200


def _findings(found: Any) -> tuple[Finding, ...]:
    listed: Sequence[Finding] = [Finding(sheet, row, text[:500]) for sheet, row, text in found]
    return tuple(listed[:_MOST_FINDINGS])


def _bound(seconds: float, memory: int) -> None:
    """Let this process have no more than its share. Not every system knows every bound."""
    bounds = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, max(1, round(seconds))),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in bounds:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main()
