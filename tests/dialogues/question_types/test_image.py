from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import Sent, at_question, settled, value

FITTING: tuple[Sent, ...] = ((MediaKind.PHOTO, "a.jpg", "image/jpeg"), (MediaKind.DOCUMENT, "b.png", "IMAGE/png"))
OTHERS: tuple[Sent, ...] = ((MediaKind.VOICE, "c.ogg", "audio/ogg"), (MediaKind.DOCUMENT, "d.pdf", "application/pdf"))


def test_what_fits_is_taken_and_its_name_stored() -> None:
    for sent in FITTING:
        chat = at_question("image")
        chat.send_file(*sent)
        assert (value(chat), settled(chat)) == (sent[1], "Which?\n✓ Photo")


def test_anything_else_is_not_taken_and_says_what_is_wanted() -> None:
    chat = at_question("image")
    for sent in OTHERS:
        chat.send_file(*sent)
        assert chat.last == "We cannot read this here. Please send a photo: tap 📎."
    chat.send_place(52.0, 13.0)
    chat.write("here it is")
    assert (value(chat), chat.last) == ("", "Please send a photo: tap 📎.")


def test_another_one_takes_its_place_until_the_answer_is_sent() -> None:
    chat = at_question("image")
    kind, name, claimed = FITTING[0]
    chat.send_file(kind, name, claimed)
    chat.tap("Back")
    chat.send_file(kind, f"2{name}", claimed)
    assert value(chat) == f"2{name}"
    chat.tap("Back")
    chat.tap("Delete this answer")
    assert value(chat) == ""
