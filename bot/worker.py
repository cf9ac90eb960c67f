"""Works the inbox off: takes the heads of many lanes, loads what they need at once, lets each take its turn.

Steps compute here and hand their rows to the writer; a lane opens again only when its rows are safe. So a chat's
updates keep their order, and killing the process at any point loses nothing and counts nothing twice.
"""

from __future__ import annotations

import asyncio
import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import AiogramError
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import patience
from bot.albums import Albums
from bot.double_taps import DoubleTaps
from bot.incoming import brings_file
from bot.knowledge import Knowing, Knowledge
from bot.lanes import Lanes, Waiting, chat_of
from bot.turn import Named, Turn, begin, finished
from dialogues.broadcast import PLACE_PREFIX
from dialogues.desk import CODE_PREFIX, COMMAND, DESK_PREFIX
from dialogues.desk import read as read_desk
from dialogues.standing import DELETE, SURVEY_BELOW_PREFIX
from storage.database import Database
from storage.models import InboxState
from storage.places import ServedElsewhereError
from storage.queries import inbox
from storage.queries.broadcasts import find_broadcast
from storage.queries.desk import find_codes, waiting_texts
from storage.queries.events import SignUpFacts, find_sign_ups
from storage.queries.files import sizes_of
from storage.queries.outbox import KEPT, new_delivery
from storage.queries.town import TownFacts
from storage.queries.turns import (
    Chat,
    LinkFacts,
    find_links,
    find_participations,
    find_places,
    load_chats,
    sent_messages,
)
from storage.services.asking import were_asked
from storage.statements import FINISH_UPDATE, INSERT_DELIVERY, StaleRowError, Write, execute
from storage.writer import Unit, Writer

