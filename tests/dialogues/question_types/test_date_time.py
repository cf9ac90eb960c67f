from __future__ import annotations

import pytest

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_day_then_an_hour_then_a_quarter_are_tapped() -> None:
    chat = at_question("dateTime")
    chat.tap("28")
    assert "Saturday 28 November 2026: now choose a time." in chat.last
    chat.tap("18")
    chat.tap("18:30")
    assert value(chat) == "2026-11-28T18:30:00.000+00:00"
    assert settled(chat) == "Which?\n✓ 28 November 2026, 18:30"


@pytest.mark.parametrize(
    "typed", ["28.11.2026 18:30", "28. November 2026 um 18:30", "2026-11-28 18:30", "٢٨/١١/٢٠٢٦ ١٨:٣٠"]
)
def test_both_can_be_written(typed: str) -> None:
    chat = at_question("dateTime")
    chat.write(typed)
    assert value(chat) == "2026-11-28T18:30:00.000+00:00"


@pytest.mark.parametrize("typed", ["28.11.2026", "18:30", "tomorrow or so", "28.11.2026 25:00"])
def test_one_of_the_two_is_not_enough(typed: str) -> None:
    chat = at_question("dateTime")
    chat.write(typed)
    assert value(chat) == ""
    assert chat.last.startswith("Please choose a day and then a time, or write both:")
