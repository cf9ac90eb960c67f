"""A running town for tests: a real database, the simulator on a real socket, the service. Nothing of ours is replaced.

One simulator and one database serve many tests; each test founds a town of its own, with a bot of its own.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.api import connect
from bot.service import Service
from bot.simulator.app import BotAccount, Limits, Simulator, create_simulator
from bot.simulator.telegram import Telegram
from dialogues.forms import Paper, read_paper
from dialogues.texts import Texts
from storage.database import Database
from storage.models import Area, InboxUpdate, Survey, SurveyKey
from storage.queries.outbox import Pace
from storage.queries.town import touch
from storage.services import surveys, towns
from storage.services.closing import close_survey
from tests.bot.resident import Resident
from tests.bot.sessions import closing_at_once
from tests.serving import served
from wiring.files import load_texts, questionnaire

UNLIMITED = Limits(per_bot=0, per_chat=0, per_group=0)
NO_PACE = Pace(0, 0)
PATIENCE = 20.0
"""Seconds after which a test gives up waiting for what should take milliseconds."""
LOOK_AGAIN = 0.003
RESTART = 0.25
"""Seconds from a process's end to the work of the next one, which on a real machine takes longer."""
MOST_TOWNS = 500

texts = cache(load_texts)


@cache
def ready(name: str) -> Paper:
    """One of our three questionnaires."""
    return read_paper(questionnaire(name).read_bytes(), "xlsx", name)


@cache
def table(rows: str, name: str = "Some questions") -> Paper:
    """A questionnaire that is written as Markdown tables, as XLSForm's own tests are."""
    return read_paper(rows.encode(), "md", name)


@dataclass(frozen=True)
class Opened:
    """A survey that was opened, and the code on its poster."""

    id: int
    code: str
    paper: Paper
    questionnaire_id: int
    key: bytes


class Watch:
    """A second look at a database, past the engine: cheap enough to be taken again and again."""

    _UNFINISHED = (
        "SELECT (SELECT count(*) FROM inbox WHERE state = 'new' AND bot_id = {0}) +"
        " (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'started') AND bot_id = {0})"
    )

    def __init__(self, url: str) -> None:
        self._connection: Any = (
            sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            if url.startswith("sqlite")
            else psycopg.connect(url, autocommit=True)
        )

    def unfinished(self, bot_id: int) -> int:
        """How many updates of a bot are still to be worked off, and deliveries to be sent."""
        number: int = self._connection.execute(self._UNFINISHED.format(bot_id)).fetchone()[0]
        return number

    def left(self, bot_id: int) -> list[Any]:
        """What is unfinished, for who wonders why."""
        inbox = "SELECT seq, update_id, state, lane FROM inbox WHERE state = 'new' AND bot_id = {0}"
        outbox = (
            "SELECT seq, contact_id, method, state, sender, attempts, due_at, reason FROM delivery"
            " WHERE state IN ('waiting', 'started') AND bot_id = {0}"
        )
        return [self._connection.execute(query.format(bot_id)).fetchall() for query in (inbox, outbox)]

    def close(self) -> None:
        self._connection.close()


@dataclass
class Ground:
    """What many towns stand on: the simulator with its web server, and a client of its control."""

    simulator: Simulator
    address: str
    control: httpx.AsyncClient
    free: list[BotAccount]

    @property
    def telegram(self) -> Telegram:
        """The simulator from within: for what no phone can do, and to see what waits."""
        telegram = self.simulator._telegram
        assert telegram is not None
        return telegram


@asynccontextmanager
async def ground(folder: Path, *, limits: Limits = UNLIMITED) -> AsyncIterator[Ground]:
    """A simulator with bots for many towns, served on a free port."""
    bots = [BotAccount(f"{number}:secret-{number}", f"town_{number}_bot", "Town") for number in range(1, MOST_TOWNS)]
    simulator = create_simulator(folder / "simulator", bots=bots, limits=limits)
    await simulator.start()
    try:
        async with served(simulator.asgi) as address:
            try:
                async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as control:
                    yield Ground(simulator, address, control, bots)
            finally:
                simulator.hang_up()
    finally:
        await simulator.stop()


