from __future__ import annotations

from tests.dialogues.chat import Chat, form

TABLE = """
| survey |           |       |                    |          |             |
|        | type      | name  | label              | readonly | calculation |
|        | integer   | a     | How many?          |          |             |
|        | note      | n     | That is a lot.     |          |             |
|        | integer   | twice | Twice that is      | yes      | ${a} * 2    |
|        | text      | end   | The end?           |          |             |
"""


def test_a_note_is_told_with_the_next_question_and_what_is_only_read_with_its_value() -> None:
    chat = Chat(form(TABLE))
    chat.write("4")
    assert "That is a lot.\n\nTwice that is\n8\n\nThe end?" in chat.last
