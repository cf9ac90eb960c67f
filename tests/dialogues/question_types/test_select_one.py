from __future__ import annotations

import pytest

from dialogues.prompts import Tap
from tests.dialogues.chat import Chat, form
from tests.dialogues.question_types.one_question import at_question, settled, value

_NAMES = (
    "Ahlen, Berlin, Bernau, Bernburg, Celle, Çorlu, Dachau, Essen, Fulda, Gera, Șcheia, Halle, Bad Berneck, إزمير, Jena"
)
TOWNS = "\n".join(f"town | t{number} | {name}" for number, name in enumerate(_NAMES.split(", ")))
MANY = "\n".join(f"street | s{number} | Street {number:03}" for number in range(100))


@pytest.fixture
def towns() -> Chat:
    return at_question("select_one town", choices=TOWNS)


def test_a_tap_answers() -> None:
    chat = at_question("select_one yn", choices="yn | y | Yes\nyn | n | No")
    chat.tap("No")
    assert (value(chat), settled(chat)) == ("n", "Which?\n✓ No")


def test_other_with_an_entry_of_ones_own_asks_for_it() -> None:
    chat = at_question("select_one yn or_other", choices="yn | y | Yes\nyn | n | No")
    chat.tap("Something else")
    assert "Please write which one." in chat.last
    chat.write("Perhaps")
    assert chat.answers["it_other"] == "Perhaps"


def test_our_word_for_something_else_is_in_the_language_of_each_reader() -> None:
    chat = at_question("select_one yn or_other", choices="yn | y | Yes\nyn | n | No")
    for language in ("de", "ar", "de"):
        chat.speak(language)
        assert any(label == f"[{language}] Something else" for row in chat.labels() for label in row), chat.labels()


def test_a_long_list_is_paged_and_says_that_one_can_write(towns: Chat) -> None:
    assert "you can also write how your answer begins" in towns.last
    assert [label for row in towns.labels() for label in row][:2] == ["Ahlen", "Berlin"]
    towns.tap("More answers")
    assert "إزمير" in [label for row in towns.labels() for label in row]
    towns.tap("Previous answers")
    assert "Ahlen" in [label for row in towns.labels() for label in row]


def test_writing_shows_what_fits_first_what_begins_so(towns: Chat) -> None:
    towns.write("ber")
    assert towns.last.startswith("These answers fit:")
    assert [label for row in towns.labels() for label in row][:4] == ["Berlin", "Bernau", "Bernburg", "Bad Berneck"]
    towns.tap("Bernburg")
    assert value(towns) == "t3"


@pytest.mark.parametrize(("typed", "stored"), [("corlu", "t5"), ("şche", "t10"), ("ازمي", "t13"), ("ÇORLU", "t5")])
def test_any_script_and_accents_are_found(towns: Chat, typed: str, stored: str) -> None:
    towns.write(typed)
    assert value(towns) == stored


def test_nothing_found_says_what_to_do_and_keeps_the_list(towns: Chat) -> None:
    towns.write("xyz")
    assert towns.last.startswith("We found no such answer.")
    assert "Ahlen" in [label for row in towns.labels() for label in row]
    assert value(towns) == ""


def test_too_many_are_some_of_them_and_all_can_be_looked_through() -> None:
    chat = at_question("select_one street", choices=MANY)
    chat.write("street")
    assert chat.last.startswith("Many answers fit.")
    assert len([option for option in chat.buttons() if option.key.startswith("a")]) == 12
    chat.tap("All answers")
    assert chat.labels()[0][0] == "Street 000"


def test_what_was_pressed_in_the_list_before_the_search_came_counts(towns: Chat) -> None:
    before = towns.state.revision
    towns.write("ber")
    towns.give(Tap("a0", before), 0)
    assert value(towns) == "t0"


@pytest.mark.parametrize("typed", ["1", "١", "۱", "1.", "1)"])
def test_the_number_that_stands_for_a_long_label_chooses_it(typed: str) -> None:
    long = "\n".join(f"l | v{n} | {n} metres from the old town hall in the street of the bakers" for n in range(3))
    for kind, stored in (("select_one l", "v0"), ("select_multiple l", "v0"), ("rank l", "v0")):
        chat = at_question(kind, choices=long)
        chat.write(typed)
        assert value(chat) == stored


def test_labels_too_long_for_a_button_are_numbered_also_where_they_are_found() -> None:
    long = "\n".join(f"l | v{n} | {n} metres from the old town hall in the street of the bakers" for n in range(20))
    chat = at_question("select_one l", choices=long)
    assert "1. 0 metres" in chat.last
    chat.write("17 metres")
    assert value(chat) == "v17"


def test_the_head_of_a_table_is_told_and_its_rows_are_asked_one_by_one() -> None:
    table = """
| survey  |                  |        |              |               |
|         | type             | name   | label        | appearance    |
|         | begin_group      | rate   | How is …     | table-list    |
|         | select_one good  | light  | the light?   |               |
|         | select_one good  | bus    | the bus?     |               |
|         | end_group        |        |              |               |
| choices |                  |        |              |               |
|         | list_name        | name   | label        |               |
|         | good             | g      | Good         |               |
|         | good             | b      | Bad          |               |
"""
    chat = Chat(form(table))
    assert "How is …" in chat.last
    assert "the light?" in chat.last
    chat.tap("Good")
    assert "the bus?" in chat.last
    chat.tap("Bad")
    assert (chat.answers["light"], chat.answers["bus"]) == ("g", "b")
