"""What becomes of a delivery by what Telegram does with its request: retried, given up, in doubt, or sent again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import delivery
from bot.api import connect
from bot.broadcasts import Broadcasts
from bot.delivery import REPEATABLE_ATTEMPTS, REPLY_ATTEMPTS, Deliverer
from bot.uploads import Uploads
from storage import places
from storage.database import Database
from storage.models import Contact, Delivery, DeliveryState, SendingPace
from storage.queries.outbox import Pace, new_delivery
from storage.services.towns import found_town
from storage.statements import INSERT_DELIVERY, Write
from storage.writer import Writer
from tests.bot.sessions import closing_at_once
from tests.bot.stub import (
    BLOCKED,
    BROKEN,
    NO_CHAT,
    NO_JSON,
    NO_MESSAGE,
    NOT_MODIFIED,
    NOT_PARSED,
    TOO_MANY,
    Answer,
    Behaviour,
    Hang,
    Reset,
    Stub,
    error,
    stubbed,
)
from tests.storage.conftest import BOT, Place
from wiring.files import load_texts

TOKEN = f"{BOT}:a-token-of-the-stub"
TIMEOUT = 0.5
"""Seconds in which a request must be answered."""
BULK = 2
SENT, WAITING, FAILED, UNCERTAIN = (
    DeliveryState.SENT,
    DeliveryState.WAITING,
    DeliveryState.FAILED,
    DeliveryState.UNCERTAIN,
)
IN_DOUBT = pytest.mark.parametrize("behaviour", [Hang(), Reset(), BROKEN, NO_JSON], ids=str)


@dataclass
class Post:
    """An outbox with somebody who delivers it to a stub of the Bot API."""

    place: Place
    stub: Stub
    deliverer: Deliverer
    serving: asyncio.Task[None]

    async def put(self, contact: int, text: str, *, method: str = "sendMessage", **more: Any) -> None:
        """Something to be delivered."""
        payload = more.pop("payload", {"text": text})
        now = datetime.now(UTC)
        row = new_delivery(
            town_id=self.place.town_id,
            bot_id=BOT,
            contact_id=contact,
            method=method,
            payload=payload,
            now=now,
            **more,
        )
        await self.place.writer.write([Write(INSERT_DELIVERY, [row])])
        self.deliverer.wake()

    async def rows(self) -> list[Any]:
        """All deliveries, oldest first."""
        async with self.place.database.read() as connection:
            return list((await connection.execute(select(Delivery.__table__).order_by(Delivery.seq))).all())

    async def states(self) -> list[DeliveryState]:
        return [DeliveryState(row.state) for row in await self.rows()]

    async def comes_to(self, *states: DeliveryState) -> list[Any]:
        """Wait until the deliveries are in these states, and return them."""
        await wait_for(lambda: self._are(states), f"{states}")
        return await self.rows()

    async def _are(self, states: tuple[DeliveryState, ...]) -> bool:
        return tuple(await self.states()) == states

    async def contact(self, number: int) -> Any:
        async with self.place.database.read() as connection:
            return (await connection.execute(select(Contact.__table__).where(Contact.id == number))).one()

    async def paused_for(self) -> float:
        """Seconds for which nobody may send."""
        async with self.place.database.read() as connection:
            until = await connection.scalar(select(SendingPace.paused_until))
        return (until - datetime.now(UTC)).total_seconds() if until else 0.0


async def wait_for(condition: Callable[[], Any], wanted: str) -> None:
    end = time.monotonic() + 15
    while not await condition():
        assert time.monotonic() < end, f"in vain: {wanted}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def delivering(database: Database, stub: Stub, *, contacts: int = 3) -> AsyncIterator[Post]:
    writer = Writer(database)
    bot = closing_at_once(connect(TOKEN, stub.base, timeout=TIMEOUT))
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=[]
        )
    place = Place(database, writer, town_id)
    deliverer = Deliverer(
        bot=bot,
        writer=writer,
        town_id=town_id,
        pace=Pace(0, 0),
        broadcasts=Broadcasts(database=database, texts=load_texts()),
        uploads=Uploads(database=database, writer=writer, bot_id=bot.id),
        place=places.Place(database, bot.id),
    )
    writing, serving = asyncio.create_task(writer.serve()), asyncio.create_task(deliverer.serve())
    try:
        for number in range(1, contacts + 1):
            await place.contact(number)
        yield Post(place, stub, deliverer, serving)
    finally:
        serving.cancel()
        await deliverer.stop(patience=0)
        writing.cancel()
        for task in (serving, writing):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await bot.session.close()


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with stubbed() as stub:
        yield stub


@pytest.fixture
async def post(database: Database, stub: Stub) -> AsyncIterator[Post]:
    async with delivering(database, stub) as post:
        yield post


async def test_a_message_is_sent_once_and_its_text_forgotten(post: Post) -> None:
    await post.put(1, "Hello")
    [row] = await post.comes_to(SENT)
    assert (row.message_id, row.payload, row.attempts, row.reason) == (101, {}, 1, None)
    assert [(request.text, request.fields["chat_id"]) for request in post.stub.requests] == [("Hello", 1001)]


async def test_a_chats_messages_keep_their_order_and_wait_for_each_other_alone(post: Post) -> None:
    post.stub.plan("sendMessage", Answer(delay=0.3))
    for text in "abc":
        await post.put(1, text)
    await post.put(2, "other")
    await post.comes_to(SENT, SENT, SENT, SENT)
    assert post.stub.texts == ["a", "other", "b", "c"]


# --- surely not sent ------------------------------------------------------------------------------------------------


async def test_nobody_sends_while_telegram_asks_for_silence(post: Post) -> None:
    post.stub.plan("sendMessage", TOO_MANY)
    await post.put(1, "a")
    await wait_for(lambda: asyncio.sleep(0, post.stub.texts), "the first request")
    told = time.monotonic()
    for contact in (1, 2, 3):
        await post.put(contact, "b")
    rows = await post.comes_to(SENT, SENT, SENT, SENT)
    assert [row.attempts for row in rows] == [1, 1, 1, 1]
    refused, *others = post.stub.made("sendMessage")
    assert all(request.at - refused.at > 1.0 for request in others)
    assert others[0].at - told < 3.0
    assert sorted(post.stub.texts) == ["a", "a", "b", "b", "b"]


async def test_silence_holds_for_what_was_claimed_before_it_was_asked_for(post: Post) -> None:
    """Each is refused after another while; whoever has not asked yet by then holds back."""
    post.stub.plan("sendMessage", TOO_MANY, Answer(delay=0.2))
    for contact in (1, 2, 3):
        await post.put(contact, "first")
    for contact in (1, 2, 3):
        await post.put(contact, "second")
    rows = await post.comes_to(*[SENT] * 6)
    assert [row.attempts for row in rows] == [1] * 6
    refused = post.stub.made("sendMessage")[0]
    assert [each.text for each in post.stub.requests if 0.1 < each.at - refused.at < 1.0] == []


async def test_what_found_no_connection_is_sent_when_there_is_one(database: Database) -> None:
    stub = Stub()
    await stub.open()
    await stub.close()
    async with delivering(database, stub) as post:
        await post.put(1, "reply")
        await post.put(2, "bulk", priority=BULK)
        await wait_for(post.paused_for, "the pause after a request that found nobody")
        await post.comes_to(WAITING, WAITING)
        await stub.open()
        rows = await post.comes_to(SENT, SENT)
        assert [row.attempts for row in rows] == [1, 1]
        assert stub.texts == ["reply", "bulk"]
        await stub.close()


@pytest.mark.parametrize("refusal", [error(401, "Unauthorized"), error(404, "Not Found")], ids=str)
async def test_a_refused_token_loses_nothing(post: Post, refusal: Answer) -> None:
    post.stub.plan("sendMessage", refusal)
    await post.put(1, "a")
    await wait_for(lambda: post.paused_for(), "a pause")
    await post.put(2, "b")
    await asyncio.sleep(0.3)
    assert await post.states() == [WAITING, WAITING]
    assert await post.paused_for() > 50
    assert post.stub.texts == ["a"]


# --- surely refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", [BLOCKED, NO_CHAT], ids=str)
async def test_who_cannot_be_reached_is_marked_and_left_in_peace(post: Post, refusal: Answer) -> None:
    post.stub.plan("sendMessage", refusal)
    for text in ("a", "b"):
        await post.put(1, text)
    await post.put(2, "other")
    rows = await post.comes_to(FAILED, FAILED, SENT)
    assert [row.payload for row in rows] == [{}, {}, {}]
    assert (await post.contact(1)).blocked_on is not None
    assert (await post.contact(2)).blocked_on is None
    assert sorted(post.stub.texts) == ["a", "other"]


async def test_a_refused_message_does_not_stop_its_chat(post: Post) -> None:
    post.stub.plan("sendMessage", NOT_PARSED)
    await post.put(1, "<broken")
    await post.put(1, "next")
    rows = await post.comes_to(FAILED, SENT)
    assert rows[0].reason is not None
    assert "can't parse entities" in rows[0].reason
    assert (await post.contact(1)).blocked_on is None


async def test_a_reason_that_no_database_can_hold_does_not_stop_its_chat(post: Post) -> None:
    post.stub.plan("sendMessage", error(400, "Bad Request: \x00 and \ud800 alone"))
    await post.put(1, "refused")
    await post.put(1, "next")
    rows = await post.comes_to(FAILED, SENT)
    assert "alone" in str(rows[0].reason)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other one refuses to store such a text
async def test_what_is_no_request_at_all_does_not_stop_its_chat(post: Post) -> None:
    await post.put(1, "", payload={"text": "\ud800 alone is no character"})
    await post.put(1, "", method="sendSmoke")
    await post.put(1, "next")
    await post.comes_to(FAILED, FAILED, SENT)
    assert post.stub.texts == ["next"]


@pytest.mark.parametrize("refusal", [NOT_MODIFIED, NO_MESSAGE], ids=str)
async def test_an_edit_that_is_done_already_counts_as_done(post: Post, refusal: Answer) -> None:
    post.stub.plan("editMessageText", refusal)
    await post.put(1, "", method="editMessageText", payload={"text": "x", "message_id": 7})
    [row] = await post.comes_to(SENT)
    assert row.attempts == 1


async def test_an_edit_of_a_message_that_was_never_sent_is_given_up(post: Post) -> None:
    await post.put(1, "x", method="editMessageText", prompt=3)
    await post.comes_to(FAILED)
    assert post.stub.requests == []


# --- in doubt -------------------------------------------------------------------------------------------------------


@IN_DOUBT
async def test_a_reply_in_doubt_is_sent_again_once_telegram_answers(post: Post, behaviour: Behaviour) -> None:
    post.stub.plan("sendMessage", behaviour)
    post.stub.plan("getMe", BROKEN)
    await post.put(1, "question")
    await post.put(1, "behind it")
    rows = await post.comes_to(SENT, SENT)
    assert [row.attempts for row in rows] == [2, 1]
    order = [request.text or request.method for request in post.stub.requests]
    assert order == ["question", "getMe", "getMe", "question", "behind it"]


@IN_DOUBT
async def test_bulk_in_doubt_is_never_sent_again_and_is_kept_for_a_person(post: Post, behaviour: Behaviour) -> None:
    post.stub.plan("sendMessage", behaviour)
    await post.put(1, "news", priority=BULK)
    await wait_for(lambda: asyncio.sleep(0, post.stub.texts), "the news is on its way")
    await post.put(1, "reply")
    rows = await post.comes_to(UNCERTAIN, SENT)
    assert (rows[0].payload, rows[0].attempts) == ({"text": "news"}, 1)
    assert post.stub.texts == ["news", "reply"]


@IN_DOUBT
async def test_edits_and_deletions_in_doubt_are_repeated(post: Post, behaviour: Behaviour) -> None:
    post.stub.plan("editMessageText", behaviour)
    post.stub.plan("deleteMessages", behaviour)
    edit: dict[str, Any] = {"method": "editMessageText", "payload": {"text": "x", "message_id": 7}}
    await post.put(1, "", priority=BULK, **edit)
    await post.put(2, "", priority=BULK, method="deleteMessages", payload={"message_ids": [7, 8]})
    rows = await post.comes_to(SENT, SENT)
    assert [row.attempts for row in rows] == [2, 2]


async def test_a_reply_that_is_never_answered_is_given_up_in_the_end(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=0.05))
    post.stub.plan("sendMessage", *[Reset()] * REPLY_ATTEMPTS)
    await post.put(1, "question")
    await post.put(1, "behind it")
    rows = await post.comes_to(UNCERTAIN, SENT)
    assert (rows[0].attempts, rows[0].payload) == (REPLY_ATTEMPTS, {"text": "question"})
    assert post.stub.texts == ["question"] * REPLY_ATTEMPTS + ["behind it"]


async def test_attempts_that_surely_failed_do_not_use_up_the_repetitions(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=0.05))
    post.stub.plan("sendMessage", TOO_MANY, TOO_MANY, *[Reset()] * (REPLY_ATTEMPTS - 1))
    await post.put(1, "question")
    [row] = await post.comes_to(SENT)
    assert row.attempts == REPLY_ATTEMPTS


async def test_three_doubts_in_a_row_silence_the_bot(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "DOUBT_PAUSE", timedelta(seconds=1))
    post.stub.plan("sendMessage", Reset(), Reset(), Reset())
    for contact in (1, 2, 3):
        await post.put(contact, "news", priority=BULK)
    await post.comes_to(UNCERTAIN, UNCERTAIN, UNCERTAIN)
    assert 0 < await post.paused_for() <= 1
    await post.put(1, "reply")
    await post.comes_to(UNCERTAIN, UNCERTAIN, UNCERTAIN, SENT)
    *_, third, reply = post.stub.made("sendMessage")
    assert reply.at - third.at > 0.9


async def test_others_get_their_messages_while_one_is_in_doubt(post: Post) -> None:
    post.stub.plan("sendMessage", Hang())
    post.stub.plan("getMe", BROKEN, BROKEN)  # the doubt lasts some seconds
    await post.put(1, "question")
    await wait_for(lambda: asyncio.sleep(0, post.stub.texts), "the first request")
    await post.put(2, "other")
    await post.comes_to(WAITING, SENT)


async def test_a_doubt_is_recorded_before_telegram_answers_again(post: Post) -> None:
    post.stub.plan("sendMessage", Reset())
    post.stub.plan("getMe", *[BROKEN] * 9)
    await post.put(1, "news", priority=BULK)
    await post.comes_to(UNCERTAIN)
    await post.put(1, "reply")
    await post.comes_to(UNCERTAIN, SENT)
    assert post.deliverer._on_the_wire == 1  # its slot still waits


async def test_a_reply_in_doubt_uses_up_no_attempts_while_telegram_is_silent(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=0.05))
    post.stub.plan("sendMessage", Reset())
    post.stub.plan("getMe", BROKEN, BROKEN)
    await post.put(1, "question")
    await post.put(1, "behind it")
    rows = await post.comes_to(SENT, SENT)
    assert [row.attempts for row in rows] == [2, 1]
    order = [request.text or request.method for request in post.stub.requests]
    assert order == ["question", "getMe", "getMe", "getMe", "question", "behind it"]


async def test_a_change_that_is_never_answered_is_tried_after_longer_and_longer_waits_and_then_left(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=0.02))
    post.stub.plan("editMessageText", *[BROKEN] * (REPEATABLE_ATTEMPTS + 5))
    await post.put(1, "", method="editMessageText", payload={"text": "x", "message_id": 7})
    [row] = await post.comes_to(UNCERTAIN)
    assert row.attempts == REPEATABLE_ATTEMPTS
    at = [request.at for request in post.stub.made("editMessageText")]
    waits = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert all(wait >= 0.02 * 2**number for number, wait in enumerate(waits))
    assert await post.paused_for() <= 0


async def test_one_chats_doubts_pause_nobody_else(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=0.02))
    post.stub.plan("editMessageText", *[BROKEN] * 5)
    await post.put(1, "", method="editMessageText", payload={"text": "x", "message_id": 7})
    await wait_for(lambda: asyncio.sleep(0, len(post.stub.made("editMessageText")) >= 4), "some attempts")
    await post.put(2, "other")
    await post.comes_to(SENT, SENT)
    async with post.place.database.read() as connection:
        assert await connection.scalar(select(SendingPace.paused_until)) is None


async def test_a_change_that_waits_for_its_next_attempt_holds_up_no_reply_of_its_chat(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor an edit of another message; but whatever changes the same one comes after it."""
    monkeypatch.setattr(delivery, "DOUBT_WAIT", timedelta(seconds=1.5))
    post.stub.plan("editMessageText", BROKEN)
    await post.put(1, "", method="editMessageText", payload={"text": "old", "message_id": 7})
    await wait_for(lambda: asyncio.sleep(0, post.stub.made("getMe")), "the first attempt")
    await post.put(1, "", method="editMessageText", payload={"text": "new", "message_id": 7})
    await post.put(1, "", method="editMessageText", payload={"text": "elsewhere", "message_id": 8})
    await post.put(1, "reply")
    await post.put(1, "next")
    await post.comes_to(WAITING, WAITING, SENT, SENT, SENT)
    looks = 0
    claim = post.deliverer._claim

    async def counted(most: int) -> Any:
        nonlocal looks
        looks += 1
        return await claim(most)

    monkeypatch.setattr(post.deliverer, "_claim", counted)
    await post.comes_to(*[SENT] * 5)
    assert looks < 12  # what is due behind it makes nobody look again and again
    made = [each.fields["text"] for each in post.stub.requests if "text" in each.fields]
    assert made == ["old", "elsewhere", "reply", "next", "old", "new"]


