"""One date of a series at another time than the others: asked once, since whoever has signed up for it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.event_form import Typed, dated, in_words, moved_to, read_form
from admin.people import to_about
from admin.site import Site
from admin.viewing import Asking, note, text, texts
from dialogues.event import Occasion, say_clock
from storage.models import EventState
from storage.queries.attendance import concerned
from storage.queries.events import EventFacts, find_event
from storage.services.events import Walls, move_date

_PATH = "/admin/events/{event_id:int}/dates/{date_id:int}/move"


def routes(site: Site) -> list[BaseRouteHandler]:
    """The form with day and times of one date."""

    @get(_PATH, opt=needs(Right.MANAGE))
    async def ask(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        event = await _find(site, event_id, date_id)
        moving = _Moving.of(site, event, date_id)
        return moving.form(request, moving.as_it_is) if moving else _cannot(site, request, event)

    @post(_PATH, opt=needs(Right.MANAGE))
    async def move(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        fields, event = await request.form(), await _find(site, event_id, date_id)
        moving = _Moving.of(site, event, date_id)
        if moving is None or text(fields, "seen") != moving.seen:
            return _cannot(site, request, event)
        read = read_form(lambda name: texts(fields, name))
        typed = Typed(day=read.day, begins=read.begins, ends=read.ends)
        return await moving.save(request, typed, answer=text(fields, "sure"))

    return [ask, move]


async def _find(site: Site, event_id: int, date_id: int) -> EventFacts:
    """Raises ``NotFoundException``."""
    async with site.database.read() as connection:
        event = await find_event(connection, site.town_id, event_id)
    if event is None or event.happening.occasion(date_id) is None:
        raise NotFoundException
    return event


def _cannot(site: Site, request: Asking, event: EventFacts) -> Response[None]:
    """Nothing is moved: this is no date, or not the one that was seen."""
    it, _ = f"/admin/events/{event.id}", site.say(request)
    if event.state == EventState.OPEN and event.rule is None:
        return site.go_to(f"{it}/edit")
    notice = _("Nothing was moved: this date is over, or has been changed or cancelled in the meantime.")
    return site.go_to(it, notice=notice, is_warning=True)


@dataclass(frozen=True, slots=True)
class _Moving:
    """A date of a series that can be moved."""

    site: Site
    event: EventFacts
    date: Occasion

    @classmethod
    def of(cls, site: Site, event: EventFacts, date_id: int) -> _Moving | None:
        """None: it cannot."""
        found = [each for each in event.happening.coming(site.now()) if each.id == date_id]
        can = found and event.rule is not None and event.state == EventState.OPEN
        return cls(site, event, found[0]) if can else None

    @property
    def seen(self) -> str:
        """Stands for the date as it is."""
        return str(self.date.sequence)

    @property
    def as_it_is(self) -> Typed:
        """The form with its day and times."""
        return Typed(day=self.date.start[:10], begins=say_clock(self.date.start), ends=say_clock(self.date.end))

    @property
    def _shared(self) -> dict[str, Any]:
        it = f"/admin/events/{self.event.id}"
        return {"event": self.event, "it": it, "action": f"{it}/dates/{self.date.id}/move"}

    def form(self, request: Asking, typed: Typed, faults: Mapping[str, str] | None = None) -> Response[str]:
        """The form as it was typed."""
        language, _ = self.site.language(request), self.site.say(request)
        return self.site.page(
            request,
            "events/move.html",
            status=422 if faults else 200,
            typed=typed,
            seen=self.seen,
            faults=faults or {},
            codes=(),
            so_far=in_words((self.date.start, self.date.end), language, _),
            **self._shared,
        )

    async def save(self, request: Asking, typed: Typed, *, answer: str) -> Response[Any]:
        """Move it, or say why not. ``answer``: to the question whether people shall be told."""
        site, now, _ = self.site, self.site.now(), self.site.say(request)
        walls = moved_to(typed, self.event, self.date.id, now, _)
        if isinstance(walls, dict):
            return self.form(request, typed, walls)
        if answer == "no":
            return self.form(request, typed)
        if walls == (self.date.start, self.date.end):
            words = _("The date is at this time already. Please choose another day or other times.")
            return self.form(request, typed, {"day": words})
        if answer != "yes":
            return await self._ask(request, typed, walls)
        async with site.database.write() as connection:
            present = await find_event(connection, site.town_id, self.event.id, hold=True)
            is_same = present is not None and self.date in present.occasions
            is_moved = is_same and await move_date(
                connection,
                town_id=site.town_id,
                event_id=self.event.id,
                occurrence_id=self.date.id,
                walls=walls,
                now=now,
            )
            if is_moved:
                title, wall = self.event.broadcast.title, walls[0].replace("T", " ")
                await note(site, connection, request, "event.move_date", None, title=title, wall=wall)
        if not is_moved:
            return _cannot(site, request, self.event)
        notice = _("The date has been moved. Whoever has signed up for it is told.")
        return site.go_to(f"/admin/events/{self.event.id}", notice=notice)

    async def _ask(self, request: Asking, typed: Typed, walls: Walls) -> Response[str]:
        """Ask once before people are told."""
        site, language, _ = self.site, self.site.language(request), self.site.say(request)
        async with site.database.read() as connection:
            number = await concerned(connection, [self.date.id])
        sent = [(name, value) for name, value in typed.fields() if name in ("day", "begins", "ends")]
        return site.page(
            request,
            "events/moved.html",
            is_one_date=True,
            full=(),
            ways="",
            is_step_free=False,
            place_before=None,
            place=None,
            hidden=[*sent, ("seen", self.seen)],
            people=to_about(number, _) if number else "",
            gone=[in_words((self.date.start, self.date.end), language, _)],
            new=[dated(walls, ZoneInfo(self.event.zone), language, _)],
            **self._shared,
        )
