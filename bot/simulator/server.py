"""Serves a simulator on a port of this machine, alone. The demo mounts ``Simulator.asgi`` itself instead."""

from __future__ import annotations

import asyncio
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


async def serve(simulator: Simulator, *, port: int, host: str = "127.0.0.1") -> None:
    """Start the simulator, serve it until a signal comes, stop it."""
    config = uvicorn.Config(
        simulator.asgi,
        interface="asgi3",
        host=host,
        port=port,
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=3,
    )
    await simulator.start()
    try:
        await _Server(config, simulator).serve()
    finally:
        await simulator.stop()
