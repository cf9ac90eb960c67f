"""Posts the updates of one bot to its webhook: in order within a chat, chats side by side.

An update is forgotten once it was answered with 2xx. What was not is posted again after a pause that grows; meanwhile
the other chats go on.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.simulator.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (a name)

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_IN_MEMORY = 20_000
_AT_ONCE = 500
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a bot wants its updates, over how many connections at most, and the secret it recognises us by."""

    url: str
    secret: str
    max_connections: int


@dataclass(slots=True)
class _Lane:
    """The ids of the updates of one chat that wait, and how often the first of them failed."""

    waiting: deque[int] = field(default_factory=deque)
    failures: int = 0


class Posting:
    """Delivers until it is cancelled. Only ids are kept in memory, and not more than ``_IN_MEMORY`` of them."""

    def __init__(self, updates: Updates, bot: int, hook: Webhook, seconds: float) -> None:
        self.last_error: tuple[int, str] | None = None
        """Unix time and words of the latest failure."""
        self._updates = updates
        self._bot = bot
        self._hook = hook
        self._seconds = seconds
        self._lanes: dict[int, _Lane] = {}
        self._ready: deque[int] = deque()
        self._known = 0
        self._loaded_to = 0
        self._busy = 0
        self._news = asyncio.Event()

    def notice(self) -> None:
        """There is an update more."""
        self._news.set()

    async def run(self) -> None:
        """Post what waits, and then whatever comes."""
        headers = {"content-type": "application/json"}
        if self._hook.secret:
            headers[SECRET_HEADER] = self._hook.secret
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._hook.max_connections, ssl=False),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._seconds or None),
            ) as session,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._news.clear()
                self._load()
                while self._ready and self._busy < self._hook.max_connections:
                    self._busy += 1
                    group.create_task(self._deliver(session, self._ready.popleft()))
                await self._news.wait()

    def _load(self) -> None:
        """Note which updates wait, as far as there is room; all of them where nothing is known any more."""
        if not self._lanes:
            self._loaded_to = 0  # ids may have jumped down meanwhile
        if self._known >= _IN_MEMORY:
            return
        rows = self._updates.after(self._bot, self._loaded_to, _AT_ONCE)
        for update_id, body in rows:
            self._loaded_to = update_id
            self._known += 1
            chat = _chat_of(json.loads(body))
            lane = self._lanes.get(chat)
            if lane is None:
                lane = self._lanes[chat] = _Lane()
                self._ready.append(chat)
            lane.waiting.append(update_id)
        if len(rows) == _AT_ONCE:
            self._news.set()

    async def _deliver(self, session: aiohttp.ClientSession, chat: int) -> None:
        lane = self._lanes[chat]
        update_id = lane.waiting[0]
        body = self._updates.body(self._bot, update_id)
        failure = None if body is None else await self._post(session, body)
        self._busy -= 1
        self._news.set()
        if failure is None:
            self._delivered(chat, lane, update_id)
            return
        self.last_error = (int(time.time()), failure)
        pause = min(_FIRST_PAUSE * 2.0**lane.failures, _LONGEST_PAUSE)
        lane.failures = min(lane.failures + 1, 30)
        asyncio.get_running_loop().call_later(pause, self._again, chat)

    def _delivered(self, chat: int, lane: _Lane, update_id: int) -> None:
        self._updates.forget(self._bot, update_id)
        lane.waiting.popleft()
        lane.failures = 0
        self._known -= 1
        if lane.waiting:
            self._ready.append(chat)
        else:
            del self._lanes[chat]

    def _again(self, chat: int) -> None:
        self._ready.append(chat)
        self._news.set()

    async def _post(self, session: aiohttp.ClientSession, body: str) -> str | None:
        """What went wrong, in Telegram's words; None where the update was taken."""
        try:
            async with session.post(self._hook.url, data=body.encode(), allow_redirects=False) as answer:
                await answer.content.read(_READ)  # so that the connection can be used again
                if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
                    return None
                return f"Wrong response from the webhook: {answer.status} {answer.reason or ''}".strip()
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientConnectorError:
            return "Connection refused"
        except (aiohttp.ClientError, OSError):
            return "Connection closed"


def _chat_of(update: dict[str, Any]) -> int:
    """The chat that an update belongs to; a tap belongs to that of the message."""
    body = next(value for key, value in update.items() if key != "update_id")
    return int(body.get("message", body)["chat"]["id"])
