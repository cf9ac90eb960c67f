"""Serves a simulator on a port of this machine, alone. The demo mounts ``Simulator.asgi`` itself instead."""

from __future__ import annotations

import asyncio
import socket
import sys
from types import FrameType

import uvicorn

from bot.simulator.app import Simulator


class _Server(uvicorn.Server):
    """Hangs up on long polls and event streams when told to stop: otherwise it would wait for them."""

    def __init__(self, config: uvicorn.Config, simulator: Simulator) -> None:
        super().__init__(config)
        self._simulator = simulator
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal."""
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._simulator.hang_up)


def listen(port: int) -> socket.socket:
    """A listening socket of this machine; 0 takes a free port.

    It names its protocol: asyncio switches Nagle's delay of 40 ms an answer off only where the socket says it is TCP.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(2048)
    return listener


async def serve(simulator: Simulator, *, port: int) -> None:
    """Start the simulator, say where it is, serve it until a signal comes, stop it. Port 0 takes a free one."""
    listener = listen(port)
    config = uvicorn.Config(
        simulator.asgi, interface="asgi3", lifespan="off", log_level="warning", timeout_graceful_shutdown=3
    )
    await simulator.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stdout.write(f"The simulated Telegram listens at {address}, the chat page is {address}/chat\n")
    sys.stdout.flush()
    try:
        await _Server(config, simulator).serve(sockets=[listener])
    finally:
        await simulator.stop()
