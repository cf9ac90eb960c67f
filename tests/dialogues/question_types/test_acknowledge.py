from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, settled, value


def test_only_the_button_confirms() -> None:
    chat = at_question("acknowledge")
    assert "Please read this. Then tap I have read this." in chat.last
    chat.write("ok")
    assert value(chat) == ""
    chat.tap("I have read this")
    assert (value(chat), settled(chat)) == ("OK", "Which?\n✓ I have read this")
