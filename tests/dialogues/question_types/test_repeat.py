from __future__ import annotations

import pytest

from dialogues.prompts import MediaKind, Tap
from tests.dialogues.chat import Chat, form, read

CHILDREN = """
| survey  |              |       |                |          |            |
|         | type         | name  | label          | required | relevant   |
|         | text         | who   | Who are you?   |          |            |
|         | begin_repeat | child | Your children  |          |            |
|         | text         | name  | What is the name? | yes   |            |
|         | integer      | age   | How old?       |          |            |
|         | integer      | class | Which class?   |          | ${age} > 5 |
|         | end_repeat   |       |                |          |            |
|         | text         | end   | The end?       |          |            |
"""
PICTURES = """
| survey  |              |       |                |
|         | type         | name  | label          |
|         | begin_repeat | shot  | Pictures       |
|         | image        | photo | A picture?     |
|         | end_repeat   |       |                |
|         | text         | end   | The end?       |
"""
NESTED = """
| survey  |              |       |                |              |
|         | type         | name  | label          | repeat_count |
|         | begin_repeat | house | Houses         |              |
|         | text         | no    | Number?        |              |
|         | begin_repeat | flat  | Flats          |              |
|         | text         | name  | Name?          |              |
|         | end_repeat   |       |                |              |
|         | end_repeat   |       |                |              |
|         | begin_repeat | day   |                | 2            |
|         | text         | what  | What?          |              |
|         | end_repeat   |       |                |              |
"""


@pytest.fixture
def asked() -> Chat:
    """Who is asked whether there is a first entry to add."""
    chat = Chat(form(CHILDREN))
    chat.write("Me")
    return chat


@pytest.fixture
def chat(asked: Chat) -> Chat:
    """Who has said that there is one."""
    asked.tap("Add one")
    return asked


def stored(chat: Chat) -> dict[str, str]:
    return {
        ref.removeprefix("/data/"): value for ref, value in chat.state.values.items() if "child" in ref or "shot" in ref
    }


def enter(chat: Chat, name: str, age: str) -> None:
    chat.write(name)
    chat.write(age)


def test_each_entry_is_headed_once_and_its_end_asks_for_another(chat: Chat) -> None:
    assert "Your children 1\nWhat is the name?" in chat.last
    chat.write("Ali")
    assert "Your children" not in chat.last
    chat.write("3")
    assert "Your children\n\n1. Ali, 3\n\n" in chat.last
    assert "Do you want to add another one?" in chat.last
    chat.tap("Add another one")
    assert "Your children 2\nWhat is the name?" in chat.last
    enter(chat, "Sara", "5")
    assert "1. Ali, 3\n2. Sara, 5" in chat.last
    chat.tap("Next")
    assert "The end?" in chat.last
    assert stored(chat) == {
        "child": "2", "child[1]/name": "Ali", "child[1]/age": "3", "child[2]/name": "Sara", "child[2]/age": "5"
    }  # fmt: skip


