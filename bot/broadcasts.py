"""The broadcasts' way into the outbox, and what their deliveries say.

The outbox holds for each reader only what differs; what a pass says is read once and drawn once for all who get the
same.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from aiogram.types import InputMediaDocument, InputMediaPhoto
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import render
from dialogues.broadcast import Content, bubble
from dialogues.desk import invite, trial
from dialogues.texts import Texts
from storage.database import Database
from storage.models import Sending, Town
from storage.queries.broadcasts import active_sendings, sending_rules
from storage.queries.desk import to_tell
from storage.queries.outbox import REMINDER, Claimed, new_delivery
from storage.queries.town import TownFacts, load_town, town_revision
from storage.services.desk import mark_told
from storage.services.feeding import WINDOW, Surroundings, feed
from storage.statements import INSERT_DELIVERY, Write, execute
from storage.writer import Writer

TICK_SECONDS = 0.5
"""So often the feeder looks what has to be done: the outbox holds more than is sent meanwhile."""
_MOST_DRAWN = 500
log = structlog.get_logger()


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
    """Knows what passes say."""

    def __init__(self, *, database: Database, texts: Texts) -> None:
        self._database = database
        self._voices = {language: texts.speak(language) for language in texts.languages}
        self._contents: OrderedDict[tuple[int, int], Content] = OrderedDict()
        self._drawn: OrderedDict[tuple[tuple[int, int], str, str], dict[str, Any]] = OrderedDict()

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
