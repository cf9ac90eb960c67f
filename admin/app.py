"""The web admin as one application: its pages, who may enter them, and the headers of every answer."""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from admin.access import ACCESS, Everybody, check_access, needs
from admin.errors import Errors
from admin.pages import sign_in
from admin.sessions import Doorkeeper, FindsStaff, cookie_name
from admin.site import HERE, Site

PAGES = (
    "overview",
    "audit",
    "questionnaires",
    "surveys",
    "trial",
    "results",
    "texts",
    "posters",
    "rows",
    "handing_over",
    "hand_overs",
    "events",
    "door",
    "attendance",
    "broadcasts",
    "audience",
    "planning",
    "sendings",
    "corrections",
    "settings",
    "desk",
    "profile",
)
"""The modules of `admin.pages` besides the sign-in, which alone needs the doorkeeper."""
MAX_BODY = 1_000_000
"""Bytes of a request; a page that takes files says so with ``request_max_body_size``."""
MAX_ID = 2**31 - 1
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Of every answer. ``data:`` is for pictures only: KERN's stylesheet has its icons inside."""
MOST_OLD_COOKIES = 4
"""Cookies of forms that a browser may keep from earlier processes. Several demos on one machine share them; but with
one more at each restart, the header would one day be too long for a server in front of us."""
KEPT = "public, max-age=31536000, immutable"
"""How long a browser keeps a file that is asked for by its digest (`admin.site.static_address`)."""
KEPT_A_DAY = "public, max-age=86400"
"""Other files: fonts, which the stylesheets name without a digest."""


def create_admin(site: Site) -> Litestar:
    """The admin of a town."""
    doorkeeper = Doorkeeper(site)
    forms = _against_forgery(secure=site.secure)
    app = Litestar(
        [*sign_in.routes(site, doorkeeper), *_pages(site), _anything_else(), _files()],
        guards=[check_access, _ids_exist],
        middleware=[FindsStaff(doorkeeper)],
        csrf_config=forms,
        exception_handlers={Exception: Errors(site).page},
        before_send=[_secure_headers if site.secure else _headers, partial(_tidy_cookies, forms)],
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )
    site.access.update(
        (route.path, handler.opt[ACCESS])
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "GET" in handler.http_methods and ACCESS in handler.opt
    )
    return app


def _pages(site: Site) -> Sequence[BaseRouteHandler]:
    found: list[BaseRouteHandler] = []
    for name in PAGES:
        if find_spec(f"admin.pages.{name}") is not None:
            found += importlib.import_module(f"admin.pages.{name}").routes(site)
    return found


def _anything_else() -> BaseRouteHandler:
    """What is no page of ours is said by us, so that the menu stands beside it."""

    @get("/admin/{rest:path}", opt=needs(Everybody.STAFF))
    async def nowhere(request: Request[Any, Any, Any]) -> Response[None]:  # noqa: ARG001 (the path needs a handler)
        raise NotFoundException

    return nowhere


def _files() -> Any:
    return create_static_files_router(path="/static", directories=[HERE / "static"], opt=dict(needs(Everybody.PUBLIC)))


def _against_forgery(*, secure: bool) -> CSRFConfig:
    """A secret for this process only. Its digest is in the cookie's name: one of an earlier process is not mistaken.

    Otherwise a cookie signed with the old secret would stay in the browser, never be replaced, and refuse every form.
    """
    secret = secrets.token_hex(32)
    mark = sha256(f"name:{secret}".encode()).hexdigest()[:12]
    return CSRFConfig(
        secret=secret,
        cookie_name=f"{cookie_name('form', secure=secure)}-{mark}",
        cookie_secure=secure,
        cookie_httponly=True,
        cookie_samesite="lax",
    )


def _ids_exist(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:  # noqa: ARG001
    """A number in an address that no id can be: the databases would not say "not found" but fail."""
    if any(isinstance(value, int) and not 0 < value <= MAX_ID for value in connection.path_params.values()):
        raise NotFoundException


async def _headers(message: Message, scope: Scope) -> None:
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers[name] = value
    headers["Cache-Control"] = _cache_control(scope, message["status"])


async def _secure_headers(message: Message, scope: Scope) -> None:
    await _headers(message, scope)
    if message["type"] == "http.response.start":
        MutableScopeHeaders.from_message(message)["Strict-Transport-Security"] = "max-age=31536000"


async def _tidy_cookies(forms: CSRFConfig, message: Message, scope: Scope) -> None:
    """Take the cookies of earlier processes' forms out of the browser when they have become many."""
    if message["type"] != "http.response.start" or not scope["path"].startswith("/admin"):
        return
    kind = forms.cookie_name.rpartition("-")[0] + "-"
    cookies = ASGIConnection[Any, Any, Any, Any](scope).cookies
    old = [name for name in cookies if name.startswith(kind) and name != forms.cookie_name]
    if len(old) > MOST_OLD_COOKIES:
        headers = MutableScopeHeaders.from_message(message)
        for name in old:
            gone = Cookie(key=name, value="", max_age=0, path="/", secure=forms.cookie_secure, httponly=True)
            headers.add("set-cookie", gone.to_header(header=""))


def _cache_control(scope: Scope, status: int) -> str:
    if not scope["path"].startswith("/static/") or status != 200:
        return "no-store"
    return KEPT if scope["query_string"].startswith(b"v=") else KEPT_A_DAY
