"""Listening on a port of this machine, and stopping without waiting for those who hang on the line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """Serves one application until a signal comes; then ``hang_up`` ends the long polls it would wait for."""

    def __init__(self, app: Any, *, hang_up: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                interface="asgi3",
                lifespan="off",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=3,
            )
        )
        self._hang_up = hang_up
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (interface)
        """Stop on a signal, on a second one at once. It is not raised again: who waits for the end tidies up first."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._hang_up)


def listen(port: int) -> socket.socket:
    """A listening socket of this machine; 0 takes a free port.

    It names its protocol: asyncio switches Nagle's delay of 40 ms an answer off only where the socket says it is TCP.

    Raises:
        OSError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    listener.listen(2048)
    return listener
