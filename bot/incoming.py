"""What a message brings to a conversation, without its channel: a text, a file, a place, or something else.

Of a file only what was announced is known here. Nothing that a phone says of it becomes a part of a name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.types import Location, Message

from dialogues.prompts import Input, Media, MediaKind, SentFile, SentPlace, Text
from dialogues.sent_files import MOST_BYTES, NAME_BYTES, media_type_of, name_for, taken

_KINDS = {
    "photo": MediaKind.PHOTO,
    "voice": MediaKind.VOICE,
    "audio": MediaKind.AUDIO,
    "video": MediaKind.VIDEO,
    "video_note": MediaKind.VIDEO,
    "document": MediaKind.DOCUMENT,
    "animation": MediaKind.DOCUMENT,
    "location": MediaKind.LOCATION,
    "venue": MediaKind.LOCATION,
    "contact": MediaKind.CONTACT,
}
_MADE_BY_TELEGRAM = {"photo": "image/jpeg", "voice": "audio/ogg", "video_note": "video/mp4", "animation": "video/mp4"}
"""What these are where nothing else is said."""
_ANNOUNCED = {"audio": "audio/mpeg", "video": "video/mp4"}
_FILES = frozenset({*_MADE_BY_TELEGRAM, *_ANNOUNCED, "document"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that a message brings: how the conversation knows it, and how Telegram does."""

    file: SentFile
    file_id: str

    @property
    def is_too_large(self) -> bool:
        """Whether no bot can fetch it. Where the size is not told, fetching finds out."""
        return self.file.size is not None and self.file.size > MOST_BYTES

    @property
    def is_taken(self) -> bool:
        """Whether it is of a type that is kept."""
        return taken(self.file.media_type) is not None


def brings_file(content: Mapping[str, Any]) -> bool:
    """Whether an update, as it came, is a message with a file."""
    message = content.get("message")
    return isinstance(message, Mapping) and not _FILES.isdisjoint(message)


def read(message: Message) -> tuple[Input, Brought | None]:
    """What a message says, and the file that comes with it. The caption of a picture is not taken for an answer."""
    if message.text is not None:
        return Text(message.text), None
    content = message.content_type
    kind = _KINDS.get(content, MediaKind.OTHER)
    if kind is MediaKind.LOCATION:
        location = message.location or (message.venue.location if message.venue else None)
        return Media(kind, place=_place(location)), None
    brought = _file(content, getattr(message, content, None))
    return Media(kind, file=brought.file if brought else None), brought


def _place(location: Location | None) -> SentPlace | None:
    if location is None:
        return None
    return SentPlace(location.latitude, location.longitude, location.horizontal_accuracy or 0.0)


def _file(content: str, sent: Any) -> Brought | None:
    if isinstance(sent, list):  # the sizes of a photo, in no order that is promised
        sent = max(sent, key=lambda size: size.width * size.height, default=None)
    file_id = getattr(sent, "file_id", None)
    if not isinstance(file_id, str) or not file_id:
        return None
    claimed = getattr(sent, "mime_type", None) or _MADE_BY_TELEGRAM.get(content) or _ANNOUNCED.get(content)
    media_type = media_type_of(claimed)
    name = name_for(media_type, secrets.token_bytes(NAME_BYTES))
    return Brought(SentFile(name, media_type, sent.file_size), file_id)
