"""A stranger with a phone: does whatever a phone lets anybody do, and knows no more than the chat shows.

Between two bursts of at most three acts, she waits until everything has had its effect; then the rules are judged.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import select

from dialogues.interview import Stage, State
from dialogues.read_back import read_back
from dialogues.texts import LANGUAGES
from storage.models import Answer, Contact, Interview, Participation, Response
from storage.models import Resident as Held
from storage.queries.turns import pseudonym
from tests.bot.monkey import noise
from tests.bot.monkey.observer import Act, ChatView, Observer
from tests.bot.monkey.shown import plain
from tests.bot.town import Opened, Town

Json = dict[str, Any]
PATIENCE = 30.0
"""Seconds after which something that had no effect will have none."""
MOST_AT_ONCE = 3
LONGEST_BREATH = 3.0
"""Seconds that somebody holds back at most where the machine has no time for us."""
_ANSWER = re.compile(r"[ac]\d+|d\d{4}-")
NEWEST = 6
"""So many messages of the bot's can be seen without scrolling."""


@dataclass(frozen=True)
class Posters:
    """The codes that lead to surveys or to an area only."""

    surveys: tuple[Opened, ...]
    codes: tuple[str, ...]


@dataclass
class Facts:
    """What is held of her, as far as the rules speak of it."""

    held: Any
    interviews: dict[int, Any]
    responses: dict[int, Any]
    values: dict[int, dict[str, str]]
    part: frozenset[int]

    @property
    def going(self) -> list[Any]:
        """The interviews that are neither over nor stopped."""
        return [each for each in self.interviews.values() if each.stage in (Stage.ASKING, Stage.SUMMARY, Stage.PAUSED)]


