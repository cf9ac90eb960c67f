"""A resident who holds an interview with a form written as a table, and what the chat shows her."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from random import Random

from dialogues import interview
from dialogues.forms import Form, compile_xlsform
from dialogues.interview import Event, Stage, State, Step
from dialogues.markup import plain_text
from dialogues.prompts import (
    Input,
    Media,
    MediaKind,
    Option,
    Prompt,
    Replace,
    Say,
    SentFile,
    SentPlace,
    Show,
    Tap,
    Text,
    Toast,
    Withdraw,
)
from tests.dialogues.conftest import marked_texts

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_INVISIBLE = {ord(sign): None for sign in "\u2068\u2069\u200e\u200f"}


@cache
def form(table: str) -> Form:
    """Compile a form that is written as Markdown tables, as XLSForm's own tests are."""
    return Form.parse(compile_xlsform(table.encode(), "md", name="test").xform)


def read(prompt: Prompt) -> str:
    """What a reader sees of a prompt's text."""
    return plain_text(prompt.text).translate(_INVISIBLE)


@dataclass
class Chat:
    """One resident's chat. ``messages`` are the prompts as they stand now, the last one at the end."""

    form: Form
    language: str = "en"
    messages: list[Prompt] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    asking: int | None = None
    now: datetime = NOW
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self._take(
            interview.start(self.form, self.language, texts=marked_texts(), now=self.now, random=Random(1)), None
        )

    def give(self, given: Input, at: int | None = None) -> Step:
        step = interview.step(self.form, self.state, given, texts=marked_texts(), now=self.now, random=Random(1))
        self._take(step, at)
        return step

    def _take(self, step: Step, tapped: int | None) -> None:
        self.state = step.state
        if step.event:
            self.events.append(step.event)
        for reply in step.replies:
            match reply:
                case Say(prompt):
                    self.messages.append(prompt)
                    if prompt.asks:
                        self.asking = len(self.messages) - 1
                case Replace(prompt):
                    place = self.asking if tapped is None else tapped
                    assert place is not None
                    self.messages[place] = prompt
                case Withdraw():
                    assert self.asking is not None
                    del self.messages[self.asking]
                    self.asking = None
                case Toast(text):
                    self.toasts.append(text)

    # --- what the resident does ---

    def tap(self, label: str) -> Step:
        """Press the button with this label, with or without its sign, on the last message that has one."""
        place, option = next(
            (place, option)
            for place in reversed(range(len(self.messages)))
            for option in self.buttons(place)
            if label in (option.label, option.label.partition(" ")[2])
        )
        return self.press(option, place)

    def press(self, option: Option, place: int) -> Step:
        return self.give(Tap(option.key, self.messages[place].revision), place)

    def write(self, text: str) -> Step:
        return self.give(Text(text))

    def send_photo(self) -> Step:
        return self.give(Media(MediaKind.PHOTO))

    def send_file(self, kind: MediaKind, name: str, media_type: str = "") -> Step:
        return self.give(Media(kind, SentFile(name, media_type)))

    def send_place(self, latitude: float, longitude: float) -> Step:
        return self.give(Media(MediaKind.LOCATION, place=SentPlace(latitude, longitude, 12.4)))

    def speak(self, language: str) -> Step:
        self.state = replace(self.state, language=language)
        return self.give(Show(anew=False))

    # --- what the chat shows ---

    @property
    def last(self) -> str:
        return read(self.messages[-1])

    @property
    def complaint(self) -> str:
        """What is said first of a question that is asked again, with its buttons, as the last thing in the chat."""
        assert self.asking == len(self.messages) - 1
        first, _, question = self.last.partition("\n\n")
        assert question
        return first

    @property
    def open_question(self) -> str:
        assert self.asking is not None
        return read(self.messages[self.asking])

    def buttons(self, place: int = -1) -> Iterator[Option]:
        return (option for row in self.messages[place].rows for option in row)

    def labels(self, place: int = -1) -> list[list[str]]:
        return [[option.label.translate(_INVISIBLE) for option in row] for row in self.messages[place].rows]

    @property
    def chosen(self) -> list[str]:
        assert self.asking is not None
        return [option.label for option in self.buttons(self.asking) if option.chosen]

    @property
    def answers(self) -> dict[str, str]:
        return {ref.rsplit("/", 1)[1]: value for ref, value in self.state.values.items() if "instanceID" not in ref}

    @property
    def over(self) -> bool:
        return self.state.stage in (Stage.COMPLETE, Stage.LEFT)
