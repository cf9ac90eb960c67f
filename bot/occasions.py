"""What is said of our own accord about the dates of events: reminders, changes, offers of places; and a date's card.

Looks again and again what is due. What has been decided and what is said about it are stored together, so nothing is
said twice and nothing is forgotten, whenever the process is killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from dialogues import invitation
from dialogues.afterwards import how_was_it
from dialogues.event import BELOW_PREFIX, EVENT_PREFIX, Occasion, Wording, read_wording
from dialogues.invitation import Card, Entry
from dialogues.prompts import Prompt
from dialogues.texts import Texts, Voice
from dialogues.waiting_list import Party, Standing
from dialogues.wall_clock import QuietHours, wall_time
from storage.database import Database
from storage.models import EventState
from storage.queries.broadcasts import SendingRules, sending_rules
from storage.queries.events import EventFacts, SignUpFacts, find_event
from storage.queries.outbox import REMINDER, new_delivery
from storage.queries.town import default_language
from storage.services.asking import Asking, askings_due, take_askings
from storage.services.feeding import quiet_until
from storage.services.sign_ups import Answered, dates_to_settle, expire_offers, hold, settle
from storage.services.telling import (
    Reminding,
    ToTell,
    changes_due,
    find_dates,
    offers_due,
    people_of,
    reminders_due,
    take_changes,
    take_offers,
    take_reminders,
)
from storage.statements import INSERT_DELIVERY, Write, execute
from storage.writer import Writer

TICK_SECONDS = 1.0
"""So often it is looked what is due."""
log = structlog.get_logger()


# --- how a date stands for somebody ---------------------------------------------------------------------------------


def wording_of(event: EventFacts, language: str, default: str) -> Wording:
    """What an event says to readers of a language; where it says nothing to them, in the town's, or in any."""
    content = event.broadcast.content(released=True)
    wanted = (content.said_in(language) or default, default, *content.texts)
    text = next((content.texts[each] for each in wanted if each in content.texts), "")
    return read_wording(text or event.broadcast.title)


def card_of(
    event: EventFacts,
    occasion: Occasion,
    answered: Answered | SignUpFacts | None,
    language: str,
    *,
    default: str,
    now: datetime,
) -> Card:
    """A date as it stands for somebody. ``answered``: what they have said, and what came of it; None: nothing.

    ``default``: the town's language.
    """
    sign_up = answered.sign_up if isinstance(answered, Answered) else answered
    happening, zone = event.happening, ZoneInfo(event.zone)
    party = sign_up.party if sign_up else Party()
    return Card(
        event=event.id,
        occasion=occasion,
        wording=wording_of(event, language, default),
        place=event.broadcast.place,
        offers=event.offers,
        party=party,
        closes=wall_time(happening.closes_at(occasion), zone),
        today=now.astimezone(zone).date(),
        at_start=not event.closes_before,
        closed=now >= happening.closes_at(occasion),
        until=wall_time(party.until, zone) if party.until else None,
        children=sign_up.children if sign_up else 0,
        needs=sign_up.needs if sign_up else (),
        code=sign_up.code if sign_up else None,
        name=sign_up.name if sign_up else None,
        arrived=sign_up.arrived if sign_up else None,
        position=answered.place if isinstance(answered, Answered) else None,
        cancelled=occasion.cancelled,
        is_one_day=not happening.cancelled and any(not each.cancelled for each in happening.occasions),
        days_left=any(each.id != occasion.id for each in happening.coming(now)),
        contact=event.contact,
        begun=now >= occasion.starts_at,
        over=now >= occasion.ends_at,
    )


