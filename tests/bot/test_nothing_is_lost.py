"""What the bot is built for: restarts, jumping ids, odd updates, limits and a database that fails lose nothing."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from sqlalchemy import select
from structlog.testing import capture_logs

from bot import delivery, patience, receiver
from bot.simulator.app import Limits
from storage.database import Database
from storage.models import Delivery, Response
from storage.queries.outbox import Pace
from storage.schema import upgrade
from tests.admin.office import Office, hire, site_of
from tests.bot.conftest import Stored
from tests.bot.town import PATIENCE, Ground, Town, Watch, ground, running, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTIONS = "\n".join(
    ["| survey | | | |", "| | type | name | label |", *(f"| | text | t{n} | Question {n}? |" for n in range(1, 9))]
)


def said(*numbers: int) -> dict[str, str]:
    return {f"t{number}": f"Answer {number}" for number in numbers}


# --- restarts and ids -----------------------------------------------------------------------------------------------


async def test_a_restart_between_every_two_steps_loses_nothing(town: Town) -> None:
    survey = await town.open_survey(table(QUESTIONS), "Nordstadt")
    resident = await town.resident("en")
    await resident.start(survey.code)
    await town.restart()
    await resident.tap("I agree, go on")
    await town.restart()
    await resident.tap("Yes")
    for number in range(1, 5):
        await town.restart()
        await resident.write(f"Answer {number}")
    assert await resident.answers(survey) == said(1, 2, 3, 4)


async def test_what_was_written_while_the_bot_was_away_is_answered_when_it_is_back(town: Town) -> None:
    resident, survey = await town.interview(table(QUESTIONS))
    await town.close_doors()
    for number in range(1, 5):
        await resident.act("send", text=f"Answer {number}")
    await town.open_doors()
    await town.settled()
    assert await resident.answers(survey) == said(1, 2, 3, 4)
    assert "Question 5?" in resident.last().text


async def test_a_stop_at_any_moment_loses_and_doubles_nothing(town: Town) -> None:
    resident, survey = await town.interview(table(QUESTIONS))
    for number in range(1, 6):
        await resident.act("send", text=f"Answer {number}")
        await asyncio.sleep(0.007 * number)
        await town.restart()
    await town.settled()
    assert await resident.answers(survey) == said(*range(1, 6))
    assert await town.count(select(Response.id).where(Response.survey_id == survey.id)) == 1
    assert "Question 6?" in resident.asked().text


async def test_update_ids_that_jump_up_and_down_lose_and_double_nothing(town: Town) -> None:
    resident, survey = await town.interview(table(QUESTIONS))
    for number, update_id in enumerate((2_000_000_000, 5, 900_000, 6, 4), 1):
        answer = await town.control.post(f"/sim/bots/{town.bot.username}/jump", json={"update_id": update_id})
        assert answer.status_code == 200
        await resident.write(f"Answer {number}")
    assert await resident.answers(survey) == said(1, 2, 3, 4, 5)
    assert len({row.update_id for row in await town.updates()}) == len(await town.updates())


# --- odd updates ----------------------------------------------------------------------------------------------------


async def test_an_update_of_an_unknown_kind_blocks_nobody_and_is_shown_to_the_manager(town: Town) -> None:
    resident, survey = await town.interview(table(QUESTIONS))
    secret = "something personal"
    with capture_logs() as logged:
        town.deliver({"teleportation": {"from": {"id": resident.id}, "chat": {"id": resident.id}, "text": secret}})
        town.deliver({"message": {**resident.update()["message"], "date": "yesterday"}})
        town.deliver({"callback_query": {"id": 5, "from": secret}})
        town.deliver({"message": []})
        town.deliver({"message": {"chat": {"id": 2**70}}})
        await resident.write("Answer 1")
    assert await resident.answers(survey) == said(1)
    aside = [row for row in await town.updates() if row.state == "aside"]
    assert len(aside) == 5
    assert json.loads(aside[0].payload)["teleportation"]["text"] == secret
    assert secret not in str(logged)
    page = await state_page(town.database, town.id)
    assert "Beiseitegelegte Nachrichten" in page
    assert str(aside[0].seq) in page
    assert secret not in page


async def state_page(database: Database, town_id: int) -> str:
    """The overview, as somebody of the staff sees it."""
    site = site_of(database, town_id)
    await hire(site)
    async with Office.at(site) as office:
        await office.sign_in()
        return await office.read("/admin")


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict_ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with ground(tmp_path_factory.mktemp("strict"), limits=Limits()) as stood_on:
        yield stood_on


async def test_under_the_usual_limits_an_interview_flows_and_nothing_is_refused(
    strict_ground: Ground, stored_in: Stored
) -> None:
    async with running(strict_ground, *stored_in, pace=Pace()) as town:
        resident, survey = await town.interview(table(QUESTIONS))
        await resident.write_at_once("Answer 1", "Answer 2", "Answer 3")
        assert await resident.answers(survey) == said(1, 2, 3)
        assert "Question 4?" in resident.last().text
        assert [call for call in town.calls() if call["error_code"] == 429] == []


async def test_too_many_requests_delay_replies_and_lose_none(strict_ground: Ground, stored_in: Stored) -> None:
    async with running(strict_ground, *stored_in) as town:
        resident, survey = await town.interview(table(QUESTIONS))
        await resident.write_at_once(*(f"Answer {number}" for number in range(1, 9)))
        refused = [call for call in town.calls() if call["error_code"] == 429]
        assert refused
        assert len(refused) < 8
        texts = [message.text for message in resident.heard()]
        for number in range(1, 9):
            assert any(f"Question {number}?" in text and f"Answer {number}" in text for text in texts), number
        assert "Please check your answers." in resident.asked().text
        lost = await town.rows(select(Delivery.reason).where(Delivery.town_id == town.id, Delivery.state != "sent"))
        assert lost == []
        assert await resident.answers(survey) == said(*range(1, 9))


# --- a database that fails ------------------------------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot try again soon: what is tested is that it does."""
    monkeypatch.setattr(receiver, "PAUSES", (0.05,))
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(delivery, "RETRY_PAUSE", timedelta(seconds=0.05))


