"""Who may do what: every route names its access, and what names none is open to nobody.

The only place where a right is checked. Signing in and out is ``admin.sessions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

ACCESS = "access"
"""The key in a route's ``opt``."""


class Right(StrEnum):
    """What somebody of the staff may be allowed to do."""

    MANAGE = "manage"
    """Import questionnaires; create, open and close surveys; see results; release free texts; send broadcasts."""
    EXPORT = "export"
    """Take rows out, one line a response."""
    TRANSLATE = "translate"
    """Translate and release texts in one's languages."""


INCLUDED: Mapping[str, frozenset[Right]] = {Right.MANAGE: frozenset({Right.TRANSLATE})}
"""Rights that come with another one."""


class Everybody(StrEnum):
    """Access that needs no right."""

    PUBLIC = "public"
    """Who is not signed in, too."""
    STAFF = "staff"
    """Whoever is signed in."""


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """Somebody of the staff who is signed in (`storage.models.Staff`): ``request.user``."""

    id: int
    town_id: int
    name: str
    language: str
    rights: frozenset[str]
    office: str
    """The neighbourhood office, or the town where it has no name."""
    timezone: str
    """IANA name of the zone of the town's wall clocks."""
    stopped_at: datetime | None = None
    """Since when the bot is stopped (the emergency stop): every page says so."""

    def may(self, right: Right) -> bool:
        """Whether this person has a right, or one that includes it."""
        return right in self.rights or any(right in INCLUDED.get(each, ()) for each in self.rights)


def needs(access: Right | Everybody) -> Mapping[str, Any]:
    """The ``opt`` of a route: ``@get("/admin/surveys", opt=needs(Right.MANAGE))``."""
    return {ACCESS: access}


def may_enter(user: StaffFacts | None, access: Right | Everybody | None) -> bool:
    """Whether somebody (None: nobody is signed in) may enter where this access is needed. None of it: nobody may."""
    if access is Everybody.PUBLIC:
        return True
    if user is None:
        return False
    return access is Everybody.STAFF or (isinstance(access, Right) and user.may(access))


def check_access(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let nobody pass who may not; the guard of the whole application.

    Raises:
        NotAuthorizedException: one must sign in first.
        PermissionDeniedException: one lacks the right, or the route names none.
    """
    user: StaffFacts | None = connection.scope.get("user")
    if may_enter(user, handler.opt.get(ACCESS)):
        return
    if user is None:
        raise NotAuthorizedException("nobody is signed in")
    raise PermissionDeniedException("the right is missing")
