from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_either_separator_is_understood_and_said_as_the_language_writes_it() -> None:
    chat = at_question("decimal")
    chat.write("٠٫٥")
    assert (value(chat), settled(chat)) == ("0.5", "Which?\n✓ 0.5")


def test_what_is_no_number_is_asked_for_again() -> None:
    chat = at_question("decimal")
    chat.write("²")
    assert chat.complaint == "Please write a number, for example 2.5."
