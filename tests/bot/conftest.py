"""One simulator and one database of each kind for all flows; each test has a town of its own on them.

A module whose tests use these says so: ``pytestmark = pytest.mark.asyncio(loop_scope="session")``.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from functools import cache

import pytest
import pytest_asyncio

from storage.database import Database
from storage.schema import upgrade
from tests.bot.town import Ground, Town, Watch, ground, running

Stored = tuple[Database, Watch]
ON_ONE_DATABASE = pytest.mark.parametrize("stored_in", ["sqlite"], indirect=True, scope="session")
"""For what is said rather than stored: the other flows show that both databases keep it alike."""


@pytest.fixture(scope="session", autouse=True)
def certificates_are_read_once() -> Iterator[None]:
    """Each client reads all certificates there are, and takes a while; nobody here speaks TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with ground(tmp_path_factory.mktemp("ground")) as stood_on:
        yield stood_on


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=["sqlite", "postgresql"])
async def stored_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stored]:
    """A database that many towns share, once of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('towns') / 'mitsprache.sqlite'}"
    else:
        url = request.getfixturevalue("postgresql")
    database = Database(url)
    await upgrade(database)
    watch = Watch(url)
    yield database, watch
    watch.close()
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def town(shared_ground: Ground, stored_in: Stored) -> AsyncIterator[Town]:
    """A town with two quarters whose bot is at work, without limits."""
    async with running(shared_ground, *stored_in) as town:
        yield town
