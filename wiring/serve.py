"""``mitsprache serve``: the bot and the admin of a town, or a part of the work while other processes do the rest."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import click
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.token import TokenValidationError

from admin.app import create_admin
from admin.handing_over.carrier import Carrier
from admin.handing_over.servers import Servers
from admin.site import NoLinkYetError, Site
from bot.address import BotAddress
from bot.api import connect
from bot.service import Service
from bot.webhook import create_webhook
from dialogues.texts import Texts
from storage.database import Database
from storage.places import Part
from wiring.files import load_german, load_texts
from wiring.process import alone, serving, until_stopped
from wiring.settings import Settings
from wiring.town import ready_town

ADMIN = "admin"
"""The part of the work that is no part of the bot's."""


async def run_parts(port: int, settings: Settings, only: str | None) -> None:
    """Run all parts, or ``only`` the one that is named, until we are stopped."""
    if settings.token is None:
        raise click.ClickException("The bot has no token: set MITSPRACHE_TOKEN.")
    texts = load_texts()
    async with AsyncExitStack() as stack:
        database = settings.open_database()
        stack.push_async_callback(database.close)
        if only and database.path:
            raise click.ClickException("Several processes need PostgreSQL: set MITSPRACHE_DATABASE.")
        town_id = await ready_town(database)
        try:
            bot = connect(settings.token.get_secret_value(), settings.api)
        except TokenValidationError:
            raise click.ClickException("MITSPRACHE_TOKEN is not a token as @BotFather gives it.") from None
        stack.push_async_callback(bot.session.close)
        await _must_be_accepted(bot)
        service = None
        if only != ADMIN:
            service = Service(
                bot=bot,
                database=database,
                texts=texts,
                town_id=town_id,
                pace=settings.pace,
                only=Part(only) if only else None,
                address=settings.webhook,
            )
        apps: list[Any] = []
        if service and settings.webhook and only in (None, Part.RECEIVER):
            apps.append(create_webhook(service.receiver, bot, settings.webhook))
        if only in (None, ADMIN):
            address = await stack.enter_async_context(BotAddress(bot))
            site = _site(settings, database, town_id, texts, address)
            apps.append(create_admin(site))
            await stack.enter_async_context(Carrier(database, town_id, site.servers).at_work())
        server = None
        if apps:
            app = _first_of(apps, settings.webhook)
            server = await stack.enter_async_context(serving(app, port, proxy=settings.proxy))
        if service:
            await stack.enter_async_context(alone(service))
        what = only or "bot"
        where = f" Admin: http://127.0.0.1:{port}/admin" if only in (None, ADMIN) else ""
        click.echo(f"The {what} is running.{where}")
        await until_stopped(server, service)


def _site(settings: Settings, database: Database, town_id: int, texts: Texts, address: BotAddress) -> Site:
    def link(code: str) -> str:
        found = address.link(code)
        if found is None:
            raise NoLinkYetError
        return found

    try:
        servers = Servers.named(settings.hand_over)
    except ValueError:
        raise click.ClickException("MITSPRACHE_HAND_OVER does not hold names of servers.") from None
    return Site(database, town_id, texts, load_german(), link=link, secure=not settings.insecure, servers=servers)


def _first_of(apps: list[Any], webhook: str | None) -> Any:
    """The webhook's application for its own path, and the other one for all else, on one port."""
    path = urlsplit(webhook).path or "/" if webhook else None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (apps[0] if scope.get("path") == path else apps[-1])(scope, receive, send)

    return app


async def _must_be_accepted(bot: Bot) -> None:
    """Ask whether the token is good. Where nobody answers, the bot starts all the same and waits."""
    try:
        await bot.me()
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise click.ClickException("The Bot API does not accept MITSPRACHE_TOKEN: is it spelled right?") from None
    except (AiogramError, TimeoutError) as error:
        click.echo(f"The Bot API does not answer ({type(error).__name__}); the bot waits for it.", err=True)
