"""What every page of the admin works with: the database, the town, our texts, and how a page is drawn."""

from __future__ import annotations

import gettext
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import MediaType, Request, Response
from litestar.utils.scope.state import ScopeState

from admin.access import Everybody, Right, StaffFacts, may_enter
from admin.handing_over.servers import Servers
from admin.sessions import cookie_name, own_cookie
from dialogues.texts import Texts
from storage.database import Database

LANGUAGES = ("de", "en")
"""Of the admin: German first."""
HERE = Path(__file__).parent
_YEAR = 365 * 24 * 60 * 60
_NOTICE_SECONDS = 60
_WARNS = "!"
"""With this begins a notice that warns."""


class NoLinkYetError(Exception):
    """The bot's address is not known yet: Telegram has not answered."""


@lru_cache(maxsize=2 * len(LANGUAGES))
def _catalogue(language: str, german: bytes) -> gettext.NullTranslations:
    """The translations of a language, read once; of English there are none."""
    return gettext.GNUTranslations(BytesIO(german)) if language == "de" else gettext.NullTranslations()


@lru_cache(maxsize=2 * len(LANGUAGES))
def _environment(language: str, german: bytes) -> Environment:
    """Draws pages in a language; each template is compiled once."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_translations(_catalogue(language, german), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"language": language, "static": static_address}
    environment.filters |= {"day": partial(day, language=language), "moment": _moment, "title": title_in(language)}
    return environment


@dataclass(frozen=True, slots=True)
class Site:
    """The admin of one town.

    ``texts``: what residents read, for posters and trials. ``german``: the compiled catalogue of the admin; its
    messages are English sentences. ``link``: the address that a poster's code leads to. ``is_sample``: town and
    residents are invented, and every page says so. ``chat``: where the demo's chat page is. ``secure``: the browser
    sends cookies over HTTPS only; false in the demo. ``servers``: where responses may be handed over to.
    """

    database: Database
    town_id: int
    texts: Texts
    german: bytes
    link: Callable[[str], str]
    is_sample: bool = False
    chat: str | None = None
    secure: bool = True
    servers: Servers = field(default_factory=Servers)
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    access: dict[str, Right | Everybody] = field(default_factory=dict, init=False)
    """Who may enter which page, by its path; the application fills it in."""

    def language(self, request: Request[Any, Any, Any]) -> str:
        """The language of a page: of whoever is signed in, else the one chosen, what the browser prefers, German."""
        user: StaffFacts | None = request.scope.get("user")
        chosen = request.cookies.get(cookie_name("language", secure=self.secure))
        preferred = request.headers.get("accept-language", "")[:2].lower()
        wanted = (user.language if user else None, chosen, preferred)
        return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])

    def say(self, request: Request[Any, Any, Any]) -> Callable[[str], str]:
        """The translator of sentences that do not stand in a template: ``_ = site.say(request)``, then ``_("…")``."""
        return _catalogue(self.language(request), self.german).gettext

    def count(self, request: Request[Any, Any, Any]) -> Callable[[str, str, int], str]:
        """The translator of sentences with a number: ``ngettext = site.count(request)``."""
        return _catalogue(self.language(request), self.german).ngettext

    def page(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any
    ) -> Response[str]:
        """A page in the reader's language.

        In templates: ``_("…")``, ``{% trans %}``, ``user``, ``csrf_token``, ``static("admin.css")``, and the filters
        ``day`` (a date), ``moment`` (a point in time, by the town's clock) and ``title`` (a title by language).
        """
        notice, is_warning = self._notice(request)
        user: StaffFacts | None = request.scope.get("user")
        shared: Mapping[str, Any] = {
            "user": user,
            "is_sample": self.is_sample,
            "chat": self.chat,
            "path": request.url.path,
            "this_page": self._address(request),
            "menu": self._menu(request) if user else [],
            "csrf_token": csrf_token(request),
            "may_manage": may_enter(user, Right.MANAGE),
            "notice": notice,
            "notice_look": "warning" if is_warning else "success",
        }
        environment = _environment(self.language(request), self.german)
        html = environment.get_template(template).render(**{**shared, **context})
        response = Response(html, media_type=MediaType.HTML, status_code=status)
        if notice:
            response.set_cookie(own_cookie("notice", "", secure=self.secure, max_age=0))
        return response

    def _address(self, request: Request[Any, Any, Any]) -> str:
        """The page that a request asks for, to come back to; of what answers a form, the page that the form is on."""
        query = request.scope["query_string"].decode("latin-1")
        own = local_path(f"{request.url.path}?{query}" if query else request.url.path)
        if request.method == "GET":
            return own or "/admin"
        before = came_from(request)
        is_page = request.scope.get("path_template") in self.access
        if own and is_page and (before is None or before.partition("?")[0] != request.url.path):
            return own
        return before or "/admin"

    def _menu(self, request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
        """Addresses and names of the main pages, as far as the reader may enter them."""
        _ = self.say(request)
        named = {
            "/admin": _("Overview"),
            "/admin/surveys": _("Surveys"),
            "/admin/questionnaires": _("Questionnaires"),
            "/admin/events": _("Events"),
            "/admin/broadcasts": _("Messages"),
            "/admin/desk": _("Translations"),
            "/admin/audit": _("Log"),
            "/admin/settings": _("Settings"),
            "/admin/profile": _("Profile"),
        }
        user: StaffFacts | None = request.scope.get("user")
        return [(href, name) for href, name in named.items() if may_enter(user, self.access.get(href))]

    def go_to(self, path: str, *, notice: str = "", is_warning: bool = False) -> Response[None]:
        """Lead on to another page of ours after a form; the next page that is drawn shows ``notice``, once.

        ``is_warning``: not all went as it was meant, so it does not look like a success.
        """
        response: Response[None] = Response(None, status_code=303, headers={"Location": path})
        if notice:
            value = quote(_WARNS * is_warning + notice, safe="")
            response.set_cookie(own_cookie("notice", value, secure=self.secure, max_age=_NOTICE_SECONDS))
        return response

    def _notice(self, request: Request[Any, Any, Any]) -> tuple[str, bool]:
        """What the page before leaves to say, and whether it warns."""
        said = unquote(request.cookies.get(cookie_name("notice", secure=self.secure), ""))
        return said.removeprefix(_WARNS), said.startswith(_WARNS)

    def remember_language(self, response: Response[Any], language: str) -> None:
        """Keep the language for pages that nobody is signed in to read."""
        response.set_cookie(own_cookie("language", language, secure=self.secure, max_age=_YEAR))


def csrf_token(request: Request[Any, Any, Any]) -> str:
    """What a form must send back as ``_csrf_token`` (or a script in the header ``x-csrftoken``); empty: none is set."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


def local_path(address: str | None) -> str | None:
    """The path and query of an address, if it leads to a page of the admin and nowhere else."""
    if not address or any(not " " < letter <= "~" or letter == "\\" for letter in address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not (parts.path == "/admin" or parts.path.startswith("/admin/")):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def came_from(request: Request[Any, Any, Any]) -> str | None:
    """The page of ours that the reader came from; other addresses of the same host are none of ours."""
    for name in ("hx-current-url", "referer"):
        parts = urlsplit(request.headers.get(name, ""))
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if parts.netloc == request.headers.get("host") and (back := local_path(path)):
            return back
    return None


@cache
def static_address(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that a browser may keep it."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:12]}"


def day(value: date, language: str) -> str:
    """A date as it is written in the language of the page."""
    return format_date(value, format="d. MMMM y" if language == "de" else "d MMMM y", locale=language)


def moment(value: datetime, language: str, timezone: str) -> str:
    """A point in time by the town's clock, as it is written in the language of the page."""
    local = value.astimezone(ZoneInfo(timezone))
    clock = format_time(local, format="HH:mm", locale=language)
    return (
        f"{day(local.date(), language)}, {clock} Uhr" if language == "de" else f"{day(local.date(), language)}, {clock}"
    )


@pass_context
def _moment(context: Context, value: datetime) -> str:
    user: StaffFacts = context["user"]
    return moment(value, context["language"], user.timezone)


def title_in(language: str) -> Callable[[Mapping[str, str]], str]:
    """Picks a title for the readers of a language from titles by language."""
    return lambda titles: titles.get(language) or titles.get("") or next(iter(titles.values()), "")
