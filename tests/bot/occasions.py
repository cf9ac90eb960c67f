"""Events for tests: opened as the office opens them, and people who are invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import select, update

from bot.occasions import Host
from dialogues.broadcast import Place
from dialogues.event import Occasion, Offers
from dialogues.wall_clock import wall_time
from storage.models import Occurrence, SignUp
from storage.models import Town as TownRow
from storage.queries.events import EventFacts, find_event
from storage.queries.town import touch
from storage.services.broadcasts import put_text
from storage.services.events import Settled, change_event, draft_event, open_event
from tests.bot.chat import Message
from tests.bot.resident import Resident
from tests.bot.town import Town

ZONE = ZoneInfo("Europe/Berlin")
CENTRE = Place("Quartierszentrum", "Lindenstraße 5", 51.05, 13.73)
TEXTS = {
    "en": "Meal together\nWe cook and eat.\nℹ️ Please bring a plate.\n♿ Take the entrance in the yard.",
    "de": "Gemeinsam essen\nWir kochen und essen.\nℹ️ Bitte bringen Sie einen Teller mit.",
    "ar": "طعام مشترك\nنطبخ ونأكل معًا.",
    "tr": "Birlikte yemek\nBirlikte pişirip yiyoruz.",
    "ro": "Masă împreună\nGătim și mâncăm.",
    "bg": "Общо хранене\nГотвим и се храним.",
}


def in_days(days: int, clock: str = "15:00") -> str:
    """A wall time some days from now."""
    day = datetime.now(ZONE).date() + timedelta(days=days)
    return f"{day.isoformat()}T{clock}"


def settled(starts: str, **more: Any) -> Settled:
    """What an event with one date of two hours settles; ``more``: what is different."""
    ends = wall_time(datetime.fromisoformat(starts).replace(tzinfo=ZONE) + timedelta(hours=2), ZONE)
    plain = Settled(
        title="Meal",
        starts=starts,
        ends=ends,
        rule=None,
        exceptions=(),
        capacity=None,
        closes_before=0,
        offer_minutes=120,
        reminders=(1440, 120),
        offers=Offers(),
        contact=None,
        place=CENTRE,
    )
    return replace(plain, **more)


async def opened(town: Town, what: Settled, *, texts: Mapping[str, str] = TEXTS, quiet: bool = False) -> EventFacts:
    """An event that residents see. Without ``quiet`` the town has no quiet hours."""
    now = datetime.now(UTC)
    async with town.database.write() as connection:
        if not quiet:
            await connection.execute(update(TownRow).where(TownRow.id == town.id).values(quiet_from="08:00"))
        event_id = await draft_event(connection, town_id=town.id, title="Meal", zone="Europe/Berlin", now=now)
        drafted = await find_event(connection, town.id, event_id)
        assert drafted is not None
        seen = drafted.broadcast.revision
        assert await change_event(connection, town_id=town.id, event_id=event_id, seen=seen, settled=what, now=now)
        for language, text in texts.items():
            await put_text(
                connection,
                town_id=town.id,
                broadcast_id=drafted.broadcast_id,
                language=language,
                text=text,
                released_by=None,
                released=True,
            )
        assert await open_event(connection, town_id=town.id, event_id=event_id, now=now)
    return await event_now(town, event_id)


async def event_now(town: Town, event_id: int) -> EventFacts:
    async with town.database.read() as connection:
        event = await find_event(connection, town.id, event_id)
    assert event is not None
    return event


async def changed(town: Town, event: EventFacts, what: Settled) -> EventFacts:
    """The office changes an event."""
    async with town.database.write() as connection:
        now = await find_event(connection, town.id, event.id)
        assert now is not None
        assert await change_event(
            connection,
            town_id=town.id,
            event_id=event.id,
            seen=now.broadcast.revision,
            settled=what,
            now=datetime.now(UTC),
        )
    return await event_now(town, event.id)


async def begun(town: Town, event: EventFacts, ago: timedelta) -> None:
    """Let so much time have passed since the first date of an event began."""
    starts = datetime.now(UTC) - ago
    ends = starts + (event.occasions[0].ends_at - event.occasions[0].starts_at)
    async with town.database.write() as connection:
        await connection.execute(
            update(Occurrence)
            .where(Occurrence.id == event.occasions[0].id)
            .values(wall=wall_time(starts, ZONE), wall_end=wall_time(ends, ZONE), starts_at=starts, ends_at=ends)
        )
        await touch(connection, town.id)


def only(event: EventFacts) -> Occasion:
    """The one date of an event."""
    [occasion] = event.occasions
    return occasion


async def somebody(town: Town, language: str = "en", quarter: str = "Nordstadt") -> Resident:
    """A resident whom we may write to."""
    resident = await town.resident(language)
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap(quarter)
    return resident


async def comes(resident: Resident, persons: int = 1) -> None:
    """See what is coming, say yes to the only event, with so many people."""
    await resident.write("/events")
    await resident.tap("Meal together" if resident.language == "en" else TEXTS[resident.language].split("\n")[0])
    await resident.tap("I'll come")
    await resident.tap(str(persons))


def calendar_of(town: Town, message: Message) -> Calendar:
    """What a phone's calendar reads in the file of a message."""
    file = town.telegram.files.find_any(message.json["document"]["file_id"])
    assert file is not None
    return IcsCalendarStream.calendar_from_ics(town.telegram.files.location(file).read_bytes().decode())


async def standing(town: Town, resident: Resident, occasion: Occasion) -> Any:
    """The row of somebody's sign-up, or None."""
    held = await resident.held()
    return await town.row(select(SignUp).where(SignUp.occurrence_id == occasion.id, SignUp.resident_id == held.id))


async def at(town: Town, moment: datetime) -> None:
    """Let the host look what is due at this moment, and wait until it is said."""
    host: Host = town.service.host
    await host.tick(moment)
    await town.settled()
