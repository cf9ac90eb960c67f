"""``mitsprache survey check``: says of a file what stands against it, and what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.command import CommandError
from admin.survey_command import checked
from tests.admin.papers import TWO_LANGUAGES


def test_missing_texts_are_said_of_a_file_that_can_be_asked(tmp_path: Path) -> None:
    file = tmp_path / "two.md"
    file.write_bytes(TWO_LANGUAGES)
    *said, last = checked(file)
    missing = "  sheet survey, row 4: label: the text is missing in Arabic (ar): Wie viele wohnen bei Ihnen?"
    assert missing in said
    assert last == "two.md can be asked: 3 questions, languages: Deutsch (de), Arabic (ar)."


def test_all_that_stands_against_a_file_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.md"
    file.write_text("| survey | | | |\n| | type | name | label |\n| | txt | a | A |\n| | text | b | |\n", "utf-8")
    with pytest.raises(CommandError) as raised:
        list(checked(file))
    _, first, second = str(raised.value).splitlines()
    assert first == "  sheet survey, row 2: Unknown question type 'txt'."
    assert second.startswith("  sheet survey, row 3: ")
