"""The broadcasts' way into the outbox, and what their deliveries say.

The outbox holds for each reader only what differs; what a pass says is read once and drawn once for all who get the
same. Files are uploaded once, by whoever is the first to need them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from aiogram.types import BufferedInputFile, InputMediaDocument, InputMediaPhoto, Message
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from dialogues.broadcast import Content, bubble
from dialogues.desk import invite, trial
from dialogues.texts import Texts
from storage.database import Database
from storage.models import Attachment, Sending, Town
from storage.queries.broadcasts import active_sendings, find_attachment, sending_rules
from storage.queries.desk import to_tell
from storage.queries.outbox import REMINDER, Claimed, new_delivery
from storage.queries.town import TownFacts, load_town, town_revision
from storage.services.broadcasts import remember_file
from storage.services.desk import mark_told
from storage.services.feeding import WINDOW, Surroundings, feed
from storage.statements import INSERT_DELIVERY, Write, execute
from storage.writer import Writer

TICK_SECONDS = 0.5
"""So often the feeder looks what has to be done: the outbox holds more than is sent meanwhile."""
_MOST_DRAWN = 500
log = structlog.get_logger()


class UploadingError(Exception):
    """The file of a message is being uploaded with another one."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a delivery says: the parameters of a message with a text, and the file that goes with it, a picture
    (``is_photo``) or document."""

    parameters: Mapping[str, Any]
    attachment_id: int | None
    is_photo: bool

    @property
    def with_caption(self) -> dict[str, Any]:
        """The parameters as a message with a file takes them: its text is a caption."""
        return {
            ("caption" if name == "text" else name): value
            for name, value in self.parameters.items()
            if name != "link_preview_options"
        }

    @property
    def as_media(self) -> dict[str, Any]:
        """The parameters as a message takes them whose file changes with its caption; the file is still to come."""
        outside = {name: value for name, value in self.parameters.items() if name == "reply_markup"}
        inside = {name: value for name, value in self.with_caption.items() if name not in outside}
        kind, name = (InputMediaPhoto, "photo") if self.is_photo else (InputMediaDocument, "document")
        return {**outside, "media": kind.model_construct(type=name, media="", **inside)}


class Broadcasts:
    """Knows what the passes of one bot say, and under which names Telegram has their files."""

    def __init__(self, *, database: Database, writer: Writer, texts: Texts, bot_id: int) -> None:
        self._database = database
        self._writer = writer
        self._voices = {language: texts.speak(language) for language in texts.languages}
        self._bot_id = bot_id
        self._contents: OrderedDict[tuple[int, int], Content] = OrderedDict()
        self._drawn: OrderedDict[tuple[tuple[int, int], str, str], dict[str, Any]] = OrderedDict()
        self._files: dict[int, str] = {}
        self._uploads: dict[int, asyncio.Lock] = {}

    async def said(self, delivery: Claimed) -> Said | None:
        """What a delivery says; None: nothing in its language.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it cannot be read now.
        """
        assert delivery.sending is not None  # noqa: S101 (only deliveries of broadcasts come here)
        content = await self._content(delivery.sending)
        area = str(delivery.payload.get("area", ""))
        key = (delivery.sending, delivery.language, area)
        drawn = self._drawn.get(key)
        if drawn is None:
            prompt = bubble(content, self._voices, delivery.language, area=area, sending=delivery.sending[0])
            if prompt is None:
                return None
            drawn = render.message(prompt)
            self._drawn[key] = drawn
            if len(self._drawn) > _MOST_DRAWN:
                self._drawn.popitem(last=False)
        return Said(drawn, content.attachment_id, content.is_photo)

    async def _content(self, sending: tuple[int, int]) -> Content:
        known = self._contents.get(sending)
        if known is None:
            async with self._database.read() as connection:
                stored = await connection.scalar(select(Sending.content).where(Sending.id == sending[0]))
            known = self._contents[sending] = Content.from_json(stored or Content({}).as_json())
            if len(self._contents) > _MOST_DRAWN:
                self._contents.popitem(last=False)
        return known

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
        name = message.photo[-1].file_id if message.photo else message.document.file_id if message.document else None
        if name is None or attachment_id in self._files:
            return
        self._files[attachment_id] = name
        try:
            await self._writer.run(
                partial(remember_file, attachment_id=attachment_id, bot_id=self._bot_id, file_id=name)
            )
        except SQLAlchemyError as error:  # another process uploads it once more
            log.warning("the name of a file cannot be stored", error=type(error).__name__)


class Feeder:
    """Keeps the outbox filled with what broadcasts have to say now, until cancelled."""

    def __init__(
        self,
        *,
        database: Database,
        writer: Writer,
        texts: Texts,
        town_id: int,
        bot_id: int,
        wake_delivery: Callable[[], None],
        window: int = WINDOW,
    ) -> None:
        self._database = database
        self._writer = writer
        self._texts = texts
        self._town_id = town_id
        self._bot_id = bot_id
        self._wake_delivery = wake_delivery
        self._window = window
        self._trials = {language: render.message(trial(texts.speak(language))) for language in texts.languages}
        self._town: TownFacts | None = None

    async def serve(self) -> None:
        """Look again and again what has to be done."""
        while True:
            try:
                await self.tick(datetime.now(UTC))
            except SQLAlchemyError as error:
                log.error("broadcasts cannot go on now", error=type(error).__name__)
            await asyncio.sleep(TICK_SECONDS)

    async def tick(self, now: datetime) -> None:
        """Do what has to be done at ``now``.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database takes nothing.
        """
        async with self._database.read() as connection:
            active = await active_sendings(connection, self._town_id, now=now)
            around = await self._surroundings(connection) if active else None
            untold = await to_tell(connection, self._town_id)
        if untold:
            await self._writer.run(partial(self._tell, now=now))
            self._wake_delivery()
        if around is None:
            return
        for sending in active:
            unit = partial(feed, sending_id=sending.id, around=around, now=now, window=self._window)
            while await self._writer.run(unit):
                self._wake_delivery()
            self._wake_delivery()  # the office may have let something go on

    async def _tell(self, connection: AsyncConnection, *, now: datetime) -> None:
        """Write to mediators about the texts that wait for them, once a request."""
        town_id = self._town_id
        await connection.execute(select(Town.id).where(Town.id == town_id).with_for_update())  # one process at a time
        rows = []
        for request in await to_tell(connection, town_id):
            for mediator in request.mediators:
                voice = self._texts.speak(mediator.language)
                prompt = invite(voice, request.title, request.language, broadcast=request.broadcast_id)
                rows.append(
                    new_delivery(
                        town_id=town_id,
                        bot_id=mediator.bot_id,
                        contact_id=mediator.contact_id,
                        method="sendMessage",
                        payload=render.message(prompt),
                        now=now,
                        priority=REMINDER,
                    )
                )
            await mark_told(
                connection,
                town_id=town_id,
                broadcast_id=request.broadcast_id,
                language=request.language,
                asked_at=request.asked_at,
            )
        await execute(connection, [Write(INSERT_DELIVERY, rows)])

    async def _surroundings(self, connection: AsyncConnection) -> Surroundings:
        if self._town is None or self._town.revision != await town_revision(connection, self._town_id):
            self._town = await load_town(connection, self._town_id)
        return Surroundings(
            self._town_id,
            self._town.name,
            self._bot_id,
            await sending_rules(connection, self._town_id),
            self._town.areas,
            self._trials,
        )
