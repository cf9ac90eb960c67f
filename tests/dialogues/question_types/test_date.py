from __future__ import annotations

from dialogues.prompts import Tap
from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_day_beyond_the_calendar_is_none_whoever_makes_up_its_button() -> None:
    chat = at_question("date")
    for key in ("d9999-12-31", "d1583-01-01", "d2026-02-30"):
        chat.give(Tap(key, chat.state.revision))
    assert value(chat) == ""


def test_a_day_is_chosen_or_written() -> None:
    chat = at_question("date")
    chat.tap("28")
    assert (value(chat), settled(chat)) == ("2026-11-28", "Which?\n✓ 28 November 2026")
    chat.tap("Back")
    chat.write("٣/٤/٢٠٢٠")
    assert value(chat) == "2020-04-03"
