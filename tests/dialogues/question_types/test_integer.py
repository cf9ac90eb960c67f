from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, value


def test_figures_of_any_script_are_a_number() -> None:
    chat = at_question("integer")
    chat.write("١٢")
    assert value(chat) == "12"


def test_half_a_one_is_none() -> None:
    chat = at_question("integer")
    chat.write("2,5")
    assert chat.complaint == "Please write a whole number, for example 4."
    assert value(chat) == ""
