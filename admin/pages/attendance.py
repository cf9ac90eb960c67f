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
from admin.exports.attendance import figures, guest_list, write
from admin.pages.events import look
from admin.site import Site
from admin.viewing import Asking, note
from storage.queries.attendance import Attendance, attendance, guests


def routes(site: Site) -> list[BaseRouteHandler]:
    """Both tables. Who takes the list, which has first names and needs, is in the log."""

    @get("/admin/events/{event_id:int}/attendance", opt=needs(Right.MANAGE))
    async def take_figures(request: Asking, event_id: FromPath[int]) -> Response[str]:
        seen = await look(site, event_id)
        async with site.database.read() as connection:
            came = await attendance(connection, event_id)
        columns = figures(name_in(site.language(request)), site.say(request))
        rows = [(each, came.get(each.id, Attendance())) for each in seen.event.occasions]
        return _table(f"attendance-{event_id}", "".join(write(columns, rows)))

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
        return _table(f"list-{occasion.start[:10]}", "".join(write(columns, listed)))

    return [take_figures, take_list]


def _table(name: str, content: str) -> Response[str]:
    return Response(
        content,
        media_type=semicolons.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
