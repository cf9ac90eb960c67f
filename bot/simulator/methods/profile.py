"""Methods by which a bot says what it is called, what it is for, and which commands it has."""

from __future__ import annotations

import re
from typing import Any

from bot.simulator.errors import bad_request, not_simulated
from bot.simulator.methods.registry import Call, Json, method
from bot.simulator.people import Person
from bot.simulator.profiles import private_scopes
from bot.simulator.telegram import Telegram

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_MAX_COMMANDS = 100
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
_WIDE_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})


@method("setMyName", "name language_code")
def set_my_name(call: Call) -> bool:
    """At most 64 characters."""
    return _set_text(call, "name", 64)


@method("setMyDescription", "description language_code")
def set_my_description(call: Call) -> bool:
    """What an empty chat shows: at most 512 characters."""
    return _set_text(call, "description", 512)


@method("setMyShortDescription", "short_description language_code")
def set_my_short_description(call: Call) -> bool:
    """What the profile shows: at most 120 characters."""
    return _set_text(call, "short_description", 120)


@method("getMyName", "language_code")
def get_my_name(call: Call) -> Json:
    """The name in a language."""
    return {"name": _text(call, "name") or call.bot.name}


@method("getMyDescription", "language_code")
def get_my_description(call: Call) -> Json:
    """The description in a language."""
    return {"description": _text(call, "description")}


@method("getMyShortDescription", "language_code")
def get_my_short_description(call: Call) -> Json:
    """The short description in a language."""
    return {"short_description": _text(call, "short_description")}


@method("setMyCommands", "commands scope language_code")
def set_my_commands(call: Call) -> bool:
    """The command list of one scope and language."""
    entries = call.parameters.array("commands")
    if entries is None:
        raise bad_request("can't parse commands: expected an Array")
    if len(entries) > _MAX_COMMANDS:
        raise bad_request("too many bot commands")
    commands = [_command(entry) for entry in entries]
    call.telegram.profiles.set_commands(call.bot.id, _scope(call), _language(call), commands)
    _show_commands(call)
    return True


@method("deleteMyCommands", "scope language_code")
def delete_my_commands(call: Call) -> bool:
    """The next wider list counts again."""
    call.telegram.profiles.set_commands(call.bot.id, _scope(call), _language(call), [])
    _show_commands(call)
    return True


@method("getMyCommands", "scope language_code")
def get_my_commands(call: Call) -> list[dict[str, str]]:
    """The list of exactly this scope and language."""
    return call.telegram.profiles.commands(call.bot.id, _scope(call), _language(call))


@method("setChatMenuButton", "chat_id menu_button")
def set_chat_menu_button(call: Call) -> bool:
    """What the button beside the input does, in one chat or in all."""
    button = call.parameters.object("menu_button") or {"type": "default"}
    if button.get("type") == "web_app":
        raise not_simulated("a menu button that opens a web app")
    if button.get("type") not in {"default", "commands"}:
        raise bad_request("can't parse menu button: unsupported menu button type")
    call.telegram.profiles.set_menu_button(call.bot.id, _button_chat(call), {"type": button["type"]})
    _show_commands(call)
    return True


@method("getChatMenuButton", "chat_id")
def get_chat_menu_button(call: Call) -> Json:
    """What the button beside the input does."""
    return call.telegram.profiles.menu_button(call.bot.id, _button_chat(call))


def shown_commands(telegram: Telegram, bot: int, person: Person) -> Json:
    """What a person's page shows of the bot: commands and menu button for her chat and language."""
    profiles = telegram.profiles
    return {
        "commands": profiles.commands_shown(bot, private_scopes(person.id), person.language_code or ""),
        "menu_button": profiles.menu_button(bot, person.id),
    }


def _show_commands(call: Call) -> None:
    """Every open page of this bot redraws its menu."""
    telegram = call.telegram
    for chat in telegram.events.listening_chats(call.bot.id):
        person = telegram.people.find(chat)
        if person is not None:
            telegram.events.publish(call.bot.id, chat, "commands", shown_commands(telegram, call.bot.id, person))
    telegram.events.profile_changed(call.bot.id)


def _set_text(call: Call, field: str, limit: int) -> bool:
    value = call.parameters.text(field).strip()
    if len(value) > limit:
        raise bad_request(f"{field.replace('_', ' ')} is too long")
    call.telegram.profiles.set_text(call.bot.id, field, _language(call), value)
    call.telegram.events.profile_changed(call.bot.id)
    return True


def _text(call: Call, field: str) -> str:
    return call.telegram.profiles.text(call.bot.id, field, _language(call))


def _language(call: Call) -> str:
    language = call.parameters.text("language_code").strip()
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def _scope(call: Call) -> str:
    scope = call.parameters.object("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind in _WIDE_SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    try:
        chat = call.telegram.chat_of(int(scope.get("chat_id") or 0))
    except (TypeError, ValueError):
        chat = None
    if chat is None:
        raise bad_request("chat not found")
    member = f" {scope['user_id']}" if kind == "chat_member" and isinstance(scope.get("user_id"), int) else ""
    return f"{kind} {chat.id}{member}"


def _command(entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict):
        raise bad_request("can't parse commands: expected an Object")
    command, description = entry.get("command"), entry.get("description")
    if not isinstance(command, str) or not _COMMAND.fullmatch(command.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= len(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command.removeprefix("/"), "description": description.strip()}


def _button_chat(call: Call) -> int:
    text = call.parameters.text("chat_id").strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or call.telegram.people.find(int(text)) is None:
        raise bad_request("chat not found")
    return int(text)