@pytest_asyncio.fixture(loop_scope="session")
async def own_file(tmp_path: Path) -> AsyncIterator[tuple[Path, Stored]]:
    """A SQLite file of the test's own, to be mistreated, whose writer waits for nobody."""
    path = tmp_path / "mitsprache.sqlite"
    database, watch = Database(f"sqlite:///{path}"), Watch(f"sqlite:///{path}")
    await upgrade(database)
    await pragma(database, "busy_timeout = 20")
    yield path, (database, watch)
    watch.close()
    await database.close()


async def pragma(database: Database, setting: str) -> None:
    """Change a setting of the one connection that writes."""
    async with database.write() as connection:
        await connection.exec_driver_sql(f"PRAGMA {setting}")


@pytest.mark.usefixtures("impatient")
async def test_what_comes_while_the_disk_is_full_is_worked_off_when_there_is_room(
    shared_ground: Ground, own_file: tuple[Path, Stored]
) -> None:
    _, (database, watch) = own_file
    async with running(shared_ground, database, watch) as town:
        resident, survey = await town.interview(table(QUESTIONS))
        with capture_logs() as logged:
            await pragma(database, "max_page_count = 1")  # SQLite takes that for: no more than now
            for number in range(1, 9):
                await resident.act("send", text=f"Answer {number}" + " and more" * 400)
            await town.until(lambda: any(line["log_level"] in ("error", "warning") for line in logged))
            await pragma(database, "max_page_count = 1073741823")
            await town.settled()
        answers = await resident.answers(survey)
        assert {name: text.removesuffix(" and more" * 400) for name, text in answers.items()} == said(*range(1, 9))
        assert "and more" not in str(logged)


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_cannot_be_read_at_the_start_stops_no_part_of_the_service(
    shared_ground: Ground, own_file: tuple[Path, Stored]
) -> None:
    _, (database, watch) = own_file

    async def rename(old: str, new: str) -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    async with running(shared_ground, database, watch) as town:
        resident, survey = await town.interview(table(QUESTIONS))
        await town.close_doors()
        for name in ("town", "inbox"):
            await rename(name, f"no_{name}")
        with capture_logs() as logged:
            await town.open_doors()
            await town.until(lambda: [line["event"] for line in logged].count("the database cannot be read") > 3)
        for name in ("town", "inbox"):
            await rename(f"no_{name}", name)
        await resident.write("Answer 1")
        assert await resident.answers(survey) == said(1)
        assert not [task.get_name() for task in town.service._tasks if task.done()]


@pytest.mark.usefixtures("impatient")
async def test_a_database_that_is_locked_now_and_then_loses_and_doubles_nothing(
    shared_ground: Ground, own_file: tuple[Path, Stored]
) -> None:
    path, (database, watch) = own_file
    async with running(shared_ground, database, watch) as town:
        survey = await town.open_survey(table(QUESTIONS), "Nordstadt")
        residents = [await town.resident("en") for _ in range(3)]
        for resident in residents:
            await resident.arrive(survey.code)
        with capture_logs() as logged:
            other = sqlite3.connect(path, isolation_level=None, timeout=0)
            for number in range(1, 9):
                await seize(other)
                for resident in residents:
                    await resident.act("send", text=f"Answer {number}")
                await asyncio.sleep(0.05)
                other.execute("ROLLBACK")
                await asyncio.sleep(0.01)
            other.close()
            await town.settled()
        assert [line for line in logged if line["log_level"] in ("error", "warning")]
        for resident in residents:
            assert await resident.answers(survey) == said(*range(1, 9))
            asked = [message.text for message in resident.heard() if "of 8" in message.text]
            assert len(asked) == len(set(asked))
            assert "Please check your answers." in resident.asked().text


async def seize(other: sqlite3.Connection) -> None:
    """Take the lock as soon as the bot lets go of it."""
    async with asyncio.timeout(PATIENCE):
        while not other.in_transaction:
            with suppress(sqlite3.OperationalError):
                other.execute("BEGIN IMMEDIATE")
            await asyncio.sleep(0)


@pytest.mark.usefixtures("impatient")
async def test_connections_that_break_lose_and_double_nothing(shared_ground: Ground, postgresql: str) -> None:
    name = f"breaking_{os.getpid()}"
    database, watch = Database(f"{postgresql}&application_name={name}"), Watch(postgresql)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    await upgrade(database)
    async with running(shared_ground, database, watch) as town:
        resident, survey = await town.interview(table(QUESTIONS))
        broken = 0
        with psycopg.connect(postgresql, autocommit=True) as other:
            for number in range(1, 9):
                await resident.act("send", text=f"Answer {number}")
                await asyncio.sleep(0.005 * number)
                broken += other.execute(cut, [name]).rowcount
        await town.settled()
        assert broken
        assert await resident.answers(survey) == said(*range(1, 9))
        assert "Please check your answers." in resident.asked().text
    watch.close()
    await database.close()
