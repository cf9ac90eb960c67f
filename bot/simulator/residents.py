"""What residents do: write, send a file or a place, tap, correct themselves, block. Each act becomes an update."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.simulator.chats import public
from bot.simulator.errors import ApiError, RefusedError
from bot.simulator.formatting import MAX_CAPTION, MAX_TEXT, Formatted, read_plain
from bot.simulator.methods.albums import new_album
from bot.simulator.methods.profile import shown_commands
from bot.simulator.people import Group, Person
from bot.simulator.samples import sample
from bot.simulator.settings import BotAccount
from bot.simulator.telegram import Telegram

Json = dict[str, Any]
_T = TypeVar("_T")

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who speaks to whom, and where: in private, or in a group."""

    person: Person
    bot: BotAccount
    chat: Person | Group
    reply_to: int | None = None
    """The id of the message that what she sends next is the answer to."""


class Residents:
    """Acts in the name of residents. Raises RefusedError for whatever a person could not do either."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram

    def person(self, person_id: int) -> Person:
        """The resident with this id."""
        person = self._telegram.people.find(person_id)
        if person is None:
            raise RefusedError(404, f"There is no user {person_id}.")
        return person

    def bot(self, username: str) -> BotAccount:
        """The bot with this username, with or without ``@``."""
        bot = self._telegram.bots.get(username.removeprefix("@"))
        if bot is None:
            raise RefusedError(404, f"There is no bot {username!r}; GET /sim/bots lists them.")
        return bot

    def conversation(self, person_id: int, username: str, group_id: int | None = None) -> Conversation:
        """Look up all three."""
        person, bot = self.person(person_id), self.bot(username)
        if group_id is None:
            return Conversation(person, bot, person)
        group = self._telegram.people.find_group(group_id)
        if group is None:
            raise RefusedError(404, f"There is no group {group_id}.")
        return Conversation(person, bot, group)

    def say(self, talk: Conversation, text: str) -> Json:
        """A text message."""
        formatted = _plain(text, MAX_TEXT)
        if not formatted.text:
            raise RefusedError(400, "The text is empty.")
        return self._send(talk, formatted.fields("text", "entities"))

    def start(self, talk: Conversation, payload: str) -> Json:
        """Press "Start", reached by a link with this payload; Telegram drops a payload with other characters."""
        return self.say(talk, f"/start {payload}" if _PAYLOAD.fullmatch(payload) else "/start")

    def show_photo(self, talk: Conversation, data: bytes | None, caption: str) -> Json:
        """A picture, the sample where ``data`` is None."""
        self._may_write(talk)
        sizes = self._photo(talk, data)
        return self._send(talk, {"photo": sizes, **_captioned(caption)})

    def show_album(self, talk: Conversation, pictures: list[bytes | None], caption: str) -> Json:
        """Several pictures at once, the caption below the first; None is the sample."""
        self._may_write(talk)
        group, words = new_album(), _captioned(caption)
        sent = [
            self._send(talk, {"photo": self._photo(talk, data), "media_group_id": group, **(words if n == 0 else {})})
            for n, data in enumerate(pictures)
        ]
        return {f"{key}s": [each[key] for each in sent] for key in ("message_id", "update_id")}

    def speak(self, talk: Conversation, data: bytes | None) -> Json:
        """A voice message, the sample where ``data`` is None."""
        self._may_write(talk)
        voice = _taken(lambda: self._telegram.files.add_voice(talk.bot.id, data or sample("voice.oga")))
        return self._send(talk, {"voice": voice})

    def play(self, talk: Conversation, data: bytes | None, name: str, caption: str) -> Json:
        """A sound to listen to, the sample where ``data`` is None."""
        self._may_write(talk)
        content = data or sample("audio.mp3")
        audio = _taken(lambda: self._telegram.files.add_audio(talk.bot.id, content, name=name or "audio.mp3"))
        return self._send(talk, {"audio": audio, **_captioned(caption)})

    def show_film(self, talk: Conversation, data: bytes | None, name: str, caption: str) -> Json:
        """A film, the sample where ``data`` is None."""
        self._may_write(talk)
        content = data or sample("video.mp4")
        video = _taken(lambda: self._telegram.files.add_video(talk.bot.id, content, name=name or "video.mp4"))
        return self._send(talk, {"video": video, **_captioned(caption)})

    def hand_over(self, talk: Conversation, data: bytes | None, name: str, media_type: str, caption: str) -> Json:
        """Any file as it is, the sample where ``data`` is None; what it is, her phone says."""
        self._may_write(talk)
        content = sample("document.pdf") if data is None else data
        claimed = media_type or ("application/pdf" if data is None else "application/octet-stream")
        document = _taken(
            lambda: self._telegram.files.add_document(
                talk.bot.id, content, name=name or "document.pdf", media_type=claimed
            )
        )
        return self._send(talk, {"document": document, **_captioned(caption)})

    def share_location(self, talk: Conversation, latitude: float, longitude: float) -> Json:
        """A place."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise RefusedError(400, "Latitude lies between -90 and 90, longitude between -180 and 180.")
        return self._send(talk, {"location": {"latitude": latitude, "longitude": longitude}})

    def share_contact(self, talk: Conversation, contact: Json) -> Json:
        """A contact, one's own or somebody else's."""
        return self._send(talk, {"contact": contact})

    def tap(self, talk: Conversation, message_id: int, row: int, column: int, *, label: str | None = None) -> Json:
        """Press an inline button: a query to the bot, or what the phone itself does (open an address, copy a text)."""
        self._may_write(talk)
        message = self._message(talk, message_id)
        button = _button(message, row, column)
        if label not in (None, button["text"]):
            raise RefusedError(409, f"The button in row {row}, column {column} now reads {button['text']!r}.")
        if "callback_data" not in button:
            return {key: button[key] for key in ("url", "copy_text") if key in button}
        query = {
            "id": self._telegram.queries.ask(talk.bot.id, talk.person.id),
            "from": talk.person.user(),
            "message": public(message),
            "chat_instance": str(abs(talk.chat.id) * 7919),
            "data": button["callback_data"],
        }
        update_id = self._telegram.updates.add(talk.bot.id, "callback_query", query)
        return {"callback_query_id": query["id"], "update_id": update_id}

    def edit(self, talk: Conversation, message_id: int, text: str) -> Json:
        """Correct a text one has sent."""
        self._may_write(talk)
        message = self._message(talk, message_id)
        if message["from"]["id"] != talk.person.id or "text" not in message:
            raise RefusedError(400, f"Message {message_id} is not a text of this user.")
        formatted = _plain(text, MAX_TEXT)
        if not formatted.text:
            raise RefusedError(400, "The text is empty.")
        kept = {key: value for key, value in message.items() if key not in {"text", "entities"}}
        edited = self._telegram.change(talk.bot, talk.chat, {**kept, **formatted.fields("text", "entities")})
        update_id = self._telegram.updates.add(talk.bot.id, "edited_message", public(edited))
        return {"message_id": message_id, "update_id": update_id}

    def block(self, talk: Conversation, blocked: bool) -> Json:
        """Block the bot, or take that back; the bot is told."""
        if not self._telegram.chats.is_open(talk.bot.id, talk.chat.id):
            raise RefusedError(400, "This user has not started the bot yet.")
        if not self._telegram.chats.set_blocked(talk.bot.id, talk.chat.id, blocked):
            return {"blocked": blocked, "update_id": None}
        user = self._telegram.bot_user(talk.bot)
        member, kicked = {"status": "member", "user": user}, {"status": "kicked", "user": user, "until_date": 0}
        change = {
            "chat": talk.chat.chat(),
            "from": talk.person.user(),
            "date": self._telegram.now(),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        return {"blocked": blocked, "update_id": self._telegram.updates.add(talk.bot.id, "my_chat_member", change)}

    def clear(self, talk: Conversation) -> Json:
        """Delete the whole chat on both sides; the bot is not told."""
        self._telegram.chats.clear(talk.bot.id, talk.chat.id)
        self._telegram.events.publish(talk.bot.id, talk.chat.id, "cleared", {})
        return {"cleared": True}

    def view(self, talk: Conversation) -> Json:
        """The chat as it stands: messages, the reply keyboard in force, and whether the person has blocked the bot."""
        messages = self._telegram.chats.history(talk.bot.id, talk.chat.id)
        return {
            "messages": messages,
            "keyboard": _keyboard_in_force(messages),
            "blocked": self._telegram.chats.is_blocked(talk.bot.id, talk.chat.id),
            "started": self._telegram.chats.is_open(talk.bot.id, talk.chat.id),
        }

    def greeting(self, talk: Conversation) -> Json:
        """What a page needs before it draws the first message."""
        profiles = self._telegram.profiles
        language = talk.person.language_code or ""
        return {
            "bot": self._telegram.bot_user(talk.bot),
            "user": talk.person.user(),
            **shown_commands(self._telegram, talk.bot.id, talk.person),
            "description": profiles.text(talk.bot.id, "description", language),
            "short_description": profiles.text(talk.bot.id, "short_description", language),
        }

    def _send(self, talk: Conversation, content: Json) -> Json:
        self._may_write(talk)
        self._telegram.chats.open(talk.bot.id, talk.chat.id)
        if isinstance(talk.chat, Group):
            self._telegram.people.join(talk.chat.id, talk.person.id)
        frame = {"from": talk.person.user(), **self._answered(talk)}
        message = self._telegram.post(talk.bot, talk.chat, {**frame, **content})
        update_id = self._telegram.updates.add(talk.bot.id, "message", message)
        return {"message_id": message["message_id"], "update_id": update_id}

    def _photo(self, talk: Conversation, data: bytes | None) -> list[Json]:
        return _taken(lambda: self._telegram.files.add_photo(talk.bot.id, data or sample("photo.jpg")))

    def _answered(self, talk: Conversation) -> Json:
        if talk.reply_to is None:
            return {}
        quoted = self._telegram.quoted(talk.bot, talk.chat, talk.reply_to)
        if quoted is None:
            raise RefusedError(400, f"There is no message {talk.reply_to} in this chat.")
        return {"reply_to_message": quoted}

    def _may_write(self, talk: Conversation) -> None:
        if talk.person.deactivated:
            raise RefusedError(409, "This user's account is deactivated.")
        if isinstance(talk.chat, Group) and talk.chat.successor is not None:
            raise RefusedError(409, f"This group has become the supergroup {talk.chat.successor}.")
        if self._telegram.chats.is_blocked(talk.bot.id, talk.chat.id):
            raise RefusedError(409, "This user has blocked the bot; unblock it first.")

    def _message(self, talk: Conversation, message_id: int) -> Json:
        message = self._telegram.chats.find(talk.bot.id, talk.chat.id, message_id)
        if message is None:
            raise RefusedError(400, f"There is no message {message_id} in this chat.")
        return message


def speaking(talk: Conversation, language_code: str | None) -> Conversation:
    """The same conversation, from a phone that for once sends this language, or none."""
    person = replace(talk.person, language_code=language_code)
    return replace(talk, person=person, chat=person if isinstance(talk.chat, Person) else talk.chat)


def _captioned(caption: str) -> Json:
    return _plain(caption, MAX_CAPTION).fields("caption", "caption_entities")


def _plain(text: str, limit: int) -> Formatted:
    formatted = _taken(lambda: read_plain(text))
    if formatted.length > limit:
        raise RefusedError(400, f"The text has {formatted.length} UTF-16 units, {limit} are allowed.")
    return formatted


def _taken(act: Callable[[], _T]) -> _T:
    try:
        return act()
    except ApiError as error:
        raise RefusedError(400, error.description) from None


def _button(message: Json, row: int, column: int) -> Json:
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    if not (0 <= row < len(keyboard) and 0 <= column < len(keyboard[row])):
        raise RefusedError(400, f"Message {message['message_id']} has no button in row {row}, column {column}.")
    button: Json = keyboard[row][column]
    return button


def _keyboard_in_force(messages: list[Json]) -> Json | None:
    """The latest reply keyboard or forced reply, unless it was removed since."""
    for message in reversed(messages):
        keyboard: Json | None = message.get("reply_keyboard")
        if keyboard is not None:
            return None if keyboard.get("remove_keyboard") else keyboard
    return None
