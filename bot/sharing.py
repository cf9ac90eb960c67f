"""Lanes where several workers share them: each has bundles of its own, and fills its lanes from the inbox.

A bundle goes to another worker only when nothing of it stands in a lane. So a chat's updates keep their order across
processes, and no two ever work off the same chat.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from random import Random

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import patience
from bot.lanes import BUNDLES, Lanes
from bot.receiver import MOST_IN_LANES, waiting
from storage.database import Database
from storage.places import Place
from storage.queries import inbox
from storage.writer import Writer

LOOK_SECONDS = 0.05
"""So often a worker looks what has come into the inbox."""
SHARE_SECONDS = 1.0
"""So often it looks whether it has its share of the bundles."""
_MOST_AT_ONCE = 500
log = structlog.get_logger()


class SharedLanes:
    """Fills one worker's lanes."""

    def __init__(self, *, database: Database, writer: Writer, lanes: Lanes, place: Place, bot_id: int) -> None:
        self._database = database
        self._writer = writer
        self._lanes = lanes
        self._place = place
        self._bot_id = bot_id
        self._chance = Random()  # noqa: S311 (no secret: workers only should not all try the same)
        self._shared_at = float("-inf")

    async def serve(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            try:
                await self._share()
                await self._fill()
            except SQLAlchemyError as error:
                log.error("the inbox cannot be read", error=type(error).__name__)
                await asyncio.sleep(patience.PAUSE_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def _share(self) -> None:
        if time.monotonic() - self._shared_at >= SHARE_SECONDS or not self._place.bundles:
            idle = set(range(BUNDLES)) - self._lanes.bundles
            await self._writer.run(partial(self._place.share_out, bundles=BUNDLES, idle=idle, chance=self._chance))
            self._lanes.keep_only(self._place.bundles)
            self._shared_at = time.monotonic()

    async def _fill(self) -> None:
        room = MOST_IN_LANES - self._lanes.size
        if room <= 0 or not self._place.bundles:
            return
        standing = self._lanes.numbers  # before we look: what is done meanwhile must not come back
        async with self._database.read() as connection:
            found = await inbox.waiting_in(
                connection, bot_id=self._bot_id, bundles=self._place.bundles, limit=MOST_IN_LANES
            )
            fresh = [number for number in found if number not in standing][: min(room, _MOST_AT_ONCE)]
            rows = await inbox.find_waiting(connection, fresh) if fresh else []
        for row in rows:
            self._lanes.add(waiting(row))
