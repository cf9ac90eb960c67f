from __future__ import annotations

import pytest

from dialogues.labels import LABEL_LIMIT
from dialogues.prompts import Tap
from dialogues.splitting import visible_length
from dialogues.texts import LANGUAGES
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


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("date", "31.2.2019", "This day does not exist. Please choose a day or write a date"),
        ("date", "29. Februar 2019", "This day does not exist. Please choose"),
        ("dateTime", "31.2.2019 14:30", "This day does not exist. Please choose a day and then a time"),
        ("date", "im Mai 2019", "The day is still missing. Please choose a day or write a date"),
        ("date", "٢٠١٩ أيار", "The day is still missing. Please choose"),
        ("date", "12/25/2020", "Please choose"),
        ("date", "2019", "Please choose"),
        ("date", "I may be wrong about that", "Please choose"),
    ],
)
def test_what_is_the_matter_with_a_date_is_said_where_it_is_clear(kind: str, typed: str, said: str) -> None:
    chat = at_question(kind)
    chat.write(typed)
    assert (value(chat), chat.complaint[: len(said)]) == ("", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendar_fits_a_phone_in_every_language(language: str) -> None:
    chat = at_question("date")
    chat.speak(language)
    (name,), leaf, weekdays, *weeks = chat.labels()[:-2]
    assert "2026" in name
    assert visible_length(name) <= LABEL_LIMIT
    assert len(leaf) == 4
    assert max(visible_length(label) for row in (weekdays, *weeks) for label in row) <= 3
    assert weekdays[0] == {"ar": "ن", "bg": "пн", "de": "Mo", "en": "Mo", "ro": "lu", "tr": "Pt"}[language]