def entry_of(event: EventFacts, own: Mapping[int, Standing], language: str, *, default: str, now: datetime) -> Entry:
    """An event in the list of those that are coming or on now. ``own``: what this resident has said, by date.

    Its button shows the invitation; of one that is on now, whoever is on its list the own sign-up.
    """
    present = event.happening.present(now)
    is_series, is_on = len(present) > 1, present[0].starts_at <= now
    silent = (Standing.DECLINED, Standing.LAPSED) if is_series else ()
    said = [
        each
        for each in present
        if each.id in own and own[each.id] not in silent and is_worth_saying(each, own[each.id], now)
    ]
    is_there = is_on and own.get(present[0].id) is Standing.COMING
    return Entry(
        key=f"{BELOW_PREFIX}{present[0].id}:card" if is_there else f"{EVENT_PREFIX}{event.id}:show",
        title=wording_of(event, language, default).title,
        occasion=present[0],
        more=len(present) - 1,
        standing=own[said[0].id] if said else None,
        own=said[0] if said and is_series else None,
        is_on=is_on,
    )


def is_worth_saying(occasion: Occasion, standing: Standing, now: datetime) -> bool:
    """Whether what somebody has said about a date still means something: once it has begun, only that they come."""
    return standing is Standing.COMING or now < occasion.starts_at


def own_entry(
    event: EventFacts, occasion: Occasion, standing: Standing, language: str, *, default: str, now: datetime
) -> Entry:
    """A date that somebody has said something about: its button shows how that stands."""
    title = wording_of(event, language, default).title
    is_on = occasion.starts_at <= now
    return Entry(f"{BELOW_PREFIX}{occasion.id}:card", title, occasion, standing=standing, is_on=is_on)


# --- what is said of our own accord ---------------------------------------------------------------------------------

Say = Callable[[Voice, Card], Prompt]


@dataclass(frozen=True, slots=True)
class _Due:
    """What has to be done now, by date."""

    settle: Sequence[int]
    over: Sequence[int]
    untold: Sequence[int]
    changed: Sequence[int]
    reminders: Sequence[Reminding]
    askings: Sequence[Asking]

    @property
    def dates(self) -> set[int]:
        """All dates that are concerned."""
        told = [each.occurrence_id for each in self.reminders] + [each.occurrence_id for each in self.askings]
        return {*self.settle, *self.over, *self.untold, *self.changed, *told}


