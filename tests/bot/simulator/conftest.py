from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.simulator.world import CLIENTS, Client, World, running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running(tmp_path) as world:
        yield world


@pytest.fixture(params=list(CLIENTS))
async def client(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Client]:
    async with CLIENTS[request.param](world) as client:
        yield client
