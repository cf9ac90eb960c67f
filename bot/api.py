"""The way to the Bot API: Telegram's own server or the local simulator, through aiogram's client."""

from __future__ import annotations

from aiogram import Bot, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.methods import Response

# aiogram makes the model of a call's answer anew for each call, and pydantic forgets models that nobody holds; building
# one takes milliseconds. Holding those that we use keeps them.
_ANSWERS = tuple(
    Response[method.__returning__]  # type: ignore[name-defined]
    for method in (
        methods.AnswerCallbackQuery,
        methods.DeleteMessages,
        methods.EditMessageText,
        methods.GetMe,
        methods.SendMessage,
        methods.SetMyCommands,
    )
)

CONNECTIONS = 100
"""Requests that may be on their way at once: delivery, callback answers and the receiver share them."""


def connect(token: str, base: str | None = None) -> Bot:
    """A client for the bot with this token; ``base`` is the address of another Bot API server.

    Raises:
        aiogram.utils.token.TokenValidationError: the token has not the form ``number:secret``.
    """
    server = TelegramAPIServer.from_base(base) if base else PRODUCTION
    return Bot(token, session=AiohttpSession(api=server, limit=CONNECTIONS))
