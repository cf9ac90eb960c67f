"""Founds the demo's town: opens its surveys, lets its residents answer, and has it done what results need.

Closing and releasing are the office's: whoever founds the town brings them along.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge import Knowing
from bot.sample.meal import invite
from bot.sample.people import BLOCKS, HARBOUR, NORTH
from bot.sample.town import AREAS, FESTIVAL, FESTIVAL_CLOSED, OPENED, QUARTER, QUARTER_RELEASED, SampleTown
from dialogues.forms import Paper
from dialogues.texts import Texts
from storage.database import Database
from storage.models import Resident
from storage.schema import upgrade
from storage.services import surveys, towns
from storage.statements import execute

UNFINISHED = "unfinished-"
"""How the folder begins in which the demo's database grows at the first start."""
Fill = Callable[[Database], Awaitable[object]]
Conclude = Callable[[int, int, datetime], Awaitable[object]]
"""What is done to a survey at a moment on the town's clock: town, survey, moment."""


async def first_start(data: Path, fill: Fill) -> None:
    """Put a database into a folder that has none, only when all is in it that ``fill`` brings."""
    _sweep(data)
    if Database.path_in(data).exists():
        return
    with TemporaryDirectory(prefix=UNFINISHED, dir=data) as folder:
        database = Database.in_folder(Path(folder))
        try:
            await upgrade(database)
            await fill(database)
            await database.scrub()  # nothing waits in the log any more: the one file is all
        finally:
            await database.close()
        Database.path_in(Path(folder)).rename(Database.path_in(data))


def _sweep(data: Path) -> None:
    """Take away what a first start has left behind that was killed."""
    for folder in data.glob(f"{UNFINISHED}*"):
        shutil.rmtree(folder)


async def found(
    database: Database,
    texts: Texts,
    papers: Mapping[str, Paper],
    *,
    now: datetime,
    close: Conclude,
    release: Conclude,
) -> int:
    """Found the town, let its residents answer, and make the releases that this permits; returns its id.

    Of the three surveys one is closed, one a single complete response short of its next interim release. Some have
    signed up for an event.
    """
    async with database.write() as connection:
        town_id = await towns.found_town(
            connection,
            name="Auenstadt",
            office="Quartiersbüro Nordstadt",
            contact="Quartiersbüro Nordstadt, Lindenstraße 5, Telefon 01234 56789",
            language="de",
            timezone="Europe/Berlin",
            areas=[
                NORTH,
                HARBOUR,
                *(f"{area}/{block}" for area, blocks in BLOCKS.items() for block in blocks if block),
            ],
        )
        ids = {name: await _opened(connection, town_id, papers[name], now - ago) for name, ago in OPENED.items()}
    async with database.read() as connection:
        knowledge = await Knowing(town_id=town_id, texts=texts).refresh(connection)
    people = SampleTown(knowledge, ids, now=now)
    before = [*people.festival(), *people.quarter_at_first(), *people.square()]
    async with database.write() as connection:
        await execute(connection, before)
    await close(town_id, ids[FESTIVAL], knowledge.local(now - FESTIVAL_CLOSED))
    await release(town_id, ids[QUARTER], knowledge.local(now - QUARTER_RELEASED))
    async with database.write() as connection:
        await execute(connection, people.quarter_since())
        await invite(connection, town_id, await _guests(connection, town_id), now)
    return town_id


async def _guests(connection: AsyncConnection, town_id: int) -> list[tuple[int, str]]:
    """Those who are asked to the event: id and language, in the order of their ids, which are random."""
    rows = await connection.execute(
        select(Resident.id, Resident.language).where(Resident.town_id == town_id).order_by(Resident.id).limit(30)
    )
    return [(row.id, row.language) for row in rows]


async def _opened(connection: AsyncConnection, town_id: int, paper: Paper, at: datetime) -> int:
    """Open one of the surveys, with a code for each of its quarters; returns its id."""
    areas = await towns.areas_by_name(connection, town_id)
    aims = [areas[name] for name in AREAS[paper.name]]
    questionnaire_id = await surveys.import_questionnaire(
        connection, town_id=town_id, imported_on=at.date(), **paper.version
    )
    survey_id = await surveys.draft_survey(
        connection,
        town_id=town_id,
        questionnaire_id=questionnaire_id,
        areas=aims,
        interim=paper.name == QUARTER,
        opens_at=at,
    )
    await surveys.open_survey(connection, town_id=town_id, survey_id=survey_id)
    for area_id in aims:
        await towns.link_to(connection, town_id=town_id, area_id=area_id, survey_id=survey_id)
    return survey_id
