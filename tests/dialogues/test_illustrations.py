"""What is shown or played with a question comes before it, once, in the reader's language."""

from __future__ import annotations

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


def test_showing_the_question_again_sends_no_picture_again_but_coming_back_to_it_does() -> None:
    chat = Chat(form(STREETS))
    chat.write("nothing like it")
    assert shown(chat.messages[-1]) == []
    chat.tap("Oak Street")
    left = len(chat.messages) - 1
    chat.tap("Back")
    assert (chat.messages[left].rows, chat.messages[left].asks) == ((), False)
    assert ("en.jpg", "") in shown(chat.messages[-1])
    assert chat.messages[-1].asks


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
