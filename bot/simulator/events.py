"""What a resident's open chat page is told as it happens.

Nothing is remembered: a page that comes back reads the chat.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_QUEUE = 1000

Event = tuple[str, dict[str, Any]]


class Events:
    """The open pages, by bot and chat."""

    def __init__(self) -> None:
        self._listeners: defaultdict[tuple[int, int | None], set[asyncio.Queue[Event | None]]] = defaultdict(set)
        self._closing = False

    def publish(self, bot: int, chat: int, name: str, data: dict[str, Any]) -> None:
        """Tell every page of this chat; a page that reads too slowly is closed and may come back."""
        self._tell((bot, chat), (name, data))
        self._tell((bot, None), (name, {"user": chat, "data": data}))

    def profile_changed(self, bot: int) -> None:
        """Tell the pages that watch all chats of this bot that it shows itself otherwise."""
        self._tell((bot, None), ("commands", {"user": None, "data": {}}))

    def listening_chats(self, bot: int) -> list[int]:
        """The chats of this bot that somebody looks at."""
        return [chat for owner, chat in self._listeners if owner == bot and chat is not None]

    @contextmanager
    def listening(self, bot: int, chat: int | None) -> Iterator[asyncio.Queue[Event | None]]:
        """The events of one chat from now on; None says that there will be no more.

        Without a chat, those of all chats of the bot, each as ``{"user": chat, "data": …}``: one stream for all
        residents, for a browser keeps no more than six connections open to one server.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        if self._closing:
            queue.put_nowait(None)
        self._listeners[bot, chat].add(queue)
        try:
            yield queue
        finally:
            self._leave((bot, chat), queue)

    def hang_up(self) -> None:
        """End all streams; from now on none stays open."""
        self._closing = True
        for queues in list(self._listeners.values()):
            for queue in queues:
                queue.put_nowait(None)

    def _tell(self, key: tuple[int, int | None], event: Event) -> None:
        for queue in list(self._listeners.get(key, ())):
            if queue.qsize() < _QUEUE:
                queue.put_nowait(event)
            else:
                self._leave(key, queue)
                queue.put_nowait(None)

    def _leave(self, key: tuple[int, int | None], queue: asyncio.Queue[Event | None]) -> None:
        listeners = self._listeners.get(key, set())
        listeners.discard(queue)
        if not listeners:
            self._listeners.pop(key, None)
