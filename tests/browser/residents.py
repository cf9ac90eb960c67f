"""Residents who answer a survey through the real bot, from a script: over the control of the simulated Telegram.

They see a chat as a phone shows it and press what stands there, the options of a question by their words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.bot.chat import Button, Message, seen

BOT = "mitsprache_demo_bot"
LOOKS_EVERY = 0.15
PATIENCE = 15.0
"""Seconds; how long somebody waits for what the bot says next."""
KEEPS_FOR = 2.0
"""Seconds for which a connection is kept without use: fewer than the server's, which else might just be hanging up."""
AT_ONCE = 12
"""Residents who hold their phones at the same time."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A question as it stands in a questionnaire: its words and those of its options, by language and value."""

    name: str
    kind: str
    words: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Script:
    """Who answers what: values by question; a question that is not named is skipped."""

    language: str
    area: str
    answers: Mapping[str, tuple[str, ...]]

    def row(self, questions: Iterable[Question]) -> tuple[str, ...]:
        """What the town ought to be able to read: language, area, and each answer with its values in their order."""
        return (
            self.language,
            self.area,
            *(" ".join(_ordered(each, self.answers.get(each.name, ()))) for each in questions),
        )


def _ordered(question: Question, values: tuple[str, ...]) -> list[str]:
    return [value for value in question.options if value in values] if question.options else list(values)


class Phone:
    """The phone of one resident."""

    def __init__(self, control: httpx.AsyncClient, number: int) -> None:
        self._control = control
        self._number = number

    @classmethod
    async def new(cls, control: httpx.AsyncClient, name: str, language: str) -> Phone:
        """Somebody new, whose phone speaks this language."""
        answer = await control.post("/sim/users", json={"first_name": name, "language_code": language})
        assert answer.status_code < 300, answer.text
        return cls(control, answer.json()["id"])

    async def acts(self, what: str, **body: Any) -> None:
        answer = await self._control.post(f"/sim/users/{self._number}/{what}", json={"bot": BOT, **body})
        assert answer.status_code == 200, answer.text

    async def messages(self) -> list[Message]:
        answer = await self._control.get(f"/sim/users/{self._number}/chat", params={"bot": BOT})
        return [Message(each) for each in answer.json()["messages"]]

    async def open_message(self, words: str, fits: Callable[[Message], bool] = lambda _: True) -> Message:
        """The newest message with buttons, as soon as these words stand in it and it ``fits``."""
        messages: list[Message] = []
        for _ in range(round(PATIENCE / LOOKS_EVERY)):
            messages = await self.messages()
            asking = next((each for each in reversed(messages) if each.from_bot and each.keyboard), None)
            if asking and words in asking.text and fits(asking):
                return asking
            await asyncio.sleep(LOOKS_EVERY)
        raise AssertionError(f"{words!r} was not said, but {[(each.text, each.labels) for each in messages[-2:]]}")

    async def taps(self, message: Message, fits: Callable[[Button], bool]) -> None:
        button = next((each for each in message.buttons if fits(each)), None)
        assert button, (message.text, message.labels)
        await self.acts("tap", message_id=message.id, button=[button.row, button.column])

    async def taps_key(self, key: str) -> None:
        """Press the newest button that stands for something of ours ("send", "age:yes"), when it is there."""
        message = await self.open_message("", lambda asking: any(_is(each, key) for each in asking.buttons))
        await self.taps(message, lambda each: _is(each, key))


def _is(button: Button, key: str) -> bool:
    return button.data.endswith(f":{key}")


async def answer(control: httpx.AsyncClient, script: Script, code: str, questions: Sequence[Question]) -> None:
    """Scan a code, agree, be old enough, answer all questions, look them over and send them."""
    phone = await Phone.new(control, "Somebody", script.language)
    await phone.acts("send", start=code)
    await phone.taps_key("ok")
    await phone.taps_key("age:yes")
    for question in questions:
        await _answer(phone, question, script.language, script.answers.get(question.name, ()))
    await phone.taps_key("send")
    await phone.open_message("", lambda asking: not any(_is(each, "send") for each in asking.buttons))


async def _answer(phone: Phone, question: Question, language: str, values: tuple[str, ...]) -> None:
    words = question.words[language]
    asking = await phone.open_message(words)
    if not values:
        await phone.taps(asking, lambda each: _is(each, "skip"))
    elif not question.options:
        await phone.acts("send", text=values[0])
    elif question.kind == "select_one":
        await phone.taps(asking, _named(question.options[values[0]][language]))
    else:
        for value in values:
            label = question.options[value][language]
            await phone.taps(asking, _named(label))
            asking = await phone.open_message(words, _has_ticked(label))
        await phone.taps(asking, lambda each: _is(each, "done"))


def _named(label: str) -> Callable[[Button], bool]:
    return lambda button: button.name == label


def _has_ticked(label: str) -> Callable[[Message], bool]:
    return lambda message: f"☑ {label}" in [seen(each.label) for each in message.buttons]


async def answer_all(address: str, scripts: Iterable[tuple[Script, str]], questions: Sequence[Question]) -> None:
    """Let residents answer, each with the code that they have scanned, some of them at the same time."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def one(script: Script, code: str) -> None:
        async with hands:
            await answer(control, script, code, questions)

    limits = httpx.Limits(keepalive_expiry=KEEPS_FOR)
    async with (
        httpx.AsyncClient(base_url=address, timeout=PATIENCE, limits=limits) as control,
        asyncio.TaskGroup() as group,
    ):
        for script, code in scripts:
            group.create_task(one(script, code))
