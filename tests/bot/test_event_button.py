"""A message to many speaks of an event: by a button that shows it, and by going to those who have signed up for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot import broadcasts
from bot.simulator.samples import sample
from storage.models import AttachmentKind, Occurrence, SendingState
from storage.queries.audience import Audience
from storage.queries.events import EventFacts
from storage.services.broadcasts import resume_sending
from storage.services.events import cancel_date, cancel_event
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.occasions import TEXTS, comes, in_days, only, opened, settled
from tests.bot.resident import Resident
from tests.bot.sending import Office
from tests.bot.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")
TITLES = {language: text.split("\n")[0] for language, text in TEXTS.items()}
BUTTON = "📅 Event: Meal together"


@pytest.fixture(autouse=True)
def the_bot_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tests wait for its next look."""
    monkeypatch.setattr(broadcasts, "TICK_SECONDS", 0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def office(town: Town) -> Office:
    office = Office(town)
    await office.has_no_quiet_hours()
    return office


async def meal(office: Office, **more: object) -> EventFacts:
    """An event in five days; nobody is kept from hearing of it."""
    event = await opened(office.town, settled(in_days(5), **more))
    await office.has_no_quiet_hours()
    return event


async def cancels(office: Office, event: EventFacts) -> None:
    async with office.town.database.write() as connection:
        now = datetime.now(UTC)
        assert await cancel_event(connection, town_id=office.town.id, event_id=event.id, now=now)


# --- the button -----------------------------------------------------------------------------------------------------


async def test_the_button_shows_the_event_below_again_and_again(office: Office) -> None:
    resident = await office.neighbour()
    event = await meal(office)
    await office.sent(shown_event_id=event.id, shown_event_titles=TITLES)
    message = resident.last()
    assert message.labels == [[BUTTON]]
    for _ in range(2):
        await resident.tap(BUTTON, message)
        card = resident.last()
        assert card.id != message.id
        assert "We cook and eat." in card.text
        assert ["✅ I'll come"] in card.labels
    there = next(each for each in resident.heard() if each.id == message.id)
    assert (there.text, there.labels) == (message.text, [[BUTTON]])
    await resident.tap("I'll come", resident.last())
    await resident.tap("2")
    assert "You are on the list." in resident.last().text


@ON_ONE_DATABASE
async def test_below_a_picture_too_it_comes_as_a_message_of_its_own(office: Office) -> None:
    resident = await office.neighbour()
    event = await meal(office)
    picture = await office.attach(AttachmentKind.PHOTO, "meal.jpg", sample("photo.jpg"))
    await office.sent(attachment_id=picture, is_photo=True, shown_event_id=event.id, shown_event_titles=TITLES)
    message = resident.last()
    assert message.json["photo"]
    await resident.tap(BUTTON)
    assert "We cook and eat." in resident.last().text
    there = next(each for each in resident.heard() if each.id == message.id)
    assert there.json["photo"]
    assert there.labels == [[BUTTON]]


@ON_ONE_DATABASE
async def test_what_is_cancelled_since_says_so_when_the_button_is_pressed(office: Office) -> None:
    resident = await office.neighbour()
    event = await meal(office)
    await office.sent(shown_event_id=event.id, shown_event_titles=TITLES)
    await cancels(office, event)
    await resident.tap(BUTTON)
    assert "This event does not take place." in resident.last().text


# --- a pass whose event is off --------------------------------------------------------------------------------------


async def test_a_message_whose_event_was_cancelled_meanwhile_is_paused_and_nobody_gets_it(office: Office) -> None:
    resident = await office.neighbour()
    event = await meal(office)
    heard = len(resident.heard())
    await cancels(office, event)
    number = await office.send(shown_event_id=event.id, shown_event_titles=TITLES)
    await office.ends(number, SendingState.PAUSED)
    assert (await office.sending(number)).began_at is None
    assert await office.do(resume_sending, number)  # whoever goes on all the same sends nothing either
    await office.ends(number, SendingState.PAUSED)
    assert len(resident.heard()) == heard


@ON_ONE_DATABASE
async def test_a_message_whose_event_is_over_is_paused_and_goes_on_when_there_is_another_date(office: Office) -> None:
    resident = await office.neighbour()
    event = await meal(office)
    await begins(office, event, datetime.now(UTC) - timedelta(minutes=1))
    number = await office.send(shown_event_id=event.id, shown_event_titles=TITLES)
    await office.ends(number, SendingState.PAUSED)
    await begins(office, event, datetime.now(UTC) + timedelta(days=5))
    assert await office.do(resume_sending, number)
    await office.ends(number)
    assert resident.last().labels == [[BUTTON]]


@ON_ONE_DATABASE
async def test_a_message_whose_event_nobody_knows_is_paused(office: Office) -> None:
    await office.neighbour()
    number = await office.send(shown_event_id=4711, shown_event_titles=TITLES)
    await office.ends(number, SendingState.PAUSED)
    assert (await office.account(number)).total == 0


async def begins(office: Office, event: EventFacts, moment: datetime) -> None:
    async with office.town.database.write() as connection:
        await connection.execute(
            update(Occurrence).where(Occurrence.id == only(event).id).values(starts_at=moment, ends_at=moment)
        )


# --- to those who have signed up ------------------------------------------------------------------------------------


async def test_who_has_a_place_gets_it_and_nobody_else(office: Office) -> None:
    event = await meal(office, capacity=2)
    has_place, waits, may_come, does_not, said_nothing = [await office.neighbour() for _ in range(5)]
    await comes(has_place, 2)
    await comes(waits, 1)
    for resident, answer in ((may_come, "Maybe"), (does_not, "I can't come")):
        await resident.write("/events")
        await resident.tap("Meal together")
        await resident.tap(answer)
    audience = Audience(signed_up=event.id)
    assert await who_gets_it(office, audience, [has_place, waits, may_come, does_not, said_nothing]) == [has_place]
    await has_place.write("/events")
    await has_place.tap("Meal together")
    await has_place.tap("I can't come")
    await has_place.tap("Yes, I can't come")  # the place is offered now, and an offer is no place
    assert await who_gets_it(office, audience, [has_place, waits]) == []


@ON_ONE_DATABASE
async def test_a_message_to_those_who_have_signed_up_for_a_cancelled_event_is_paused(office: Office) -> None:
    event = await meal(office)
    await comes(await office.neighbour())
    await cancels(office, event)
    number = await office.send(audience=Audience(signed_up=event.id))
    await office.ends(number, SendingState.PAUSED)
    assert (await office.account(number)).total == 0


async def test_of_a_series_every_day_counts_that_takes_place_and_nobody_twice(office: Office) -> None:
    event = await meal(office, rule="FREQ=WEEKLY;COUNT=2")
    first, both = await office.neighbour(), await office.neighbour()
    for resident, days in ((first, (0,)), (both, (0, 1))):
        for day in days:
            await resident.press_anything(f"s:date+:{event.occasions[day].id}:p1")
    audience = Audience(signed_up=event.id)
    assert await who_gets_it(office, audience, [first, both]) == [first, both]
    async with office.town.database.write() as connection:
        assert await cancel_date(
            connection,
            town_id=office.town.id,
            event_id=event.id,
            occurrence_id=event.occasions[0].id,
            now=datetime.now(UTC),
        )
    await office.town.settled()
    assert await who_gets_it(office, audience, [first, both]) == [both]


async def who_gets_it(office: Office, audience: Audience, people: list[Resident]) -> list[Resident]:
    """Send a message to these, and see who has it; as many as were counted."""
    before = [sum(map(is_greeting, resident.heard())) for resident in people]
    await office.rules(weekly_share=0)
    reach = await office.reach(audience)
    number = await office.sent(audience=audience)
    got = [
        resident
        for resident, known in zip(people, before, strict=True)
        if sum(map(is_greeting, resident.heard())) > known
    ]
    assert reach.total == len(got) == (await office.account(number)).sent
    return got


def is_greeting(message: object) -> bool:
    return "There is a party" in str(getattr(message, "text", ""))
