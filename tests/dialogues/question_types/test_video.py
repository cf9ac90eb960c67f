from __future__ import annotations

from dialogues.prompts import MediaKind
from tests.dialogues.question_types.one_question import Sent
from tests.dialogues.question_types.sending import can_be_replaced, takes_nothing_else, takes_what_fits

FITTING: tuple[Sent, ...] = ((MediaKind.VIDEO, "a.mp4", "video/mp4"), (MediaKind.DOCUMENT, "c.mov", "video/quicktime"))
OTHERS: tuple[Sent, ...] = ((MediaKind.PHOTO, "c.jpg", "image/jpeg"), (MediaKind.VOICE, "d.ogg", "audio/ogg"))


def test_what_fits_is_taken_and_its_name_stored() -> None:
    takes_what_fits("video", FITTING, "Video")


def test_anything_else_is_not_taken_and_says_what_is_wanted() -> None:
    takes_nothing_else("video", OTHERS, "Please send a video: tap 📎.")


def test_another_one_takes_its_place_until_the_answer_is_sent() -> None:
    can_be_replaced("video", FITTING[0])
