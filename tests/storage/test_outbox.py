"""What may be sent now: one delivery a chat, by one worker, under the limits; and what is remembered of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from storage.models import Contact, Delivery, DeliveryState
from storage.queries import outbox
from storage.queries.outbox import Claim, Pace, new_delivery
from storage.services.broadcasts import go_on, stop_everything
from storage.statements import FINISH_DELIVERY, INSERT_DELIVERY, PUT_CONTACT, Write
from tests.storage.conftest import BOT, NOW, Place

NO_LIMIT = Pace(per_bot=0, per_chat=0)


async def put(place: Place, contact: int, text: str, **more: Any) -> None:
    method = more.pop("method", "sendMessage")
    row = new_delivery(
        town_id=place.town_id, bot_id=BOT, contact_id=contact, method=method, payload={"text": text}, now=NOW, **more
    )
    await place.writer.write([Write(INSERT_DELIVERY, [row])])


async def claim(place: Place, *, pace: Pace = NO_LIMIT, most: int = 100, now: datetime = NOW) -> Claim:
    return await place.writer.run(
        lambda c: outbox.claim(c, bot_id=BOT, town_id=place.town_id, sender=0, most=most, pace=pace, now=now)
    )


def texts(claim: Claim) -> list[str]:
    return [delivery.payload["text"] for delivery in claim.claimed]


async def finish(place: Place, seq: int, state: DeliveryState, message_id: int | None = None) -> None:
    row = {
        "key_seq": seq,
        "state": state,
        "message_id": message_id,
        "payload": {},
        "attempts": 1,
        "due_at": NOW,
        "finished_at": NOW,
        "reason": None,
    }
    await place.writer.write([Write(FINISH_DELIVERY, [row])])


async def test_a_chat_gets_its_messages_one_after_another(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "first")
    await put(place, 1, "second")
    first = await claim(place)
    assert texts(first) == ["first"]
    assert texts(await claim(place)) == []
    await finish(place, first.claimed[0].seq, DeliveryState.SENT, 5)
    assert texts(await claim(place)) == ["second"]


async def test_two_workers_never_claim_the_same_delivery(place: Place) -> None:
    for number in range(1, 21):
        await place.contact(number)
        await put(place, number, str(number))
    claims = await asyncio.gather(*(claim(place, most=7) for _ in range(5)))
    seen = [text for each in claims for text in texts(each)]
    assert sorted(seen, key=int) == [str(number) for number in range(1, 21)]


async def test_replies_go_before_bulk(place: Place) -> None:
    for number, priority in ((1, 2), (2, 0), (3, 1)):
        await place.contact(number)
        await put(place, number, str(priority), priority=priority)
    assert texts(await claim(place)) == ["0", "1", "2"]


async def test_an_edit_means_the_message_that_was_sent_for_its_prompt(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "question", prompt=4)
    sent = await claim(place)
    await finish(place, sent.claimed[0].seq, DeliveryState.SENT, 77)
    await put(place, 1, "settled", method="editMessageText", prompt=4)
    [edit] = (await claim(place)).claimed
    assert edit.message_id == 77


async def test_a_chat_gets_a_burst_and_then_a_message_a_second(place: Place) -> None:
    pace = Pace(per_bot=0, per_chat=1, chat_burst=3)
    await place.contact(1)
    for number in range(5):
        await put(place, 1, str(number))
    now, got = NOW, []
    for _ in range(5):
        one = await claim(place, pace=pace, now=now)
        if not one.claimed:
            assert one.again_at is not None
            now = one.again_at
            one = await claim(place, pace=pace, now=now)
        got.append((texts(one)[0], (now - NOW).total_seconds()))
        await finish(place, one.claimed[0].seq, DeliveryState.SENT)
    assert got == [("0", 0), ("1", 0), ("2", 0), ("3", 1), ("4", 2)]


async def test_what_is_due_tomorrow_holds_nobody_up_today(place: Place) -> None:
    pace = Pace(per_bot=0, per_chat=1, chat_burst=1)
    for number in (1, 2):
        await place.contact(number)
        await put(place, number, "now")
    for delivery in (await claim(place, pace=pace)).claimed:
        await finish(place, delivery.seq, DeliveryState.SENT)
    later = NOW + timedelta(seconds=0.5)
    row = new_delivery(
        town_id=place.town_id,
        bot_id=BOT,
        contact_id=1,
        method="sendMessage",
        payload={"text": "?"},
        now=NOW + timedelta(days=1),
    )
    await place.writer.write([Write(INSERT_DELIVERY, [row])])
    async with place.database.write() as connection:
        await connection.execute(update(Contact).where(Contact.id == 1).values(next_send_at=NOW - timedelta(days=1)))
    await put(place, 2, "soon")
    held = await claim(place, pace=pace, now=later)
    assert held.claimed == []
    assert held.again_at == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "deleteMessages"])
async def test_a_bot_sends_no_more_than_its_rate_nor_corrects_in_a_panic(place: Place, method: str) -> None:
    pace = Pace(per_bot=10, per_chat=0)
    for number in range(1, 41):
        await place.contact(number)
        await put(place, number, str(number), method=method)
    first = await claim(place, pace=pace)
    assert len(first.claimed) == 5  # half a second's worth after a rest
    assert (await claim(place, pace=pace)).claimed == []
    later = [await claim(place, pace=pace, now=NOW + timedelta(seconds=second)) for second in (0.5, 1)]
    assert [len(each.claimed) for each in later] == [5, 5]


async def test_at_its_limit_a_bot_takes_several_deliveries_a_claim(place: Place) -> None:
    pace = Pace(per_bot=200, per_chat=0)
    for number in range(1, 151):
        await place.contact(number)
        await put(place, number, str(number))
    assert len((await claim(place, pace=pace, most=1_000)).claimed) == 100
    held = await claim(place, pace=pace, now=NOW + timedelta(seconds=0.02))
    assert held.claimed == []
    assert held.is_at_limit
    assert held.again_at == NOW + timedelta(seconds=0.05)
    assert len((await claim(place, pace=pace, now=NOW + timedelta(seconds=0.05))).claimed) == 10


async def test_a_group_gets_twenty_messages_a_minute(place: Place) -> None:
    await place.contact(1)
    async with place.database.write() as connection:
        await connection.execute(update(Contact).values(chat_id=-100_200))
    for number in range(2):
        await put(place, 1, str(number))
    pace = Pace(per_bot=0)
    [first] = (await claim(place, pace=pace)).claimed
    await finish(place, first.seq, DeliveryState.SENT, 5)
    assert texts(await claim(place, pace=pace, now=NOW + timedelta(seconds=2))) == []
    assert texts(await claim(place, pace=pace, now=NOW + timedelta(seconds=3))) == ["1"]


async def test_a_reply_waits_for_no_message_to_many(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "bulk", priority=2)
    await put(place, 1, "more bulk", priority=2)
    await put(place, 1, "reply")
    first = await claim(place)
    assert texts(first) == ["reply"]
    assert texts(await claim(place)) == []  # one at a time, also of another priority
    await finish(place, first.claimed[0].seq, DeliveryState.SENT, 5)
    assert texts(await claim(place)) == ["bulk"]


async def test_nothing_is_claimed_while_everything_is_stopped(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "text")
    await claim(place, most=0)
    async with place.database.write() as connection:
        await stop_everything(connection, town_id=place.town_id, now=NOW)
    stopped = await claim(place)
    assert (stopped.claimed, stopped.again_at) == ([], NOW + outbox.LOOK_AGAIN)
    async with place.database.write() as connection:
        await go_on(connection, town_id=place.town_id)
    assert texts(await claim(place)) == ["text"]


async def test_a_pause_holds_for_everyone_and_is_never_shortened(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "text")
    await claim(place, most=0)
    for seconds in (30, 5):
        until = NOW + timedelta(seconds=seconds)
        await place.writer.run(lambda c, until=until: outbox.pause(c, bot_id=BOT, until=until))  # type: ignore[misc]
    held = await claim(place, now=NOW + timedelta(seconds=29))
    assert held.claimed == []
    assert held.again_at == NOW + timedelta(seconds=30)
    assert texts(await claim(place, now=NOW + timedelta(seconds=30))) == ["text"]


async def test_what_was_started_is_found_after_a_crash(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "text")
    [started] = (await claim(place)).claimed
    async with place.database.read() as connection:
        [row] = await outbox.interrupted(connection, bot_id=BOT, sender=0)
    assert (row["seq"], row["attempts"], row["payload"]) == (started.seq, 1, {"text": "text"})


async def test_a_forgotten_contact_goes_when_its_last_deletions_are_through(place: Place) -> None:
    await place.contact(1)
    await put(place, 1, "good-bye")
    gone = {
        "id": 1,
        "town_id": place.town_id,
        "bot_id": BOT,
        "chat_id": 1001,
        "resident_id": None,
        "prompt": 0,
        "commands_language": None,
        "blocked_on": None,
    }
    await place.writer.write([Write(PUT_CONTACT, [gone])])
    await place.writer.run(lambda c: outbox.forget_sent(c, now=NOW))
    assert await contacts(place) == 1
    [delivery] = (await claim(place)).claimed
    await finish(place, delivery.seq, DeliveryState.SENT, 9)
    await place.writer.run(lambda c: outbox.forget_sent(c, now=NOW))
    assert await contacts(place) == 0
    async with place.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Delivery)) == 0


async def contacts(place: Place) -> int:
    async with place.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(Contact)) or 0
