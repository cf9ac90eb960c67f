"""Methods that take messages out of a chat."""

from __future__ import annotations

from bot.simulator.errors import bad_request
from bot.simulator.methods.registry import Call, Json, known_chat, known_message, method
from bot.simulator.people import Group, Person

_MAX_AT_ONCE = 100


@method("deleteMessage", "chat_id message_id")
def delete_message(call: Call) -> bool:
    """Delete one message, the bot's or the person's."""
    chat = known_chat(call)
    message = known_message(call, chat, "delete")
    if not _may_delete(call, chat, message):
        raise bad_request("message can't be deleted for everyone")
    _delete(call, chat, message["message_id"])
    return True


@method("deleteMessages", "chat_id message_ids")
def delete_messages(call: Call) -> bool:
    """Delete up to a hundred messages; those that are not there, or too old, are passed over."""
    chat = known_chat(call)
    message_ids = call.parameters.array("message_ids") or []
    if not message_ids:
        raise bad_request("message identifiers are not specified")
    if len(message_ids) > _MAX_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    for message_id in message_ids:
        if not isinstance(message_id, int) or message_id <= 0:
            raise bad_request("invalid message identifier specified")
        message = call.telegram.chats.find(call.bot.id, chat.id, message_id)
        if message is not None and _may_delete(call, chat, message):
            _delete(call, chat, message_id)
    return True


def _may_delete(call: Call, chat: Person | Group, message: Json) -> bool:
    """Up to 48 hours; in a group, where the bot is a plain member, its own messages only."""
    age = call.telegram.limits.delete_age
    fresh = not age or call.telegram.now() - message["date"] <= age
    return fresh and (isinstance(chat, Person) or message["from"]["id"] == call.bot.id)


def _delete(call: Call, chat: Person | Group, message_id: int) -> None:
    call.telegram.chats.delete(call.bot.id, chat.id, message_id)
    call.telegram.events.publish(call.bot.id, chat.id, "deleted", {"message_id": message_id})
