"""Events: which there are, each with what to do next and who comes; opened, cancelled, duplicated, discarded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.afterwards import ask_afterwards
from admin.broadcast_form import MOST_TITLE
from admin.broadcast_ready import area_names
from admin.broadcast_texts import listed, name_in
from admin.broadcast_view import Sheet, look_at, shared
from admin.event_form import Dated, dated, fingerprint
from admin.importing import Importer
from admin.ledger import ACTIVE, can_be_corrected, is_take_back
from admin.pages import moving, settling
from admin.people import about, by_language, to_about
from admin.site import Site
from admin.viewing import Asking, in_order, note, text
from dialogues.broadcast import Content
from dialogues.event import Occasion
from dialogues.markup import clean
from storage.models import EventState
from storage.queries.attendance import Attendance, Preparations, attendance, concerned, expected, preparations
from storage.queries.events import EventFacts, Head, find_event, heads, list_events
from storage.services.asking import give_up_asking
from storage.services.broadcasts import cancel_sending
from storage.services.door import is_open
from storage.services.events import (
    cancel_date,
    cancel_event,
    discard_event,
    draft_event,
    duplicate_event,
    open_event,
)
from storage.services.surveys import SMALLEST_GROUP

MOST_PAST = 20
"""So many events that are over are listed."""
MOST_DATES_IN_SIGHT = 6
"""So many dates of an event are seen at once, the next ones first."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages of events, their form among them."""
    return [
        *_list(site),
        *_watching(site),
        *settling.routes(site),
        *moving.routes(site),
        *_opening(site),
        *_cancelling(site),
        *_copying(site),
        *_discarding(site),
    ]


