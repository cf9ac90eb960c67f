"""A web server in a test's own process that ends when it is told to, not at the next look at its watch."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from bot.simulator.server import listen

LOOK_AGAIN = 0.002


class _Server(uvicorn.Server):
    """uvicorn's own looks ten times a second whether it is to end, and waits a tenth of one more for nothing."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ending = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for each in sockets or []:
            each.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 (uvicorn tells nobody)
            await asyncio.sleep(LOOK_AGAIN)
        for server in self.servers:
            await server.wait_closed()


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """An application on a free port; gives its address. Whoever may still wait for an answer is told before the end."""
    listener = listen(0)
    config = uvicorn.Config(app, interface="asgi3", lifespan="off", log_level="warning", access_log=False)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.ending.set()
        await serving
