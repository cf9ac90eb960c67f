from __future__ import annotations

import pytest

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_day_then_an_hour_then_a_quarter_are_tapped() -> None:
    chat = at_question("dateTime")
    chat.tap("28")
    assert chat.last.endswith("Saturday 28 November 2026\nPlease choose a time or write it, for example 14:30.")
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


@pytest.mark.parametrize("typed", ["18:30", "tomorrow or so"])
def test_what_names_no_day_is_asked_for_again(typed: str) -> None:
    chat = at_question("dateTime")
    chat.write(typed)
    assert value(chat) == ""
    assert chat.complaint == "Please choose a day and then a time, or write both: 25 November 2026, 14:30."


@pytest.mark.parametrize("typed", ["28.11.2026", "٢٨/١١/٢٠٢٦", "28.11.2026 25:00"])
def test_who_writes_the_day_is_asked_for_the_time(typed: str) -> None:
    chat = at_question("dateTime")
    chat.write(typed)
    assert chat.last.endswith("Saturday 28 November 2026\nPlease choose a time or write it, for example 14:30.")
    assert len(chat.messages) == 1
    chat.write("late")
    assert value(chat) == ""
    assert "Saturday 28 November 2026" in chat.complaint
    chat.write("١٨:٣٠")
    assert value(chat) == "2026-11-28T18:30:00.000+00:00"


def test_a_time_alone_is_one_of_the_day_that_was_tapped() -> None:
    chat = at_question("dateTime")
    chat.tap("28")
    chat.write("18.30")
    assert value(chat) == "2026-11-28T18:30:00.000+00:00"


def test_the_day_and_the_time_stand_beside_each_other_as_the_reader_writes_it() -> None:
    chat = at_question("dateTime")
    chat.speak("ar")
    assert "25 تشرين الثاني (نوفمبر) 2026، 14:30" in chat.last
