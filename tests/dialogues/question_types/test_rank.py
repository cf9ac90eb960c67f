from __future__ import annotations

from dialogues.prompts import Tap
from tests.dialogues.chat import Chat
from tests.dialogues.question_types.one_question import at_question, settled, value

WISHES = "wish | bench | Benches\nwish | tree | Trees\nwish | light | Light"


def ranking() -> Chat:
    return at_question("rank wish", choices=WISHES)


def test_each_tap_takes_the_next_place() -> None:
    chat = ranking()
    chat.tap("Light")
    chat.tap("Benches")
    chat.tap("Trees")
    assert value(chat) == "light bench tree"
    assert "✓ 1.\u00a0Light, 2.\u00a0Benches, 3.\u00a0Trees" in chat.last
    chat.tap("Done")
    assert settled(chat) == "Which?\n✓ 1.\u00a0Light, 2.\u00a0Benches, 3.\u00a0Trees"


def test_a_place_can_be_taken_back() -> None:
    chat = ranking()
    chat.tap("Light")
    chat.tap("Light")
    assert value(chat) == ""
    chat.tap("Trees")
    chat.tap("Light")
    assert value(chat) == "tree light"


def test_pressing_twice_does_no_harm() -> None:
    chat = ranking()
    revision = chat.state.revision
    for _ in range(2):
        chat.give(Tap("k2+", revision))
    assert value(chat) == "light"


def test_half_an_order_is_no_answer() -> None:
    chat = ranking()
    chat.tap("Light")
    chat.tap("Done")
    assert chat.toasts == ["\u20682\u2069 answers have no place yet. Please tap them."]
    assert chat.state.cursor == "/data/it"
    chat.tap("Light")
    chat.tap("Done")
    assert (value(chat), chat.state.cursor) == ("", "/data/end")
