"""The schema's versions: bring a database to the newest one, and ask which it has."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, to: str = "head") -> None:
    """Run the migrations that a database lacks, up to one of them."""

    def run(connection: Connection) -> None:
        command.upgrade(_config(connection), to)

    async with database.write() as connection:
        await connection.run_sync(run)


async def is_current(database: Database) -> bool:
    """Whether a database has the newest schema."""

    def heads(connection: Connection) -> set[str]:
        return set(MigrationContext.configure(connection).get_current_heads())

    async with database.read() as connection:
        return await connection.run_sync(heads) == set(ScriptDirectory.from_config(_config()).get_heads())


async def draft(database: Database, message: str) -> None:
    """Write a new migration from the difference between the models and ``database`` (for developers)."""

    def run(connection: Connection) -> None:
        command.revision(_config(connection), message, autogenerate=True)

    async with database.write() as connection:
        await connection.run_sync(run)
