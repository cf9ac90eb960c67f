"""Methods that only ask: who am I, who is there, where is that file.

The one that waits, getUpdates, is in ``bot/simulator/api.py``.
"""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.files import MAX_DOWNLOAD
from bot.simulator.methods.registry import Call, Json, known_chat, method

_ACCENT_COLORS = 7
_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
_PERMISSIONS = {
    "can_send_messages": True,
    "can_send_audios": True,
    "can_send_documents": True,
    "can_send_photos": True,
    "can_send_videos": True,
    "can_send_video_notes": True,
    "can_send_voice_notes": True,
    "can_send_polls": True,
    "can_send_other_messages": True,
    "can_add_web_page_previews": True,
    "can_change_info": False,
    "can_invite_users": True,
    "can_pin_messages": False,
    "can_manage_topics": False,
}


@method("getMe")
def get_me(call: Call) -> Json:
    """The bot itself. It reads everything in groups, as a bot with its privacy mode off."""
    return {
        **call.telegram.bot_user(call.bot),
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getChat", "chat_id")
def get_chat(call: Call) -> Json:
    """The full description of a chat that the bot knows."""
    chat = known_chat(call)
    if chat.id > 0 and not call.telegram.chats.is_open(call.bot.id, chat.id):
        raise bad_request("chat not found")
    full: dict[str, Any] = {
        **chat.chat(),
        "accent_color_id": abs(chat.id) % _ACCENT_COLORS,
        "max_reaction_count": 11,
        "accepted_gift_types": _NO_GIFTS,
    }
    if chat.id < 0:
        full["permissions"] = _PERMISSIONS
    return full


@method("getFile", "file_id")
def get_file(call: Call) -> Json:
    """Where to load a file from."""
    file = call.telegram.files.find(call.bot.id, call.parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    entry = file.description
    if entry["file_size"] > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    public_path = file.path.partition("/")[2]
    ids = {key: entry[key] for key in ("file_id", "file_unique_id", "file_size")}
    return {**ids, "file_path": public_path}
