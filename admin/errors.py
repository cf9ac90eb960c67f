"""What a reader sees where something goes wrong: a page that says what to do next, and nothing of our insides."""

from __future__ import annotations

from dataclasses import dataclass
from traceback import extract_tb
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, InternalServerException, NotAuthorizedException
from litestar.response import Redirect
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from admin.pages.sign_in import address_of_sign_in
from admin.site import HERE, NoLinkYetError, Site, came_from, csrf_token, local_path

log = structlog.get_logger()
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_HUNG_UP = "client disconnected prematurely"
"""What Litestar says where a browser breaks a request off, as one does that leaves a page: nothing has failed."""
_LARGEST = "largest_file"
_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)


def largest(size: int) -> dict[str, Any]:
    """The part of a route's ``opt`` that says how large a file may be, in bytes: who sent more reads it."""
    return {_LARGEST: size}


@dataclass(frozen=True, slots=True)
class Mishap:
    """What went wrong, in words, and what to do."""

    title: str
    advice: str


class Errors:
    """Turns exceptions into pages. Registered for every exception of the application."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def page(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """The answer to a request that failed."""
        if isinstance(error, NotAuthorizedException):
            return self._to_sign_in(request)
        status = _status(error)
        if status >= 500:
            _note(error, request)
        mishap = self._no_link(request) if isinstance(error, NoLinkYetError) else self._mishap(request, status)
        shown = self._site.page(request, "error.html", status=status, mishap=mishap, back=came_from(request))
        if isinstance(error, HTTPException) and "allow" in (headers := _lower(error.headers)):
            shown.headers["allow"] = headers["allow"]
        return shown

    def _to_sign_in(self, request: Request[Any, Any, Any]) -> Response[Any]:
        unsaved = request.method not in SAFE_METHODS
        if request.headers.get("hx-request") == "true":
            address = address_of_sign_in(came_from(request), unsaved=unsaved)
            return Response(None, status_code=401, headers={"HX-Redirect": address})
        if not unsaved:
            query = request.scope["query_string"].decode("latin-1")
            back = local_path(f"{request.url.path}?{query}" if query else request.url.path)
        else:
            back = came_from(request)
        return Redirect(address_of_sign_in(back, unsaved=unsaved), status_code=303)

    def _no_link(self, request: Request[Any, Any, Any]) -> Mishap:
        _ = self._site.say(request)
        return Mishap(
            _("Telegram does not answer yet"),
            _("We do not know the address of the bot yet, so no poster can be made. Please try again in a minute."),
        )

    def _mishap(self, request: Request[Any, Any, Any], status: int) -> Mishap:
        _ = self._site.say(request)
        if status == 403 and request.method not in SAFE_METHODS and not csrf_token(request):
            return Mishap(
                _("Please send it once more"),
                _("The page was open for a long time, or we restarted in between. Nothing was changed. Go back, load "
                  "the page anew and send it again."),
            )  # fmt: skip
        handler = request.scope.get("route_handler")
        most = handler.opt.get(_LARGEST) if handler is not None else None
        known = {
            403: Mishap(
                _("This page is not for your account"),
                _("You are signed in, but you lack the right for this. Ask whoever set up your account."),
            ),
            404: Mishap(
                _("This page does not exist"),
                _("Perhaps the address was mistyped, or what stood here is gone. The overview leads on."),
            ),
            405: Mishap(
                _("This address cannot be used like that"),
                _("Please go back to the page before and use its buttons."),
            ),
            413: Mishap(
                _("That is too large"),
                _("A file may have {number} MB at most. Please choose a smaller one.").format(number=most // 1_000_000)
                if most
                else _("The file or the text is larger than we take. Please choose a smaller one."),
            ),
            503: Mishap(
                _("The database does not answer"),
                _("Nothing was changed. Please try again in a minute. If it stays so, tell whoever runs Mitsprache."),
            ),
        }
        if status in known:
            return known[status]
        if status < 500:
            return Mishap(_("We did not understand that"), _("Please go back to the page before and try it again."))
        return Mishap(
            _("Something went wrong on our side"),
            _("It is not your fault, and we noted it. Please try again. If it stays so, tell whoever runs Mitsprache."),
        )


def _status(error: Exception) -> int:
    if isinstance(error, InternalServerException) and error.detail == _HUNG_UP:
        return 400
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, (NoLinkYetError, *_AWAY)) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return 503
    return 500


def _note(error: Exception, request: Request[Any, Any, Any]) -> None:
    """Write down what kind of error it was and where in our code. Its message may quote what somebody wrote."""
    ours = [frame for frame in extract_tb(error.__traceback__) if frame.filename.startswith(str(HERE.parent))]
    last = [f"{frame.filename.removeprefix(str(HERE.parent))}:{frame.lineno}" for frame in ours[-3:]]
    log.error("page failed", kind=type(error).__name__, method=request.method, where=" > ".join(last))


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}
