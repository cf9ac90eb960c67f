from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import at_question, value


def test_words_are_stored_as_they_were_written() -> None:
    chat = at_question("text")
    chat.write("  =SUM(1)\nzwei\x0b ")
    assert value(chat) == "=SUM(1)\nzwei"


def test_a_text_that_is_too_long_or_empty_is_not_taken() -> None:
    chat = at_question("text")
    chat.write("x" * 4001)
    assert "at most 4,000 letters" in chat.last
    chat.write(" ")
    assert chat.complaint == "Please write your answer."


def test_a_voice_message_is_no_text() -> None:
    chat = at_question("text")
    chat.send_file(MediaKind.VOICE, "a.ogg")
    assert chat.complaint == "We cannot read this here. Please write your answer."
