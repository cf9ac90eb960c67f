"""What a bot says about itself: name, descriptions, commands by scope and language, and the menu button of a chat."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.simulator.database import Database

DEFAULT_BUTTON = {"type": "default"}


class Profiles:
    """The profiles of all bots. The language "" is the one for everybody who has no better."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set_text(self, bot: int, field: str, language: str, value: str) -> None:
        """Set a text of one language; an empty one takes it away."""
        if value:
            self._database.execute("INSERT OR REPLACE INTO profile VALUES (?, ?, ?, ?)", (bot, field, language, value))
        else:
            self._database.execute(
                "DELETE FROM profile WHERE bot = ? AND field = ? AND language = ?", (bot, field, language)
            )

    def text(self, bot: int, field: str, language: str) -> str:
        """The text that a user with this language sees."""
        for candidate in _fallbacks(language):
            row = self._database.row(
                "SELECT value FROM profile WHERE bot = ? AND field = ? AND language = ?", (bot, field, candidate)
            )
            if row:
                return str(row[0])
        return ""

    def set_commands(self, bot: int, scope: str, language: str, commands: list[dict[str, str]]) -> None:
        """Set the list of one scope and language; an empty list takes it away."""
        if commands:
            self._database.execute(
                "INSERT OR REPLACE INTO command_list VALUES (?, ?, ?, ?)", (bot, scope, language, json.dumps(commands))
            )
        else:
            self._database.execute(
                "DELETE FROM command_list WHERE bot = ? AND scope = ? AND language = ?", (bot, scope, language)
            )

    def commands(self, bot: int, scope: str, language: str) -> list[dict[str, str]]:
        """The list of exactly this scope and language."""
        row = self._database.row(
            "SELECT body FROM command_list WHERE bot = ? AND scope = ? AND language = ?", (bot, scope, language)
        )
        commands: list[dict[str, str]] = json.loads(row[0]) if row else []
        return commands

    def commands_shown(self, bot: int, scopes: Iterable[str], language: str) -> list[dict[str, str]]:
        """What a user sees: the first list found, going through the scopes, in each through the languages."""
        for scope in scopes:
            for candidate in _fallbacks(language):
                commands = self.commands(bot, scope, candidate)
                if commands:
                    return commands
        return []

    def set_menu_button(self, bot: int, chat: int, button: dict[str, Any]) -> None:
        """Set the button of a chat, or of all chats (0); the default button takes the choice away."""
        if button == DEFAULT_BUTTON:
            self._database.execute("DELETE FROM menu_button WHERE bot = ? AND chat = ?", (bot, chat))
        else:
            self._database.execute(
                "INSERT OR REPLACE INTO menu_button VALUES (?, ?, ?)", (bot, chat, json.dumps(button))
            )

    def menu_button(self, bot: int, chat: int) -> dict[str, Any]:
        """The button of a chat, else the one of all chats, else the default."""
        row = self._database.row(
            "SELECT body FROM menu_button WHERE bot = ? AND chat IN (?, 0) ORDER BY chat = 0 LIMIT 1", (bot, chat)
        )
        button: dict[str, Any] = json.loads(row[0]) if row else DEFAULT_BUTTON
        return button


def private_scopes(chat: int) -> tuple[str, ...]:
    """The scopes whose commands a person may see in her private chat, the nearest first."""
    return (f"chat {chat}", "all_private_chats", "default")


def _fallbacks(language: str) -> tuple[str, ...]:
    """A language and, after it, the list for everybody; languages are two letters, ``ro-MD`` counts as ``ro``."""
    short = language.lower()[:2]
    return (short, "") if short else ("",)
