from __future__ import annotations

from tests.dialogues.chat import Chat, form, read

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


GROUPS = """
| survey |              |        |                   |              |
|        | type         | name   | label             | repeat_count |
|        | note         | hello  | Welcome.          |              |
|        | begin_repeat | child  | Child             | 2            |
|        | geotrace     | way    | The way to school |              |
|        | integer      | age    | How old?          |              |
|        | end_repeat   |        |                   |              |
|        | begin_group  | thanks | Thanks            |              |
|        | note         | many   | For both.         |              |
|        | end_group    |        |                   |              |
|        | begin_group  | house  | House             |              |
|        | text         | street | Which street?     |              |
|        | begin_group  | roof   | Roof              |              |
|        | text         | tiles  | Which tiles?      |              |
|        | end_group    |        |                   |              |
|        | note         | again  | The house again.  |              |
|        | end_group    |        |                   |              |
|        | begin_group  | over   | The end           |              |
|        | note         | bye    | That was all.     |              |
|        | end_group    |        |                   |              |
"""
MAP = "This question needs a map to draw on. It cannot be answered here, so we skip it."


def test_a_heading_stands_above_what_is_told_and_asked_in_its_group_and_above_nothing_else() -> None:
    chat = Chat(form(GROUPS))
    assert chat.last.startswith(f"1 of 4\n\nWelcome.\n\nChild 1\nThe way to school\n{MAP}\n\nHow old?\n\n")
    chat.write("4")
    assert chat.last.startswith(f"2 of 4 · Child 2\n\nThe way to school\n{MAP}\n\nHow old?\n\n")
    chat.write("7")
    assert chat.last.startswith("3 of 4\n\nThanks\nFor both.\n\nHouse\nWhich street?\n\n")
    chat.write("Am Bach")
    assert chat.last.startswith("4 of 4 · Roof\nWhich tiles?\n\n")
    assert read(chat.messages[-2]) == "Thanks\nFor both.\n\nHouse\nWhich street?\n✓ Am Bach"
    chat.write("Red")
    assert chat.last.startswith("The house again.\n\nThe end\nThat was all.\n\nYour answers\n\n")
