"""People who hear nothing from us for a while do everything twice, and questions can get lost: all find their way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from sqlalchemy import update

from storage.models import Delivery, DeliveryState
from tests.bot.resident import Resident
from tests.bot.town import Opened, Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTIONS = """
| survey  |                  |        |                                |
|         | type             | name   | label                          |
|         | select_one yesno | home   | home: Do you like it here?     |
|         | integer          | people | people: How many are you?      |
|         | integer          | years  | years: For how many years?     |
|         | text             | story  | story: What happened?          |
|         | text             | wish   | wish: What do you wish?        |
| choices |                  |        |                                |
|         | list_name        | name   | label                          |
|         | yesno            | y      | Very much                      |
|         | yesno            | n      | Not at all                     |
"""


@pytest_asyncio.fixture(loop_scope="session")
async def place(town: Town) -> tuple[Resident, Opened]:
    return await town.interview(table(QUESTIONS))


async def change_asking(resident: Resident, **values: object) -> None:
    """Make the message that asks now look as if something had happened to it on its way."""
    contact = await resident.contact()
    asking = (Delivery.contact_id == contact.id, Delivery.prompt == contact.prompt, Delivery.method == "sendMessage")
    async with resident.town.database.write() as connection:
        await connection.execute(update(Delivery).where(*asking).values(values))


async def test_who_writes_the_same_twice_while_we_are_away_has_answered_once(
    town: Town, place: tuple[Resident, Opened]
) -> None:
    resident, survey = place
    await resident.tap("Very much")
    await town.close_doors()
    for text in ("4", "4", "4"):
        await resident.act("send", text=text)
    await town.open_doors()
    await town.settled()
    assert await resident.answers(survey) == {"home": "y", "people": "4"}
    assert "years:" in resident.asked().text
    await resident.write("4")
    assert await resident.answers(survey) == {"home": "y", "people": "4", "years": "4"}


async def test_who_presses_the_same_twice_while_we_are_away_has_answered_once(
    town: Town, place: tuple[Resident, Opened]
) -> None:
    resident, survey = place
    await town.close_doors()
    for _ in range(3):
        await resident.push(*resident.find("Very much"))
    await town.open_doors()
    await town.settled()
    assert await resident.answers(survey) == {"home": "y"}
    assert [message.text.count("people:") for message in resident.heard()].count(1) == 1


@pytest.mark.parametrize("state", [DeliveryState.UNCERTAIN, DeliveryState.FAILED])
async def test_a_question_that_was_lost_comes_when_the_button_before_is_pressed_again(
    place: tuple[Resident, Opened], state: DeliveryState
) -> None:
    resident, survey = place
    before, button = resident.find("Very much")
    await resident.press(before, button)
    await change_asking(resident, state=state, message_id=None)
    count = len(resident.heard())
    await resident.press_as_it_was(before, button)
    assert len(resident.heard()) == count + 1
    assert "people:" in resident.last().text
    await resident.write("4")
    assert await resident.answers(survey) == {"home": "y", "people": "4"}


async def test_who_writes_where_a_question_was_lost_is_asked_and_not_misunderstood(
    place: tuple[Resident, Opened],
) -> None:
    resident, survey = place
    await resident.tap("Very much")
    await change_asking(resident, state=DeliveryState.FAILED, message_id=None)
    await resident.write("4")
    assert await resident.answers(survey) == {"home": "y"}
    assert "people:" in resident.last().text
    await resident.write("4")
    assert await resident.answers(survey) == {"home": "y", "people": "4"}


async def test_a_button_that_was_overlooked_leads_to_where_we_are(place: tuple[Resident, Opened]) -> None:
    resident, _ = place
    before, button = resident.find("Very much")
    await resident.press(before, button)
    count = len(resident.heard())
    await resident.press_as_it_was(before, button)
    assert len(resident.heard()) == count, "a double tap"
    await change_asking(resident, finished_at=datetime.now(UTC) - timedelta(seconds=20))
    await resident.press_as_it_was(before, button)
    assert len(resident.heard()) == count + 1
    assert "people:" in resident.last().text
