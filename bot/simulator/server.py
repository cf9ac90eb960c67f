"""Listening on a port of this machine, and stopping in order: whoever uses the server first, the server last."""

from __future__ import annotations

import asyncio
import socket
from types import FrameType
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """Serves one application until it is told to ``should_exit``.

    A signal does not end it but sets ``signalled``: whoever waits for that tidies up first. A second signal ends it.
    """

    def __init__(self, app: Any, *, proxy: str | None = None) -> None:
        """``proxy``: the address of a reverse proxy that may say for whom it asks (X-Forwarded-For). None: nobody."""
        super().__init__(
            uvicorn.Config(
                app,
                interface="asgi3",
                lifespan="off",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=3,
                proxy_headers=proxy is not None,
                forwarded_allow_ips=proxy or [],
            )
        )
        self.signalled = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 (interface)
        """Take note of a signal; at a second one, stop at once."""
        if self.signalled.is_set():
            self.should_exit = self.force_exit = True
        self._loop.call_soon_threadsafe(self.signalled.set)


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
