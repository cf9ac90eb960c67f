"""A running bot: receiver, worker, writer, delivery, all in one process or each in its own; orderly start and end."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.methods import SetMyCommands, SetMyDescription, SetMyShortDescription, TelegramMethod
from aiogram.types import BotCommand
from sqlalchemy.exc import SQLAlchemyError

from bot import webhook
from bot.broadcasts import Broadcasts, Feeder
from bot.delivery import Deliverer
from bot.fetching import Fetcher
from bot.handlers import dispatcher
from bot.knowledge import Knowing
from bot.lanes import Lanes
from bot.occasions import Host
from bot.patience import read_at_last
from bot.receiver import Receiver
from bot.sharing import SharedLanes
from bot.uploads import Uploads
from bot.worker import Worker
from dialogues import settings
from dialogues.texts import Texts
from storage.database import Database
from storage.places import Part, Place
from storage.queries import inbox, outbox
from storage.queries.outbox import Pace
from storage.queries.town import load_town
from storage.services import sign_ups
from storage.writer import Writer

LOOK_AGAIN = timedelta(seconds=0.1)
"""So often a sender looks what other processes have put into the outbox."""
TIDY_SECONDS = 3600
SCRUB_SECONDS = 60
CALL_AGAIN_SECONDS = 5.0
COLLECT_AFTER = (10_000, 20, 20)
"""Python's thresholds of garbage collection: a turn makes thousands of objects, and nearly all go by themselves."""
log = structlog.get_logger()


