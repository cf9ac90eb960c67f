"""Carries hand-overs on in the background, a few responses at a time, and takes them up again after a restart.

The mark "started" is committed before a request, its outcome after it. What lies between the two when a process is
killed goes again under the same id; the server recognises it. Logs say kinds of ends, never an address or an answer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.exports.rows import RefusedError
from admin.handing_over.leaving import EncryptedError, Leaving, NotClosedError, leaving
from admin.handing_over.openrosa import PATIENCE_SECONDS, Server, UnusableError
from admin.handing_over.servers import BadAddressError, Servers
from dialogues.forms import FormError
from storage.database import Database, whole
from storage.models import ItemState
from storage.services import carrying, handing_over
from storage.services.carrying import Outcome, Portion
from storage.services.handing_over import Reason

LOOK_SECONDS = 2.0
"""So often we look for something to carry on."""
AT_ONCE = 4
"""Responses on their way at the same time, to one server."""
MOST_AT_ONCE = 3
"""Hand-overs that one process carries at the same time."""
HELD_FOR = timedelta(seconds=60)
"""So long nobody else takes up what we carry; said anew while we are at it."""
HOLD_AGAIN_SECONDS = 20.0
REST = timedelta(seconds=30)
"""How long we leave a hand-over alone whose outcomes the database did not take: they would be sent in vain again."""
Result = TypeVar("Result")
log = structlog.get_logger()


class Carrier:
    """Hands over for one town until cancelled: ``async with carrier.at_work()``."""

    def __init__(
        self,
        database: Database,
        town_id: int,
        servers: Servers,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """``patience``: seconds for one request."""
        self._database = database
        self._town_id = town_id
        self._servers = servers
        self._now = now
        self._patience = patience
        self._name = secrets.token_hex(8)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._resting: dict[int, datetime] = {}

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Work in the background; at the end what is under way is cut off, for the next process to take up."""
        task = asyncio.create_task(self._serve())
        try:
            yield
        finally:
            for each in (task, *self._tasks.values()):
                each.cancel()
            await asyncio.gather(task, *self._tasks.values(), return_exceptions=True)

    async def _serve(self) -> None:
        while True:
            try:
                await self._look()
            except SQLAlchemyError as error:
                log.error("hand-overs cannot be read", error=type(error).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        for hand_over_id in await self._due():
            if len(self._tasks) < MOST_AT_ONCE and hand_over_id not in self._tasks:
                task = asyncio.create_task(self._carry(hand_over_id))
                self._tasks[hand_over_id] = task
                task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks = {key: each for key, each in self._tasks.items() if each is not task}

    async def carry_all(self) -> None:
        """Carry on what is due now, one after the other, until nothing is."""
        while found := await self._due():
            for hand_over_id in found:
                await self._carry(hand_over_id)

    async def _due(self) -> tuple[int, ...]:
        now = self._now()
        async with self._database.read() as connection:
            unbegun = await handing_over.unbegun(connection, town_id=self._town_id, now=now)
            found = await carrying.due(connection, town_id=self._town_id, runner=self._name, now=now)
        if unbegun:
            await self._write(lambda each: handing_over.forget_unbegun(each, town_id=self._town_id, now=now))
        return tuple(each for each in found if self._resting.get(each, now) <= now)

    async def _write(self, unit: Callable[[AsyncConnection], Coroutine[Any, Any, Result]]) -> Result:
        async def work() -> Result:
            async with self._database.write() as connection:
                return await unit(connection)

        return await whole(work())

    # --- one hand-over ---

    async def _carry(self, hand_over_id: int) -> None:
        """Carry one on until nothing can be sent now."""
        try:
            async with AsyncExitStack() as stack:
                ways: tuple[Server, Leaving] | None = None
                while portion := await self._claim(hand_over_id):
                    async with self._holding(hand_over_id):
                        outcomes: Mapping[UUID, Outcome]
                        try:
                            ways = ways or await self._open(stack, portion)
                            outcomes = await self._send(portion, *ways)
                        except UnusableError as error:
                            stops = None if error.is_trouble else error.reason
                            outcomes = _all(
                                portion, ItemState.WAITING, error.said, is_trouble=error.is_trouble, stops=stops
                            )
                        except SQLAlchemyError:
                            raise
                        except Exception as error:
                            log.error("responses could not be handed over", error=type(error).__name__)
                            outcomes = _all(portion, ItemState.UNCERTAIN, None, is_trouble=True, stops=None)
                    await self._settle(hand_over_id, outcomes)
        except Exception as error:
            log.error("a hand-over was interrupted", error=type(error).__name__)
            self._resting[hand_over_id] = self._now() + REST
        finally:
            with suppress(SQLAlchemyError):
                await self._write(lambda each: carrying.let_go(each, hand_over_id=hand_over_id, runner=self._name))

    async def _claim(self, hand_over_id: int) -> Portion | None:
        return await self._write(
            lambda each: carrying.claim(
                each,
                hand_over_id=hand_over_id,
                runner=self._name,
                most=AT_ONCE,
                now=self._now(),
                held_for=HELD_FOR,
            )
        )

    async def _settle(self, hand_over_id: int, outcomes: Mapping[UUID, Outcome]) -> None:
        await self._write(
            lambda each: carrying.settle(
                each, hand_over_id=hand_over_id, runner=self._name, outcomes=outcomes, now=self._now()
            )
        )
        stopped = next((each.stops for each in outcomes.values() if each.stops), None)
        if stopped:
            log.warning("a hand-over was stopped", reason=stopped.value)

    @asynccontextmanager
    async def _holding(self, hand_over_id: int) -> AsyncIterator[None]:
        task = asyncio.create_task(self._hold(hand_over_id))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _hold(self, hand_over_id: int) -> None:
        while True:
            await asyncio.sleep(HOLD_AGAIN_SECONDS)
            with suppress(SQLAlchemyError):
                await self._write(
                    lambda each: carrying.keep_hold(
                        each, hand_over_id=hand_over_id, runner=self._name, now=self._now(), held_for=HELD_FOR
                    )
                )

    async def _open(self, stack: AsyncExitStack, portion: Portion) -> tuple[Server, Leaving]:
        """Ask what may leave, and the server to let us in.

        Raises:
            UnusableError: one of the two says no.
        """
        try:
            place = self._servers.place(portion.access.address)
        except BadAddressError:
            raise UnusableError(Reason.NOT_ALLOWED) from None
        try:
            found = await leaving(
                self._database,
                self._town_id,
                portion.survey_id,
                form_id=portion.form_id,
                form_version=portion.form_version,
                with_files=portion.with_files,
            )
        except (RefusedError, NotClosedError, EncryptedError, FormError):
            raise UnusableError(Reason.NOT_CLOSED) from None
        if found is None:
            raise UnusableError(Reason.NOT_CLOSED)
        server = await stack.enter_async_context(Server(place, portion.access, patience=self._patience))
        await server.greet()
        return server, found

    async def _send(self, portion: Portion, server: Server, found: Leaving) -> Mapping[UUID, Outcome]:
        submissions = await found.submissions(self._database, portion.items)
        ids = [each.response_id for each in portion.items if each.response_id in submissions]
        taken = await asyncio.gather(
            *(server.take(submissions[each].xml, submissions[each].attachments) for each in ids)
        )
        gone = {each.response_id: Outcome(ItemState.REFUSED) for each in portion.items}
        return {**gone, **dict(zip(ids, taken, strict=True))}


def _all(
    portion: Portion, state: ItemState, said: str | None, *, is_trouble: bool, stops: Reason | None
) -> Mapping[UUID, Outcome]:
    """The same for all of them."""
    outcome = Outcome(state, reason=said, is_trouble=is_trouble, stops=stops)
    return {each.response_id: outcome for each in portion.items}
