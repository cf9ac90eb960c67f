"""Methods that put a new message into a chat, and the chat action that announces one."""

from __future__ import annotations

from collections.abc import Callable

from bot.simulator.chats import REPLY_KEYBOARD, public
from bot.simulator.errors import bad_request, not_simulated
from bot.simulator.formatting import MAX_TEXT, Formatted, read_text
from bot.simulator.keyboards import read_markup
from bot.simulator.methods.media import read_caption, stored_file
from bot.simulator.methods.registry import Call, Json, method, writable_chat
from bot.simulator.people import Group, Person

COMMON = (
    "chat_id disable_notification protect_content allow_paid_broadcast reply_parameters reply_to_message_id "
    "allow_sending_without_reply reply_markup "
)
CAPTION = "caption parse_mode caption_entities show_caption_above_media "
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_MAX_ACCURACY = 1500
_PREVIEW_OPTIONS = {
    "is_disabled": bool,
    "url": str,
    "prefer_small_media": bool,
    "prefer_large_media": bool,
    "show_above_text": bool,
}
_VENUE_IDS = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")


@method("sendMessage", COMMON + "text parse_mode entities link_preview_options disable_web_page_preview")
def send_message(call: Call) -> Json:
    """A text."""
    text = message_text(call)
    return send(call, {**text.fields("text", "entities"), **link_preview(call)})


@method("sendPhoto", COMMON + CAPTION + "photo has_spoiler")
def send_photo(call: Call) -> Json:
    """A picture, uploaded or by the id of one that was sent before."""
    extra = {"has_media_spoiler": True} if call.parameters.flag("has_spoiler") else {}
    return _send_media(call, "photo", extra)


@method("sendVoice", COMMON + CAPTION + "voice duration")
def send_voice(call: Call) -> Json:
    """A voice message, uploaded or by id."""
    return _send_media(call, "voice", {})


@method("sendAudio", COMMON + CAPTION + "audio duration performer title")
def send_audio(call: Call) -> Json:
    """A sound to listen to, uploaded or by id."""
    return _send_media(call, "audio", {})


@method("sendVideo", COMMON + CAPTION + "video duration width height supports_streaming has_spoiler")
def send_video(call: Call) -> Json:
    """A film, uploaded or by id."""
    extra = {"has_media_spoiler": True} if call.parameters.flag("has_spoiler") else {}
    return _send_media(call, "video", extra)


@method("sendDocument", COMMON + CAPTION + "document disable_content_type_detection")
def send_document(call: Call) -> Json:
    """Any file, uploaded or by id."""
    return _send_media(call, "document", {})


@method("sendLocation", COMMON + "latitude longitude horizontal_accuracy")
def send_location(call: Call) -> Json:
    """A point on the map."""
    return send(call, {"location": read_location(call)})


@method("sendVenue", COMMON + "latitude longitude title address " + " ".join(_VENUE_IDS))
def send_venue(call: Call) -> Json:
    """A place with a name."""
    location = read_location(call)
    venue: Json = {"location": location}
    for name in ("title", "address"):
        venue[name] = call.parameters.text(name).strip()
        if not venue[name]:
            raise bad_request(f"{name} is empty")
    venue |= {name: value for name in _VENUE_IDS if (value := call.parameters.text(name))}
    return send(call, {"location": location, "venue": venue})


@method("sendChatAction", "chat_id action")
def send_chat_action(call: Call) -> bool:
    """Show the person for five seconds what the bot is about to do."""
    chat = writable_chat(call)
    action = call.parameters.text("action").lower()
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.telegram.events.publish(call.bot.id, chat.id, "typing", {"action": action})
    return True


def message_text(call: Call) -> Formatted:
    """The text of a message, sent or edited. Raises ApiError 400 where it is empty, too long or malformed."""
    parameters = call.parameters
    text = read_text(parameters.text("text"), parameters.text("parse_mode"), parameters.array("entities"))
    if not text.text:
        raise bad_request("message text is empty")
    if text.length > MAX_TEXT:
        raise bad_request("message is too long")
    return text


