"""Updates are taken in once, in order, and forgotten in time."""

from __future__ import annotations

from datetime import timedelta

from storage.models import InboxState
from storage.queries import inbox
from storage.queries.inbox import Incoming
from storage.statements import FINISH_UPDATE, Write
from tests.storage.conftest import BOT, NOW, Place


async def take_in(place: Place, *pairs: tuple[int, str]) -> list[Incoming]:
    updates = [(*pair, 0) for pair in pairs]
    return await place.writer.run(
        lambda c: inbox.take_in(c, town_id=place.town_id, bot_id=BOT, updates=updates, now=NOW)
    )


async def waiting(place: Place) -> list[str]:
    async with place.database.read() as connection:
        return [row.payload for row in await inbox.unfinished(connection, bot_id=BOT, after=0, limit=10)]


async def test_an_update_that_comes_twice_is_taken_in_once(place: Place) -> None:
    first = await take_in(place, (7, "a"), (8, "b"))
    again = await take_in(place, (8, "b"), (9, "c"))
    assert [row.payload for row in first] == ["a", "b"]
    assert [row.payload for row in again] == ["c"]
    assert await waiting(place) == ["a", "b", "c"]


async def test_the_same_update_twice_in_one_batch_is_one(place: Place) -> None:
    assert len(await take_in(place, (7, "a"), (7, "a"))) == 1


async def test_our_order_holds_when_telegrams_ids_start_anew_below(place: Place) -> None:
    await take_in(place, (900_000, "before the quiet week"))
    await take_in(place, (12, "after it"))
    assert await waiting(place) == ["before the quiet week", "after it"]


async def test_a_finished_update_is_wiped_and_its_key_guards_three_days(place: Place) -> None:
    [row] = await take_in(place, (7, "something personal"))
    done = {"key_seq": row.seq, "state": InboxState.DONE, "payload": "", "reason": None}
    await place.writer.write([Write(FINISH_UPDATE, [done])])
    assert await waiting(place) == []
    assert await place.writer.run(lambda c: inbox.forget_keys(c, now=NOW + timedelta(days=3))) == 0
    assert await take_in(place, (7, "something personal")) == []
    assert await place.writer.run(lambda c: inbox.forget_keys(c, now=NOW + timedelta(days=3, seconds=1))) == 1


async def test_what_was_set_aside_is_kept_for_a_person(place: Place) -> None:
    [row] = await take_in(place, (7, "strange"))
    aside = {"key_seq": row.seq, "state": InboxState.ASIDE, "payload": "strange", "reason": "not understood"}
    await place.writer.write([Write(FINISH_UPDATE, [aside])])
    await place.writer.run(lambda c: inbox.forget_keys(c, now=NOW + timedelta(days=14)))
    async with place.database.read() as connection:
        assert await inbox.counts(connection) == {"aside": 1}
    assert await waiting(place) == []


async def test_what_was_set_aside_is_not_kept_for_ever(place: Place) -> None:
    [row] = await take_in(place, (7, "strange"))
    aside = {"key_seq": row.seq, "state": InboxState.ASIDE, "payload": "strange", "reason": "not understood"}
    await place.writer.write([Write(FINISH_UPDATE, [aside])])
    await place.writer.run(lambda c: inbox.forget_keys(c, now=NOW + timedelta(days=14, seconds=1)))
    async with place.database.read() as connection:
        assert await inbox.counts(connection) == {}
