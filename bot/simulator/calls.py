"""The latest calls that bots made, for tests and for whoever wonders what a bot does. Tokens are never kept."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

_KEPT = 10_000


class Calls:
    """A bounded record; each call has a number that only grows."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._next = 1

    def record(
        self, bot: str, method: str, parameters: dict[str, Any], answer: dict[str, Any], fault: int | None = None
    ) -> None:
        """Keep a call with what came of it; ``fault`` is the number of the one that befell it."""
        call = {
            "n": self._next,
            "time": time.time(),
            "bot": bot,
            "method": method,
            "parameters": parameters,
            "ok": answer["ok"],
            "error_code": answer.get("error_code"),
            "description": answer.get("description"),
            "fault": fault,
        }
        self._calls.append(call)
        self._next += 1

    def since(self, number: int, method: str | None) -> dict[str, Any]:
        """The calls after that number, oldest first, and the number to ask with next time."""
        calls = [
            call
            for call in self._calls
            if call["n"] > number and (method is None or call["method"].lower() == method.lower())
        ]
        return {"calls": calls, "next": self._next - 1}
