"""Surveys about health, politics or religion begin only with explicit consent; its buttons do no harm, however late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

FAITH = """
| survey |      |       |                         |             |
|        | type | name  | label                   | bind::topic |
|        | text | place | Where can you pray?     | religion    |
|        | text | wish  | What is missing nearby? | public_space |
"""
ONE_TEXT = """
| survey |      |      |                 |
|        | type | name | label           |
|        | text | wish | What is needed? |
"""


async def test_who_agrees_answers_and_may_press_again(town: Town) -> None:
    resident, survey = await town.interview(table(FAITH), "ar")
    consent, agree = resident.find("I agree, start")
    assert resident.says("Your religion or beliefs") in consent.text
    assert await resident.response(survey) is None
    await resident.press(consent, agree)
    assert resident.taps == 4
    assert "Where can you pray?" in resident.last().text
    await resident.press_as_it_was(consent, agree)
    assert "Where can you pray?" in resident.last().text
    await resident.write("Am Bach")
    await resident.press_as_it_was(consent, agree)
    assert "What is missing nearby?" in resident.last().text
    assert await resident.answers(survey) == {"place": "Am Bach"}


async def test_who_declines_sees_what_else_can_be_done_and_may_come_back(town: Town) -> None:
    resident, survey = await town.interview(table(FAITH))
    consent, refuse = resident.find("I do not want to")
    await resident.press(consent, refuse)
    assert "We will not ask you these questions." in resident.heard()[-2].text
    assert "What do you want to do?" in resident.last().text
    await resident.press_as_it_was(consent, refuse)
    await resident.write("Hello?")
    assert "What do you want to do?" in resident.last().text
    assert await resident.response(survey) is None
    await resident.tap("Some questions")
    await resident.tap("I agree, start")
    assert "Where can you pray?" in resident.last().text


async def test_an_old_no_lays_a_survey_aside_that_has_begun(town: Town) -> None:
    resident, survey = await town.interview(table(FAITH))
    consent, refuse = resident.find("I do not want to")
    await resident.tap("I agree, start")
    await resident.write("By the river")
    for _ in range(2):
        await resident.press_as_it_was(consent, refuse)
        assert (await resident.held()).current_survey_id is None
        assert "What is missing nearby?" not in resident.last().text
    assert await resident.answers(survey) == {"place": "By the river"}
    await resident.tap("Go on with the survey")
    assert "What is missing nearby?" in resident.last().text


async def test_an_old_no_leaves_the_question_of_another_survey_as_it_stands(town: Town) -> None:
    resident, faith = await town.interview(table(FAITH))
    plain = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    consent, refuse = resident.find("I do not want to")
    await resident.tap("I agree, start")
    await resident.write("By the river")
    await resident.start(plain.code)
    standing = resident.last()
    await resident.press_as_it_was(consent, refuse)
    assert {message.id: message.text for message in resident.heard()}[standing.id] == standing.text
    await resident.write("Trees")
    assert await resident.answers(plain) == {"wish": "Trees"}
    assert await resident.answers(faith) == {"place": "By the river"}


async def test_the_question_for_consent_can_be_read_in_another_language(town: Town) -> None:
    resident, _survey = await town.interview(table(FAITH))
    await resident.tap("Change language")
    await resident.tap("Türkçe")
    resident.language = "tr"
    assert resident.says("Your religion or beliefs") in resident.last().text
    await resident.write("Ne?")
    assert resident.says("Please tap one of the buttons.") in resident.last().text
    await resident.write("kabul ediyorum")
    assert "Where can you pray?" in resident.last().text


async def test_agreeing_to_a_survey_that_has_ended_is_answered_kindly(town: Town) -> None:
    resident, survey = await town.interview(table(FAITH))
    consent, agree = resident.find("I agree, start")
    await town.change_survey(survey, closes_at=datetime.now(UTC) - timedelta(hours=1))
    await resident.press(consent, agree)
    assert "The survey has ended." in resident.last().text
    for data in ("s:agree:999999", "s:agree:", "s:refuse:x", "s:agree:²"):
        await resident.press_anything(data, on=consent)
    assert await resident.response(survey) is None
    assert all(update.state == "done" for update in await town.updates())


async def test_an_answer_typed_meanwhile_goes_to_the_question_that_stands(town: Town) -> None:
    plain = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    faith = await town.open_survey(table(FAITH), "Nordstadt")
    resident = await town.resident("en")
    await resident.arrive(plain.code)
    await resident.start(faith.code)
    assert "Do you agree" in resident.last().text
    await resident.write("Trees")
    assert await resident.answers(plain) == {"wish": "Trees"}
    assert await resident.response(faith) is None
    await resident.tap("I agree, start")
    assert "Where can you pray?" in resident.last().text


async def test_what_does_not_fit_meanwhile_takes_no_question_for_consent_away(town: Town) -> None:
    numbers = await town.open_survey(table(ONE_TEXT.replace("| text", "| integer")), "Nordstadt")
    faith = await town.open_survey(table(FAITH), "Nordstadt")
    resident = await town.resident("en")
    await resident.arrive(numbers.code)
    await resident.start(faith.code)
    consent, agree = resident.find("I agree, start")
    await resident.write("Trees")
    asked = [message.text for message in resident.heard() if "What is needed?" in message.text]
    assert len(asked) == 1
    assert asked == [resident.last().text]
    assert consent.id in {message.id for message in resident.heard()}, "it still stands in the chat"
    await resident.press(consent, agree)
    assert "Where can you pray?" in resident.last().text


async def test_who_was_drawn_away_from_a_survey_goes_on_with_it_by_one_button(town: Town) -> None:
    plain = await town.open_survey(table(ONE_TEXT, "Wishes"), "Nordstadt")
    faith = await town.open_survey(table(FAITH, "Faith"), "Nordstadt")
    resident = await town.resident("tr")
    await resident.arrive(plain.code)
    for way in (resident.start(faith.code), resident.start()):
        await way
        assert resident.says("I do not want to") in resident.last().labels[1]
        assert resident.says("You can still go on with your survey: {title}", title="Wishes") in resident.last().text
    await resident.tap("Go on with the survey")
    assert "What is needed?" in resident.last().text
    assert (await resident.held()).wanted_survey_id is None
    await resident.start()
    assert "What is needed?" in resident.last().text


async def test_nobody_agrees_before_the_notice_and_the_age(town: Town) -> None:
    survey = await town.open_survey(table(FAITH), "Nordstadt")
    resident = await town.resident("en")
    await resident.start(survey.code)
    await resident.press_anything(f"s:agree:{survey.id}")
    assert "Welcome!" in resident.last().text
    await resident.tap("I agree, go on")
    await resident.tap("No")
    await resident.press_anything(f"s:agree:{survey.id}")
    assert "Surveys are for people who are 16 or older." in resident.last().text
    assert await resident.response(survey) is None
