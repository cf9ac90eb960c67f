"""How fast a bot may write.

Whoever goes too fast is told for how long to be silent; asking meanwhile does not help.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.errors import too_many_requests
from bot.simulator.settings import Limits

_MAX_BUCKETS = 20_000


@dataclass(slots=True)
class _Bucket:
    """Tokens that come back at ``rate`` a second up to ``size``; ``closed_until`` is the end of a punishment."""

    rate: float
    size: float
    tokens: float
    seen: float
    closed_until: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until a token is there, 0 where one is."""
        if now < self.closed_until:
            return self.closed_until - now
        self.tokens = min(self.size, self.tokens + (now - self.seen) * self.rate)
        self.seen = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


class Limiter:
    """The buckets of all bots and chats; ``clock`` gives seconds that never go back."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[int, int], _Bucket] = {}

    def spend_edit(self, bot: int) -> None:
        """Take the right to one edit. Raises ApiError 429."""
        self._spend([self._bot_bucket(bot)])

    def spend_message(self, bot: int, chat: int, count: int = 1) -> None:
        """Take the right to new messages in this chat; a negative chat is a group. Raises ApiError 429.

        An album goes where there is room for one message, and the rest of it is owed.
        """
        self._spend([self._bot_bucket(bot), self._chat_bucket(bot, chat)], count)

    def _spend(self, candidates: list[_Bucket | None], count: int = 1) -> None:
        now = self._clock()
        buckets = [bucket for bucket in candidates if bucket is not None]
        for bucket in buckets:
            seconds = math.ceil(bucket.wait(now))
            if seconds > 0:
                bucket.closed_until = bucket.closed_until if bucket.closed_until > now else now + seconds
                raise too_many_requests(seconds)
        for bucket in buckets:
            bucket.tokens -= count

    def _bot_bucket(self, bot: int) -> _Bucket | None:
        rate = self._limits.per_bot
        return self._bucket((bot, 0), rate, max(1.0, rate)) if rate else None

    def _chat_bucket(self, bot: int, chat: int) -> _Bucket | None:
        if chat < 0:
            rate = self._limits.per_group
            return self._bucket((bot, chat), rate / 60, max(1.0, rate)) if rate else None
        rate = self._limits.per_chat
        return self._bucket((bot, chat), rate, max(1, self._limits.chat_burst)) if rate else None

    def _bucket(self, key: tuple[int, int], rate: float, size: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= _MAX_BUCKETS:
                self._forget_full()
            now = self._clock()
            bucket = self._buckets[key] = _Bucket(rate, size, size, now)
        return bucket

    def _forget_full(self) -> None:
        """Drop the buckets that have filled up again: a new one is the same."""
        now = self._clock()
        self._buckets = {
            key: bucket for key, bucket in self._buckets.items() if bucket.wait(now) > 0 or bucket.tokens < bucket.size
        }
