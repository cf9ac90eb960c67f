"""The bot's own address in Telegram, which only Telegram knows."""

from __future__ import annotations

import asyncio
from typing import Self

from aiogram import Bot
from aiogram.exceptions import AiogramError

ASK_AGAIN = 15.0
"""Seconds until Telegram is asked again for the bot's name."""


class BotAddress:
    """Where a poster's code leads to. Telegram tells the bot's name; as long as it does not answer, we ask again."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._name: str | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._ask())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self) -> None:
        while self._name is None:
            try:
                self._name = (await self._bot.me()).username
            except (AiogramError, TimeoutError):
                await asyncio.sleep(ASK_AGAIN)

    def link(self, code: str) -> str | None:
        """The address in Telegram that a code leads to; None: Telegram has not answered yet."""
        return f"https://t.me/{self._name}?start={code}" if self._name else None
