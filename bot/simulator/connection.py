"""Breaks a connection off as a failing network does: the client gets a reset, and no answer.

ASGI has no word for it, so this reaches for the transport of uvicorn, which is the server here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

_DROP_WHAT_IS_UNSENT = struct.pack("ii", 1, 0)


def break_off(send: Any) -> None:
    """Reset the connection of the request that ``send`` answers.

    Raises:
        RuntimeError: ``send`` is not uvicorn's own, so there is no way to the connection.
    """
    transport: asyncio.Transport | None = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("a connection can be broken off only where uvicorn serves the simulator directly")
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_WHAT_IS_UNSENT)
    transport.abort()
