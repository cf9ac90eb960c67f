"""The control of the simulator, ``/sim/…``: JSON over HTTP for tests, tools and the chat page.

``/sim/users/{id}/chat`` gives Bot API messages. A reply keyboard, which the Bot API shows to nobody, stands in a
message under ``reply_keyboard``, and the one in force beside the messages under ``keyboard``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import File, ServerSentEvent, ServerSentEventMessage
from litestar.types import ControllerRouterHandler

from bot.simulator.control_bots import BotActs
from bot.simulator.control_faults import FaultActs
from bot.simulator.control_groups import GroupActs
from bot.simulator.errors import RefusedError
from bot.simulator.residents import Conversation, Residents, speaking
from bot.simulator.telegram import Telegram

Json = dict[str, Any]

_SHOWN_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}
_HEARD_TYPES = {".oga": "audio/ogg", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".mp4": "video/mp4"}


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    """A resident; without ``language_code`` her phone sends none."""

    first_name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    last_name: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    username: Annotated[str, msgspec.Meta(pattern="^[A-Za-z][A-Za-z0-9_]{3,31}$")] | None = None
    language_code: Annotated[str, msgspec.Meta(max_length=35)] | None = None


class Place(msgspec.Struct, forbid_unknown_fields=True):
    """A point on the map, in degrees."""

    latitude: float
    longitude: float


class Contact(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A shared contact; ``user_id`` tells whose account it is."""

    phone_number: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    first_name: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    last_name: str | None = None
    user_id: int | None = None


class Sending(msgspec.Struct, forbid_unknown_fields=True):
    """One message of a resident: exactly one of the contents.

    ``photo``, ``voice``, ``audio``, ``video`` and ``document`` are ``true`` for a sample or base64, ``album`` is
    several such photos; ``file_name`` and ``media_type`` are what the phone says of a file; ``language_code``
    overrides the phone's for this message, null for none; ``group`` sends it to a group instead; ``reply_to`` is the
    id of the message that it answers.
    """

    bot: str
    text: str | None = None
    start: str | bool | None = None
    photo: str | bool | None = None
    album: Annotated[list[str | bool], msgspec.Meta(min_length=2, max_length=10)] | None = None
    voice: str | bool | None = None
    audio: str | bool | None = None
    video: str | bool | None = None
    document: str | bool | None = None
    location: Place | None = None
    contact: Contact | None = None
    caption: str = ""
    file_name: Annotated[str, msgspec.Meta(max_length=255)] = ""
    media_type: Annotated[str, msgspec.Meta(max_length=255)] = ""
    group: int | None = None
    reply_to: int | None = None
    language_code: str | msgspec.UnsetType | None = msgspec.UNSET


class Tapping(msgspec.Struct, forbid_unknown_fields=True):
    """A tap on the button in this row and column, both counted from 0.

    ``label``: what she reads on it. If something else stands there by now, the tap is refused (409): who sees a button
    change under her finger would have held back, a script cannot.
    """

    bot: str
    message_id: int
    button: tuple[int, int]
    label: str | None = None
    group: int | None = None


class Editing(msgspec.Struct, forbid_unknown_fields=True):
    """A correction of one's own text."""

    bot: str
    message_id: int
    text: str


class Towards(msgspec.Struct, forbid_unknown_fields=True):
    """Which bot an act is about."""

    bot: str


