"""A resident with a phone: what she does, what she sees, and what is held of her.

Her acts return once everything that follows from them has happened.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from dialogues.texts import MissingTextError
from storage.models import Answer, Contact, Delivery, Response
from storage.models import Resident as Held
from storage.queries.turns import pseudonym
from tests.bot.chat import Button, Message, seen

if TYPE_CHECKING:
    from tests.bot.town import Opened, Town

Json = dict[str, Any]


@dataclass
class Resident:
    """``language`` is the one in which a test expects to be spoken to: buttons are found by their text in it."""

    town: Town
    id: int
    language: str
    taps: int = 0
    """How often she has pressed something, "Start" included."""

    # --- what she does ---

    async def start(self, code: str = "", **phone: Any) -> None:
        """Press "Start", reached by a link with this code."""
        self.taps += 1
        await self.send(start=code or True, **phone)

    async def arrive(self, code: str) -> None:
        """Come by a link, agree, be old enough: the first question stands open."""
        await self.start(code)
        await self.tap("I agree, go on")
        await self.tap("Yes")

    async def write(self, text: str) -> None:
        await self.send(text=text)

    async def write_at_once(self, *texts: str) -> None:
        """Write faster than anybody can answer."""
        for text in texts:
            await self.act("send", text=text)
        await self.town.settled()

    async def send_photo(self) -> None:
        await self.send(photo=True)

    async def send_voice(self) -> None:
        await self.send(voice=True)

    async def send_location(self) -> None:
        await self.send(location={"latitude": 51.03, "longitude": 13.73})

    async def send_contact(self) -> None:
        await self.send(contact={"phone_number": "+49 351 000", "first_name": "Samir", "user_id": 7})

    async def send_other(self, **content: Any) -> None:
        """Send what the simulator's page cannot: the fields of a Message object, a sticker for example."""
        self.town.deliver(self.update(**content))
        await self.town.settled()

    def update(self, kind: str = "message", **content: Any) -> Json:
        """The update of a message of hers."""
        person = self.town.telegram.people.find(self.id)
        assert person is not None
        telegram = self.town.telegram
        telegram.chats.open(self.town.bot.id, self.id)
        sent = {"from": person.user(), "chat": person.chat(), "date": telegram.now(), **content}
        return {kind: telegram.chats.add(self.town.bot.id, self.id, sent)}

    async def tap(self, label: str, on: Message | None = None, **values: Any) -> str:
        """Press the newest button of this name (on the message ``on``); returns the line that the tap is answered with.

        A name is what the button says, or the English message that the catalogue of her language translates.
        """
        return await self.press(*self.find(label, on, **values))

    async def press(self, message: Message, button: Button) -> str:
        query = await self.push(message, button)
        await self.town.settled()
        return await self.town.toast(query)

    async def tap_twice(self, label: str, on: Message | None = None) -> list[str]:
        """Press a button twice before anybody can answer."""
        message, button = self.find(label, on)
        queries = [await self.push(message, button) for _ in range(2)]
        await self.town.settled()
        return [await self.town.toast(query) for query in queries]

    async def push(self, message: Message, button: Button) -> str:
        """Press a button and wait for nothing; returns the number of the query."""
        self.taps += 1
        query: str = (await self.act("tap", message_id=message.id, button=[button.row, button.column]))[
            "callback_query_id"
        ]
        return query

    async def press_as_it_was(self, message: Message, button: Button) -> str:
        """Press a button that a phone still shows, though the message has changed since."""
        return await self.press_anything(button.data, on=message)

    async def press_anything(self, data: str, on: Message | None = None) -> str:
        """Press a button with this data; returns the line that the tap is answered with."""
        self.taps += 1
        telegram = self.town.telegram
        person = telegram.people.find(self.id)
        assert person is not None
        number = telegram.queries.ask(self.town.bot.id, self.id)
        query = {
            "id": number,
            "from": person.user(),
            "message": (on or self.last()).json,
            "chat_instance": "1",
            "data": data,
        }
        self.town.deliver({"callback_query": query})
        await self.town.settled()
        return await self.town.toast(number)

    async def edit(self, message: Message, text: str) -> None:
        await self.act("edit", message_id=message.id, text=text)
        await self.town.settled()

    async def block(self) -> None:
        await self.act("block")
        await self.town.settled()

    async def unblock(self) -> None:
        await self.act("unblock")
        await self.town.settled()

    async def send(self, **what: Any) -> None:
        await self.act("send", **what)
        await self.town.settled()

    async def act(self, what: str, **body: Any) -> Json:
        """Do something and wait for nothing."""
        path = f"/sim/users/{self.id}/{what}"
        answer = await self.town.control.post(path, json={"bot": self.town.bot.username, **body})
        assert answer.status_code == 200, answer.text
        result: Json = answer.json()
        return result

    # --- what she sees ---

    def messages(self) -> list[Message]:
        return [Message(message) for message in self.town.telegram.chats.history(self.town.bot.id, self.id)]

    def heard(self) -> list[Message]:
        """The bot's messages, the newest at the end."""
        return [message for message in self.messages() if message.from_bot]

    def last(self) -> Message:
        return self.heard()[-1]

    def asked(self) -> Message:
        """The newest message that has buttons."""
        return next(message for message in reversed(self.heard()) if message.keyboard)

    async def asked_now(self) -> Message:
        """The message that the bot takes for the one that asks now."""
        contact = await self.contact()
        query = select(Delivery.message_id).where(
            Delivery.contact_id == contact.id, Delivery.prompt == contact.prompt, Delivery.method == "sendMessage"
        )
        number = (await self.town.row(query)).message_id
        return next(message for message in self.heard() if message.id == number)

    def find(self, label: str, on: Message | None = None, **values: Any) -> tuple[Message, Button]:
        wanted = {label}
        with suppress(MissingTextError):
            wanted.add(self.says(label, **values))
        messages = [on] if on else [message for message in reversed(self.heard()) if message.keyboard]
        for message in messages:
            for button in message.buttons:
                if button.name in wanted or button.name.partition(" ")[2] in wanted:  # with or without its sign
                    return message, button
        raise AssertionError(f"no button {sorted(wanted)}, but {[message.labels for message in messages[:2]]}")

    def says(self, message: str, **values: Any) -> str:
        """What the bot says in her language, as she sees it."""
        return seen(self.town.texts.speak(self.language).plain(message, **values))

    async def menu(self) -> list[str]:
        """What the command menu of her chat says."""
        path = f"/sim/users/{self.id}/commands"
        answer = await self.town.control.get(path, params={"bot": self.town.bot.username})
        return [command["description"] for command in answer.json()["commands"]]

    # --- what is held of her ---

    async def contact(self) -> Any:
        """The row that links her chat, or None."""
        return await self.town.row(select(Contact).where(Contact.chat_id == self.id))

    async def held(self) -> Any:
        """The row of the resident, or None."""
        contact = await self.contact()
        return contact and await self.town.row(select(Held).where(Held.id == contact.resident_id))

    async def response(self, survey: Opened) -> Any:
        """Her response to a survey, found as the bot finds it: by the pseudonym; or None."""
        contact = await self.contact()
        if contact is None or contact.resident_id is None:
            return None
        name = pseudonym(survey.key, contact.resident_id)
        return await self.town.row(select(Response).where(Response.pseudonym == name))

    async def stored(self, survey: Opened) -> dict[str, Any]:
        """The rows of her answers, by the name of the question."""
        response = await self.response(survey)
        if response is None:
            return {}
        rows = await self.town.rows(select(Answer).where(Answer.response_id == response.id))
        asked = {question.ref for question in survey.paper.form.questions}
        return {row.ref.rsplit("/", 1)[1]: row for row in rows if row.ref in asked and row.value}

    async def answers(self, survey: Opened) -> dict[str, str]:
        """What she has answered, by the name of the question."""
        return {name: row.value for name, row in (await self.stored(survey)).items()}
