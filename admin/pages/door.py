"""At the door: a page for the phone of whoever receives people. Who is expected, who needs what, who has come.

The page counts on when the connection drops: what was typed waits in it, and is sent again until it has been answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.broadcast_texts import name_in
from admin.event_form import dated
from admin.site import Site, moment
from admin.viewing import Asking, in_order, text
from dialogues.event import Occasion
from dialogues.typed.folding import western_digits
from storage.models import EventState
from storage.queries.attendance import Guest, Preparations, guests, preparations, walk_ins_of
from storage.queries.events import EventFacts, find_event
from storage.queries.town import default_language
from storage.services.door import MOST_AT_ONCE, OPENS_BEFORE, OTHER, Arrival, Entry, Fate, Passing, is_open, record

Say = Callable[[str], str]
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_CODE = re.compile(r"[0-9]{1,12}")
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class _Door:
    """A date with its event, as far as it is asked again and again."""

    event: EventFacts
    occasion: Occasion

    @property
    def it(self) -> str:
        """The address of the event's page."""
        return f"/admin/events/{self.event.id}"

    @property
    def here(self) -> str:
        """The address of this page."""
        return f"{self.it}/dates/{self.occasion.id}/door"

    def is_open(self, now: datetime) -> bool:
        """Whether people can be counted."""
        return self.event.state == EventState.OPEN and is_open(self.occasion, now)


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page at the door, and what it sends."""
    path = "/admin/events/{event_id:int}/dates/{date_id:int}/door"

    @get(path, opt=needs(Right.MANAGE))
    async def show(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        name, _ = name_in(site.language(request)), site.say(request)
        async with site.database.read() as connection:
            door = await _find(site, connection, event_id, date_id)
            counted = await _state(connection, date_id, name, _)
            prepared = await preparations(connection, event_id)
            first = await default_language(connection, site.town_id)
        if not door.is_open(site.now()):
            return _closed(site, request, door)
        walls = (door.occasion.start, door.occasion.end)
        return site.page(
            request,
            "events/door.html",
            event=door.event,
            it=door.it,
            here=door.here,
            date_id=date_id,
            when=dated(walls, ZoneInfo(door.event.zone), site.language(request), _),
            wants=prepared.get(date_id, Preparations()),
            named=name,
            counted=counted,
            tongues=[*((code, name(code)) for code in in_order(first)), (OTHER, "")],
            key=uuid4().hex,
        )

    @post(path, opt=needs(Right.MANAGE))
    async def take(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        is_script = request.headers.get("content-type", "").startswith("application/json")
        entries = _entries_of(await _json(request)) if is_script else _entry_of(await request.form())
        async with site.database.read() as connection:
            door = await _find(site, connection, event_id, date_id)
        if not door.is_open(site.now()):
            return Response({"closed": True}, status_code=409) if is_script else _closed(site, request, door)
        fates: Mapping[str, Fate] = {}
        if entries:  # else the page only asks what others have counted
            async with site.database.write() as connection:
                fates = await record(connection, town_id=site.town_id, occurrence_id=date_id, entries=entries)
        if not is_script:
            return _answer(site, request, door, entries, fates)
        async with site.database.read() as connection:
            state = await _state(connection, date_id, name_in(site.language(request)), site.say(request))
        return Response({**state, "fates": fates}, status_code=200)

    return [show, take]


async def _find(site: Site, connection: AsyncConnection, event_id: int, date_id: int) -> _Door:
    """Raises ``NotFoundException``."""
    event = await find_event(connection, site.town_id, event_id)
    occasion = event.happening.occasion(date_id) if event else None
    if event is None or occasion is None:
        raise NotFoundException
    return _Door(event, occasion)


def _closed(site: Site, request: Asking, door: _Door) -> Response[None]:
    """Say why nobody can be counted now."""
    _ = site.say(request)
    if door.occasion.cancelled:
        notice = _("This date is cancelled: nobody is expected.")
    elif site.now() < door.occasion.starts_at - OPENS_BEFORE:
        opens_at = moment(door.occasion.starts_at - OPENS_BEFORE, site.language(request), request.user.timezone)
        notice = _("The page for the door opens at: {moment}").format(moment=opens_at)
    else:
        notice = _("This date is over, and its list has been wiped. The figures stay.")
    return site.go_to(door.it, notice=notice, is_warning=True)


# --- what the page sends --------------------------------------------------------------------------------------------


async def _json(request: Asking) -> Any:
    try:
        return await request.json()
    except (SerializationException, JSONDecodeError, UnicodeDecodeError, RecursionError):
        return None


def _entries_of(sent: Any) -> list[Entry]:
    """What a page sends, of which nothing is believed; what makes no sense is left out."""
    listed = sent.get("entries") if isinstance(sent, dict) else None
    entries = [_read(each) for each in listed[:MOST_AT_ONCE]] if isinstance(listed, list) else []
    return [each for each in entries if each is not None]


def _read(sent: Any) -> Entry | None:
    if not isinstance(sent, dict):
        return None
    key, code, persons, language = (sent.get(name) for name in ("key", "code", "persons", "language"))
    if not (isinstance(key, str) and _KEY.fullmatch(key)):
        return None
    if isinstance(persons, bool) or not (persons is None or (isinstance(persons, int) and abs(persons) < _MOST)):
        return None
    if isinstance(code, str) and _CODE.fullmatch(code) and (persons is None or persons >= 0):
        return Arrival(key, code, persons)
    if isinstance(language, str) and persons:
        return Passing(key, language, persons)
    return None


def _entry_of(fields: Any) -> list[Entry]:
    """The same of a form, where the browser runs no scripts."""
    persons = text(fields, "persons")
    sent = {
        "key": text(fields, "key"),
        "code": re.sub("[^0-9]", "", western_digits(text(fields, "code"))) or None,
        "persons": int(persons) if re.fullmatch(r"-?[0-9]{1,3}", persons) else None,
        "language": text(fields, "language") or None,
    }
    entry = _read(sent)
    return [entry] if entry else []


def _answer(
    site: Site, request: Asking, door: _Door, entries: Sequence[Entry], fates: Mapping[str, Fate]
) -> Response[None]:
    _ = site.say(request)
    here = door.here
    if not entries:
        return site.go_to(here, notice=_("Please type the number from the chat."), is_warning=True)
    if Fate.UNKNOWN in fates.values():
        return site.go_to(here, notice=_("Nobody on the list has this number."), is_warning=True)
    [entry] = entries
    if isinstance(entry, Arrival) and entry.persons is None:
        return site.go_to(here, notice=_("{code} is not counted any more.").format(code=entry.code))
    return site.go_to(here, notice=_("Counted."))


# --- what the page shows --------------------------------------------------------------------------------------------


async def _state(connection: AsyncConnection, date_id: int, name: Callable[[str], str], _: Say) -> dict[str, Any]:
    """The list and the counts, for the page and for its script."""
    walk_ins = await walk_ins_of(connection, [date_id])
    return {
        "guests": [
            {
                "code": each.code,
                "name": each.name or "",
                "persons": each.persons,
                "children": each.children,
                "needs": _needs(each, name, _),
                "arrived": each.arrived,
            }
            for each in await guests(connection, date_id)
        ],
        "walk_ins": walk_ins.get(date_id, {}),
    }


def _needs(guest: Guest, name: Callable[[str], str], _: Say) -> str:
    said = {
        "interpreter": _("interpreter: {language}").format(language=name(guest.language)),
        "childcare": _("childcare"),
        "wheelchair": _("wheelchair"),
    }
    return ", ".join(said[each] for each in guest.needs if each in said)
