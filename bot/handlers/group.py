"""Group chats: the bot explains itself and takes no answers there."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import IS_NOT_MEMBER, MEMBER, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated, Message

from bot.double_taps import DoubleTaps
from bot.handlers.filters import in_company, is_command
from bot.turn import Turn
from dialogues import settings

router = Router(name="group")


@router.my_chat_member(in_company, ChatMemberUpdatedFilter(IS_NOT_MEMBER >> MEMBER))
async def added(_event: ChatMemberUpdated, bot: Bot, turn: Turn, taps: DoubleTaps) -> None:
    """Somebody put the bot into a group."""
    await explain(bot, turn, taps)


@router.message(in_company, is_command)
async def asked(_message: Message, bot: Bot, turn: Turn, taps: DoubleTaps) -> None:
    """A command in a group. All else that people say to each other there is none of our business."""
    await explain(bot, turn, taps)


@router.message(in_company)
@router.edited_message(in_company)
@router.my_chat_member(in_company)
async def overheard(_event: Message | ChatMemberUpdated, turn: Turn) -> None:
    """Nothing of a group is answered or kept."""
    turn.ignored = True


async def explain(bot: Bot, turn: Turn, taps: DoubleTaps) -> None:
    """Say what the bot is for, with a button into the private chat. Who asks again and again gets it once in a while:
    a group must not keep the bot busy. Its chat is known until the message has left."""
    if taps.repeats(turn.contact.chat_id, "group", seq=turn.seq, at=turn.now):
        turn.ignored = True
        return
    me = await bot.me()
    prompt = settings.in_group(turn.voice, turn.knowledge.town.name)
    turn.explain_in_group(prompt, private_link=f"https://t.me/{me.username}?start")
