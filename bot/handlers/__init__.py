"""The conversations in the chat, one file each. A handler changes its turn and waits for nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

from aiogram import Dispatcher
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.handlers import broadcast, desk, group, invitation, onboarding, settings
from bot.render import read_button


@cache
def dispatcher() -> Dispatcher:
    """The dispatcher with all handlers, in the order in which they are asked.

    It keeps no state and is fed by workers: neither its storage nor its own polling loop is used. So one serves all.
    """
    root = Dispatcher(disable_fsm=True)
    root.message.outer_middleware(_hear_language)
    root.callback_query.outer_middleware(_hear_language)
    root.callback_query.outer_middleware(_leave_the_desk)
    root.include_routers(
        group.router, desk.router, broadcast.router, invitation.router, onboarding.router, settings.router
    )
    return root


async def _hear_language(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    """Take note of the phone's language, which the very first update may lack and a later one bring."""
    if isinstance(event, Message | CallbackQuery) and event.from_user is not None:
        data["turn"].phone_speaks(event.from_user.language_code)
    return await handler(event, data)


async def _leave_the_desk(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    """Who answers a question by its button is at a survey now: what is typed next is no translation and no name."""
    pressed = read_button(event.data or "") if isinstance(event, CallbackQuery) else None
    if pressed is not None and pressed.interview is not None:
        desk.leave_off(data["turn"])
        invitation.leave_off(data["turn"])
    return await handler(event, data)
