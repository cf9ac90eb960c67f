"""A lean stub of the Bot API that plays some residents and a crowd: as fast as one core allows, and nothing else.

Run in a process of its own. It answers what a bot calls, and as soon as a resident gets a new question, it lets
them tap the first answer, after a time to think. Who is of the crowd only reads. ``/stats`` tells what was counted,
``/begin`` starts counting anew. With a limit it answers what comes too fast as Telegram does.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import deque
from typing import Any
from urllib.parse import unquote_plus, urlsplit

FIRST_CHAT = 5_000_000_000
FIRST_OF_CROWD = 7_000_000_000
WEBHOOK_CONNECTIONS = 40
SLICE = 0.1
"""Seconds over which the limited requests are counted together."""
DATE = 1_790_000_000


class Crowd:
    """Who got what, and when the requests came that count for a limit of ``limit`` a second (0: none)."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.got: dict[int, int] = {}
        self.first = self.last = self._cpu_first = self._cpu_last = 0.0
        self.refused = 0
        self.slices: dict[int, int] = {}
        self._tokens = limit
        self._seen = time.perf_counter()

    def allows(self) -> bool:
        """Take a request into account, or refuse it: a second's worth may come at once, as in our simulator."""
        now = time.perf_counter()
        self._tokens = min(self.limit, self._tokens + (now - self._seen) * self.limit)
        self._seen = now
        if self.limit and self._tokens < 1:
            self.refused += 1
            return False
        self._tokens -= 1
        place = int(now / SLICE)
        self.slices[place] = self.slices.get(place, 0) + 1
        return True

    def sent(self, chat: int) -> None:
        """A message for one of the crowd."""
        self.last = time.perf_counter()
        self._cpu_last = time.process_time()
        if not self.first:
            self.first, self._cpu_first = self.last, self._cpu_last
        self.got[chat] = self.got.get(chat, 0) + 1

    def stats(self) -> dict[str, float]:
        """What was counted. ``steady``: requests a second between the first and the last second of the crowd's."""
        inside = range(int((self.first + 1) / SLICE) + 1, int((self.last - 1) / SLICE))
        steady = sum(self.slices.get(place, 0) for place in inside) / (len(inside) * SLICE) if inside else 0.0
        return {
            "reached": len(self.got),
            "messages": sum(self.got.values()),
            "doubled": sum(count - 1 for count in self.got.values()),
            "refused": self.refused,
            "crowd_seconds": self.last - self.first,
            "steady": steady,
            "crowd_load": (self._cpu_last - self._cpu_first) / max(self.last - self.first, 1e-9),
        }


