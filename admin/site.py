"""What every page of the admin works with: the database, the town, our texts, and how a page is drawn in its language."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response

from admin.access import StaffFacts
from dialogues.texts import Texts
from storage.database import Database

LANGUAGES = ("de", "en")
"""Of the admin: German first."""
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Site:
    """The admin of one town.

    ``texts``: what residents read, for posters and trials. ``german``: the compiled catalogue of the admin; its
    messages are English sentences. ``link``: the address that a poster's code leads to. ``is_sample``: town and
    residents are invented, and every page says so. ``chat``: where the demo's chat page is. ``secure``: the browser
    sends cookies over HTTPS only; false in the demo.
    """

    database: Database
    town_id: int
    texts: Texts
    german: bytes
    link: Callable[[str], str]
    is_sample: bool = False
    chat: str | None = None
    secure: bool = True
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    _environments: dict[str, Environment] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            self._environments[language] = self._environment(language)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        environment.install_gettext_translations(self._catalogue(language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals |= {"language": language, "is_sample": self.is_sample, "chat": self.chat}
        return environment

    def _catalogue(self, language: str) -> gettext.NullTranslations:
        return gettext.GNUTranslations(BytesIO(self.german)) if language == "de" else gettext.NullTranslations()

    def language(self, request: Request[Any, Any, Any]) -> str:
        """The language of a page: of whoever is signed in, else what the browser prefers, else German."""
        user: StaffFacts | None = request.scope.get("user")
        if user is not None:
            return user.language
        preferred = request.headers.get("accept-language", "")[:2].lower()
        return preferred if preferred in LANGUAGES else LANGUAGES[0]

    def say(self, request: Request[Any, Any, Any]) -> Callable[[str], str]:
        """The translator of sentences that do not stand in a template: ``_ = site.say(request)``, then ``_("…")``."""
        return self._catalogue(self.language(request)).gettext

    def page(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **context: Any
    ) -> Response[str]:
        """A page in the reader's language. In templates: ``_("…")``, ``{% trans %}``, ``user``, ``csrf_token``."""
        environment = self._environments[self.language(request)]
        shared: Mapping[str, Any] = {
            "user": request.scope.get("user"),
            "path": request.url.path,
            "csrf_token": csrf_token(request),
        }
        html = environment.get_template(template).render(**shared, **context)
        return Response(html, media_type=MediaType.HTML, status_code=status)


def csrf_token(request: Request[Any, Any, Any]) -> str:
    """What a form must send back as ``_csrf_token`` (or a script in the header ``x-csrftoken``)."""
    from litestar.utils.scope.state import ScopeState

    return str(ScopeState.from_scope(request.scope).csrf_token or "")
