"""The buttons under a broadcast: the place on the map, and the survey, whatever has become of it meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from bot import render
from dialogues.broadcast import Content, Place, bubble
from dialogues.texts import LANGUAGES
from storage.models import Sending, SendingKind
from storage.queries.audience import Audience
from storage.queries.outbox import new_delivery
from storage.services.broadcasts import begin_sending, draft_broadcast
from storage.statements import INSERT_DELIVERY, Write
from tests.bot.papers import TWO
from tests.bot.resident import Resident
from tests.bot.town import Opened, Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")
OFFICE = Place("Quartiersbüro", "Lindenstraße 5, Auenstadt", 51.0504, 13.7373)
NOW = datetime.now(UTC)


async def send(town: Town, resident: Resident, **what: Any) -> int:
    """Let a broadcast stand in the chat of somebody; returns the pass."""
    content = Content({"en": "We **invite** you."}, **what)
    async with town.database.write() as connection:
        broadcast = await draft_broadcast(connection, town_id=town.id, title="Fest", now=NOW)
        sending = await begin_sending(
            connection,
            town_id=town.id,
            broadcast_id=broadcast,
            kind=SendingKind.SEND,
            staff_id=None,
            content=content,
            audience=Audience(),
            zone="Europe/Berlin",
            wall=None,
            due_at=NOW + timedelta(days=9),
            now=NOW,
        )
    prompt = bubble(content, {each: town.texts.speak(each) for each in LANGUAGES}, "en", area="Nord", sending=sending)
    assert prompt is not None
    contact = await resident.contact()
    row = new_delivery(
        town_id=town.id,
        bot_id=town.bot.id,
        contact_id=contact.id,
        method="sendMessage",
        payload=render.message(prompt),
        now=NOW,
    )
    await town.service.writer.write([Write(INSERT_DELIVERY, [row])])
    town.service.deliverer.wake()
    await town.settled()
    return sending


def maps(town: Town) -> list[dict[str, Any]]:
    return [call["parameters"] for call in town.calls("sendVenue")]


async def somebody(town: Town) -> Resident:
    resident = await town.resident("en")
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("Nordstadt")
    return resident


async def test_the_place_of_a_broadcast_is_shown_on_the_map(town: Town) -> None:
    resident = await somebody(town)
    await send(town, resident, place=OFFICE)
    message = resident.last()
    await resident.tap("Show on the map")
    [shown] = maps(town)
    assert (shown["title"], shown["address"]) == (OFFICE.title, OFFICE.address)
    assert (float(shown["latitude"]), float(shown["longitude"])) == (OFFICE.latitude, OFFICE.longitude)
    assert resident.last().json["venue"]["title"] == OFFICE.title
    assert next(each for each in resident.heard() if each.id == message.id).text == "We invite you."


async def test_a_double_tap_shows_one_map_and_another_place_another(town: Town) -> None:
    resident = await somebody(town)
    await send(town, resident, place=OFFICE)
    await resident.tap_twice("Show on the map")
    assert len(maps(town)) == 1
    await send(town, resident, place=Place("Rathaus", "Markt 1", 51.0, 13.0))
    await resident.tap("Show on the map")
    assert [each["title"] for each in maps(town)] == ["Quartiersbüro", "Rathaus"]


@pytest.mark.parametrize("key", ["place:", "place:x", "place:999999", "place:99999999999999999999", "place:-1"])
async def test_a_place_that_we_do_not_know_is_an_old_button(town: Town, key: str) -> None:
    resident = await somebody(town)
    assert "This button is old" in await resident.press_anything(f"s:{key}")
    assert maps(town) == []


async def test_the_place_of_a_broadcast_that_is_gone_is_an_old_button(town: Town) -> None:
    resident = await somebody(town)
    sending = await send(town, resident, place=OFFICE)
    async with town.database.write() as connection:
        await connection.execute(delete(Sending).where(Sending.id == sending))
    assert "This button is old" in await resident.tap("Show on the map")
    assert maps(town) == []


# --- the survey's button --------------------------------------------------------------------------------------------


async def offered(town: Town, **how: Any) -> tuple[Resident, Opened]:
    resident = await somebody(town)
    survey = await town.open_survey(table(TWO), **how)
    await send(town, resident, survey_id=survey.id, survey_titles={"": "Some questions"})
    return resident, survey


async def test_the_button_begins_the_survey_below_and_leaves_the_message(town: Town) -> None:
    resident, survey = await offered(town)
    message = resident.last()
    assert message.labels == [["📋 Some questions"]]
    await resident.tap("📋 Some questions")
    assert "How is it here?" in resident.last().text
    there = next(each for each in resident.heard() if each.id == message.id)
    assert there.text == "We invite you."
    assert there.labels == [["📋 Some questions"]]
    await resident.tap("Good")
    assert await resident.answers(survey) == {"mood": "good"}


async def test_a_survey_that_has_been_begun_goes_on_where_it_was(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await send(town, resident, survey_id=survey.id, survey_titles={"": "Some questions"})
    await resident.tap("📋 Some questions")
    assert "What is missing?" in resident.last().text
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


async def test_who_has_answered_is_told_so(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    await send(town, resident, survey_id=survey.id, survey_titles={"": "Some questions"})
    message = resident.last()
    await resident.tap("📋 Some questions")
    assert "You have answered this survey. Thank you!" in resident.last().text
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}
    assert next(each for each in resident.heard() if each.id == message.id).text == "We invite you."


async def test_a_survey_that_is_closed_has_ended(town: Town) -> None:
    resident, survey = await offered(town)
    await town.close_survey(survey)
    await resident.tap("📋 Some questions")
    assert "The survey has ended." in resident.last().text
    assert (await resident.held()).wanted_survey_id is None


async def test_a_survey_whose_time_is_over_has_ended(town: Town) -> None:
    resident, survey = await offered(town)
    await town.change_survey(survey, closes_at=datetime.now(UTC) - timedelta(minutes=1))
    await resident.tap("📋 Some questions")
    assert "The survey has ended." in resident.last().text


async def test_a_survey_that_has_not_begun_says_when(town: Town) -> None:
    resident, survey = await offered(town)
    await town.change_survey(survey, opens_at=datetime.now(UTC) + timedelta(days=3))
    await resident.tap("📋 Some questions")
    assert "The survey has not begun yet." in resident.last().text
    assert await resident.response(survey) is None


async def test_who_is_under_16_gets_no_survey(town: Town) -> None:
    resident = await town.resident("en")
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("No")
    survey = await town.open_survey(table(TWO))
    await send(town, resident, survey_id=survey.id, survey_titles={"": "Some questions"})
    await resident.tap("📋 Some questions")
    assert "Surveys are for people who are 16 or older." in resident.last().text
    assert await resident.response(survey) is None


@pytest.mark.parametrize("key", ["ask:", "ask:x", "ask:999999", "ask:99999999999999999999"])
async def test_a_survey_that_we_do_not_know_is_an_old_button(town: Town, key: str) -> None:
    resident = await somebody(town)
    assert "This button is old" in await resident.press_anything(f"s:{key}")
    assert (await resident.held()).wanted_survey_id is None
