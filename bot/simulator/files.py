"""Photos, voice messages, sounds, films and documents: stored once, known by file ids that are good for one bot only.

Nothing from outside becomes part of a path: stored names are our own. Pictures are not scaled: all the sizes that a
photo announces lead to the same bytes.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.simulator.database import Database
from bot.simulator.errors import bad_request
from bot.simulator.media import film_facts, image_size, image_type, ogg_seconds, voice_type

MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
_MAX_SIDES = 10_000
_MAX_RATIO = 20
_EDGES = (90, 320, 800, 1280)
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "audio/ogg": ".oga",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
_SAFE_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that a bot may name: ``kind`` is photo, voice, audio, video or document, ``value`` what a Message carries
    under it."""

    id: str
    path: str
    kind: str
    value: Any

    @property
    def description(self) -> dict[str, Any]:
        """Size and ids of this very file; of a photo, of this size of it."""
        entries = self.value if isinstance(self.value, list) else [self.value]
        entry: dict[str, Any] = next(entry for entry in entries if entry["file_id"] == self.id)
        return entry


class Files:
    """All files of all bots, below one folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    def add_photo(self, bot: int, data: bytes) -> list[dict[str, Any]]:
        """Store a picture; its PhotoSize objects, small to large. Raises ApiError 400 for what is no picture."""
        if len(data) > MAX_PHOTO:
            raise bad_request("file is too big")
        size = image_size(data)
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if sum(size) > _MAX_SIDES or max(size) > _MAX_RATIO * min(size):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        path = self._write(bot, "photos", _SUFFIXES[image_type(data)], data)
        sizes = [
            {**_new_ids("AgAC"), "file_size": len(data), "width": width, "height": height}
            for width, height in _scaled(*size)
        ]
        self._register(bot, path, "photo", sizes, [entry["file_id"] for entry in sizes])
        return sizes

    def add_voice(self, bot: int, data: bytes, *, seconds: int = 0) -> dict[str, Any]:
        """Store a voice message; its Voice object. Raises ApiError 400 for what Telegram takes for no voice."""
        kind = voice_type(data)
        if kind is None:
            raise bad_request("VOICE_FILE_INVALID: voice messages are OGG with OPUS, MP3 or M4A")
        duration = seconds or (ogg_seconds(data) if kind == "audio/ogg" else 0)
        path = self._write(bot, "voice", _SUFFIXES[kind], data)
        voice = {**_new_ids("AwAC"), "duration": duration, "mime_type": kind, "file_size": len(data)}
        self._register(bot, path, "voice", voice, [voice["file_id"]])
        return voice

    def add_audio(self, bot: int, data: bytes, *, name: str, seconds: int = 0, **said: str) -> dict[str, Any]:
        """Store a sound to listen to; its Audio object. ``said``: performer and title. Raises ApiError 400 for none."""
        kind = voice_type(data)
        if kind is None:
            raise bad_request("wrong file type: sounds are MP3, M4A or OGG here")
        duration = seconds or (ogg_seconds(data) if kind == "audio/ogg" else 0)
        path = self._write(bot, "music", _SUFFIXES[kind], data)
        audio = {
            **_new_ids("CQAC"),
            "duration": duration,
            "file_name": name[-255:],
            "mime_type": kind,
            "file_size": len(data),
            **{key: value for key, value in said.items() if value},
        }
        self._register(bot, path, "audio", audio, [audio["file_id"]])
        return audio

    def add_video(self, bot: int, data: bytes, *, name: str, **told: int) -> dict[str, Any]:
        """Store a film; its Video object. ``told``: width, height, duration. Raises ApiError 400 for what is none."""
        facts = film_facts(data)
        if facts is None:
            raise bad_request("wrong file type: films are MPEG-4 here")
        path = self._write(bot, "videos", ".mp4", data)
        sizes = dict(zip(("width", "height", "duration"), facts, strict=True))
        video = {
            **_new_ids("BAAC"),
            **{key: told.get(key) or value for key, value in sizes.items()},
            "file_name": name[-255:],
            "mime_type": "video/mp4",
            "file_size": len(data),
        }
        self._register(bot, path, "video", video, [video["file_id"]])
        return video

    def add_document(self, bot: int, data: bytes, *, name: str, media_type: str) -> dict[str, Any]:
        """Store any other file; its Document object."""
        if not data:
            raise bad_request("file must be non-empty")
        suffix = _SAFE_SUFFIX.search(name)
        path = self._write(bot, "documents", suffix.group().lower() if suffix else "", data)
        kind = media_type if _MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
        document = {**_new_ids("BQAC"), "file_name": name[-255:], "mime_type": kind, "file_size": len(data)}
        self._register(bot, path, "document", document, [document["file_id"]])
        return document

    def find(self, bot: int, file_id: str) -> StoredFile | None:
        """The file this bot knows by this id."""
        row = self._database.row("SELECT id, path, kind, body FROM file WHERE id = ? AND bot = ?", (file_id, bot))
        return StoredFile(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def find_any(self, file_id: str) -> StoredFile | None:
        """The file with this id, whoever's it is."""
        row = self._database.row("SELECT id, path, kind, body FROM file WHERE id = ?", (file_id,))
        return StoredFile(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def at_path(self, bot: int, path: str) -> StoredFile | None:
        """The file that getFile has given this path for."""
        row = self._database.row(
            "SELECT id, path, kind, body FROM file WHERE bot = ? AND path = ? LIMIT 1", (bot, path)
        )
        return StoredFile(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def location(self, file: StoredFile) -> Path:
        """Where the bytes lie."""
        return self._folder / file.path

    def _write(self, bot: int, folder: str, suffix: str, data: bytes) -> str:
        name = f"{folder}/file_{self._database.count_up(f'file {bot}', 1000)}{suffix}"
        path = f"{bot}/{name}"
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        return path

    def _register(self, bot: int, path: str, kind: str, value: Any, ids: list[str]) -> None:
        for file_id in ids:
            self._database.execute(
                "INSERT INTO file VALUES (?, ?, ?, ?, ?)", (file_id, bot, path, kind, json.dumps(value))
            )


def _new_ids(prefix: str) -> dict[str, Any]:
    return {"file_id": prefix + secrets.token_urlsafe(40), "file_unique_id": "AQAD" + secrets.token_urlsafe(9)}


def _scaled(width: int, height: int) -> list[tuple[int, int]]:
    longest = max(width, height)
    edges = [edge for edge in _EDGES if edge < longest]
    if longest <= _EDGES[-1]:
        edges.append(longest)
    return [(max(1, width * edge // longest), max(1, height * edge // longest)) for edge in edges]
