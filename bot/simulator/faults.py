"""Faults on demand: what goes wrong with the calls of bots, and with which of them. Nothing goes wrong unasked.

They are kept in memory only: a simulator that starts anew has none.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from bot.simulator.errors import ApiError, RefusedError

STATUS, DELAY, HANG, RESET = "status", "delay", "hang", "reset"
KINDS = (STATUS, DELAY, HANG, RESET)
"""What a fault does: answer with an error, wait, never answer, break the connection off."""

_KEPT = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Which calls are concerned, and what becomes of them.

    ``methods`` in lower case, empty for all; ``chat`` and ``bot`` (a username) None for all. ``count``: the most calls
    it strikes; ``share``: of the calls concerned, by chance; ``duration``: seconds from now. ``carried_out``: whether
    the call has its effect all the same. ``delay``: seconds before anything of this happens.
    """

    kind: str
    methods: frozenset[str] = frozenset()
    chat: int | None = None
    bot: str | None = None
    count: int | None = None
    share: float = 1.0
    seed: int | None = None
    duration: float = math.inf
    carried_out: bool = True
    delay: float = 0.0
    status: int = 0
    description: str = ""
    retry_after: int | None = None

    def concerns(self, bot: str, method: str, chat: str) -> bool:
        """Whether a call is one of those meant; ``chat`` as the call names it."""
        return (
            (not self.methods or method.lower() in self.methods)
            and self.bot in (None, bot)
            and (self.chat is None or str(self.chat) == chat.strip())
        )

    def error(self) -> ApiError:
        """The answer of a fault of the kind ``status``."""
        parameters = None if self.retry_after is None else {"retry_after": self.retry_after}
        return ApiError(self.status, self.description or self._usual_words(), parameters)

    def _usual_words(self) -> str:
        phrase = HTTPStatus(self.status).phrase if self.status in set(HTTPStatus) else "Error"
        return phrase if self.retry_after is None else f"{phrase}: retry after {self.retry_after}"


@dataclass(slots=True)
class _Posted:
    """A fault with its number, how often it struck, and when it ends by the clock."""

    number: int
    fault: Fault
    ends: float
    chance: random.Random
    struck: int = 0

    def is_over(self, now: float) -> bool:
        return now >= self.ends or (self.fault.count is not None and self.struck >= self.fault.count)


@dataclass(slots=True)
class Strike:
    """A fault that strikes a call; ``number`` says which."""

    number: int
    fault: Fault


@dataclass(slots=True)
class Faults:
    """The faults that were asked for, in the order of asking: of several that concern a call, the first strikes it."""

    clock: Callable[[], float] = time.monotonic
    _posted: list[_Posted] = field(default_factory=list)
    _active: list[_Posted] = field(default_factory=list)
    _next: int = 1
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    def __bool__(self) -> bool:
        """Whether any may strike at all."""
        return bool(self._active)

    def add(self, fault: Fault) -> int:
        """From now on this goes wrong; the number of the fault. Raises RefusedError where there are too many."""
        self._drop_finished()
        if len(self._active) >= _KEPT:
            raise RefusedError(409, f"There are {_KEPT} faults already; DELETE /sim/faults clears them.")
        chance = random.Random(fault.seed)  # noqa: S311 (a simulation, which shall be repeatable)
        posted = _Posted(self._next, fault, self.clock() + fault.duration, chance)
        self._next += 1
        self._active.append(posted)
        self._posted.append(posted)
        while len(self._posted) > _KEPT:
            self._posted.remove(next(each for each in self._posted if each not in self._active))
        return posted.number

    def clear(self) -> None:
        """Let nothing go wrong any more; what hangs already hangs on."""
        self._posted.clear()
        self._active.clear()

    def listed(self) -> list[tuple[int, Fault, int, bool]]:
        """Number, fault, how often it struck, and whether it may still strike; the first asked for first."""
        self._drop_finished()
        return [(each.number, each.fault, each.struck, each in self._active) for each in self._posted]

    def strike(self, bot: str, method: str, chat: str) -> Strike | None:
        """The fault that strikes this call, counted as such; None where all goes well."""
        self._drop_finished()
        for posted in self._active:
            if posted.fault.concerns(bot, method, chat) and posted.chance.random() < posted.fault.share:
                posted.struck += 1
                return Strike(posted.number, posted.fault)
        return None

    async def wait(self, seconds: float) -> None:
        """Let this time pass, or less where the simulator ends."""
        await asyncio.wait({closing := asyncio.ensure_future(self._closing.wait())}, timeout=seconds)
        closing.cancel()

    async def hang(self, receive: Any) -> None:
        """Wait until the client has gone, or the simulator ends."""
        waits = {asyncio.ensure_future(self._closing.wait()), asyncio.ensure_future(disconnected(receive))}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def hang_up(self) -> None:
        """End all waiting; from now on nothing waits."""
        self._closing.set()

    def _drop_finished(self) -> None:
        now = self.clock()
        if any(each.is_over(now) for each in self._active):
            self._active = [each for each in self._active if not each.is_over(now)]


async def disconnected(receive: Any) -> None:
    """Wait until the client of an ASGI request has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