class Service:
    """Runs a town's bot between ``async with`` and its end. The database has the newest schema.

    ``only``: the part that this process does; None: all of it, alone. ``address``: where Telegram brings updates; None:
    we ask for them.
    """

    def __init__(
        self,
        *,
        bot: Bot,
        database: Database,
        texts: Texts,
        town_id: int,
        pace: Pace,
        only: Part | None = None,
        address: str | None = None,
    ) -> None:
        """Put the parts together.

        Raises:
            ValueError: several processes on an embedded database.
        """
        self._bot = bot
        self._database = database
        self._texts = texts
        self._town_id = town_id
        self._only = only
        self._address = address
        self._place = Place(database, bot.id, only, polls=address is None)
        self.writer = Writer(self._place)
        self.lanes = Lanes()
        self.deliverer = Deliverer(
            bot=bot,
            writer=self.writer,
            town_id=town_id,
            pace=pace,
            broadcasts=Broadcasts(database=database, texts=texts),
            uploads=Uploads(database=database, writer=self.writer, bot_id=bot.id),
            place=self._place,
            look_again=LOOK_AGAIN if only else None,
        )
        self.feeder = Feeder(
            database=database,
            writer=self.writer,
            texts=texts,
            town_id=town_id,
            bot_id=bot.id,
            wake_delivery=self.deliverer.wake,
        )
        self.fetcher = Fetcher(bot=bot, database=database, writer=self.writer, town_id=town_id, alone=only is None)
        self.host = Host(
            database=database,
            writer=self.writer,
            texts=texts,
            town_id=town_id,
            bot_id=bot.id,
            wake_delivery=self.deliverer.wake,
        )
        self.receiver = Receiver(
            bot=bot, database=database, writer=self.writer, lanes=None if only else self.lanes, town_id=town_id
        )
        self._shared = SharedLanes(
            database=database, writer=self.writer, lanes=self.lanes, place=self._place, bot_id=bot.id
        )
        self.worker = Worker(
            bot=bot,
            dispatcher=dispatcher(),
            database=database,
            writer=self.writer,
            lanes=self.lanes,
            knowing=Knowing(town_id=town_id, texts=texts),
            wake_delivery=self.deliverer.wake,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Start everything. What an earlier process left unfinished is taken up first.

        Raises:
            ServedElsewhereError: another process serves this bot.
        """
        await self._place.enter()
        self._run(self.writer.serve())
        if self._only in (None, Part.DELIVERY):
            await self.deliverer.recover()
            self._run(self.deliverer.serve())
            self._run(self.feeder.serve())
            self._run(self.host.serve())
            self._run(self.fetcher.serve())
            self._run(self._tidy())
            self._run(self._scrub())
        if self._only is Part.DELIVERY:
            self._run(self.deliverer.take_over())
        if self._only in (None, Part.WORKER):
            self._run(self.worker.serve())
        if self._only is Part.WORKER:
            self._run(self._shared.serve())
        if self._only in (None, Part.RECEIVER):
            self._run(self._receive())
            self._run(self._introduce())
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop. Requests under way get a moment to be answered; what is cut off then, the inbox and the outbox know."""
        writing, *others = self._tasks
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._place.leave)
            stack.push_async_callback(self._bot.session.close)
            stack.push_async_callback(_end, writing)
            await _end(*others)
            await self.worker.stop()
            await self.deliverer.stop()

    async def wait(self) -> None:
        """Wait for ever, or until a part of the service ends, which it never should: for a process that does only this.

        Raises:
            RuntimeError: a part has ended.
        """
        # What is loaded by now stays: to go through it again and again for garbage took a fifth of all the time.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            raise RuntimeError(f"{task.get_name()} has ended") from task.exception()

    def _run(self, work: object) -> None:
        self._tasks.append(asyncio.create_task(work, name=getattr(work, "__qualname__", None)))  # type: ignore[arg-type]

    async def _receive(self) -> None:
        if self._only is None:
            await self.receiver.refill()
        if self._address is None:
            await self.receiver.poll()
        await self._at_last(webhook.register(self._address or "", self._bot.token))
        await asyncio.Event().wait()

    async def _at_last(self, method: TelegramMethod[Any]) -> None:
        """Make a call until it is taken."""
        while True:
            try:
                await self._bot(method)
            except (AiogramError, TimeoutError) as error:
                log.warning("a call was not taken", method=type(method).__name__, error=type(error).__name__)
                await asyncio.sleep(CALL_AGAIN_SECONDS)
            else:
                return

    async def _introduce(self) -> None:
        """Tell Telegram the command menu and what the bot is for, in each language; then only wait."""
        town = await read_at_last(self._database, partial(load_town, town_id=self._town_id))
        for language in (None, *self._texts.languages):
            voice = self._texts.speak(language or town.default_language)
            menu = [BotCommand(command=name, description=text) for name, text in settings.commands(voice)]
            try:
                await self._bot(SetMyCommands(commands=menu, language_code=language))
                await self._bot(
                    SetMyDescription(description=settings.description(voice, town.name), language_code=language)
                )
                await self._bot(
                    SetMyShortDescription(
                        short_description=settings.short_description(voice, town.name), language_code=language
                    )
                )
            except (AiogramError, TimeoutError) as error:
                log.warning("the bot could not introduce itself", language=language, error=type(error).__name__)
        await asyncio.Event().wait()

    async def _tidy(self) -> None:
        """Every hour drop what need not be remembered any longer."""
        while True:
            now = datetime.now(UTC)
            try:
                await self.writer.run(partial(inbox.forget_keys, now=now))
                await self.writer.run(partial(outbox.forget_sent, now=now))
                await self.writer.run(partial(sign_ups.forget_details, now=now))
                await self.writer.run(partial(sign_ups.forget_sign_ups, now=now))
            except SQLAlchemyError as error:
                log.error("could not tidy up", error=type(error).__name__)
            await asyncio.sleep(TIDY_SECONDS)

    async def _scrub(self) -> None:
        """Let what was wiped disappear from the disk, too: what an earlier process left, then that of each minute."""
        while True:
            if not await self._database.scrub():
                log.info("what was wiped is still on the disk", again_in=SCRUB_SECONDS)
            await asyncio.sleep(SCRUB_SECONDS)


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