MOST_AT_ONCE = 64
STOP_SECONDS = 1.0
"""How long a stop waits for turns and answers under way; they take milliseconds, unless Telegram does not answer."""
CALLS_AT_ONCE = 30
_START = re.compile(r"/start(?:@\w+)?\s+([A-Za-z0-9_-]{1,64})")
"""A start with a code: of the characters that Telegram lets a code have, so that no other reaches the database."""
_PLACE = re.compile(rf"s:{PLACE_PREFIX}([0-9]{{1,9}})")
_SURVEY = re.compile(rf"s:{SURVEY_BELOW_PREFIX}([0-9]{{1,9}})")
_LIST = re.compile(rf"/{COMMAND}(?:@\w+)?(?!\w)")
_HOLDINGS = re.compile(r"/(?:mydata|delete)(?:@\w+)?(?!\w)")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a batch of turns begins with."""

    knowledge: Knowledge
    chats: Mapping[int, Chat]
    links: dict[str, LinkFacts]
    took_part: Mapping[int, frozenset[int]]
    sign_ups: Mapping[int, tuple[SignUpFacts, ...]]
    """Both by resident, of those who ask what we hold."""
    named: Named


class Worker:
    """Takes turns for one bot, until cancelled."""

    def __init__(
        self,
        *,
        bot: Bot,
        dispatcher: Dispatcher,
        database: Database,
        writer: Writer,
        lanes: Lanes,
        knowing: Knowing,
        wake_delivery: Any,
    ) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._database = database
        self._writer = writer
        self._lanes = lanes
        self._knowing = knowing
        self._wake_delivery = wake_delivery
        self._albums = Albums()
        self._taps = DoubleTaps()
        self._tasks: set[asyncio.Task[None]] = set()
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)
        self._taken_again: set[int] = set()

    async def serve(self) -> None:
        """Take turns until cancelled."""
        while True:
            batch = await self._lanes.take(MOST_AT_ONCE)
            try:
                loaded = await self._load(batch)
            except SQLAlchemyError as error:
                log.error("the database cannot be read", error=type(error).__name__)
                await asyncio.sleep(patience.PAUSE_SECONDS)
                for update in batch:
                    self._lanes.put_back(update)
                continue
            for update in batch:
                writes, turn = await self._step(update, loaded)
                self._background(self._commit(update, writes, turn))

    async def _load(self, batch: list[Waiting]) -> Loaded:
        chat_ids = {chat for update in batch if (chat := chat_of(update.content)) is not None}
        given = {match[1] for update in batch if (match := _START.match(_text_of(update.content)))}
        codes = {code for code in given if not code.startswith(CODE_PREFIX)}
        async with self._database.read() as connection:
            knowledge = await self._knowing.refresh(connection)
            chats = await load_chats(connection, bot_id=self._bot.id, chat_ids=chat_ids, keys=knowledge.keys)
            links = await find_links(connection, codes) if codes else {}
            asking = {chat_of(update.content) for update in batch if _asks_what_we_hold(update.content)}
            held = [chat.resident.id for chat_id, chat in chats.items() if chat_id in asking and chat.resident]
            took_part = await find_participations(connection, held) if held else {}
            sign_ups = await find_sign_ups(connection, held) if held else {}
            named = await _load_named(connection, batch, chats, given - codes, town=knowledge.town)
        return Loaded(knowledge, chats, links, took_part, sign_ups, named)

    async def _step(self, update: Waiting, loaded: Loaded) -> tuple[list[Write], Turn | None]:
        """Let one update take its turn. What cannot be understood or fails is set aside and blocks nobody."""
        parsed = self._parse(update.content)
        chat_id = chat_of(update.content)
        if parsed is None or chat_id is None:
            return self._set_aside(update, "not understood")
        chat = loaded.chats.get(chat_id, Chat())
        turn = begin(
            loaded.knowledge,
            chat,
            update,
            bot_id=self._bot.id,
            chat_id=chat_id,
            links=loaded.links,
            took_part=loaded.took_part.get(chat.resident.id, frozenset()) if chat.resident else frozenset(),
            sign_ups=loaded.sign_ups.get(chat.resident.id, ()) if chat.resident else (),
            named=loaded.named,
            now=datetime.now(UTC),
        )
        try:
            answer = await self._dispatcher.feed_update(
                self._bot, parsed, turn=turn, albums=self._albums, taps=self._taps
            )
        except Exception as error:
            # Whatever a handler stumbles over must not stop the lane; the update stays for a person to look at.
            return self._set_aside(update, f"failed: {type(error).__name__}", error)
        if answer is UNHANDLED:
            return self._set_aside(update, "not for us")
        self._answer(update, turn.toast)
        return turn.writes(), turn

    def _parse(self, content: Mapping[str, Any]) -> Update | None:
        """The update as our library knows it; None for a kind or a content that it does not know yet."""
        try:
            parsed = Update.model_validate(content, context={"bot": self._bot})
            _ = parsed.event_type
        except (ValidationError, UpdateTypeLookupError):
            return None
        return parsed

    def _set_aside(
        self, update: Waiting, reason: str, error: Exception | None = None
    ) -> tuple[list[Write], Turn | None]:
        log.warning("an update is set aside", seq=update.seq, reason=reason, where=_where(error))
        self._answer(update, "")
        return _aside(update, reason), None

    def _answer(self, update: Waiting, text: str) -> None:
        """Answer a tap at once and outside the outbox: a late answer is worth nothing."""
        query = update.content.get("callback_query")
        if isinstance(query, Mapping) and isinstance(query.get("id"), str):
            self._background(self._call(AnswerCallbackQuery(callback_query_id=query["id"], text=text or None)))

    async def _call(self, answer: AnswerCallbackQuery) -> None:
        async with self._calls:
            try:
                await self._bot(answer)
            except (AiogramError, TimeoutError) as error:
                log.debug("an answer to a tap was not taken", error=type(error).__name__)

    async def _commit(self, update: Waiting, writes: list[Write], turn: Turn | None) -> None:
        """Make a turn's rows safe, then open its lane. While the database takes nothing, the update stays the head."""
        self._wake_delivery()
        try:
            await self._writer.write(writes, then=_consequences(turn) if turn else None)
        except Exception as error:
            if isinstance(error, StaleRowError) and error.args == (FINISH_UPDATE.name,):
                # Committed before, though we were told it was not: once is enough.
                log.warning("an update had been worked off already", seq=update.seq)
            elif _passes(error):
                log.error("the database takes nothing", error=type(error).__name__)
                await asyncio.sleep(patience.PAUSE_SECONDS)
                self._lanes.put_back(update)
                return
            elif self._may_be_outdated(update, error):
                log.info("a turn is taken again", seq=update.seq, error=type(error).__name__)
                self._lanes.put_back(update)
                return
            else:  # these rows can never be stored
                await self._commit(update, *self._set_aside(update, f"not stored: {type(error).__name__}", error))
                return
        self._taken_again.discard(update.seq)
        self._lanes.release(update)
        if turn and turn.erased:
            await self._database.scrub()

    def _may_be_outdated(self, update: Waiting, error: Exception) -> bool:
        """Whether rows may be refused because of what has changed since the turn was loaded: a survey was closed.

        Only once an update: rows that are refused again are wrong themselves.
        """
        if not isinstance(error, IntegrityError | StaleRowError) or update.seq in self._taken_again:
            return False
        self._taken_again.add(update.seq)
        return True

    async def stop(self) -> None:
        """Let what is under way come to its end for a moment (a tap is still to be answered), then cut it off: the
        inbox still has it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _load_named(
    connection: AsyncConnection,
    batch: list[Waiting],
    chats: Mapping[int, Chat],
    codes: set[str],
    *,
    town: TownFacts,
) -> Named:
    """What updates of a batch name. Nothing is asked of the database where, as nearly always, they name nothing."""
    taps, town_id = [_data_of(update.content) for update in batch], town.id
    opened = {int(match[1]) for data in taps if (match := _SURVEY.fullmatch(data))}
    after = {each for each in opened if each in town.surveys and town.surveys[each].event_id is not None}
    asked = [chat.resident.id for chat in chats.values() if chat.resident] if after else []
    shown = {int(match[1]) for data in taps if (match := _PLACE.fullmatch(data))}
    broadcasts: set[int] = set()
    lists = False
    for update, data in zip(batch, taps, strict=True):
        chat = chats.get(chat_of(update.content) or 0)
        if chat is None or chat.staff is None:
            continue
        lists = lists or _LIST.match(_text_of(update.content)) is not None
        act = read_desk(data.removeprefix("s:")) if data.startswith(f"s:{DESK_PREFIX}") else None
        broadcasts |= {act.broadcast} if act else set()
        broadcasts |= {chat.staff.translating} if chat.staff.translating and not data else set()
    found = {each: await find_broadcast(connection, town_id, each) for each in broadcasts}
    bringing = [chats.get(chat_of(update.content) or 0, Chat()) for update in batch if brings_file(update.content)]
    responses = [response.id for chat in bringing for response in chat.responses.values()]
    return Named(
        places=await find_places(connection, town_id, shown) if shown else {},
        codes=await find_codes(connection, town_id=town_id, codes=codes, now=datetime.now(UTC)) if codes else {},
        broadcasts={each: broadcast for each, broadcast in found.items() if broadcast is not None},
        waiting=await waiting_texts(connection, town_id) if lists else (),
        asked=await were_asked(connection, asked, after) if after else frozenset(),
        sizes=await sizes_of(connection, responses) if responses else {},
    )


def _text_of(content: Mapping[str, Any]) -> str:
    message = content.get("message")
    text = message.get("text") if isinstance(message, Mapping) else None
    return text if isinstance(text, str) else ""


def _asks_what_we_hold(content: Mapping[str, Any]) -> bool:
    """Whether an update asks what is held, or wants it deleted: then that somebody took part must be known."""
    return _HOLDINGS.match(_text_of(content)) is not None or _data_of(content).startswith(f"s:{DELETE}")


def _data_of(content: Mapping[str, Any]) -> str:
    """The data of the button that was pressed."""
    query = content.get("callback_query")
    data = query.get("data") if isinstance(query, Mapping) else None
    return data if isinstance(data, str) else ""


def _aside(update: Waiting, reason: str) -> list[Write]:
    row = finished(update.seq, InboxState.ASIDE, payload=json.dumps(update.content), reason=reason)
    return [Write(FINISH_UPDATE, [row])]


def _passes(error: Exception) -> bool:
    """Whether the database may take the same rows later: it is full, locked or away, and not the rows are wrong."""
    return isinstance(error, SQLAlchemyError) and (
        (isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError))
        or isinstance(error, PoolTimeoutError | ServedElsewhereError)
    )


def _where(error: Exception | None) -> str | None:
    """The places in the code that an error came through; its message may quote what somebody wrote."""
    if error is None:
        return None
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def _consequences(turn: Turn) -> Unit | None:
    """What follows after the rows of a turn in the same transaction."""
    if turn.erased:
        return _erase_messages(turn)
    then = turn.then
    if then is None:
        return None

    async def unit(connection: AsyncConnection) -> None:
        await execute(connection, turn.said_then(await then(connection)))

    return unit


def _erase_messages(turn: Turn) -> Unit:
    """Take back what we wrote in the last two days (Telegram lets a bot delete no older ones), and wipe what of this
    chat was set aside."""

    async def unit(connection: AsyncConnection) -> None:
        aside = await inbox.lying_aside(connection, bot_id=turn.contact.bot_id)
        theirs = [row.seq for row in aside if chat_of(json.loads(row.payload)) == turn.contact.chat_id]
        await inbox.wipe_aside(connection, theirs)
        sent = await sent_messages(connection, turn.contact.id, since=turn.now - KEPT)
        rows = [
            new_delivery(
                town_id=turn.contact.town_id,
                bot_id=turn.contact.bot_id,
                contact_id=turn.contact.id,
                method="deleteMessages",
                payload={"message_ids": sent[start : start + 100]},
                now=turn.now,
            )
            for start in range(0, len(sent), 100)
        ]
        await execute(connection, [Write(INSERT_DELIVERY, rows)])

    return unit
