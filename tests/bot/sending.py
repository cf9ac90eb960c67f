"""A town whose office sends messages to many: what it writes, and what it sees of what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dialogues.broadcast import Content
from dialogues.wall_clock import moment
from storage.models import AttachmentKind, SendingKind, SendingState
from storage.queries.audience import Audience, Reach, Rules, count_audience
from storage.queries.broadcasts import Account, SendingFacts, find_sending, load_ledger, sending_rules
from storage.queries.town import load_town
from storage.services import broadcasts
from tests.bot.resident import Resident
from tests.bot.town import Town as Served

GREETING = {
    "ar": "حفل يوم السبت في {area}.",
    "bg": "Празник в събота в {area}.",
    "de": "Am Samstag ist ein Fest in {area}.",
    "en": "There is a party in {area} on **Saturday**.",
    "ro": "Sâmbătă este o petrecere în {area}.",
    "tr": "Cumartesi günü {area} mahallesinde şenlik var.",
}


@dataclass
class Office:
    """Sends, pauses and looks, as the pages do."""

    town: Served

    async def has_no_quiet_hours(self) -> None:
        await self.rules(quiet_from="00:00", quiet_to="00:00")

    async def rules(self, *, quiet_from: str = "00:00", quiet_to: str = "00:00", weekly_share: int = 2) -> None:
        async with self.town.database.write() as connection:
            await broadcasts.set_rules(
                connection,
                town_id=self.town.id,
                quiet_from=quiet_from,
                quiet_to=quiet_to,
                weekly_share=weekly_share,
            )

    async def attach(self, kind: AttachmentKind, name: str, content: bytes) -> int:
        async with self.town.database.write() as connection:
            return await broadcasts.add_attachment(
                connection, town_id=self.town.id, kind=kind, name=name, content=content
            )

    async def send(
        self,
        texts: Mapping[str, str] = GREETING,
        audience: Audience | None = None,
        *,
        wall: str | None = None,
        kind: SendingKind = SendingKind.SEND,
        staff_id: int | None = None,
        **content: Any,
    ) -> int:
        """Plan a message, at once or at a wall time; returns the number of the pass."""
        now = datetime.now(UTC)
        async with self.town.database.write() as connection:
            facts = await load_town(connection, self.town.id)
            broadcast_id = await broadcasts.draft_broadcast(connection, town_id=self.town.id, title="Party", now=now)
            due_at = moment(wall, ZoneInfo(facts.timezone)) if wall else now
            assert due_at is not None
            return await broadcasts.begin_sending(
                connection,
                town_id=self.town.id,
                broadcast_id=broadcast_id,
                kind=kind,
                staff_id=staff_id,
                content=Content(texts, **content),
                audience=audience or Audience(),
                zone=facts.timezone,
                wall=wall,
                due_at=due_at,
                now=now,
            )

    async def sent(self, texts: Mapping[str, str] = GREETING, audience: Audience | None = None, **more: Any) -> int:
        """Send a message, and wait until it is through."""
        number = await self.send(texts, audience, **more)
        await self.ends(number)
        return number

    async def ends(self, number: int, state: SendingState = SendingState.DONE) -> None:
        """Wait until a pass has come to its end."""
        await self.comes_to(number, state)
        await self.town.settled()

    async def comes_to(self, number: int, state: SendingState) -> None:
        states: list[str] = []

        async def look() -> bool:
            states.append((await self.sending(number)).state)
            return states[-1] == state

        await eventually(look, lambda: f"{state}, but was {states[-1]}")

    async def account(self, number: int) -> Account:
        """What became of all messages of a pass."""
        async with self.town.database.read() as connection:
            return (await load_ledger(connection, await self.sending(number))).total

    async def accounts(self, number: int) -> Mapping[str, Account]:
        """The same by language."""
        async with self.town.database.read() as connection:
            return (await load_ledger(connection, await self.sending(number))).by_language

    async def sending(self, number: int) -> SendingFacts:
        async with self.town.database.read() as connection:
            found = await find_sending(connection, self.town.id, number)
        assert found is not None
        return found

    async def reach(self, audience: Audience | None = None, *, adults: bool = False) -> Reach:
        """How many a message would reach now."""
        async with self.town.database.read() as connection:
            return await count_audience(
                connection,
                town_id=self.town.id,
                audience=audience or Audience(),
                rules=Rules((await sending_rules(connection, self.town.id)).weekly_share, adults=adults),
                areas=(await load_town(connection, self.town.id)).areas,
                now=datetime.now(UTC),
            )

    async def do(self, service: Any, number: int, **more: Any) -> Any:
        """One of the services that decide what happens to a pass."""
        async with self.town.database.write() as connection:
            return await service(connection, town_id=self.town.id, sending_id=number, **more)

    async def neighbour(self, language: str = "en", quarter: str = "Nordstadt", **phone: Any) -> Resident:
        """Somebody who has agreed to the notice and lives in a quarter."""
        resident = await self.town.resident(language, **phone)
        await resident.start(await self.town.link(area=quarter))
        await resident.tap("I agree, go on")
        await resident.tap("Yes")
        return resident


async def eventually(look: Callable[[], Awaitable[bool]], wanted: Callable[[], str], seconds: float = 20.0) -> None:
    """Look again and again until something is so."""
    end = time.monotonic() + seconds
    while not await look():
        assert time.monotonic() < end, f"in vain: {wanted()}"
        await asyncio.sleep(0.02)
