"""Methods that change a message of the bot in its place."""

from __future__ import annotations

from bot.simulator.chats import REPLY_KEYBOARD, public
from bot.simulator.errors import NOT_MODIFIED, bad_request
from bot.simulator.keyboards import read_inline
from bot.simulator.methods.media import ALBUM_KINDS, read_media
from bot.simulator.methods.registry import Call, Json, known_message, method, writable_chat
from bot.simulator.methods.sending import caption_fields, link_preview, message_text
from bot.simulator.people import Group, Person

_TARGET = "chat_id message_id reply_markup "
_TEXT_FIELDS = ("text", "entities", "link_preview_options")
_CAPTION_FIELDS = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = ("photo", "voice", "audio", "video", "document")


@method("editMessageText", _TARGET + "text parse_mode entities link_preview_options disable_web_page_preview")
def edit_message_text(call: Call) -> Json:
    """Another text; the inline keyboard becomes the one given, or none."""
    text = message_text(call)
    chat, message = _target(call)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _replace(call, chat, message, _TEXT_FIELDS, {**text.fields("text", "entities"), **link_preview(call)})


@method("editMessageCaption", _TARGET + "caption parse_mode caption_entities show_caption_above_media")
def edit_message_caption(call: Call) -> Json:
    """Another caption; the inline keyboard becomes the one given, or none."""
    fields = caption_fields(call)
    chat, message = _target(call)
    if not any(kind in message for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _replace(call, chat, message, _CAPTION_FIELDS, fields)


@method("editMessageMedia", _TARGET + "media")
def edit_message_media(call: Call) -> Json:
    """Another picture or file with its caption, also in the place of a text; in an album of the same kind only."""
    media = read_media(call, call.parameters.object("media") or {})
    chat, message = _target(call)
    if not any(kind in message for kind in ("text", *ALBUM_KINDS)):
        raise bad_request("there is no media in the message to edit")
    if "media_group_id" in message and media.kind not in message:
        raise bad_request("can't change media type in the album")
    replaced = (*_TEXT_FIELDS, *_CAPTION_FIELDS, *ALBUM_KINDS, "has_media_spoiler")
    return _replace(call, chat, message, replaced, media.fields(call))


@method("editMessageReplyMarkup", _TARGET)
def edit_message_reply_markup(call: Call) -> Json:
    """Another inline keyboard, or none."""
    chat, message = _target(call)
    return _replace(call, chat, message, (), {})


def _target(call: Call) -> tuple[Person | Group, Json]:
    chat = writable_chat(call)
    message = known_message(call, chat, "edit")
    if message["from"]["id"] != call.bot.id or REPLY_KEYBOARD in message:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(call: Call, chat: Person | Group, message: Json, replaced: tuple[str, ...], fields: Json) -> Json:
    markup = read_inline(call.parameters.object("reply_markup"))
    call.telegram.limiter.spend_edit(call.bot.id)
    kept = {key: value for key, value in message.items() if key not in {*replaced, "reply_markup"}}
    edited = {**kept, **fields}
    if markup:
        edited["reply_markup"] = markup
    if edited == message:
        raise bad_request(NOT_MODIFIED)
    return public(call.telegram.change(call.bot, chat, edited))
