"""The method that sends the content of a message once more."""

from __future__ import annotations

from bot.simulator.errors import bad_request
from bot.simulator.methods.registry import Call, Json, chat_named, known_message, method, writable_chat
from bot.simulator.methods.sending import CAPTION, COMMON, caption_fields, send

_CAPTIONED = ("photo", "voice", "audio", "video", "document")
_CAPTION_FIELDS = frozenset({"caption", "caption_entities", "show_caption_above_media"})
_CONTENT = _CAPTION_FIELDS | {
    "text",
    "entities",
    "link_preview_options",
    *_CAPTIONED,
    "has_media_spoiler",
    "location",
    "venue",
    "contact",
}


@method("copyMessage", COMMON + CAPTION + "from_chat_id message_id")
def copy_message(call: Call) -> Json:
    """The same content without a word of where it comes from, with another caption if one is given."""
    writable_chat(call)
    source = chat_named(call, "from_chat_id")
    content = {key: value for key, value in known_message(call, source, "copy").items() if key in _CONTENT}
    if not content:
        raise bad_request("the message can't be copied")
    if call.parameters.values.get("caption") is not None and any(kind in content for kind in _CAPTIONED):
        kept = {key: value for key, value in content.items() if key not in _CAPTION_FIELDS}
        content = {**kept, **caption_fields(call)}
    return {"message_id": send(call, content)["message_id"]}
