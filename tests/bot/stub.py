"""A Bot API whose every answer the test chooses, and which can also hang, break off, or not be there at all."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What comes back after ``delay`` seconds: a body as JSON, or nothing."""

    status: int = 200
    body: Json | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class Hang:
    """The request is taken and never answered."""


@dataclass(frozen=True)
class Reset:
    """The request is taken and the connection broken off."""


Behaviour = Answer | Hang | Reset


def error(status: int, description: str, **parameters: Any) -> Answer:
    """A refusal as the Bot API words it."""
    body: Json = {"ok": False, "error_code": status, "description": description}
    return Answer(status, {**body, "parameters": parameters} if parameters else body)


TOO_MANY = error(429, "Too Many Requests: retry after 1", retry_after=1)
BLOCKED = error(403, "Forbidden: bot was blocked by the user")
NO_CHAT = error(400, "Bad Request: chat not found")
NOT_MODIFIED = error(400, "Bad Request: message is not modified: specified new message content is the same")
NO_MESSAGE = error(400, "Bad Request: message to edit not found")
NOT_PARSED = error(400, "Bad Request: can't parse entities: Unsupported start tag")
BROKEN = error(502, "Bad Gateway")
NO_JSON = Answer(502)


@dataclass(frozen=True)
class Request:
    """A request as it arrived, ``at`` by the monotonic clock."""

    method: str
    fields: Json
    at: float

    @property
    def text(self) -> str:
        return str(self.fields.get("text", ""))


@dataclass
class Stub:
    """Answers by its plan, else that all is well. ``requests`` are those that arrived whole, in their order."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    _plans: dict[str, deque[Behaviour]] = field(default_factory=lambda: defaultdict(deque))
    _messages: int = 100
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def plan(self, method: str, *behaviours: Behaviour) -> None:
        """What the next requests of a method meet."""
        self._plans[method].extend(behaviours)

    def made(self, *methods: str) -> list[Request]:
        """The requests of some methods."""
        return [request for request in self.requests if request.method in methods]

    @property
    def texts(self) -> list[str]:
        """What was to be sent, each attempt."""
        return [request.text for request in self.made("sendMessage")]

    async def open(self) -> None:
        """Listen; at the first time to a port that is free."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Be away: who wants to connect is refused."""
        if self._server is not None:
            self._server.close()
            for writer in self._writers:
                writer.close()
            await self._server.wait_closed()
            self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                behaviour, request = await self._take(reader)
                match behaviour:
                    case Answer():
                        await asyncio.sleep(behaviour.delay)
                        writer.write(_http(behaviour, request, self._result(request)))
                    case Reset():
                        break
                    case Hang():
                        await reader.read()
                        break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader) -> tuple[Behaviour, Request]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith("content-length:"))
        fields: Json = json.loads(await reader.readexactly(length) or b"{}")
        method = head.split()[1].rpartition("/")[2]
        request = Request(method, fields, time.monotonic())
        self.requests.append(request)
        plan = self._plans[method]
        return (plan.popleft() if plan else Answer()), request

    def _result(self, request: Request) -> Any:
        if request.method == "getMe":
            return {"id": 42, "is_bot": True, "first_name": "Bot", "username": "a_bot"}
        if request.method not in ("sendMessage", "editMessageText"):
            return True
        self._messages += 1
        chat = {"id": int(request.fields["chat_id"]), "type": "private", "first_name": "Resident"}
        number = int(request.fields.get("message_id", self._messages))
        return {"message_id": number, "date": 1_790_000_000, "chat": chat, "text": request.text}


def _http(answer: Answer, _request: Request, result: Any) -> bytes:
    if answer.status != 200 and answer.body is None:
        body = b"<html>a proxy's page</html>"
    else:
        body = json.dumps(answer.body or {"ok": True, "result": result}).encode()
    head = f"HTTP/1.1 {answer.status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def stubbed() -> AsyncIterator[Stub]:
    """A stub that listens."""
    stub = Stub()
    await stub.open()
    try:
        yield stub
    finally:
        await stub.close()
