"""What people really write and send: digits of any script, other letters, pictures, twenty messages at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.models import Delivery
from storage.models import Resident as Held
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")

NUMBERS = """
| survey |         |       |            |
|        | type    | name  | label      |
|        | integer | trees | How many?  |
|        | decimal | share | What part? |
|        | text    | why   | Why?       |
"""
OPTIONS = """
| survey  |                    |       |                   |
|         | type               | name  | label             |
|         | select_one school  | best  | Ce școală?        |
|         | select_multiple go | goes  | Къде ходите?      |
| choices |           |                                             |                                             |
|         | list_name | name                                        | label                                       |
|         | school    | școala_din_cartierul_de_nord_a_orașului_mare | Școală                                     |
|         | school    | gradinita                                   | Grădiniță                                   |
|         | go        | библиотеката_на_читалището_в_центъра_на_града | Библиотека                                |
|         | go        | басейна_зад_училището_в_северния_квартал    | Басейн                                      |
"""
ALIKE = """
| survey  |                 |      |                     |
|         | type            | name | label               |
|         | select_one plan | plan | Which plan is best? |
| choices |           |      |                                                                             |
|         | list_name | name | label                                                                       |
|         | plan      | a    | A square with trees, benches and a playground for the small children of all |
|         | plan      | b    | A square with trees, benches and a playground for the small children of one |
|         | plan      | c    | A square with trees, benches and a playground for the small children of two |
"""
TEXTS = "\n".join(
    ["| survey | | | |", "| | type | name | label |", *(f"| | text | t{n} | Question {n}? |" for n in range(1, 21))]
)


@ON_ONE_DATABASE
async def test_numbers_are_read_in_the_digits_of_any_script(town: Town) -> None:
    resident, survey = await town.interview(table(NUMBERS), "ar")
    await resident.write("١٢")
    await resident.write("٠٫٥")
    assert await resident.answers(survey) == {"trees": "12", "share": "0.5"}


@ON_ONE_DATABASE
async def test_what_is_no_number_is_answered_with_an_example(town: Town) -> None:
    resident, survey = await town.interview(table(NUMBERS), "bg")
    for written in ("²", "many", "½", "1e3", "٤²", "٠٫٥"):
        await resident.write(written)
        example = resident.says("Please write a whole number, for example {example}.", example=4)
        assert example in resident.last().text, written
    assert await resident.answers(survey) == {}
    await resident.write("4")
    assert await resident.answers(survey) == {"trees": "4"}


async def test_however_often_something_else_is_written_the_question_is_there_once_and_below(town: Town) -> None:
    resident, survey = await town.interview(table(NUMBERS))
    for written in ("many", "very many", "a lot"):
        await resident.write(written)
        assert resident.last().text.startswith("Please write a whole number, for example 4.\n\n1 of 3\nHow many?")
        assert resident.messages()[-1].keyboard
        assert sum("How many?" in message.text for message in resident.heard()) == 1
    await resident.write_at_once("some", "few", "12")
    assert await resident.answers(survey) == {"trees": "12"}
    assert "What part?" in resident.last().text
    assert [message.text for message in resident.heard() if "How many?" in message.text] == ["How many?\n✓ 12"]
    unsent = select(Delivery.reason).where(Delivery.state != "sent", Delivery.town_id == town.id)
    assert await town.rows(unsent) == []


@ON_ONE_DATABASE
async def test_an_option_is_found_whatever_letters_the_phone_writes(town: Town) -> None:
    resident, survey = await town.interview(table(OPTIONS), "ro")
    for written, meant in (("Şcoală", "școala_din_cartierul_de_nord_a_orașului_mare"), ("GRADINITA ", "gradinita")):
        await resident.write(written)
        assert (await resident.answers(survey))["best"] == meant
        await resident.tap("Back")


async def test_buttons_of_long_cyrillic_options_are_short_inside(town: Town) -> None:
    resident, survey = await town.interview(table(OPTIONS), "bg")
    await resident.tap("Școală")
    question = resident.asked()
    assert max(len(button.data.encode()) for button in question.buttons) <= 64
    await resident.tap("Библиотека")
    await resident.tap("Басейн")
    await resident.tap("Done")
    assert (await resident.answers(survey))["goes"].split() == [
        "библиотеката_на_читалището_в_центъра_на_града",
        "басейна_зад_училището_в_северния_квартал",
    ]
    refused = await town.rows(select(Delivery.reason).where(Delivery.state == "failed", Delivery.town_id == town.id))
    assert refused == []


@ON_ONE_DATABASE
async def test_options_that_would_read_alike_on_buttons_are_numbered_in_the_message(town: Town) -> None:
    resident, survey = await town.interview(table(ALIKE))
    question = resident.asked()
    assert question.labels[0] == ["1", "2", "3"]
    for ending in ("of all", "of one", "of two"):
        assert f"children {ending}" in question.text
    await resident.tap("2")
    assert await resident.answers(survey) == {"plan": "b"}


async def test_twenty_messages_at_once_are_twenty_answers_in_order(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    await resident.write_at_once(*(f"Answer {number}" for number in range(1, 21)))
    assert await resident.answers(survey) == {f"t{number}": f"Answer {number}" for number in range(1, 21)}
    texts = [message.text for message in resident.heard()]
    questions = [text for text in texts if "Question" in text and "Answer" in text]
    assert [text.splitlines()[0] for text in questions[:20]] == [f"Question {number}?" for number in range(1, 21)]


async def test_pictures_and_the_like_are_answered_kindly_and_are_no_answer(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    acts = [resident.send_photo, resident.send_voice, resident.send_location, resident.send_contact]
    for act in acts:
        await act()
        assert resident.last().text.startswith("We cannot read this here. Please write your answer.")
    await resident.send_other(
        sticker={
            "file_id": "s",
            "file_unique_id": "u",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    )
    assert resident.last().text.startswith("We cannot read this here. Please write your answer.")
    assert await resident.answers(survey) == {}
    await resident.write("Here it is")
    assert await resident.answers(survey) == {"t1": "Here it is"}


@ON_ONE_DATABASE
async def test_an_album_is_answered_once(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    said = select(Delivery.seq).where(Delivery.method == "sendMessage", Delivery.town_id == town.id)
    number = await town.count(said)
    photo = [{"file_id": "p", "file_unique_id": "u", "width": 1, "height": 1}]
    for _ in range(3):
        town.deliver(resident.update(media_group_id="album", photo=photo))
    await town.settled()
    assert await town.count(said) == number + 1
    await resident.send_other(media_group_id="another", photo=photo, caption="This is no answer")
    assert await town.count(said) == number + 2
    assert await resident.answers(survey) == {}


@ON_ONE_DATABASE
async def test_a_correction_of_what_was_sent_changes_nothing(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    await resident.write("First")
    sent = next(message for message in resident.messages() if message.text == "First")
    await resident.edit(sent, "Second")
    assert resident.last().text.startswith(resident.says("A changed message does not change your answer."))
    assert "Question 2?" in resident.last().text
    assert sum("Question 2?" in message.text for message in resident.heard()) == 1
    assert await resident.answers(survey) == {"t1": "First"}
    await resident.write("Third")
    assert await resident.answers(survey) == {"t1": "First", "t2": "Third"}


@ON_ONE_DATABASE
async def test_a_place_that_moves_is_no_correction(town: Town) -> None:
    resident, _ = await town.interview(table(TEXTS))
    number = len(resident.heard())
    moved = {**resident.update()["message"], "edit_date": 1, "location": {"latitude": 51.5, "longitude": 7.5}}
    town.deliver({"edited_message": moved})
    await town.settled()
    assert len(resident.heard()) == number


@ON_ONE_DATABASE
async def test_a_correction_outside_an_interview_is_met_with_silence(town: Town) -> None:
    resident = await town.resident("en")
    await resident.start()
    await resident.write("Hello")
    sent = next(message for message in resident.messages() if message.text == "Hello")
    number = len(resident.messages())
    await resident.edit(sent, "Good evening")
    assert len(resident.messages()) == number


async def test_signs_that_steer_the_text_around_them_are_not_stored(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    await resident.send_other(text="a\u202eb\u0000c\ud800d\u2069")
    assert (await resident.answers(survey))["t1"] == "abc\ufffdd"
    assert [row.state for row in await town.updates()] == ["done"] * len(await town.updates())


@ON_ONE_DATABASE
async def test_a_very_long_answer_is_refused_with_the_limit(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    await resident.write("a" * 4096)
    assert "at most 4,000 letters" in resident.last().text
    await resident.write("a" * 4000)
    assert len((await resident.answers(survey))["t1"]) == 4000
    assert await town.count(select(Held.id).where(Held.town_id == town.id)) == 1


@ON_ONE_DATABASE
async def test_an_unknown_command_is_no_answer(town: Town) -> None:
    resident, survey = await town.interview(table(TEXTS))
    await resident.write("/hlep")
    assert "We do not know this command." in resident.last().text
    assert resident.last().keyboard
    assert sum("Question 1?" in message.text for message in resident.heard()) == 1
    await resident.write("/help")
    assert "How this works" in resident.last().text
    assert await resident.answers(survey) == {}
