"""A simulator on a real socket, residents who act in it, and two unrelated client libraries to talk to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import aiogram
import httpx
import pytest
import telegram
from aiogram import exceptions as aiogram_errors
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import error as ptb_errors
from telegram.request import HTTPXRequest

from bot.simulator.app import BotAccount, Extra, Limits, create_simulator
from tests.bot.sessions import closing_at_once
from tests.serving import served

BOT = BotAccount("5000000017:test-token", "quarter_bot", "Quarter")
OTHER = BotAccount("5000000018:other-token", "other_bot", "Other")
UNLIMITED = Limits(per_bot=0, per_chat=0, per_group=0)


@dataclass
class World:
    """A running simulator and the control over it."""

    address: str
    control: httpx.AsyncClient

    async def resident(self, first_name: str = "Amal", **what: Any) -> Resident:
        answer = await self.control.post("/sim/users", json={"first_name": first_name, **what})
        assert answer.status_code == 201, answer.text
        return Resident(self, answer.json()["id"])

    async def guest(self, **what: Any) -> Resident:
        """A resident who has pressed Start already."""
        resident = await self.resident(**what)
        await resident.send(start="")
        return resident

    async def updates(self, **parameters: Any) -> list[dict[str, Any]]:
        """What waits for the bot, in one look that confirms nothing."""
        body = await self.call("getUpdates", **parameters)
        assert body["ok"], body
        result: list[dict[str, Any]] = body["result"]
        return result

    async def call(self, method: str, /, token: str = BOT.token, **parameters: Any) -> dict[str, Any]:
        """A call as JSON, without any library."""
        answer = await self.control.post(f"/bot{token}/{method}", json=parameters)
        body: dict[str, Any] = answer.json()
        if not body["ok"]:
            assert answer.status_code == body["error_code"]
        return body


@dataclass
class Resident:
    """A person with a phone."""

    world: World
    id: int

    async def act(self, what: str, expect: int = 200, **body: Any) -> dict[str, Any]:
        answer = await self.world.control.post(f"/sim/users/{self.id}/{what}", json={"bot": BOT.username, **body})
        assert answer.status_code == expect, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def send(self, **what: Any) -> dict[str, Any]:
        return await self.act("send", **what)

    async def tap(self, message_id: int, row: int = 0, column: int = 0) -> dict[str, Any]:
        return await self.act("tap", message_id=message_id, button=[row, column])

    async def view(self) -> dict[str, Any]:
        answer = await self.world.control.get(f"/sim/users/{self.id}/chat", params={"bot": BOT.username})
        view: dict[str, Any] = answer.json()
        return view

    async def messages(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.view())["messages"]
        return messages

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """The events of an open page; the greeting is read already."""
        path = f"/sim/users/{self.id}/events"
        async with self.world.control.stream("GET", path, params={"bot": BOT.username}) as answer:
            page = Page(answer.aiter_lines())
            page.greeting = (await page.next())[1]
            yield page


@dataclass
class Page:
    """A stream of server-sent events."""

    lines: AsyncIterator[str]
    greeting: dict[str, Any] = field(default_factory=dict)

    async def next(self) -> tuple[str, dict[str, Any]]:
        name = ""
        async with asyncio.timeout(5):
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    return name, json.loads(line.removeprefix("data: "))
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def running(data: Path, *, limits: Limits = UNLIMITED, extras: Iterable[Extra] = ()) -> AsyncIterator[World]:
    """A simulator with two bots, served on a free port; ``extras`` have started the first one."""
    simulator = create_simulator(data, bots=[BOT, OTHER], limits=limits)
    await simulator.start()
    try:
        simulator.settle(BOT, extras)
        async with served(simulator.asgi) as address:
            try:
                async with httpx.AsyncClient(base_url=address, timeout=20) as control:
                    yield World(address, control)
            finally:
                simulator.hang_up()
    finally:
        await simulator.stop()


@dataclass
class Client:
    """A bot of one of the two libraries; their methods and types go by the same names."""

    bot: Any
    types: ModuleType
    errors: dict[int, type[Exception]]
    file: Callable[[bytes, str], Any]

    def inline(self, *rows: list[dict[str, Any]]) -> Any:
        buttons = [[self.types.InlineKeyboardButton(**button) for button in row] for row in rows]
        return self.types.InlineKeyboardMarkup(inline_keyboard=buttons)

    def button(self, data: str = "x") -> Any:
        return self.inline([{"text": "Yes", "callback_data": data}])

    @contextmanager
    def refused(self, code: int, words: str) -> Any:
        """The call within is refused with this status and these words; one library leaves out the first two."""
        with pytest.raises(self.errors[code]) as caught:
            yield caught
        shown = getattr(caught.value, "message", str(caught.value))
        assert words.removeprefix("Bad Request: ").lower() in shown.lower()


@asynccontextmanager
async def aiogram_client(world: World, token: str = BOT.token) -> AsyncIterator[Client]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(world.address))
    errors = {
        400: aiogram_errors.TelegramBadRequest,
        401: aiogram_errors.TelegramUnauthorizedError,
        403: aiogram_errors.TelegramForbiddenError,
        404: aiogram_errors.TelegramNotFound,
        409: aiogram_errors.TelegramConflictError,
        429: aiogram_errors.TelegramRetryAfter,
    }
    async with closing_at_once(aiogram.Bot(token, session=session)) as bot:
        yield Client(bot, aiogram.types, dict(errors), aiogram.types.BufferedInputFile)


@asynccontextmanager
async def ptb_client(world: World, token: str = BOT.token) -> AsyncIterator[Client]:
    errors = {
        400: ptb_errors.BadRequest,
        401: ptb_errors.InvalidToken,
        403: ptb_errors.Forbidden,
        404: ptb_errors.InvalidToken,
        409: ptb_errors.Conflict,
        429: ptb_errors.RetryAfter,
    }
    bot = telegram.Bot(
        token,
        base_url=f"{world.address}/bot",
        base_file_url=f"{world.address}/file/bot",
        request=HTTPXRequest(),
        get_updates_request=HTTPXRequest(read_timeout=20),
    )
    async with bot:
        yield Client(bot, telegram, dict(errors), telegram.InputFile)


CLIENTS = {"aiogram": aiogram_client, "python-telegram-bot": ptb_client}
