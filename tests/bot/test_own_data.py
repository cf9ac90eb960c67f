"""What a resident can see, pause and erase; what a block, a group and a stranger leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dialogues.standing import DELETE, DELETE_ALL, DELETE_NOTHING, MESSAGES_OFF, MESSAGES_ON
from storage.models import Contact, Delivery, Interview, Participation, Response
from storage.models import Resident as Held
from storage.queries.outbox import forget_sent
from storage.services.broadcasts import go_on, stop_everything
from tests.bot.papers import TWO
from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def nothing_held(town: Town) -> bool:
    tables = (Held, Contact, Delivery, Interview, Participation, Response)
    return not [row for model in tables for row in await town.rows(select(model).where(model.town_id == town.id))]


async def test_mydata_shows_everything_that_is_held(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.write("Shade & <water>")
    await resident.write("/mydata")
    shown = resident.last().text
    for line in ("Language: English", "Neighbourhood: Nordstadt", "16 or older: Yes"):
        assert line in shown
    assert "Messages from us are allowed: Yes" in shown
    assert "How is it here?\nGood" in shown
    assert "What is missing?\nShade & <water>" in shown


FLAT = """
| survey |              |       |              |                        | |
|        | type         | name  | label        | calculation            | readonly |
|        | integer      | rent  | Rent?        |                        |
|        | begin_repeat | room  | Rooms        |                        |
|        | integer      | size  | How large?   |                        |
|        | calculate    | large |              | ${size} * 10           |
|        | end_repeat   |       |              |                        |
|        | calculate    | each  |              | ${rent} div 2          |
|        | text         | both  | Both rooms   | sum(${size})           | ${rent} > 0 |
|        | start        | begun |              |                        |
"""


async def held_of_the_flat(town: Town, *, anonymous: bool) -> tuple[str, str]:
    """What /mydata says before the answers are sent, and then."""
    resident, _ = await town.interview(table(FLAT), anonymous=anonymous)
    await resident.write("501")
    await resident.tap("Add one")
    await resident.write("12")
    await resident.tap("Add another one")
    await resident.write("9")
    await resident.tap("Next")
    await resident.write("/mydata")
    before = resident.last().text
    await resident.tap("Send my answers")
    await resident.write("/mydata")
    return before, resident.last().text


@pytest.mark.parametrize("anonymous", [False, True])
async def test_mydata_shows_entries_and_what_was_worked_out_before_and_after_sending(
    town: Town, anonymous: bool
) -> None:
    for shown in await held_of_the_flat(town, anonymous=anonymous):
        for line in ("How large? (1)\n12", "large (1)\n120", "How large? (2)\n9", "large (2)\n90", "each\n250.5"):
            assert line in shown
        assert "Both rooms\n21" in shown
        assert "begun" not in shown


async def test_mydata_before_the_notice_is_agreed_to_shows_what_is_not_known(town: Town) -> None:
    resident = await town.resident("en")
    await resident.start()
    await resident.write("/mydata")
    assert "16 or older: not asked" in resident.last().text
    assert "Neighbourhood: not asked" in resident.last().text


@pytest.mark.parametrize("erased", [False, True])
async def test_of_whom_nothing_is_held_no_question_about_it_keeps_anything(town: Town, erased: bool) -> None:
    resident = await town.resident("en")
    if erased:
        await resident.start()
        await resident.write("/delete")
        await resident.tap("Delete everything")
    said = {
        "/mydata": "We hold nothing about you.",
        "/delete": "We hold nothing about you.",
        "/stop": "We hold nothing about you.",
        "/help": "How this works",
        "/weather": "We do not know this command.",
    }
    for command, answer in said.items():
        await resident.write(command)
        assert answer in resident.last().text
        assert await nothing_held(town), command
    await resident.write_at_once("/mydata", "/help", "/mydata")
    assert await nothing_held(town)
    await resident.start()
    assert "Welcome!" in resident.last().text
    assert await resident.held() is not None


async def test_old_buttons_of_somebody_unknown_keep_nothing(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    question, good = resident.find("Good")
    await resident.write("/delete")
    await resident.tap("Delete everything")
    assert "old" in await resident.press_as_it_was(question, good)
    for key in (DELETE, DELETE_ALL, DELETE_NOTHING, MESSAGES_OFF, MESSAGES_ON):
        await resident.press_anything(f"s:{key}")
        assert "We hold nothing about you." in resident.last().text, key
        assert await nothing_held(town), key


async def test_a_stranger_who_chooses_a_language_begins(town: Town) -> None:
    resident = await town.resident("en")
    await resident.write("/language")
    await resident.tap("Türkçe")
    resident.language = "tr"
    assert resident.says("Welcome!") in resident.last().text
    assert (await resident.held()).language == "tr"


@pytest.mark.parametrize("how", ["tapped", "written"])
async def test_who_does_not_agree_leaves_nothing_and_may_come_back(town: Town, how: str) -> None:
    resident = await town.resident("en")
    await resident.start()
    await (resident.tap("I do not want to") if how == "tapped" else resident.write("no"))
    assert "We will not write to you." in resident.last().text
    assert await nothing_held(town)
    await resident.tap("Start again")
    assert "Welcome!" in resident.last().text
    await resident.tap("I agree, go on")
    assert (await resident.held()).consented_on is not None


async def test_an_old_no_takes_nothing_back_from_who_has_agreed(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.press_anything("s:no")
    assert (await resident.held()).consented_on is not None
    assert await resident.answers(survey) == {"mood": "good"}


async def test_help_says_how_to_reach_the_office(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    await resident.write("/help")
    assert "Ask here: Lindenstraße 5 <Hof>, Telefon 01234 56789" in resident.last().text


async def test_delete_erases_rows_and_messages_at_once_and_a_new_start_begins_anew(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    await resident.write("/delete")
    await resident.tap("Delete everything")
    [left] = resident.heard()
    assert "We have deleted your data." in left.text
    assert "Your answers to these surveys are deleted:" in left.text
    assert await nothing_held(town)
    await resident.tap("Start again")
    assert "Welcome!" in resident.last().text
    await resident.start(survey.code)
    await resident.tap("I agree, go on")
    await resident.tap("Yes")
    await resident.tap("Bad")
    assert await resident.answers(survey) == {"mood": "bad"}


async def test_delete_asks_first_and_keeps_everything_if_told_so(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.write("/delete")
    await resident.tap("Keep it")
    assert resident.last().text == "We have deleted nothing."
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


async def test_what_was_erased_cannot_be_brought_back_by_an_old_button(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    question = resident.asked()
    [bad] = [button for button in question.buttons if button.name == "Bad"]
    await resident.write("/delete")
    await resident.tap_twice("Delete everything")
    assert "old" in await resident.press_as_it_was(question, bad)
    assert not await town.rows(select(Response).where(Response.survey_id == survey.id))


async def test_deleting_reaches_what_was_set_aside_of_this_chat_and_no_other(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    neighbour = await town.resident("en")
    for each in (resident, neighbour):
        message = {"chat": {"id": each.id}, "date": "yesterday", "text": f"something personal of {each.id}"}
        town.deliver({"message": message})
    await resident.write("/delete")
    await resident.tap("Delete everything")
    aside = [row.payload for row in await town.updates() if row.state == "aside"]
    assert len(aside) == 2
    assert str(resident.id) not in str(aside)
    assert str(neighbour.id) in str(aside)


async def test_deleting_spares_what_others_have_said(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    neighbour = await town.resident("en")
    await neighbour.arrive(survey.code)
    for each in (resident, neighbour):
        await each.tap("Good")
    await resident.write("/delete")
    await resident.tap("Delete everything")
    assert await neighbour.answers(survey) == {"mood": "good"}
    assert await resident.answers(survey) == {}


async def test_after_two_days_messages_are_forgotten_but_the_question_is_still_redrawn(town: Town) -> None:
    resident, _ = await town.interview(table(TWO))
    later = datetime.now(UTC) + timedelta(hours=49)
    await town.service.writer.run(lambda connection: forget_sent(connection, now=later))
    assert await town.count(select(Delivery.seq).where(Delivery.town_id == town.id)) == 1
    question = await resident.asked_now()
    await resident.write("/language")
    await resident.tap("Deutsch")
    assert resident.town.texts.speak("de").plain("Please choose one answer.") in (await resident.asked_now()).text
    assert (await resident.asked_now()).id == question.id


# --- blocked and unblocked ------------------------------------------------------------------------------------------


async def test_who_blocks_the_bot_is_left_alone_and_goes_on_after_unblocking(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.block()
    assert (await resident.contact()).blocked_on is not None
    await resident.unblock()
    assert (await resident.contact()).blocked_on is None
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


async def test_an_answer_to_somebody_who_has_just_blocked_us_stops_nobody(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    neighbour = await town.resident("en")
    await neighbour.arrive(survey.code)
    await town.close_doors()
    message, good = resident.find("Good")
    await resident.push(message, good)
    await resident.act("block")
    await town.open_doors()
    await town.settled()
    await neighbour.tap("Bad")
    assert "What is missing?" in neighbour.last().text
    assert await resident.answers(survey) == {"mood": "good"}
    assert (await resident.contact()).blocked_on is not None
    waiting = await town.rows(select(Delivery.state).where(Delivery.town_id == town.id, Delivery.payload != {}))
    assert waiting == []


async def test_a_stranger_who_blocks_and_unblocks_leaves_no_trace(town: Town) -> None:
    resident = await town.resident("en")
    town.telegram.chats.open(town.bot.id, resident.id)
    await resident.block()
    await resident.unblock()
    assert await nothing_held(town)


# --- groups ---------------------------------------------------------------------------------------------------------


async def test_in_a_group_the_bot_explains_itself_and_keeps_nothing(town: Town) -> None:
    resident = await town.resident("ar")
    group = await town.group("Nachbarn")
    for text in ("Ich bin 34 und wohne hier", f"/help@{town.bot.username}", "ja"):
        await resident.act("send", text=text, group=group)
    await town.settled()
    [said] = [call["parameters"] for call in town.calls("sendMessage")]
    assert int(said["chat_id"]) == group
    assert town.texts.speak("ar").text("We take no answers in groups. Others can read them here.") in said["text"]
    assert f"https://t.me/{town.bot.username}?start" in str(said["reply_markup"])
    assert await nothing_held(town)
    assert {(row.state, row.payload) for row in await town.updates()} == {("done", "")}


async def test_a_group_that_asks_again_and_again_gets_one_explanation_in_a_while(town: Town) -> None:
    resident = await town.resident("en")
    group, other = await town.group("Nachbarn"), await town.group("Haus 5")
    for _ in range(30):
        await resident.act("send", text="/help", group=group)
    await resident.act("send", text="/help", group=other)
    await town.settled()
    assert sorted(int(call["parameters"]["chat_id"]) for call in town.calls("sendMessage")) == sorted((group, other))
    assert await nothing_held(town)


async def test_the_emergency_stop_holds_for_groups_too(town: Town) -> None:
    resident = await town.resident("en")
    group = await town.group("Nachbarn")
    async with town.database.write() as connection:
        await stop_everything(connection, town_id=town.id, now=datetime.now(UTC))
    await resident.act("send", text="/help", group=group)
    await town.until(lambda: town.all_worked_off() and town.watch.unfinished(town.bot.id) == 1)
    assert not town.calls("sendMessage")
    async with town.database.write() as connection:
        await go_on(connection, town_id=town.id)
    await town.settled()
    assert len(town.calls("sendMessage")) == 1
    assert await nothing_held(town)


async def test_what_one_says_in_a_group_is_no_answer_to_the_private_question(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    group = await town.group("Nachbarn")
    await resident.act("send", text="Shade", group=group)
    await town.settled()
    assert await resident.answers(survey) == {"mood": "good"}
