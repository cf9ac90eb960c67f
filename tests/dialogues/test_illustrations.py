"""What is shown or played with a question comes before it, once, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

from dialogues.prompts import Illustration, IllustrationKind, Prompt
from tests.dialogues.chat import Chat, form

STREETS = """
| survey  |                   |      |             |                |                |                |
|         | type              | name | label::en   | label::ar      | image::en      | image::ar      |
|         | note              | look | Look.       | انظروا.        | plan.png       |                |
|         | select_one street | it   | Which?      | أيها؟          | en.jpg         | ar.jpg         |
|         | text              | end  | The end?    | النهاية؟       |                |                |
| choices |                   |      |             |                |                |                |
|         | list_name         | name | label::en   | label::ar      | image::en      | audio::en      |
|         | street            | a    | Oak Street  | شارع البلوط    | oak.jpg        |                |
|         | street            | b    | Elm Street  | شارع الدردار   |                | elm.mp3        |
"""


def shown(prompt: Prompt) -> list[tuple[str, str]]:
    return [(each.name, each.caption) for each in prompt.illustrations]


def test_pictures_of_the_note_the_question_and_its_options_come_before_it_with_captions() -> None:
    chat = Chat(form(STREETS))
    assert shown(chat.messages[-1]) == [
        ("plan.png", ""), ("en.jpg", ""), ("oak.jpg", "Oak Street"), ("elm.mp3", "Elm Street")
    ]  # fmt: skip
    assert chat.messages[-1].illustrations[-1] == Illustration(IllustrationKind.AUDIO, "elm.mp3", "Elm Street")


def test_each_language_has_its_own_picture() -> None:
    chat = Chat(form(STREETS), "ar")
    assert ("ar.jpg", "") in shown(chat.messages[-1])
    assert ("en.jpg", "") not in shown(chat.messages[-1])


def test_a_picture_that_stands_in_the_chat_does_not_come_again() -> None:
    chat = Chat(form(STREETS))
    before = len(chat.messages)
    chat.write("nothing like it")
    chat.tap("Oak Street")
    chat.tap("Back")
    chat.tap("Oak Street")
    chat.write("That is all")
    chat.tap("1")
    assert all(shown(each) == [] for each in chat.messages[before:])


def test_whoever_comes_back_finds_the_question_in_the_place_of_the_next_one() -> None:
    chat = Chat(form(STREETS))
    chat.tap("Oak Street")
    number = len(chat.messages)
    chat.tap("Back")
    assert len(chat.messages) == number
    assert "Which?" in chat.open_question


def test_another_language_brings_what_it_has_of_its_own_once() -> None:
    chat = Chat(form(STREETS))
    above = len(chat.messages) - 1
    chat.speak("ar")
    assert (chat.messages[above].rows, chat.messages[above].asks) == ((), False)
    assert ("ar.jpg", "") in shown(chat.messages[-1])
    assert chat.messages[-1].asks
    number = len(chat.messages)
    for language in ("en", "ar", "en"):
        chat.speak(language)
    assert len(chat.messages) == number, "both stand there"


def test_what_is_the_same_in_all_languages_does_not_come_again() -> None:
    chat = Chat(form(MIXED), "de")
    chat.speak("tr")
    assert len(chat.messages) == 1
    assert "Hangisi?" in chat.open_question


def test_on_another_day_a_picture_comes_again_with_its_question() -> None:
    chat = Chat(form(STREETS))
    chat.tap("Continue later")
    chat.tap("Go on with the survey")
    assert shown(chat.messages[-1]) == []
    chat.tap("Continue later")
    chat.now += timedelta(days=1)
    chat.tap("Go on with the survey")
    assert ("en.jpg", "") in shown(chat.messages[-1])
    chat.tap("Oak Street")
    chat.tap("Back")
    assert shown(chat.messages[-1]) == []


MANY = "\n".join([
    "| survey | | | | |",
    "| | type | name | label | image |",
    *(f"| | text | q{place} | Nr {place}? | {'plan.png' if place < 2 else ''} |" for place in range(14)),
])  # fmt: skip


def test_the_same_picture_comes_with_each_question_that_shows_it_and_again_from_far_away() -> None:
    chat = Chat(form(MANY))
    assert shown(chat.messages[-1]) == [("plan.png", "")]
    chat.write("a")
    assert shown(chat.messages[-1]) == [("plan.png", "")]
    chat.write("b")
    chat.tap("Back")
    assert shown(chat.messages[-1]) == []
    for place in range(13):
        chat.write(str(place))
    chat.tap("1")
    assert shown(chat.messages[-1]) == [("plan.png", "")], "it is far up in the chat"
    assert len(chat.state.seen) == 1, "what is far away is not remembered"


MIXED = """
| survey |       |      |           |           |              |
|        | type  | name | label::de | label::tr | media::image |
|        | text  | it   | Welche?   | Hangisi?  | plan.png     |
"""


def test_a_picture_of_no_language_makes_nobody_read_a_dash() -> None:
    chat = Chat(form(MIXED), "ar")
    assert "Welche?" in chat.last
    assert shown(chat.messages[-1]) == [("plan.png", "")]
    assert "Hangisi?" in Chat(form(MIXED), "tr").last
