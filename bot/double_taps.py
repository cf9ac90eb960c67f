"""Buttons that are pressed twice in a moment, where doing it again would say something twice.

In memory only: after a restart it may be said twice, which does no harm.
"""

from __future__ import annotations

from datetime import datetime, timedelta

_MOST = 1_000
_MOMENT = timedelta(seconds=5)


class DoubleTaps:
    """The latest taps, each by its chat and what it named."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, str], tuple[int, datetime]] = {}

    def repeats(self, chat_id: int, key: str, *, seq: int, at: datetime) -> bool:
        """Whether the same was tapped a moment before. ``seq``: of the update; one that is worked off anew is new."""
        known = self._last.get((chat_id, key))
        if known is not None and known[0] != seq and at - known[1] < _MOMENT:
            return True
        if known is None and len(self._last) >= _MOST:
            del self._last[next(iter(self._last))]
        self._last[chat_id, key] = (seq, at)
        return False
