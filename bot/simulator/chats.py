"""The chats between bots and people, and the messages in them as they stand now, edits applied.

A chat is known by bot and peer; message ids count per chat, so a bot that takes a message id for unique breaks here.
A stored message is the Bot API's Message object plus, under REPLY_KEYBOARD, the keyboard that only the person sees.
"""

from __future__ import annotations

import json
from typing import Any

from bot.simulator.database import Database

REPLY_KEYBOARD = "reply_keyboard"
"""Key of a stored message: the reply keyboard, its removal, or the forced reply that came with it."""


def public(message: dict[str, Any]) -> dict[str, Any]:
    """The message as bots get it: Telegram shows them inline keyboards only."""
    return {key: value for key, value in message.items() if key != REPLY_KEYBOARD}


class Chats:
    """All chats of all bots."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, bot: int, chat: int) -> None:
        """Begin a chat, if it has not begun yet: from now on the bot may write."""
        self._database.execute("INSERT INTO chat VALUES (?, ?, 1, 0) ON CONFLICT DO NOTHING", (bot, chat))

    def is_open(self, bot: int, chat: int) -> bool:
        """Whether the person has ever written to the bot."""
        return self._database.row("SELECT 1 FROM chat WHERE bot = ? AND id = ?", (bot, chat)) is not None

    def is_blocked(self, bot: int, chat: int) -> bool:
        """Whether the person has blocked the bot."""
        row = self._database.row("SELECT blocked FROM chat WHERE bot = ? AND id = ?", (bot, chat))
        return bool(row and row[0])

    def set_blocked(self, bot: int, chat: int, blocked: bool) -> bool:
        """Block or unblock the bot; whether that changed anything."""
        changed = self._database.execute(
            "UPDATE chat SET blocked = ? WHERE bot = ? AND id = ? AND blocked <> ?",
            (int(blocked), bot, chat, int(blocked)),
        )
        return changed == 1

    def add(self, bot: int, chat: int, message: dict[str, Any]) -> dict[str, Any]:
        """Store a new message and give it the chat's next id; the message with its id."""
        row = self._database.row(
            "UPDATE chat SET next_message = next_message + 1 WHERE bot = ? AND id = ? RETURNING next_message - 1",
            (bot, chat),
        )
        assert row is not None  # noqa: S101 (callers open the chat first)
        stored = {"message_id": row[0], **message}
        self._database.execute("INSERT INTO message VALUES (?, ?, ?, ?)", (bot, chat, row[0], json.dumps(stored)))
        return stored

    def find(self, bot: int, chat: int, message_id: int) -> dict[str, Any] | None:
        """The message with this id, if it was not deleted."""
        row = self._database.row(
            "SELECT body FROM message WHERE bot = ? AND chat = ? AND id = ?", (bot, chat, message_id)
        )
        if row is None:
            return None
        message: dict[str, Any] = json.loads(row[0])
        return message

    def replace(self, bot: int, chat: int, message: dict[str, Any]) -> None:
        """Store the edited message in the place of the one before."""
        self._database.execute(
            "UPDATE message SET body = ? WHERE bot = ? AND chat = ? AND id = ?",
            (json.dumps(message), bot, chat, message["message_id"]),
        )

    def delete(self, bot: int, chat: int, message_id: int) -> None:
        """Take a message out of the chat; its id is never given again."""
        self._database.execute("DELETE FROM message WHERE bot = ? AND chat = ? AND id = ?", (bot, chat, message_id))

    def clear(self, bot: int, chat: int) -> None:
        """Delete the whole history."""
        self._database.execute("DELETE FROM message WHERE bot = ? AND chat = ?", (bot, chat))

    def history(self, bot: int, chat: int) -> list[dict[str, Any]]:
        """All messages, oldest first."""
        rows = self._database.rows("SELECT body FROM message WHERE bot = ? AND chat = ? ORDER BY id", (bot, chat))
        return [json.loads(row[0]) for row in rows]
