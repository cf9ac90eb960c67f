"""Residents who answer a questionnaire as people do: they look at their chats, and know what stands there, no more."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aiohttp

Message = dict[str, Any]

QUESTIONNAIRE = """
| survey  |                        |          |                                     |                |
|         | type                   | name     | label                               | relevant       |
|         | select_one yes_no      | home     | home: Do you like your quarter?     |                |
|         | select_multiple wishes | wishes   | wishes: What is missing here?       |                |
|         | integer                | people   | people: How many live with you?     |                |
|         | integer                | children | children: How many are children?    | ${people} > 3  |
|         | text                   | story    | story: What happened last week?     |                |
|         | decimal                | metres   | metres: How far is the next shop?   |                |
|         | date                   | since    | since: When did you come here?      |                |
|         | select_one yes_no      | again    | again: Would you come again?        |                |
| choices |                        |          |                                     |                |
|         | list_name              | name     | label                               |                |
|         | yes_no                 | y        | Very much                           |                |
|         | yes_no                 | n        | Not at all                          |                |
|         | wishes                 | a        | Trees                               |                |
|         | wishes                 | b        | Benches                             |                |
|         | wishes                 | c        | Light                               |                |
|         | wishes                 | d        | Doctors                             |                |
"""
YES_NO = {"y": "Very much", "n": "Not at all"}
WISHES = {"a": "Trees", "b": "Benches", "c": "Light", "d": "Doctors"}
TYPED = ("people", "children", "story", "metres", "since")
_NAME = re.compile(r"\b(home|wishes|people|children|story|metres|since|again): ")
_SEND = "Send my answers"
_THANKS = "Your answers have arrived"
_ONBOARDING = ("I agree, go on", "Yes")

GLANCE = 0.25
"""Seconds between two looks at the chat."""
THOUGHT = 1.0
"""Seconds that somebody thinks at most before an answer."""
PATIENCE = 3.0
"""Seconds after which somebody presses again."""
DESPAIR = 40.0
"""Seconds after which somebody gives up: a question has been lost."""


class Telephone:
    """One resident's way into the simulator. Where the network fails, she looks what has worked, and tries again."""

    def __init__(self, http: aiohttp.ClientSession, base: str, bot: str) -> None:
        self._http = http
        self._base = base
        self._bot = bot
        self.user = 0

    async def arrive(self, name: str) -> None:
        """Get an account."""
        person = await self._post("/sim/users", {"first_name": name, "language_code": "en"})
        self.user = person["id"]

    async def press_start(self, code: str) -> None:
        """Open the chat through a poster."""
        await self._say({"start": code}, f"/start {code}")

    async def write(self, text: str) -> None:
        """Type a message."""
        await self._say({"text": text}, text)

    async def send_photo(self) -> None:
        """Send a picture."""
        await self._post(f"/sim/users/{self.user}/send", {"bot": self._bot, "photo": True})

    async def tap(self, message_id: int, place: tuple[int, int], label: str) -> None:
        """Press a button, unless it has just changed."""
        body = {"bot": self._bot, "message_id": message_id, "button": place, "label": label}
        with suppress(aiohttp.ClientError):
            await self._post(f"/sim/users/{self.user}/tap", body)

    async def look(self) -> list[Message]:
        """The chat as it stands."""
        address = f"{self._base}/sim/users/{self.user}/chat"
        while True:
            try:
                async with self._http.get(address, params={"bot": self._bot}) as response:
                    messages: list[Message] = (await response.json())["messages"]
                    return messages
            except aiohttp.ClientError:
                await asyncio.sleep(GLANCE)

    async def _say(self, body: dict[str, Any], text: str) -> None:
        said = await self._count(text)
        while await self._count(text) == said:
            with suppress(aiohttp.ClientError):
                await self._post(f"/sim/users/{self.user}/send", {"bot": self._bot, **body})

    async def _count(self, text: str) -> int:
        """How often she has said this."""
        return sum(not each["from"]["is_bot"] and each["text"] == text for each in await self.look())

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._http.post(self._base + path, json=body) as response:
            # A button that has just changed or gone cannot be pressed: that is nobody's fault.
            assert response.status in (200, 201, 400, 409), f"{path}: {response.status} {await response.text()}"
            return await response.json()


@dataclass(frozen=True)
class Shown:
    """What asks in a chat now: the last message with buttons. ``name``: which question it is, or what else."""

    name: str
    message: Message

    @property
    def labels(self) -> list[str]:
        """What its buttons read."""
        return [label for label, _ in self.buttons()]

    def buttons(self) -> Iterator[tuple[str, tuple[int, int]]]:
        """Labels and places."""
        for row, keys in enumerate(self.message["reply_markup"]["inline_keyboard"]):
            for column, key in enumerate(keys):
                yield key["text"], (row, column)

    def find(self, label: str) -> tuple[str, tuple[int, int]] | None:
        """A button with its mark, if it carries one, and its place."""
        return next((each for each in self.buttons() if each[0] == label or each[0].endswith(" " + label)), None)

    def is_on(self, label: str) -> bool:
        """Whether an option of several is chosen."""
        return any(text == f"☑ {label}" for text, _ in self.buttons())


