"""Bare aiogram: for every tap the same three calls as our bot, and nothing remembered. Imports nothing of ours."""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

TOKEN = "42:benchmark-token-that-opens-nothing"


async def echo(base: str) -> None:
    """Bare aiogram: the same three calls for every tap, and nothing remembered."""
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

    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1]))
