"""What a chat shows as answered, and whether that is what is stored."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from dialogues.forms import Form, Question
from dialogues.interview import instance_for
from dialogues.markup import plain_text
from dialogues.scene import Scene
from dialogues.texts import Texts
from tests.bot.chat import seen

Json = dict[str, Any]
_OPTION = re.compile(r"[ac](\d+)[+-]?")


@dataclass(frozen=True)
class Standing:
    """A message as it stands. ``survey``: whose interview's it is; ``summary``: it lists all answers."""

    language: str
    message: Json
    survey: int | None
    summary: bool

    @property
    def number(self) -> int:
        """The id of the message."""
        number: int = self.message["message_id"]
        return number

    @property
    def text(self) -> str:
        """As a reader sees it, in one line."""
        return plain(self.message.get("text", ""))

    @property
    def buttons(self) -> list[Json]:
        """All buttons that are answered by the bot."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row if "callback_data" in button]

    @property
    def keys(self) -> set[str]:
        """The keys of the buttons of its question."""
        return {
            button["callback_data"].split(":", 3)[3]
            for button in self.buttons
            if button["callback_data"].startswith("q:")
        }


def plain(text: str) -> str:
    """A text as a reader sees it, in one line."""
    return " ".join(seen(text).split())


class Shown:
    """The messages of a chat, in the order in which they have come to be what they are."""

    def __init__(self) -> None:
        self.interviews: dict[int, int] = {}
        """The survey of each interview."""
        self.whole = True
        """Whether all that was ever said could arrive."""
        self._new: deque[tuple[int, Json]] = deque()
        self._standing: dict[int, Standing] = {}
        self._past: list[Standing] = []
        """All that has stood in the messages that are still there, in its order."""
        self._order = 0

    def arrived(self, number: int, message: Json) -> None:
        """A message is new or was changed; ``read_next`` takes it in."""
        self._new.append((number, message))

    def read_next(self, language: str) -> Json | None:
        """Take in the next message, which was written in this language."""
        if not self._new:
            return None
        number, message = self._new.popleft()
        before = self._standing.get(number)
        new = Standing(language, message, None, False)
        if new.keys:
            ids = (data["callback_data"].split(":")[1] for data in new.buttons if data["callback_data"][0] == "q")
            survey = self.interviews.get(int(next(ids), 36))
            summary = "send" in new.keys or ("lang:de" in new.keys and bool(before and before.summary))
        else:
            survey = before.survey if before else None
            summary = bool(before and before.summary)
        self._standing[number] = Standing(language, message, survey, summary)
        self._past.append(self._standing[number])
        return message

    def deleted(self, number: int) -> None:
        """A message is gone."""
        self._standing.pop(number, None)

    def erased(self) -> None:
        """All that was said belongs to somebody of whom nothing is known any more."""
        self._standing = {number: each for number, each in self._standing.items() if each.survey is None}
        self._past.clear()
        self._past.clear()

    def missed(self) -> None:
        """Something could not arrive: what stands in the chat may be old."""
        self.whole = False
        self.erased()

    # --- against what is stored ---

    def differences(
        self, survey: int, form: Form, values: Mapping[str, str], texts: Texts, interview: int, *, going: bool
    ) -> Iterator[str]:
        """Where the chat shows something else than ``values``. ``going``: the interview is not over yet.

        What was said last about a question counts, if it still stands there: copies further up are not redrawn.
        """
        readers: dict[str, _Reader] = {}
        shown: dict[str, Standing] = {}
        for each in self._past:
            if each.survey != survey or each.summary or each.number not in self._standing:
                continue
            if each.language not in readers:
                readers[each.language] = _Reader(form, values, each.language, texts, interview)
            if (question := readers[each.language].question_of(each)) is not None:
                shown[question.ref] = each
        for ref, each in shown.items():
            # Who goes back has the question before in the same message; this one is asked again on the way forward.
            if self._standing[each.number] is not each:
                continue
            if (problem := readers[each.language].problem(ref, each)) is not None:
                yield problem
        if going and self.whole:
            asked = _Reader(form, values, "en", texts, interview).asked
            for ref, question in asked.items():
                if values.get(ref) and ref not in shown:
                    yield f"{question.name} is stored as {values[ref]!r} and shown nowhere"

    def compared(self, survey: int) -> int:
        """How many messages of a survey's interview stand in the chat."""
        return sum(each.survey == survey for each in self._standing.values())


class _Reader:
    """Reads messages of an interview that were written in one language."""

    def __init__(self, form: Form, values: Mapping[str, str], language: str, texts: Texts, interview: int) -> None:
        now = datetime.now(UTC)
        instance = instance_for(form, values, language, now=now, random=Random(interview))
        self._scene = Scene(instance, texts.speak(language))
        self._skipped = "– " + plain(texts.speak(language).plain("Skipped"))
        self._values = values
        self.asked = {question.ref: question for question in self._scene.sequence.questions}
        self._labels = {ref: plain(plain_text(self._scene.label(ref))) for ref in self.asked}

    def question_of(self, each: Standing) -> Question | None:
        """The question that a message shows with or without an answer."""
        named = [ref for ref, label in self._labels.items() if label and label in each.text]
        return self.asked[max(named, key=lambda ref: len(self._labels[ref]))] if named else None

    def problem(self, ref: str, each: Standing) -> str | None:
        """What a message shows that is not so."""
        question, stored = self.asked[ref], self._values.get(ref, "")
        answer = self._scene.answer(question)
        said = None if answer is None else "✓ " + plain(plain_text(answer))
        where = f"{question.name}, stored as {stored!r}, in message {each.message['message_id']}"
        if each.keys and question.kind.startswith("select"):
            return self._of_buttons(question, each, stored, where)
        if "stay" in each.keys or "lang:de" in each.keys:
            return None
        if each.keys and question.kind == "date":
            chosen = any(button["text"].startswith("✓ ") for button in each.buttons)
            return f"{where}, has a chosen day" if chosen and not stored else None
        settled = not each.keys
        if self._skipped in each.text and settled:
            return f"{where}, is shown as skipped" if stored else None
        if "✓ " not in each.text:
            return f"{where}, is shown as open" if stored and not settled else None
        return None if said is not None and said in each.text else f"{where}, is shown as {each.text[-200:]!r}"

    def _of_buttons(self, question: Question, each: Standing, stored: str, where: str) -> str | None:
        values = [choice.value for choice in self._scene.options(question.ref)]
        chosen, seen_ = set(), set()
        for button in each.buttons:
            option = _OPTION.fullmatch(button["callback_data"].split(":", 3)[-1])
            if option is None or int(option[1]) >= len(values):
                continue
            seen_.add(values[int(option[1])])
            if button["text"].startswith(("✓", "☑")):
                chosen.add(values[int(option[1])])
        kept = set(stored.split(" ") if question.kind == "select_multiple" else [stored]) & seen_
        return None if kept == chosen else f"{where}, has the buttons {sorted(chosen)} chosen"
