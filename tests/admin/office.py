"""Somebody at a browser in the office: reads pages, sends forms as a page would, follows no redirect unasked."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, Self, cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from admin.access import Right
from admin.app import create_admin
from admin.sessions import cookie_name, hash_password
from admin.site import Site
from dialogues.texts import LANGUAGES, Texts
from storage.database import Database
from storage.services.sessions import Wait, begin_attempt, open_session
from storage.services.staff import add_staff
from storage.services.towns import found_town

LOCALES = Path(__file__).parents[2] / "locales"
PASSWORD = "correct horse battery"
EVERYTHING = (Right.MANAGE, Right.EXPORT)


@cache
def compiled(language: str, domain: str) -> bytes:
    """A catalogue, compiled from its source."""
    with (LOCALES / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


@cache
def texts() -> Texts:
    """What residents read, in all languages."""
    return Texts({language: compiled(language, "mitsprache") for language in LANGUAGES})


@cache
def password_hash(password: str = PASSWORD) -> str:
    """Hashing takes long on purpose: once is enough."""
    return hash_password(password)


class Clock:
    """The admin's clock, which a test can move on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


async def new_site(database: Database, *, clock: Clock | None = None, secure: bool = False, **more: Any) -> Site:
    """The admin of a town that was just founded, without staff."""
    async with database.write() as connection:
        town_id = await found_town(
            connection,
            name="Auenstadt",
            office="Quartiersbüro Nordstadt",
            language="de",
            timezone="Europe/Berlin",
            areas=["Nordstadt", "Hafenviertel"],
        )
    return site_of(database, town_id, clock=clock, secure=secure, **more)


def site_of(database: Database, town_id: int, *, clock: Clock | None = None, secure: bool = False, **more: Any) -> Site:
    """The admin of a town that is there."""
    times: dict[str, Any] = {"now": clock} if clock else {}
    return Site(
        database,
        town_id,
        texts(),
        compiled("de", "admin"),
        link=lambda code: f"https://t.me/the_bot?start={code}",
        secure=secure,
        **times,
        **more,
    )


async def hire(
    site: Site,
    name: str = "maria",
    rights: tuple[str, ...] = EVERYTHING,
    *,
    language: str = "de",
    password: str = PASSWORD,
) -> int:
    """Somebody new of the staff; returns the id."""
    async with site.database.write() as connection:
        return await add_staff(
            connection,
            town_id=site.town_id,
            name=name,
            password_hash=password_hash(password),
            rights=rights,
            language=language,
            today=date(2026, 11, 26),
        )


_idle: list[tuple[Site, Litestar]] = []
"""Applications that no test uses any more. One takes forty times as long to make as a page does."""


@contextmanager
def _lent(site: Site) -> Iterator[Litestar]:
    """An application for a site: one that is idle, or a new one, whose own site takes over all values of this one."""
    found = next((each for each in _idle if each[0].secure == site.secure), None)
    if found:
        _idle.remove(found)
        own, app = found
    else:
        own = replace(site)
        app = create_admin(own)
    site.access.update(own.access)
    for each in fields(Site):
        object.__setattr__(own, each.name, getattr(site, each.name))
    try:
        yield app
    finally:
        _idle.append((own, app))


class Office:
    """A browser with its cookies. Public methods return the answer as it came."""

    def __init__(self, client: AsyncClient, app: Litestar) -> None:
        self.client = client
        self.app = app
        self._token: tuple[tuple[str, ...], str] = ((), "")

    @classmethod
    @asynccontextmanager
    async def at(cls, site: Site, app: Litestar | None = None) -> AsyncIterator[Self]:
        """A browser that nobody has signed in with."""
        base = "https://testserver.local" if site.secure else "http://testserver.local"
        with nullcontext(app) if app else _lent(site) as serving:
            transport = ASGITransport(cast("Any", serving))  # each has its own words for the same thing
            async with AsyncClient(transport=transport, base_url=base) as client:
                yield cls(client, serving)

    async def get(self, path: str, **headers: str) -> Response:
        """Ask for a page. ``headers`` with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, follow_redirects=False, headers=named)

    async def read(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("location"))
        return answer.text

    async def send(
        self, path: str, fields: Mapping[str, Any] | None = None, *, files: Any = None, page: str | None = None
    ) -> Response:
        """Send a form with its token, which is on ``page``, or on any other."""
        token = await self.token(page)
        data = {"_csrf_token": token, **(fields or {})}
        return await self.client.post(path, data=data, files=files, follow_redirects=False)

    async def token(self, page: str | None = None) -> str:
        """What a form of a page sends back. Without ``page``: of any, as long as the browser keeps its cookie."""
        if page is None and self._token[0] == self._forms and self._forms:
            return self._token[1]
        answer = await self.client.get(page or "/admin/sign-in", follow_redirects=True)
        found = re.search(r'name="_csrf_token" value="([^"]+)"', answer.text)
        assert found, (page, answer.status_code)
        self._token = (self._forms, found[1])
        return found[1]

    @property
    def _forms(self) -> tuple[str, ...]:
        """The cookies of forms that the browser has."""
        prefix = f"{cookie_name('form', secure=self.client.base_url.scheme == 'https')}-"
        return tuple(cookie.value or "" for cookie in self.client.cookies.jar if cookie.name.startswith(prefix))

    async def sign_in(self, name: str = "maria", password: str = PASSWORD, **more: str) -> Response:
        """Fill in the form and send it."""
        return await self.send("/admin/sign-in", {"name": name, "password": password, **more})

    async def enter(self, site: Site, staff_id: int) -> None:
        """Be signed in already: comparing a password takes long on purpose, and is tried where signing in is."""
        token = secrets.token_urlsafe()
        async with site.database.write() as connection:
            attempt = await begin_attempt(
                connection, town_id=site.town_id, name="somebody", address="127.0.0.1", now=site.now()
            )
            assert not isinstance(attempt, Wait)
            await open_session(
                connection, town_id=site.town_id, staff_id=staff_id, token=token, attempt=attempt, now=site.now()
            )
        self.client.cookies.set(cookie_name("session", secure=site.secure), token)


def heading(answer: Response) -> str:
    """What stands as the title of a page."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.S)
    return unescape(found[1].strip()) if found else ""
