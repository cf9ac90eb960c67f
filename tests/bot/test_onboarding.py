"""From the poster or the search to the first question: few taps, the resident's language, no dead end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.models import Resident as Held
from storage.models import Response
from tests.bot.conftest import ON_ONE_DATABASE, Stored
from tests.bot.town import Ground, Town, ready, running, table

pytestmark = [pytest.mark.asyncio(loop_scope="session"), ON_ONE_DATABASE]

UNKNOWN_LINK = "We do not know this link. But you are in the right place."
ONE_TEXT = """
| survey |      |      |                |          |
|        | type | name | label          | required |
|        | text | wish | What is needed? | yes     |
"""


@pytest.mark.parametrize("language", ["ar", "bg", "de"])
async def test_a_poster_leads_to_the_first_question_in_three_taps(town: Town, language: str) -> None:
    survey = await town.open_survey(ready("living_in_my_quarter"), "Nordstadt")
    await town.open_survey(ready("after_the_festival"), "Nordstadt")
    resident = await town.resident(language)
    await resident.arrive(survey.code)
    assert resident.taps == 3
    assert resident.says("{n} of {total}", n=1, total=10) in resident.last().text
    assert (await resident.held()).area_id == town.areas["Nordstadt"]


@pytest.mark.parametrize("language", ["ro", "tr"])
async def test_without_a_poster_it_takes_five_taps(town: Town, language: str) -> None:
    await town.open_survey(ready("living_in_my_quarter"), "Nordstadt", "Hafenviertel")
    await town.open_survey(ready("after_the_festival"))
    resident = await town.resident(language)
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("Hafenviertel")
    offered = resident.asked().labels
    await resident.tap(offered[1][0])
    assert resident.taps == 5
    assert resident.says("{n} of {total}", n=1, total=11) in resident.last().text


async def test_the_only_survey_begins_by_itself(town: Town) -> None:
    await town.open_survey(ready("living_in_my_quarter"), "Nordstadt")
    await town.open_survey(ready("after_the_festival"), "Hafenviertel")
    resident = await town.resident("en")
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("Nordstadt")
    assert resident.taps == 4
    assert "Do you like living in your neighbourhood?" in resident.last().text


async def test_where_nothing_is_asked_one_hears_of_the_next_survey(town: Town) -> None:
    resident = await town.resident("en")
    await resident.start()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("I live somewhere else")
    assert resident.says("We may write to you here about surveys and events.") in resident.last().text
    assert (await resident.held()).elsewhere


# --- languages ------------------------------------------------------------------------------------------------------


async def test_whatever_the_phone_says_of_its_language_the_bot_speaks_one_that_it_knows(town: Town) -> None:
    sent = {None: "de", "": "de", "ro_RU": "ro", "ro-MD": "ro", "mo": "ro", "zh-hans": "de", "AR-sa": "ar", "x": "de"}
    for phone, language in sent.items():
        resident = await town.resident(language, phone=phone)
        await resident.start()
        assert resident.says("Welcome!") in resident.last().text, phone


async def test_a_language_that_the_first_message_lacked_is_learned_from_the_second(town: Town) -> None:
    resident = await town.resident("bg")
    await resident.start(language_code=None)
    assert "Willkommen" in resident.last().text
    await resident.tap("✅ " + town.texts.speak("de").plain("I agree, go on"))
    assert resident.says("Are you 16 or older?") in resident.last().text


async def test_the_choice_beats_the_phone_whatever_it_says_later(town: Town) -> None:
    survey = await town.open_survey(ready("living_in_my_quarter"), "Nordstadt")
    resident = await town.resident("ar", phone="de")
    await resident.start(survey.code)
    await resident.tap("العربية")
    await resident.start(survey.code, language_code="tr")
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    assert "هل" in resident.last().text
    assert (await resident.held()).language == "ar"
    assert resident.says("Change language") in await resident.menu()


# --- codes ----------------------------------------------------------------------------------------------------------


async def test_a_start_with_an_unknown_or_odd_code_says_so_and_is_a_start(town: Town) -> None:
    for payload in ("nobody-made-this", "straße 5", "<b>", "أ", "x" * 65, "a b c", "'; DROP TABLE link", "\u0000"):
        resident = await town.resident("en")
        await resident.send_other(text=f"/start {payload}")
        assert resident.last().text.startswith(UNKNOWN_LINK + "\n\nWelcome!"), payload
        assert (await resident.held()).area_id is None


async def test_an_unknown_code_starts_no_survey_in_the_place_of_the_one_that_was_meant(town: Town) -> None:
    resident, survey = await town.interview(table(ONE_TEXT), "tr")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    other = await town.open_survey(table(ONE_TEXT.replace("wish", "idea"), "Our school"), "Nordstadt")
    await resident.start(survey.code[:-1])
    assert resident.says("We do not know this link.") in resident.last().text
    assert "Our school" in str(resident.last().labels)
    assert await resident.response(other) is None


async def test_an_unknown_code_in_the_middle_of_a_survey_is_answered_and_the_question_stands(town: Town) -> None:
    resident, _ = await town.interview(table(ONE_TEXT))
    await resident.start("nobody-made-this")
    assert [message.text for message in resident.heard()[-2:-1]] == [UNKNOWN_LINK]
    assert "What is needed?" in resident.last().text


async def test_a_code_is_never_taken_for_an_answer(town: Town) -> None:
    resident, survey = await town.interview(table(ONE_TEXT))
    for text in (f"/start {survey.code}", "/start straße", "/start", f"/start@{town.bot.username} x"):
        await resident.write(text)
        assert "What is needed?" in resident.last().text, text
    assert await resident.answers(survey) == {}


async def test_a_code_of_another_house_moves_who_scans_it(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt", "Hafenviertel")
    resident = await town.resident("en")
    await resident.arrive(survey.code)
    await resident.start(await town.link(area="Hafenviertel"))
    assert (await resident.held()).area_id == town.areas["Hafenviertel"]
    assert "What is needed?" in resident.last().text


async def test_the_code_on_a_house_leads_to_the_survey_of_its_quarter(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    await town.add_house("Ringstr. 5", "Nordstadt")
    resident = await town.resident("en")
    await resident.arrive(await town.link(area="Ringstr. 5"))
    await resident.write("Shade")
    assert (await resident.response(survey)).area_id == town.areas["Ringstr. 5"]


async def test_the_quarters_poster_moves_nobody_out_of_a_house_in_it_and_anothers_does(town: Town) -> None:
    await town.add_house("Ringstr. 5", "Nordstadt")
    resident = await town.resident("en")
    await resident.start(await town.link(area="Ringstr. 5"))
    await resident.tap("I agree, go on")
    await resident.start(await town.link(area="Nordstadt"))
    assert (await resident.held()).area_id == town.areas["Ringstr. 5"]
    await resident.start(await town.link(area="Hafenviertel"))
    assert (await resident.held()).area_id == town.areas["Hafenviertel"]
    await resident.start(await town.link(area="Ringstr. 5"))
    assert (await resident.held()).area_id == town.areas["Ringstr. 5"]


async def test_who_presses_start_twice_is_one_resident(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    resident = await town.resident("en")
    for _ in range(3):
        await resident.act("send", start=survey.code)
    await town.settled()
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    assert "What is needed?" in resident.last().text
    assert await town.count(select(Held.id).where(Held.town_id == town.id)) == 1


@pytest.mark.parametrize("way", ["closed", "over"])
async def test_the_code_of_a_survey_that_has_ended_says_so(town: Town, way: str) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await town.change_survey(survey, **({"state": "closed"} if way == "closed" else {"closes_at": yesterday}))
    resident = await town.resident("en")
    await resident.arrive(survey.code)
    assert "The survey has ended." in resident.last().text
    assert not await town.rows(select(Response).where(Response.survey_id == survey.id))


async def test_a_poster_for_the_whole_town_asks_for_no_area_before_its_questions(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT))
    resident = await town.resident("en")
    await resident.arrive(survey.code)
    assert "What is needed?" in resident.last().text
    await resident.write("/language")
    await resident.tap("Türkçe")
    resident.language = "tr"
    assert resident.says("{n} of {total}", n=1, total=1) in (await resident.asked_now()).text
    await resident.write("Ağaç")
    assert (await resident.answers(survey))["wish"] == "Ağaç"


# --- who is not asked -----------------------------------------------------------------------------------------------


async def test_who_is_not_16_gets_no_survey(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    resident = await town.resident("en")
    await resident.start(survey.code)
    await resident.tap("I agree, go on")
    await resident.tap("No")
    await resident.write("But I have something to say")
    await resident.start(survey.code)
    assert "Surveys are for people who are 16 or older." in resident.last().text
    assert await resident.response(survey) is None


async def test_who_does_not_agree_is_left_alone_and_may_come_back(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    resident = await town.resident("en")
    await resident.start(survey.code)
    await resident.tap("I do not want to")
    assert "We will not write to you." in resident.last().text
    await resident.tap("Start again")
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("Nordstadt")  # nothing is kept of the poster that led here, either
    assert "What is needed?" in resident.last().text


async def test_what_is_written_instead_of_tapped_is_understood_or_answered_kindly(town: Town) -> None:
    survey = await town.open_survey(table(ONE_TEXT), "Nordstadt")
    resident = await town.resident("de")
    await resident.start(survey.code)
    for act in (resident.send_photo, resident.send_voice, resident.send_location, resident.send_contact):
        await act()
        assert resident.says("Please tap one of the buttons.") in resident.last().text
    await resident.write("Was ist das?")
    assert resident.says("Please tap one of the buttons.") in resident.last().text
    await resident.write("ja")
    await resident.write("ja")
    assert "What is needed?" in resident.last().text


# --- outside values -------------------------------------------------------------------------------------------------


async def test_signs_of_markup_in_names_and_titles_are_shown_as_they_are(
    shared_ground: Ground, stored_in: Stored
) -> None:
    quarter, title = 'Nord<b> & "Süd"', "Wer <3 uns? </b>"
    async with running(shared_ground, *stored_in, name="<i>Auen</i>", quarters=(quarter, "Ost")) as town:
        survey = await town.open_survey(table(ONE_TEXT, title), quarter)
        resident = await town.resident("en", first_name="</code><b>Amina")
        await resident.start()
        assert "<i>Auen</i>" in resident.last().text
        await resident.tap("I agree, go on")
        await resident.tap("Yes")
        await resident.tap(quarter)
        assert f"The survey begins now: {title}" in resident.heard()[-2].text
        await resident.write("<script>alert(1)</script> & co")
        assert "<script>alert(1)</script> & co" in resident.last().text
        await resident.write("/mydata")
        held = resident.last().text
        assert f"Neighbourhood: {quarter}" in held
        assert "<script>alert(1)</script> & co" in held
        assert await resident.answers(survey) == {"wish": "<script>alert(1)</script> & co"}
