"""Signing up for a date, on both databases: who comes, who waits, to whom a freed place goes, and for how long."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.event import Offers
from dialogues.waiting_list import MOST_PERSONS, Party, Standing
from storage.database import Database
from storage.models import Event, EventState, Occurrence, SignUp
from storage.queries.events import SIGN_UP, Head, SignUpFacts, heads, sign_up_of
from storage.services import sign_ups
from storage.services.broadcasts import draft_broadcast, set_rules
from storage.services.sign_ups import Answered, Refusal
from storage.statements import DELETE_RESIDENT, PUT_RESIDENT, Write, execute
from tests.storage.conftest import NOW, Place

STARTS = NOW + timedelta(days=3)
OFFER = timedelta(hours=12)
TOLD = NOW + timedelta(minutes=5)
"""When people are told of offers that were made at `NOW`."""
EXAMPLES = int(os.environ.get("MITSPRACHE_TEST_EXAMPLES") or 20)
"""Of random sequences on each database; many more find what these do not."""


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def said(party: Party) -> str:
    """How a sign-up stands, in words."""
    match party.standing:
        case Standing.COMING:
            return f"comes with {party.persons}"
        case Standing.OFFERED:
            return f"offered {party.offered} of {party.persons}"
        case Standing.WAITING:
            return f"waits with {party.persons}" + (f", not {party.refused}" if party.refused else "")
    return str(party.standing)


async def put_residents(connection: AsyncConnection, town_id: int, ids: Collection[int]) -> None:
    rows = [
        {
            "id": number,
            "town_id": town_id,
            "language": "de",
            "language_chosen": False,
            "consented_on": None,
            "adult": True,
            "area_id": None,
            "elsewhere": False,
            "wanted_survey_id": None,
            "wanted_event_id": None,
            "current_survey_id": None,
            "naming_id": None,
            "paused": False,
            "arrived_on": date(2026, 11, 25),
        }
        for number in ids
    ]
    await execute(connection, [Write(PUT_RESIDENT, rows)])


async def put_event(connection: AsyncConnection, town_id: int, **values: Any) -> tuple[int, int]:
    """An open event with one date, in a town without quiet hours; returns the ids of both."""
    await set_rules(connection, town_id=town_id, quiet_from="08:00", quiet_to="08:00", weekly_share=2)
    broadcast_id = await draft_broadcast(connection, town_id=town_id, title="Sommerfest", now=NOW)
    settled = {"capacity": None, "closes_before": 0, "offer_minutes": OFFER // minutes(1), **values}
    event_id = await connection.scalar(
        insert(Event)
        .values(
            town_id=town_id,
            broadcast_id=broadcast_id,
            uid=str(broadcast_id),
            state=EventState.OPEN,
            zone="Europe/Berlin",
            exceptions=[],
            reminders=[],
            offers=Offers().as_json(),
            changed_at=NOW,
            **settled,
        )
        .returning(Event.id)
    )
    occurrence_id = await connection.scalar(
        insert(Occurrence)
        .values(
            town_id=town_id,
            event_id=event_id,
            wall="2026-11-28T13:00",
            wall_end="2026-11-28T15:00",
            starts_at=STARTS,
            ends_at=STARTS + timedelta(hours=2),
        )
        .returning(Occurrence.id)
    )
    assert event_id is not None
    assert occurrence_id is not None
    return event_id, occurrence_id


@dataclass
class Doings:
    """What is done about one date, in a transaction. Residents are called by their ids."""

    connection: AsyncConnection
    town_id: int
    event_id: int
    id: int

    async def come(self, who: int, persons: int = 1, *, at: datetime = NOW) -> Answered:
        answered = await sign_ups.sign_up(
            self.connection, occurrence_id=self.id, resident_id=who, persons=persons, now=at
        )
        assert answered is not None
        return answered

    async def say(self, who: int, standing: Standing = Standing.DECLINED, *, at: datetime = NOW) -> Answered:
        answered = await sign_ups.say_no(
            self.connection, occurrence_id=self.id, resident_id=who, standing=standing, now=at
        )
        assert answered is not None
        return answered

    async def wait(self, who: int, *, at: datetime = NOW) -> Answered | None:
        return await sign_ups.wait_longer(self.connection, occurrence_id=self.id, resident_id=who, now=at)

    async def tell(self, *, at: datetime = TOLD) -> list[SignUpFacts]:
        """Whoever is told now that places are kept for them."""
        _date, told = await sign_ups.begin_offers(self.connection, occurrence_id=self.id, now=at)
        return told

    async def expire(self, *, at: datetime) -> list[SignUpFacts]:
        return await sign_ups.expire_offers(self.connection, occurrence_id=self.id, now=at)

    async def settle(self, *, at: datetime = NOW) -> bool:
        """What the bot does again and again; returns whether there was something to settle."""
        found = await sign_ups.dates_to_settle(self.connection, self.town_id, now=at)
        if self.id not in found:
            return False
        held = await sign_ups.hold(self.connection, self.id)
        assert held is not None
        await sign_ups.settle(self.connection, held, at)
        return True

    async def set_capacity(self, capacity: int | None) -> None:
        await self.connection.execute(update(Event).where(Event.id == self.event_id).values(capacity=capacity))

    async def erase(self, who: int) -> None:
        await execute(self.connection, [Write(DELETE_RESIDENT, [{"key_id": who}])])

    async def facts(self) -> dict[int, SignUpFacts]:
        rows = await self.connection.execute(
            select(*SIGN_UP).where(SignUp.occurrence_id == self.id).order_by(SignUp.resident_id)
        )
        return {row.resident_id: sign_up_of(row) for row in rows}


@dataclass
class Gathering:
    """A date, and people who say something about it, each in a transaction of its own."""

    database: Database
    town_id: int
    event_id: int
    id: int

    @asynccontextmanager
    async def doing(self) -> AsyncIterator[Doings]:
        async with self.database.write() as connection:
            yield Doings(connection, self.town_id, self.event_id, self.id)

    def __getattr__(self, name: str) -> Any:
        """What can be done (`Doings`), in a transaction of its own."""

        async def do(*arguments: Any, **how: Any) -> Any:
            async with self.doing() as doings:
                return await getattr(doings, name)(*arguments, **how)

        return do

    async def stands(self) -> dict[int, str]:
        """How it stands for everybody."""
        return {who: said(each.party) for who, each in (await self.facts()).items()}

    async def head(self) -> Head:
        """What the office is told."""
        async with self.database.read() as connection:
            return (await heads(connection, self.event_id)).get(self.id, Head())


async def gather(place: Place, people: int = 6, **values: Any) -> Gathering:
    async with place.database.write() as connection:
        await put_residents(connection, place.town_id, range(1, people + 1))
        return Gathering(place.database, place.town_id, *await put_event(connection, place.town_id, **values))


# --- places ---------------------------------------------------------------------------------------------------------


async def test_of_forty_one_for_forty_places_the_forty_first_waits(place: Place) -> None:
    party = await gather(place, 41, capacity=40)
    answers = [await party.come(who) for who in range(1, 42)]
    assert [said(answer.sign_up.party) for answer in answers] == ["comes with 1"] * 40 + ["waits with 1"]
    assert [answer.sign_up.party.number for answer in answers] == list(range(1, 42))
    assert (answers[-1].place, answers[-1].room) == (1, 0)
    assert await party.head() == Head(parties=40, coming=40, waiting=1)


async def test_without_a_number_of_places_there_is_room_for_all(place: Place) -> None:
    party = await gather(place)
    answers = [await party.come(who, 8) for who in range(1, 7)]
    assert {said(answer.sign_up.party) for answer in answers} == {"comes with 8"}
    assert {answer.room for answer in answers} == {None}


@pytest.mark.parametrize(("wanted", "kept"), [(0, 1), (-3, 1), (99, MOST_PERSONS)])
async def test_nobody_signs_up_nobody_or_a_crowd(place: Place, wanted: int, kept: int) -> None:
    party = await gather(place)
    assert (await party.come(1, wanted)).sign_up.party.persons == kept


async def test_signing_up_twice_counts_once(place: Place) -> None:
    party = await gather(place, capacity=3)
    first = await party.come(1, 2)
    assert await party.come(1, 2) == first
    assert await party.head() == Head(parties=1, coming=2)


async def test_a_party_becomes_smaller_and_larger_and_keeps_code_and_turn(place: Place) -> None:
    party = await gather(place, capacity=4)
    first = (await party.come(1, 2)).sign_up
    for persons in (4, 1):
        changed = (await party.come(1, persons)).sign_up
        assert changed == replace(first, party=replace(first.party, persons=persons))


async def test_who_comes_and_wants_more_than_there_is_room_for_stays_as_before(place: Place) -> None:
    party = await gather(place, capacity=5)
    await party.come(1, 2)
    await party.come(2, 2)
    answer = await party.come(1, 5)
    assert (answer.refusal, answer.room, said(answer.sign_up.party)) == (Refusal.FEWER, 3, "comes with 2")
    assert await party.stands() == {1: "comes with 2", 2: "comes with 2"}
    assert (await party.come(1, 3)).refusal is None


async def test_codes_at_the_door_are_four_digits_and_each_is_given_once(place: Place) -> None:
    party = await gather(place, 60)
    async with party.doing() as doings:
        codes = [(await doings.come(who)).sign_up.code for who in range(1, 61)]
    assert len(set(codes)) == 60
    assert all(code and code.isdecimal() and len(code) == 4 and code[0] != "0" for code in codes)


async def test_a_code_that_is_taken_is_not_given_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    party = await gather(place)
    drawn = iter([234, 234, 234, 567])
    monkeypatch.setattr("storage.services.sign_ups.secrets.randbelow", lambda _: next(drawn))
    assert [(await party.come(who)).sign_up.code for who in (1, 2)] == ["1234", "1567"]


async def test_who_waits_has_no_code_and_who_leaves_loses_it(place: Place) -> None:
    party = await gather(place, capacity=1)
    assert (await party.come(1)).sign_up.code
    assert (await party.come(2)).sign_up.code is None
    assert (await party.say(1)).sign_up.code is None


async def test_of_what_was_said_nothing_stays_when_somebody_does_not_come(place: Place) -> None:
    party = await gather(place)
    await party.come(1, 3)
    async with party.doing() as doings:
        details = partial(sign_ups.set_details, doings.connection, occurrence_id=party.id, resident_id=1)
        await details(children=2)
        await details(need=("wheelchair", True))
        answered = await details(name="Amal")
    assert answered is not None
    assert (answered.sign_up.children, answered.sign_up.needs, answered.sign_up.name) == (2, ("wheelchair",), "Amal")
    assert (await party.come(1, 1)).sign_up.children == 1
    left = (await party.say(1, Standing.MAYBE)).sign_up
    assert (left.children, left.needs, left.name, left.code) == (0, (), None, None)


async def test_who_gives_up_what_others_wait_for_is_asked_first_and_nobody_else_is(place: Place) -> None:
    party = await full(place, 2, 1)

    async def asked(resident: int) -> sign_ups.Refusal | None:
        async with party.doing() as doings:
            answered = await sign_ups.say_no(
                doings.connection,
                occurrence_id=party.id,
                resident_id=resident,
                standing=Standing.DECLINED,
                now=NOW,
                asks=True,
            )
        assert answered is not None
        return answered.refusal

    assert await asked(1) is sign_ups.Refusal.WANTED
    assert (await party.facts())[1].party.standing is Standing.COMING
    assert await asked(2) is None  # waits, and holds nothing
    assert await asked(1) is None
    assert (await party.facts())[1].party.standing is Standing.DECLINED


async def test_of_a_date_that_is_not_there_nothing_is_said(place: Place) -> None:
    party = await gather(place)
    await party.come(1)
    async with place.database.write() as connection:
        nowhere = party.id + 1
        assert await sign_ups.sign_up(connection, occurrence_id=nowhere, resident_id=1, persons=1, now=NOW) is None
        declined = Standing.DECLINED
        assert (
            await sign_ups.say_no(connection, occurrence_id=nowhere, resident_id=1, standing=declined, now=NOW) is None
        )
        assert await sign_ups.wait_longer(connection, occurrence_id=nowhere, resident_id=1, now=NOW) is None
        assert await sign_ups.begin_offers(connection, occurrence_id=nowhere, now=NOW) == (None, [])
        assert await sign_ups.expire_offers(connection, occurrence_id=nowhere, now=NOW) == []
    assert await party.wait(2) is None


# --- a freed place --------------------------------------------------------------------------------------------------


async def full(place: Place, *sizes: int, **values: Any) -> Gathering:
    """A date with as many places as the first party takes; the others wait."""
    party = await gather(place, len(sizes) + 2, capacity=sizes[0], **values)
    for who, persons in enumerate(sizes, 1):
        await party.come(who, persons)
    return party


async def test_a_freed_place_is_kept_for_the_next_whose_time_begins_when_they_are_told(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    assert await party.stands() == {1: "declined", 2: "offered 1 of 1", 3: "waits with 1"}
    assert (await party.facts())[2].party.until is None
    assert await party.expire(at=STARTS - minutes(1)) == []  # nobody lets pass what they have not heard of
    [told] = await party.tell()
    assert (told.resident_id, told.party.until) == (2, TOLD + OFFER)
    assert (await party.facts())[2] == told
    assert await party.tell(at=TOLD + minutes(5)) == []


async def test_an_offer_holds_until_the_date_begins_at_most(place: Place) -> None:
    party = await full(place, 1, 1)
    await party.say(1)
    [told] = await party.tell(at=STARTS - minutes(20))
    assert told.party.until == STARTS


async def night(party: Gathering, quiet_to: str = "08:00") -> None:
    async with party.database.write() as connection:
        await set_rules(connection, town_id=party.town_id, quiet_from="20:00", quiet_to=quiet_to, weekly_share=2)


async def test_an_offer_does_not_end_at_night_but_with_it(place: Place) -> None:
    party = await full(place, 1, 1)
    await night(party)
    await party.say(1)
    [told] = await party.tell(at=datetime(2026, 11, 26, 18, 0, tzinfo=UTC))  # 19:00 in Berlin, for twelve hours
    assert told.party.until == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


async def test_at_night_nothing_is_kept_for_who_cannot_be_told_before_it_begins(place: Place) -> None:
    party = await full(place, 1, 1)
    await night(party, quiet_to="14:00")  # it begins at 13:00
    late = datetime(2026, 11, 27, 21, 0, tzinfo=UTC)
    await party.say(1, at=late)
    assert await party.stands() == {1: "declined", 2: "waits with 1"}
    await party.come(3, at=late)
    assert (await party.stands())[3] == "comes with 1"


async def test_who_accepts_an_offer_comes_with_the_same_turn(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    await party.tell()
    answer = await party.come(2, at=TOLD + minutes(5))
    assert answer.sign_up.code
    assert answer.sign_up.party == Party(Standing.COMING, 1, 2)
    assert await party.head() == Head(parties=1, coming=1, waiting=1)


async def test_a_newcomer_never_gets_what_is_kept_for_somebody(place: Place) -> None:
    party = await full(place, 2, 1)
    await party.say(1)
    assert said((await party.come(3, 1)).sign_up.party) == "comes with 1"
    assert said((await party.come(4, 1)).sign_up.party) == "waits with 1"
    assert (await party.stands())[2] == "offered 1 of 1"


async def test_an_offer_that_nobody_answers_moves_on_to_the_next(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    await party.tell()
    assert await party.expire(at=TOLD + OFFER - minutes(1)) == []
    [lapsed] = await party.expire(at=TOLD + OFFER)
    assert (lapsed.resident_id, lapsed.party) == (2, Party(Standing.LAPSED, 1))
    assert await party.stands() == {1: "declined", 2: "lapsed", 3: "offered 1 of 1"}
    [told] = await party.tell(at=TOLD + OFFER)
    assert told.party.until == TOLD + 2 * OFFER


async def test_who_let_an_offer_pass_may_wait_again_behind_the_others(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    await party.tell()
    await party.expire(at=TOLD + OFFER)
    answer = await party.come(2, at=TOLD + OFFER)
    assert (said(answer.sign_up.party), answer.sign_up.party.number) == ("waits with 1", 4)


async def test_an_offer_is_accepted_also_late_as_long_as_the_place_has_not_gone_on(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    await party.tell()
    assert said((await party.come(2, at=TOLD + OFFER + minutes(1))).sign_up.party) == "comes with 1"
    assert await party.expire(at=TOLD + OFFER + minutes(1)) == []
    assert (await party.stands())[3] == "waits with 1"


async def test_a_cancelled_offer_frees_its_place_for_the_next(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    await party.say(2)
    assert await party.stands() == {1: "declined", 2: "declined", 3: "offered 1 of 1"}


async def test_perhaps_keeps_no_place(place: Place) -> None:
    party = await full(place, 1, 1)
    answer = await party.say(1, Standing.MAYBE)
    assert answer.sign_up.party == Party(Standing.MAYBE, 1)
    assert await party.stands() == {1: "maybe", 2: "offered 1 of 1"}


async def test_several_places_that_become_free_at_once_go_to_several_in_turn(place: Place) -> None:
    party = await full(place, 4, 2, 1, 1, 1)
    await party.say(1)
    assert await party.stands() == {
        1: "declined",
        2: "offered 2 of 2",
        3: "offered 1 of 1",
        4: "offered 1 of 1",
        5: "waits with 1",
    }
    assert [told.resident_id for told in await party.tell()] == [2, 3, 4]


async def test_who_waits_stands_in_the_order_of_the_numbers_and_moves_up(place: Place) -> None:
    party = await full(place, 1, 1, 1, 1)
    assert [(await party.come(who)).place for who in (2, 3, 4)] == [1, 2, 3]
    await party.say(2)
    assert [(await party.come(who)).place for who in (3, 4)] == [1, 2]
    assert (await party.come(2)).place == 3


async def test_those_behind_many_who_wait_for_more_get_what_is_free(place: Place) -> None:
    """Behind more than are looked at in one go."""
    party = await gather(place, 60, capacity=2)
    async with party.doing() as doings:
        await doings.come(1, 2)
        for who in range(2, 61):
            await doings.come(who, 3 if who < 58 else 1)
        await doings.connection.execute(update(SignUp).where(SignUp.persons == 3).values(refused=2))
        await doings.set_capacity(4)
        assert await doings.settle()
    found = {who for who, each in (await party.facts()).items() if each.party.standing is Standing.OFFERED}
    assert found == {58, 59}


async def test_many_who_wait_are_all_offered_places_where_there_is_room_for_all(place: Place) -> None:
    party = await gather(place, 60, capacity=1)
    async with party.doing() as doings:
        for who in range(1, 61):
            await doings.come(who)
        await doings.set_capacity(None)
        assert await doings.settle()
        assert len(await doings.tell()) == 59


# --- parties that do not fit ----------------------------------------------------------------------------------------


async def test_a_party_of_six_is_offered_the_five_places_that_are_left(place: Place) -> None:
    party = await gather(place, capacity=40)
    async with party.doing() as doings:
        for who in range(1, 5):
            await doings.come(who, 8)
        await doings.come(5, 3)
    answer = await party.come(6, 6)
    assert (said(answer.sign_up.party), answer.room) == ("offered 5 of 6", 5)
    assert answer.sign_up.party.until == NOW + OFFER  # it has just been told
    assert said((await party.come(6, 5)).sign_up.party) == "comes with 5"
    assert (await party.head()).coming == 40


async def test_a_party_that_waits_for_all_blocks_nobody_behind_it(place: Place) -> None:
    party = await full(place, 5, 6, 2, 2)
    await party.say(1)
    assert await party.stands() == {1: "declined", 2: "offered 5 of 6", 3: "waits with 2", 4: "waits with 2"}
    answer = await party.wait(2)
    assert (said(answer.sign_up.party), answer.place) == ("waits with 6, not 5", 1)
    assert list((await party.stands()).values())[2:] == ["offered 2 of 2", "offered 2 of 2"]
    assert said((await party.come(5, 1)).sign_up.party) == "comes with 1"


async def test_a_party_that_does_not_answer_blocks_those_behind_it_for_the_offers_time_only(place: Place) -> None:
    party = await full(place, 5, 6, 2)
    await party.say(1)
    await party.tell()
    assert await party.expire(at=TOLD + OFFER - minutes(1)) == []
    assert (await party.stands())[3] == "waits with 2"
    await party.expire(at=TOLD + OFFER)
    assert await party.stands() == {1: "declined", 2: "waits with 6, not 5", 3: "offered 2 of 2"}
    assert said((await party.come(4, 3)).sign_up.party) == "comes with 3"


async def test_a_party_that_waited_for_all_is_the_first_when_there_is_room_for_all(place: Place) -> None:
    party = await full(place, 6, 6, 1)
    await party.come(1, 1)
    await party.wait(2)
    assert await party.stands() == {1: "comes with 1", 2: "waits with 6, not 5", 3: "offered 1 of 1"}
    await party.say(3)
    await party.say(1)
    assert (await party.stands())[2] == "offered 6 of 6"


async def test_what_becomes_free_while_a_party_considers_too_few_goes_to_the_one_behind_it(place: Place) -> None:
    party = await full(place, 6, 6, 1)
    await party.come(1, 1)
    await party.say(1)
    assert await party.stands() == {1: "declined", 2: "offered 5 of 6", 3: "offered 1 of 1"}


async def test_a_party_that_waits_is_told_at_once_when_all_has_become_free_meanwhile(place: Place) -> None:
    party = await full(place, 6, 6)
    await party.come(1, 1)
    await party.say(1)  # with this place there is room for all six
    answer = await party.wait(2)
    assert (said(answer.sign_up.party), answer.place) == ("offered 6 of 6", None)
    assert await party.stands() == {1: "declined", 2: "offered 6 of 6"}


async def test_an_offer_of_too_few_that_ends_may_become_one_of_all(place: Place) -> None:
    party = await full(place, 6, 6)
    await party.come(1, 1)
    await party.tell()
    await party.say(1)
    [ended] = await party.expire(at=TOLD + OFFER)
    assert said(ended.party) == "offered 6 of 6"
    assert [said(told.party) for told in await party.tell(at=TOLD + OFFER)] == ["offered 6 of 6"]


async def test_asking_for_more_again_and_again_keeps_the_places_no_longer(place: Place) -> None:
    party = await full(place, 5, 6)
    await party.say(1)
    await party.tell()
    answer = await party.come(2, 7, at=TOLD + OFFER - minutes(1))
    assert (said(answer.sign_up.party), answer.sign_up.party.until) == ("offered 5 of 7", TOLD + OFFER)


# --- until when -----------------------------------------------------------------------------------------------------

CLOSED = STARTS - timedelta(hours=24)


async def test_after_the_end_of_signing_up_nobody_new_gets_in_and_nobody_brings_more(place: Place) -> None:
    party = await gather(place, closes_before=24 * 60)
    await party.come(1, 2, at=CLOSED - minutes(1))
    assert (await party.come(2, at=CLOSED)).refusal is Refusal.CLOSED
    assert (await party.come(1, 3, at=CLOSED)).refusal is Refusal.CLOSED
    assert (await party.come(1, 1, at=CLOSED)).refusal is None
    assert await party.stands() == {1: "comes with 1"}


async def test_a_place_that_is_freed_after_the_end_of_signing_up_is_offered_on_and_can_be_accepted(
    place: Place,
) -> None:
    party = await full(place, 2, 3, 1, closes_before=24 * 60)
    await party.say(1, at=CLOSED)
    assert await party.stands() == {1: "declined", 2: "offered 2 of 3", 3: "waits with 1"}
    await party.tell(at=CLOSED)
    assert (await party.come(2, 3, at=CLOSED)).refusal is Refusal.CLOSED
    assert said((await party.come(2, 1, at=CLOSED)).sign_up.party) == "comes with 1"
    assert (await party.stands())[3] == "offered 1 of 1"


async def test_once_it_has_begun_nothing_changes_any_more(place: Place) -> None:
    party = await full(place, 1, 1)
    assert (await party.come(1, 2, at=STARTS)).refusal is Refusal.BEGUN
    assert (await party.say(1, at=STARTS)).refusal is Refusal.BEGUN
    async with party.doing() as doings:
        await doings.set_capacity(5)
        assert not await doings.settle(at=STARTS)
        assert await doings.tell(at=STARTS) == []
    assert await party.stands() == {1: "comes with 1", 2: "waits with 1"}


async def test_for_a_cancelled_date_nobody_signs_up_and_nothing_is_offered(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    await party.say(1)
    async with party.doing() as doings:
        await doings.connection.execute(update(Occurrence).values(cancelled=True))
        assert (await doings.come(4)).refusal is Refusal.CANCELLED
        assert (await doings.say(2)).refusal is Refusal.CANCELLED
        assert await doings.tell() == []
        await doings.set_capacity(5)
        assert not await doings.settle()
    assert await party.stands() == {1: "declined", 2: "offered 1 of 1", 3: "waits with 1"}


# --- what happens by itself -----------------------------------------------------------------------------------------


async def test_more_places_are_offered_to_those_who_wait(place: Place) -> None:
    party = await full(place, 1, 1, 2, 1)
    assert not await party.settle()
    await party.set_capacity(3)
    assert await party.settle()
    assert list((await party.stands()).values())[1:] == ["offered 1 of 1", "offered 1 of 2", "waits with 1"]
    await party.set_capacity(None)
    assert await party.settle()
    assert (await party.stands())[4] == "offered 1 of 1"
    assert not await party.settle()


async def test_where_places_are_taken_away_all_who_come_stay_and_nobody_else_gets_in(place: Place) -> None:
    party = await full(place, 5, 1)
    await party.set_capacity(3)
    assert not await party.settle()
    assert said((await party.come(1, 4)).sign_up.party) == "comes with 4"
    assert (await party.stands())[2] == "waits with 1"
    assert (await party.head()) == Head(parties=1, coming=4, waiting=1)
    assert said((await party.come(1, 2)).sign_up.party) == "comes with 2"
    assert (await party.stands())[2] == "offered 1 of 1"


async def test_who_waits_counts_as_no_participant_whatever_the_number_of_places(place: Place) -> None:
    party = await full(place, 2, 3, 1)
    for capacity, offered, waiting in ((2, 0, 4), (1, 0, 4), (4, 2, 1), (3, 2, 1), (6, 3, 0)):
        await party.set_capacity(capacity)
        await party.settle()
        assert await party.head() == Head(parties=1, coming=2, offered=offered, waiting=waiting)


async def test_the_place_of_somebody_who_was_erased_is_offered_on(place: Place) -> None:
    party = await full(place, 2, 1, 2)
    await party.erase(1)
    assert await party.settle()
    assert await party.stands() == {2: "offered 1 of 1", 3: "offered 1 of 2"}
    await party.erase(2)
    assert not await party.settle()  # for one place the party of two is asked already
    await party.wait(3)
    assert (await party.stands())[3] == "offered 2 of 2"


async def test_nobody_passes_those_who_wait_while_a_place_is_not_offered_yet(place: Place) -> None:
    party = await full(place, 1, 1)
    await party.erase(1)
    assert said((await party.come(3)).sign_up.party) == "waits with 1"
    assert (await party.stands())[2] == "offered 1 of 1"


async def test_who_waits_and_asks_again_gets_what_has_become_free_and_is_not_offered_yet(place: Place) -> None:
    party = await full(place, 2, 2, 1)
    await party.set_capacity(4)
    assert said((await party.come(2, 2)).sign_up.party) == "comes with 2"
    assert (await party.stands())[3] == "waits with 1"
    await party.set_capacity(5)
    assert said((await party.come(3, 3)).sign_up.party) == "offered 1 of 3"


async def test_who_waits_gets_a_place_also_after_the_end_of_signing_up_where_more_were_made(place: Place) -> None:
    party = await full(place, 1, 1, closes_before=24 * 60)
    await party.set_capacity(2)
    assert said((await party.come(2, at=CLOSED)).sign_up.party) == "comes with 1"


# --- at the same time -----------------------------------------------------------------------------------------------


async def test_of_two_who_want_the_last_place_at_the_same_time_one_waits(place: Place) -> None:
    party = await gather(place, capacity=1)
    async with party.doing() as first:
        before = await first.come(1)
        second = asyncio.create_task(party.come(2))
        await asyncio.sleep(0.1)
        assert not second.done()
    after = await second
    assert [said(each.sign_up.party) for each in (before, after)] == ["comes with 1", "waits with 1"]
    assert [each.sign_up.party.number for each in (before, after)] == [1, 2]


async def test_two_who_leave_at_the_same_time_free_two_places(place: Place) -> None:
    party = await gather(place, capacity=2)
    for who in range(1, 6):
        await party.come(who)
    async with party.doing() as first:
        await first.say(1)
        second = asyncio.create_task(party.say(2))
        await asyncio.sleep(0.05)
    await second
    assert list((await party.stands()).values())[2:] == ["offered 1 of 1", "offered 1 of 1", "waits with 1"]


async def test_what_is_offered_to_somebody_who_is_just_being_erased_goes_to_the_next(place: Place) -> None:
    party = await full(place, 1, 1, 1)
    async with party.doing() as erasing:
        await erasing.erase(2)
        leaving = asyncio.create_task(party.say(1))
        await asyncio.sleep(0.1)
    await leaving
    assert await party.stands() == {1: "declined", 3: "offered 1 of 1"}


# --- whatever happens -----------------------------------------------------------------------------------------------

CLOSES_BEFORE = 600
PEOPLE = range(1, 7)


@dataclass
class Plain:
    """The rules once more, as plainly as they can be said: what the database is compared with."""

    capacity: int | None
    now: datetime = NOW
    next: int = 1
    parties: dict[int, Party] = field(default_factory=dict)

    @property
    def held(self) -> int:
        coming = sum(each.persons for each in self.parties.values() if each.standing is Standing.COMING)
        return coming + sum(each.offered for each in self.parties.values())

    @property
    def free(self) -> int:
        return 10**6 if self.capacity is None else self.capacity - self.held

    def waiting(self) -> list[int]:
        waits = [who for who, each in self.parties.items() if each.standing is Standing.WAITING]
        return sorted(waits, key=lambda who: self.parties[who].number or 0)

    def takes(self, who: int, places: int) -> int:
        """How many of these places somebody who waits wants."""
        party = self.parties[who]
        if places <= 0:
            return 0
        return party.persons if party.persons <= places else places if places > party.refused else 0

    def settle(self) -> None:
        for who in self.waiting() if self.now < STARTS else ():
            if taken := self.takes(who, self.free):
                self.parties[who] = replace(self.parties[who], standing=Standing.OFFERED, offered=taken)

    def come(self, who: int, persons: int) -> None:
        self.settle()
        party = self.parties.get(who, Party())
        is_in = party.standing in (Standing.COMING, Standing.OFFERED) and persons <= max(party.offered, party.held)
        if self.now >= STARTS or (self.now >= STARTS - minutes(CLOSES_BEFORE) and not is_in):
            return
        room = max(0, self.free) + party.held
        if persons > room and party.standing is Standing.COMING:
            return
        number = party.number
        if number is None:
            number, self.next = self.next, self.next + 1
        refused = party.refused if party.refused < persons else 0
        if persons <= room:
            self.parties[who] = Party(Standing.COMING, persons, number)
        elif room > refused:
            until = party.until or min(self.now + OFFER, STARTS)
            self.parties[who] = Party(Standing.OFFERED, persons, number, offered=room, until=until)
        else:
            self.parties[who] = Party(Standing.WAITING, persons, number, refused=refused)
        self.settle()

    def say(self, who: int, standing: Standing) -> None:
        party = self.parties.get(who, Party())
        if self.now >= STARTS or (who in self.parties and party.standing is standing):
            return
        self.parties[who] = Party(standing, party.persons if standing is Standing.MAYBE else 0)
        if party.held:
            self.settle()

    def refuse(self, who: int) -> None:
        party = self.parties[who]
        self.parties[who] = Party(Standing.WAITING, party.persons, party.number, refused=party.offered)

    def wait(self, who: int) -> None:
        party = self.parties.get(who, Party())
        if 0 < party.offered < party.persons:
            self.refuse(who)
            self.settle()

    def tell(self) -> None:
        for who, party in self.parties.items():
            if party.offered and party.until is None and self.now < STARTS:
                self.parties[who] = replace(party, until=min(self.now + OFFER, STARTS))

    def expire(self) -> None:
        for who, party in list(self.parties.items()):
            if party.until is not None and party.until <= self.now:
                if party.offered < party.persons:
                    self.refuse(who)
                else:
                    self.parties[who] = Party(Standing.LAPSED, party.persons)
        self.settle()


WHO = st.sampled_from(PEOPLE)
COME = st.tuples(st.just("come"), WHO, st.integers(1, 6))
STEP = st.one_of(
    COME,
    COME,
    st.tuples(st.sampled_from(["accept", "bring fewer", "wait", "wait"]), WHO),
    st.tuples(st.just("say"), WHO, st.sampled_from([Standing.DECLINED, Standing.MAYBE])),
    st.tuples(st.just("erase"), WHO),
    st.tuples(st.just("set_capacity"), st.sampled_from([5, 2, 3, 4, 6, 8, 12, None])),
    st.tuples(st.just("pass"), st.sampled_from([1, 60, 300, 720, 1000])),
    st.tuples(st.sampled_from(["tell", "tell", "expire", "settle"])),
)
Step = tuple[Any, ...]
AIMS: dict[str, Callable[[Party], bool]] = {
    "accept": lambda party: party.offered > 0,
    "bring fewer": lambda party: party.standing is Standing.COMING and party.persons > 1,
    "wait": lambda party: 0 < party.offered < party.persons,
    "say": lambda party: party.held > 0,
}
"""Whom a step is about, if there is such a one: else most would change nothing."""


@given(capacity=st.integers(1, 7), steps=st.lists(STEP, min_size=25, max_size=30))
@example(5, [("come", 1, 5), ("come", 2, 6), ("come", 3, 1), ("erase", 1), ("come", 2, 6), ("tell",), ("settle",)])
@example(
    5, [("come", 1, 5), ("come", 2, 6), ("say", 1, Standing.DECLINED), ("wait", 2), ("come", 2, 2), ("come", 3, 4)]
)
@example(3, [("come", 1, 3), ("come", 2, 1), ("set_capacity", 1), ("bring fewer", 1), ("set_capacity", None)])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_happens_places_are_given_out_once_and_in_turn(
    place: Place, capacity: int, steps: list[Step]
) -> None:
    async with place.database.write() as connection:
        await put_residents(connection, place.town_id, PEOPLE)
        event = await put_event(connection, place.town_id, capacity=capacity, closes_before=CLOSES_BEFORE)
        walk = Walk(Doings(connection, place.town_id, *event), Plain(capacity))
        for step in steps:
            await walk.do(*step)
        await connection.rollback()


@dataclass
class Walk:
    """A random sequence: each step is taken in the database and in the model, and both are compared and looked at."""

    doings: Doings
    plain: Plain
    before: dict[int, Party] = field(default_factory=dict)

    async def do(self, *step: Any) -> None:
        self.before = dict(self.plain.parties)
        held = self.plain.held
        what, *given = self.aimed(*step)
        match what:
            case "pass":
                self.plain.now += minutes(given[0])
            case "erase":
                self.plain.parties.pop(given[0], None)
                await self.doings.erase(given[0])
                await put_residents(self.doings.connection, self.doings.town_id, [given[0]])  # and begins anew
            case "set_capacity":
                self.plain.capacity = given[0]
                await self.doings.set_capacity(given[0])
            case _:
                getattr(self.plain, what)(*given)
                await getattr(self.doings, what)(*given, at=self.plain.now)
        facts = await self.doings.facts()
        assert {who: each.party for who, each in facts.items()} == self.plain.parties
        capacity, parties = self.plain.capacity, self.plain.parties
        assert capacity is None or self.plain.held <= max(capacity, held)
        numbers = [each.number for each in parties.values() if each.number is not None]
        assert len(numbers) == len(set(numbers))
        assert all(number < self.plain.next for number in numbers)
        codes = [each.code for each in facts.values() if each.party.standing is Standing.COMING]
        assert all(codes)
        assert len(codes) == len(set(codes))
        await self.check_what_is_free(what)
        self.check_that_nobody_passes()
        self.check_that_offers_end(what)

    def aimed(self, what: str, *given: Any) -> Step:
        """The step with somebody whom it can be about in the place of anybody."""
        if what not in AIMS:
            return (what, *given)
        meant = [who for who, party in self.plain.parties.items() if AIMS[what](party)]
        who: int = meant[given[0] % len(meant)] if meant else given[0]
        party = self.plain.parties.get(who, Party())
        if what == "accept":
            return ("come", who, max(1, party.offered))
        if what == "bring fewer":
            return ("come", who, max(1, party.persons - 1))
        return (what, who, *given[1:])

    async def check_what_is_free(self, what: str) -> None:
        """Whoever wants what is free is found by itself; and nobody has to be after what settles it."""
        is_wanted = self.plain.now < STARTS and any(
            self.plain.takes(who, self.plain.free) for who in self.plain.waiting()
        )
        dates = await sign_ups.dates_to_settle(self.doings.connection, self.doings.town_id, now=self.plain.now)
        assert (self.doings.id in dates) is is_wanted
        if what in ("come", "expire", "settle"):
            assert not is_wanted

    def check_that_nobody_passes(self) -> None:
        """What somebody got in this step, nobody wants who waited before and still does."""
        parties = self.plain.parties
        for who, party in parties.items():
            had = self.before.get(who, Party())
            if party.held <= had.held:
                continue
            for first in self.plain.waiting():
                waited = self.before.get(first, Party())
                is_before = (parties[first].number or 0) < (party.number or 0)
                if waited.standing is Standing.WAITING and is_before:
                    assert not self.plain.takes(first, party.held - had.held)

    def check_that_offers_end(self, what: str) -> None:
        for party in self.plain.parties.values():
            if party.until is not None:
                assert party.until <= min(self.plain.now + OFFER, STARTS)
            if what == "expire" and party.until is not None:
                assert party.until > self.plain.now
            if what == "tell" and party.offered and self.plain.now < STARTS:
                assert party.until is not None


async def test_everything_of_a_date_goes_with_it(place: Place) -> None:
    party = await full(place, 1, 1)
    async with party.doing() as doings:
        await doings.connection.execute(delete(Event))
    assert await party.stands() == {}


# --- forgetting -----------------------------------------------------------------------------------------------------


async def test_names_go_after_two_days_and_after_ninety_only_figures_stay(place: Place) -> None:
    party = await gather(place, capacity=3)
    await party.come(1, 2)
    await party.come(2, 2)
    async with place.database.write() as connection:
        await sign_ups.set_details(
            connection, occurrence_id=party.id, resident_id=1, children=1, need=("childcare", True), name="Amina"
        )

    async def forget(later: timedelta) -> None:
        async with place.database.write() as connection:
            await sign_ups.forget_details(connection, now=STARTS + later)
            await sign_ups.forget_sign_ups(connection, now=STARTS + later)

    await forget(timedelta(days=1))
    assert (await party.facts())[1].name == "Amina"
    await forget(timedelta(days=3))
    known = (await party.facts())[1]
    assert (known.name, known.needs, known.code, known.party.persons, known.children) == (None, (), None, 2, 1)
    await forget(timedelta(days=91))
    assert await party.facts() == {}
    async with place.database.read() as connection:
        tally = await connection.scalar(select(Occurrence.tally).where(Occurrence.id == party.id))
    figures = {"parties": 1, "coming": 2, "children": 1, "arrived": 0, "absent": 2}
    assert tally == {**figures, "languages": {"de": 1}, "walk_ins": {}}
