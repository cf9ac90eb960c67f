"""``mitsprache serve`` as it is typed: all in one process, and each part in its own, with a webhook of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.simulator.settings import DEMO_BOT
from storage.database import Database
from tests.bot.processes import Process, command, free_port

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""Only there can several processes share the work; what they do on either database is tried elsewhere."""

SECONDS = 30
"""So long something is waited for: patience, not a promise."""
LOOK_AGAIN = 0.05
SIGN_IN = "/admin/sign-in"
Looking = Callable[[], Awaitable[bool]]


@dataclass
class Town:
    """A town, the simulated Telegram and the processes that serve it. ``port``: where a webhook brings updates."""

    folder: Path
    http: httpx.AsyncClient
    environment: dict[str, str]
    telegram: str
    processes: list[Process] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.port}/updates"

    def start(self, *arguments: str, **environment: str) -> Process:
        log = self.folder / f"{len(self.processes)}.log"
        process = Process(arguments, environment={**self.environment, **environment}, log=log)
        self.processes.append(process)
        return process

    async def serve(self, *arguments: str, port: int | None = None, webhook: bool = True) -> Process:
        """Start a process and wait until it says that it serves."""
        more = {"MITSPRACHE_WEBHOOK": self.webhook} if webhook else {}
        process = self.start("serve", *arguments, *(["--port", str(port)] if port else []), **more)
        await self.until(lambda: _said(process, "is running."))
        return process

    async def until(self, happens: Looking) -> None:
        """Wait for something, but not for ever; a process that has ended will not do it any more."""
        async with asyncio.timeout(SECONDS):
            while not await happens():
                for each in self.processes:
                    assert each.is_alive, each.said()
                await asyncio.sleep(LOOK_AGAIN)

    async def end(self, *processes: Process) -> None:
        """As an administrator ends them: they are asked to, and end in peace."""
        for each in processes:
            each.terminate()
        for each in processes:
            assert await each.ends() == 0, each.said()
            self.processes.remove(each)

    async def calls(self) -> set[str]:
        """What bots have asked Telegram for."""
        answer = await self.http.get(f"{self.telegram}/sim/calls")
        return {each["method"] for each in answer.json()["calls"]}

    async def hook(self) -> str:
        """Where Telegram brings updates; empty: it waits to be asked for them."""
        answer = await self.http.get(f"{self.telegram}/bot{DEMO_BOT.token}/getWebhookInfo")
        return str(answer.json()["result"]["url"])

    async def is_brought_updates(self) -> bool:
        return await self.hook() == self.webhook

    async def says_start(self) -> Looking:
        """Somebody opens the chat; what is returned finds out whether the bot has answered."""
        person = (await self.http.post(f"{self.telegram}/sim/users", json={"first_name": "Ada"})).json()["id"]
        here, bot = f"{self.telegram}/sim/users/{person}", DEMO_BOT.username
        sent = await self.http.post(f"{here}/send", json={"bot": bot, "text": "/start"})
        assert sent.status_code == 200, sent.text

        async def is_answered() -> bool:
            chat = (await self.http.get(f"{here}/chat", params={"bot": bot})).json()
            return any(each["from"]["is_bot"] for each in chat["messages"])

        return is_answered

    async def answers(self, port: int, path: str) -> int:
        return (await self.http.get(f"http://127.0.0.1:{port}{path}")).status_code


async def _said(process: Process, words: str) -> bool:
    return words in process.said()


@pytest.fixture
async def town(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with httpx.AsyncClient(timeout=SECONDS) as http, founded(tmp_path, http) as town:
        town.environment["MITSPRACHE_DATABASE"] = database_url
        await command("town", "found", "Auenstadt", environment=town.environment, log=tmp_path / "found.log")
        yield town


@asynccontextmanager
async def founded(folder: Path, http: httpx.AsyncClient) -> AsyncIterator[Town]:
    port = free_port()
    telegram = f"http://127.0.0.1:{port}"
    town = Town(folder, http, {"MITSPRACHE_TOKEN": DEMO_BOT.token, "MITSPRACHE_API": telegram}, telegram)
    try:
        simulator = town.start("simulator", "--port", str(port), "--data", str(folder / "simulator"))
        await simulator.listens(port)
        yield town
    finally:
        for each in town.processes:
            await each.kill()


async def test_the_admin_alone_is_no_bot_and_the_parts_together_are_one(town: Town) -> None:
    port = free_port()
    admin = await town.serve("--only", "admin", port=port)
    assert f"The admin is running. Admin: http://127.0.0.1:{port}/admin\n" in admin.said()
    assert await town.answers(port, SIGN_IN) == 200
    is_answered = await town.says_start()
    receiver = await town.serve("--only", "receiver", port=town.port)
    assert "The receiver is running.\n" in receiver.said()
    await town.until(town.is_brought_updates)
    assert await town.answers(town.port, SIGN_IN) == 404
    sender = await town.serve("--only", "delivery")
    assert "The delivery is running.\n" in sender.said()
    assert not await is_answered()
    worker = await town.serve("--only", "worker")
    assert "The worker is running.\n" in worker.said()
    await town.until(is_answered)
    assert "getUpdates" not in await town.calls()
    await town.end(admin, receiver, worker, sender)


async def test_the_admin_alone_asks_telegram_for_the_bots_name_and_nothing_else(town: Town) -> None:
    admin = await town.serve("--only", "admin", port=free_port(), webhook=False)
    is_answered = await town.says_start()
    await town.end(admin)
    assert await town.calls() == {"getMe"}
    assert not await is_answered()
    assert await town.hook() == ""


async def test_all_in_one_serves_the_webhook_and_the_admin_on_one_port(town: Town) -> None:
    everything = await town.serve(port=town.port)
    assert f"The bot is running. Admin: http://127.0.0.1:{town.port}/admin\n" in everything.said()
    await town.until(town.is_brought_updates)
    await town.until(await town.says_start())
    assert "getUpdates" not in await town.calls()
    stranger = await town.http.post(town.webhook, json={"update_id": 1})
    assert stranger.status_code == 403, "only Telegram knows the secret"
    assert await town.answers(town.port, SIGN_IN) == 200
    assert await town.answers(town.port, "/health") == 200
    await town.end(everything)
