"""A broadcast as the pages about it see it, and what they share: its town, its passes, where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.broadcast_texts import Surroundings, name_in
from admin.ledger import ACTIVE, Phase, Standing, is_take_back, standing
from admin.site import Site
from admin.viewing import Asking, in_order
from dialogues.wall_clock import QuietHours
from storage.models import EventState, SendingKind
from storage.queries.attendance import state_of
from storage.queries.audience import Audience, Reach, Rules, below, count_audience
from storage.queries.broadcasts import (
    BroadcastFacts,
    SendingFacts,
    SendingRules,
    find_broadcast,
    list_sendings,
    sending_rules,
)
from storage.queries.events import EventFacts, list_events
from storage.queries.town import TownFacts, load_town
from storage.services.broadcasts import change_broadcast
from storage.services.sign_ups import SIGN_UPS_KEPT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A broadcast with its town and what has been sent of it, newest first, trials left out.

    ``event_state``: where the event stands that it invites to; None: it is of no event. ``events``: by id those that
    are open and whose sign-ups are still kept, and those that were chosen.
    """

    broadcast: BroadcastFacts
    town: TownFacts
    rules: SendingRules
    sendings: tuple[SendingFacts, ...]
    event_state: EventState | None = None
    events: Mapping[int, EventFacts] = field(default_factory=dict)

    @property
    def here(self) -> str:
        """The address of its page."""
        return f"/admin/broadcasts/{self.broadcast.id}"

    @property
    def event_page(self) -> str:
        """The address of the event that it invites to; empty: it is of no event."""
        return f"/admin/events/{self.broadcast.event.id}" if self.broadcast.event else ""

    @property
    def zone(self) -> ZoneInfo:
        """Of the town's wall clocks."""
        return ZoneInfo(self.rules.timezone)

    @property
    def surveys(self) -> Mapping[int, Mapping[str, str]]:
        """The titles of the town's surveys by their ids, closed ones included."""
        open_ones = {each.id: each.titles for each in self.town.surveys.values()}
        return open_ones | {each.id: each.titles for each in self.town.closed.values()}

    @property
    def shown_event(self) -> EventFacts | None:
        """The event that a button shows."""
        return self.events.get(self.broadcast.shown_event_id or 0)

    @property
    def passes(self) -> tuple[SendingFacts, ...]:
        """The passes that have written to people or will: not those cancelled before, corrections and take-backs."""
        return tuple(each for each in self.sendings if each.kind == SendingKind.SEND and not each.is_void)

    @property
    def last(self) -> int:
        """The newest pass to people, whatever became of it; 0: there was none."""
        return last_of(self.sendings)

    @property
    def active(self) -> SendingFacts | None:
        """The pass that writes to people and has not ended; there is one at most."""
        return next((each for each in self.passes if each.state in ACTIVE), None)

    @property
    def quiet(self) -> QuietHours:
        """The hours in which nobody is written to."""
        return QuietHours.parse(self.rules.quiet_from, self.rules.quiet_to)

    def around(self, site: Site) -> Surroundings:
        """What its texts are judged by."""
        meant = below(self.town.areas, self.broadcast.audience.areas) or frozenset(self.town.areas)
        names = [area.name for area in self.town.areas.values() if area.id in meant]
        chosen = [area.name for area in self.town.areas.values() if area.id in self.broadcast.audience.areas]
        return Surroundings.of(
            site.texts, self.town.name, names, next(iter(chosen), ""), language=self.town.default_language
        )


