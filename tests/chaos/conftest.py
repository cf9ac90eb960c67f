"""A town of 3,000 for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.chaos.city import City
from tests.chaos.city import city as built


@pytest.fixture
async def city(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[City]:
    """A town on each kind of database, which nobody serves yet."""
    async with built(tmp_path, database, database_url) as city:
        yield city
