"""What was erased is gone from the disk as well, not from the tables alone."""

from __future__ import annotations

from pathlib import Path

import psycopg
from sqlalchemy import delete, select, text

from storage.database import Database
from storage.models import SurveyKey
from storage.queries import inbox
from storage.schema import upgrade
from storage.services.surveys import draft_survey, import_questionnaire, open_survey
from storage.services.towns import found_town
from storage.statements import FINISH_UPDATE, Write, execute
from tests.storage.conftest import BOT, NOW

SECRET = "something-nobody-else-should-read"


def on_disk(folder: Path) -> bool:
    return any(SECRET.encode() in path.read_bytes() for path in folder.iterdir())


async def test_a_wiped_update_cannot_be_read_from_the_files(tmp_path: Path) -> None:
    database = Database.in_folder(tmp_path)
    await upgrade(database)
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Aue", office=None, language="de", timezone="Europe/Berlin", areas=["Nord"]
        )
        [row] = await inbox.take_in(connection, town_id=town_id, bot_id=BOT, updates=[(1, SECRET, 0)], now=NOW)
    assert on_disk(tmp_path)
    async with database.write() as connection:
        done = {"key_seq": row.seq, "state": "done", "payload": "", "reason": None}
        await execute(connection, [Write(FINISH_UPDATE, [done])])
    assert await database.scrub()
    assert not on_disk(tmp_path)
    await database.close()


async def test_while_somebody_reads_scrubbing_says_that_it_could_not(tmp_path: Path) -> None:
    database = Database.in_folder(tmp_path)
    await upgrade(database)
    async with database.read() as reader:
        await reader.exec_driver_sql("SELECT count(*) FROM town")
        async with database.write() as connection:
            await found_town(
                connection, name="Aue", office=None, language="de", timezone="Europe/Berlin", areas=["Nord"]
            )
        assert not await database.scrub()
    assert await database.scrub()
    await database.close()


# --- what could not be done at once ---------------------------------------------------------------------------------


async def two_keys(database: Database) -> int:
    """Open two surveys and destroy the key of the first; returns the second's id."""
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Aue", office=None, language="de", timezone="Europe/Berlin", areas=["Nord"]
        )
        asked = await import_questionnaire(
            connection, town_id=town_id, name="q", file_type="md", workbook=b"", xform="", titles={"": "Q"}
        )
        first, second = [await draft_survey(connection, town_id=town_id, questionnaire_id=asked) for _ in range(2)]
        for survey_id in (first, second):
            await open_survey(connection, town_id=town_id, survey_id=survey_id)
    async with database.write() as connection:
        await connection.execute(delete(SurveyKey).where(SurveyKey.survey_id == first))
    return second


async def file_of_keys(database: Database) -> str:
    """On a server, the file that holds the keys now."""
    async with database.read() as connection:
        return str(await connection.scalar(text("SELECT pg_relation_filepath('survey_key')")))


async def test_a_key_whose_file_cannot_be_written_anew_goes_the_next_time(database: Database) -> None:
    kept = await two_keys(database)
    async with database.read() as reader:
        await reader.execute(select(SurveyKey.key))  # SQLite's log is in use; on a server, the table
        assert not await database.scrub(keys=True)
    before = await file_of_keys(database) if database.dialect == "postgresql" else ""
    assert await database.scrub()
    if before:
        assert before != await file_of_keys(database)
        written = await file_of_keys(database)
        assert await database.scrub()
        assert written == await file_of_keys(database)
    async with database.read() as connection:
        assert await connection.scalar(select(SurveyKey.survey_id)) == kept


async def test_a_key_that_a_killed_process_had_destroyed_goes_when_the_next_begins(
    database: Database, database_url: str
) -> None:
    if database.dialect == "sqlite":  # overwrites what is erased in the transaction itself
        return
    await two_keys(database)
    before = await file_of_keys(database)
    following = Database(database_url)
    assert await following.scrub()
    await following.close()
    assert before != await file_of_keys(database)


async def test_a_destroyed_key_goes_also_while_somebody_looks_at_the_time_before(postgresql: str) -> None:
    """As a backup does that is still running. A server keeps what such an eye could see, also where it vacuums."""
    database = Database(postgresql)
    await upgrade(database)
    async with database.write() as connection:
        await connection.execute(text("TRUNCATE town CASCADE"))
    with psycopg.connect(postgresql) as eye:
        eye.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        eye.execute("SELECT count(*) FROM town")
        await two_keys(database)
        async with database.write() as connection:
            await connection.execute(delete(SurveyKey))
        assert await database.scrub(keys=True)
        async with database.read() as connection:
            assert await connection.scalar(text("SELECT pg_relation_size('survey_key')")) == 0
    await database.close()


async def test_scrubbing_never_fails_also_where_no_database_answers() -> None:
    database = Database("postgresql://127.0.0.1:1/nobody")
    assert not await database.scrub(keys=True)
    await database.close()
