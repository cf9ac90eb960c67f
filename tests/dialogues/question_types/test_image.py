from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import Sent
from tests.dialogues.question_types.sending import can_be_replaced, takes_nothing_else, takes_what_fits

FITTING: tuple[Sent, ...] = ((MediaKind.PHOTO, "a.jpg", "image/jpeg"), (MediaKind.DOCUMENT, "b.png", "IMAGE/png"))
OTHERS: tuple[Sent, ...] = ((MediaKind.VOICE, "c.ogg", "audio/ogg"), (MediaKind.DOCUMENT, "d.pdf", "application/pdf"))


def test_what_fits_is_taken_and_its_name_stored() -> None:
    takes_what_fits("image", FITTING, "Photo")


def test_anything_else_is_not_taken_and_says_what_is_wanted() -> None:
    takes_nothing_else("image", OTHERS, "Please send a photo: tap 📎.")


def test_another_one_takes_its_place_until_the_answer_is_sent() -> None:
    can_be_replaced("image", FITTING[0])
