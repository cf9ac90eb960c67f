"""What all tests share: both databases, empty and with the newest schema, and our texts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from storage.database import Database
from storage.models import Base
from storage.schema import upgrade

POSTGRESQL = os.environ.get("MITSPRACHE_TEST_POSTGRESQL", "postgresql://127.0.0.1:5432/test")
SCHEMA = f"mitsprache_test_{os.getpid()}"


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


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the newest schema, once of each kind."""
    database = Database(database_url)
    await upgrade(database)
    try:
        if database.dialect == "postgresql":
            async with database.write() as connection:
                tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
                await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        yield database
    finally:
        await database.close()
