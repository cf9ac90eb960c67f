"""Every page says who may enter, and nobody else can: a walk over all routes of the admin."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
from litestar import Litestar, get
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from admin.access import ACCESS, Everybody, Right, StaffFacts, may_enter
from admin.app import create_admin
from admin.site import Site
from tests.admin.office import Office, heading, hire

PUBLIC = {"/", "/health", "/admin/sign-in", "/admin/sign-out", "/admin/language", "/static/{file_path:path}"}
"""What who is not signed in may use. Anything more is a decision, to be written down here."""


@dataclass(frozen=True)
class Door:
    """A route with its method, and an address that leads to it."""

    path: str
    method: str
    access: object

    @property
    def address(self) -> str:
        return re.sub(r"\{\w+:(\w+)\}", lambda found: {"int": "1", "path": "x"}.get(found[1], "x"), self.path)


def doors(app: Litestar) -> Iterator[Door]:
    for route in app.routes:
        assert isinstance(route, HTTPRoute), f"{route.path}: neither a page nor a file"
        for handler in route.route_handlers:
            assert isinstance(handler, HTTPRouteHandler)
            for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                yield Door(route.path, method, handler.opt.get(ACCESS))


@pytest.fixture
def app(site: Site) -> Litestar:
    return create_admin(site)


@pytest.fixture
async def nobody(site: Site, app: Litestar) -> AsyncIterator[Office]:
    async with Office.at(site, app) as office:
        yield office


async def ask(office: Office, door: Door) -> int:
    if door.method == "GET":
        return (await office.get(door.address)).status_code
    return (await office.send(door.address)).status_code


def test_every_route_names_its_access(app: Litestar) -> None:
    assert [door for door in doors(app) if not isinstance(door.access, Right | Everybody)] == []


def test_what_is_public_is_written_down(app: Litestar) -> None:
    assert {door.path for door in doors(app) if door.access is Everybody.PUBLIC} == PUBLIC


def test_no_page_uses_a_method_that_a_form_cannot_send(app: Litestar) -> None:
    assert {door.method for door in doors(app)} <= {"GET", "POST"}


async def test_who_is_not_signed_in_is_sent_to_the_sign_in_everywhere(app: Litestar, nobody: Office) -> None:
    for door in doors(app):
        if door.access is not Everybody.PUBLIC:
            assert await ask(nobody, door) == 303, door


@pytest.mark.parametrize("rights", [(), ("manage",), ("export",), ("translate",), ("emperor",)])
async def test_nobody_enters_without_the_right(
    site: Site, app: Litestar, nobody: Office, rights: tuple[str, ...]
) -> None:
    await hire(site, rights=rights)
    await nobody.sign_in()
    user = StaffFacts(1, 1, "maria", "de", frozenset(rights), "", "")
    for door in doors(app):
        if door.path in ("/admin/sign-in", "/admin/sign-out") or not isinstance(door.access, Right):
            continue
        refused = await ask(nobody, door) == 403
        assert refused == (not may_enter(user, door.access)), door


async def test_every_form_without_its_token_is_refused_and_changes_nothing(
    site: Site, app: Litestar, nobody: Office
) -> None:
    await hire(site)
    await nobody.sign_in()
    for door in doors(app):
        if door.method != "GET":
            for data in ({}, {"_csrf_token": ""}, {"_csrf_token": "x" * 128}):
                answer = await nobody.client.post(door.address, data=data, follow_redirects=False)
                assert (answer.status_code, heading(answer)) == (403, "Bitte noch einmal absenden"), door
    assert (await nobody.get("/admin")).status_code == 200


async def test_the_menu_shows_only_what_one_may_enter(site: Site, app: Litestar, nobody: Office) -> None:
    await hire(site, "reader", ())
    await nobody.sign_in("reader")
    page = await nobody.read("/admin")
    assert re.findall(r'<li><a href="(/admin[^"]*)"', page) == ["/admin", "/admin/profile"]
    await nobody.send("/admin/sign-out", page="/admin")
    await hire(site, "maria")
    await nobody.sign_in("maria")
    page = await nobody.read("/admin/audit")
    shown = re.findall(r'<li><a href="(/admin[^"]*)"( aria-current="page")?', page)
    assert ("/admin/audit", ' aria-current="page"') in shown
    assert ("/admin", "") in shown


async def test_a_route_without_access_is_open_to_nobody(site: Site, app: Litestar, nobody: Office) -> None:
    @get("/admin/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "secret"

    app.register(forgotten)
    assert (await nobody.get("/admin/forgotten")).status_code == 303
    await hire(site)
    await nobody.sign_in()
    answer = await nobody.get("/admin/forgotten")
    assert (answer.status_code, heading(answer)) == (403, "Diese Seite gehört nicht zu Ihrem Zugang")
    assert "secret" not in answer.text


def test_an_unknown_right_grants_nothing() -> None:
    user = StaffFacts(1, 1, "maria", "de", frozenset({"staff", "public", "access", ""}), "", "")
    assert not any(user.may(right) for right in Right)
    assert not may_enter(user, None)