@dataclass
class Stranger:
    """One resident. ``took``: is told of every act, and says whether there may be another."""

    town: Town
    observer: Observer
    posters: Posters
    number: int
    chance: Random
    took: Callable[[], bool]
    others: list[Stranger]
    id: int = 0
    view: ChatView = field(init=False)
    texts: list[int] = field(default_factory=list)
    """The ids of the texts she wrote."""

    async def arrive(self) -> None:
        """Get a telephone."""
        language = self.chance.choice((*LANGUAGES, *LANGUAGES, "fr", "ro-MD", None))
        body = {"first_name": f"Stranger {self.number}"} | ({"language_code": language} if language else {})
        self.id = (await self.town.control.post("/sim/users", json=body)).json()["id"]
        self.view = self.observer.enter(self.id)

    async def live(self, pause: float) -> None:
        """Act until it is enough; ``pause``: seconds between two bursts, on average."""
        await asyncio.sleep(self.chance.uniform(0, pause))
        while self.took():
            if self.chance.random() < 0.02:
                await self.check()
                continue
            await self._take_breath()
            together = self.chance.randint(2, MOST_AT_ONCE) if self.chance.random() < 0.15 else 1
            await self.burst(together)
            hurried = self.chance.random() < 0.1
            await asyncio.sleep(0 if hurried else self.chance.expovariate(together / pause))

    async def _take_breath(self) -> None:
        began = time.monotonic()
        while self.observer.breathless and time.monotonic() - began < LONGEST_BREATH:
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
            self.observer.counts["breaths"] += 1

    # --- bursts ---

    async def burst(self, together: int) -> None:
        """Do some things without waiting for an answer, then wait and look at what came of them."""
        before = None
        for number in range(together):
            if number and not self.took():
                break
            act = self._choose()
            if together == 1 and act in (self.correct, self.service):
                before = await self.facts()
            await act()
        for act_ in self.view.pending:
            act_.alone = len(self.view.pending) == 1
        await self.quiet()
        if before is not None:
            self._unchanged(before, await self.facts())

    def _unchanged(self, before: Facts, after: Facts) -> None:
        def interviews(facts: Facts) -> list[Any]:
            return sorted((each.survey_id, each.stage, each.cursor, each.page) for each in facts.interviews.values())

        self.observer.counts["silent acts that changed nothing"] += 1
        if before.values != after.values or interviews(before) != interviews(after) or before.part != after.part:
            self._complain("edits and service messages change nothing", str(self.view.acts[-1].what))

    async def quiet(self) -> None:
        """Wait until everything has had its effect, and judge it."""
        since = looked = time.monotonic()
        while not self.observer.is_quiet(self.view):
            await asyncio.sleep(0.02)
            now = time.monotonic()
            if now - looked > 0.5:
                looked = now
                turned = all(act.turned or act.update is None for act in self.view.pending)
                # What was planned may have been dropped: she has blocked the bot, or erased everything.
                if turned and (self.view.was_blocked or self.view.unclear) and self.observer.nothing_waits(self.view):
                    break
            if now - since > PATIENCE:
                break
        self.observer.settle(self.view)

    def _choose(self) -> Callable[[], Awaitable[None]]:
        if self.view.blocked:
            return self.unblock
        if not self.view.messages:
            return self.press_start
        if self._stands_before_the_notice() and self.chance.random() < 0.7:
            return self.agree
        acts: tuple[tuple[Callable[[], Awaitable[None]], float], ...] = (
            (self.go_on, 45), (self.tap_newest, 15), (self.tap_any, 6), (self.tap_gone, 6), (self.tap_others, 3),
            (self.tap_twice, 5), (self.write, 14), (self.send_media, 5), (self.send_album, 1), (self.correct, 4),
            (self.service, 2), (self.command, 8), (self.press_start, 3), (self.change_language, 3), (self.erase, 0.5),
            (self.block, 0.4), (self.say_again, 2),
        )  # fmt: skip
        return self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]

    # --- acts ---

    async def press_start(self) -> None:
        code = self.chance.choice((*self.posters.codes, *self.posters.codes, "unknown", ""))
        await self._send("start", start=code or True)

    async def agree(self) -> None:
        """Press what leads on to the questions."""
        for message in self.view.newest[:2]:
            for row, column, button in _places(message):
                data = button.get("callback_data", "")
                if data in ("s:ok", "s:age:yes") or data.startswith(("s:agree:", "s:area:")):
                    await self._tap(message, row, column, button)
                    return

    def _stands_before_the_notice(self) -> bool:
        keys = [button.get("callback_data") for each in self.view.newest[:2] for _, _, button in _places(each)]
        return "s:ok" in keys or "s:age:yes" in keys or any((key or "").startswith("s:agree:") for key in keys)

    async def tap_newest(self) -> None:
        """Press a button of the newest message that has some."""
        message = next((each for each in self.view.newest if _places(each)), None)
        if message is None:
            return await self.write()
        places = [each for each in _places(message) if each[2].get("callback_data", "").startswith("q:")]
        places = places if places and self.chance.random() < 0.85 else _places(message)
        return await self._tap(message, *self.chance.choice(places))

    async def go_on(self) -> None:
        """Answer what is asked, and send the answers at the end."""
        for message in self.view.newest[:NEWEST]:
            keys = {_key(place[2]): place for place in _places(message)}
            if keys and (wanted := self._that_lead_on(message, list(keys))):
                return await self._tap(message, *keys[self.chance.choice(wanted)])
            if keys:
                break
        return await (self.write() if self.chance.random() < 0.5 else self.tap_newest())

    def _that_lead_on(self, message: Json, keys: list[str]) -> list[str]:
        for wish in ("send", "next", "stay"):
            if wish in keys:
                return [wish]
        chosen = any(button["text"].startswith("☑") for _, _, button in _places(message))
        if "done" in keys and chosen and self.chance.random() < 0.6:
            return ["done"]
        options = [key for key in keys if _ANSWER.match(key)]
        led = [key for key in keys if key.startswith(("survey:", "agree:"))] + [key for key in keys if key == "resume"]
        return options or led or [key for key in keys if key == "skip"]

    async def tap_any(self) -> None:
        """Press a button somewhere further up."""
        messages = [each for each in self.view.newest if _places(each)]
        if not messages:
            return await self.command()
        message = self.chance.choice(messages)
        return await self._tap(message, *self.chance.choice(_places(message)))

    async def tap_twice(self) -> None:
        message = next((each for each in self.view.newest if _places(each)), None)
        if message is None:
            return
        place = self.chance.choice(_places(message))
        for _ in range(2):
            await self._tap(message, *place)

    async def tap_gone(self) -> None:
        """Press a button that has stood in a message and does so no longer: a phone may show it for a while."""
        if not self.view.gone:
            return await self.tap_any()
        message, data = self.chance.choice(self.view.gone)
        return await self._forge(message, data, "a button that is gone")

    async def tap_others(self) -> None:
        """Press a button with the data of somebody else's, or with data that nobody ever wrote."""
        data = self.chance.choice(noise.DATA)
        other = self.chance.choice(self.others)
        if self.chance.random() < 0.5 and other.view.gone:
            data = self.chance.choice(other.view.gone)[1]
        message = self.chance.choice(self.view.newest) if self.view.messages else None
        if message is not None:
            await self._forge(message, data, "somebody else's button")

    async def change_language(self) -> None:
        """Choose a language where languages can be chosen, or ask for them."""
        offered = [
            (message, *place)
            for message in self.view.newest[:NEWEST]
            for place in _places(message)
            if "lang:" in place[2].get("callback_data", "")
        ]
        if offered:
            await self._tap(*self.chance.choice(offered))
        else:
            await self._send("command", text="/language")

    async def write(self) -> None:
        await self._send("text", text=noise.some_text(self.chance))

    async def say_again(self) -> None:
        """Write the same twice."""
        text = self.chance.choice((*noise.NUMBERS, *noise.WORDS))
        for _ in range(2):
            await self._send("text", text=text)

    async def command(self) -> None:
        await self._send("command", text=self.chance.choice(noise.COMMANDS))

    async def erase(self) -> None:
        """Ask to be forgotten, and mean it."""
        await self._send("command", text="/delete")
        await self.quiet()
        for message in self.view.newest[:1]:
            for row, column, button in _places(message):
                if button.get("callback_data") == "s:delete:all":
                    await self._tap(message, row, column, button)

    async def send_media(self) -> None:
        kind = self.chance.randrange(5)
        if kind == 0:
            await self._send("photo", photo=True, caption=noise.some_text(self.chance)[:200])
        elif kind == 1:
            await self._send("voice", voice=True)
        elif kind == 2:
            await self._send("location", location={"latitude": 51.03, "longitude": 13.73})
        elif kind == 3:
            contact = {"phone_number": "+49 351 000", "first_name": "<i>Samir", "user_id": 7}
            await self._send("contact", contact=contact)
        else:
            await self._deliver("message", self.chance.choice(noise.OTHER_MEDIA))

    async def send_album(self) -> None:
        """Send pictures that belong together: the first gets the answer to all."""
        album = str(self.chance.getrandbits(50))
        for number in range(3):
            photo = {"photo": [{**noise.FILE, "width": 90, "height": 90}], "media_group_id": album}
            await self._deliver("message", photo, speaks=number == 0)

    async def service(self) -> None:
        await self._deliver("message", self.chance.choice(noise.SERVICE), speaks=False)

    async def correct(self) -> None:
        """Edit a text that was sent before."""
        if not self.texts:
            return
        text = noise.some_text(self.chance)
        body = {"message_id": self.chance.choice(self.texts), "text": text}
        self.view.typed.add(text)
        await self._act(f"edits {body}"[:300], "edit", body, speaks=False)

    async def block(self) -> None:
        self.view.blocked = self.view.was_blocked = self.view.ever_blocked = True
        self.view.shown.missed()
        await self._act("blocks the bot", "block", {}, speaks=False)

    async def unblock(self) -> None:
        self.view.shown.missed()
        await self._act("unblocks the bot", "unblock", {}, speaks=False)
        self.view.blocked = False

    async def _send(self, kind: str, **body: Any) -> None:
        text = body.get("text") or (f"/start {body['start']}" if kind == "start" else None)
        if text:
            self.view.typed.add(text)
        number = await self._act(f"sends {text or kind!r}"[:200], "send", body)
        if number is not None and body.get("text"):
            self.texts.append(number)

    async def _tap(self, message: Json, row: int, column: int, button: Json) -> None:
        body = {"message_id": message["message_id"], "button": [row, column]}
        await self._act(f"taps {button['text']!r} [{button.get('callback_data')}]", "tap", body)

    async def _act(self, what: str, path: str, body: Json, *, speaks: bool = True) -> int | None:
        act = Act(what, time.time(), speaks)
        self.observer.expect(self.view, act)
        address = f"/sim/users/{self.id}/{path}"
        answer = await self.town.control.post(address, json={"bot": self.town.bot.username, **body})
        if answer.status_code != 200:  # the message is gone, the text too long: no phone would do it
            assert answer.status_code in (400, 409), answer.text
            self.observer.impossible(self.view, act)
            return None
        result = answer.json()
        self.observer.done(self.view, act, result.get("update_id"), result.get("callback_query_id"))
        number: int | None = result.get("message_id")
        return number

    async def _deliver(self, kind: str, content: Json, *, speaks: bool = True) -> None:
        """Send what the simulator's residents cannot."""
        telegram, bot = self.town.telegram, self.town.bot.id
        person = telegram.people.find(self.id)
        assert person is not None
        act = Act(f"sends {next(iter(content))}", time.time(), speaks)
        self.observer.expect(self.view, act)
        with telegram.database.transaction():
            telegram.chats.open(bot, self.id)
            sent = {"from": person.user(), "chat": person.chat(), "date": telegram.now(), **content}
            stored = telegram.chats.add(bot, self.id, sent)
            self.observer.done(self.view, act, telegram.updates.add(bot, kind, stored))

    async def _forge(self, message: Json, data: str, what: str) -> None:
        telegram, bot = self.town.telegram, self.town.bot.id
        person = telegram.people.find(self.id)
        assert person is not None
        act = Act(f"taps {what} [{data}]", time.time())
        self.observer.expect(self.view, act)
        with telegram.database.transaction():
            query = telegram.queries.ask(bot, self.id)
            body = {"id": query, "from": person.user(), "message": message, "chat_instance": "1", "data": data}
            self.observer.done(self.view, act, telegram.updates.add(bot, "callback_query", body), query)

    # --- what holds at any time ---

    async def check(self) -> None:
        """Whether the way back is there, and what is stored is what is shown. Takes some acts of its own."""
        await self.quiet()
        if self.view.blocked:
            await self.unblock()
            await self.quiet()
        await self.compare()
        await self.go_back()
        await self.read_own_data()

    async def go_back(self) -> None:
        """Reach the question that waits, by a button that can be seen or by /start."""
        facts = await self.facts()
        if facts.held is None or not facts.held.adult or facts.held.consented_on is None or not facts.going:
            return
        self.observer.counts["ways back"] += 1
        way = self._way_back(facts)
        if way is None or self.chance.random() < 0.5:
            await self._send("command", text="/start")
            await self.quiet()
            facts = await self.facts()
            way = self._way_back(facts)
        if way:
            await self._tap(*way[0])
            await self.quiet()
        after = await self.facts()
        if self._current_question(after, self.view.newest[:1]) is None:
            newest = [plain(each.get("text", "")) for each in self.view.newest[:2]]
            self._complain("the way back is always there", f"{self.view.acts[-1].what} leads to {newest}")

    def _way_back(self, facts: Facts) -> list[tuple[Json, int, int, Json]] | None:
        """A button that leads back; none is needed where the question stands there; None: there is no such button."""
        newest = self.view.newest
        if self._current_question(facts, newest[:1]) is not None:
            return []
        for message in newest[:NEWEST]:
            for place in _places(message):
                if place[2].get("callback_data") in ("s:resume", "s:start"):
                    return [(message, *place)]
        return None

    @staticmethod
    def _current_question(facts: Facts, messages: list[Json]) -> Json | None:
        standing = {(each.id, each.revision) for each in facts.going if each.stage != Stage.PAUSED}
        for message in messages:
            for _, _, button in _places(message):
                parts = button.get("callback_data", "").split(":")
                if parts[0] == "q" and (int(parts[1], 36), int(parts[2], 36)) in standing:
                    return message
        return None

    async def compare(self) -> None:
        """Hold what is stored against what the chat shows."""
        facts = await self.facts()
        for survey in self.posters.surveys:
            held, values = facts.interviews.get(survey.id), facts.values.get(survey.id, {})
            if held is None:
                if values:
                    self._complain("stored answers agree with the chat", f"answers without an interview: {values}")
                continue
            complete = held.stage == Stage.COMPLETE
            response = facts.responses.get(survey.id)
            if complete != (survey.id in facts.part) or complete != bool(response and response.complete):
                self._complain("stored answers agree with the chat", f"not alike complete: {held.stage}, {response}")
            compared = self.view.shown.compared(survey.id)
            self.observer.counts["messages compared with what is stored"] += compared
            form, going = survey.paper.form, held.stage not in (Stage.COMPLETE, Stage.LEFT)
            for problem in self.view.shown.differences(survey.id, form, values, self.town.texts, held.id, going=going):
                self._complain("stored answers agree with the chat", problem)

    async def read_own_data(self) -> None:
        """Hold what is stored against what /mydata says."""
        before = set(self.view.messages)
        await self._send("command", text="/mydata")
        await self.quiet()
        facts = await self.facts()
        if facts.held is None or self.view.was_blocked:
            return
        new = [each for each in reversed(self.view.newest) if each["message_id"] not in before]
        said = plain("\n".join(each.get("text", "") for each in new))
        wanted = 0
        for survey in self.posters.surveys:
            held = facts.interviews.get(survey.id)
            if held is None:
                continue
            language = facts.held.language
            state = State(facts.values.get(survey.id, {}), held.cursor, Stage(held.stage), held.revision, language)
            now = datetime.now(UTC)
            answers = read_back(survey.paper.form, state, texts=self.town.texts, now=now, random=Random(held.id))
            for question, answer in answers:
                wanted += 1
                if plain(f"{question} {answer}") not in said:
                    self._complain(
                        "/mydata shows what is stored", f"{question!r}: {answer!r} is not in {said[-300:]!r}"
                    )
        self.observer.counts["answers read in /mydata"] += wanted
        italic = sum(entity["type"] == "italic" for each in new for entity in each.get("entities", []))
        if len(new) == 1 and italic > wanted:
            self._complain("/mydata shows what is stored", f"{italic} answers instead of {wanted}")

    def _complain(self, rule: str, detail: str) -> None:
        self.observer.complain(rule, detail, self.view)

    async def facts(self) -> Facts:
        """What is held of her now, found as the bot finds it."""
        town = self.town
        nothing = Facts(None, {}, {}, {}, frozenset())
        contact = await town.row(select(Contact).where(Contact.chat_id == self.id, Contact.bot_id == town.bot.id))
        if contact is None or contact.resident_id is None:
            return nothing
        held = await town.row(select(Held).where(Held.id == contact.resident_id))
        facts = Facts(held, {}, {}, {}, frozenset())
        rows = await town.rows(select(Interview).where(Interview.resident_id == contact.resident_id))
        facts.interviews = {row.survey_id: row for row in rows}
        names = {pseudonym(each.key, contact.resident_id): each.id for each in self.posters.surveys}
        for row in await town.rows(
            select(Response.id, Response.pseudonym, Response.complete, Answer.ref, Answer.value)
            .outerjoin(Answer, Answer.response_id == Response.id)
            .where(Response.pseudonym.in_(names))
        ):
            survey = names[row.pseudonym]
            facts.responses[survey] = row
            if row.ref is not None:
                facts.values.setdefault(survey, {})[row.ref] = row.value
        part = await town.rows(select(Participation.survey_id).where(Participation.resident_id == contact.resident_id))
        facts.part = frozenset(row.survey_id for row in part)
        return facts


def _key(button: Json) -> str:
    """What a button stands for."""
    data: str = button.get("callback_data", "")
    return data.split(":", 3)[3] if data.startswith("q:") else data.partition(":")[2]


def _places(message: Json) -> list[tuple[int, int, Json]]:
    """The buttons of a message, each with its place."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [(row, column, button) for row, buttons in enumerate(rows) for column, button in enumerate(buttons)]
