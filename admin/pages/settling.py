"""The form of an event: when and where it is, for how many, and what is offered there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_form import MOST_PLACE, MOST_TITLE, place_of
from admin.broadcast_texts import listed, name_in
from admin.event_form import (
    CLOSES,
    MOST_CONTACT,
    MOST_PLACES,
    OFFERS,
    OTHERWISE,
    REMINDERS,
    Moves,
    Typed,
    When,
    at,
    dated,
    fingerprint,
    in_words,
    judge,
    keeps_point,
    like,
    moves,
    read_form,
    settled_of,
    typed_of,
    when_of,
)
from admin.people import to_about
from admin.site import Site
from admin.viewing import Asking, in_order, note, text, texts
from dialogues.event import read_wording
from dialogues.series import Repeats
from storage.models import EventState
from storage.queries.attendance import concerned
from storage.queries.events import EventFacts, find_event, heads, taken_by
from storage.services.events import Settled, change_event

JUDGED = ("day", "begins", "ends", "repeats", "until", "without")
"""The fields of which the dates depend, so they are right when there are dates."""
MOST_TAKEN = 3
"""So many dates of other events at the same place are named."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The form, and the dates that it means while it is filled in."""
    form = _Form(site)

    @get("/admin/events/{event_id:int}/edit", opt=needs(Right.MANAGE))
    async def edit(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        event = await form.find(event_id)
        if event.state == EventState.CANCELLED:
            return form.cancelled(request, event)
        typed = typed_of(event)
        if (original := request.query_params.get("like", "")).isdecimal() and len(original) < 10:
            typed = like(typed, await form.find(int(original)))
        return await form.page(request, event, typed, seen=fingerprint(event))

    @post("/admin/events/{event_id:int}/edit", opt=needs(Right.MANAGE))
    async def change(request: Asking, event_id: FromPath[int]) -> Response[Any]:
        fields, event = await request.form(), await form.find(event_id)
        if event.state == EventState.CANCELLED:
            return form.cancelled(request, event)
        typed = read_form(lambda name: texts(fields, name))
        return await form.save(request, event, typed, seen=text(fields, "seen"), answer=text(fields, "sure"))

    @post("/admin/events/{event_id:int}/edit/dates", status_code=200, opt=needs(Right.MANAGE))
    async def dates(request: Asking, event_id: FromPath[int]) -> Response[str]:
        fields, event = await request.form(), await form.find(event_id)
        typed = read_form(lambda name: texts(fields, name))
        return site.page(request, "events/dates.html", **await form.dates(request, event, typed))

    return [edit, change, dates]


class _Form:
    """Draws and keeps what is settled about an event."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def find(self, event_id: int) -> EventFacts:
        """Raises ``NotFoundException``."""
        async with self.site.database.read() as connection:
            event = await find_event(connection, self.site.town_id, event_id)
        if event is None:
            raise NotFoundException
        return event

    def cancelled(self, request: Asking, event: EventFacts) -> Response[None]:
        _ = self.site.say(request)
        notice = _("This event is cancelled and can no longer be changed. You can duplicate it.")
        return self.site.go_to(f"/admin/events/{event.id}", notice=notice, is_warning=True)

    # --- drawing ---

    async def page(
        self,
        request: Asking,
        event: EventFacts,
        typed: Typed,
        *,
        seen: str,
        faults: Mapping[str, str] | None = None,
        stale: bool = False,
    ) -> Response[str]:
        """The form as it was typed. ``seen``: the state of the event that its writer saw."""
        language = self.site.language(request)
        return self.site.page(
            request,
            "events/form.html",
            status=409 if stale else 422 if faults else 200,
            event=event,
            it=f"/admin/events/{event.id}",
            typed=typed,
            seen=seen,
            faults=faults or {},
            stale=stale,
            repeats=[*Repeats, *([OTHERWISE] if typed.repeats == OTHERWISE else [])],
            closes=sorted({*CLOSES, event.closes_before}),
            offers=sorted({*OFFERS, event.offer_minutes}),
            reminders=sorted({*REMINDERS, *event.reminders}, reverse=True),
            codes=list(in_order(language)),
            own_names=in_order(language),
            named=name_in(language),
            keeps_point=keeps_point(typed, event),
            most_title=MOST_TITLE,
            most_place=MOST_PLACE,
            most_places=MOST_PLACES,
            most_contact=MOST_CONTACT,
            **await self.dates(request, event, typed),
        )

    async def dates(self, request: Asking, event: EventFacts, typed: Typed) -> dict[str, Any]:
        """The dates that the form means as it is, in words; or why it means none. ``judged``: the fields that are right
        by now; ``taken``: what else is at the same place then."""
        _, language, zone = self.site.say(request), self.site.language(request), ZoneInfo(event.zone)
        when = when_of(typed, event, self.site.now(), _) if typed.day else {}
        if not isinstance(when, When):
            no_dates = next(iter(when.values()), "")
            return {"dates": (), "kept": (), "no_dates": no_dates, "idle": "", "judged": (), "taken": ()}
        place, spans = place_of(typed), [(at(start, zone), at(end, zone)) for start, end in when.walls]
        async with self.site.database.read() as connection:
            town_id = self.site.town_id
            taken = await taken_by(connection, town_id, place, spans, besides=event.id) if place else ()
        idle = [f"{each[8:10]}.{each[5:7]}.{each[:4]}" for each in when.idle]
        return {
            "dates": [dated(each, zone, language, _) for each in when.walls],
            "kept": [in_words(each, language, _) for each in when.kept],
            "no_dates": "",
            "idle": listed(idle, language),
            "judged": JUDGED,
            "taken": [(each, in_words(each.walls, language, _)) for each in taken[:MOST_TAKEN]],
        }

    # --- keeping ---

    async def save(self, request: Asking, event: EventFacts, typed: Typed, *, seen: str, answer: str) -> Response[Any]:
        """Keep what was typed, or say why not. ``answer``: to the question whether people shall be told."""
        site, _ = self.site, self.site.say(request)
        settled = judge(typed, event, site.now(), _)
        if not isinstance(settled, Settled):
            return await self.page(request, event, typed, seen=seen, faults=settled)
        if settled == settled_of(event):
            return self._done(request, event)  # sent twice, or nothing was changed
        if fingerprint(event) != seen:
            return await self.page(request, event, typed, seen=fingerprint(event), stale=True)
        if answer == "no":
            return await self.page(request, event, typed, seen=seen)
        moved = moves(event, settled, site.now())
        full = await self._overfull(request, event, settled)
        if event.state == EventState.OPEN and (moved or full) and answer != "yes":
            return await self._ask(request, event, typed, settled, moved, full, seen)
        if await self._keep(request, event.id, settled, seen):
            return self._done(request, event, self._ways(request, event) if moved.is_elsewhere else "")
        event = await self.find(event.id)
        if event.state == EventState.CANCELLED:
            return self.cancelled(request, event)
        return await self.page(request, event, typed, seen=fingerprint(event), stale=True)

    async def _overfull(self, request: Asking, event: EventFacts, settled: Settled) -> list[tuple[str, int]]:
        """The dates for which more persons have a place by now than there shall be places, each with their number."""
        if settled.capacity is None or settled.capacity == event.capacity:
            return []
        site, language, _ = self.site, self.site.language(request), self.site.say(request)
        async with site.database.read() as connection:
            counted = await heads(connection, event.id)
        held = {each: counted[each.id].held for each in event.happening.coming(site.now()) if each.id in counted}
        return [
            (in_words((each.start, each.end), language, _), number)
            for each, number in held.items()
            if number > settled.capacity
        ]

    async def _ask(
        self,
        request: Asking,
        event: EventFacts,
        typed: Typed,
        settled: Settled,
        moved: Moves,
        full: list[tuple[str, int]],
        seen: str,
    ) -> Response[str]:
        """Ask once before people are told that something is different, or there are fewer places than people."""
        site, language, _ = self.site, self.site.language(request), self.site.say(request)
        async with site.database.read() as connection:
            number = await concerned(connection, moved.among)
        return site.page(
            request,
            "events/moved.html",
            event=event,
            is_one_date=False,
            full=full,
            places=settled.capacity,
            ways=self._ways(request, event) if moved.is_elsewhere else "",
            is_step_free=moved.is_elsewhere and settled.offers.step_free,
            it=f"/admin/events/{event.id}",
            action=f"/admin/events/{event.id}/edit",
            hidden=[*typed.fields(), ("seen", seen)],
            people=to_about(number, _) if number else "",
            gone=[in_words((each.start, each.end), language, _) for each in moved.gone],
            new=[dated(each, ZoneInfo(event.zone), language, _) for each in moved.new],
            place_before=event.broadcast.place if moved.is_elsewhere else None,
            place=settled.place if moved.is_elsewhere else None,
        )

    async def _keep(self, request: Asking, event_id: int, settled: Settled, seen: str) -> bool:
        """Keep it, unless the event is not the one that was ``seen``."""
        site = self.site
        async with site.database.write() as connection:
            present = await find_event(connection, site.town_id, event_id, hold=True)
            if present is None or fingerprint(present) != seen:
                return False
            is_kept = await change_event(
                connection,
                town_id=site.town_id,
                event_id=event_id,
                seen=present.broadcast.revision,
                settled=settled,
                now=site.now(),
            )
            if is_kept:
                await note(site, connection, request, "event.change", None, title=settled.title)
        return is_kept

    def _ways(self, request: Asking, event: EventFacts) -> str:
        """The languages of the texts that describe a way without stairs."""
        language, written = self.site.language(request), event.broadcast.texts
        named = name_in(language)
        return listed(
            [named(each) for each in in_order(language) if each in written and _says_way(written[each].text)], language
        )

    def _done(self, request: Asking, event: EventFacts, ways: str = "") -> Response[None]:
        """Go back to the event. ``ways``: the languages whose texts describe the way to where it was before."""
        _ = self.site.say(request)
        if ways:
            words = _(
                "Saved. The place is another one: please check the way without stairs (♿) in the texts: {languages}."
            )
            notice = words.format(languages=ways)
            return self.site.go_to(f"/admin/events/{event.id}", notice=notice, is_warning=True)
        return self.site.go_to(f"/admin/events/{event.id}", notice=_("Saved."))


def _says_way(text: str) -> bool:
    return bool(read_wording(text).way)