class UserActs(Controller):
    """The residents and what they do."""

    path = "/sim/users"

    @get("/")
    async def list_users(self, telegram: NamedDependency[Telegram], extras: FromQuery[bool] = False) -> list[Json]:
        """All residents but the extras; or these."""
        people = telegram.people.extras() if extras else telegram.people.everyone()
        return [{**person.user(), "deactivated": person.deactivated} for person in people]

    @post("/")
    async def add_user(self, data: JSONBody[NewUser], telegram: NamedDependency[Telegram]) -> Json:
        """A new resident."""
        with telegram.database.transaction():
            person = telegram.people.add(
                data.first_name, last_name=data.last_name, username=data.username, language_code=data.language_code
            )
        return person.user()

    @post("/{person:int}/send", status_code=200)
    async def send(self, person: FromPath[int], data: JSONBody[Sending], telegram: NamedDependency[Telegram]) -> Json:
        """Let her write, press Start, or send something."""
        residents = Residents(telegram)
        talk = residents.conversation(person, data.bot, data.group)
        if data.language_code is not msgspec.UNSET:
            talk = speaking(talk, data.language_code)
        talk = replace(talk, reply_to=data.reply_to)
        with telegram.database.transaction():
            return _send(residents, talk, data)

    @post("/{person:int}/tap", status_code=200)
    async def tap(self, person: FromPath[int], data: JSONBody[Tapping], telegram: NamedDependency[Telegram]) -> Json:
        """Let her press an inline button."""
        residents = Residents(telegram)
        with telegram.database.transaction():
            talk = residents.conversation(person, data.bot, data.group)
            return residents.tap(talk, data.message_id, *data.button, label=data.label)

    @post("/{person:int}/edit", status_code=200)
    async def edit(self, person: FromPath[int], data: JSONBody[Editing], telegram: NamedDependency[Telegram]) -> Json:
        """Let her correct a text."""
        residents = Residents(telegram)
        with telegram.database.transaction():
            return residents.edit(residents.conversation(person, data.bot), data.message_id, data.text)

    @post("/{person:int}/block", status_code=200)
    async def block(self, person: FromPath[int], data: JSONBody[Towards], telegram: NamedDependency[Telegram]) -> Json:
        """Let her block the bot."""
        residents = Residents(telegram)
        with telegram.database.transaction():
            return residents.block(residents.conversation(person, data.bot), True)

    @post("/{person:int}/unblock", status_code=200)
    async def unblock(
        self, person: FromPath[int], data: JSONBody[Towards], telegram: NamedDependency[Telegram]
    ) -> Json:
        """Let her unblock the bot."""
        residents = Residents(telegram)
        with telegram.database.transaction():
            return residents.block(residents.conversation(person, data.bot), False)

    @post("/{person:int}/clear", status_code=200)
    async def clear(self, person: FromPath[int], data: JSONBody[Towards], telegram: NamedDependency[Telegram]) -> Json:
        """Let her delete the chat."""
        residents = Residents(telegram)
        with telegram.database.transaction():
            return residents.clear(residents.conversation(person, data.bot))

    @post("/{person:int}/deactivate", status_code=200)
    async def deactivate(self, person: FromPath[int], telegram: NamedDependency[Telegram]) -> Json:
        """Let her give up her account."""
        Residents(telegram).person(person)
        with telegram.database.transaction():
            telegram.people.deactivate(person)
        return {"deactivated": True}

    @post("/{person:int}/pick-up", status_code=200)
    async def pick_up(self, person: FromPath[int], telegram: NamedDependency[Telegram]) -> Json:
        """Take her phone in hand: she is no extra any more."""
        found = Residents(telegram).person(person)
        with telegram.database.transaction():
            telegram.people.pick_up(person)
        return found.user()

    @get("/{person:int}/chat")
    async def chat(
        self,
        person: FromPath[int],
        bot: FromQuery[str],
        telegram: NamedDependency[Telegram],
        group: FromQuery[int | None] = None,
    ) -> Json:
        """The chat as it stands."""
        residents = Residents(telegram)
        return residents.view(residents.conversation(person, bot, group))

    @get("/{person:int}/commands")
    async def commands(self, person: FromPath[int], bot: FromQuery[str], telegram: NamedDependency[Telegram]) -> Json:
        """The commands and the menu button that she sees."""
        residents = Residents(telegram)
        greeting = residents.greeting(residents.conversation(person, bot))
        return {key: greeting[key] for key in ("commands", "menu_button")}

    @get("/{person:int}/profile")
    async def profile(self, person: FromPath[int], bot: FromQuery[str], telegram: NamedDependency[Telegram]) -> Json:
        """How the bot shows itself to her: name, descriptions, commands and the menu button."""
        residents = Residents(telegram)
        return residents.greeting(residents.conversation(person, bot))

    @get("/{person:int}/events", media_type="text/event-stream")
    async def events(
        self, person: FromPath[int], bot: FromQuery[str], telegram: NamedDependency[Telegram]
    ) -> ServerSentEvent:
        """What happens in her chat from now on: ``hello`` first, then read ``/chat`` once, then follow."""
        residents = Residents(telegram)
        talk = residents.conversation(person, bot)
        return ServerSentEvent(_stream(telegram, talk.bot.id, person, residents.greeting(talk)))