# --- which there are ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """An event in a list, with the date it is known by, and how many persons come to that. ``is_past``: no date is left
    that runs or comes."""

    event: EventFacts
    occasion: Occasion | None
    when: str
    expected: int
    is_past: bool


async def next_events(site: Site, request: Asking, most: int) -> list[Row]:
    """The events with sign-up that run or come next."""
    now = site.now()
    async with site.database.read() as connection:
        events = await list_events(connection, site.town_id, since=now, states=[EventState.OPEN])
        told = {each.id: found for each in events if _is_ahead(each, now) and (found := each.told_by(now))}
        first = sorted(told, key=lambda each: told[each].starts_at)[:most]
        coming = await expected(connection, [told[each].id for each in first])
    by_id = {each.id: each for each in events}
    return [_row(site, request, by_id[each], told[each], coming) for each in first]


def _row(site: Site, request: Asking, event: EventFacts, occasion: Occasion | None, coming: Mapping[int, int]) -> Row:
    if occasion is None:
        return Row(event, None, "", 0, is_past=False)
    when = _dated(site, request, event, occasion).words
    return Row(event, occasion, when, coming.get(occasion.id, 0), is_past=not _is_ahead(event, site.now()))


def _list(site: Site) -> list[BaseRouteHandler]:
    async def page(request: Asking, *, fault: str = "", title: str = "") -> Response[str]:
        now = site.now()
        async with site.database.read() as connection:
            events = await list_events(connection, site.town_id)
            told = {each.id: occasion for each in events if (occasion := each.told_by(now))}
            coming = await expected(connection, [each.id for each in told.values()])

        def row(event: EventFacts) -> Row:
            return _row(site, request, event, told.get(event.id), coming)

        ahead = [each for each in events if each.state == EventState.OPEN and _is_ahead(each, now)]
        drafts = [each for each in events if each.state == EventState.DRAFT]
        over = [each for each in events if each not in ahead and each not in drafts]
        return site.page(
            request,
            "events/list.html",
            status=422 if fault else 200,
            ahead=[row(each) for each in sorted(ahead, key=lambda each: told[each.id].starts_at)],
            drafts=[row(each) for each in drafts],
            over=[row(each) for each in over[:MOST_PAST]],
            more=max(0, len(over) - MOST_PAST),
            fault=fault,
            title=title,
            most_title=MOST_TITLE,
        )

    @get("/admin/events", opt=needs(Right.MANAGE))
    async def overview(request: Asking) -> Response[str]:
        return await page(request)

    @post("/admin/events", opt=needs(Right.MANAGE))
    async def create(request: Asking) -> Response[Any]:
        _ = site.say(request)
        title = " ".join(clean(text(await request.form(), "title")).split())
        if not title:
            return await page(request, fault=_("Please give the event a name. Only the office sees it."))
        if len(title) > MOST_TITLE:
            fault = _("Please write at most {number} letters.").format(number=MOST_TITLE)
            return await page(request, fault=fault, title=title)
        zone = request.user.timezone
        async with site.database.write() as connection:
            event_id = await draft_event(connection, town_id=site.town_id, title=title, zone=zone, now=site.now())
            await note(site, connection, request, "event.create", None, title=title)
        return site.go_to(f"/admin/events/{event_id}/edit")

    return [overview, create]


def _is_ahead(event: EventFacts, now: datetime) -> bool:
    return any(not each.cancelled and each.ends_at > now for each in event.occasions)


def _dated(site: Site, request: Asking, event: EventFacts, occasion: Occasion) -> Dated:
    walls = (occasion.start, occasion.end)
    return dated(walls, ZoneInfo(event.zone), site.language(request), site.say(request))


# --- one event ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """An event with its texts and what has been sent of them."""

    event: EventFacts
    sheet: Sheet

    @property
    def it(self) -> str:
        """The address of its page."""
        return f"/admin/events/{self.event.id}"

    @property
    def released(self) -> tuple[str, ...]:
        """The languages of the texts that residents may read."""
        return tuple(each for each, text in self.event.broadcast.texts.items() if text.released and text.text.strip())

    def lacks(self, now: datetime) -> tuple[str, ...]:
        """What is missing before people can sign up: ``date``, ``place``, ``text``."""
        there = {
            "date": bool(self.event.happening.coming(now)),
            "place": self.event.broadcast.place is not None,
            "text": bool(self.released),
        }
        return tuple(name for name, is_there in there.items() if not is_there)


async def look(site: Site, event_id: int) -> Look:
    """An event of the town with what its pages say.

    Raises:
        NotFoundException: there is none.
    """
    async with site.database.read() as connection:
        event = await find_event(connection, site.town_id, event_id)
    if event is None:
        raise NotFoundException
    return Look(event, await look_at(site, event.broadcast_id))


@dataclass(frozen=True, slots=True)
class Line:
    """A date with who comes to it, and who came. ``maybe``: how many may come besides, and ``languages``: how many
    sign-ups there are in each language, in words; ``has_door``: people can be counted now."""

    occasion: Occasion
    when: Dated
    closes_at: datetime
    head: Head
    needs: Preparations
    maybe: str
    languages: str
    came: Attendance
    is_over: bool
    has_door: bool


def _watching(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/events/{event_id:int}", opt=needs(Right.MANAGE))
    async def one(request: Asking, event_id: FromPath[int]) -> Response[str]:
        seen = await look(site, event_id)
        async with site.database.read() as connection:
            counted = await heads(connection, event_id)
            prepared = await preparations(connection, event_id)
            came = await attendance(connection, event_id)
        now = site.now()
        lines = _lines(site, request, seen, counted, prepared, came)
        left = [each for each in lines if each.occasion.ends_at > now and not each.occasion.cancelled]
        rest = [each for each in lines if each not in left]
        return _page(
            site,
            request,
            "events/one.html",
            seen,
            next_dates=left[:MOST_DATES_IN_SIGHT],
            later_dates=left[MOST_DATES_IN_SIGHT:],
            other_dates=rest,
        )

    return [one]


def _lines(
    site: Site,
    request: Asking,
    seen: Look,
    counted: Mapping[int, Head],
    prepared: Mapping[int, Preparations],
    came: Mapping[int, Attendance],
) -> list[Line]:
    name, _, now = name_in(site.language(request)), site.say(request), site.now()
    names = {each: name(each) for each in in_order(seen.sheet.town.default_language)}

    return [
        Line(
            occasion=each,
            when=_dated(site, request, seen.event, each),
            closes_at=seen.event.happening.closes_at(each),
            head=(head := counted.get(each.id, Head())),
            needs=(needs := prepared.get(each.id, Preparations())),
            maybe=about(head.maybe, _) if head.maybe else "",
            languages=by_language(needs.languages, names, _) if needs.languages else "",
            came=came.get(each.id, Attendance()),
            is_over=each.ends_at <= now,
            has_door=seen.event.state == EventState.OPEN and is_open(each, now),
        )
        for each in seen.event.occasions
    ]


def _page(site: Site, request: Asking, template: str, seen: Look, *, status: int = 200, **more: Any) -> Response[str]:
    now, event = site.now(), seen.event
    language = site.language(request)
    told_by = event.told_by(now)
    shown = {
        "event": event,
        "it": seen.it,
        "state": state_of(event, now),
        "lacks": seen.lacks(now),
        "coming": event.happening.coming(now),
        "told_by": _dated(site, request, event, told_by) if told_by else None,
        "released": listed([name_in(language)(each) for each in seen.released], language),
        "interpreters": listed([name_in(language)(each) for each in event.offers.interpreters], language),
        "areas": area_names(seen.sheet, event.broadcast.audience, language),
        "fingerprint": fingerprint(event),
        "changed": False,
        "silent": listed(_silent(event, seen.sheet.town.default_language, name_in(language)), language),
        "is_asked_out": event.survey_id in seen.sheet.town.closed,
        "smallest_group": SMALLEST_GROUP,
        "is_past": not _is_ahead(event, now),
        "outdated": _outdated(event, seen.sheet, now),
    }
    return site.page(request, template, status=status, **{**shared(site, request, seen.sheet), **shown, **more})


def _silent(event: EventFacts, first: str, name: Callable[[str], str]) -> list[str]:
    """The languages whose readers do not see the event: no text is released for them, and none was chosen instead."""
    content = event.broadcast.content(released=True)
    return [name(each) for each in in_order(first) if content.said_in(each) is None]


def _outdated(event: EventFacts, sheet: Sheet, now: datetime) -> int | None:
    """The newest invitation in the chats, or on its way there, that names a date or place that is no longer so and can
    be corrected; None: there is none."""
    back = {each.original_id for each in sheet.sendings if is_take_back(each)}
    at_hand = [each for each in sheet.passes if each.id not in back and can_be_corrected(each, now)]
    return next((each.id for each in at_hand if _is_outdated(each.content, event)), None)


def _is_outdated(said: Content, event: EventFacts) -> bool:
    if said.event is None:
        return False
    named, so = ({(at.start, at.end) for at in each.occasions if not at.cancelled} for each in (said.event, event))
    return said.place != event.broadcast.place or not named <= so


def state_of(event: EventFacts, now: datetime) -> str:
    """Where an event stands for whoever watches it: ``draft``, ``open``, ``over`` or ``cancelled``."""
    return "over" if event.state == EventState.OPEN and not _is_ahead(event, now) else event.state


# --- opening --------------------------------------------------------------------------------------------------------


def _opening(site: Site) -> list[BaseRouteHandler]:
    importer = Importer()

    def no_draft(request: Asking, seen: Look) -> Response[None]:
        _ = site.say(request)
        if seen.event.state == EventState.CANCELLED:
            return site.go_to(seen.it, notice=_("This event is cancelled."), is_warning=True)
        return site.go_to(seen.it, notice=_("This event is open for sign-up already."))

    @get("/admin/events/{event_id:int}/open", opt=needs(Right.MANAGE))
    async def ask_to_open(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        if seen.event.state != EventState.DRAFT:
            return no_draft(request, seen)
        return _page(site, request, "events/open.html", seen)

    @post("/admin/events/{event_id:int}/open", opt=needs(Right.MANAGE))
    async def open_it(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        promised = text(fields, "seen")
        seen = await look(site, event_id)
        if seen.event.state != EventState.DRAFT:
            return no_draft(request, seen)
        if seen.lacks(site.now()):
            return _page(site, request, "events/open.html", seen, status=422)
        async with site.database.write() as connection:
            event = await find_event(connection, site.town_id, event_id, hold=True)
            is_same = event is not None and fingerprint(event) == promised == fingerprint(seen.event)
            is_same = is_same and event is not None and event.broadcast.texts == seen.event.broadcast.texts
            opened = is_same and await open_event(connection, town_id=site.town_id, event_id=event_id, now=site.now())
            if opened:
                await note(site, connection, request, "event.open", None, title=seen.event.broadcast.title)
        _ = site.say(request)
        if opened:
            if text(fields, "ask"):
                await ask_afterwards(site, importer, request, seen.event)  # else a button of the event's page does
            return site.go_to(seen.it, notice=_("The event is open: people can sign up. Now you can invite them."))
        seen = await look(site, event_id)
        if seen.event.state != EventState.DRAFT:
            return no_draft(request, seen)
        return _page(site, request, "events/open.html", seen, status=409, changed=True)

    @post("/admin/events/{event_id:int}/ask", opt=needs(Right.MANAGE))
    async def ask(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen, _ = await look(site, event_id), site.say(request)
        if seen.event.state != EventState.OPEN or seen.event.survey_id is not None:
            return site.go_to(seen.it)
        if await ask_afterwards(site, importer, request, seen.event):
            return site.go_to(seen.it, notice=_("Whoever comes is asked three questions afterwards."))
        return site.go_to(seen.it, notice=_("That did not work now. Please try again in a minute."), is_warning=True)

    return [ask_to_open, open_it, ask]


# --- cancelling -----------------------------------------------------------------------------------------------------


def _cancelling(site: Site) -> list[BaseRouteHandler]:
    def not_open(request: Asking, seen: Look) -> Response[None]:
        _ = site.say(request)
        if seen.event.state == EventState.CANCELLED:
            return site.go_to(seen.it, notice=_("This event is cancelled."), is_warning=True)
        return site.go_to(seen.it, notice=_("This event is not open yet: you can delete the draft."), is_warning=True)

    @get("/admin/events/{event_id:int}/cancel", opt=needs(Right.MANAGE))
    async def ask(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        if seen.event.state != EventState.OPEN:
            return not_open(request, seen)
        people = await _told(site, request, seen.event.happening.coming(site.now()))
        return _page(site, request, "events/cancel.html", seen, people=people, date=None)

    @post("/admin/events/{event_id:int}/cancel", opt=needs(Right.MANAGE))
    async def cancel(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen, now = await look(site, event_id), site.now()
        async with site.database.write() as connection:
            is_done = await cancel_event(connection, town_id=site.town_id, event_id=event_id, now=now)
            if is_done:
                await _call_back(connection, site, seen, now)
                await give_up_asking(connection, town_id=site.town_id, event_id=event_id)
                await note(site, connection, request, "event.cancel", None, title=seen.event.broadcast.title)
        _ = site.say(request)
        if not is_done:
            return not_open(request, await look(site, event_id))
        return site.go_to(seen.it, notice=_("The event is cancelled. Whoever has signed up is told."))

    path = "/admin/events/{event_id:int}/dates/{date_id:int}/cancel"

    @get(path, opt=needs(Right.MANAGE))
    async def ask_about_date(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        found = [each for each in seen.event.happening.coming(site.now()) if each.id == date_id]
        if seen.event.state != EventState.OPEN:
            return not_open(request, seen)
        if not found:
            return gone(request, seen)
        people = await _told(site, request, found)
        date = _dated(site, request, seen.event, found[0])
        return _page(site, request, "events/cancel.html", seen, people=people, date=date, date_id=date_id)

    @post(path, opt=needs(Right.MANAGE))
    async def cancel_one(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        if seen.event.state != EventState.OPEN:
            return not_open(request, seen)
        occasion = seen.event.happening.occasion(date_id)
        if occasion is None:
            raise NotFoundException
        async with site.database.write() as connection:
            is_done = await cancel_date(
                connection, town_id=site.town_id, event_id=event_id, occurrence_id=date_id, now=site.now()
            )
            if is_done:
                title, wall = seen.event.broadcast.title, occasion.start.replace("T", " ")
                await note(site, connection, request, "event.cancel_date", None, title=title, wall=wall)
        _ = site.say(request)
        if not is_done:
            return gone(request, seen)
        return site.go_to(seen.it, notice=_("The date is cancelled. Whoever has signed up for it is told."))

    def gone(request: Asking, seen: Look) -> Response[None]:
        _ = site.say(request)
        return site.go_to(seen.it, notice=_("This date is over, or cancelled already."), is_warning=True)

    return [ask, cancel, ask_about_date, cancel_one]


async def _told(site: Site, request: Asking, occasions: Iterable[Occasion]) -> str:
    """To how many people it goes that these dates are cancelled, in words; empty: nobody has signed up."""
    async with site.database.read() as connection:
        number = await concerned(connection, [each.id for each in occasions])
    return to_about(number, site.say(request)) if number else ""


async def _call_back(connection: AsyncConnection, site: Site, seen: Look, now: datetime) -> None:
    """Send no more invitations to what does not take place."""
    for each in seen.sheet.sendings:
        if each.state in ACTIVE:
            await cancel_sending(connection, town_id=site.town_id, sending_id=each.id, now=now)


# --- duplicating and discarding -------------------------------------------------------------------------------------


def _copying(site: Site) -> list[BaseRouteHandler]:
    @post("/admin/events/{event_id:int}/duplicate", opt=needs(Right.MANAGE))
    async def duplicate(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen, _ = await look(site, event_id), site.say(request)
        title = _("Copy of {title}").format(title=seen.event.broadcast.title)[:MOST_TITLE]
        async with site.database.write() as connection:
            copy = await duplicate_event(
                connection, town_id=site.town_id, event_id=event_id, title=title, now=site.now()
            )
            if copy is None:
                raise NotFoundException
            await note(site, connection, request, "event.duplicate", None, title=title)
        notice = _("This is the copy. It has no day yet, and its texts have to be released again.")
        return site.go_to(f"/admin/events/{copy}/edit?like={event_id}", notice=notice)

    return [duplicate]


def _discarding(site: Site) -> list[BaseRouteHandler]:
    def too_late(request: Asking, seen: Look) -> Response[None]:
        _ = site.say(request)
        if seen.event.state == EventState.DRAFT:
            notice = _("This event cannot be deleted any more: its invitation has been sent.")
        else:
            notice = _("This event cannot be deleted any more: it is open or was. You can cancel it.")
        return site.go_to(seen.it, notice=notice, is_warning=True)

    @get("/admin/events/{event_id:int}/discard", opt=needs(Right.MANAGE))
    async def ask(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        if seen.event.state != EventState.DRAFT or seen.sheet.passes:
            return too_late(request, seen)
        return _page(site, request, "events/discard.html", seen)

    @post("/admin/events/{event_id:int}/discard", opt=needs(Right.MANAGE))
    async def discard(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        seen = await look(site, event_id)
        async with site.database.write() as connection:
            is_gone = await discard_event(connection, town_id=site.town_id, event_id=event_id)
            if is_gone:
                await note(site, connection, request, "event.discard", None, title=seen.event.broadcast.title)
        if not is_gone:
            return too_late(request, seen)
        _ = site.say(request)
        return site.go_to("/admin/events", notice=_("The draft has been deleted."))

    return [ask, discard]