# --- ends and beginnings --------------------------------------------------------------------------------------------


async def test_after_a_crash_replies_and_edits_are_repeated_and_bulk_is_in_doubt(database: Database) -> None:
    async with stubbed() as stub:
        async with delivering(database, stub) as post:
            stub.plan("sendMessage", Hang(), Hang())
            stub.plan("editMessageText", Hang())
            stub.plan("getMe", *[BROKEN] * 6)
            await post.put(1, "reply")
            await post.put(2, "news", priority=BULK)
            await post.put(3, "", method="editMessageText", payload={"text": "x", "message_id": 7}, priority=BULK)
            await post.comes_to(*[DeliveryState.STARTED] * 3)
            await wait_for(lambda: asyncio.sleep(0, len(stub.texts) == 2), "both requests")
        assert sorted(stub.texts) == ["news", "reply"]
        async with delivering(database, stub, contacts=0) as post:
            await post.deliverer.recover()
            post.deliverer.wake()
            rows = await post.comes_to(SENT, UNCERTAIN, SENT)
        assert [row.reason for row in rows][1] == "interrupted"
        assert sorted(stub.texts) == ["news", "reply", "reply"]


async def test_a_stop_lets_requests_under_way_come_to_their_end(post: Post) -> None:
    post.stub.plan("sendMessage", Answer(delay=0.3))
    await post.put(1, "news", priority=BULK)
    await wait_for(lambda: asyncio.sleep(0, post.stub.texts), "the request")
    await post.deliverer.stop(patience=3)
    assert await post.states() == [SENT]


async def test_what_was_just_being_claimed_at_a_stop_is_not_in_doubt(post: Post) -> None:
    await post.put(1, "news", priority=BULK)
    async with asyncio.timeout(5):
        while not post.place.writer._jobs:  # noqa: ASYNC110 (the claim is handed in within a step or two)
            await asyncio.sleep(0)
    post.serving.cancel()
    await post.deliverer.stop(patience=3)
    await post.place.writer.write([])  # behind the claim
    [row] = await post.rows()
    assert (row.state, row.attempts, post.stub.texts) == (WAITING, 0, [])