@get("/sim/events", media_type="text/event-stream")
async def watch(bot: FromQuery[str], telegram: NamedDependency[Telegram]) -> ServerSentEvent:
    """What happens in all chats of a bot from now on, but in those of extras: ``hello`` first, then each event with the
    ``user`` it is of."""
    return ServerSentEvent(_stream(telegram, Residents(telegram).bot(bot).id, None, {}))


@get("/sim/calls")
async def list_calls(
    telegram: NamedDependency[Telegram], since: FromQuery[int] = 0, method: FromQuery[str | None] = None
) -> Json:
    """The latest calls of bots, oldest first."""
    return telegram.calls.since(since, method)


@get("/sim/files/{file_id:str}")
async def show_file(file_id: FromPath[str], telegram: NamedDependency[Telegram]) -> File:
    """The bytes of a file, for the page: pictures and sound as such, everything else as a download."""
    file = telegram.files.find_any(file_id)
    if file is None:
        raise RefusedError(404, "There is no such file.")
    location = telegram.files.location(file)
    media_type = {**_SHOWN_TYPES, **_HEARD_TYPES}.get(location.suffix)
    return File(
        location,
        filename=file.description.get("file_name", location.name),
        media_type=media_type or "application/octet-stream",
        content_disposition_type="inline" if media_type else "attachment",
        headers={"content-security-policy": "sandbox", "cache-control": "private, max-age=86400"},
    )


CONTROL: list[ControllerRouterHandler] = [
    UserActs,
    BotActs,
    GroupActs,
    FaultActs,
    watch,
    list_calls,
    show_file,
]
"""The route handlers of ``/sim``."""


def _send(residents: Residents, talk: Conversation, data: Sending) -> Json:
    given = [name for name in _CONTENTS if getattr(data, name) not in (None, False)]
    if len(given) != 1:
        raise RefusedError(400, f"Exactly one of {', '.join(_CONTENTS)} is needed.")
    if data.text is not None:
        return residents.say(talk, data.text)
    if data.start is not None and data.start is not False:
        return residents.start(talk, data.start if isinstance(data.start, str) else "")
    if data.photo:
        return residents.show_photo(talk, _bytes(data.photo), data.caption)
    if data.album:
        return residents.show_album(talk, [_bytes(picture) for picture in data.album], data.caption)
    if data.voice:
        return residents.speak(talk, _bytes(data.voice))
    if data.audio:
        return residents.play(talk, _bytes(data.audio), data.file_name, data.caption)
    if data.video:
        return residents.show_film(talk, _bytes(data.video), data.file_name, data.caption)
    if data.document:
        return residents.hand_over(talk, _bytes(data.document), data.file_name, data.media_type, data.caption)
    if data.location:
        return residents.share_location(talk, data.location.latitude, data.location.longitude)
    return residents.share_contact(talk, msgspec.to_builtins(data.contact))


_CONTENTS = ("text", "start", "photo", "album", "voice", "audio", "video", "document", "location", "contact")


def _bytes(value: str | bool) -> bytes | None:
    """Base64, also as a data address; None for the sample."""
    if isinstance(value, bool):
        return None
    try:
        return base64.b64decode(value.rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(400, "A file is true for a sample, or base64.") from None


async def _stream(telegram: Telegram, bot: int, chat: int | None, hello: Json) -> AsyncIterator[ServerSentEventMessage]:
    with telegram.events.listening(bot, chat) as events:
        yield ServerSentEventMessage(event="hello", data=json.dumps(hello))
        while (event := await events.get()) is not None:
            if chat is None and event[1]["user"] is not None and telegram.people.is_extra(event[1]["user"]):
                continue
            yield ServerSentEventMessage(event=event[0], data=json.dumps(event[1]))
