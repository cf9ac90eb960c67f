"""One lane a chat: updates of a chat are worked off one after another, those of different chats side by side.

In memory only: the inbox is what is remembered, and after a restart the lanes are filled from it again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Lane = int | str
_MOST_ID = 2**63
BUNDLES = 64
"""Lanes are handed out to processes in so many bundles: all that matters is that a chat is in one of them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that stands in a lane. ``content`` is the update as Telegram sent it, already read from JSON."""

    seq: int
    lane: Lane
    content: Mapping[str, Any]
    received_at: datetime


def chat_of(content: Mapping[str, Any]) -> int | None:
    """The chat that an update belongs to, whatever kind of update it is; None where it names none.

    Reads the raw object, since an update that our library cannot parse must not stand in anybody's way.
    """
    for part in content.values():
        if not isinstance(part, Mapping):
            continue
        for place in (part, part.get("message")):
            chat = place.get("chat") if isinstance(place, Mapping) else None
            if (chat_id := _id_of(chat)) is not None:
                return chat_id
        if (sender_id := _id_of(part.get("from"))) is not None:
            return sender_id
    return None


def _id_of(party: Any) -> int | None:
    """The id of a chat or a person; Telegram's have at most 52 bits, and the database takes 64."""
    found = party.get("id") if isinstance(party, Mapping) else None
    return found if isinstance(found, int) and abs(found) < _MOST_ID else None


def lane_of(seq: int, content: Mapping[str, Any]) -> Lane:
    """An update's lane: its chat, or one of its own where it names none."""
    chat = chat_of(content)
    return f"update {seq}" if chat is None else chat


def bundle_of(content: Mapping[str, Any]) -> int:
    """The bundle of lanes that an update's lane belongs to; what names no chat is in the first one."""
    return _bundle(chat_of(content))


def _bundle(lane: Lane | None) -> int:
    return lane % BUNDLES if isinstance(lane, int) else 0


class Lanes:
    """Updates waiting in their lanes. A lane whose head is being worked off is closed until it is released."""

    def __init__(self) -> None:
        self._lanes: dict[Lane, deque[Waiting]] = {}
        self._ready: deque[Lane] = deque()
        self._filled = asyncio.Event()
        self._held: dict[int, int] = {}

    @property
    def size(self) -> int:
        """How many updates stand here."""
        return len(self._held)

    @property
    def numbers(self) -> frozenset[int]:
        """The updates that stand here, by our own order of arrival."""
        return frozenset(self._held)

    @property
    def bundles(self) -> frozenset[int]:
        """The bundles in which something stands."""
        return frozenset(self._held.values())

    def add(self, update: Waiting) -> None:
        """Put an update at the end of its lane, unless it stands there: it may be found and brought at once."""
        if update.seq in self._held:
            return
        lane = self._lanes.get(update.lane)
        if lane is None:
            lane = self._lanes[update.lane] = deque()
            self._ready.append(update.lane)
            self._filled.set()
        lane.append(update)
        self._held[update.seq] = _bundle(update.lane)

    async def take(self, most: int) -> list[Waiting]:
        """Wait for work and take the heads of up to ``most`` lanes; their lanes are closed until ``release``."""
        while not self._ready:
            self._filled.clear()
            await self._filled.wait()
        return [self._lanes[self._ready.popleft()][0] for _ in range(min(most, len(self._ready)))]

    def release(self, update: Waiting) -> None:
        """The head of a lane is done: the next one may be taken."""
        lane = self._lanes[update.lane]
        lane.popleft()
        del self._held[update.seq]
        self._open(update.lane)

    def put_back(self, update: Waiting) -> None:
        """The head of a lane could not be worked off now; it stays the head."""
        self._open(update.lane)

    def keep_only(self, bundles: Collection[int]) -> None:
        """Let go of what stands in other bundles: another process has them now. What is being worked off stays."""
        for key in [key for key in self._lanes if _bundle(key) not in bundles]:
            lane = self._lanes[key]
            at_work = [] if key in self._ready else [lane[0]]
            for update in list(lane)[len(at_work) :]:
                del self._held[update.seq]
            if at_work:
                self._lanes[key] = deque(at_work)
            else:
                self._ready.remove(key)
                del self._lanes[key]

    def _open(self, key: Lane) -> None:
        if self._lanes[key]:
            self._ready.append(key)
            self._filled.set()
        else:
            del self._lanes[key]
