"""The admin of a town for tests: signed out, signed in as somebody who may do everything, and others."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from admin.pages import questionnaires
from admin.site import Site
from storage.database import Database
from tests.admin.office import Clock, Office, hire, new_site
from tests.admin.papers import Remembering


@pytest.fixture(autouse=True)
def each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a file in a process of its own takes long; `test_importing` tries it, and the first test with a file."""
    monkeypatch.setattr(questionnaires, "Importer", Remembering)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site(database: Database, clock: Clock) -> Site:
    """The admin of a town with nobody in it."""
    return await new_site(database, clock=clock)


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Office]:
    """A browser that nobody has signed in with."""
    async with Office.at(site) as office:
        yield office


@pytest.fixture
async def office(site: Site) -> AsyncIterator[Office]:
    """Maria, who may do everything, is signed in."""
    maria = await hire(site)
    async with Office.at(site) as office:
        await office.enter(site, maria)
        yield office


@pytest.fixture
async def english(site: Site) -> AsyncIterator[Office]:
    """Jane, who may do everything, is signed in and reads English."""
    async with Office.at(site) as office:
        await office.enter(site, await hire(site, "jane", language="en"))
        yield office
