"""Files that wait are claimed once, for a time; what became of them is said once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest_asyncio
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.sent_files import name_for
from storage.database import Database
from storage.models import AnswerFile, FileState, Questionnaire, Response, Survey
from storage.queries.files import FileCounts, content_of, count_files, files_of
from storage.services import files
from storage.services.towns import found_town

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)


@pytest_asyncio.fixture
async def town_id(database: Database) -> int:
    async with database.write() as connection:
        return await found_town(
            connection, name="Auenstadt", office="Rathaus", language="de", timezone="Europe/Berlin", areas=()
        )


async def sent(connection: AsyncConnection, town_id: int, number: int) -> tuple[int, list[UUID]]:
    """A survey in which so many files have been sent; its id, and theirs in the order in which they came."""
    values = {
        "town_id": town_id,
        "name": "x",
        "digest": "x",
        "file_type": "md",
        "workbook": b"",
        "xform": "",
        "titles": {},
    }
    questionnaire_id = await connection.scalar(insert(Questionnaire).values(values).returning(Questionnaire.id))
    survey_id = await connection.scalar(
        insert(Survey)
        .values(
            town_id=town_id,
            questionnaire_id=questionnaire_id,
            titles={},
            state="open",
            anonymous=True,
            legal_basis="",
            interim=False,
            smallest_group=5,
        )
        .returning(Survey.id)
    )
    assert survey_id is not None
    response_id, ids = uuid4(), [uuid4() for _ in range(number)]
    await connection.execute(
        insert(Response).values(
            id=response_id,
            town_id=town_id,
            survey_id=survey_id,
            complete=True,
            language="de",
            started_on=NOW.date(),
        )
    )
    for place, file_id in enumerate(ids):
        await connection.execute(
            insert(AnswerFile).values(
                id=file_id,
                town_id=town_id,
                response_id=response_id,
                ref=f"/data/q{place}",
                name=name_for("image/jpeg", place.to_bytes(16, "big")),
                media_type="image/jpeg",
                file_id=f"AgAC{place}",
                state=FileState.WAITING,
                size=10,
                attempts=0,
                next_at=NOW + timedelta(seconds=place),
            )
        )
    return survey_id, ids


async def claim(connection: AsyncConnection, town_id: int, at: datetime, most: int = 2) -> list[UUID]:
    claimed = await files.claim_files(connection, town_id, most=most, now=at, lease=LEASE)
    return [each.id for each in claimed]


async def test_who_waits_longest_is_claimed_first_and_by_one_only(database: Database, town_id: int) -> None:
    later = NOW + timedelta(minutes=1)
    async with database.write() as connection:
        _, ids = await sent(connection, town_id, 3)
        assert not await files.is_any_due(connection, town_id, now=NOW - timedelta(seconds=1))
        assert await files.is_any_due(connection, town_id, now=NOW)
        assert await claim(connection, town_id, later) == ids[:2]
        assert await claim(connection, town_id, later) == ids[2:]
        assert await claim(connection, town_id, later) == []
        assert set(await claim(connection, town_id, later + LEASE, 9)) == set(ids), "who claimed them has gone"
        await files.free_claims(connection, town_id, now=later)
        assert set(await claim(connection, town_id, later, 9)) == set(ids)
        assert set(await connection.scalars(select(AnswerFile.attempts))) == {3}


async def test_two_who_claim_at_once_get_different_files(database: Database, town_id: int) -> None:
    """An embedded database has one process, so there one comes after the other."""
    async with database.write() as connection:
        _, ids = await sent(connection, town_id, 4)
    later = NOW + timedelta(minutes=1)
    if database.dialect == "sqlite":
        for expected in (ids[:2], ids[2:]):
            async with database.write() as connection:
                assert await claim(connection, town_id, later) == expected
        return
    async with database.write() as one, database.write() as another:
        assert await claim(one, town_id, later) == ids[:2]
        assert await claim(another, town_id, later) == ids[2:]


async def test_what_was_fetched_says_neither_when_nor_from_whom(database: Database, town_id: int) -> None:
    async with database.write() as connection:
        survey_id, [first, second, third] = await sent(connection, town_id, 3)
        assert await files.keep_file(connection, first, b"what is seen")
        assert not await files.keep_file(connection, first, b"something else")
        await files.give_file_up(connection, second)
        await files.give_file_up(connection, first)
        await files.try_file_again(connection, third, at=NOW + LEASE, counts=True)
        columns = (AnswerFile.state, AnswerFile.file_id, AnswerFile.next_at, AnswerFile.size, AnswerFile.attempts)
        rows = {row.id: tuple(row[1:]) for row in await connection.execute(select(AnswerFile.id, *columns))}
        assert rows[first] == (FileState.FETCHED, None, None, 12, 0)
        assert rows[second] == (FileState.FAILED, None, None, None, 0)
        assert rows[third] == (FileState.WAITING, "AgAC2", NOW + LEASE, 10, 0)
        assert await content_of(connection, first) == b"what is seen"
        assert await count_files(connection, survey_id) == FileCounts(fetched=1, waiting=1, failed=1)
        assert await count_files(connection, survey_id, counted=True) == FileCounts()
        response_id = await connection.scalar(select(Response.id))
        assert response_id is not None
        assert [each.id for each in await files_of(connection, [response_id])] == [first]


async def test_an_attempt_that_was_not_ours_to_fail_does_not_count(database: Database, town_id: int) -> None:
    async with database.write() as connection:
        _, [only] = await sent(connection, town_id, 1)
        await claim(connection, town_id, NOW)
        await files.try_file_again(connection, only, at=NOW, counts=False)
        assert await connection.scalar(select(AnswerFile.attempts)) == 0
