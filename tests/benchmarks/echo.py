"""Bare aiogram: for every tap the same three calls as our bot, and nothing remembered. Imports nothing of ours."""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

TOKEN = "42:benchmark-token-that-opens-nothing"


async def echo(base: str, address: str = "") -> None:
    """Bare aiogram: the same three calls for every tap, and nothing remembered.

    ``address``: where it takes updates that are brought, with its own request handler; empty: it asks for them.
    """
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    dispatcher = Dispatcher(disable_fsm=True)
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=f"q:1:1:a{number}")]
            for number, label in enumerate(("gut", "es geht", "schlecht", "Zurück", "Später weitermachen"))
        ]
    )

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.answer()
        await query.message.edit_text("Frage 1 von 12\n\n<b>Wie finden Sie Punkt 1?</b>\n\n✓ gut", parse_mode="HTML")
        await query.message.answer(
            "Frage 2 von 12\n\n<b>Wie finden Sie Punkt 2?</b>", parse_mode="HTML", reply_markup=keyboard
        )

    if not address:
        await dispatcher.start_polling(bot, handle_signals=False)
        return
    parts = urlsplit(address)
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token="a-secret").register(app, parts.path)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, parts.hostname, parts.port).start()
    await bot.set_webhook(address, secret_token="a-secret")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(echo(*sys.argv[1:3]))
