"""Tables about an event to take along: the attendance figures, and the list of a date."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_texts import name_in
from admin.exports import semicolons
from admin.exports.attendance import Dated, figures, guest_list, write
from admin.exports.file_names import in_letters
from admin.pages.events import look
from admin.site import Site
from admin.viewing import Asking, note
from dialogues.event import Occasion
from storage.queries.attendance import Attendance, Preparations, attendance, guests, preparations
from storage.queries.events import EventFacts
from storage.services.sign_ups import DETAILS_KEPT


def routes(site: Site) -> list[BaseRouteHandler]:
    """Both tables. Who takes the list, which has first names and needs, is in the log."""

    @get("/admin/events/{event_id:int}/attendance", opt=needs(Right.MANAGE))
    async def take_figures(request: Asking, event_id: FromPath[int]) -> Response[str]:
        seen = await look(site, event_id)
        async with site.database.read() as connection:
            came, needs = await attendance(connection, event_id), await preparations(connection, event_id)
        _, title = site.say(request), seen.event.broadcast.title
        kept = site.now() - DETAILS_KEPT
        rows = [
            Dated(title, each, came.get(each.id, Attendance()), needs.get(each.id, Preparations()))
            if each.ends_at >= kept
            else Dated(title, each, came.get(each.id, Attendance()), None)
            for each in seen.event.occasions
        ]
        first = seen.event.occasions[0] if seen.event.occasions else None
        content = "".join(write(figures(name_in(site.language(request)), _), rows))
        return _table(_("sign-ups"), seen.event, first, content)

    @post("/admin/events/{event_id:int}/dates/{date_id:int}/list", opt=needs(Right.MANAGE))
    async def take_list(request: Asking, event_id: FromPath[int], date_id: FromPath[int]) -> Response[Any]:
        seen, _ = await look(site, event_id), site.say(request)
        occasion = seen.event.happening.occasion(date_id)
        if occasion is None:
            raise NotFoundException
        async with site.database.write() as connection:
            listed = await guests(connection, date_id)
            if listed:
                wall = occasion.start.replace("T", " ")
                title = seen.event.broadcast.title
                await note(site, connection, request, "event.list", None, title=title, wall=wall)
        if not listed:
            return site.go_to(seen.it, notice=_("There is no list for this date (any more)."), is_warning=True)
        columns = guest_list(name_in(site.language(request)), _)
        return _table(_("list"), seen.event, occasion, "".join(write(columns, listed)))

    return [take_figures, take_list]


def _table(what: str, event: EventFacts, occasion: Occasion | None, content: str) -> Response[str]:
    """A table, called for example ``anmeldungen-gemeinsam-kochen-2026-11-28.csv``."""
    title = in_letters(event.broadcast.title) or str(event.id)
    name = "-".join((in_letters(what), title, *([occasion.start[:10]] if occasion else [])))
    return Response(
        content,
        media_type=semicolons.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
