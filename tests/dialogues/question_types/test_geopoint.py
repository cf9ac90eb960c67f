from __future__ import annotations

import pytest

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_place_from_the_phones_map_is_stored_as_odk_does() -> None:
    chat = at_question("geopoint")
    chat.send_place(52.5163, 13.3777)
    assert value(chat) == "52.516300 13.377700 0 12"
    assert settled(chat) == "Which?\n✓ 52.5163, 13.3777"


@pytest.mark.parametrize("typed", ["٥٢.٥, 13.4", "٥٢٫٥، ١٣٫٤", "52,5 13,4", "52,5; 13,4", "52.5;13.4", " 52.5 13.4 "])
def test_coordinates_can_be_typed(typed: str) -> None:
    chat = at_question("geopoint")
    chat.write(typed)
    assert value(chat) == "52.5 13.4 0 0"


@pytest.mark.parametrize("typed", ["here", "91.0, 13.4", "52.5", "52.5, 181.0", ""])
def test_what_is_no_place_is_asked_for_again(typed: str) -> None:
    chat = at_question("geopoint")
    chat.write(typed)
    assert value(chat) == ""
    assert chat.last.startswith("Please send a place: tap 📎")


def test_a_photo_is_no_place() -> None:
    chat = at_question("geopoint")
    chat.send_file(MediaKind.PHOTO, "a.jpg")
    assert chat.last.startswith("We cannot read this here. Please send a place")
