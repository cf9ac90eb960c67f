from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import Sent
from tests.dialogues.question_types.sending import can_be_replaced, takes_nothing_else, takes_what_fits

FITTING: tuple[Sent, ...] = (
    (MediaKind.DOCUMENT, "a.pdf", "application/pdf"),
    (MediaKind.PHOTO, "b.jpg", ""),
    (MediaKind.VOICE, "c.ogg", ""),
)
OTHERS: tuple[Sent, ...] = ((MediaKind.CONTACT, "x.vcf", "text/vcard"), (MediaKind.OTHER, "y", ""))


def test_what_fits_is_taken_and_its_name_stored() -> None:
    takes_what_fits("file", FITTING, "File")


def test_anything_else_is_not_taken_and_says_what_is_wanted() -> None:
    takes_nothing_else("file", OTHERS, "Please send a file or a photo: tap 📎.")


def test_another_one_takes_its_place_until_the_answer_is_sent() -> None:
    can_be_replaced("file", FITTING[0])
