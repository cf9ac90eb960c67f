"""The language of a conversation: changed at any moment, stored with each answer, and laid out as it is read."""

from __future__ import annotations

import unicodedata

import pytest

from tests.bot.chat import Message
from tests.bot.conftest import ON_ONE_DATABASE, Stored
from tests.bot.resident import Resident
from tests.bot.town import Ground, Town, ready, running, table

pytestmark = [pytest.mark.asyncio(loop_scope="session"), ON_ONE_DATABASE]

TWO_LANGUAGES = """
| survey   |                 |       |                     |                                   |
|          | type            | name  | label::Deutsch (de) | label::العربية (ar)               |
|          | text            | name  | Wie heißt der Platz? | ما اسم الساحة؟                   |
|          | integer         | trees | Bäume auf ${name}?  | كم شجرة في ${name} اليوم؟         |
| settings |                  |                    |
|          | default_language | form_title         |
|          | Deutsch (de)     | Der Platz          |
"""


async def speak(resident: Resident, name: str, language: str) -> None:
    """Choose another language under the question."""
    await resident.tap("Language")
    await resident.tap(name)
    resident.language = language


async def test_the_language_is_changed_in_mid_question_and_answers_stay(town: Town) -> None:
    resident, survey = await town.interview(ready("after_the_festival"), "de")
    await resident.tap("Ja")
    number = len(resident.messages())
    question = resident.asked()
    await speak(resident, "العربية", "ar")
    redrawn = resident.asked()
    assert redrawn.id == question.id
    assert len(resident.messages()) == number
    assert "كيف عرفتم بالاحتفال؟" in redrawn.text
    assert "⏸️ " + resident.says("Continue later") in [button.name for button in redrawn.buttons]
    await resident.tap("ملصق أو ورقة")
    await speak(resident, "Türkçe", "tr")
    await resident.write("3")
    rows = await resident.stored(survey)
    assert {name: (row.value, row.language) for name, row in rows.items()} == {
        "was_there": ("yes", "de"),
        "heard_from": ("poster", "ar"),
        "companions": ("3", "tr"),
    }


async def test_the_command_changes_the_language_and_redraws_the_question(town: Town) -> None:
    resident, survey = await town.interview(ready("after_the_festival"), "bg")
    question = await resident.asked_now()
    await resident.write("/language")
    await resident.tap("Română")
    resident.language = "ro"
    assert (await resident.asked_now()).id == question.id
    assert "Ați fost la sărbătoarea cartierului?" in (await resident.asked_now()).text
    await resident.tap("Da", on=await resident.asked_now())
    assert (await resident.stored(survey))["was_there"].language == "ro"
    assert resident.says("Delete my data") in await resident.menu()


async def test_choosing_the_present_language_puts_the_answers_back(town: Town) -> None:
    resident, _ = await town.interview(ready("after_the_festival"), "en")
    question = resident.asked()
    await resident.tap("Language")
    assert [label for row in resident.asked().labels for label in row].count("✓ English") == 1
    await resident.tap("English")
    assert resident.asked().labels == question.labels


async def test_the_summary_is_redrawn_too(town: Town) -> None:
    resident, survey = await town.interview(table(TWO_LANGUAGES), "de")
    await resident.write("Anger")
    await resident.write("7")
    await speak(resident, "العربية", "ar")
    summary = resident.asked()
    assert resident.says("Your answers") in summary.text
    assert "ما اسم الساحة؟" in summary.text
    await resident.tap("Send my answers")
    assert {row.language for row in (await resident.stored(survey)).values()} == {"de"}


async def test_an_answer_that_is_given_again_is_kept_in_the_language_it_was_asked_in_then(town: Town) -> None:
    """Case 4: each answer knows the language that it was asked in, whatever is chosen later."""
    resident, survey = await town.interview(table(TWO_LANGUAGES), "de")
    await resident.write("Anger")
    await speak(resident, "العربية", "ar")
    await resident.tap("Back")
    await resident.write("السوق")
    rows = await resident.stored(survey)
    assert (rows["name"].value, rows["name"].language) == ("السوق", "ar")


async def test_what_a_form_lacks_in_a_language_counts_as_asked_in_its_own(town: Town) -> None:
    resident, survey = await town.interview(table(TWO_LANGUAGES), "tr")
    assert "Wie heißt der Platz?" in resident.last().text
    assert resident.says("Please write your answer.") in resident.last().text
    await resident.write("Anger")
    assert (await resident.stored(survey))["name"].language == "de"


async def test_a_paused_interview_goes_on_in_the_language_of_the_day(town: Town) -> None:
    resident, _ = await town.interview(ready("after_the_festival"), "de")
    await resident.tap("Continue later")
    await resident.write("/language")
    await resident.tap("English")
    resident.language = "en"
    await resident.start()
    assert "Were you at the festival?" in resident.last().text


async def test_arabic_keyboards_run_from_right_to_left(town: Town) -> None:
    resident, _ = await town.interview(ready("after_the_festival"), "ar")
    last_row = resident.asked().labels[-1]
    assert last_row == ["🌐 " + resident.says("Language"), "⏸️ " + resident.says("Continue later")]
    await speak(resident, "Deutsch", "de")
    assert resident.asked().labels[-1] == ["⏸️ " + resident.says("Continue later"), "🌐 " + resident.says("Language")]


async def test_what_is_inserted_keeps_to_itself_in_a_sentence_of_the_other_direction(town: Town) -> None:
    resident, _ = await town.interview(table(TWO_LANGUAGES), "ar")
    await resident.write("Platz (855) 411-2372.")
    question = resident.last()
    assert "\u2068Platz (855) 411-2372.\u2069" in question.raw
    assert balanced(question)
    await speak(resident, "Deutsch", "de")
    await resident.tap("Back")
    await resident.write("ساحة السوق.")
    assert "\u2068ساحة السوق.\u2069" in resident.last().raw
    assert balanced(resident.last())


async def test_every_arabic_line_begins_from_the_right(town: Town) -> None:
    """One hint that ends in "." must not turn the language round: each line says its direction itself."""
    resident, _ = await town.interview(ready("what_should_happen_on_the_square"), "ar")
    for message in resident.heard():
        for line in filter(None, (line.strip() for line in message.raw.splitlines())):
            assert first_strong(line) == "rtl", line


def first_strong(line: str) -> str:
    """The direction that a phone takes a line to have: that of its first letter outside of isolates (UAX #9)."""
    depth = 0
    for sign in line:
        kind = unicodedata.bidirectional(sign)
        depth += (kind in ("FSI", "LRI", "RLI")) - (kind == "PDI")
        if not depth and kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "rtl"


def balanced(message: Message) -> bool:
    """Whether every isolate that is opened in a line ends in it."""
    return all(line.count("\u2068") == line.count("\u2069") for line in message.raw.splitlines())


async def test_a_latin_title_stands_whole_in_arabic_sentences(shared_ground: Ground, stored_in: Stored) -> None:
    async with running(shared_ground, *stored_in, name="Auenstadt (Süd)", quarters=("Nord-Ost 3.",)) as town:
        await town.open_survey(table(TWO_LANGUAGES), "Nord-Ost 3.")
        resident = await town.resident("ar")
        await resident.start()
        assert "\u2068Auenstadt (Süd)\u2069" in resident.last().raw
        await resident.tap("I agree, go on")
        await resident.tap("Yes")
        assert "\u2068Nord-Ost 3.\u2069" in [button.label.strip("\u200f") for button in resident.asked().buttons]
        await resident.tap("Nord-Ost 3.")
        assert "\u2068Der Platz\u2069" in resident.heard()[-2].raw
