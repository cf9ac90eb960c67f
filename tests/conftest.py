"""What all tests share: both databases, empty and with the newest schema, and our texts."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from storage.database import Database
from storage.models import Base
from storage.schema import upgrade

POSTGRESQL = os.environ.get("MITSPRACHE_TEST_POSTGRESQL", "postgresql://127.0.0.1:5432/test")
SCHEMA = f"mitsprache_test_{os.getpid()}"

gc.set_threshold(100_000, 20, 20)
"""A test makes many objects, and those that thousands of tests have left are gone through each time."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL schema of our own, dropped at the end; without a server the test is skipped."""
    try:
        connection = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL on 127.0.0.1:5432 (database test): this test ran on SQLite only")
    with connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        yield f"{POSTGRESQL}?options=-csearch_path%3D{SCHEMA}"
        connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mitsprache.sqlite'}"
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once of each kind; on the server a schema that holds nothing yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'mitsprache.sqlite'}"
        return
    own = f"{SCHEMA}_empty"
    url = str(request.getfixturevalue("postgresql")).replace(SCHEMA, own)
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {own} CASCADE")
        connection.execute(f"CREATE SCHEMA {own}")
        yield url
        connection.execute(f"DROP SCHEMA {own} CASCADE")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty embedded database with the newest schema: a copy of it is there at once, the migrations are not."""
    path = tmp_path_factory.mktemp("template") / "mitsprache.sqlite"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await upgrade(database)
        await database.scrub()
        await database.close()

    with ThreadPoolExecutor(1) as pool:  # a loop may be running here already
        pool.submit(asyncio.run, make()).result()
    return path


@pytest.fixture(scope="session")
def sample_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo that has had its first start, to be copied."""
    from wiring.demo import ensure_sample_town  # only here: it takes longer than most runs of a part of the tests
    from wiring.files import load_texts

    among = tmp_path_factory.getbasetemp()
    folder = (among.parent if "PYTEST_XDIST_WORKER" in os.environ else among) / "sample-town"
    folder.mkdir(exist_ok=True)
    with (folder.parent / "sample-town.lock").open("w") as lock, ThreadPoolExecutor(1) as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)  # made once for all processes that test: it takes half a minute
        pool.submit(asyncio.run, ensure_sample_town(folder, load_texts())).result()
    return folder


_migrated: set[str] = set()

_EMPTY = "\n".join(
    (
        "DO $$ BEGIN",
        *(f"{table.delete()};" for table in reversed(Base.metadata.sorted_tables)),
        "PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)",
        "FROM pg_sequences WHERE schemaname = current_schema AND last_value IS NOT NULL;",
        "END $$",
    )
)
"""Makes all tables of a test before us empty, and lets them count from the start again. TRUNCATE would take a new file
for each table and index, and so fifty times as long as it takes to delete the few rows that a test leaves."""


@pytest.fixture
async def database(database_url: str, template: Path) -> AsyncIterator[Database]:
    """An empty database with the newest schema, once of each kind."""
    database = Database(database_url)
    if database.path:
        shutil.copy(template, database.path)
    elif database_url not in _migrated:
        await upgrade(database)
        _migrated.add(database_url)
    try:
        if database.dialect == "postgresql":
            async with database.write() as connection:
                await connection.execute(text(_EMPTY))
        yield database
    finally:
        await database.close()
