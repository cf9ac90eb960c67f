"""Keeps the control and the page to this machine: no other site that a browser has open may reach them.

It refuses foreign host names (a name that was made to point here) and requests that another origin sends.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

_HERE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


class Doorkeeper:
    """Wraps an ASGI application."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, or refuse it."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        reason = _objection(headers)
        if reason is None:
            await self._application(scope, receive, send)
            return
        body = json.dumps({"status_code": 403, "detail": reason}).encode()
        start = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": start})
        await send({"type": "http.response.body", "body": body})


def _objection(headers: dict[bytes, str]) -> str | None:
    host = headers.get(b"host", "")
    if not _HERE.fullmatch(host):
        return "The simulator is reached as localhost, 127.0.0.1 or [::1] only."
    origin = headers.get(b"origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        return "Requests of other sites are refused."
    if headers.get(b"sec-fetch-site", "none") == "cross-site" and headers.get(b"sec-fetch-mode") != "navigate":
        return "Requests of other sites are refused."
    return None
