"""The bot is killed without warning, again and again, while people answer: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.simulator.settings import DEMO_BOT
from storage.database import Database
from storage.models import (
    Answer,
    Contact,
    Delivery,
    DeliveryState,
    InboxState,
    InboxUpdate,
    Interview,
    Participation,
    Response,
    SurveyKey,
)
from storage.queries.turns import pseudonym
from tests.bot.people import QUESTIONNAIRE, Resident, Telephone
from tests.bot.processes import Process, command, free_port

RESIDENTS = 50
KILLS = 20
AT_ONCE_AGAIN = 4
"""Kills that come while the bot still finds out what the one before has left behind."""
SECONDS = 300
"""Patience, not a promise: other tests run beside this one and take their share of the machine."""


@dataclass
class Cut:
    """What kills have cut off: stored updates that were not worked off, deliveries whose requests were on their way."""

    updates: int = 0
    deliveries: int = 0


@dataclass
class Town:
    """A town that is served: the simulated Telegram, the bot and the database, each in a process of its own."""

    folder: Path
    url: str
    environment: Mapping[str, str]
    database: Database
    questionnaire: str = QUESTIONNAIRE
    code: str = ""
    simulator: Process | None = None
    bot: Process | None = None
    simulator_port: int = field(default_factory=free_port)
    port: int = field(default_factory=free_port)
    cut: Cut = field(default_factory=Cut)
    steps: int = 0
    stepped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    async def found(self) -> None:
        """Set everything up as an administrator does."""
        file = self.folder / "quarter.md"
        file.write_text(self.questionnaire)
        for arguments in (
            ["db", "upgrade"],
            ["town", "found", "Auenstadt", "--area", "Nordstadt"],
            ["survey", "open", str(file), "--area", "Nordstadt"],
        ):
            said = await command(*arguments, environment=self.environment, log=self.folder / "command.log")
        self.code = said.partition("/start ")[2].split()[0]

    async def open_simulator(self) -> None:
        arguments = ["simulator", "--port", str(self.simulator_port), "--data", str(self.folder / "simulator")]
        arguments += ["--per-bot", "0", "--per-chat", "0"]
        self.simulator = Process(arguments, log=self.folder / "simulator.log")
        await self.simulator.listens(self.simulator_port)

    async def serve(self) -> None:
        self.bot = Process(
            ["serve", "--port", str(self.port)], environment=self.environment, log=self.folder / "serve.log"
        )
        await self.bot.listens(self.port)

    async def kill_bot(self) -> None:
        """Kill the bot, see what that has cut off, and start it at once."""
        assert self.bot is not None
        await self.bot.kill()
        async with self.database.read() as connection:
            updates = await connection.scalar(
                select(func.count()).select_from(InboxUpdate).where(InboxUpdate.state == InboxState.NEW)
            )
            deliveries = await connection.scalar(
                select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.STARTED)
            )
        self.cut.updates += updates or 0
        self.cut.deliveries += deliveries or 0
        await self.serve()

    async def comes_to_rest(self) -> None:
        """Wait until everything that came in is worked off and everything that goes out is out."""
        while True:
            async with self.database.read() as connection:
                new = await connection.scalar(
                    select(InboxUpdate.seq).where(InboxUpdate.state == InboxState.NEW).limit(1)
                )
                on_the_way = Delivery.state.in_((DeliveryState.WAITING, DeliveryState.STARTED))
                waiting = await connection.scalar(select(Delivery.seq).where(on_the_way).limit(1))
            if new is None and waiting is None:
                return
            await asyncio.sleep(0.1)

    async def kill_simulator(self) -> None:
        assert self.simulator is not None
        await self.simulator.kill()
        await self.open_simulator()

    def count(self) -> None:
        """Somebody has come a step further."""
        self.steps += 1
        self.stepped.set()

    async def wait_for_steps(self, number: int) -> None:
        """Wait until people have come this many steps further."""
        target = self.steps + number
        while self.steps < target:
            self.stepped.clear()
            await self.stepped.wait()


@asynccontextmanager
async def founded(folder: Path, url: str, *, questionnaire: str = QUESTIONNAIRE) -> AsyncIterator[Town]:
    environment = {
        "MITSPRACHE_DATABASE": url,
        "MITSPRACHE_TOKEN": DEMO_BOT.token,
        "MITSPRACHE_PER_BOT": "0",
        "MITSPRACHE_PER_CHAT": "0",
    }
    database = Database(url)
    town = Town(folder, url, environment, database, questionnaire)
    town.environment = {**environment, "MITSPRACHE_API": town.base}
    try:
        await town.found()
        await town.open_simulator()
        await town.serve()
        yield town
    finally:
        for process in (town.bot, town.simulator):
            if process is not None:
                await process.kill()
        await database.close()


@asynccontextmanager
async def people_of(town: Town, number: int, chance: Random) -> AsyncIterator[list[Resident]]:
    async with aiohttp.ClientSession() as http:
        people = []
        for each in range(number):
            phone = Telephone(http, town.base, DEMO_BOT.username)
            await phone.arrive(f"Resident {each}")
            people.append(Resident(each, phone, Random(chance.getrandbits(64)), town.count))
        yield people


async def test_twenty_kills_in_fifty_interviews_lose_nothing_and_count_nothing_twice(
    empty_database_url: str, tmp_path: Path
) -> None:
    chance = seeded()
    async with (
        asyncio.timeout(SECONDS),
        founded(tmp_path, empty_database_url) as town,
        people_of(town, RESIDENTS, chance) as people,
    ):
        async with asyncio.TaskGroup() as group:
            for resident in people:
                group.create_task(resident.answer_everything(town.code))
            group.create_task(kill_again_and_again(town, chance))
        await town.comes_to_rest()
        await assert_all_is_stored_once(town, people)
        await assert_chats_are_whole(town, people)
        print(f"{town.cut}, pressed again: {sum(resident.pressed_again for resident in people)}")
        assert town.cut.updates
        assert town.cut.deliveries


@pytest.mark.parametrize("empty_database_url", ["sqlite"], indirect=True)
async def test_telegram_may_come_and_go_as_well(empty_database_url: str, tmp_path: Path) -> None:
    """Its process is killed too: requests break off, updates are handed out again, connections are refused."""
    chance = seeded()
    async with (
        asyncio.timeout(SECONDS),
        founded(tmp_path, empty_database_url) as town,
        people_of(town, 10, chance) as people,
    ):
        async with asyncio.TaskGroup() as group:
            for resident in people:
                group.create_task(resident.answer_everything(town.code))
            for kill in (town.kill_simulator, town.kill_bot, town.kill_simulator, town.kill_simulator):
                await town.wait_for_steps(chance.randint(1, 20))
                await asyncio.sleep(chance.uniform(0, 0.05))
                await kill()
        await town.comes_to_rest()
        await assert_all_is_stored_once(town, people)
        await assert_chats_are_whole(town, people)


async def test_a_migration_that_is_killed_can_be_repeated(empty_database_url: str, tmp_path: Path) -> None:
    chance = seeded()
    environment, log = {"MITSPRACHE_DATABASE": empty_database_url}, tmp_path / "upgrade.log"
    for _ in range(8):
        upgrade = Process(["db", "upgrade"], environment=environment, log=log)
        await asyncio.sleep(chance.uniform(0.05, 0.5))
        await upgrade.kill()
    await command("db", "upgrade", environment=environment, log=log)
    await command("town", "found", "Auenstadt", environment=environment, log=log)


async def test_a_second_bot_on_the_same_database_is_refused(empty_database_url: str, tmp_path: Path) -> None:
    async with (
        asyncio.timeout(SECONDS),
        founded(tmp_path, empty_database_url) as town,
        people_of(town, 1, Random(2)) as [resident],
    ):
        second = Process(
            ["serve", "--port", str(free_port())], environment=town.environment, log=tmp_path / "second.log"
        )
        await resident.answer_everything(town.code)
        assert await second.ends() == 1
        assert "Another process serves this bot" in second.said()
        await town.comes_to_rest()
        await assert_all_is_stored_once(town, [resident])


async def kill_again_and_again(town: Town, chance: Random) -> None:
    """Kill the bot when people have come some steps further and a moment more, or as soon as it has come back."""
    # Few steps a life: while the bot comes back people go on, too, and the last kill must come before the last answer.
    lives = [chance.randint(1, 12) for _ in range(KILLS)]
    for kill in chance.sample(range(1, KILLS, 2), AT_ONCE_AGAIN):
        lives[kill] = 0
    for steps in lives:
        await town.wait_for_steps(steps)
        await asyncio.sleep(chance.uniform(0, 0.05))
        await town.kill_bot()


def seeded() -> Random:
    """Chance that can be repeated: the same seed gives the same plans and the same moments, counted in steps."""
    seed = int(os.environ.get("MITSPRACHE_TEST_SEED") or Random().getrandbits(32))
    print(f"MITSPRACHE_TEST_SEED={seed}")
    return Random(seed)


async def assert_all_is_stored_once(town: Town, people: list[Resident]) -> None:
    async with town.database.read() as connection:
        contacts = (await connection.execute(select(Contact.chat_id, Contact.resident_id))).all()
        owners = {row.chat_id: row.resident_id for row in contacts}
        key = await connection.scalar(select(SurveyKey.key))
        responses = (await connection.execute(select(Response.id, Response.pseudonym, Response.complete))).all()
        answers = (
            await connection.execute(
                select(Answer.response_id, Answer.ref, Answer.value).where(Answer.ref.not_like("%/meta/%"))
            )
        ).all()
        taken = list(await connection.scalars(select(Participation.resident_id)))
        stages = Counter(await connection.scalars(select(Interview.stage)))
        updates = Counter(await connection.scalars(select(InboxUpdate.state)))
    assert key is not None
    assert len(contacts) == len(owners) == len(people)
    assert updates.keys() == {InboxState.DONE}
    assert stages == {"complete": len(people)}
    assert sorted(taken) == sorted(owners.values())
    assert len(responses) == len(people)
    assert all(response.complete for response in responses)
    by_pseudonym = {response.pseudonym: response.id for response in responses}
    stored: dict[Any, dict[str, str]] = {response.id: {} for response in responses}
    for response_id, ref, value in answers:
        name = ref.rpartition("/")[2]
        assert name not in stored[response_id]
        stored[response_id][name] = " ".join(sorted(value.split())) if name == "wishes" else value
    for resident in people:
        response_id = by_pseudonym[pseudonym(key, owners[resident.phone.user])]
        assert stored[response_id] == resident.answers, f"resident {resident.number}"


async def assert_chats_are_whole(town: Town, people: list[Resident]) -> None:
    """Everything that was to be said stands in its chat, but for questions that were taken back to come again below;
    what stands there twice, an attempt in doubt has sent."""
    async with town.database.read() as connection:
        deliveries = (
            await connection.execute(
                select(Delivery.__table__, Contact.chat_id).join(Contact, Contact.id == Delivery.contact_id)
            )
        ).all()
    assert {row.state for row in deliveries} == {DeliveryState.SENT}
    twice = 0
    for resident in people:
        said = {message["message_id"] for message in await resident.phone.look() if message["from"]["is_bot"]}
        theirs = [row for row in deliveries if row.chat_id == resident.phone.user]
        taken_back = {row.prompt for row in theirs if row.method == "deleteMessages"}
        sent = [row for row in theirs if row.method == "sendMessage" and row.prompt not in taken_back]
        assert len({row.message_id for row in sent}) == len(sent)
        assert {row.message_id for row in sent} <= said
        assert len(said) - len(sent) <= sum(row.attempts - 1 for row in sent)
        twice += len(said) - len(sent)
    print(f"{twice} messages stand twice in a chat")
