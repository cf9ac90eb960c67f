"""Reading from a database that may be away for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

PAUSE_SECONDS = 2.0
"""Before work is tried again that the database could not take (full disk, lost connection)."""
Found = TypeVar("Found")
log = structlog.get_logger()


async def read_at_last(database: Database, read: Callable[[AsyncConnection], Awaitable[Found]]) -> Found:
    """What is read, as soon as it can be."""
    while True:
        try:
            async with database.read() as connection:
                return await read(connection)
        except SQLAlchemyError as error:
            log.error("the database cannot be read", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
