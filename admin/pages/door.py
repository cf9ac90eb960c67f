"""At the door: a page for the phone of whoever receives people. Who is expected, who needs what, who has come.

The page counts on when the connection drops: what was typed waits in it, and is sent again until it has been answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_texts import name_in
from admin.event_form import Dated, dated
from admin.pages.events import Look, look
from admin.site import Site, moment
from admin.viewing import Asking, in_order, text
from dialogues.event import Occasion
from dialogues.typed.folding import western_digits
from storage.queries.attendance import Guest, Preparations, guests, preparations, walk_ins_of
from storage.services.door import MOST_AT_ONCE, OPENS_BEFORE, OTHER, Arrival, Entry, Fate, Passing, is_open, record

Say = Callable[[str], str]
_KEY = re.compile(r"[0-9A-Za-z-]{8,64}")
_CODE = re.compile(r"[0-9]{1,8}")
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class _Door:
    """A date with its list as it is now."""

    seen: Look
    occasion: Occasion
    when: Dated
    guests: Sequence[Guest]
    walk_ins: Mapping[str, int]
    needs: Preparations


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page at the door, and what it sends."""
    path = "/admin/events/{event_id:int}/dates/{date_id:int}/door"

    @get(path, opt=needs(Right.MANAGE))
    async def show(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        door = await _look(site, request, event_id, date_id)
        if not is_open(door.occasion, site.now()):
            return _closed(site, request, door)
        name, _ = name_in(site.language(request)), site.say(request)
        return site.page(
            request,
            "events/door.html",
            event=door.seen.event,
            it=door.seen.it,
            here=f"{door.seen.it}/dates/{date_id}/door",
            date_id=date_id,
            when=door.when,
            wants=door.needs,
            named=name,
            counted=_state(door, name, _),
            tongues=[*((code, name(code)) for code in in_order(door.seen.sheet.town.default_language)), (OTHER, "")],
            key=uuid4().hex,
        )

    @post(path, opt=needs(Right.MANAGE))
    async def take(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        door = await _look(site, request, event_id, date_id)
        is_script = request.headers.get("content-type", "").startswith("application/json")
        entries = _entries_of(await _json(request)) if is_script else _entry_of(await request.form())
        if not is_open(door.occasion, site.now()):
            return Response({"closed": True}, status_code=409) if is_script else _closed(site, request, door)
        fates: Mapping[str, Fate] = {}
        if entries:  # else the page only asks what others have counted
            async with site.database.write() as connection:
                fates = await record(connection, town_id=site.town_id, occurrence_id=date_id, entries=entries)
        if not is_script:
            return _answer(site, request, door, entries, fates)
        door = await _look(site, request, event_id, date_id)
        name, _ = name_in(site.language(request)), site.say(request)
        return Response({**_state(door, name, _), "fates": fates}, status_code=200)

    return [show, take]


async def _look(site: Site, request: Asking, event_id: int, date_id: int) -> _Door:
    seen = await look(site, event_id)
    occasion = seen.event.happening.occasion(date_id)
    if occasion is None:
        raise NotFoundException
    async with site.database.read() as connection:
        listed = await guests(connection, date_id)
        walk_ins = await walk_ins_of(connection, [date_id])
        prepared = await preparations(connection, event_id)
    return _Door(
        seen=seen,
        occasion=occasion,
        when=dated(
            (occasion.start, occasion.end), ZoneInfo(seen.event.zone), site.language(request), site.say(request)
        ),
        guests=listed,
        walk_ins=walk_ins.get(date_id, {}),
        needs=prepared.get(date_id, Preparations()),
    )


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
    return site.go_to(door.seen.it, notice=notice, is_warning=True)


# --- what the page sends --------------------------------------------------------------------------------------------


async def _json(request: Asking) -> Any:
    try:
        return await request.json()
    except (SerializationException, JSONDecodeError, UnicodeDecodeError):
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
    if isinstance(code, str) and _CODE.fullmatch(code):
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
    here = f"{door.seen.it}/dates/{door.occasion.id}/door"
    if not entries:
        return site.go_to(here, notice=_("Please type the number from the chat."), is_warning=True)
    if Fate.UNKNOWN in fates.values():
        return site.go_to(here, notice=_("Nobody on the list has this number."), is_warning=True)
    return site.go_to(here, notice=_("Counted."))


# --- what the page shows --------------------------------------------------------------------------------------------


def _state(door: _Door, name: Callable[[str], str], _: Say) -> dict[str, Any]:
    """The list and the counts, for the page and for its script."""
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
            for each in door.guests
        ],
        "walk_ins": dict(door.walk_ins),
    }


def _needs(guest: Guest, name: Callable[[str], str], _: Say) -> str:
    said = {
        "interpreter": _("interpreter: {language}").format(language=name(guest.language)),
        "childcare": _("childcare"),
        "wheelchair": _("wheelchair"),
    }
    return ", ".join(said[each] for each in guest.needs if each in said)
