"""The list of methods.

Each is a function of a call, registered under its Telegram name with the parameters it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import bad_request, forbidden, migrated
from bot.simulator.parameters import Parameters
from bot.simulator.people import Group, Person
from bot.simulator.settings import BotAccount
from bot.simulator.telegram import Telegram

Json = dict[str, Any]

_ID = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one bot."""

    telegram: Telegram
    bot: BotAccount
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Method:
    """A method under its Telegram name; ``run`` is called within a transaction and never waits."""

    name: str
    takes: frozenset[str]
    run: Callable[[Call], Any]


METHODS: dict[str, Method] = {}
"""All methods by lower-case name: Telegram does not mind the case."""


def method(name: str, takes: str = "") -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Register a function as this method; ``takes`` names its parameters, separated by spaces."""

    def register(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
        METHODS[name.lower()] = Method(name, frozenset(takes.split()), run)
        return run

    return register


def known_chat(call: Call) -> Person | Group:
    """The chat that ``chat_id`` names. Raises ApiError 400 where there is none, or none any more."""
    return chat_named(call, "chat_id")


def chat_named(call: Call, parameter: str) -> Person | Group:
    """The chat that this parameter names. Raises ApiError 400 where there is none, or none any more."""
    text = call.parameters.text(parameter).strip()
    if not text:
        raise bad_request(f"{parameter} is empty")
    chat = call.telegram.chat_of(int(text)) if _ID.fullmatch(text) else None
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, Group) and chat.successor is not None:
        raise migrated(chat.successor)
    return chat


def known_message(call: Call, chat: Person | Group, purpose: str) -> Json:
    """The message that ``message_id`` names. Raises ApiError 400 where there is none "to ``purpose``"."""
    message_id = call.parameters.integer("message_id", 0)
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    message = call.telegram.chats.find(call.bot.id, chat.id, message_id)
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message


def writable_chat(call: Call) -> Person | Group:
    """The chat that ``chat_id`` names, where the bot may write. Raises ApiError 400 or 403."""
    if call.parameters.text("chat_id").strip() == str(call.bot.id):
        raise forbidden("bots can't send messages to bots")
    chat = known_chat(call)
    if isinstance(chat, Person):
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if not call.telegram.chats.is_open(call.bot.id, chat.id):
            raise forbidden("bot can't initiate conversation with a user")
        if call.telegram.chats.is_blocked(call.bot.id, chat.id):
            raise forbidden("bot was blocked by the user")
    return chat
