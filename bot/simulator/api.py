"""The Bot API over HTTP: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``, as a small ASGI application."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

from bot.simulator.connection import break_off
from bot.simulator.errors import ApiError, unauthorized, webhook_is_active
from bot.simulator.faults import DELAY, HANG, STATUS, Strike, disconnected
from bot.simulator.kinds import read_kinds
from bot.simulator.methods import METHODS, Call, Method
from bot.simulator.parameters import Parameters
from bot.simulator.request import read_parameters
from bot.simulator.settings import BotAccount
from bot.simulator.telegram import Telegram

_PATH = re.compile(r"/bot(\d+:[\w-]+)/([A-Za-z0-9_]+)/?")
_FILE = re.compile(r"/file/bot(\d+:[\w-]+)/(.+)")
_ADDRESS = re.compile(r"/(?:file/)?bot\d")
_GET_UPDATES = "getUpdates"
_UPDATE_PARAMETERS = frozenset({"offset", "limit", "timeout", "allowed_updates"})


def is_bot_api(path: str) -> bool:
    """Whether a request to this path is for the Bot API."""
    return _ADDRESS.match(path) is not None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call as it came: by whom, the method where it is known, and the name it was called by."""

    bot: BotAccount
    known: Method | None
    name: str
    parameters: Parameters
    receive: Any


class BotApi:
    """Answers bots. An ASGI application for HTTP requests whose path satisfies ``is_bot_api``."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        path = scope["path"]
        file = _FILE.fullmatch(path)
        if file:
            await self._send_file(send, *file.groups())
            return
        try:
            result = await self._answer(path, scope, receive, send)
        except ApiError as error:
            await _send_json(send, error.code, error.body())
            return
        if result is not None:
            await _send_json(send, 200, result)

    async def _answer(self, path: str, scope: Any, receive: Any, send: Any) -> dict[str, Any] | None:
        """The body of a successful answer, None where nobody waits for it any more."""
        address = _PATH.fullmatch(path)
        if address is None:
            raise ApiError(404, "Not Found")
        token, name = address.groups()
        bot = self._telegram.bot_by_token(token)
        if bot is None:
            raise unauthorized()
        parameters = await read_parameters(scope, receive, limit=self._telegram.limits.upload)
        known = METHODS.get(name.lower())
        proper_name = known.name if known else (_GET_UPDATES if name.lower() == _GET_UPDATES.lower() else name)
        asked = _Asked(bot, known, proper_name, parameters, receive)
        faults = self._telegram.faults
        strike = faults.strike(bot.username, proper_name, parameters.text("chat_id")) if faults else None
        return await (self._carry_out(asked) if strike is None else self._suffer(strike, asked, send))

    async def _carry_out(self, asked: _Asked, strike: int | None = None) -> dict[str, Any] | None:
        """Do what a call asks for and record it; ``strike`` is the number of the fault that befalls its answer."""
        bot, known, parameters = asked.bot, asked.known, asked.parameters
        try:
            if known is None:
                result = await self._updates(bot, asked.name, parameters, asked.receive)
                if result is None:
                    return None
            else:
                parameters.refuse_unknown(known.name, known.takes)
                with self._telegram.database.transaction():
                    result = known.run(Call(self._telegram, bot, parameters))
        except ApiError as error:
            self._record(asked, error.body(), strike)
            raise
        answer = {"ok": True, "result": result}
        self._record(asked, answer, strike)
        return answer

    async def _suffer(self, strike: Strike, asked: _Asked, send: Any) -> dict[str, Any] | None:
        """Let a fault befall a call."""
        fault = strike.fault
        if fault.delay:
            await self._telegram.faults.wait(fault.delay)
        if fault.kind == DELAY:
            return await self._carry_out(asked, strike.number)
        await self._carry_out_or_not(strike, asked)
        if fault.kind == STATUS:
            raise fault.error()
        if fault.kind == HANG:
            await self._telegram.faults.hang(asked.receive)
        break_off(send)
        await disconnected(asked.receive)
        return None

    async def _carry_out_or_not(self, strike: Strike, asked: _Asked) -> None:
        if strike.fault.carried_out:
            try:
                await self._carry_out(asked, strike.number)
            except ApiError:
                return  # nobody is told
            return
        nothing = {"ok": False, "description": f"not carried out: fault {strike.number}"}
        self._record(asked, strike.fault.error().body() if strike.fault.kind == STATUS else nothing, strike.number)

    def _record(self, asked: _Asked, answer: dict[str, Any], strike: int | None) -> None:
        self._telegram.calls.record(asked.bot.username, asked.name, asked.parameters.summary(), answer, strike)

    async def _updates(self, bot: BotAccount, name: str, parameters: Parameters, receive: Any) -> Any:
        if name.lower() != _GET_UPDATES.lower():
            raise ApiError(404, f"Not Found: method {name} is not simulated")
        parameters.refuse_unknown(_GET_UPDATES, _UPDATE_PARAMETERS)
        if self._telegram.webhooks.find(bot.id) is not None:
            raise webhook_is_active()
        poll = self._telegram.updates.poll(
            bot.id,
            offset=parameters.integer("offset", 0),
            limit=parameters.integer("limit", 100),
            timeout=parameters.integer("timeout", 0),
            allowed=read_kinds(parameters),
        )
        return await _unless_gone(poll, receive)

    async def _send_file(self, send: Any, token: str, path: str) -> None:
        bot = self._telegram.bot_by_token(token)
        if bot is None:
            await _send_json(send, 401, unauthorized().body())
            return
        file = self._telegram.files.at_path(bot.id, f"{bot.id}/{path}")
        if file is None:
            await _send_json(send, 404, ApiError(404, "Not Found").body())
            return
        data = await asyncio.to_thread(self._telegram.files.location(file).read_bytes)
        await _send(send, 200, "application/octet-stream", data)


async def _unless_gone(poll: Any, receive: Any) -> Any:
    """The result of a poll, or None where the client has hung up meanwhile."""
    polling = asyncio.ensure_future(poll)
    gone = asyncio.ensure_future(disconnected(receive))
    try:
        await asyncio.wait({polling, gone}, return_when=asyncio.FIRST_COMPLETED)
        return polling.result() if polling.done() else None
    finally:
        for task in (polling, gone):
            task.cancel()
        await asyncio.gather(polling, gone, return_exceptions=True)


async def _send_json(send: Any, status: int, body: dict[str, Any]) -> None:
    await _send(send, status, "application/json", json.dumps(body).encode())


async def _send(send: Any, status: int, content_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
