from __future__ import annotations

from tests.dialogues.question_types.one_question import at_question, settled, value

PETS = "pet | cat | Cat\npet | dog | Dog\npet | bird | Bird"
MANY = "\n".join(f"street | s{number} | Street {number:03}" for number in range(100))


def test_taps_put_in_and_take_out_and_done_ends() -> None:
    chat = at_question("select_multiple pet", choices=PETS)
    chat.tap("Bird")
    chat.tap("Cat")
    chat.tap("Dog")
    chat.tap("Dog")
    assert value(chat) == "cat bird"
    chat.tap("Done")
    assert settled(chat) == "Which?\n✓ Cat, Bird"


def test_several_are_found_by_writing_one_after_the_other() -> None:
    chat = at_question("select_multiple street", choices=MANY)
    chat.write("street 042")
    chat.write("street 07")
    chat.tap("Street 077")
    assert value(chat) == "s42 s77"
    assert chat.state.cursor == "/data/it"
    chat.tap("Done")
    assert chat.state.cursor == "/data/end"