@dataclass
class Town:
    """A town with its bot. ``areas``: the ids of its quarters by name."""

    ground: Ground
    bot: BotAccount
    database: Database
    watch: Watch
    id: int
    areas: dict[str, int]
    pace: Pace
    service: Service = field(init=False)

    @property
    def texts(self) -> Texts:
        return texts()

    @property
    def control(self) -> httpx.AsyncClient:
        return self.ground.control

    @property
    def telegram(self) -> Telegram:
        return self.ground.telegram

    # --- the bot's process ---

    async def open_doors(self) -> None:
        """Start the service, as a fresh process would."""
        self.service = Service(
            bot=closing_at_once(connect(self.bot.token, self.ground.address)),
            database=self.database,
            texts=self.texts,
            town_id=self.id,
            pace=self.pace,
        )
        await self.service.__aenter__()

    async def close_doors(self) -> None:
        """Stop the service, whatever it is doing."""
        await self.service.__aexit__(None, None, None)

    async def restart(self) -> None:
        await self.close_doors()
        await asyncio.sleep(RESTART)
        await self.open_doors()

    # --- the town's doings ---

    async def open_survey(self, paper: Paper, *quarters: str, **how: Any) -> Opened:
        """Ask these quarters (none: the whole town), with a poster in the first of them. ``how``: of `draft_survey`."""
        async with self.database.write() as connection:
            questionnaire_id = await surveys.import_questionnaire(connection, town_id=self.id, **paper.version)
            areas = [self.areas[name] for name in quarters]
            survey_id = await surveys.draft_survey(
                connection, town_id=self.id, questionnaire_id=questionnaire_id, areas=areas, **how
            )
            await surveys.open_survey(connection, town_id=self.id, survey_id=survey_id)
            code = await towns.link_to(
                connection, town_id=self.id, area_id=areas[0] if areas else None, survey_id=survey_id
            )
            key = await connection.scalar(select(SurveyKey.key).where(SurveyKey.survey_id == survey_id))
        assert key is not None
        return Opened(survey_id, code, paper, questionnaire_id, key)

    async def link(self, *, area: str | None = None, survey: Opened | None = None) -> str:
        """Another poster's code."""
        async with self.database.write() as connection:
            return await towns.link_to(
                connection,
                town_id=self.id,
                area_id=self.areas[area] if area else None,
                survey_id=survey.id if survey else None,
            )

    async def add_house(self, name: str, quarter: str) -> None:
        """Put a house into a quarter."""
        async with self.database.write() as connection:
            added = insert(Area).values(town_id=self.id, parent_id=self.areas[quarter], name=name, position=0)
            self.areas[name] = (await connection.execute(added.returning(Area.id))).scalar_one()
            await touch(connection, self.id)

    async def change_survey(self, survey: Opened, **values: Any) -> None:
        """End a survey, or give it another end."""
        async with self.database.write() as connection:
            await connection.execute(update(Survey).where(Survey.id == survey.id).values(**values))
            await touch(connection, self.id)

    async def close_survey(self, survey: Opened) -> None:
        """Close a survey for good, as the admin does beside the running bot."""
        async with self.database.write() as connection:
            assert await self.closing(survey)(connection)
        await self.database.scrub(keys=True)

    def closing(self, survey: Opened) -> Callable[[AsyncConnection], Awaitable[bool]]:
        """What closes a survey in a transaction of somebody's; nothing is merged."""
        return lambda connection: close_survey(
            connection,
            town_id=self.id,
            survey_id=survey.id,
            today=date(2026, 11, 30),
            merge=lambda counts: {each: each for each in counts},
        )

    async def resident(self, language: str = "en", *, phone: str | None = "", first_name: str = "Amina") -> Resident:
        """Somebody whose phone speaks this language; ``phone``: what it really sends (None: nothing)."""
        sends = language if phone == "" else phone
        body = {"first_name": first_name} | ({} if sends is None else {"language_code": sends})
        answer = await self.control.post("/sim/users", json=body)
        assert answer.status_code == 201, answer.text
        return Resident(self, answer.json()["id"], language)

    async def interview(self, paper: Paper, language: str = "en", **how: Any) -> tuple[Resident, Opened]:
        """Somebody who came by the poster of a survey that asks one quarter. ``how``: of `draft_survey`."""
        survey = await self.open_survey(paper, "Nordstadt", **how)
        resident = await self.resident(language)
        await resident.arrive(survey.code)
        return resident, survey

    async def group(self, title: str) -> int:
        """A group chat that the bot is in."""
        number: int = (await self.control.post("/sim/groups", json={"title": title})).json()["id"]
        return number

    # --- waiting and looking ---

    async def settled(self) -> None:
        """Wait until every update is worked off and everything that waits to be sent is sent."""
        try:
            await self.until(lambda: self.all_worked_off() and not self.watch.unfinished(self.bot.id))
        except TimeoutError:
            pending = self.telegram.updates.pending_count(self.bot.id)
            lanes = self.service.lanes.size
            left = self.watch.left(self.bot.id)
            raise AssertionError(f"not settled: {pending} at Telegram, {lanes} in the lanes, {left}") from None

    def all_worked_off(self) -> bool:
        return not self.telegram.updates.pending_count(self.bot.id) and not self.service.lanes.size

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look again and again until something is so, or patience ends."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 (what a test waits for tells nobody)
                await asyncio.sleep(LOOK_AGAIN)

    async def toast(self, query: str) -> str:
        """The line that a tap was answered with: every tap is answered."""
        await self.until(
            lambda: self.telegram.database.row("SELECT answered FROM query WHERE id = ?", (query,)) == (1,)
        )
        given = [call["parameters"] for call in self.calls("answerCallbackQuery")]
        return next(answer.get("text") or "" for answer in given if answer["callback_query_id"] == query)

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """What this town's bot has asked of Telegram."""
        return [call for call in self.telegram.calls.since(0, method)["calls"] if call["bot"] == self.bot.username]

    async def rows(self, query: Select[*tuple[Any, ...]]) -> list[Any]:
        async with self.database.read() as connection:
            return list(await connection.execute(query))

    async def row(self, query: Select[Any]) -> Any:
        """The one row, or None."""
        async with self.database.read() as connection:
            return (await connection.execute(query)).one_or_none()

    async def count(self, query: Select[Any]) -> int:
        async with self.database.read() as connection:
            return await connection.scalar(select(func.count()).select_from(query.subquery())) or 0

    async def updates(self) -> list[Any]:
        """The rows of this bot's inbox."""
        return await self.rows(select(InboxUpdate).where(InboxUpdate.bot_id == self.bot.id).order_by(InboxUpdate.seq))

    # --- what no phone can do ---

    def deliver(self, update_: dict[str, Any]) -> None:
        """Let Telegram hand out this update, of whatever kind."""
        [(kind, body)] = update_.items()
        self.telegram.updates.allow(self.bot.id, [kind])  # the next request asks for its own kinds again
        assert self.telegram.updates.add(self.bot.id, kind, body) is not None


@asynccontextmanager
async def running(
    ground: Ground,
    database: Database,
    watch: Watch,
    *,
    name: str = "Auenstadt",
    quarters: tuple[str, ...] = ("Nordstadt", "Hafenviertel"),
    language: str = "de",
    pace: Pace = NO_PACE,
) -> AsyncIterator[Town]:
    """A freshly founded town whose bot is at work."""
    async with database.write() as connection:
        town_id = await towns.found_town(
            connection,
            name=name,
            office="Quartiersbüro Nordstadt",
            contact="Lindenstraße 5 <Hof>, Telefon 01234 56789",
            language=language,
            timezone="Europe/Berlin",
            areas=quarters,
        )
        areas = dict(await towns.areas_by_name(connection, town_id))
    town = Town(ground, ground.free.pop(0), database, watch, town_id, areas, pace)
    await town.open_doors()
    try:
        yield town
    finally:
        await town.close_doors()
