"""A town with a crowd of 3,000 in a simulated Telegram, served by processes that can be killed; and what must hold
after whatever has gone wrong."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from sqlalchemy import select
from sqlalchemy.engine import make_url

from admin.people import about
from bot.api import connect
from bot.service import Service
from storage.database import Database
from storage.models import Contact, Delivery, DeliveryState, SendingState, stands
from storage.places import Part
from storage.queries.audience import Audience
from storage.queries.broadcasts import Account
from storage.queries.turns import ContactFacts, ResidentFacts
from storage.services import towns
from storage.statements import PUT_CONTACT, PUT_RESIDENT, Write, execute
from tests.admin import office as admin
from tests.bot.people import QUESTIONNAIRE, Resident, Telephone
from tests.bot.processes import Process, free_port
from tests.bot.sending import Office
from tests.bot.sessions import closing_at_once
from tests.bot.town import NO_PACE, Town, Watch, ground, table

CROWD = 3_000
SECONDS = 180
"""After so long a test has failed."""
LOOK_AGAIN = 0.005
TEXTS = {
    "ar": "جيراننا الأعزاء في {area}، يوم **السبت** سنقيم حفلنا الصيفي في الساحة.",
    "tr": "{area} mahallesindeki sevgili komşular, **Cumartesi** günü avluda yaz şenliğimiz var.",
}
LANGUAGES = tuple(TEXTS)
"""What the crowd reads. Whoever answers a survey meanwhile speaks English, and is not written to."""
SETTLED = {DeliveryState.SENT, DeliveryState.UNCERTAIN}


@dataclass(frozen=True)
class Fate:
    """What became of the messages by the ledger, in full and by chat, and how often each chat has it in truth."""

    account: Account
    states: dict[int, str]
    got: Counter[int]

    def chats(self, state: DeliveryState) -> set[int]:
        """The chats whose delivery has come to this."""
        return {chat for chat, known in self.states.items() if known == state}


@dataclass
class City:
    """The town. ``environment``: of the processes that serve it."""

    town: Town
    folder: Path
    environment: dict[str, str]
    crowd: frozenset[int]
    code: str
    sending: int = 0
    processes: list[Process] = field(default_factory=list)

    @property
    def office(self) -> Office:
        return Office(self.town)

    @property
    def database(self) -> Database:
        return self.town.database

    # --- processes ---

    async def serve(self) -> Process:
        """The bot and the admin, in a process of their own."""
        port = free_port()
        process = self._start("--port", str(port))
        await process.listens(port)
        return process

    async def serve_only(self, part: Part) -> Process:
        """A process that does a part of the work."""
        process = self._start("--only", str(part))  # as it is typed
        await self.until(lambda: self._said(process, "is running"), f"{part} is running")
        return process

    def _start(self, *arguments: str) -> Process:
        log = self.folder / f"serve-{len(self.processes)}.log"
        process = Process(["serve", *arguments], environment=self.environment, log=log)
        self.processes.append(process)
        return process

    @staticmethod
    async def _said(process: Process, words: str) -> bool:
        return words in process.said()

    async def kill(self, process: Process) -> set[int]:
        """Kill a process; returns the deliveries of the broadcast whose requests somebody has under way just then."""
        await process.kill()
        return await self.under_way()

    async def end_processes(self) -> None:
        for process in self.processes:
            await process.kill()

    @asynccontextmanager
    async def served_here(self, *, timeout: float) -> AsyncIterator[Service]:
        """The bot in our own process, where it is less patient with Telegram: ``timeout`` seconds."""
        bot = closing_at_once(connect(self.town.bot.token, self.town.ground.address, timeout=timeout))
        async with Service(
            bot=bot, database=self.database, texts=self.town.texts, town_id=self.town.id, pace=NO_PACE
        ) as service:
            yield service

    # --- the broadcast ---

    async def begin(self) -> None:
        """Write to the crowd, now."""
        self.sending = await self.office.send(TEXTS, Audience(languages=frozenset(LANGUAGES)))

    @property
    def arrived(self) -> int:
        """How many messages have arrived in chats of the crowd or of others."""
        row = self.town.telegram.database.row("SELECT count(*) FROM message WHERE bot = ?", (self.town.bot.id,))
        assert row is not None
        return int(row[0])

    async def arrives(self, number: int) -> None:
        """Wait until so many messages have arrived."""

        async def look() -> bool:
            return self.arrived >= number

        await self.until(look, f"{number} messages")

    async def ends(self) -> None:
        """Wait until the broadcast is through."""
        await self.until(self._is_through, "the end of the broadcast")

    async def _is_through(self) -> bool:
        await asyncio.sleep(0.1)
        return (await self.office.sending(self.sending)).state == SendingState.DONE

    async def until(self, look: Callable[[], Awaitable[bool]], wanted: str, *, seconds: float = 60) -> None:
        """Look again and again until something is so."""
        end = time.monotonic() + seconds
        while not await look():
            said = self.processes[-1].said() if self.processes else ""
            assert time.monotonic() < end, f"in vain: {wanted}\n{said}"
            await asyncio.sleep(LOOK_AGAIN)

    # --- Telegram's faults ---

    async def fault(self, **what: Any) -> int:
        """Let something go wrong with what is sent; returns the number of the fault."""
        answer = await self.town.control.post("/sim/faults", json={"methods": ["sendMessage"], **what})
        assert answer.status_code < 300, answer.text
        number: int = answer.json()["id"]
        return number

    def struck_by(self, *faults: int) -> set[int]:
        """The chats to which something was to be sent when it befell."""
        return {
            int(call["parameters"]["chat_id"]) for call in self.town.calls("sendMessage") if call["fault"] in faults
        }

    # --- what became of it ---

    async def under_way(self) -> set[int]:
        """The deliveries of the broadcast that are marked as started."""
        wanted = select(Delivery.seq).where(
            Delivery.sending_id == self.sending, stands(Delivery.state, DeliveryState.STARTED)
        )
        return {row.seq for row in await self.town.rows(wanted)}

    async def rows(self) -> list[Any]:
        """The deliveries of the broadcast, each with its chat."""
        wanted = select(Delivery.__table__, Contact.chat_id).join(Contact, Contact.id == Delivery.contact_id)
        return await self.town.rows(wanted.where(Delivery.sending_id == self.sending))

    def got(self) -> Counter[int]:
        """How many messages stand in the chats of the crowd."""
        rows = self.town.telegram.database.rows(
            "SELECT chat, count(*) FROM message WHERE bot = ? GROUP BY chat", (self.town.bot.id,)
        )
        return Counter({chat: number for chat, number in rows if chat in self.crowd})

    async def fate(self) -> Fate:
        """What became of the broadcast; what must hold, whatever has happened, does:

        everybody has one delivery, of which it is known that it has arrived, or that it may have; who is said to have
        the message has it once; who perhaps has it, has it once at most; and the page says so.
        """
        rows, got = await self.rows(), self.got()
        states = {row.chat_id: row.state for row in rows}
        account = await self.office.account(self.sending)
        assert len(rows) == CROWD
        assert states.keys() == self.crowd
        assert set(states.values()) <= SETTLED
        assert account.sent + account.uncertain == account.total == CROWD
        fate = Fate(account, states, got)
        assert {chat: got[chat] for chat in fate.chats(DeliveryState.SENT) if got[chat] != 1} == {}
        assert {chat: got[chat] for chat in fate.chats(DeliveryState.UNCERTAIN) if got[chat] > 1} == {}
        assert len(fate.chats(DeliveryState.UNCERTAIN)) == account.uncertain
        await self._page_says(account)
        return fate

    async def _page_says(self, account: Account) -> None:
        """In the office, the page of the broadcast tells what is known and what is not."""
        site = admin.site_of(self.database, self.town.id)
        clerk = await admin.hire(site, language="en")
        async with admin.Office.at(site) as browser:
            await browser.enter(site, clerk)
            page = await browser.read(f"/admin/sendings/{self.sending}")
        assert about(account.sent, str) in page
        if account.uncertain:
            assert f"Unclear: {about(account.uncertain, str)}" in page
            assert "they may have arrived or not, and nobody can find out" in page
        else:
            assert "Unclear:" not in page


@asynccontextmanager
async def city(folder: Path, database: Database, url: str) -> AsyncIterator[City]:
    """A town on an empty database, with its crowd; nobody serves it yet."""
    watch = Watch(url)
    async with ground(folder) as stood_on:
        bot = stood_on.free.pop(0)
        async with database.write() as connection:
            town_id = await towns.found_town(
                connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=["Nordstadt"]
            )
            areas = dict(await towns.areas_by_name(connection, town_id))
        town = Town(stood_on, bot, database, watch, town_id, areas, NO_PACE)
        await Office(town).has_no_quiet_hours()
        environment = {
            "MITSPRACHE_DATABASE": url,
            "MITSPRACHE_TOKEN": bot.token,
            "MITSPRACHE_API": stood_on.address,
            "MITSPRACHE_PER_BOT": "0",
            "MITSPRACHE_PER_CHAT": "0",
        }
        survey = await town.open_survey(table(QUESTIONNAIRE), "Nordstadt")
        served = City(town, folder, environment, await _crowd(town), survey.code)
        try:
            yield served
        finally:
            await served.end_processes()
            watch.close()


async def _crowd(town: Town) -> frozenset[int]:
    """3,000 adults of the quarter who have agreed to the notice; returns their chats."""
    telegram, day = town.telegram, datetime.now(UTC).date()
    residents, contacts = [], []
    with telegram.database.transaction():
        for number in range(1, CROWD + 1):
            language = LANGUAGES[number % len(LANGUAGES)]
            phone = telegram.people.add(f"Resident {number}", last_name=None, username=None, language_code=language)
            telegram.chats.open(town.bot.id, phone.id)
            resident = ResidentFacts(
                number, town.id, language, True, day, True, town.areas["Nordstadt"], False, None, None, False, day
            )
            residents.append(asdict(resident))
            contacts.append(asdict(ContactFacts(number, town.bot.id, phone.id, town.id, number, 0, language, None)))
    async with town.database.write() as connection:
        await execute(connection, [Write(PUT_RESIDENT, residents), Write(PUT_CONTACT, contacts)])
    return frozenset(contact["chat_id"] for contact in contacts)


@asynccontextmanager
async def talking(city: City, number: int, chance: Random) -> AsyncIterator[None]:
    """So many residents answer a survey meanwhile; at the end all have finished it."""
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        for each in range(number):
            phone = Telephone(http, city.town.ground.address, city.town.bot.username)
            await phone.arrive(f"Neighbour {each}")
            resident = Resident(each, phone, Random(chance.getrandbits(64)), lambda: None)
            group.create_task(resident.answer_everything(city.code))
        yield


def named(url: str, application: str) -> str:
    """The address of a database on a server, through which connections bear a name."""
    return make_url(url).update_query_dict({"application_name": application}).render_as_string(hide_password=False)
