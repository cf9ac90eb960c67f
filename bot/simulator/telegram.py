"""The simulated Telegram as a whole: what it remembers, and what bots and residents both need of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.simulator.calls import Calls
from bot.simulator.chats import Chats, public
from bot.simulator.database import Database
from bot.simulator.events import Events
from bot.simulator.faults import Faults
from bot.simulator.files import Files
from bot.simulator.limiter import Limiter
from bot.simulator.people import Group, People, Person
from bot.simulator.profiles import Profiles
from bot.simulator.queries import Queries
from bot.simulator.settings import BotAccount, Extra, Limits
from bot.simulator.updates import Updates
from bot.simulator.webhooks import Webhooks


class Telegram:
    """All parts, opened on one folder."""

    def __init__(self, data: Path, bots: Sequence[BotAccount], limits: Limits) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.limits = limits
        self.database = Database(data / "simulator.sqlite3")
        self.people = People(self.database)
        self.chats = Chats(self.database)
        self.files = Files(self.database, data / "files")
        self.updates = Updates(self.database)
        self.webhooks = Webhooks(self.database, self.updates, limits.webhook_time)
        self.queries = Queries(self.database, limits.query_age)
        self.profiles = Profiles(self.database)
        self.limiter = Limiter(limits)
        self.events = Events()
        self.calls = Calls()
        self.faults = Faults()
        self.bots: dict[str, BotAccount] = {}
        self._by_token: dict[str, BotAccount] = {}
        with self.database.transaction():
            for bot in bots:
                self._welcome(bot)
            for row in self.database.rows("SELECT token, username, name FROM account ORDER BY id"):
                bot = BotAccount(*row)
                if not self.knows(bot):
                    self._welcome(bot)

    def close(self) -> None:
        """End every waiting request and close the file."""
        self.hang_up()
        self.database.close()

    def hang_up(self) -> None:
        """End every waiting request and let none wait any more, so that a server can stop at once."""
        self.updates.hang_up()
        self.webhooks.hang_up()
        self.events.hang_up()
        self.faults.hang_up()

    def bot_by_token(self, token: str) -> BotAccount | None:
        """The bot that a request speaks for."""
        return self._by_token.get(token)

    def knows(self, bot: BotAccount) -> bool:
        """Whether there is a bot with this id or this name already."""
        return any(
            known.id == bot.id or known.username.casefold() == bot.username.casefold() for known in self.bots.values()
        )

    def add_bot(self, bot: BotAccount) -> None:
        """One bot more, from now on; it is in all groups, as the others are."""
        self.database.execute("INSERT INTO account VALUES (?, ?, ?, ?)", (bot.id, bot.token, bot.username, bot.name))
        self._welcome(bot)
        for group in self.people.groups():
            self.chats.open(bot.id, group.id)

    def settle(self, bot: BotAccount, extras: Iterable[Extra]) -> None:
        """People who have started a bot before; who is there already stays as they are."""
        with self.database.transaction():
            for extra in extras:
                if self.people.add_extra(extra):
                    self.chats.open(bot.id, extra.id)
                    self.chats.set_blocked(bot.id, extra.id, extra.blocked)

    def _welcome(self, bot: BotAccount) -> None:
        self.updates.register(bot.id)
        self.bots[bot.username] = bot
        self._by_token[bot.token] = bot

    def bot_user(self, bot: BotAccount) -> dict[str, Any]:
        """The bot as a User object, under its present name."""
        name = self.profiles.text(bot.id, "name", "") or bot.name
        return {"id": bot.id, "is_bot": True, "first_name": name, "username": bot.username}

    def chat_of(self, chat_id: int) -> Person | Group | None:
        """Whoever this chat is with: a person, or a group."""
        return self.people.find_group(chat_id) if chat_id < 0 else self.people.find(chat_id)

    def now(self) -> int:
        """The date that messages get: Unix time in seconds."""
        return int(time.time())

    def post(self, bot: BotAccount, chat: Person | Group, message: dict[str, Any]) -> dict[str, Any]:
        """Put a new message at the end of a chat and show it there; the message as stored."""
        stored = self.chats.add(bot.id, chat.id, {"chat": chat.chat(), "date": self.now(), **message})
        self.events.publish(bot.id, chat.id, "message", stored)
        return stored

    def change(self, bot: BotAccount, chat: Person | Group, message: dict[str, Any]) -> dict[str, Any]:
        """Put an edited message in its old place and show it there; the message with its edit date."""
        edited = {**message, "edit_date": self.now()}
        self.chats.replace(bot.id, chat.id, edited)
        self.events.publish(bot.id, chat.id, "edited", edited)
        return edited

    def quoted(self, bot: BotAccount, chat: Person | Group, message_id: int) -> dict[str, Any] | None:
        """A message as the ``reply_to_message`` of another: without what it was itself a reply to."""
        message = self.chats.find(bot.id, chat.id, message_id)
        if message is None:
            return None
        message.pop("reply_to_message", None)
        return public(message)
