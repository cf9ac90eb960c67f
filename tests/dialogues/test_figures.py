"""Numbers that residents read: what they gave and what was worked out, with the decimal sign of their language."""

from __future__ import annotations

from random import Random

import pytest

from dialogues.read_back import read_back
from tests.dialogues.chat import NOW, Chat, form, read
from tests.dialogues.conftest import marked_texts
from tests.dialogues.forms.tables import interview

TABLE = """
| survey |
| | type | name | label | calculation |
| | decimal | weight | Weight? | |
| | text | code | Code? | |
| | calculate | half | | ${weight} div 2 |
| | calculate | again | | if(${half} > 0, round(${half}, 1), '') |
| | calculate | day | | format-date('2026-12-24', '%d.%m') |
| | calculate | words | | concat(round(${weight}, 1), '') |
| | text | end | ${weight}, ${half}, ${again}, ${code}, ${day}, ${words}? | |
"""


def at_the_end(language: str) -> Chat:
    """Somebody who has typed a number, and then a text that looks like one."""
    chat = Chat(form(TABLE), language)
    chat.write("40.6" if language in ("en", "ar") else "40,6")
    chat.write("1.5")
    return chat


@pytest.mark.parametrize("language", ["de", "ro", "bg", "tr"])
def test_a_number_in_a_text_has_a_comma_and_what_only_looks_like_one_stays(language: str) -> None:
    assert "40,6, 20,3, 20,3, 1.5, 24.12, 40.6?" in at_the_end(language).last


@pytest.mark.parametrize("language", ["en", "ar"])
def test_elsewhere_it_has_a_point(language: str) -> None:
    assert "40.6, 20.3, 20.3, 1.5, 24.12, 40.6?" in at_the_end(language).last


def test_what_the_form_itself_says_is_as_the_standard_has_it() -> None:
    resident = interview(TABLE)
    resident.answer("/data/weight", "40.6")
    resident.answer("/data/code", "1.5")
    assert resident.label("/data/end", "de") == "40.6, 20.3, 20.3, 1.5, 24.12, 40.6?"


def test_my_data_and_the_summary_show_numbers_as_they_are_read() -> None:
    chat = at_the_end("de")
    answers = read_back(chat.form, chat.state, texts=marked_texts(), now=NOW, random=Random(1))
    assert [(name, answer.strip("\u2068\u2069")) for name, answer in answers] == [
        ("Weight?", "40,6"), ("Code?", "1.5"), ("half", "20,3"), ("again", "20,3"), ("day", "24.12"), ("words", "40.6"),
    ]  # fmt: skip
    chat.write("x")
    assert "→ 40,6" in chat.last


@pytest.mark.parametrize(("typed", "said"), [("1985", "1985"), ("76131", "76131"), ("-2", "\N{MINUS SIGN}2")])
def test_a_year_or_a_postal_code_is_said_in_one_piece(typed: str, said: str) -> None:
    chat = Chat(form("| survey |\n| | type | name | label |\n| | integer | born | When? |\n| | text | x | X? |"), "de")
    chat.write(typed)
    assert f"✓ {said}" in "\n".join(map(read, chat.messages))