async def look_at(site: Site, broadcast_id: int) -> Sheet:
    """A broadcast of the town with everything that its pages say.

    Raises:
        NotFoundException: there is none.
    """
    async with site.database.read() as connection:
        broadcast = await find_broadcast(connection, site.town_id, broadcast_id)
        if broadcast is None:
            raise NotFoundException
        town = await load_town(connection, site.town_id)
        rules = await sending_rules(connection, site.town_id)
        sendings = await list_sendings(connection, site.town_id, broadcast_id=broadcast_id)
        event = broadcast.event
        state = await state_of(connection, site.town_id, event.id) if event else None
        audiences = (broadcast.audience, *(each.audience for each in sendings))
        chosen = {broadcast.shown_event_id, *(each.signed_up for each in audiences)} - {None}
        since = site.now() - SIGN_UPS_KEPT
        events = await list_events(
            connection, site.town_id, since=since, states=[EventState.OPEN], besides=[each for each in chosen if each]
        )
    by_id = {each.id: each for each in events}
    return Sheet(broadcast, town, rules, sendings, EventState(state) if state else None, by_id)


def last_of(sendings: Iterable[SendingFacts]) -> int:
    """The newest pass to people, of passes newest first; 0: there is none."""
    return next((each.id for each in sendings if each.kind == SendingKind.SEND), 0)


def counting(sendings: Iterable[SendingFacts]) -> Mapping[int, SendingFacts]:
    """The pass by which a broadcast stands where it stands, by its id: the one that has not ended, else the newest that
    began; ``sendings`` newest first. A broadcast that is not named is a draft."""
    found: dict[int, SendingFacts] = {}
    for each in sendings:
        if each.kind != SendingKind.SEND or each.is_void:
            continue
        known = found.setdefault(each.broadcast_id, each)
        if each.state in ACTIVE and known.state not in ACTIVE:
            found[each.broadcast_id] = each
    return found


def standings(
    site: Site, request: Asking, sendings: Collection[SendingFacts], rules: SendingRules
) -> Mapping[int, Standing]:
    """Where each of these passes stands, by its id. Take-backs must be among them."""
    gone = {each.original_id for each in sendings if is_take_back(each)}
    now, page, _ = site.now(), site.language(request), site.say(request)
    return {each.id: standing(each, rules, now, page, _, taken_back=each.id in gone) for each in sendings}


def rules_of(sheet: Sheet) -> Rules:
    """Whom a broadcast leaves out, whatever its audience."""
    return Rules(sheet.rules.weekly_share, adults=sheet.broadcast.survey_id is not None)


async def reach_of(site: Site, sheet: Sheet, audience: Audience, *, now: datetime) -> Reach:
    """How many people an audience has at this moment; exact, so it is for nobody's eyes as it is."""
    async with site.database.read() as connection:
        return await count_audience(
            connection,
            town_id=site.town_id,
            audience=audience,
            rules=rules_of(sheet),
            areas=sheet.town.areas,
            now=now,
        )


async def put(connection: AsyncConnection, site: Site, broadcast: BroadcastFacts, **changes: Any) -> bool:
    """Change some of what a broadcast is, unless it is no longer the one that was read."""
    names = (
        "title",
        "audience",
        "fallback",
        "survey_id",
        "shown_event_id",
        "links",
        "place",
        "said_on",
        "attachment_id",
    )
    present = {name: getattr(broadcast, name) for name in names}
    return await change_broadcast(
        connection,
        town_id=site.town_id,
        broadcast_id=broadcast.id,
        seen=broadcast.revision,
        **{**present, **changes},
    )


def shared(site: Site, request: Asking, sheet: Sheet) -> dict[str, Any]:
    """What every page about a broadcast is drawn with."""
    stands, counted = standings(site, request, sheet.sendings, sheet.rules), counting(sheet.sendings)
    main = counted.get(sheet.broadcast.id)
    return {
        "sheet": sheet,
        "broadcast": sheet.broadcast,
        "here": sheet.here,
        "event_page": sheet.event_page,
        "section": "/admin/events" if sheet.event_page else "/admin/broadcasts",
        "codes": list(in_order(sheet.town.default_language)),
        "own_names": in_order(sheet.town.default_language),
        "named": name_in(site.language(request)),
        "standings": stands,
        "main": main,
        "phase": stands[main.id].phase if main else Phase.DRAFT,
        "all_passes": [each for each in sheet.sendings if each.kind == SendingKind.SEND],
    }