def link_preview(call: Call) -> Json:
    """The options of the preview of links; the older parameter means a disabled one."""
    options = call.parameters.object("link_preview_options")
    if options is None and call.parameters.flag("disable_web_page_preview"):
        options = {"is_disabled": True}
    options = {key: value for key, value in (options or {}).items() if value is not None}
    for key, value in options.items():
        if key not in _PREVIEW_OPTIONS or not isinstance(value, _PREVIEW_OPTIONS[key]):
            raise bad_request(f"can't parse link preview options: wrong field {key!r}")
    return {"link_preview_options": options} if options else {}


def caption_fields(call: Call) -> Json:
    """Caption, its entities and its place. Raises ApiError 400 where it is too long or malformed."""
    parameters = call.parameters
    return read_caption(
        parameters.text("caption"),
        parameters.text("parse_mode"),
        parameters.array("caption_entities"),
        above=parameters.flag("show_caption_above_media"),
    )


def read_location(call: Call) -> Json:
    """A Location object. Raises ApiError 400 where a coordinate is missing or not on earth."""
    latitude, longitude = call.parameters.number("latitude"), call.parameters.number("longitude")
    for name, value, limit in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is None:
            raise bad_request(f"{name} is empty")
        if not -limit <= value <= limit:
            raise bad_request(f"wrong {name}")
    accuracy = call.parameters.number("horizontal_accuracy")
    if accuracy is not None and not 0 <= accuracy <= _MAX_ACCURACY:
        raise bad_request("wrong horizontal accuracy")
    extra = {"horizontal_accuracy": accuracy} if accuracy else {}
    return {"latitude": latitude, "longitude": longitude, **extra}


def _send_media(call: Call, kind: str, extra: Json) -> Json:
    fields = caption_fields(call)
    writable_chat(call)
    upload, reference = call.parameters.upload(kind), call.parameters.text(kind)
    if upload is None and (not reference or reference.startswith("attach://")):
        raise bad_request(f"there is no {kind} in the request")
    return send(call, {**extra, **fields}, lambda: {kind: stored_file(call, kind, reference, upload)})


def send(call: Call, content: Json, file: Callable[[], Json] = dict) -> Json:
    """Put a new message with this content into the chat, as the common parameters say; the message as bots get it.

    ``file`` is asked for the rest of the content last, so that what is refused leaves no file behind.
    """
    chat = writable_chat(call)
    frame = message_frame(call, chat)
    markup = _markup(call)
    call.telegram.limiter.spend_message(call.bot.id, chat.id)
    return public(call.telegram.post(call.bot, chat, {**frame, **file(), **content, **markup}))


def message_frame(call: Call, chat: Person | Group) -> Json:
    """What messages of this call carry besides their content: sender, answered message, protection."""
    reply = _reply(call, chat)
    protection = {"has_protected_content": True} if call.parameters.flag("protect_content") else {}
    return {"from": call.telegram.bot_user(call.bot), **reply, **protection}


def _markup(call: Call) -> Json:
    markup = read_markup(call.parameters.object("reply_markup"))
    if markup is None:
        return {}
    return {"reply_markup" if "inline_keyboard" in markup else REPLY_KEYBOARD: markup}


def _reply(call: Call, chat: Person | Group) -> Json:
    parameters = call.parameters.object("reply_parameters") or {}
    for key, value in parameters.items():
        if key not in {"message_id", "allow_sending_without_reply", "chat_id"} and value is not None:
            raise not_simulated(f"reply parameter {key!r}")
    message_id = parameters.get("message_id") or call.parameters.integer("reply_to_message_id", 0)
    if not message_id:
        return {}
    if not isinstance(message_id, int) or parameters.get("chat_id") not in {None, chat.id, str(chat.id)}:
        raise bad_request("message to be replied not found")
    quoted = call.telegram.quoted(call.bot, chat, message_id)
    if quoted is None:
        if parameters.get("allow_sending_without_reply") or call.parameters.flag("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return {"reply_to_message": quoted}