class Host:
    """Tells people about the dates they have signed up for, until cancelled."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        texts: Texts,
        town_id: int,
        bot_id: int,
        wake_delivery: Callable[[], None],
    ) -> None:
        self._database = database
        self._writer = writer
        self._texts = texts
        self._town_id = town_id
        self._bot_id = bot_id
        self._wake_delivery = wake_delivery

    async def serve(self) -> None:
        """Look again and again what is due."""
        while True:
            try:
                await self.tick(datetime.now(UTC))
            except SQLAlchemyError as error:
                log.error("nobody can be told about events now", error=type(error).__name__)
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self, now: datetime) -> None:
        """Do what is due at ``now``.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database takes nothing.
        """
        async with self._database.read() as connection:
            rules = await sending_rules(connection, self._town_id)
            if rules.stopped_at is not None:  # nobody could be told
                return
            quiet_ends = quiet_until(rules, now)
            due = await self._due(connection, rules, now, quiet_ends)
            if not due.dates:
                return
            events = await find_dates(connection, self._town_id, due.dates)
            default = await default_language(connection, self._town_id)
        is_quiet = quiet_ends is not None
        desk = _Desk(self._texts, self._town_id, self._bot_id, events, default, now, is_quiet)
        for date in due.settle:
            await self._writer.run(partial(_settle, occurrence_id=date, now=now))
        for date in due.over:
            await self._writer.run(partial(desk.end_offers, date))
        for date in due.untold:
            await self._writer.run(partial(desk.begin_offers, date))
        for date in due.changed:
            while await self._writer.run(partial(desk.tell_changes, date)):
                self._wake_delivery()
        for reminding in due.reminders:
            while await self._writer.run(partial(desk.remind, reminding)):
                self._wake_delivery()
        for asking in due.askings:
            while await self._writer.run(partial(desk.ask, asking)):
                self._wake_delivery()
        self._wake_delivery()

    async def _due(
        self, connection: AsyncConnection, rules: SendingRules, now: datetime, ends: datetime | None
    ) -> _Due:
        """What is due. In quiet hours (until ``ends``) nothing is said but that a date has changed which begins, or was
        to begin, before they end."""
        quiet, zone = QuietHours.parse(rules.quiet_from, rules.quiet_to), ZoneInfo(rules.timezone)
        over, untold = await offers_due(connection, self._town_id, now=now)
        changed = await changes_due(connection, self._town_id, bot_id=self._bot_id, now=now, night=ends)
        reminders = (
            await reminders_due(connection, self._town_id, bot_id=self._bot_id, quiet=quiet, zone=zone, now=now)
            if ends is None
            else []
        )
        return _Due(
            settle=await dates_to_settle(connection, self._town_id, now=now),
            over=over,
            untold=untold if ends is None else (),
            changed=changed,
            reminders=reminders,
            askings=await askings_due(connection, self._town_id, bot_id=self._bot_id, now=now) if ends is None else (),
        )


async def _settle(connection: AsyncConnection, *, occurrence_id: int, now: datetime) -> None:
    date = await hold(connection, occurrence_id)
    if date is not None:
        await settle(connection, date, now)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Decides and says what is due about a date, in one transaction. ``events``: their ids by date."""

    texts: Texts
    town_id: int
    bot_id: int
    events: Mapping[int, int]
    default: str
    now: datetime
    is_quiet: bool

    async def end_offers(self, date: int, connection: AsyncConnection) -> None:
        """Let offers lapse, and tell whose places went on; who was offered too few goes on waiting untold."""
        lapsed = await expire_offers(connection, occurrence_id=date, now=self.now)
        gone = [each for each in lapsed if each.party.standing is Standing.LAPSED]
        if not self.is_quiet:
            people = await people_of(connection, gone, bot_id=self.bot_id)
            await self._say(connection, date, people, invitation.show, until_it_begins=True)

    async def begin_offers(self, date: int, connection: AsyncConnection) -> None:
        """Tell whom places are offered to; from now on their time runs."""
        people = await take_offers(connection, occurrence_id=date, bot_id=self.bot_id, now=self.now)
        await self._say(connection, date, people, invitation.show)

    async def tell_changes(self, date: int, connection: AsyncConnection) -> bool:
        """Tell the next people that a date has changed; returns whether there may be more."""
        people, more = await take_changes(connection, occurrence_id=date, bot_id=self.bot_id, now=self.now)
        await self._say(connection, date, people, invitation.moved)
        return more

    async def remind(self, due: Reminding, connection: AsyncConnection) -> bool:
        """Remind the next people; returns whether there may be more."""
        people, more = await take_reminders(connection, due=due, bot_id=self.bot_id)
        await self._say(connection, due.occurrence_id, people, invitation.reminder)
        return more

    async def ask(self, asking: Asking, connection: AsyncConnection) -> bool:
        """Ask the next people how it was; returns whether there may be more."""
        people, more = await take_askings(connection, asking=asking, bot_id=self.bot_id)
        await self._say(connection, asking.occurrence_id, people, partial(how_was_it, survey_id=asking.survey_id))
        return more

    async def _say(
        self,
        connection: AsyncConnection,
        date: int,
        people: Sequence[ToTell],
        say: Say,
        *,
        until_it_begins: bool = False,
    ) -> None:
        if not people or date not in self.events:
            return
        # As it is under the lock: what is said is what is kept as told.
        event = await find_event(connection, self.town_id, self.events[date])
        occasion = event.happening.occasion(date) if event else None
        if event is None or occasion is None or event.state == EventState.DRAFT:
            return
        if until_it_begins and self.now >= occasion.starts_at:
            return
        rows = []
        for person in people:
            card = card_of(event, occasion, person.sign_up, person.language, default=self.default, now=self.now)
            card = replace(card, before=person.before, is_elsewhere=person.is_elsewhere)
            rows.append(
                new_delivery(
                    town_id=self.town_id,
                    bot_id=person.bot_id,
                    contact_id=person.contact_id,
                    method="sendMessage",
                    payload=render.message(say(self.texts.speak(person.language), card)),
                    now=datetime.now(UTC),
                    priority=REMINDER,
                    occurrence_id=date,
                    told_sequence=person.sign_up.told_sequence,
                )
            )
        await execute(connection, [Write(INSERT_DELIVERY, rows)])
