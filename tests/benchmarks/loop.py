"""Bare aiogram: the same messages to the same crowd, in a loop, and nothing remembered. Imports nothing of ours."""

from __future__ import annotations

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

TOKEN = "42:benchmark-token-that-opens-nothing"


async def loop(base: str, first: int, count: int, at_once: int, text: str) -> None:
    """Send ``text`` to ``count`` chats, ``at_once`` requests at a time."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    chats = iter(range(first, first + count))

    async def send() -> None:
        for chat in chats:
            await bot.send_message(chat, text, parse_mode="HTML")

    await asyncio.gather(*(send() for _ in range(at_once)))
    await bot.session.close()


if __name__ == "__main__":
    asyncio.run(loop(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]))
