"""Events of the office on both databases: written, opened, moved, cancelled; and what becomes of who has signed up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from dialogues.broadcast import Place as Spot
from dialogues.event import Occasion, Offers
from dialogues.series import SeriesError
from dialogues.waiting_list import Standing
from storage.database import Database
from storage.models import (
    Broadcast,
    BroadcastText,
    Delivery,
    DeliveryState,
    Event,
    EventState,
    Link,
    Occurrence,
    Resident,
    SendingKind,
    SignUp,
    stands,
)
from storage.queries.audience import Audience
from storage.queries.broadcasts import list_broadcasts
from storage.queries.events import EventFacts, event_of, find_event, list_events
from storage.queries.outbox import REMINDER, new_delivery
from storage.queries.town import town_revision
from storage.services import events
from storage.services.broadcasts import begin_sending, put_text
from storage.services.events import REMINDERS, Settled
from storage.services.sign_ups import dates_to_settle, say_no, sign_up
from storage.services.telling import Reminding, changes_due, take_changes, take_reminders
from storage.statements import INSERT_DELIVERY, Write, execute
from tests.storage.conftest import BOT, NOW, Place

ZONE = "Europe/Berlin"
YARD = Spot("Hof", "Lindenstraße 5", 51.05, 13.73)
HALL = Spot("Saal", "Am Wall 1", 51.06, 13.74)
ONCE = Settled(
    title="Sommerfest",
    starts="2026-11-28T15:00",
    ends="2026-11-28T17:00",
    rule=None,
    exceptions=(),
    capacity=40,
    closes_before=60,
    offer_minutes=120,
    reminders=(120, 1440),
    offers=Offers(food=("halal",), childcare=True),
    contact="Amt, Zimmer 3",
    place=YARD,
)
WEEKLY = replace(ONCE, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20261219")
SATURDAYS = ["2026-11-28T15:00", "2026-12-05T15:00", "2026-12-12T15:00", "2026-12-19T15:00"]


@dataclass
class Office:
    """Does what the office does, each in a transaction of its own."""

    place: Place
    event_id: int = 0

    @property
    def database(self) -> Database:
        return self.place.database

    async def draft(self) -> Office:
        async with self.database.write() as connection:
            self.event_id = await events.draft_event(
                connection, town_id=self.place.town_id, title="Fest", zone=ZONE, now=NOW
            )
        return self

    async def facts(self) -> EventFacts:
        async with self.database.read() as connection:
            event = await find_event(connection, self.place.town_id, self.event_id)
        assert event is not None
        return event

    async def change(self, settled: Settled, *, at: datetime = NOW, seen: int | None = None) -> bool:
        if seen is None:
            seen = (await self.facts()).broadcast.revision
        async with self.database.write() as connection:
            return await events.change_event(
                connection, town_id=self.place.town_id, event_id=self.event_id, seen=seen, settled=settled, now=at
            )

    async def do(self, service: Any, **how: Any) -> Any:
        async with self.database.write() as connection:
            return await service(connection, town_id=self.place.town_id, event_id=self.event_id, **how)

    async def open(self, settled: Settled = ONCE) -> Office:
        await self.draft()
        assert await self.change(settled)
        assert await self.do(events.open_event, now=NOW)
        return self

    async def dates(self) -> list[str]:
        """When the dates begin that take place, in wall time."""
        return [each.start for each in (await self.facts()).occasions if not each.cancelled]

    async def date(self, start: str) -> Occasion:
        [found] = [each for each in (await self.facts()).occasions if each.start == start]
        return found

    async def somebody_comes(self, start: str, who: int = 1, persons: int = 1) -> None:
        occasion = await self.date(start)
        await self.place.contact(who)
        async with self.database.write() as connection:
            answered = await sign_up(connection, occurrence_id=occasion.id, resident_id=who, persons=persons, now=NOW)
        assert answered is not None
        assert answered.refusal is None


@pytest.fixture
def office(place: Place) -> Office:
    return Office(place)


# --- writing --------------------------------------------------------------------------------------------------------


async def test_a_draft_has_no_dates_and_is_no_message_among_others(office: Office) -> None:
    event = await (await office.draft()).facts()
    assert (event.state, event.occasions, event.capacity, event.starts) == (EventState.DRAFT, (), None, None)
    assert (event.title("de"), tuple(event.reminders), event.broadcast.title) == ("Fest", REMINDERS, "Fest")
    async with office.database.read() as connection:
        assert await list_broadcasts(connection, office.place.town_id) == ()
        assert await list_events(connection, office.place.town_id) == (event,)
        assert await event_of(connection, office.place.town_id, event.broadcast_id) == event


async def test_calendars_know_each_event_by_a_name_of_its_own(office: Office) -> None:
    first = await (await office.draft()).facts()
    second = await (await office.draft()).facts()
    assert first.uid != second.uid


async def test_what_the_office_settles_is_kept_with_the_date_as_a_moment(office: Office) -> None:
    await office.draft()
    assert await office.change(ONCE)
    event = await office.facts()
    kept = {name: getattr(event, name) for name in ("starts", "ends", "rule", "capacity", "closes_before", "contact")}
    assert kept == {name: getattr(ONCE, name) for name in kept}
    assert (event.broadcast.title, event.broadcast.place, event.offers) == ("Sommerfest", YARD, ONCE.offers)
    assert event.reminders == [1440, 120]
    [date] = event.occasions
    assert date.starts_at == datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
    assert date.ends_at == datetime(2026, 11, 28, 16, 0, tzinfo=UTC)


async def test_who_changes_an_event_has_to_have_seen_it_as_it_is(office: Office) -> None:
    await office.draft()
    seen = (await office.facts()).broadcast.revision
    assert await office.change(ONCE, seen=seen)
    assert not await office.change(WEEKLY, seen=seen)
    assert await office.dates() == SATURDAYS[:1]
    assert (await office.facts()).broadcast.revision > seen


async def test_a_series_has_a_date_for_each_of_its_days_but_those_left_out(office: Office) -> None:
    await office.draft()
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-12",)))
    assert await office.dates() == [SATURDAYS[0], SATURDAYS[1], SATURDAYS[3]]


async def test_an_hour_stays_the_same_on_the_wall_when_the_clocks_change(office: Office) -> None:
    await office.draft()
    rule = "FREQ=WEEKLY;BYDAY=SA;UNTIL=20270403"
    assert await office.change(replace(ONCE, starts="2027-03-20T15:00", ends="2027-03-20T17:00", rule=rule))
    assert [each.starts_at.hour for each in (await office.facts()).occasions] == [14, 14, 13]


async def test_a_rule_that_gives_no_dates_changes_nothing(office: Office) -> None:
    await office.draft()
    assert await office.change(ONCE)
    before = await office.facts()
    with pytest.raises(SeriesError):
        await office.change(replace(ONCE, title="Anders", rule="FREQ=WEEKLY"))
    assert await office.facts() == before


async def test_what_is_over_or_was_never_to_come_gets_no_date(office: Office) -> None:
    """A series that is written down late has only the dates that are still to come."""
    await office.draft()
    assert await office.change(WEEKLY, at=NOW + timedelta(days=7))
    assert await office.dates() == SATURDAYS[1:]


# --- opening --------------------------------------------------------------------------------------------------------


async def test_an_event_opens_only_with_a_date_that_is_still_to_come(office: Office) -> None:
    await office.draft()
    assert not await office.do(events.open_event, now=NOW)
    assert await office.change(ONCE)
    assert not await office.do(events.open_event, now=datetime(2026, 11, 28, 14, 0, tzinfo=UTC))
    assert await office.do(events.open_event, now=NOW)
    assert (await office.facts()).state == EventState.OPEN
    assert not await office.do(events.open_event, now=NOW)


async def test_what_residents_see_of_an_event_is_known_to_what_runs(office: Office) -> None:
    async def revision() -> int:
        async with office.database.read() as connection:
            return await town_revision(connection, office.place.town_id)

    await office.draft()
    seen = [await revision()]
    assert await office.change(WEEKLY)
    seen.append(await revision())
    assert await office.do(events.open_event, now=NOW)
    seen.append(await revision())
    assert await office.do(events.cancel_date, occurrence_id=(await office.date(SATURDAYS[1])).id, now=NOW)
    seen.append(await revision())
    assert await office.do(events.cancel_event, now=NOW)
    seen.append(await revision())
    assert sorted(set(seen)) == seen


# --- moving ---------------------------------------------------------------------------------------------------------


async def test_a_date_that_is_moved_stays_the_same_date_with_its_sign_ups_and_rises_in_sequence(office: Office) -> None:
    await office.open()
    before = await office.date(ONCE.starts or "")
    await office.somebody_comes(before.start)
    assert await office.change(replace(ONCE, starts="2026-11-29T16:00", ends="2026-11-29T18:00"))
    [after] = (await office.facts()).occasions
    assert (after.id, after.sequence, after.start) == (before.id, before.sequence + 1, "2026-11-29T16:00")
    assert after.starts_at == before.starts_at + timedelta(hours=25)
    assert await said(office, after.id) == {1: Standing.COMING}


async def test_dates_of_a_series_are_moved_day_by_day_and_others_come_and_go(office: Office) -> None:
    await office.open(WEEKLY)
    before = {each.start[:10]: each for each in (await office.facts()).occasions}
    later = replace(WEEKLY, starts="2026-11-28T18:00", ends="2026-11-28T20:00", exceptions=("2026-12-05",))
    assert await office.change(replace(later, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20261226"))
    after = {each.start[:10]: each for each in (await office.facts()).occasions}
    assert list(after) == ["2026-11-28", "2026-12-12", "2026-12-19", "2026-12-26"]
    assert all(after[day].id == before[day].id for day in list(after)[:3])
    assert [each.sequence for each in after.values()] == [1, 1, 1, 0]
    assert {each.start[11:] for each in after.values()} == {"18:00"}


async def test_at_another_place_all_dates_rise_in_sequence(office: Office) -> None:
    await office.open(WEEKLY)
    assert await office.change(replace(WEEKLY, place=HALL))
    assert [each.sequence for each in (await office.facts()).occasions] == [1, 1, 1, 1]


async def test_what_concerns_neither_time_nor_place_tells_nobody(office: Office) -> None:
    await office.open(WEEKLY)
    assert await office.change(replace(WEEKLY, title="Fest", capacity=5, contact=None, offers=Offers()))
    assert [each.sequence for each in (await office.facts()).occasions] == [0, 0, 0, 0]


async def test_of_a_draft_nobody_is_told_that_it_was_moved(office: Office) -> None:
    await office.draft()
    assert await office.change(ONCE)
    assert await office.change(replace(ONCE, starts="2026-11-28T16:00", place=HALL))
    assert [each.sequence for each in (await office.facts()).occasions] == [0]


async def test_what_was_to_be_said_about_a_date_as_it_was_is_not_sent_any_more(office: Office) -> None:
    await office.open(WEEKLY)
    for who, start in enumerate(SATURDAYS[:2], 1):
        await office.somebody_comes(start, who)
        await something_waits(office, who, start)
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-05",)))
    assert await waiting(office) == [1]


async def test_whose_offer_has_lapsed_hears_that_though_the_date_is_moved(office: Office) -> None:
    await office.open(WEEKLY)
    for who in (1, 2):
        await office.somebody_comes(SATURDAYS[0], who)
        await something_waits(office, who, SATURDAYS[0])
    async with office.database.write() as connection:
        await connection.execute(update(SignUp).where(SignUp.resident_id == 2).values(state=Standing.LAPSED))
    assert await move(office, SATURDAYS[0], SUNDAY)
    assert await waiting(office) == [2]


async def something_waits(office: Office, who: int, start: str) -> None:
    """A message about a date waits in the outbox for somebody."""
    rows = [
        new_delivery(
            town_id=office.place.town_id,
            bot_id=BOT,
            contact_id=who,
            method="sendMessage",
            payload={},
            now=NOW,
            priority=REMINDER,
            occurrence_id=(await office.date(start)).id,
        )
    ]
    await office.place.writer.write([Write(INSERT_DELIVERY, rows)])


async def waiting(office: Office) -> list[int]:
    """For whom something waits."""
    wanted = select(Delivery.contact_id).where(stands(Delivery.state, DeliveryState.WAITING))
    async with office.database.read() as connection:
        return list(await connection.scalars(wanted.order_by(Delivery.contact_id)))


async def test_what_is_over_stays_as_it_was(office: Office) -> None:
    await office.open(WEEKLY)
    first = await office.date(SATURDAYS[0])
    sundays = replace(
        WEEKLY, starts="2026-11-22T11:00", ends="2026-11-22T12:00", rule="FREQ=WEEKLY;BYDAY=SU;UNTIL=20261213"
    )
    assert await office.change(sundays, at=first.ends_at + timedelta(days=4))
    assert await office.dates() == [SATURDAYS[0], "2026-12-06T11:00", "2026-12-13T11:00"]
    assert await office.date(SATURDAYS[0]) == first


async def test_a_date_that_has_begun_does_not_come_once_more_later_that_day(office: Office) -> None:
    await office.open(WEEKLY)
    first = await office.date(SATURDAYS[0])
    evenings = replace(WEEKLY, starts="2026-11-28T20:00", ends="2026-11-28T22:00")
    assert await office.change(evenings, at=first.starts_at + timedelta(minutes=30))
    assert await office.dates() == [SATURDAYS[0], *(each.replace("15:00", "20:00") for each in SATURDAYS[1:])]


async def test_one_date_that_becomes_a_series_stays_the_same_on_its_day_and_so_it_does_the_other_way_round(
    office: Office,
) -> None:
    await office.open()
    once = await office.date(SATURDAYS[0])
    await office.somebody_comes(once.start)
    assert await office.change(WEEKLY)
    assert await office.dates() == SATURDAYS
    assert await office.date(SATURDAYS[0]) == once, "nobody is told of anything"
    third = await office.date(SATURDAYS[2])
    assert await office.change(replace(ONCE, starts="2026-12-12T15:00", ends="2026-12-12T17:00"))
    assert await office.dates() == [SATURDAYS[2]]
    assert await office.date(SATURDAYS[2]) == third
    assert await said(office, once.id) == {1: Standing.COMING}
    sundays = replace(ONCE, starts="2026-12-13T11:00", ends="2026-12-13T12:00", rule="FREQ=WEEKLY;COUNT=3")
    assert await office.change(sundays)
    assert (await office.date("2026-12-13T11:00")).id == third.id, "the only date is now the first one"


async def test_once_begun_a_date_that_becomes_a_series_is_the_only_one_of_its_day(office: Office) -> None:
    await office.open()
    begun = await office.date(SATURDAYS[0])
    evenings = replace(WEEKLY, starts="2026-11-28T20:00", ends="2026-11-28T22:00")
    assert await office.change(evenings, at=begun.starts_at)
    assert [each[:10] for each in await office.dates()] == [each[:10] for each in SATURDAYS]
    assert await office.date(SATURDAYS[0]) == begun


# --- one date of a series at another time ---------------------------------------------------------------------------

SUNDAY = ("2026-12-06T11:00", "2026-12-06T13:00")


async def move(office: Office, start: str, walls: tuple[str, str], *, now: datetime = NOW) -> bool:
    occurrence_id = (await office.date(start)).id
    moved = await office.do(events.move_date, occurrence_id=occurrence_id, walls=walls, now=now)
    return bool(moved)


async def test_a_date_of_a_series_that_is_moved_keeps_its_sign_ups_and_the_rule_stays(office: Office) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[1])
    before = await office.date(SATURDAYS[1])
    assert await move(office, before.start, SUNDAY)
    assert await office.dates() == [SATURDAYS[0], SUNDAY[0], *SATURDAYS[2:]]
    after = await office.date(SUNDAY[0])
    assert (after.id, after.sequence, after.end) == (before.id, 1, SUNDAY[1])
    assert after.starts_at == datetime(2026, 12, 6, 10, 0, tzinfo=UTC)
    assert await said(office, after.id) == {1: Standing.COMING}
    event = await office.facts()
    assert (event.rule, event.exceptions, events.moved_by_hand(event, NOW)) == (WEEKLY.rule, ["2026-12-05"], (after,))


async def test_a_date_that_was_moved_by_hand_stays_whatever_becomes_of_its_series(office: Office) -> None:
    await office.open(WEEKLY)
    assert await move(office, SATURDAYS[1], SUNDAY)
    moved = await office.date(SUNDAY[0])
    now = replace(WEEKLY, exceptions=("2026-12-05",))
    evenings = replace(now, starts="2026-11-28T18:00", ends="2026-11-28T20:00")
    assert await office.change(replace(now, capacity=5, title="Anders"))
    assert await office.change(evenings)
    assert await office.dates() == ["2026-11-28T18:00", SUNDAY[0], "2026-12-12T18:00", "2026-12-19T18:00"]
    assert await office.change(replace(evenings, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20261212"))
    assert await office.change(
        replace(evenings, starts="2026-11-29T18:00", ends="2026-11-29T20:00", rule="FREQ=WEEKLY;COUNT=3")
    )
    assert await office.dates() == ["2026-11-29T18:00", SUNDAY[0], "2026-12-13T18:00"], "one date a day"
    assert await office.date(SUNDAY[0]) == moved
    assert await office.change(replace(evenings, place=HALL))
    assert await office.date(SUNDAY[0]) == replace(moved, sequence=moved.sequence + 1)
    assert await office.change(replace(ONCE, place=HALL))
    assert await office.dates() == [SATURDAYS[0]], "what is once has one date"


async def test_a_series_may_have_no_date_but_those_moved_by_hand(office: Office) -> None:
    await office.open(replace(WEEKLY, rule="FREQ=WEEKLY;BYDAY=SA;UNTIL=20261205"))
    assert await office.do(events.cancel_date, occurrence_id=(await office.date(SATURDAYS[0])).id, now=NOW)
    assert await move(office, SATURDAYS[1], SUNDAY)
    rule = "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261205"
    assert await office.change(replace(WEEKLY, rule=rule, exceptions=("2026-11-28", "2026-12-05"), capacity=5))
    assert await office.dates() == [SUNDAY[0]]


async def test_a_date_that_is_moved_back_is_one_of_the_series_again(office: Office) -> None:
    await office.open(WEEKLY)
    assert await move(office, SATURDAYS[1], SUNDAY)
    assert await move(office, SUNDAY[0], ("2026-12-07T11:00", "2026-12-07T13:00"))
    assert (await office.facts()).exceptions == ["2026-12-05"]
    assert await move(office, "2026-12-07T11:00", (SATURDAYS[1], "2026-12-05T17:00"))
    event = await office.facts()
    assert (event.exceptions, events.moved_by_hand(event, NOW)) == ([], ())
    assert (await office.date(SATURDAYS[1])).sequence == 3
    assert await move(office, SATURDAYS[1], (SATURDAYS[1], "2026-12-05T17:00"))
    assert (await office.date(SATURDAYS[1])).sequence == 3, "nothing is different, and nobody is told"


async def test_a_date_can_take_the_day_of_a_cancelled_one_and_of_no_other(office: Office) -> None:
    await office.open(WEEKLY)
    assert not await move(office, SATURDAYS[1], (SATURDAYS[2], "2026-12-12T17:00"))
    cancelled = await office.date(SATURDAYS[2])
    assert await office.do(events.cancel_date, occurrence_id=cancelled.id, now=NOW)
    assert await move(office, SATURDAYS[1], (SATURDAYS[2], "2026-12-12T17:00"))
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-05", "2026-12-12"), capacity=5))
    assert await office.dates() == [SATURDAYS[0], *SATURDAYS[2:]]


async def test_what_is_over_cancelled_or_no_series_is_not_moved(office: Office) -> None:
    await office.open(WEEKLY)
    first, second = await office.date(SATURDAYS[0]), await office.date(SATURDAYS[1])
    assert not await move(office, SATURDAYS[0], SUNDAY, now=first.starts_at)
    assert not await move(office, SATURDAYS[1], ("2026-11-20T15:00", "2026-11-20T17:00"))
    assert await office.do(events.cancel_date, occurrence_id=second.id, now=NOW)
    assert not await office.do(events.move_date, occurrence_id=second.id, walls=SUNDAY, now=NOW)
    assert await office.change(ONCE)
    assert not await move(office, SATURDAYS[0], SUNDAY)


async def said(office: Office, occurrence_id: int) -> dict[int, str]:
    async with office.database.read() as connection:
        rows = await connection.execute(
            select(SignUp.resident_id, SignUp.state).where(SignUp.occurrence_id == occurrence_id)
        )
        return {row.resident_id: row.state for row in rows}


# --- dates that go --------------------------------------------------------------------------------------------------


async def test_a_date_that_goes_is_deleted_unless_somebody_has_said_something_about_it(office: Office) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[1])
    kept = await office.date(SATURDAYS[1])
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-05", "2026-12-12")))
    dates = {each.start: each for each in (await office.facts()).occasions}
    assert list(dates) == [SATURDAYS[0], SATURDAYS[1], SATURDAYS[3]]
    assert dates[SATURDAYS[1]] == replace(kept, cancelled=True, sequence=kept.sequence + 1)
    assert await said(office, kept.id) == {1: Standing.COMING}


async def test_nobody_is_asked_for_a_first_name_for_a_date_that_is_gone(office: Office) -> None:
    await office.open(WEEKLY)
    await office.place.contact(1)
    async with office.database.write() as connection:
        await connection.execute(update(Resident).values(naming_id=(await office.date(SATURDAYS[2])).id))
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-12",)))
    async with office.database.read() as connection:
        assert await connection.scalar(select(Resident.naming_id)) is None


async def test_an_event_whose_date_is_not_settled_any_more_has_none(office: Office) -> None:
    await office.open()
    assert await office.change(replace(ONCE, starts=None, ends=None))
    assert (await office.facts()).occasions == ()


async def test_a_cancelled_date_of_a_series_stays_cancelled_whatever_is_changed(office: Office) -> None:
    await office.open(WEEKLY)
    cancelled = await office.date(SATURDAYS[1])
    assert await office.do(events.cancel_date, occurrence_id=cancelled.id, now=NOW)
    assert not await office.do(events.cancel_date, occurrence_id=cancelled.id, now=NOW)
    assert await office.change(replace(WEEKLY, capacity=5))
    assert await office.change(replace(WEEKLY, starts="2026-11-28T18:00", ends="2026-11-28T20:00"))
    assert await office.dates() == [SATURDAYS[at].replace("15:00", "18:00") for at in (0, 2, 3)]
    assert await office.date(SATURDAYS[1]) == replace(cancelled, cancelled=True, sequence=1)


async def test_a_cancelled_date_of_an_event_that_is_once_stays_cancelled_until_it_gets_another(office: Office) -> None:
    await office.open()
    assert await office.do(events.cancel_date, occurrence_id=(await office.date(SATURDAYS[0])).id, now=NOW)
    assert await office.change(replace(ONCE, capacity=5))
    assert await office.dates() == []
    assert await office.change(replace(ONCE, starts="2026-11-28T18:00", ends="2026-11-28T20:00"))
    assert await office.dates() == ["2026-11-28T18:00"]


async def test_a_day_that_was_taken_out_and_is_put_in_again_is_a_new_date(office: Office) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[1])
    assert await office.change(replace(WEEKLY, exceptions=("2026-12-05",)))
    assert await office.change(WEEKLY)
    assert await office.dates() == SATURDAYS
    assert [each.cancelled for each in (await office.facts()).occasions if each.start == SATURDAYS[1]] == [True, False]


# --- cancelling -----------------------------------------------------------------------------------------------------


async def test_a_cancelled_event_has_no_date_any_more_and_stays_so(office: Office) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[2])
    first = await office.date(SATURDAYS[0])
    assert await office.do(events.cancel_event, now=first.ends_at)
    event = await office.facts()
    assert (event.state, event.happening.cancelled, event.happening.coming(NOW)) == (EventState.CANCELLED, True, ())
    assert [(each.cancelled, each.sequence) for each in event.occasions] == [(False, 0)] + [(True, 1)] * 3
    assert not await office.change(ONCE)
    assert not await office.do(events.cancel_event, now=NOW)
    assert not await office.do(events.open_event, now=NOW)
    assert not await office.do(events.cancel_date, occurrence_id=first.id, now=NOW)


async def test_a_draft_is_discarded_and_not_cancelled(office: Office) -> None:
    await office.draft()
    assert await office.change(ONCE)
    assert not await office.do(events.cancel_event, now=NOW)
    assert (await office.facts()).state == EventState.DRAFT


async def test_a_date_that_has_begun_is_not_cancelled_any_more(office: Office) -> None:
    await office.open()
    date = await office.date(SATURDAYS[0])
    assert not await office.do(events.cancel_date, occurrence_id=date.id, now=date.starts_at)
    assert not await office.do(events.cancel_date, occurrence_id=date.id + 1, now=NOW)


async def test_places_that_the_office_adds_are_offered_on(office: Office) -> None:
    await office.open(replace(ONCE, capacity=1))
    for who in (1, 2):
        await office.somebody_comes(SATURDAYS[0], who)
    date = await office.date(SATURDAYS[0])
    assert await office.change(replace(ONCE, capacity=2))
    async with office.database.read() as connection:
        assert list(await dates_to_settle(connection, office.place.town_id, now=NOW)) == [date.id]
    async with office.database.write() as connection:
        await say_no(connection, occurrence_id=date.id, resident_id=1, standing=Standing.DECLINED, now=NOW)
    assert await said(office, date.id) == {1: Standing.DECLINED, 2: Standing.OFFERED}


# --- again, and away ------------------------------------------------------------------------------------------------


async def test_a_duplicate_has_all_but_the_dates_and_its_texts_have_to_be_released_anew(office: Office) -> None:
    await office.open(WEEKLY)
    first = await office.facts()
    async with office.database.write() as connection:
        await put_text(
            connection,
            town_id=office.place.town_id,
            broadcast_id=first.broadcast_id,
            language="tr",
            text="Yaz şenliği",
            released_by=None,
        )
        await connection.execute(update(BroadcastText).values(released=True))
        await connection.execute(
            update(Broadcast).values(fallback={"ar": "de"}, audience=replace(first.broadcast.audience).as_json())
        )
    first = await office.facts()
    copied = await office.do(events.duplicate_event, title="Winterfest", now=NOW)
    office.event_id = copied
    copy = await office.facts()
    same = ("zone", "capacity", "closes_before", "offer_minutes", "reminders", "offers", "contact")
    assert {name: getattr(copy, name) for name in same} == {name: getattr(first, name) for name in same}
    assert (copy.state, copy.occasions, copy.starts, copy.rule, copy.exceptions) == (
        EventState.DRAFT,
        (),
        None,
        None,
        [],
    )
    assert copy.uid != first.uid
    assert copy.broadcast.id != first.broadcast.id
    assert (copy.broadcast.title, copy.broadcast.place, copy.broadcast.fallback) == ("Winterfest", YARD, {"ar": "de"})
    assert {each: (text.text, text.released) for each, text in copy.broadcast.texts.items()} == {
        "tr": ("Yaz şenliği", False)
    }
    assert first.broadcast.texts["tr"].released


async def test_of_what_is_not_there_nothing_is_done(office: Office) -> None:
    office.event_id = 4711
    assert await office.do(events.duplicate_event, title="Fest", now=NOW) is None
    assert not await office.do(events.open_event, now=NOW)
    assert not await office.do(events.cancel_event, now=NOW)
    assert not await office.do(events.cancel_date, occurrence_id=1, now=NOW)
    assert not await office.do(events.discard_event)
    assert not await office.change(ONCE, seen=0)


async def test_a_discarded_draft_leaves_nothing(office: Office) -> None:
    await office.draft()
    assert await office.change(WEEKLY)
    await office.place.contact(1)
    async with office.database.write() as connection:
        await connection.execute(
            update(Resident).values(naming_id=(await office.date(SATURDAYS[0])).id, wanted_event_id=office.event_id)
        )
        await connection.execute(
            insert(Link).values(town_id=office.place.town_id, code="abc", event_id=office.event_id)
        )
    assert await office.do(events.discard_event)
    async with office.database.read() as connection:
        for table in (Event, Occurrence, Broadcast, Link):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
        assert (await connection.execute(select(Resident.naming_id, Resident.wanted_event_id))).one() == (None, None)


async def test_what_is_open_or_is_being_sent_is_not_discarded(office: Office) -> None:
    await office.draft()
    assert await office.change(ONCE)
    broadcast = (await office.facts()).broadcast
    async with office.database.write() as connection:
        await begin_sending(
            connection,
            town_id=office.place.town_id,
            broadcast_id=broadcast.id,
            kind=SendingKind.SEND,
            staff_id=None,
            content=broadcast.content(released=False),
            audience=Audience(),
            zone=ZONE,
            wall=None,
            due_at=NOW,
            now=NOW,
        )
    assert not await office.do(events.discard_event)
    assert await office.dates() == SATURDAYS[:1]
    assert await office.do(events.open_event, now=NOW)
    assert not await office.do(events.discard_event)


async def test_who_was_not_reached_by_a_first_change_reads_when_the_date_was_to_be_as_they_know_it(
    office: Office,
) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[1])
    date = await office.date(SATURDAYS[1])

    async def tell() -> list[str | None]:
        """Tell whoever does not know; the messages wait in the outbox."""
        async with office.database.write() as connection:
            people, _ = await take_changes(connection, occurrence_id=date.id, bot_id=BOT, now=NOW)
            rows = [
                new_delivery(
                    town_id=office.place.town_id,
                    bot_id=BOT,
                    contact_id=each.contact_id,
                    method="sendMessage",
                    payload={"text": "moved"},
                    now=NOW,
                    priority=REMINDER,
                    occurrence_id=date.id,
                    told_sequence=each.sign_up.told_sequence,
                )
                for each in people
            ]
            await execute(connection, [Write(INSERT_DELIVERY, rows)])
        return [each.before for each in people]

    async def due_at_night() -> list[int]:
        night = date.starts_at + timedelta(minutes=30)
        async with office.database.read() as connection:
            town = office.place.town_id
            return await changes_due(connection, town, bot_id=BOT, now=night - timedelta(hours=2), night=night)

    assert await move(office, SATURDAYS[1], SUNDAY)
    assert await tell() == [SATURDAYS[1]]
    later = ("2026-12-10T11:00", "2026-12-10T13:00")
    assert await move(office, SUNDAY[0], later)
    assert await due_at_night() == [date.id]  # they would set off for the Saturday
    assert await tell() == [SATURDAYS[1]]
    async with office.database.write() as connection:  # and now it has reached them
        await connection.execute(update(Delivery).values(state=DeliveryState.SENT))
    assert await move(office, later[0], SUNDAY)
    assert await tell() == [later[0]]


async def test_nobody_is_reminded_of_what_was_cancelled_after_it_was_looked_what_is_due(office: Office) -> None:
    await office.open(WEEKLY)
    await office.somebody_comes(SATURDAYS[0])
    date = await office.date(SATURDAYS[0])
    assert await office.do(events.cancel_date, occurrence_id=date.id, now=NOW)
    async with office.database.write() as connection:
        told = await take_reminders(connection, due=Reminding(date.id, 120), bot_id=BOT)
    assert told == ([], False)