class Residents:
    """Who taps what. Each answers ``questions`` questions; then the next resident takes the place."""

    def __init__(self, chats_at_once: int, questions: int, think: float = 0.0) -> None:
        self.questions = questions
        self.think = think
        self.updates: deque[dict[str, Any]] = deque()
        self.arrived = asyncio.Event()
        self._next_update = 1
        self._next_chat = 0
        self._next_message = 10
        self._answered: dict[int, int] = {}
        self._since: dict[int, float] = {}
        self.begin()
        for _ in range(chats_at_once):
            self._new_resident()

    def begin(self) -> None:
        """Count from here."""
        self.latencies: list[float] = []
        self.calls = 0
        self.started = time.perf_counter()
        self.cpu = time.process_time()

    def stats(self) -> dict[str, float]:
        """What was counted since ``begin``."""
        seconds = time.perf_counter() - self.started
        ordered = sorted(self.latencies) or [0.0]
        return {
            "seconds": seconds,
            "steps": len(self.latencies),
            "calls": self.calls,
            "load": (time.process_time() - self.cpu) / seconds,
            "p50": ordered[len(ordered) // 2],
            "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
            "residents": self._next_chat,
        }

    def _new_resident(self) -> None:
        chat = FIRST_CHAT + self._next_chat
        self._next_chat += 1
        self._answered[chat] = 0
        self._tap(chat, 1, f"q:{base36(chat - FIRST_CHAT + 1)}:1:a0")

    def _tap(self, chat: int, message_id: int, data: str) -> None:
        user = {"id": chat, "is_bot": False, "first_name": "Resident", "language_code": "de"}
        self.updates.append(
            {
                "update_id": self._next_update,
                "callback_query": {
                    "id": str(self._next_update),
                    "from": user,
                    "message": {
                        "message_id": message_id,
                        "date": DATE,
                        "chat": {"id": chat, "type": "private", "first_name": "Resident"},
                        "text": "A question of usual length, as it stands in a chat?",
                    },
                    "chat_instance": "1",
                    "data": data,
                },
            }
        )
        self._next_update += 1
        self._since[chat] = time.perf_counter()
        self.arrived.set()

    def sent(self, chat: int, markup: dict[str, Any] | None) -> int:
        """A message arrived in a chat: count the step, and tap its first button or let the next resident come."""
        self._next_message += 1
        since = self._since.pop(chat, None)
        if since is not None:
            self.latencies.append(time.perf_counter() - since)
        if chat in self._answered:
            self._answered[chat] += 1
            if self._answered[chat] >= self.questions or not markup:
                del self._answered[chat]
                self._new_resident()
            else:
                tap = (chat, self._next_message, markup["inline_keyboard"][0][0]["callback_data"])
                if self.think:
                    asyncio.get_running_loop().call_later(self.think, self._tap, *tap)
                else:
                    self._tap(*tap)
        return self._next_message

    async def get_updates(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Unconfirmed updates; waits a moment if there are none."""
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        if not self.updates:
            self.arrived.clear()
            try:
                await asyncio.wait_for(self.arrived.wait(), 5)
            except TimeoutError:
                return []
        return [self.updates[index] for index in range(min(limit, len(self.updates)))]


def base36(number: int) -> str:
    """As the bot writes an interview's id into its buttons."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


class Webhook:
    """Posts updates as they come, over as many connections as are told; each waits for its answer."""

    def __init__(self, residents: Residents, url: str, secret: str, connections: int) -> None:
        parts = urlsplit(url)
        self._residents = residents
        self._place = (parts.hostname or "", parts.port or 80)
        self._head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"
        ).encode()
        self._tasks = [asyncio.ensure_future(self._post()) for _ in range(connections)]

    async def _post(self) -> None:
        reader, writer = await asyncio.open_connection(*self._place)
        updates = self._residents.updates
        while True:
            while not updates:
                self._residents.arrived.clear()
                await self._residents.arrived.wait()
            body = json.dumps(updates.popleft()).encode()
            writer.write(self._head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 2"), head
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive; requests one after another."""

    residents: Residents
    crowd: Crowd

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while True:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buffer[:end].decode("latin-1")
            length, kind = 0, ""
            for line in head.split("\r\n")[1:]:
                name, _, value = line.partition(":")
                if name.lower() == "content-length":
                    length = int(value)
                elif name.lower() == "content-type":
                    kind = value.strip()
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self.request(head.split(" ", 2)[1].rsplit("/", 1)[1], kind, body)

    def request(self, method: str, kind: str, body: bytes) -> None:
        residents = self.residents
        residents.calls += 1
        if method == "stats":
            return self.answer(residents.stats() | self.crowd.stats())
        if method == "begin":
            residents.begin()
            return self.answer(True)
        given = fields(kind, body)
        if method in ("sendMessage", "editMessageText") and not self.crowd.allows():
            return self.refuse()
        if method == "getUpdates":
            offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
            self.polling = asyncio.ensure_future(self.updates(offset, limit))
            return None
        if method in ("sendMessage", "editMessageText"):
            chat = int(given["chat_id"])
            markup = given.get("reply_markup")
            markup = json.loads(markup) if isinstance(markup, str) else markup
            if chat >= FIRST_OF_CROWD:
                self.crowd.sent(chat)
            message_id = residents.sent(chat, markup) if method == "sendMessage" else int(given["message_id"])
            return self.answer(
                {"message_id": message_id, "date": DATE, "chat": {"id": chat, "type": "private"}, "text": given["text"]}
            )
        if method == "setWebhook" and given.get("url"):
            Webhook(residents, given["url"], given.get("secret_token", ""), WEBHOOK_CONNECTIONS)
        if method == "getMe":
            return self.answer({"id": 42, "is_bot": True, "first_name": "Bot", "username": "bench_bot"})
        return self.answer(True)

    async def updates(self, offset: int, limit: int) -> None:
        self.answer(await self.residents.get_updates(offset, limit))

    def answer(self, result: object) -> None:
        self.write(b"200 OK", {"ok": True, "result": result})

    def refuse(self) -> None:
        answer = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"}
        self.write(b"429 Too Many Requests", {**answer, "parameters": {"retry_after": 1}})

    def write(self, status: bytes, content: object) -> None:
        body = json.dumps(content).encode()
        self.transport.write(
            b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)
        )


def fields(kind: str, body: bytes) -> dict[str, Any]:
    """The parameters of a call: JSON, urlencoded or (as aiogram sends them) multipart without files."""
    if kind.startswith("application/json"):
        parsed: dict[str, Any] = json.loads(body)
        return parsed
    if kind.startswith("multipart/form-data"):
        boundary = kind.partition("boundary=")[2].strip('"').encode()
        found = {}
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, value = part.partition(b"\r\n\r\n")
            found[head.partition(b'name="')[2].partition(b'"')[0].decode()] = value[:-2].decode()
        return found
    pairs = (pair.partition("=") for pair in body.decode().split("&") if pair)
    return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}


async def main(port: int, chats_at_once: int, questions: int, think: float = 0.0, limit: float = 0.0) -> None:
    """Serve on 127.0.0.1 until ended, for ten minutes at the most."""
    Connection.residents = Residents(chats_at_once, questions, think)
    Connection.crowd = Crowd(limit)
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(main(*(int(value) for value in sys.argv[1:4]), *(float(value) for value in sys.argv[4:6])))
