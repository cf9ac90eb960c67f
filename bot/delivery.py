"""The outbox on its way to Telegram: claimed under the limits, sent, and marked with what is known of it.

A request has no key that would make its repetition harmless. So the mark "started" is committed before the request, and
what may have been sent is never sent again by itself, but for replies, whose revision makes a double harmless. An
attempt counts when it may have arrived; one that surely did not leaves no trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog
from aiogram import Bot, exceptions, methods
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, InputFile, Message
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.broadcasts import Broadcasts
from bot.uploads import UploadingError, Uploads
from dialogues.markup import clean
from storage.models import DeliveryState
from storage.places import Place
from storage.queries import outbox
from storage.queries.outbox import BLOCKED, Claim, Claimed, Pace
from storage.statements import BLOCK_CONTACT, FINISH_DELIVERY, Row, Write, execute
from storage.writer import Writer

SLOTS = 60
"""Requests of the outbox that may be on their way at once."""
REPLY = 0
"""The priority of replies and prompts: the only ones that are repeated after an uncertain attempt."""
REPLY_ATTEMPTS = 5
"""So often at most. Once more would lose a question whenever the process is killed twice in quick succession."""
REPEATABLE_ATTEMPTS = 9
"""So often at most what may be repeated: for eight and a half minutes. It stays uncertain then."""
DOUBT_WAIT = timedelta(seconds=2)
"""How long a request waits after its first uncertain result before it is made again; twice as long after each more."""
RETRY_PAUSE = timedelta(seconds=2)
UPLOAD_PAUSE = timedelta(seconds=1)
TOKEN_PAUSE = timedelta(minutes=1)
STOP_SECONDS = 3.0
"""How long a stop waits for requests under way, and for the database: what these do not finish is in doubt then."""
TAKE_OVER_SECONDS = 2.0
"""So often a sender looks whether another one has gone."""
DOUBTS_IN_A_ROW = 3
DOUBT_PAUSE = timedelta(seconds=5)
"""How long nobody sends after uncertain results in so many chats and no success in between: Telegram is not well. What
it will not take from one chat, however often, is no sign of that."""
REPEATABLE = ("editMessageText", "editMessageMedia", "editMessageReplyMarkup", "deleteMessages", "setMyCommands")
"""Doing these twice is the same as doing them once."""
REQUESTS: dict[str, TelegramMethod[Any]] = {
    "sendMessage": methods.SendMessage.model_construct(),
    "sendPhoto": methods.SendPhoto.model_construct(),
    "sendAudio": methods.SendAudio.model_construct(),
    "sendVoice": methods.SendVoice.model_construct(),
    "sendVideo": methods.SendVideo.model_construct(),
    "sendDocument": methods.SendDocument.model_construct(),
    "sendVenue": methods.SendVenue.model_construct(),
    "editMessageText": methods.EditMessageText.model_construct(),
    "editMessageMedia": methods.EditMessageMedia.model_construct(),
    "editMessageReplyMarkup": methods.EditMessageReplyMarkup.model_construct(),
    "deleteMessages": methods.DeleteMessages.model_construct(),
    "setMyCommands": methods.SetMyCommands.model_construct(),
}
"""Empty requests, to be copied: aiogram's defaults are dear to make anew."""
FILES = ("sendPhoto", "sendDocument", "editMessageMedia")
ATTACHMENT = "attachment"
"""Stands in a payload for the file that goes with it: the id of its `storage.models.Attachment`."""
_ALREADY_SO = ("message is not modified", "message to edit not found", "message to delete not found")
_UNREACHABLE = ("chat not found", "user is deactivated", "PEER_ID_INVALID")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt. ``pause`` holds for the whole bot; ``unreachable`` means the contact is lost.

    ``moved_to``: the chat has another id now. ``again_in``: before that there is no use in another attempt.
    """

    state: DeliveryState
    message_id: int | None = None
    reason: str | None = None
    pause: timedelta | None = None
    unreachable: bool = False
    moved_to: int | None = None
    again_in: timedelta = timedelta()


def after_failure(error: Exception, *, method: str) -> Outcome:
    """What an error says about a request: surely unsent, surely refused, or, for all we do not know, uncertain."""
    match error:
        case exceptions.TelegramRetryAfter():
            pause = timedelta(seconds=error.retry_after)
            return Outcome(DeliveryState.WAITING, reason="too many requests", pause=pause)
        case exceptions.TelegramUnauthorizedError() | exceptions.TelegramNotFound():
            return Outcome(DeliveryState.WAITING, reason="the token is refused", pause=TOKEN_PAUSE)
        case exceptions.TelegramForbiddenError():
            return Outcome(DeliveryState.FAILED, reason=BLOCKED, unreachable=True)
        case exceptions.TelegramMigrateToChat():
            return Outcome(DeliveryState.WAITING, reason="moved", moved_to=error.migrate_to_chat_id)
        case exceptions.TelegramEntityTooLarge():
            return Outcome(DeliveryState.FAILED, reason="too large")
        case exceptions.TelegramNetworkError(
            __cause__=aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError()
        ):
            return Outcome(DeliveryState.WAITING, reason="no connection", pause=RETRY_PAUSE)
        case exceptions.TelegramNetworkError():
            return Outcome(DeliveryState.UNCERTAIN, reason="no answer")
        case exceptions.TelegramServerError() | exceptions.ClientDecodeError():
            return Outcome(DeliveryState.UNCERTAIN, reason="server error")
        case exceptions.TelegramAPIError(message=message):
            if method in REPEATABLE and any(text in message for text in _ALREADY_SO):
                return Outcome(DeliveryState.SENT)
            if any(text in message for text in _UNREACHABLE):
                return Outcome(DeliveryState.FAILED, reason=BLOCKED, unreachable=True)
            return Outcome(DeliveryState.FAILED, reason=clean(message)[:200])
    return Outcome(DeliveryState.UNCERTAIN, reason=type(error).__name__)


def request_for(delivery: Claimed, said: Mapping[str, Any] | None = None) -> TelegramMethod[Any] | Outcome:
    """The request of a delivery, or why it can never be made. ``said``: of a broadcast, what it says to all."""
    parameters = dict(delivery.payload)
    parameters.pop(ATTACHMENT, None)
    if said is not None:
        parameters.pop("area", None)
        parameters |= said
    if delivery.method.startswith("editMessage"):
        parameters.setdefault("message_id", delivery.message_id)
        if parameters["message_id"] is None:
            return Outcome(DeliveryState.FAILED, reason="the message to edit was never sent")
    if delivery.method == "deleteMessages" and "message_ids" not in parameters:
        if delivery.message_id is None:
            return Outcome(DeliveryState.FAILED, reason="the message to delete was never sent")
        parameters["message_ids"] = [delivery.message_id]
    if delivery.method == "setMyCommands":
        parameters["scope"] = {"type": "chat", "chat_id": delivery.chat_id}
    else:
        parameters["chat_id"] = delivery.chat_id
    document = parameters.get("document")
    if isinstance(document, Mapping):  # a small file that is sent once, and kept nowhere
        parameters["document"] = BufferedInputFile(str(document["content"]).encode(), str(document["name"]))
    request = REQUESTS.get(delivery.method)
    if request is None:
        return Outcome(DeliveryState.FAILED, reason="unknown method")
    return request.model_copy(update=parameters)  # unchecked: we wrote it, and Telegram checks it again


class Deliverer:
    """Sends what the outbox holds for one bot, until cancelled."""

    def __init__(
        self,
        *,
        bot: Bot,
        writer: Writer,
        town_id: int,
        pace: Pace,
        broadcasts: Broadcasts,
        uploads: Uploads,
        place: Place,
        look_again: timedelta | None = None,
    ) -> None:
        """``look_again``: so often it looks what others have put into the outbox; None: nobody else does."""
        self._bot = bot
        self._writer = writer
        self._broadcasts = broadcasts
        self._uploads = uploads
        self._place = place
        self._look_again = look_again
        self._town_id = town_id
        self._pace = pace
        self._wake = asyncio.Event()
        self._sending: dict[asyncio.Task[None], int] = {}
        self._on_the_wire = 0
        self._silent_until = datetime.min.replace(tzinfo=UTC)
        self._in_doubt: set[int] = set()  # the contacts with uncertain results since the last success
        self._held: set[int] = set()  # recorded as in doubt; their slots still wait for an answer
        self._number = place.number  # from which we claimed last
        self._tried: set[int] = set()  # claimed since, for all we know

    def wake(self) -> None:
        """Something new lies in the outbox, or has just been handed to the writer.

        The earlier the better: a claim that comes right behind its delivery is committed together with it.
        """
        self._wake.set()

    async def recover(self) -> None:
        """Decide on what an earlier process had started from our place: it may have been sent."""

        async def unit(connection: AsyncConnection) -> int:
            return await self._settle(connection, self._place.number)

        count = await self._writer.run(unit)
        self._number = self._place.number
        if count:
            log.info("deliveries were interrupted", count=count)

    async def take_over(self) -> None:
        """Look again and again whether a sender has gone and left something undecided, until cancelled."""
        while True:
            await asyncio.sleep(TAKE_OVER_SECONDS)
            try:
                await self._take_over()
            except SQLAlchemyError as error:
                log.error("nobody can be stood in for now", error=type(error).__name__)

    async def _take_over(self) -> None:
        async def unit(connection: AsyncConnection) -> int:
            senders = await outbox.started_by(connection, bot_id=self._bot.id) - {self._place.number}
            left = [number for number in sorted(senders) if await self._place.is_left(connection, number)]
            return sum([await self._settle(connection, number) for number in left])

        count = await self._writer.run(unit)
        if count:
            log.info("deliveries of a sender that has gone were interrupted", count=count)

    async def _settle(self, connection: AsyncConnection, number: int) -> int:
        rows = await outbox.interrupted(connection, bot_id=self._bot.id, sender=number)
        outcome = Outcome(DeliveryState.UNCERTAIN, reason="interrupted")
        marks = [
            _mark(row["seq"], row["method"], row["payload"], row["priority"], row["attempts"], outcome, keep=True)
            for row in rows
        ]
        await execute(connection, [Write(FINISH_DELIVERY, marks)])
        return len(rows)

    async def serve(self) -> None:
        """Claim and send, until cancelled."""
        while True:
            self._wake.clear()
            free = SLOTS - self._on_the_wire
            claim = await self._claim(free) if free > 0 else Claim([], None)
            for delivery in claim.claimed:
                self._on_the_wire += 1
                task = asyncio.create_task(self._send(delivery))
                self._sending[task] = delivery.seq
                task.add_done_callback(self._finished)
            await self._wait(claim.again_at, listen=not claim.is_at_limit)

    async def stop(self, *, patience: float = STOP_SECONDS) -> None:
        """Let what is under way come to its end for some seconds, then cut it off: it counts as uncertain at the next
        start. ``serve`` has been cancelled, the writer has not. What it was just claiming then waits again."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=patience)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        with suppress(SQLAlchemyError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._writer.run(self._put_back)

    async def _wait(self, until: datetime | None, *, listen: bool) -> None:
        """Wait until then, or, if we ``listen``, until something new lies in the outbox."""
        now = datetime.now(UTC)
        if not listen and until is not None:
            await asyncio.sleep(max(0.0, (until - now).total_seconds()))
            return
        if self._look_again is not None:
            until = now + self._look_again if until is None else min(until, now + self._look_again)
        seconds = None if until is None else max(0.0, (until - now).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for can lose a cancellation that comes just then (Python 3.11)
                await self._wake.wait()

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        if not task.cancelled() and (error := task.exception()):
            log.error("a delivery was left as started", error=type(error).__name__)

    async def _claim(self, most: int) -> Claim:
        now = datetime.now(UTC)

        async def unit(connection: AsyncConnection) -> tuple[int, Claim]:
            number = self._place.number
            if number != self._number:  # we lost our connection, and who was here before us may have lost theirs
                await self._settle(connection, number)
            await self._put_back(connection)
            claim = await outbox.claim(
                connection,
                bot_id=self._bot.id,
                town_id=self._town_id,
                sender=number,
                most=most,
                pace=self._pace,
                now=now,
                held=tuple(self._held),
            )
            self._tried.update(delivery.seq for delivery in claim.claimed)
            return number, claim

        try:
            self._number, claim = await self._writer.run(unit)
        except SQLAlchemyError as error:
            log.error("the outbox cannot be read", error=type(error).__name__)
            return Claim([], now + RETRY_PAUSE)  # it may have been committed all the same
        self._tried.clear()
        return claim

    async def _put_back(self, connection: AsyncConnection) -> None:
        """Let wait again what we have claimed without learning of it.

        If our place is another one by now, whoever has the one before decides on that (`take_over`, `recover`).
        """
        if self._tried and self._place.number == self._number:
            await outbox.put_back(connection, bot_id=self._bot.id, sender=self._number, seqs=tuple(self._tried))

    async def _send(self, delivery: Claimed) -> None:
        try:
            outcome = await self._attempt(delivery)
            is_doubtful = outcome.state is DeliveryState.UNCERTAIN
            if is_doubtful:
                outcome = self._doubted(delivery, outcome)
            if outcome.pause is not None:
                self._silent_until = max(self._silent_until, datetime.now(UTC) + outcome.pause)
            if is_doubtful:  # its slot sends nothing until Telegram answers, but what is known is said at once
                self._held.add(delivery.seq)
                await self._record(delivery, outcome)
                await self._until_answered()
        finally:
            self._held.discard(delivery.seq)
            self._on_the_wire -= 1
        if is_doubtful:
            self.wake()
        else:
            await self._record(delivery, outcome)

    async def _attempt(self, delivery: Claimed) -> Outcome:
        if datetime.now(UTC) < self._silent_until:  # told so after this delivery was claimed
            return Outcome(DeliveryState.WAITING, reason="held back")
        try:
            request, attachment_id = await self._request(delivery)
        except SQLAlchemyError as error:
            return Outcome(DeliveryState.WAITING, reason=type(error).__name__, pause=RETRY_PAUSE)
        if isinstance(request, Outcome):
            return request
        try:
            result = await self._make(request, attachment_id)
        except (exceptions.AiogramError, aiohttp.ClientError, OSError) as error:
            return after_failure(error, method=delivery.method)
        except UploadingError:
            return Outcome(DeliveryState.WAITING, reason="its file is being uploaded", again_in=UPLOAD_PAUSE)
        except SQLAlchemyError as error:  # its file could not be read
            return Outcome(DeliveryState.WAITING, reason=type(error).__name__, pause=RETRY_PAUSE)
        except (TypeError, ValueError, LookupError) as error:  # it cannot even be written down
            return Outcome(DeliveryState.FAILED, reason=type(error).__name__)
        self._in_doubt.clear()
        return Outcome(DeliveryState.SENT, message_id=result.message_id if isinstance(result, Message) else None)

    async def _request(self, delivery: Claimed) -> tuple[TelegramMethod[Any] | Outcome, int | None]:
        """The request of a delivery, and the file that goes with it."""
        if delivery.sending is None or delivery.method == "deleteMessages":
            return request_for(delivery), delivery.payload.get(ATTACHMENT)
        said = await self._broadcasts.said(delivery)
        if said is None:
            return Outcome(DeliveryState.FAILED, reason="not in this language"), None
        if delivery.method not in FILES:
            return request_for(delivery, said.parameters), None
        parameters = said.as_media if delivery.method == "editMessageMedia" else said.with_caption
        return request_for(delivery, parameters), said.attachment_id

    async def _make(self, request: TelegramMethod[Any], attachment_id: int | None) -> Any:
        if attachment_id is None:
            return await self._bot(request)
        async with self._uploads.file(attachment_id) as file:
            result = await self._bot(_with_file(request, file))
            if isinstance(result, Message):
                await self._uploads.uploaded(attachment_id, result)
        return result

    def _doubted(self, delivery: Claimed, outcome: Outcome) -> Outcome:
        """An uncertain outcome with what follows: a longer wait each time; and a pause of all once several chats are in
        doubt, not when it is one of these again."""
        outcome = replace(outcome, again_in=DOUBT_WAIT * 2 ** (min(delivery.attempts, REPEATABLE_ATTEMPTS) - 1))
        is_another = delivery.contact_id not in self._in_doubt
        self._in_doubt.add(delivery.contact_id)
        if not is_another or len(self._in_doubt) < DOUBTS_IN_A_ROW:
            return outcome
        log.error("nothing is sent for a while: Telegram gives no answers", chats=len(self._in_doubt))
        return replace(outcome, pause=DOUBT_PAUSE)

    async def _record(self, delivery: Claimed, outcome: Outcome) -> None:
        """Commit what is known of an attempt, however long the database takes nothing: else the chat stayed closed."""
        now = datetime.now(UTC)
        mark = _mark(
            delivery.seq,
            delivery.method,
            delivery.payload,
            delivery.priority,
            delivery.attempts,
            outcome,
            now=now,
            keep=delivery.sending is not None,
        )
        writes = [Write(FINISH_DELIVERY, [mark])]
        if outcome.unreachable:
            writes.append(Write(BLOCK_CONTACT, [{"key_id": delivery.contact_id, "blocked_on": now.date()}]))

        async def consequences(connection: AsyncConnection) -> None:
            if outcome.pause is not None:
                await outbox.pause(connection, bot_id=self._bot.id, until=now + outcome.pause)
            if outcome.unreachable:
                await outbox.give_up(connection, contact_id=delivery.contact_id, reason=BLOCKED, now=now)
            if outcome.moved_to is not None:
                await outbox.move_contact(connection, contact_id=delivery.contact_id, chat_id=outcome.moved_to)
            if comes_back:
                await outbox.drop_unwanted(connection, delivery.seq)
            if forgets:
                await outbox.forget_contact(connection, delivery.contact_id)

        forgets = delivery.bare and outcome.state is not DeliveryState.WAITING
        comes_back = delivery.sending is not None and outcome.state is DeliveryState.WAITING
        has_some = (
            comes_back or outcome.pause is not None or outcome.unreachable or outcome.moved_to is not None or forgets
        )
        then = consequences if has_some else None
        while True:
            self.wake()
            try:
                await self._writer.write(writes, then=then)
                break
            except SQLAlchemyError as error:
                log.error("what became of a delivery cannot be stored now", error=type(error).__name__)
                await asyncio.sleep(RETRY_PAUSE.total_seconds())
        if outcome.state is not DeliveryState.SENT:
            log.info("not sent", method=delivery.method, state=outcome.state, reason=outcome.reason)

    async def _until_answered(self) -> None:
        """Ask something harmless until there is an answer."""
        pause = 1.0
        while True:
            try:
                await self._bot(methods.GetMe())
            except (exceptions.AiogramError, aiohttp.ClientError, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)
            else:
                return


def _with_file(request: TelegramMethod[Any], file: str | InputFile) -> TelegramMethod[Any]:
    match request:
        case methods.EditMessageMedia():
            return request.model_copy(update={"media": request.media.model_copy(update={"media": file})})
        case methods.SendPhoto():
            return request.model_copy(update={"photo": file})
        case methods.SendAudio():
            return request.model_copy(update={"audio": file})
        case methods.SendVoice():
            return request.model_copy(update={"voice": file})
        case methods.SendVideo():
            return request.model_copy(update={"video": file})
    return request.model_copy(update={"document": file})


def _mark(
    seq: int,
    method: str,
    payload: Any,
    priority: int,
    attempts: int,
    outcome: Outcome,
    *,
    now: datetime | None = None,
    keep: bool = False,
) -> Row:
    """The row that records an attempt. An uncertain one that may be repeated waits once more, but not for ever.

    ``keep``: the payload stays also when it is sent (of a broadcast: it may be corrected).
    """
    now = now or datetime.now(UTC)
    state = outcome.state
    if state is DeliveryState.WAITING:
        attempts -= 1
    elif state is DeliveryState.UNCERTAIN:
        most = REPEATABLE_ATTEMPTS if method in REPEATABLE else REPLY_ATTEMPTS if priority == REPLY else 0
        if attempts < most:
            state = DeliveryState.WAITING
    waits = state is DeliveryState.WAITING
    return {
        "key_seq": seq,
        "state": state,
        "message_id": outcome.message_id,
        "payload": dict(payload) if keep or waits or state is DeliveryState.UNCERTAIN else {},
        "attempts": attempts,
        "due_at": now + outcome.again_in,
        "finished_at": None if waits else now,
        "reason": outcome.reason,
    }
