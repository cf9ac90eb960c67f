"""What handlers ask of an event. Coroutines, since aiogram runs a filter that is none in a thread of its own."""

from __future__ import annotations

from aiogram.types import CallbackQuery, ChatMemberUpdated, Message


async def in_private(event: Message | CallbackQuery | ChatMemberUpdated) -> bool:
    """Whether it belongs to a chat between a resident and the bot."""
    if isinstance(event, CallbackQuery):
        return event.message is None or event.message.chat.type == "private"
    return event.chat.type == "private"


async def in_company(event: Message | ChatMemberUpdated) -> bool:
    """Whether it belongs to a group or a channel."""
    return event.chat.type != "private"


async def is_command(message: Message) -> bool:
    """Whether it begins like a command."""
    return message.text is not None and message.text.startswith("/")


def service_message(message: Message) -> bool:
    """Whether Telegram wrote it, not a person (a pinned message, a changed timer): it gets no answer."""
    return message.content_type in (
        "pinned_message",
        "message_auto_delete_timer_changed",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "connected_website",
        "write_access_allowed",
    )
