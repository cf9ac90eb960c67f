"""What a message brings: every kind that a phone can send, and whatever it claims of it."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message

from bot.incoming import read
from dialogues.prompts import Media, MediaKind, SentPlace, Text
from dialogues.sent_files import MOST_BYTES, is_name

FILE = {"file_id": "one", "file_unique_id": "u", "file_size": 7}
FILM = {**FILE, "width": 3, "height": 2, "duration": 1}
PLACE = {"latitude": 51.03, "longitude": 13.73}


def message(**content: Any) -> Message:
    frame = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}
    return Message.model_validate({**frame, **content})


@pytest.mark.parametrize(
    ("content", "kind", "media_type", "ending"),
    [
        ({"voice": {**FILE, "duration": 1}}, MediaKind.VOICE, "audio/ogg", "ogg"),
        ({"voice": {**FILE, "duration": 1, "mime_type": "audio/mpeg"}}, MediaKind.VOICE, "audio/mpeg", "mp3"),
        ({"audio": {**FILE, "duration": 1}}, MediaKind.AUDIO, "audio/mpeg", "mp3"),
        ({"audio": {**FILE, "duration": 1, "mime_type": "audio/flac"}}, MediaKind.AUDIO, "audio/flac", "bin"),
        ({"video": FILM}, MediaKind.VIDEO, "video/mp4", "mp4"),
        ({"video_note": {**FILE, "length": 3, "duration": 1}}, MediaKind.VIDEO, "video/mp4", "mp4"),
        ({"animation": FILM, "document": FILE}, MediaKind.DOCUMENT, "video/mp4", "mp4"),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, MediaKind.DOCUMENT, "application/pdf", "pdf"),
        ({"document": {**FILE, "mime_type": "image/png"}}, MediaKind.DOCUMENT, "image/png", "jpg"),
        ({"document": {**FILE, "file_name": "a.pdf"}}, MediaKind.DOCUMENT, "application/octet-stream", "bin"),
        (
            {"document": {**FILE, "file_name": "../../a\r\nX: y", "mime_type": "application/pdf\r\nX: y"}},
            MediaKind.DOCUMENT,
            "application/octet-stream",
            "bin",
        ),
    ],
)
def test_every_kind_of_file_has_a_name_with_an_ending_of_ours(
    content: dict[str, Any], kind: MediaKind, media_type: str, ending: str
) -> None:
    said, brought = read(message(**content))
    assert brought is not None
    assert said == Media(kind, file=brought.file)
    assert (brought.file_id, brought.file.media_type, brought.file.size) == ("one", media_type, 7)
    assert brought.file.name.endswith(f".{ending}")
    assert is_name(brought.file.name)


def test_of_a_photo_the_largest_size_is_taken_wherever_it_stands() -> None:
    sizes = [{**FILE, "file_id": str(side), "width": side, "height": 10} for side in (90, 1280, 320)]
    _, brought = read(message(photo=sizes, caption="This is no answer"))
    assert brought is not None
    assert (brought.file_id, brought.file.media_type) == ("1280", "image/jpeg")


def test_two_files_never_have_the_same_name() -> None:
    names = {brought.file.name for _, brought in (read(message(video=FILM)) for _ in range(100)) if brought}
    assert len(names) == 100


@pytest.mark.parametrize(("size", "is_too_large"), [(None, False), (MOST_BYTES, False), (MOST_BYTES + 1, True)])
def test_what_no_bot_can_fetch_is_known(size: int | None, is_too_large: bool) -> None:
    _, brought = read(message(video={**FILM, "file_size": size}))
    assert brought is not None
    assert brought.is_too_large == is_too_large


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"location": PLACE}, SentPlace(51.03, 13.73)),
        ({"location": {**PLACE, "horizontal_accuracy": 12.5, "live_period": 60}}, SentPlace(51.03, 13.73, 12.5)),
        (
            {"location": PLACE, "venue": {"location": PLACE, "title": "Square", "address": "1"}},
            SentPlace(51.03, 13.73),
        ),
    ],
)
def test_a_place_is_where_it_is(content: dict[str, Any], place: SentPlace) -> None:
    assert read(message(**content)) == (Media(MediaKind.LOCATION, place=place), None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"text": "Hello"}, Text("Hello")),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, Media(MediaKind.CONTACT)),
        ({"dice": {"emoji": "🎲", "value": 3}}, Media(MediaKind.OTHER)),
        ({"photo": []}, Media(MediaKind.OTHER)),
        ({}, Media(MediaKind.OTHER)),
    ],
)
def test_what_is_no_file(content: dict[str, Any], said: Text | Media) -> None:
    assert read(message(**content)) == (said, None)
