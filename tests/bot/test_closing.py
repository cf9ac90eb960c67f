"""A survey that is closed while people answer it: nothing comes back, nothing is lost, everybody is told."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.lanes import Waiting
from storage.models import (
    Answer,
    Interview,
    KeptKey,
    Participation,
    Response,
    SurveyKey,
)
from storage.models import Resident as Held
from storage.queries import inbox
from tests.bot.chat import Button, Message
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.papers import TWO
from tests.bot.resident import Resident
from tests.bot.town import Opened, Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEVERAL = """
| survey  |                      |       |                    |
|         | type                 | name  | label              |
|         | select_multiple wish | wish  | What is missing?   |
| choices |           |       |       |
|         | list_name | name  | label |
|         | wish      | shade | Shade |
|         | wish      | water | Water |
"""
FAITH = """
| survey |      |       |                     |             |
|        | type | name  | label               | bind::topic |
|        | text | place | Where can you pray? | religion    |
"""
LINKED = "When this survey ends, your answers stay linked to this chat."


async def nothing_leads_back(town: Town, survey: Opened) -> bool:
    """Whether no key, no pseudonym and no interview of a closed survey is left."""
    left = [
        *await town.rows(select(SurveyKey).where(SurveyKey.survey_id == survey.id)),
        *await town.rows(select(Interview).where(Interview.survey_id == survey.id)),
        *await town.rows(select(Response).where(Response.survey_id == survey.id, Response.pseudonym.is_not(None))),
        *await town.rows(select(Response).where(Response.survey_id == survey.id, Response.key_id.is_not(None))),
    ]
    return not left


async def answers_of(town: Town, survey: Opened) -> list[str]:
    """All values that are kept of a survey."""
    query = select(Answer.value).join(Response).where(Response.survey_id == survey.id, Answer.value != "")
    asked = Answer.ref.in_([question.ref for question in survey.paper.form.questions])
    return sorted(row.value for row in await town.rows(query.where(asked)))


async def nothing_is_aside(town: Town) -> bool:
    return {row.state for row in await town.updates()} == {"done"}


# --- what residents hear --------------------------------------------------------------------------------------------


async def test_who_answers_a_closed_survey_hears_once_that_it_has_ended(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await town.close_survey(survey)
    await resident.write("Shade")
    assert resident.heard()[-2].text == "The survey has ended.\nWe have deleted what you did not send."
    assert "What do you want to do?" in resident.last().text
    await resident.write("Shade")
    assert "The survey has ended." not in resident.heard()[-2].text
    assert await answers_of(town, survey) == []
    assert await nothing_leads_back(town, survey)
    assert (await resident.held()).current_survey_id is None


async def test_a_button_of_a_closed_survey_says_that_it_has_ended(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    question, good = resident.find("Good")
    await town.close_survey(survey)
    await resident.press(question, good)
    assert "The survey has ended." in resident.heard()[-2].text
    await resident.press_as_it_was(question, good)
    assert "The survey has ended." in resident.heard()[-2].text
    assert await nothing_leads_back(town, survey)


async def test_who_had_laid_it_aside_is_told_when_coming_back(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Continue later")
    await town.close_survey(survey)
    await resident.tap("Go on with the survey")
    assert "The survey has ended." in resident.heard()[-2].text
    await resident.start(survey.code)
    assert "The survey has ended." in resident.last().text


async def test_the_poster_of_a_closed_survey_leads_on_to_another(town: Town) -> None:
    _, survey = await town.interview(table(TWO))
    await town.close_survey(survey)
    await town.open_survey(table(SEVERAL, "Trees and water"), "Nordstadt")
    neighbour = await town.resident("en")
    await neighbour.arrive(survey.code)
    assert "The survey has ended." in neighbour.last().text
    await neighbour.tap("Trees and water")
    assert "What is missing?" in neighbour.last().text


async def test_mydata_and_delete_say_that_answers_to_a_closed_survey_cannot_be_found(town: Town) -> None:
    resident, survey = await town.interview(table(TWO, "Our square"))
    await resident.tap("Good")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    await resident.write("/mydata")
    assert "They have ended" not in resident.last().text
    await town.close_survey(survey)
    await resident.write("/mydata")
    assert "You took part in these surveys. They have ended:" in resident.last().text
    assert "Our square" in resident.last().text
    assert "Nobody can find these answers any more, not even we." in resident.last().text
    assert "Shade" not in resident.last().text
    await resident.write("/delete")
    assert "Our square" in resident.last().text
    await resident.tap("Delete everything")
    assert "We deleted the note that you took part." in resident.last().text
    assert not await town.rows(select(Participation).where(Participation.survey_id == survey.id))
    assert await answers_of(town, survey) == ["Shade", "good"]


async def test_what_one_took_part_in_is_no_concern_of_another(town: Town) -> None:
    resident, survey = await town.interview(table(TWO, "Our square"))
    neighbour = await town.resident("en")
    await neighbour.arrive(survey.code)
    await resident.tap("Good")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    await town.close_survey(survey)
    await neighbour.write("/mydata")
    assert "Our square" not in neighbour.last().text


@ON_ONE_DATABASE
async def test_a_survey_that_begins_later_says_when(town: Town) -> None:
    later = await town.open_survey(table(TWO), "Nordstadt", opens_at=datetime(2199, 11, 30, 23, 30, tzinfo=UTC))
    resident = await town.resident("en")
    await resident.arrive(later.code)
    assert "The survey has not begun yet." in resident.last().text
    assert "It begins on this day: Sunday 1 December 2199" in resident.last().text
    assert await resident.response(later) is None


@ON_ONE_DATABASE
async def test_a_poster_that_hangs_before_its_survey_is_open_says_so(town: Town) -> None:
    draft = await town.open_survey(table(TWO), "Nordstadt")
    async with town.database.write() as connection:
        await connection.execute(delete(SurveyKey).where(SurveyKey.survey_id == draft.id))
    await town.change_survey(draft, state="draft")
    resident = await town.resident("en")
    await resident.arrive(draft.code)
    assert "The survey has not begun yet." in resident.last().text
    assert "It begins" not in resident.last().text


@ON_ONE_DATABASE
async def test_what_a_killed_process_left_on_the_disk_goes_when_the_next_begins(town: Town) -> None:
    _, survey = await town.interview(table(TWO))
    assert town.database.path
    folder = town.database.path.parent

    def key_is_on_the_disk() -> bool:
        return any(survey.key in path.read_bytes() for path in folder.glob("mitsprache.sqlite*"))

    await town.close_doors()
    async with town.database.write() as connection:
        assert await town.closing(survey)(connection)
    assert key_is_on_the_disk()
    await town.open_doors()
    await town.until(lambda: not key_is_on_the_disk())


# --- a survey that is not anonymous -----------------------------------------------------------------------------------


async def test_before_the_first_question_it_is_said_that_answers_stay_linked(town: Town) -> None:
    resident, _survey = await town.interview(table(TWO), "bg", anonymous=False)
    said = [message.text for message in resident.heard() if resident.says(LINKED) in message.text]
    assert len(said) == 1
    assert "/mydata /delete" in said[0]
    neighbour, _ = await town.interview(table(SEVERAL))
    assert not any(LINKED in message.text for message in neighbour.heard())


async def test_explicit_consent_is_asked_knowing_that_answers_stay_linked(town: Town) -> None:
    resident, _survey = await town.interview(table(FAITH), anonymous=False)
    assert LINKED in resident.last().text
    await resident.tap("I agree, start")
    assert sum(LINKED in message.text for message in resident.heard()) <= 1


async def test_after_its_end_residents_still_see_and_delete_their_answers(town: Town) -> None:
    survey = await town.open_survey(table(TWO, "Our square"), "Nordstadt", anonymous=False)
    residents = [await town.resident("en") for _ in range(3)]
    for resident in residents:
        await resident.arrive(survey.code)
        await resident.tap("Good")
        await resident.write(f"Shade for {resident.id}")
    for resident in residents[:2]:
        await resident.tap("Send my answers")
    await town.close_survey(survey)
    one, other, late = residents
    await one.write("/mydata")
    assert "Your answers: Our square" in one.last().text
    assert f"Shade for {one.id}" in one.last().text
    assert "They have ended" not in one.last().text
    await late.tap("Send my answers")
    assert "The survey has ended." in late.heard()[-2].text
    await late.write("/mydata")
    assert "Our square" not in late.last().text
    await one.write("/delete")
    await one.tap("Delete everything")
    assert "Your answers to these surveys are deleted:" in one.last().text
    assert await answers_of(town, survey) == [f"Shade for {other.id}", "good"]
    assert await town.rows(select(KeptKey.key).where(KeptKey.survey_id == survey.id)) == [(survey.key,)]
    await other.write("/mydata")
    assert f"Shade for {other.id}" in other.last().text


# --- what is on its way while a survey is closed ----------------------------------------------------------------------


class Race:
    """A turn that is loaded before a survey is closed, and whose rows come to be stored after it."""

    def __init__(self, town: Town, survey: Opened) -> None:
        self.town = town
        self.survey = survey

    async def run(self, content: dict[str, Any]) -> None:
        """Let an update be worked off while the survey is closed; returns when everything has happened."""
        town, service = self.town, self.town.service
        number = 1_000_000_000 + Random().getrandbits(28)
        async with town.database.write() as connection:
            [stored] = await inbox.take_in(
                connection,
                town_id=town.id,
                bot_id=town.bot.id,
                updates=[(number, json.dumps({"update_id": number, **content}), 0)],
                now=datetime.now(UTC),
            )
        handed_in, begun = asyncio.Event(), asyncio.Event()

        async def close(connection: Any) -> None:
            begun.set()
            await handed_in.wait()
            assert await town.closing(self.survey)(connection)

        closing = asyncio.create_task(service.writer.run(close))
        await begun.wait()
        chat = next(iter(content.values()))["from"]["id"]
        service.lanes.add(Waiting(stored.seq, chat, {"update_id": number, **content}, stored.received_at))
        await town.until(lambda: bool(service.writer._jobs))
        handed_in.set()
        await closing
        await town.settled()

    async def write(self, resident: Resident, text: str) -> None:
        await self.run(resident.update(text=text))

    async def tap(self, resident: Resident, name: str) -> None:
        message, button = resident.find(name)
        await self.run(self.press(resident, message, button))

    def press(self, resident: Resident, message: Message, button: Button) -> dict[str, Any]:
        telegram = self.town.telegram
        person = telegram.people.find(resident.id)
        assert person is not None
        query = {
            "id": telegram.queries.ask(self.town.bot.id, resident.id),
            "from": person.user(),
            "message": message.json,
            "chat_instance": "1",
            "data": button.data,
        }
        return {"callback_query": query}


@pytest.mark.parametrize("anonymous", [True, False])
async def test_an_answer_on_its_way_brings_nothing_back_and_is_told_so(town: Town, anonymous: bool) -> None:
    resident, survey = await town.interview(table(TWO), anonymous=anonymous)
    await resident.tap("Good")
    await Race(town, survey).write(resident, "Shade")
    assert "The survey has ended." in resident.heard()[-2].text
    assert await answers_of(town, survey) == []
    assert await nothing_leads_back(town, survey)
    assert await nothing_is_aside(town)


@pytest.mark.parametrize("anonymous", [True, False])
async def test_sending_on_its_way_counts_nothing(town: Town, anonymous: bool) -> None:
    resident, survey = await town.interview(table(TWO), anonymous=anonymous)
    await resident.tap("Good")
    await resident.write("Shade")
    await Race(town, survey).tap(resident, "Send my answers")
    assert "The survey has ended." in resident.heard()[-2].text
    assert not any("Your answers have arrived" in message.text for message in resident.heard())
    assert not await town.rows(select(Participation).where(Participation.survey_id == survey.id))
    assert [row.complete for row in await town.rows(select(Response).where(Response.survey_id == survey.id))] == [False]
    assert await nothing_is_aside(town)


@pytest.mark.parametrize("anonymous", [True, False])
async def test_an_option_on_its_way_is_not_kept(town: Town, anonymous: bool) -> None:
    resident, survey = await town.interview(table(SEVERAL), anonymous=anonymous)
    await resident.tap("Shade")
    await Race(town, survey).tap(resident, "Water")
    assert "The survey has ended." in resident.heard()[-2].text
    assert await answers_of(town, survey) == []
    assert await nothing_is_aside(town)


@pytest.mark.parametrize("anonymous", [True, False])
async def test_a_survey_that_begins_on_its_way_does_not_begin(town: Town, anonymous: bool) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt", anonymous=anonymous)
    resident = await town.resident("en")
    await resident.start(survey.code)
    await resident.tap("I agree, go on")
    await Race(town, survey).tap(resident, "Yes")
    assert "The survey has ended." in resident.last().text
    assert await nothing_leads_back(town, survey)
    assert await nothing_is_aside(town)


async def test_who_deletes_meanwhile_is_not_told_that_answers_are_deleted(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await resident.write("Shade")
    await resident.tap("Send my answers")
    await resident.write("/delete")
    await Race(town, survey).tap(resident, "Delete everything")
    assert "We have deleted your data." in resident.last().text
    assert "We deleted the note that you took part. We could not find your answers." in resident.last().text
    assert "are deleted:" not in resident.last().text
    assert not await town.rows(select(Held).where(Held.town_id == town.id))
    assert await answers_of(town, survey) == ["Shade", "good"]
    assert await nothing_is_aside(town)


async def test_rows_that_are_refused_again_are_set_aside_and_block_nobody(town: Town) -> None:
    """A key that is gone without its survey being closed is nothing that a second try can mend."""
    resident, survey = await town.interview(table(TWO))
    async with town.database.write() as connection:
        for kept in (Interview, Response):
            await connection.execute(delete(kept).where(kept.survey_id == survey.id))
        await connection.execute(delete(SurveyKey).where(SurveyKey.survey_id == survey.id))
    await resident.start(survey.code)
    assert Counter(row.state for row in await town.updates())["aside"] == 1
    assert not town.service.worker._taken_again
    await resident.write("/help")
    assert "How this works" in resident.last().text


class Answering:
    """Somebody who answers until the chat says that it is over, whatever way."""

    def __init__(self, town: Town, resident: Resident, chance: Random) -> None:
        self.town = town
        self.resident = resident
        self.chance = chance
        self.thanked = False
        self.wish = f"Wish of {resident.id}"

    async def take_part(self, survey: Opened) -> bool:
        """Answer everything; returns whether the answers have arrived."""
        await asyncio.sleep(self.chance.uniform(0, 1.5))
        await self.resident.act("send", start=survey.code)
        async with asyncio.timeout(40):
            while True:
                await asyncio.sleep(self.chance.uniform(0.05, 0.2))
                messages = self.resident.messages()
                said = "\n".join(message.text for message in messages)
                self.thanked = "Your answers have arrived" in said
                if self.thanked or "The survey has ended." in said:
                    return self.thanked
                await self.go_on(messages)

    async def go_on(self, messages: list[Message]) -> None:
        asking = next((message for message in reversed(messages) if message.from_bot and message.keyboard), None)
        if asking is None:
            return
        if "What is missing?" in asking.text and "Check" not in asking.text and messages[-1].from_bot:
            await self.resident.act("send", text=self.wish)
        for button in asking.buttons:
            if button.name.removeprefix("✅ ") in ("I agree, go on", "Yes", "Good", "Send my answers"):
                body = {"bot": self.town.bot.username, "message_id": asking.id, "button": [button.row, button.column]}
                await self.town.control.post(f"/sim/users/{self.resident.id}/tap", json=body)
                return


@pytest.mark.parametrize("seed", [2])
async def test_many_answer_while_it_is_closed_and_each_answer_counts_once_or_not_at_all(town: Town, seed: int) -> None:
    survey = await town.open_survey(table(TWO), "Nordstadt")
    people = [Answering(town, await town.resident("en"), Random(seed * 100 + number)) for number in range(16)]
    some = 3 + Random(seed).randrange(6)
    async with asyncio.TaskGroup() as together:
        going_on = [together.create_task(each.take_part(survey)) for each in people]
        await town.until(lambda: sum(each.thanked for each in people) >= some)
        await town.close_survey(survey)
    completed = [each.result() for each in going_on]
    await town.settled()
    assert True in completed
    assert False in completed
    assert await nothing_leads_back(town, survey)
    assert await nothing_is_aside(town)
    wishes = [each.wish for each, is_complete in zip(people, completed, strict=True) if is_complete]
    assert await answers_of(town, survey) == sorted([*wishes, *["good"] * len(wishes)])
    responses = await town.rows(select(Response.complete).where(Response.survey_id == survey.id))
    assert sum(row.complete for row in responses) == len(wishes)
    assert await town.count(select(Participation).where(Participation.survey_id == survey.id)) == len(wishes)


async def test_a_survey_whose_last_moment_is_over_can_still_be_closed(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    await town.change_survey(survey, closes_at=datetime.now(UTC) - timedelta(hours=1))
    await resident.write("Shade")
    assert resident.heard()[-2].text == "The survey has ended."
    await town.close_survey(survey)
    assert await nothing_leads_back(town, survey)
