"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from admin.access import Everybody, StaffFacts, needs
from admin.sessions import MAX_NAME, MAX_PASSWORD, Doorkeeper, own_cookie, token_of
from admin.site import LANGUAGES, Site, local_path
from storage.queries.town import load_town
from storage.services.sessions import Wait
from storage.services.staff import set_language

PATH = "/admin/sign-in"
_SMALL = 20_000
"""Bytes of a form of ours at most."""


def address_of_sign_in(back: str | None, *, unsaved: bool = False) -> str:
    """Where one signs in and comes back from to the page one wanted. ``unsaved``: a form was sent, and is lost."""
    query = ({"next": back} if back and back != "/admin" else {}) | ({"unsaved": "1"} if unsaved else {})
    return f"{PATH}?{urlencode(query)}" if query else PATH


def routes(site: Site, doorkeeper: Doorkeeper) -> list[BaseRouteHandler]:
    """Signing in and out, and the choice of a language."""

    @get(PATH, opt=needs(Everybody.PUBLIC))
    async def form(request: Request[Any, Any, Any]) -> Response[Any]:
        back = _back(request.query_params.get("next"))
        if request.scope.get("user") is not None:
            return Redirect(back, status_code=303)
        unsaved = "unsaved" in request.query_params
        return site.page(request, "sign_in.html", next=back, name="", problem="", unsaved=unsaved)

    @post(PATH, opt=needs(Everybody.PUBLIC), request_max_body_size=_SMALL)
    async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
        given = await request.form()
        back = _back(_text(given, "next"))
        name, password = _text(given, "name"), _text(given, "password")
        result = None
        if name and len(name) <= MAX_NAME and len(password) <= MAX_PASSWORD:
            result = await doorkeeper.sign_in(
                name=name,
                password=password,
                address=request.client.host if request.client else "",
                old_token=token_of(request.cookies, secure=site.secure),
                now=site.now(),
            )
        if result is None or isinstance(result, Wait):
            problem = await _wait(site, request, result) if result else _wrong(site, request)
            status = 429 if result else 401
            shown = {"next": back, "name": name[:MAX_NAME], "problem": problem, "unsaved": False}
            return site.page(request, "sign_in.html", status=status, **shown)
        entered: Response[Any] = Redirect(back, status_code=303)
        entered.set_cookie(own_cookie("session", result.token, secure=site.secure))
        site.remember_language(entered, result.language)
        return entered

    @post("/admin/sign-out", opt=needs(Everybody.PUBLIC), request_max_body_size=_SMALL)
    async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
        token = token_of(request.cookies, secure=site.secure)
        if token:
            await doorkeeper.sign_out(token)
        _ = site.say(request)
        left = site.go_to(PATH, notice=_("You are signed out."))
        left.set_cookie(own_cookie("session", "", secure=site.secure, max_age=0))
        return left

    @post("/admin/language", opt=needs(Everybody.PUBLIC), request_max_body_size=_SMALL)
    async def language(request: Request[Any, Any, Any]) -> Response[Any]:
        given = await request.form()
        back, wanted = _text(given, "next"), _text(given, "language")
        chosen: Response[Any] = Redirect("/" if back == "/" else _back(back), status_code=303)
        if wanted in LANGUAGES:
            user: StaffFacts | None = request.scope.get("user")
            if user is not None:
                async with site.database.write() as connection:
                    await set_language(connection, staff_id=user.id, language=wanted)
            site.remember_language(chosen, wanted)
        return chosen

    return [form, sign_in, sign_out, language]


def _back(address: str | None) -> str:
    return local_path(address) or "/admin"


def _text(given: Any, name: str) -> str:
    value = given.get(name, "")
    return value if isinstance(value, str) else ""


def _wrong(site: Site, request: Request[Any, Any, Any]) -> str:
    _ = site.say(request)
    return _("Name or password is not right. Please check both and try again.")


async def _wait(site: Site, request: Request[Any, Any, Any], wait: Wait) -> str:
    async with site.database.read() as connection:
        town = await load_town(connection, site.town_id)
    clock = wait.until + timedelta(seconds=59)  # the first full minute in which it is over
    until = clock.astimezone(ZoneInfo(town.timezone)).strftime("%H:%M")
    minutes = max(1, math.ceil((wait.until - site.now()).total_seconds() / 60))
    _ = site.say(request)
    if minutes == 1:
        said = _("Too many attempts. Even with the right password you have to wait one minute (until {clock}).")
    else:
        said = _("Too many attempts. Even with the right password you have to wait {minutes} minutes (until {clock}).")
    return said.format(minutes=minutes, clock=until)
