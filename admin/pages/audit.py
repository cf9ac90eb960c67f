"""The log: what somebody of the staff did that others may have to answer for."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler

from admin.access import Right, needs
from admin.site import Site
from storage.queries.staff import list_entries

PAGE_SIZE = 50
_LARGEST = 2**53
"""No entry has a larger id."""


def routes(site: Site) -> list[BaseRouteHandler]:
    """The log, newest first."""

    @get("/admin/audit", opt=needs(Right.MANAGE))
    async def log(request: Request[Any, Any, Any]) -> Response[str]:
        before = _number(request.query_params.get("before"))
        async with site.database.read() as connection:
            entries = await list_entries(connection, town_id=site.town_id, before=before, limit=PAGE_SIZE + 1)
        older = entries[PAGE_SIZE - 1].id if len(entries) > PAGE_SIZE else None
        return site.page(
            request,
            "audit.html",
            entries=entries[:PAGE_SIZE],
            older=older,
            is_first=before is None,
            says=says(site, request),
        )

    return [log]


def _number(text: str | None) -> int | None:
    """An id from an address; whatever is none counts as not given."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None
    return min(number, _LARGEST) if number else None


def says(site: Site, request: Request[Any, Any, Any]) -> dict[str, str]:
    """The kinds of entries in words. One that is missing here is shown by its name."""
    _ = site.say(request)
    return {
        "staff.add": _("Account created"),
        "staff.remove": _("Account removed"),
        "staff.password": _("Password changed"),
        "questionnaire.import": _("Questionnaire imported"),
        "survey.draft": _("Survey created"),
        "survey.create": _("Survey created"),
        "survey.change": _("Survey changed"),
        "survey.open": _("Survey opened"),
        "survey.close": _("Survey closed"),
        "survey.discard": _("Draft discarded"),
        "results.release": _("Results released"),
        "texts.release": _("Text released"),
        "texts.show": _("Text released"),
        "texts.hide": _("Text withheld"),
        "rows.export": _("Rows exported"),
    }
