from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, value


def test_a_code_is_typed_and_keeps_its_zeros() -> None:
    chat = at_question("barcode")
    assert "Please write the number or the letters that stand with the code." in chat.last
    chat.write("0041 7700")
    assert value(chat) == "0041 7700"
