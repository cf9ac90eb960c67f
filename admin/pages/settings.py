"""What a town settles about messages of its own accord: quiet hours, weekly share; and the emergency stop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler

from admin.access import Right, needs
from admin.site import Site, local_path
from admin.viewing import Asking, note, text
from storage.queries.broadcasts import sending_rules
from storage.services.broadcasts import go_on, set_rules, stop_everything

MOST_A_WEEK = 50


def routes(site: Site) -> list[BaseRouteHandler]:
    """The settings, and the two buttons of the emergency stop."""
    return [*_rules(site), *_stopping(site)]


def _rules(site: Site) -> list[BaseRouteHandler]:
    def page(request: Asking, typed: Mapping[str, str], faults: Mapping[str, str] | None = None) -> Response[str]:
        return site.page(
            request,
            "settings.html",
            status=422 if faults else 200,
            typed=typed,
            faults=faults or {},
            most=MOST_A_WEEK,
        )

    @get("/admin/settings", opt=needs(Right.MANAGE))
    async def show(request: Asking) -> Response[str]:
        async with site.database.read() as connection:
            rules = await sending_rules(connection, site.town_id)
        share = str(rules.weekly_share)
        return page(request, {"from": rules.quiet_from, "to": rules.quiet_to, "share": share})

    @post("/admin/settings", opt=needs(Right.MANAGE))
    async def keep(request: Asking) -> Response[Any]:
        _, fields = site.say(request), await request.form()
        typed = {name: text(fields, name).strip()[:10] for name in ("from", "to", "share")}
        faults = {
            name: _("Please write a time of day, for example 20:00.")
            for name in ("from", "to")
            if _time_of_day(typed[name]) is None
        }
        share = int(typed["share"]) if re.fullmatch("[0-9]{1,3}", typed["share"]) else -1
        if not 0 <= share <= MOST_A_WEEK:
            faults["share"] = _("Please write a whole number from 0 to {number}.").format(number=MOST_A_WEEK)
        quiet_from, quiet_to = _time_of_day(typed["from"]), _time_of_day(typed["to"])
        if faults or quiet_from is None or quiet_to is None:
            return page(request, typed, faults)
        async with site.database.write() as connection:
            rules = {"quiet_from": quiet_from, "quiet_to": quiet_to}
            await set_rules(connection, town_id=site.town_id, weekly_share=share, **rules)
            await note(
                site, connection, request, "settings.change", None, quiet=f"{quiet_from}–{quiet_to}", share=share
            )
        return site.go_to("/admin/settings", notice=_("Saved."))

    return [show, keep]


def _time_of_day(value: str) -> str | None:
    """``HH:MM``; browsers add seconds now and then."""
    try:
        found = time.fromisoformat(value) if re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?", value, re.ASCII) else None
    except ValueError:
        return None
    return f"{found:%H:%M}" if found else None


def _stopping(site: Site) -> list[BaseRouteHandler]:
    @post("/admin/stop", opt=needs(Right.MANAGE))
    async def stop(request: Asking) -> Response[None]:
        _ = site.say(request)
        async with site.database.write() as connection:
            rules = await sending_rules(connection, site.town_id)
            if rules.stopped_at is None:
                await stop_everything(connection, town_id=site.town_id, now=site.now())
                await note(site, connection, request, "bot.stop", None)
        return site.go_to("/admin", notice=_("Stopped. The bot sends nothing more until you let it."))

    @post("/admin/go-on", opt=needs(Right.MANAGE))
    async def let_go_on(request: Asking) -> Response[None]:
        _, back = site.say(request), local_path(text(await request.form(), "next"))
        async with site.database.write() as connection:
            rules = await sending_rules(connection, site.town_id)
            if rules.stopped_at is not None:
                await go_on(connection, town_id=site.town_id)
                await note(site, connection, request, "bot.go_on", None)
        return site.go_to(back or "/admin", notice=_("The bot sends again."))

    return [stop, let_go_on]
