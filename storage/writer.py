"""One writer commits the finished work of many lanes together.

A transaction a step is what makes a bot slow: each pays for its own commit. Here steps compute in their lanes and hand
their rows to one task, which commits everything that is ready at once; while it commits, the next batch gathers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, whole
from storage.places import Place
from storage.statements import Write, execute

Result = TypeVar("Result")
Unit = Callable[[AsyncConnection], Awaitable[Any]]
GATHER_SECONDS = 0.002
"""How long a transaction waits for company, again and again while some is coming: a lone resident does not notice it,
and under load larger batches gather."""
MOST_GATHERINGS = 6
log = structlog.get_logger()


@dataclass(slots=True)
class _Job:
    writes: Sequence[Write]
    unit: Unit | None
    done: asyncio.Future[Any]


class Writer:
    """Takes work from any task of this process and commits it in order, many pieces a transaction.

    A piece of work that fails (a broken row, a violated constraint) fails alone: its batch is rolled back and each
    piece is tried again by itself.
    """

    def __init__(self, database: Database | Place, *, batch: int = 500) -> None:
        self._database = database
        self._batch = batch
        self._jobs: list[_Job] = []
        self._wake = asyncio.Event()

    async def write(self, writes: Sequence[Write], *, then: Unit | None = None) -> None:
        """Commit rows, and what ``then`` does after them in the same transaction. Returns once they are safe.

        Raises:
            SQLAlchemyError: the rows cannot be stored; nothing of them was, unless the connection was lost.
            StaleRowError: they, or others of theirs, have been stored before.
            ValueError, OverflowError: a row holds a value that no database can.
        """
        await self._hand_in(_Job(writes, then, asyncio.get_running_loop().create_future()))

    async def run(self, unit: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
        """Run a read-then-write inside the writer's transaction, after the rows of its batch; returns its result.

        ``unit`` may be run twice (the first time rolled back), so it changes nothing but the database.
        """
        result: Result = await self._hand_in(_Job((), unit, asyncio.get_running_loop().create_future()))
        return result

    async def _hand_in(self, job: _Job) -> Any:
        self._jobs.append(job)
        self._wake.set()
        return await asyncio.shield(job.done)

    async def serve(self) -> None:
        """Commit what is handed in, until cancelled; a transaction that has begun is brought to its end."""
        while True:
            await self._wake.wait()
            await self._gather()
            self._wake.clear()
            while self._jobs:
                jobs, self._jobs = self._jobs[: self._batch], self._jobs[self._batch :]
                await whole(self._commit_together(jobs))

    async def _gather(self) -> None:
        for _ in range(MOST_GATHERINGS):
            before = len(self._jobs)
            await asyncio.sleep(GATHER_SECONDS)
            if len(self._jobs) == before:
                return

    async def _commit_together(self, jobs: list[_Job]) -> None:
        try:
            results = await self._transact(jobs)
        except Exception as error:
            # Not the database's errors alone: a value that no driver can encode must not stop the work of all others.
            if len(jobs) == 1 or (isinstance(error, DBAPIError) and error.connection_invalidated):
                # On a lost connection the commit may have come through: who handed the work in has to find out.
                for job in jobs:
                    _fail(job, error)
                return
            log.warning("a batch was rolled back and is tried one by one", jobs=len(jobs), error=type(error).__name__)
            for job in jobs:
                await self._commit_together([job])
        else:
            for job, result in zip(jobs, results, strict=True):
                if not job.done.done():
                    job.done.set_result(result)

    async def _transact(self, jobs: list[_Job]) -> list[Any]:
        async with self._database.write() as connection:
            await execute(connection, chain.from_iterable(job.writes for job in jobs))
            return [await job.unit(connection) if job.unit else None for job in jobs]


def _fail(job: _Job, error: Exception) -> None:
    if not job.done.done():
        job.done.set_exception(error)
