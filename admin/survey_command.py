"""``mitsprache survey``: reads a questionnaire's file, says what stands against it, puts it to the people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.command import CommandError
from dialogues.forms import FormError, Paper, every_problem, read_paper, unaskable
from dialogues.forms.workbook import FILE_TYPES
from dialogues.texts import Texts
from dialogues.walk import Final, Walked, WalkError, converse, walk
from storage.database import Database
from storage.services import surveys, towns


def read_file(path: Path, *, askable: bool = True) -> Paper:
    """Read a questionnaire's file; ``askable``: only one that the chat can ask is good enough.

    Raises:
        CommandError: it cannot be taken; the message says why, with sheet and row.
    """
    file_type = path.suffix.lower().lstrip(".")
    if file_type not in FILE_TYPES:
        raise CommandError(f"{path.name} is not a questionnaire: we read .xlsx, .xls, .csv and .md.")
    data = path.read_bytes()
    try:
        paper = read_paper(data, file_type, path.stem)
        problems = (*unaskable(paper.form, paper.compiled.rows), *paper.compiled.textless) if askable else ()
    except FormError as error:
        problems = every_problem(data, file_type, name=path.stem, first=error)
    if problems:
        raise CommandError(f"{path.name} cannot be taken:\n" + "\n".join(f"  {each}" for each in problems))
    return paper


def checked(path: Path) -> Iterator[str]:
    """What is to be said of a file that can be asked, a line each; raises as `read_file` does."""
    compiled = read_file(path).compiled
    yield from (f"  {note}" for note in (*compiled.notes, *compiled.lacking))
    languages = ", ".join(compiled.form.languages) or "one"
    yield f"{path.name} can be asked: {len(compiled.form.questions)} questions, languages: {languages}."


async def put_to_people(
    database: Database, town_id: int, *, paper: Paper, names: Sequence[str]
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


async def _opened(connection: AsyncConnection, town_id: int, paper: Paper, areas: list[int]) -> int:
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
) -> Iterator[str | Walked | Final]:
    """Hold an interview with who types, or replay ``answers``, which are JSON Lines.

    Raises:
        CommandError: the file cannot be taken, or an answer cannot be given.
    """
    form = read_file(path, askable=answers is None).form  # a replay puts in values also of kinds the chat cannot ask
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
