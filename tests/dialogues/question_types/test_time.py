from __future__ import annotations

from datetime import time

import pytest

from dialogues.typed.times import read_time
from tests.dialogues.question_types.one_question import at_question, settled, value


def test_an_hour_and_then_a_quarter_are_tapped() -> None:
    chat = at_question("time")
    chat.tap("14")
    assert chat.labels()[0] == ["14:00", "14:15", "14:30", "14:45"]
    chat.tap("Another hour")
    chat.tap("09")
    chat.tap("09:45")
    assert (value(chat), settled(chat)) == ("09:45:00.000+00:00", "Which?\n✓ 09:45")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:30", time(14, 30)),
        ("14.30 Uhr", time(14, 30)),
        ("um 8 Uhr", time(8)),
        ("8 Uhr 15", time(8, 15)),
        ("٢:٣٠ م", time(14, 30)),
        ("12 am", time(0)),
        ("12:05 p.m.", time(12, 5)),
        ("7 ч.", time(7)),
        ("saat 19.45", time(19, 45)),
        ("0:00", time(0)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, meant: time) -> None:
    assert read_time(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "14:60", "13 pm", "soon", "", "1 2 3", "14:30:99:1", "²:30", "9" * 100])
def test_what_is_no_time_is_asked_for_again(typed: str) -> None:
    chat = at_question("time")
    chat.write(typed)
    assert value(chat) == ""
    assert chat.complaint == "Please choose a time or write it, for example 14:30."
