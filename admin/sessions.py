"""Who is signed in: the cookie, the password, and the middleware that finds the person for a request.

A token is made at sign-in and nowhere else: a cookie from before it is worth nothing, whoever put it there.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from pwdlib import PasswordHash
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import StaffFacts
from storage.queries.staff import Credentials, Session, find_credentials, find_session
from storage.services import sessions
from storage.services.sessions import Attempt, Wait

if TYPE_CHECKING:  # the site names its cookies by what stands here
    from admin.site import Site

TOKEN_BYTES = 32
MIN_PASSWORD = 12
"""Characters of a password at least."""
MAX_PASSWORD = 1000
MAX_NAME = 100
PROLONG_AFTER = timedelta(minutes=10)
"""A session's end is moved on at most so often: not every page writes."""
_AT_ONCE = 2
"""Passwords that are compared side by side. Each takes 64 MB for a moment: guessing must not eat the machine."""


def cookie_name(name: str, *, secure: bool) -> str:
    """The name of one of our cookies. ``__Host-``: no other host of the domain, and no plain HTTP, can have set it."""
    return f"__Host-mitsprache-{name}" if secure else f"mitsprache-{name}"


def own_cookie(name: str, value: str, *, secure: bool, max_age: int | None = None) -> Cookie:
    """A cookie that no script reads. Without ``max_age`` (seconds) it goes when the browser is closed."""
    return Cookie(
        key=cookie_name(name, secure=secure),
        value=value,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
    )


# --- passwords ------------------------------------------------------------------------------------------------------

_passwords = PasswordHash.recommended()


def hash_password(password: str) -> str:
    """What is stored of a password; takes a noticeable time on purpose."""
    return _passwords.hash(password)


@cache
def _nobodys() -> str:
    """What a password is compared with where there is nobody of that name: it takes the same time."""
    return hash_password(secrets.token_urlsafe(TOKEN_BYTES))


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether a password was right; ``renewed``: a hash of today's strength, if the stored one is weaker."""

    is_right: bool
    renewed: str | None = None


def compare(password: str, stored: str | None) -> Compared:
    """Compare a password with what is stored (None: nobody has that name). Blocks; both ways take the same time."""
    nobodys = _nobodys()
    is_right, renewed = _passwords.verify_and_update(password, stored or nobodys)
    return Compared(is_right and bool(stored), renewed if is_right and stored else None)


# --- signing in and out ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that succeeded: the token for the cookie, and the language of whose it is."""

    token: str
    language: str


class Doorkeeper:
    """Lets the staff of a town in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def sign_in(
        self, *, name: str, password: str, address: str, old_token: str | None, now: datetime
    ) -> SignedIn | Wait | None:
        """Sign somebody in under a fresh token and end the old session. None: name or password is wrong."""
        async with self.site.database.write() as connection:
            attempt = await sessions.begin_attempt(
                connection, town_id=self.site.town_id, name=name, address=address, now=now
            )
        if isinstance(attempt, Wait):
            return attempt
        async with self.site.database.read() as connection:
            found = await find_credentials(connection, town_id=self.site.town_id, name=name)
        async with self._turns:
            compared = await asyncio.to_thread(compare, password, found.password_hash if found else None)
        if found is None or not compared.is_right:
            return None
        token = secrets.token_urlsafe(TOKEN_BYTES)
        async with self.site.database.write() as connection:
            if not await self._still(connection, name, found):
                return None
            if old_token:
                await sessions.close_session(connection, old_token)
            await self._open(connection, found, compared, token, attempt, now)
        return SignedIn(token, found.language)

    async def _still(self, connection: AsyncConnection, name: str, found: Credentials) -> bool:
        """Whether nobody has removed this person, or changed the password, while we compared."""
        now = await find_credentials(connection, town_id=self.site.town_id, name=name)
        return now is not None and now.password_hash == found.password_hash

    async def _open(
        self,
        connection: AsyncConnection,
        found: Credentials,
        compared: Compared,
        token: str,
        attempt: Attempt,
        now: datetime,
    ) -> None:
        if compared.renewed:
            await sessions.renew_password_hash(connection, staff_id=found.staff_id, password_hash=compared.renewed)
        await sessions.open_session(
            connection, town_id=self.site.town_id, staff_id=found.staff_id, token=token, attempt=attempt, now=now
        )

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self.site.database.write() as connection:
            await sessions.close_session(connection, token)

    async def who(self, token: str, now: datetime) -> StaffFacts | None:
        """Whose a token is; None: nobody's. A session in use is prolonged."""
        async with self.site.database.read() as connection:
            session = await find_session(connection, town_id=self.site.town_id, token=token, now=now)
        if session is None:
            return None
        later = min(now + sessions.IDLE, session.began_at + sessions.LONGEST)
        if later - session.ends_at > PROLONG_AFTER:
            async with self.site.database.write() as connection:
                await sessions.prolong_session(connection, token=token, began_at=session.began_at, now=now)
        return _facts(session)


def _facts(session: Session) -> StaffFacts:
    return StaffFacts(
        id=session.staff_id,
        town_id=session.town_id,
        name=session.name,
        language=session.language,
        rights=frozenset(session.rights),
        office=session.office,
        timezone=session.timezone,
        stopped_at=session.stopped_at,
    )


def token_of(cookies: Mapping[str, str], *, secure: bool) -> str | None:
    """The session's token among a request's cookies."""
    return cookies.get(cookie_name("session", secure=secure))


class FindsStaff(ASGIMiddleware):
    """Puts whoever is signed in, or None, into ``scope["user"]``, for all pages below ``/admin``."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self._doorkeeper = doorkeeper
        self._site = doorkeeper.site

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find the person, then go on."""
        user: StaffFacts | None = None
        if f"{scope['path']}/".startswith("/admin/"):
            token = token_of(ASGIConnection[Any, Any, Any, Any](scope).cookies, secure=self._site.secure)
            user = await self._doorkeeper.who(token, self._site.now()) if token else None
        scope["user"] = user
        await next_app(scope, receive, send)
