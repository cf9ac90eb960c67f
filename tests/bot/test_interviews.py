"""Whole interviews in the chat, from the first question to what is stored, and all ways between two questions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, update

from dialogues.forms import Instance
from storage.models import Answer, Base, Contact, Delivery, Interview, Participation, Response
from storage.models import Resident as Held
from tests.bot.resident import Resident
from tests.bot.town import Opened, Town, ready, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

THREE = """
| survey  |                    |        |                  |          |             |                    |
|         | type               | name   | label            | required | constraint  | constraint_message |
|         | select_one mood    | mood   | How is it here?  |          |             |                    |
|         | integer            | trees  | How many trees?  | yes      | . < 1000    | Fewer than 1000.   |
|         | select_multiple go | places | Where do you go? |          |             |                    |
| choices |           |       |           |
|         | list_name | name  | label     |
|         | mood      | good  | Good      |
|         | mood      | bad   | Bad       |
|         | go        | park  | The park  |
|         | go        | pool  | The pool  |
|         | go        | shops | The shops |
"""

TITLE = """
| settings |             |
|          | form_title  |
|          | Another one |
"""

ANSWERS: dict[str, dict[str, Any]] = {
    "living_in_my_quarter": {
        "likes_living_here": "rather",
        "home_people": ("٤", "4"),
        "home_space": "little",
        "home_problems": ["rent", "damp"],
        "safe_in_the_evening": "never",
        "worries_outside": ["dark"],
        "streets_clean": "partly",
        "missing_outside": ["benches", "trees", "light"],
        "know_neighbours": "greet",
        "help_nearby": "sometimes",
        "age_group": "41_to_60",
        "wish_for_the_quarter": ("مقاعد أكثر", "مقاعد أكثر"),
    },
    "what_should_happen_on_the_square": {
        "visits": "rarely",
        "dislikes": ["noise", "dirt"],
        "wishes": ["trees", "water"],
        "most_important": "water",
        "for_whom": ["everyone"],
        "mood": "both",
        "parking": "no",
        "safe_in_the_evening": "mostly",
        "children": ("2", "2"),
        "children_age": ["to_3", "7_to_12"],
        "age_group": "26_to_40",
        "idea": ("Пейки на сянка", "Пейки на сянка"),
    },
    "after_the_festival": {
        "was_there": "short",
        "heard_from": "poster",
        "companions": ("0", "0"),
        "liked": "very",
        "especially_good": ["food", "music"],
        "understood": "little",
        "language_help": ["interpreter", "pictures"],
        "enough_for_children": "dont_know",
        "met_people": "several",
        "come_again": "yes",
        "age_group": "no_answer",
        "do_better": ("Mai multă umbră", "Mai multă umbră"),
    },
}


async def answer(resident: Resident, survey: Opened, name: str, given: Any) -> None:
    """Answer the question that stands open: by one option, by several, or by (what is written, what is stored)."""
    if isinstance(given, tuple):
        await resident.write(given[0])
        return
    labels = await labels_of(resident, survey, name)
    for value in given if isinstance(given, list) else [given]:
        await resident.tap(labels[value], on=resident.asked())
    if isinstance(given, list):
        await resident.tap("Done")


async def labels_of(resident: Resident, survey: Opened, name: str) -> dict[str, str]:
    """The labels of a question's options by their values, in the resident's language."""
    response = await resident.response(survey)
    rows = await resident.town.rows(select(Answer).where(Answer.response_id == response.id)) if response else []
    form = survey.paper.form
    instance = Instance(form, {row.ref: row.value for row in rows} or None, now=datetime.now(UTC), random=Random(0))
    ref = next(question.ref for question in form.questions if question.ref.endswith(f"/{name}"))
    return {choice.value: choice.label for choice in instance.options(ref, resident.language)}


def stored(given: Any) -> str:
    return given[1] if isinstance(given, tuple) else " ".join(given) if isinstance(given, list) else given


@pytest.mark.parametrize(
    ("name", "language"),
    [("living_in_my_quarter", "ar"), ("what_should_happen_on_the_square", "bg"), ("after_the_festival", "ro")],
)
async def test_a_whole_interview_is_held_stored_and_wiped(town: Town, name: str, language: str) -> None:
    resident, survey = await town.interview(ready(name), language)
    for question, given in ANSWERS[name].items():
        await answer(resident, survey, question, given)
    await resident.tap("Send my answers")
    assert resident.says("Thank you! Your answers have arrived.") in [each.text for each in resident.heard()]

    response = await resident.response(survey)
    assert response.complete
    assert (response.language, response.area_id) == (language, town.areas["Nordstadt"])
    assert type(response.started_on) is type(response.completed_on) is date
    rows = await resident.stored(survey)
    assert {name: row.value for name, row in rows.items()} == {
        question: stored(given) for question, given in ANSWERS[name].items()
    }
    assert {row.language for row in rows.values()} == {language}
    assert {row.questionnaire_id for row in rows.values()} == {survey.questionnaire_id}
    held = await resident.held()
    assert await town.row(select(Participation).where(Participation.resident_id == held.id)) == (
        survey.id,
        held.id,
        town.id,
    )
    await nothing_is_left_of(resident)


async def nothing_is_left_of(resident: Resident) -> None:
    """Updates and messages are wiped, and nothing but the contact knows the chat."""
    town = resident.town
    assert {(row.state, row.payload) for row in await town.updates()} == {("done", "")}
    sent = await town.rows(
        select(Delivery).join(Contact, Contact.id == Delivery.contact_id).where(Contact.town_id == town.id)
    )
    assert {(row.state, str(row.payload)) for row in sent} == {("sent", "{}")}
    for model in Base.__subclasses__():
        for row in await town.rows(select(model)):
            told = row._asdict()
            if model is Contact:
                del told["chat_id"]
            assert str(resident.id) not in str(told), model


# --- between two questions ------------------------------------------------------------------------------------------


async def test_one_goes_back_and_the_answer_is_still_there(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.tap("Back")
    assert resident.asked().chosen == ["Good"]
    await resident.tap("Bad")
    await resident.write("12")
    assert await resident.answers(survey) == {"mood": "bad", "trees": "12"}


async def test_a_question_is_skipped_and_a_needed_one_is_asked_for_kindly(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Skip")
    question = resident.asked()
    assert "How many trees?" in question.text
    assert not any("Skip" in button.name for button in question.buttons)
    await resident.tap("Stop this survey")
    await resident.tap("Go on")
    assert resident.asked().text == question.text
    await resident.write("3")
    assert await resident.answers(survey) == {"trees": "3"}


async def test_a_survey_is_stopped_for_good_or_taken_up_again(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.tap("Stop this survey")
    await resident.tap("Stop this survey")
    assert "You have stopped this survey." in resident.last().text
    await resident.write("What now?")
    assert "What do you want to do?" in resident.last().text
    await resident.tap("Go on with the survey")
    assert "How many trees?" in resident.last().text
    await resident.write("3")
    assert await resident.answers(survey) == {"mood": "good", "trees": "3"}


async def test_what_does_not_fit_gets_the_questionnaires_own_words(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.write("1000")
    assert resident.last().text.startswith("Fewer than 1000.\n\n2 of 3\nHow many trees?")
    await resident.write("999")
    assert (await resident.answers(survey))["trees"] == "999"


async def test_an_interview_is_paused_and_goes_on_where_it_was(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.tap("Continue later")
    await resident.write("12")
    assert "trees" not in await resident.answers(survey)
    await resident.tap("Go on with the survey")
    assert "How many trees?" in resident.last().text
    await resident.write("12")
    assert (await resident.answers(survey))["trees"] == "12"


async def test_stop_pauses_messages_and_leaves_the_interview_as_it_is(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.write("/stop")
    assert (await resident.held()).paused
    await resident.tap("Go on with the survey")
    await resident.write("12")
    assert (await resident.answers(survey))["trees"] == "12"
    await resident.write("/stop")
    await resident.tap("Get messages again")
    assert not (await resident.held()).paused


async def test_several_are_chosen_in_place_and_taken_back(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.write("1")
    number = len(resident.messages())
    await resident.tap("The park")
    await resident.tap("The shops")
    await resident.tap("The park")
    assert len(resident.messages()) == number
    assert resident.asked().chosen == ["The shops"]
    await resident.tap("Done")
    assert (await resident.answers(survey))["places"] == "shops"


async def test_an_answer_is_changed_in_the_summary_before_it_is_sent(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.write("1")
    await resident.tap("Done")
    assert "Your answers" in resident.asked().text
    await resident.tap("2")
    await resident.write("2")
    assert "Your answers" in resident.asked().text
    await resident.tap("Send my answers")
    assert await resident.answers(survey) == {"mood": "good", "trees": "2"}
    assert (await resident.response(survey)).complete


async def test_nobody_answers_twice_and_another_survey_is_offered(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    other = await town.open_survey(table(THREE + TITLE), "Nordstadt")
    await resident.tap("Good")
    await resident.write("1")
    await resident.tap("Done")
    await resident.tap("Send my answers")
    await resident.start(survey.code)
    assert "You have answered this survey." in resident.last().text
    assert resident.last().labels[0] == ["Another one"]
    await resident.tap("Another one")
    await resident.tap("Bad")
    assert await resident.answers(other) == {"mood": "bad"}
    assert await resident.answers(survey) == {"mood": "good", "trees": "1"}
    assert await town.count(select(Response.id).where(Response.survey_id == survey.id)) == 1


async def test_another_code_in_mid_interview_begins_the_other_and_leads_back(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    other = await town.open_survey(table(THREE + TITLE), "Nordstadt")
    await resident.tap("Good")
    await resident.start(other.code)
    await resident.tap("Bad")
    await resident.start(survey.code)
    assert "How many trees?" in resident.last().text
    await resident.write("5")
    assert await resident.answers(survey) == {"mood": "good", "trees": "5"}
    assert await resident.answers(other) == {"mood": "bad"}


async def test_a_survey_that_was_left_for_another_can_be_gone_on_with_when_that_one_is_over(town: Town) -> None:
    left = await town.open_survey(table(THREE), "Nordstadt")
    other = await town.open_survey(table(THREE + TITLE), "Nordstadt")
    resident = await town.resident("tr")
    await resident.arrive(left.code)
    await resident.tap("Good")
    await resident.start(other.code)
    await resident.tap("Bad")
    await resident.write("4")
    await resident.tap("Done")
    await resident.tap("Send my answers")
    assert resident.says("What do you want to do?") in resident.last().text
    menu, go_on = resident.find("Go on with the survey", resident.last())
    await resident.start()
    assert "How many trees?" in resident.last().text
    await resident.press(menu, go_on)
    assert "How many trees?" in resident.last().text
    await resident.write("7")
    assert await resident.answers(left) == {"mood": "good", "trees": "7"}


async def test_what_comes_after_the_last_moment_of_a_survey_is_no_answer_and_says_so(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await town.change_survey(survey, closes_at=datetime.now(UTC) - timedelta(seconds=1))
    await resident.write("12")
    assert "The survey has ended." in resident.heard()[-2].text
    await resident.write("12")
    assert "The survey has ended." not in resident.heard()[-2].text
    await resident.tap("Continue later")
    assert "The survey has ended." in resident.heard()[-2].text
    assert await resident.answers(survey) == {"mood": "good"}


async def test_whose_question_stands_last_in_the_chat_gets_what_is_typed(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    other = await town.open_survey(table(THREE.replace("trees", "woods")), "Nordstadt")
    await resident.tap("Good")
    stale = resident.find("Back")
    await resident.write("12")
    await resident.tap("Continue later")
    await resident.start(other.code)
    await resident.tap("Bad")
    await resident.press_as_it_was(*stale)
    assert "Where do you go?" in resident.last().text
    await resident.write("The pool")
    assert await resident.answers(other) == {"mood": "bad"}
    assert await resident.answers(survey) == {"mood": "good", "trees": "12", "places": "pool"}


async def test_a_button_of_a_survey_that_was_left_for_another_changes_its_own_message(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    other = await town.open_survey(table(THREE + TITLE), "Nordstadt")
    left, good = resident.find("Good")
    await resident.start(other.code)
    standing, bad = resident.find("Bad")
    await resident.press_as_it_was(left, good)
    texts = {message.id: message.text for message in resident.heard()}
    assert texts[left.id] == "How is it here?\n✓ Good"
    assert texts[standing.id] == standing.text
    assert await resident.answers(survey) == {"mood": "good"}
    await resident.press(standing, bad)
    assert await resident.answers(other) == {"mood": "bad"}


async def test_two_taps_on_continue_later_are_one(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    button = resident.find("Continue later")
    await resident.press_as_it_was(*button)
    number = len(resident.messages())
    assert await resident.press_as_it_was(*button) == ""
    assert len(resident.messages()) == number
    assert await resident.answers(survey) == {"mood": "good"}


async def test_two_residents_answer_side_by_side_and_keep_their_own_answers(town: Town) -> None:
    survey = await town.open_survey(table(THREE), "Nordstadt")
    residents = [await town.resident(language) for language in ("en", "ar", "bg")]
    for resident in residents:
        await resident.arrive(survey.code)
    for number, resident in enumerate(residents):
        await resident.tap("Good")
        await resident.write(str(number))
    assert [await resident.answers(survey) for resident in residents] == [
        {"mood": "good", "trees": str(number)} for number in range(3)
    ]
    assert await town.count(select(Interview.id).where(Interview.survey_id == survey.id)) == 3


async def test_a_late_tap_leaves_what_was_sent_as_it_was_then(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    old = resident.find("Good")
    await resident.tap("Good")
    await resident.write("7")
    await resident.tap("The park")
    await resident.tap("Done")
    await resident.tap("Send my answers")
    sent = select(Response.completed_on, Response.area_id, Response.language).where(Response.survey_id == survey.id)
    async with town.database.write() as connection:  # sent some time ago, by somebody who has moved since
        await connection.execute(update(Response).values(completed_on=date(2020, 1, 1)))
        await connection.execute(update(Held).values(area_id=town.areas["Hafenviertel"], language="tr"))
    before = await town.rows(sent)
    await resident.press_as_it_was(*old)
    await town.settled()
    assert await town.rows(sent) == before


# --- what a form puts in by itself ------------------------------------------------------------------------------------

FILLED = """
| survey  |                 |       |                  |                                                |
|         | type            | name  | label            | relevant                                       |
|         | start           | start |                  |                                                |
|         | today           | today |                  |                                                |
|         | select_one mood | mood  | How is it here?  | ${start} > '2020-01-01'                        |
|         | integer         | trees | How many trees?  | ${today} = format-date(${start}, '%Y-%m-%d')   |
|         | text            | wish  | What is missing? | string-length(/data/meta/instanceID) = 41      |
| choices |           |      |       |                                                               |
|         | list_name | name | label |                                                               |
|         | mood      | good | Good  |                                                               |
"""


@pytest.mark.parametrize("anonymous", [True, False])
async def test_no_id_and_no_time_of_an_anonymous_interview_is_ever_kept_and_all_that_reads_them_works(
    town: Town, anonymous: bool
) -> None:
    resident, survey = await town.interview(table(FILLED), anonymous=anonymous)

    async def put_in() -> set[str]:
        rows = await town.rows(select(Answer.ref).join(Response).where(Response.survey_id == survey.id))
        return {row.ref.rsplit("/", 1)[1] for row in rows} & {"start", "today", "instanceID"}

    kept = set() if anonymous else {"start", "today", "instanceID"}
    assert await resident.response(survey) is not None
    assert await put_in() == kept
    await resident.tap("Good")
    await town.restart()
    await resident.write("12")
    await resident.tap("Back")
    await resident.write("13")
    await resident.write("Shade")
    assert await put_in() == kept
    await resident.tap("Send my answers")
    assert await resident.answers(survey) == {"mood": "good", "trees": "13", "wish": "Shade"}
    assert await put_in() == kept
    await resident.write("/mydata")
    assert "How many trees?\n13" in resident.last().text
    assert "What is missing?\nShade" in resident.last().text
    await resident.write("/delete")
    await resident.tap("Delete everything")
    assert not await town.rows(select(Answer).where(Answer.town_id == town.id))
