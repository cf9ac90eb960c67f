"""One simulator and one database of each kind for all flows; each test has a town of its own on them.

A module whose tests use these says so: ``pytestmark = pytest.mark.asyncio(loop_scope="session")``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot import broadcasts
from storage.database import Database
from storage.schema import upgrade
from tests.bot.town import Ground, Town, Watch, ground, running

Stored = tuple[Database, Watch]
ON_ONE_DATABASE = pytest.mark.parametrize("stored_in", ["sqlite"], indirect=True, scope="session")
"""For what is said rather than stored: the other flows show that both databases keep it alike."""


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
async def town(shared_ground: Ground, stored_in: Stored, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """A town with two quarters whose bot is at work, without limits, and looks for messages to many often."""
    monkeypatch.setattr(broadcasts, "TICK_SECONDS", 0.1)
    async with running(shared_ground, *stored_in) as town:
        yield town
