"""Files that we send: each is uploaded once, by whoever is the first to need it, then sent by Telegram's name for it.

Of broadcasts and of questionnaires alike: they are `attachment` rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
from aiogram.types import BufferedInputFile, Message
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.models import Attachment
from storage.queries.broadcasts import find_attachment
from storage.services.broadcasts import remember_file
from storage.writer import Writer

log = structlog.get_logger()


class UploadingError(Exception):
    """The file of a message is being uploaded with another one."""


class Uploads:
    """Knows under which names Telegram has the files of one bot."""

    def __init__(self, *, database: Database, writer: Writer, bot_id: int) -> None:
        self._database = database
        self._writer = writer
        self._bot_id = bot_id
        self._files: dict[int, str] = {}
        self._uploads: dict[int, asyncio.Lock] = {}

    @asynccontextmanager
    async def file(self, attachment_id: int) -> AsyncIterator[str | BufferedInputFile]:
        """A file as a request takes it: its name in Telegram, or its content, which one request at a time uploads.

        Raises:
            LookupError: it is not there.
            UploadingError: another request uploads it just now. Nobody waits for that: a slot would wait, too, and
                with enough of them every reply.
        """
        lock = self._uploads.setdefault(attachment_id, asyncio.Lock())
        if attachment_id not in self._files:
            if lock.locked():
                raise UploadingError
            async with lock:
                if (known := await self._known(attachment_id)) is None:
                    async with self._database.read() as connection:
                        found = await find_attachment(connection, attachment_id)
                    if found is None:
                        raise LookupError("the file is gone")
                    _, name, content = found
                    yield BufferedInputFile(content, name)
                    return
                self._files[attachment_id] = known
        yield self._files[attachment_id]

    async def _known(self, attachment_id: int) -> str | None:
        if attachment_id in self._files:
            return self._files[attachment_id]
        async with self._database.read() as connection:
            names = await connection.scalar(select(Attachment.file_ids).where(Attachment.id == attachment_id))
        found = (names or {}).get(str(self._bot_id))
        return found if isinstance(found, str) else None

    async def uploaded(self, attachment_id: int, message: Message) -> None:
        """Remember the name that Telegram gave to a file. Must be called while ``file`` still holds the others back."""
        name = _name_in(message)
        if name is None or attachment_id in self._files:
            return
        self._files[attachment_id] = name
        try:
            await self._writer.run(
                partial(remember_file, attachment_id=attachment_id, bot_id=self._bot_id, file_id=name)
            )
        except SQLAlchemyError as error:  # another process uploads it once more
            log.warning("the name of a file cannot be stored", error=type(error).__name__)


def _name_in(message: Message) -> str | None:
    """The name of the file that a message came out with. What we send as a sound or film Telegram may take for another
    kind, and its name is good for that."""
    if message.photo:
        return message.photo[-1].file_id
    sent = message.audio or message.voice or message.video or message.animation or message.document
    return sent.file_id if sent else None
