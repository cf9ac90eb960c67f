"""Fetches the files that are answers from Telegram, cleans them, and keeps them.

What waits is a row, so nothing is lost with a process; several processes claim under row locks, each for a time. No
transaction is open while something is fetched, and an address, which has the token in it, comes into no log.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import structlog
from aiogram import Bot, exceptions
from aiogram.methods import GetFile
from sqlalchemy.exc import SQLAlchemyError

from bot.patience import PAUSE_SECONDS
from dialogues.refused_files import RefusedFileError
from dialogues.sent_files import MOST_BYTES, kept_as
from storage.cleaning import Cleaner
from storage.database import Database
from storage.services.files import (
    WaitingFile,
    claim_files,
    free_claims,
    give_file_up,
    is_any_due,
    keep_file,
    try_file_again,
)
from storage.writer import Unit, Writer

TICK_SECONDS = 0.5
"""So often we look whether something is to be fetched."""
AT_ONCE = 3
"""Files that are fetched at once, each in memory as a whole."""
LEASE = timedelta(minutes=5)
"""How long a claim holds: longer than fetching and cleaning may take."""
FETCH_SECONDS = 120.0
"""How long the download of a file may take."""
FIRST_PAUSE = timedelta(seconds=5)
"""Before the second attempt; twice as long before each more."""
LONGEST_PAUSE = timedelta(hours=2)
MOST_ATTEMPTS = 15
"""About half a day. Telegram keeps a file longer than that; but whoever waits for it should be told."""
_CHUNK = 65_536
log = structlog.get_logger()


class _UnfitError(Exception):
    """A file that will not be had, whoever asks and when. What it says is written into the log."""


@dataclass(frozen=True, slots=True)
class _Later:
    """An attempt that may succeed at another time; ``pause``: told so by Telegram, and then it does not count."""

    reason: str
    pause: timedelta | None = None


class Fetcher:
    """Fetches for one bot, until cancelled. ``alone``: nobody else does, so no claim of before still holds."""

    def __init__(self, *, bot: Bot, database: Database, writer: Writer, town_id: int, alone: bool) -> None:
        self._bot = bot
        self._database = database
        self._writer = writer
        self._town_id = town_id
        self._alone = alone
        self._cleaner = Cleaner()
        self._silent_until = datetime.min.replace(tzinfo=UTC)

    async def serve(self) -> None:
        """Look again and again what is to be fetched."""
        is_first = self._alone
        while True:
            try:
                if is_first:
                    await self._writer.run(partial(free_claims, town_id=self._town_id, now=datetime.now(UTC)))
                    is_first = False
                while await self.tick(datetime.now(UTC)):
                    pass
            except SQLAlchemyError as error:
                log.error("no files can be fetched now", error=type(error).__name__)
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self, now: datetime) -> int:
        """Fetch what is due at ``now``, at most `AT_ONCE`; returns how many were tried.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database takes nothing.
        """
        if now < self._silent_until:
            return 0
        async with self._database.read() as connection:
            if not await is_any_due(connection, self._town_id, now=now):
                return 0
        claim = partial(claim_files, town_id=self._town_id, most=AT_ONCE, now=now, lease=LEASE)
        claimed = await self._writer.run(claim)
        async with asyncio.TaskGroup() as group:
            for file in claimed:
                group.create_task(self._fetch(file))
        return len(claimed)

    async def _fetch(self, file: WaitingFile) -> None:
        try:
            content = await self._cleaned(file)
        except _UnfitError as error:
            log.info("a file cannot be fetched", reason=str(error))
            await self._record(partial(give_file_up, file_id=file.id))
        except Exception as error:
            await self._put_off(file, _later(error))
        else:
            await self._record(partial(keep_file, file_id=file.id, content=content))

    async def _cleaned(self, file: WaitingFile) -> bytes:
        kept = kept_as(file.name)
        if file.attempts > MOST_ATTEMPTS:  # who tried before did not come to an end
            raise _UnfitError("tried too often")
        if kept is None or not file.file_id:
            raise _UnfitError("of a kind that we do not keep")
        data = await self._download(file.file_id)
        try:
            content = await self._cleaner.clean(data, kept.family)
        except RefusedFileError as refused:
            raise _UnfitError(refused.why.value) from None
        if len(content) > MOST_BYTES:
            raise _UnfitError("too large")
        return content

    async def _download(self, file_id: str) -> bytes:
        """The bytes of a file, as far as they are not too many.

        Raises:
            _UnfitError: Telegram does not have it, or too much of it.
        """
        try:
            found = await self._bot(GetFile(file_id=file_id))
        except (exceptions.TelegramBadRequest, exceptions.TelegramForbiddenError) as error:
            raise _UnfitError(f"refused: {type(error).__name__}") from None
        if found.file_path is None or (found.file_size or 0) > MOST_BYTES:
            raise _UnfitError("too large")
        session = self._bot.session
        address = session.api.file_url(self._bot.token, found.file_path)
        data = bytearray()
        async with asyncio.timeout(FETCH_SECONDS):
            async for chunk in session.stream_content(address, timeout=int(FETCH_SECONDS), chunk_size=_CHUNK):
                data += chunk
                if len(data) > MOST_BYTES:
                    raise _UnfitError("too large")
        if found.file_size is not None and len(data) < found.file_size:
            raise EOFError
        return bytes(data)

    async def _put_off(self, file: WaitingFile, later: _Later) -> None:
        now = datetime.now(UTC)
        if later.pause is not None:
            self._silent_until = now + later.pause
            await self._record(partial(try_file_again, file_id=file.id, at=now + later.pause, counts=False))
        elif file.attempts >= MOST_ATTEMPTS:
            log.warning("a file is given up", reason=later.reason)
            await self._record(partial(give_file_up, file_id=file.id))
        else:
            pause = min(FIRST_PAUSE * 2 ** (file.attempts - 1), LONGEST_PAUSE)
            log.info("a file is tried again later", reason=later.reason, attempts=file.attempts)
            await self._record(partial(try_file_again, file_id=file.id, at=now + pause, counts=True))

    async def _record(self, unit: Unit) -> None:
        """Commit what has become of a file. If that cannot be, it is fetched once more when its claim is over."""
        for _ in range(3):
            try:
                await self._writer.run(unit)
            except SQLAlchemyError as error:
                log.error("what became of a file cannot be stored now", error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                return


def _later(error: Exception) -> _Later:
    match error:
        case exceptions.TelegramRetryAfter():
            return _Later("too many requests", timedelta(seconds=error.retry_after))
        case aiohttp.ClientResponseError():
            return _Later(f"status {error.status}")
    return _Later(type(error).__name__)