def standing(messages: list[Message]) -> Shown | None:
    """What asks in a chat now; None where nothing does yet, since the last question has its answer."""
    asking: Message = {}
    for message in messages:
        if message["from"]["is_bot"] and (_NAME.search(message["text"]) or "reply_markup" in message):
            asking = message
    if "reply_markup" not in asking:
        return None
    labels = Shown("", asking).labels
    if any(label.endswith(_SEND) for label in labels):
        return Shown("summary", asking)
    for name in _ONBOARDING:
        if any(label.endswith(name) for label in labels):
            return Shown(name, asking)
    names = _NAME.findall(asking["text"])
    return Shown(names[-1] if names else "something else", asking)


def is_over(messages: list[Message]) -> bool:
    """Whether the chat says that the answers have arrived."""
    return any(_THANKS in message.get("text", "") for message in messages)


@dataclass
class Resident:
    """Answers by her plan. ``answers``: the values that must be stored in the end. ``moved`` is told of each step."""

    number: int
    phone: Telephone
    chance: Random
    moved: Callable[[], None]
    answers: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    corrects: str | None = None
    pressed_again: int = 0
    _pressed: tuple[int, str] | None = None

    def __post_init__(self) -> None:
        self._choose("home", "again", "wishes", *TYPED)
        if int(self.answers["people"]) <= 3:
            del self.answers["children"]
        if self.chance.random() < 0.4:
            self.corrects = self.chance.choice(("home", "wishes", "story", "metres"))

    def _choose(self, *names: str) -> None:
        """Make up one's mind, so that no two residents and no two answers are alike."""
        chance, number = self.chance, self.number
        for name in names:
            match name:
                case "home" | "again":
                    self.answers[name] = chance.choice("yn")
                case "wishes":
                    self.answers[name] = " ".join(sorted(chance.sample("abcd", chance.randint(1, 4))))
                case "people" | "children":
                    self.answers[name] = self.typed[name] = str(chance.randint(1, 6))
                case "story":
                    word = f"{chance.getrandbits(40):x}"
                    self.answers[name] = self.typed[name] = f"Resident {number} says {word}"
                case "metres":
                    self.answers[name] = self.typed[name] = f"{number}.{chance.randint(1, 9)}"
                case "since":
                    day = f"{chance.randint(1990, 2020)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
                    self.answers[name] = self.typed[name] = day

    async def answer_everything(self, code: str) -> None:
        """From the poster to the last thanks."""
        await self.phone.press_start(code)
        done: Shown | None = None
        shown = await self._next(None)
        while shown is not None:
            await asyncio.sleep(self.chance.uniform(0, THOUGHT))
            if shown.name == "summary" and self.corrects:
                name, self.corrects = self.corrects, None
                self._choose(name)
                done = await self._tap(shown, str(self._number_of(name)))
            elif shown.name in self.typed:
                self._pressed = None
                await self.phone.write(self.typed[shown.name])
                done = shown
            else:
                done = await self._tap(shown, self._button_for(shown))
            shown = await self._next(done)

    def _number_of(self, name: str) -> int:
        order = [each for each in ("home", "wishes", "people", "children", *TYPED[2:], "again") if each in self.answers]
        return order.index(name) + 1

    def _button_for(self, shown: Shown) -> str:
        match shown.name:
            case "summary":
                return _SEND
            case "home" | "again":
                return YES_NO[self.answers[shown.name]]
            case "wishes":
                wrong = [key for key in WISHES if (key in self.answers["wishes"]) != shown.is_on(WISHES[key])]
                return WISHES[self.chance.choice(wrong)] if wrong else "Done"
            case name if name in _ONBOARDING:
                return name
        raise AssertionError(f"resident {self.number} does not know what to do with {shown.message}")

    async def _tap(self, shown: Shown, label: str) -> Shown:
        button = shown.find(label)
        assert button is not None, f"there is no button {label!r}: {shown.message}"
        self._pressed = (shown.message["message_id"], label)
        await self.phone.tap(shown.message["message_id"], button[1], button[0])
        return shown

    async def _next(self, done: Shown | None) -> Shown | None:
        """Wait until something else asks than what was ``done`` already; None when everything is over.

        Who is asked the same again (a message that came twice) has answered it, and waits. Who waits too long presses
        the last button again; nobody types a second time what stands in the chat.
        """
        since = pressed = time.monotonic()
        while True:
            await asyncio.sleep(GLANCE)
            messages = await self.phone.look()
            if is_over(messages):
                return None
            asking = self._asking(messages)
            for shown in asking:
                if not self._is_done(shown, done):
                    self.moved()
                    return shown
            now = time.monotonic()
            assert now - since < DESPAIR, f"resident {self.number} waits in vain: {messages[-3:]}"
            if now - pressed > PATIENCE:
                pressed = now
                await self._press_again(asking)

    def _asking(self, messages: list[Message]) -> list[Shown]:
        """What may ask now: the message in which a button was pressed, if it still has some, and the last with any."""
        before = [each for each in messages if self._pressed and each["message_id"] == self._pressed[0]]
        return [shown for each in (before, messages) if (shown := standing(each)) is not None]

    async def _press_again(self, asking: list[Shown]) -> None:
        for shown in reversed(asking):
            if self._pressed and shown.find(self._pressed[1]):
                self.pressed_again += 1
                await self._tap(shown, self._pressed[1])
                return

    @staticmethod
    def _is_done(shown: Shown, done: Shown | None) -> bool:
        if done is None or shown.name != done.name:
            return False
        return shown.name != "wishes" or shown.labels == done.labels
