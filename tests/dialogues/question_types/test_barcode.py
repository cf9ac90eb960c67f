from __future__ import annotations

import pytest

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_a_code_is_typed_and_keeps_its_zeros() -> None:
    chat = at_question("barcode")
    assert "Please write the number or the letters that stand with the code." in chat.last
    chat.write("AB-0041 77")
    assert value(chat) == "AB-0041 77"


@pytest.mark.parametrize("typed", ["0041 7700", "٠٠٤١ ٧٧٠٠", "۰۰۴۱۷۷۰۰", "００４１７７００", " 00417700\n"])
def test_figures_alone_are_kept_as_a_scanner_gives_them(typed: str) -> None:
    chat = at_question("barcode")
    chat.write(typed)
    assert (value(chat), settled(chat)) == ("00417700", "Which?\n✓ 00417700")
