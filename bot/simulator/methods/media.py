"""Pictures and files as bots give them: uploaded, by an id, or as InputMedia; and their captions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import bad_request, not_simulated
from bot.simulator.formatting import MAX_CAPTION, read_text
from bot.simulator.methods.registry import Call, Json
from bot.simulator.parameters import Upload

ALBUM_KINDS = ("photo", "document")
"""What an album holds here, and what a message can be changed into."""
_KIND_NAMES = {"photo": "Photo", "voice": "Voice", "audio": "Audio", "video": "Video", "document": "Document"}
_OTHER_KINDS = frozenset({"animation", "audio", "live_photo", "video"})
_FIELDS = frozenset({"type", "media", "caption", "parse_mode", "caption_entities", "show_caption_above_media"})
_OWN_FIELDS = {"photo": {"has_spoiler"}, "document": {"disable_content_type_detection"}}


@dataclass(frozen=True, slots=True)
class InputMedia:
    """A picture or file with its caption, read but not stored yet."""

    kind: str
    reference: str
    upload: Upload | None
    extra: Json

    def fields(self, call: Call) -> Json:
        """What a message carries of it; an upload is stored. Raises ApiError 400 for a file that cannot be."""
        return {self.kind: stored_file(call, self.kind, self.reference, self.upload), **self.extra}


def read_media(call: Call, item: Any) -> InputMedia:
    """An InputMedia object. Raises ApiError 400 where it is malformed."""
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    kind = item.get("type")
    if kind not in ALBUM_KINDS:
        raise (
            not_simulated(f"InputMedia of type {kind!r}")
            if str(kind) in _OTHER_KINDS
            else _malformed("unsupported type")
        )
    for name, value in item.items():
        if name not in _FIELDS | _OWN_FIELDS[kind] and value not in (None, False):
            raise not_simulated(f"field {name!r} of InputMedia")
    reference = item.get("media")
    if not isinstance(reference, str) or not reference:
        raise _malformed("media not found")
    upload = call.parameters.uploads.get(reference.removeprefix("attach://"))
    if reference.startswith("attach://") and upload is None:
        raise _malformed("media not found")
    spoiler = {"has_media_spoiler": True} if item.get("has_spoiler") is True else {}
    return InputMedia(kind, reference, upload, {**spoiler, **_caption(item)})


def read_caption(caption: str, parse_mode: str, entities: list[Any] | None, *, above: bool) -> Json:
    """The fields of a caption, none where it is empty. Raises ApiError 400 where it is too long or malformed."""
    text = read_text(caption, parse_mode, entities)
    if text.length > MAX_CAPTION:
        raise bad_request("message caption is too long")
    fields = text.fields("caption", "caption_entities")
    return {**fields, "show_caption_above_media": True} if fields and above else fields


def stored_file(call: Call, kind: str, reference: str, upload: Upload | None) -> Any:
    """What a message carries under ``kind``: an upload, stored now, or the file that ``reference`` is the id of."""
    if upload is not None:
        return _store(call, kind, upload)
    if reference.startswith(("http://", "https://")):
        raise not_simulated("sending files by their address")
    file = call.telegram.files.find(call.bot.id, reference)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {_KIND_NAMES[file.kind]} as {_KIND_NAMES[kind]}")
    return file.value


def _store(call: Call, kind: str, upload: Upload) -> Any:
    files, bot, parameters = call.telegram.files, call.bot.id, call.parameters
    seconds = max(0, parameters.integer("duration", 0))
    if kind == "photo":
        return files.add_photo(bot, upload.data)
    if kind == "voice":
        return files.add_voice(bot, upload.data, seconds=seconds)
    if kind == "audio":
        said = {name: parameters.text(name) for name in ("performer", "title")}
        return files.add_audio(bot, upload.data, name=upload.name, seconds=seconds, **said)
    if kind == "video":
        told = {name: max(0, parameters.integer(name, 0)) for name in ("width", "height")}
        return files.add_video(bot, upload.data, name=upload.name, duration=seconds, **told)
    return files.add_document(bot, upload.data, name=upload.name, media_type=upload.content_type)


def _caption(item: Json) -> Json:
    caption, mode, entities = item.get("caption") or "", item.get("parse_mode") or "", item.get("caption_entities")
    if not isinstance(caption, str) or not isinstance(mode, str) or not isinstance(entities, list | None):
        raise _malformed("wrong type of a field of the caption")
    return read_caption(caption, mode, entities, above=item.get("show_caption_above_media") is True)


def _malformed(reason: str) -> Exception:
    return bad_request(f"can't parse InputMedia: {reason}")
