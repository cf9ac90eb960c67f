"""What was erased is gone from the disk as well, not from the tables alone."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database
from storage.queries import inbox
from storage.schema import upgrade
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
        [row] = await inbox.take_in(connection, town_id=town_id, bot_id=BOT, updates=[(1, SECRET)], now=NOW)
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
