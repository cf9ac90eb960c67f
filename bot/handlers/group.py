"""Group chats: the bot explains itself and takes no answers there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import IS_NOT_MEMBER, MEMBER, ChatMemberUpdatedFilter
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import ChatMemberUpdated, Message

from bot import render
from bot.handlers.filters import in_company, is_command
from bot.turn import Turn
from dialogues import settings
from dialogues.prompts import Say

router = Router(name="group")


@router.my_chat_member(in_company, ChatMemberUpdatedFilter(IS_NOT_MEMBER >> MEMBER))
async def added(event: ChatMemberUpdated, bot: Bot, turn: Turn, call: Callable[[TelegramMethod[Any]], None]) -> None:
    """Somebody put the bot into a group."""
    await explain(event.chat.id, bot, turn, call)


@router.message(in_company, is_command)
async def asked(message: Message, bot: Bot, turn: Turn, call: Callable[[TelegramMethod[Any]], None]) -> None:
    """A command in a group. All else that people say to each other there is none of our business."""
    await explain(message.chat.id, bot, turn, call)


@router.message(in_company)
@router.edited_message(in_company)
@router.my_chat_member(in_company)
async def overheard(_event: Message | ChatMemberUpdated, turn: Turn) -> None:
    """Nothing of a group is answered or kept."""
    turn.ignored = True


async def explain(chat_id: int, bot: Bot, turn: Turn, call: Callable[[TelegramMethod[Any]], None]) -> None:
    """Say what the bot is for, with a button into the private chat."""
    turn.ignored = True
    me = await bot.me()
    for reply in settings.in_group(turn.voice, turn.knowledge.town.name):
        if isinstance(reply, Say):
            content = render.message(reply.prompt, private_link=f"https://t.me/{me.username}?start")
            call(SendMessage(chat_id=chat_id, **content))
