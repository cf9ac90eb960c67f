"""``mitsprache survey``: reads a questionnaire's file, says what stands against it, puts it to the people.

A file is judged by the same bounded child process as in the admin, and the same report is printed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.command import CommandError
from admin.importing import MAX_FILE, MOST_BYTES, Importer, Report, Upload, kept_report
from admin.media import kept_files
from admin.reasons import Line, report_lines, trouble_in
from dialogues.forms import Form
from dialogues.texts import Texts
from dialogues.walk import Final, Walked, WalkError, converse, walk
from storage.database import Database
from storage.models import AttachmentKind
from storage.services import surveys, towns

ENGLISH = NullTranslations()


@dataclass(frozen=True, slots=True)
class Taken:
    """A questionnaire that was found good, before it is in any town."""

    report: Report

    @property
    def form(self) -> Form:
        """What it asks."""
        tables = {each.name: each.content for each in self.report.files if each.kind == AttachmentKind.DATA}
        return Form.parse(self.report.xform, files=tables)

    @property
    def version(self) -> Mapping[str, Any]:
        """What a town stores of it: arguments of `storage.services.surveys.import_questionnaire`."""
        return {
            "name": self.report.name,
            "file_type": self.report.file_type,
            "workbook": self.report.workbook,
            "xform": self.report.xform,
            "titles": self.report.titles or {},
            "files": kept_files(self.report.files),
            "report": kept_report(self.report),
        }


def read_file(
    path: Path, beside: Iterable[Path] = (), *, askable: bool = True, words: NullTranslations = ENGLISH
) -> Taken:
    """Read a questionnaire's file, with the files ``beside`` it and those in the folder ``NAME-media``.

    ``askable``: only one that the chat can ask is good enough. ``words``: the language in which faults are said.

    Raises:
        CommandError: it cannot be taken; the message says why, with sheet and row.
    """
    _ = words.gettext
    file_type = path.suffix.lower().lstrip(".")
    most = MOST_BYTES if file_type == "zip" else MAX_FILE
    uploads = [Upload(each.name, _head(each, MOST_BYTES)) for each in (*beside, *_media_of(path))]
    data = _head(path, most)
    report = asyncio.run(Importer().check(data, file_type, path.stem, files=uploads, is_asked=askable))
    if not report.good:
        refused = _("{file} cannot be taken:").format(file=path.name)
        lines = [trouble_in(report.trouble, _)] if report.trouble else report_lines(report.problems, _)
        others = report_lines((*report.doubts, *report.notes), _)
        too = [_("We noticed this, too (it alone would be no obstacle)") + ":"] if others else []
        raise CommandError("\n".join([refused, *_indented(lines), *too, *_indented(others)]))
    return Taken(report)


def _head(path: Path, most: int) -> bytes:
    """What is in a file, or a little more of it than is taken."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _media_of(path: Path) -> list[Path]:
    """The files in the folder that ODK and KoBo put beside a form."""
    folder = path.with_name(f"{path.stem}-media")
    return sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []


def checked(path: Path, beside: Iterable[Path] = (), *, words: NullTranslations = ENGLISH) -> Iterator[str]:
    """What is to be said of a file that can be asked, a line each; raises as `read_file` does."""
    _, ngettext = words.gettext, words.ngettext
    report = read_file(path, beside, words=words).report
    for heading, found in (
        (_("Please look at this again"), report.doubts),
        (_("What we tolerated"), report.notes),
        (_("What is different in the chat"), report.differences),
        (_("Texts that are missing"), report.lacking),
    ):
        lines = report_lines(found, _)
        if lines:
            yield f"{heading}:"
            yield from _indented(lines)
    if report.languages:
        yield _("Languages") + ":"
    for name, lacking in report.languages:
        missing = ngettext("%(number)s text is missing", "%(number)s texts are missing", lacking) % {"number": lacking}
        yield f"  {name}: {missing if lacking else _('complete')}"
    if report.files:
        yield _("Files") + ": " + ", ".join(each.name for each in report.files)
    sentence = ngettext(
        "{file} can be asked: {number} question.", "{file} can be asked: {number} questions.", report.questions
    )
    yield sentence.format(file=path.name, number=report.questions)


def _indented(lines: Iterable[Line | str]) -> Iterator[str]:
    return (f"  {each}" for each in lines)


async def put_to_people(
    database: Database, town_id: int, *, paper: Taken, names: Sequence[str]
) -> list[tuple[str, str]]:
    """Ask these areas (none: the whole town), unless they are asked already; returns each with the code to it.

    Raises:
        CommandError: there is no such area.
    """
    async with database.write() as connection:
        areas = await towns.areas_by_name(connection, town_id)
        if unknown := [name for name in names if name not in areas]:
            raise CommandError(f"Not an area of the town: {', '.join(unknown)}. There are: {', '.join(sorted(areas))}.")
        survey_id = await _opened(connection, town_id, paper, [areas[name] for name in names])
        return [
            (
                name or "whole town",
                await towns.link_to(connection, town_id=town_id, area_id=areas.get(name), survey_id=survey_id),
            )
            for name in names or ("",)
        ]


async def _opened(connection: AsyncConnection, town_id: int, paper: Taken, areas: list[int]) -> int:
    questionnaire_id = await surveys.import_questionnaire(connection, town_id=town_id, **paper.version)
    running = await surveys.find_open(connection, town_id=town_id, questionnaire_id=questionnaire_id, areas=areas)
    if running is not None:
        return running
    survey_id = await surveys.draft_survey(connection, town_id=town_id, questionnaire_id=questionnaire_id, areas=areas)
    await surveys.open_survey(connection, town_id=town_id, survey_id=survey_id)
    return survey_id


def walked(
    path: Path,
    language: str,
    answers: Iterable[str] | None,
    typed: Iterable[str],
    *,
    texts: Texts,
    now: datetime,
    random: Random,
    beside: Iterable[Path] = (),
    words: NullTranslations = ENGLISH,
) -> Iterator[str | Walked | Final]:
    """Hold an interview with who types, or replay ``answers``, which are JSON Lines.

    Raises:
        CommandError: the file cannot be taken, or an answer cannot be given.
    """
    # a replay puts in values also of kinds the chat cannot ask
    form = read_file(path, beside, askable=answers is None, words=words).form
    try:
        if answers is None:
            yield from converse(form, language, typed, texts=texts, now=now, random=random)
        else:
            yield from walk(form, language, _recorded(answers), texts=texts, now=now, random=random)
    except WalkError as error:
        raise CommandError(f"{error}.") from None


def _recorded(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            if not isinstance(record, dict):
                raise CommandError(f"Line {number} of the answers is not a JSON object.")
            yield record
