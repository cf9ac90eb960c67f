"""The front page, the overview after signing in, and whether all is well, for machines."""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.handlers import BaseRouteHandler
from sqlalchemy.exc import SQLAlchemyError

from admin.access import Everybody, Right, may_enter, needs
from admin.broadcast_view import standings
from admin.ledger import fewest_told
from admin.pages.events import next_events
from admin.site import Site
from admin.viewing import phase_of
from storage.queries.broadcasts import doubtful_sendings, sending_rules, unfinished_sendings
from storage.queries.state import load_state
from storage.queries.surveys import list_surveys

MOST_EVENTS = 3
"""So many events that come next are named."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The front page, the overview, and /health."""

    @get("/", opt=needs(Everybody.PUBLIC))
    async def front(request: Request[Any, Any, Any]) -> Response[str]:
        return site.page(request, "front.html")

    @get("/admin", opt=needs(Everybody.STAFF))
    async def overview(request: Request[Any, Any, Any]) -> Response[str]:
        async with site.database.read() as connection:
            state = await load_state(connection, now=site.now())
            surveys = await list_surveys(connection, site.town_id)
            passes = await unfinished_sendings(connection, site.town_id)
            doubtful = await doubtful_sendings(connection, site.town_id, now=site.now())
            rules = await sending_rules(connection, site.town_id)
        listed = [(each, phase_of(each, site.now())) for each in surveys]
        links = may_enter(request.scope.get("user"), site.access.get("/admin/surveys/{survey_id:int}"))
        stands = standings(site, request, [each for _title, each in passes], rules)
        messages = [(title, each.id, stands[each.id]) for title, each in passes]
        may_manage = may_enter(request.scope.get("user"), Right.MANAGE)
        events = await next_events(site, request, MOST_EVENTS) if may_manage else []
        doubts = [(title, each.id) for title, each, number in doubtful if number >= fewest_told(each)]
        return site.page(
            request,
            "overview.html",
            state=state,
            surveys=listed,
            links=links,
            messages=messages,
            doubts=doubts,
            events=events,
        )

    @get("/health", media_type=MediaType.JSON, opt=needs(Everybody.PUBLIC))
    async def health() -> Response[dict[str, str]]:
        try:
            async with site.database.read() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return Response({"status": "the database does not answer"}, status_code=503)
        return Response({"status": "ok"})

    return [front, overview, health]
