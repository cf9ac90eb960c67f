from __future__ import annotations

import time

import pytest

from tests.dialogues.question_types.one_question import at_question, value


def test_few_numbers_are_buttons() -> None:
    chat = at_question("range", parameters="start=1 end=5 step=1")
    assert chat.labels()[0] == ["1", "2", "3", "4", "5"]
    chat.tap("4")
    assert value(chat) == "4"


@pytest.mark.parametrize("step", ["0.00000000000000000000000000001", "1e-600000", "1e-999999", "1e-9999999"])
def test_a_step_too_small_for_its_numbers_is_as_none(step: str) -> None:
    begun = time.monotonic()
    chat = at_question("range", parameters=f"start=0 end=10 step={step}")
    chat.write("5")
    assert value(chat) == "5"
    assert time.monotonic() - begun < 5


def test_a_rating_shows_stars() -> None:
    chat = at_question("range", parameters="start=1 end=3 step=1", appearance="rating")
    assert chat.labels()[0] == ["★ 1", "★ 2", "★ 3"]


def test_halves_count_down_too() -> None:
    chat = at_question("range", parameters="start=2 end=0 step=0.5")
    assert [label for row in chat.labels()[:2] for label in row][:5] == ["2", "1.5", "1", "0.5", "0"]
    chat.write("1,5")
    assert value(chat) == "1.5"


@pytest.mark.parametrize("typed", ["101", "-1", "2.5", "many"])
def test_many_numbers_are_typed_and_what_does_not_fit_is_said(typed: str) -> None:
    chat = at_question("range", parameters="start=0 end=100 step=2")
    chat.write(typed)
    assert chat.complaint == "Please write a number from 0 to 100. These fit: 0 · 2 · 4 …"
    chat.write("٣٦")
    assert value(chat) == "36"


@pytest.mark.parametrize("typed", ["11", "eleven", "elf", "-1"])
def test_a_number_that_has_no_button_is_read_and_told_which_ones_there_are(typed: str) -> None:
    chat = at_question("range", parameters="start=0 end=10 step=1")
    chat.write(typed)
    assert (value(chat), chat.complaint) == ("", "Please write a number from 0 to 10.")
    chat.write("ten")
    assert value(chat) == "10"


def test_what_lies_between_the_buttons_is_not_taken() -> None:
    chat = at_question("range", parameters="start=0 end=10 step=2")
    chat.write("3.5")
    assert (value(chat), chat.complaint) == ("", "Please write a number from 0 to 10. These fit: 0 · 2 · 4 …")


def test_what_is_no_number_leads_to_the_buttons() -> None:
    chat = at_question("range", parameters="start=0 end=10 step=1")
    chat.write("very much")
    assert chat.complaint == "Please choose one answer."
