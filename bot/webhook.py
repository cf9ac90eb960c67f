"""Updates that Telegram brings: one address, a secret that only it knows, nothing acknowledged before it is stored."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiogram import Bot
from aiogram.methods import SetWebhook
from litestar import Litestar, Request, Response, post
from sqlalchemy.exc import SQLAlchemyError

from bot.receiver import ALLOWED, Receiver

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the name of a header)
MOST_BYTES = 1024 * 1024
"""An update carries texts and ids, no files."""
CONNECTIONS = 40
"""Updates that Telegram may bring at once."""
log = structlog.get_logger()


def secret_of(token: str) -> str:
    """The secret by which we know Telegram: made of the token, so that all receivers know it and none must store it."""
    return hmac.new(token.encode(), b"mitsprache webhook", hashlib.sha256).hexdigest()


def register(address: str, token: str) -> SetWebhook:
    """The request that lets Telegram bring updates to an address."""
    return SetWebhook(url=address, secret_token=secret_of(token), allowed_updates=ALLOWED, max_connections=CONNECTIONS)


def create_webhook(receiver: Receiver, bot: Bot, address: str) -> Litestar:
    """The application that takes what is brought to ``address``; everything else is not there."""
    secret = secret_of(bot.token).encode()

    @post(urlsplit(address).path or "/", status_code=200)
    async def take(request: Request[Any, Any, Any]) -> Response[None]:
        """Store an update; Telegram brings it again unless we say that it is stored."""
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, secret):
            return Response(None, status_code=403)
        try:
            update = json.loads(await request.body())
        except (ValueError, RecursionError):
            return Response(None, status_code=400)
        number = update.get("update_id") if isinstance(update, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= 2**63:
            return Response(None, status_code=400)
        try:
            await receiver.bring(update)
        except SQLAlchemyError as error:
            log.error("an update cannot be stored", error=type(error).__name__)
            return Response(None, status_code=503)
        return Response(None, status_code=200)

    return Litestar([take], request_max_body_size=MOST_BYTES, openapi_config=None, logging_config=None)