def test_what_is_asked_of_one_entry_is_not_asked_of_another(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.tap("Add another one")
    enter(chat, "Sara", "7")
    assert "Which class?" in chat.last
    chat.write("2")
    assert "2. Sara, 7, 2" in chat.last


def test_who_has_nobody_to_name_is_asked_first_and_leaves_no_entry(asked: Chat) -> None:
    assert asked.last.startswith("2 of 3\nYour children\n\nDo you want to add one?")
    asked.tap("Back")
    asked.tap("Next")
    asked.tap("Continue later")
    asked.give(Tap("resume"))
    assert "Do you want to add one?" in asked.last
    asked.tap("Next")
    asked.write("x")
    assert "2. Your children\n→ —" in asked.last
    assert stored(asked) == {"child": "0"}
    asked.tap("Send my answers")
    assert asked.over
    assert not stored(asked)


def test_an_entry_is_added_from_the_summary_to_none(asked: Chat) -> None:
    asked.tap("Next")
    asked.write("x")
    asked.tap("2")
    assert "Do you want to add one?" in asked.last
    asked.tap("Add one")
    assert "Your children 1\nWhat is the name?" in asked.last
    enter(asked, "Ali", "3")
    assert "Do you want to add another one?" in asked.last
    asked.tap("Next")
    assert "→ Ali" in asked.last


def test_an_entry_that_is_not_wanted_after_all_is_removed(chat: Chat) -> None:
    chat.tap("Remove this entry")
    assert "Do you want to add one?" in chat.last
    assert not any("What is the name?" in read(message) for message in chat.messages), "nothing is left of what is gone"
    assert stored(chat) == {"child": "0"}


def test_the_last_entry_can_be_removed_and_pressing_twice_removes_one(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.tap("Add another one")
    enter(chat, "Sara", "5")
    revision = chat.state.revision
    for _ in range(2):
        chat.give(Tap("drop", revision), chat.asking)
    assert stored(chat) == {"child": "1", "child[1]/name": "Ali", "child[1]/age": "3"}
    assert "1. Ali, 3" in chat.last


def test_adding_twice_adds_one(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    revision = chat.state.revision
    for _ in range(2):
        chat.give(Tap("add", revision), chat.asking)
    assert stored(chat)["child"] == "2"


def test_back_leads_into_the_entry_before(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.tap("Back")
    assert "How old?" in chat.last
    chat.write("4")
    assert stored(chat)["child[1]/age"] == "4"


def test_from_the_summary_another_entry_is_added_and_asked_to_its_end(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.tap("Next")
    chat.write("x")
    assert "4. Your children\n→ 1 entry" in chat.last
    assert "2. What is the name? (1)\n→ Ali" in chat.last
    chat.tap("4")
    chat.tap("Add another one")
    enter(chat, "Sara", "5")
    assert "Do you want to add another one?" in chat.last
    chat.tap("Next")
    assert "→ Sara" in chat.last
    assert "Please check your answers." in chat.last


def test_what_is_typed_at_the_end_of_a_repeat_is_no_entry(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.write("Sara")
    assert chat.last.startswith("Please tap one of the buttons.")
    assert stored(chat)["child"] == "1"


def test_each_picture_of_an_album_is_an_entry() -> None:
    chat = Chat(form(PICTURES))
    assert "Do you want to add one?" in chat.last
    for number in range(3):
        chat.send_file(MediaKind.PHOTO, f"{number}.jpg")
    assert stored(chat) == {"shot": "3", **{f"shot[{n + 1}]/photo": f"{n}.jpg" for n in range(3)}}
    chat.send_file(MediaKind.VOICE, "x.ogg")
    assert chat.last.startswith("We cannot read this here.")
    assert stored(chat)["shot"] == "3"


def test_repeats_in_repeats_and_counted_ones() -> None:
    chat = Chat(form(NESTED))
    assert "Houses\n\nDo you want to add one?" in chat.last
    chat.tap("Add one")
    chat.write("1")
    assert "Flats\n\nDo you want to add one?" in chat.last
    chat.tap("Add one")
    chat.write("Ay")
    chat.tap("Add another one")
    chat.write("Bo")
    assert "Flats" in chat.last
    chat.tap("Next")
    assert "Houses" in chat.last
    assert "1. 1, Ay, Bo" in chat.last
    chat.tap("Next")
    assert "Entry 1\nWhat?" in chat.last
    chat.write("a")
    assert "Entry 2\nWhat?" in chat.last
    chat.write("b")
    assert "Please check your answers." in chat.last


ROOMS = """
| survey  |              |        |                |              |            |
|         | type         | name   | label          | repeat_count | relevant   |
|         | integer      | floors | How many?      |              |            |
|         | begin_repeat | floor  | Floors         | ${floors}    |            |
|         | begin_group  | inside | Inside         |              |            |
|         | begin_repeat | room   | Rooms          |              |            |
|         | text         | name   | Which room?    |              |            |
|         | end_repeat   |        |                |              |            |
|         | end_group    |        |                |              |            |
|         | end_repeat   |        |                |              |            |
|         | begin_repeat | garden | Gardens        |              | ${floors} > 1 |
|         | text         | tree   | Which tree?    |              |            |
|         | end_repeat   |        |                |              |            |
|         | begin_repeat | street | Streets        |              | false()    |
|         | text         | what   | Which street?  |              |            |
|         | end_repeat   |        |                |              |            |
"""


def test_an_open_repeat_in_a_counted_one_begins_without_entries_too() -> None:
    chat = Chat(form(ROOMS))
    chat.write("2")
    assert "Rooms\n\nDo you want to add one?" in chat.last
    chat.tap("Add one")
    chat.write("Kitchen")
    chat.tap("Next")
    assert "Rooms\n\nDo you want to add one?" in chat.last
    chat.tap("Next")
    assert "Gardens\n\nDo you want to add one?" in chat.last
    chat.tap("Next")
    assert "1 entry" in chat.last
    chat.tap("Send my answers")
    assert chat.answers == {"floors": "2", "name": "Kitchen"}


def test_leaving_and_coming_back_keeps_the_entries(chat: Chat) -> None:
    enter(chat, "Ali", "3")
    chat.tap("Continue later")
    chat.speak("ar")
    chat.speak("en")
    chat.give(Tap("resume"))
    assert "1. Ali, 3" in chat.last
