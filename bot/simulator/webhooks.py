"""The webhooks of all bots: which are set, kept through a restart, and the tasks that post to them."""

from __future__ import annotations

import asyncio

from bot.simulator.database import Database
from bot.simulator.posting import Posting, Webhook
from bot.simulator.updates import Updates


class Webhooks:
    """One webhook a bot at most; ``seconds`` is the time it has to answer, 0 for any."""

    def __init__(self, database: Database, updates: Updates, seconds: float) -> None:
        self._database = database
        self._updates = updates
        self._seconds = seconds
        self._postings: dict[int, Posting] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._closing = False

    def start(self) -> None:
        """Go on posting where it ended last time. Needs a running event loop, as ``set`` does."""
        for bot, *hook in self._database.rows("SELECT bot, url, secret, max_connections FROM webhook"):
            self._begin(bot, Webhook(*hook))

    def find(self, bot: int) -> Webhook | None:
        """The bot's webhook."""
        row = self._database.row("SELECT url, secret, max_connections FROM webhook WHERE bot = ?", (bot,))
        return Webhook(*row) if row else None

    def last_error(self, bot: int) -> tuple[int, str] | None:
        """Unix time and words of the latest failure since the webhook was set, or since the start."""
        posting = self._postings.get(bot)
        return posting.last_error if posting else None

    def set(self, bot: int, hook: Webhook) -> None:
        """Post all updates of this bot there from now on, also those that wait."""
        values = (bot, hook.url, hook.secret, hook.max_connections)
        self._database.execute("INSERT OR REPLACE INTO webhook VALUES (?, ?, ?, ?)", values)
        self._end(bot)
        self._begin(bot, hook)

    def delete(self, bot: int) -> None:
        """Post nothing more; updates wait for getUpdates again."""
        self._database.execute("DELETE FROM webhook WHERE bot = ?", (bot,))
        self._end(bot)

    def hang_up(self) -> None:
        """End all posting; from now on none begins."""
        self._closing = True
        for bot in list(self._postings):
            self._end(bot)

    async def stop(self) -> None:
        """End all posting and wait until it has ended."""
        self.hang_up()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _begin(self, bot: int, hook: Webhook) -> None:
        if self._closing:
            return
        posting = self._postings[bot] = Posting(self._updates, bot, hook, self._seconds)
        self._tasks[bot] = asyncio.get_running_loop().create_task(posting.run())
        self._updates.listen(bot, posting.notice)

    def _end(self, bot: int) -> None:
        self._updates.listen(bot, None)
        if self._postings.pop(bot, None) is not None:
            task = self._tasks.pop(bot)
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
