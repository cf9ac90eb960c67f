from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_day_is_chosen_or_written() -> None:
    chat = at_question("date")
    chat.tap("28")
    assert (value(chat), settled(chat)) == ("2026-11-28", "Which?\n✓ 28 November 2026")
    chat.tap("Back")
    chat.write("٣/٤/٢٠٢٠")
    assert value(chat) == "2020-04-03"
