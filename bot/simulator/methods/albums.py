"""The method that sends several pictures or files as one album."""

from __future__ import annotations

import secrets
from typing import Any

from bot.simulator.chats import public
from bot.simulator.errors import ApiError, bad_request, not_simulated
from bot.simulator.methods.media import InputMedia, read_media
from bot.simulator.methods.registry import Call, Json, method, writable_chat
from bot.simulator.methods.sending import COMMON, message_frame

MAX_ALBUM = 10


@method("sendMediaGroup", COMMON.replace("reply_markup", "media"))
def send_media_group(call: Call) -> list[Json]:
    """Two to ten pictures, or as many files; either all of them are sent or none."""
    album = [read_media(call, item) for item in _items(call)]
    if len({media.kind for media in album}) > 1:
        raise bad_request("document can't be mixed with other media types")
    if len({"show_caption_above_media" in media.extra for media in album if "caption" in media.extra}) > 1:
        raise bad_request("parameter show_caption_above_media must be the same for all messages")
    chat = writable_chat(call)
    frame = {**message_frame(call, chat), "media_group_id": new_album()}
    call.telegram.limiter.spend_message(call.bot.id, chat.id, len(album))
    contents = [_fields(call, number, media) for number, media in enumerate(album, start=1)]
    return [public(call.telegram.post(call.bot, chat, {**frame, **content})) for content in contents]


def new_album() -> str:
    """An id that the messages of one album share."""
    return str(secrets.randbits(62) + 2**62)


def _items(call: Call) -> list[Any]:
    items = call.parameters.array("media")
    if items is None:
        raise bad_request('parameter "media" is required')
    if not items:
        raise bad_request("there are no messages to send")
    if len(items) > MAX_ALBUM:
        raise bad_request("too many messages to send as an album")
    if len(items) == 1:
        raise not_simulated("an album of one")
    return items


def _fields(call: Call, number: int, media: InputMedia) -> Json:
    try:
        return media.fields(call)
    except ApiError as error:
        words = error.description.removeprefix("Bad Request: ")
        raise bad_request(
            f'failed to send message #{number} with the error message "{words[:1].upper()}{words[1:]}"'
        ) from None
