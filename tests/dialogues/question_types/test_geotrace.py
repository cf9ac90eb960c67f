from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question


def test_what_needs_a_map_is_told_and_passed_over_also_where_it_is_required() -> None:
    chat = at_question("geotrace", required="yes")
    assert "Which?\nThis question needs a map to draw on. It cannot be answered here, so we skip it." in chat.last
    assert chat.state.cursor == "/data/end"
    chat.write("x")
    chat.tap("Send my answers")
    assert chat.over
