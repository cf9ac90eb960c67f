from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import Sent
from tests.dialogues.question_types.sending import can_be_replaced, takes_nothing_else, takes_what_fits

FITTING: tuple[Sent, ...] = (
    (MediaKind.VOICE, "a.ogg", "audio/ogg"),
    (MediaKind.AUDIO, "b.mp3", ""),
    (MediaKind.DOCUMENT, "c.wav", "audio/wav"),
)
OTHERS: tuple[Sent, ...] = ((MediaKind.PHOTO, "c.jpg", "image/jpeg"), (MediaKind.DOCUMENT, "d.pdf", "application/pdf"))


def test_what_fits_is_taken_and_its_name_stored() -> None:
    takes_what_fits("audio", FITTING, "Voice message")


def test_anything_else_is_not_taken_and_says_what_is_wanted() -> None:
    takes_nothing_else("audio", OTHERS, "Please send a voice message: hold the 🎤 and speak.")


def test_another_one_takes_its_place_until_the_answer_is_sent() -> None:
    can_be_replaced("audio", FITTING[0])
