"""The way to the Bot API: Telegram's own server or the local simulator, through aiogram's client."""

from __future__ import annotations

from typing import Any

import msgspec
from aiogram import Bot, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.methods import Response, TelegramMethod
from aiogram.types import InputFile
from aiohttp import ClientTimeout
from aiohttp.payload import BytesPayload

# aiogram makes the model of a call's answer anew for each call, and pydantic forgets models that nobody holds; building
# one takes milliseconds. Holding those that we use keeps them.
_ANSWERS = tuple(
    Response[method.__returning__]  # type: ignore[name-defined]
    for method in (
        methods.AnswerCallbackQuery,
        methods.DeleteMessages,
        methods.EditMessageMedia,
        methods.EditMessageText,
        methods.GetMe,
        methods.GetFile,
        methods.SendAudio,
        methods.SendDocument,
        methods.SendMessage,
        methods.SendPhoto,
        methods.SendVenue,
        methods.SendVideo,
        methods.SendVoice,
        methods.SetMyCommands,
    )
)

_FILES = ("photo", "audio", "voice", "video", "document", "media")
"""The parameters that hold a file."""
CONNECTIONS = 100
"""Requests that may be on their way at once: delivery, callback answers and the receiver share them."""


CONNECT_SECONDS = 10
"""After so long without a connection a request has surely not been made, and may be made again."""
IDLE_SECONDS = 4
"""So long an idle connection is kept. Many servers close theirs after five: a request that meets this is in doubt."""


class JsonSession(AiohttpSession):
    """aiogram's session, with requests in JSON, a third of the work of a form; only files travel as forms."""

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        """The body of a request: what was set of the method's parameters."""
        holder = method.media if isinstance(method, methods.EditMessageMedia) else method
        if any(isinstance(getattr(holder, name, None), InputFile) for name in _FILES):
            return super().build_form_data(bot, method)
        parameters = method.model_dump(exclude_unset=True, exclude_none=True, warnings=False)
        return BytesPayload(msgspec.json.encode(parameters), content_type="application/json")


def connect(token: str, base: str | None = None, *, timeout: float = 60) -> Bot:
    """A client for the bot with this token; ``base`` is the address of another Bot API server.

    ``timeout``: seconds in which a request must be answered.

    Raises:
        aiogram.utils.token.TokenValidationError: the token has not the form ``number:secret``.
    """
    server = TelegramAPIServer.from_base(base) if base else PRODUCTION
    session = JsonSession(api=server, limit=CONNECTIONS)
    session._connector_init["keepalive_timeout"] = IDLE_SECONDS  # there is no public way
    # aiogram hands its timeout to aiohttp as it is; a plain number could not tell connecting from waiting.
    session.timeout = ClientTimeout(total=timeout, sock_connect=min(timeout, CONNECT_SECONDS))  # type: ignore[assignment]
    return Bot(token, session=session)
