"""What every type of question answers for: how it is asked, what is taken as an answer, how an answer reads.

A type keeps nothing and moves nowhere: it says what an input comes to (an `Outcome`), and the interview does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from dialogues.markup import Markup, insert
from dialogues.splitting import shorten

if TYPE_CHECKING:
    from dialogues.forms import Question
    from dialogues.prompts import Media, Option
    from dialogues.scene import Scene

SHOWN_TEXT = 300
"""Letters of an answer that are read back."""


@dataclass(frozen=True, slots=True)
class Take:
    """This is the answer: store it and go on."""

    value: str


@dataclass(frozen=True, slots=True)
class Put:
    """Store this and stay. ``more``: something was added, which is refused where it is too much."""

    value: str
    more: bool


@dataclass(frozen=True, slots=True)
class TurnTo:
    """Show another page of the question."""

    page: int


@dataclass(frozen=True, slots=True)
class Find:
    """Show only these of the options, by their indexes; ``opening`` is said first."""

    indexes: tuple[int, ...]
    opening: Markup


@dataclass(frozen=True, slots=True)
class Refuse:
    """This cannot be taken: show the question again, with this first."""

    text: Markup


@dataclass(frozen=True, slots=True)
class Grow:
    """Add an instance to the repeat that the question is about; ``given`` is the answer to its first question."""

    given: Media | None = None


@dataclass(frozen=True, slots=True)
class Shrink:
    """Take the last instance of the repeat away."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Draw the question again: a key that means nothing here, or something that is so already."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing happens: a button that only fills a table."""


Outcome: TypeAlias = Take | Put | TurnTo | Find | Refuse | Grow | Shrink | Stay | Ignore
Rows: TypeAlias = "tuple[tuple[Option, ...], ...]"


class QuestionType:
    """A type of question. One for each kind that `dialogues.forms` knows; what differs is overridden."""

    kind: ClassVar[str]
    """The field's word for it."""
    asked: ClassVar[bool] = True
    """Whether an answer is awaited; otherwise it is told with the next question."""
    many: ClassVar[bool] = False
    """Whether several taps make up the answer, so that "Done" ends it."""
    shown_as_chosen: ClassVar[bool] = False
    """Whether the buttons themselves show the present answer."""

    # --- how it is asked ---

    def expectation(self, scene: Scene, question: Question) -> Markup:
        """Return what is expected as an answer, in one or two short sentences."""
        raise NotImplementedError

    def expected(self, scene: Scene, question: Question, page: int) -> Markup:
        """Return what is expected next, where an answer is given in several steps."""
        return self.expectation(scene, question)

    def listed(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Markup:
        """Return what belongs to the buttons but does not fit on them."""
        return Markup("")

    def rows(self, scene: Scene, question: Question, page: int, found: tuple[int, ...]) -> Rows:
        """Return the buttons to answer with. ``page`` and ``found`` as in `dialogues.question_prompt.ask`."""
        return ()

    def told(self, scene: Scene, question: Question) -> Markup:
        """Return what is said of a question that is not asked: its text, and the value it has."""
        label, value = scene.label(question.ref), scene.answer(question)
        return Markup("\n").join(each for each in (label, value) if each)

    # --- what is taken ---

    def press(self, scene: Scene, question: Question, key: str, page: int) -> Outcome:
        """Return what a button of ``rows`` comes to; any key may come."""
        return Stay()

    def hear(self, scene: Scene, question: Question, text: str, page: int) -> Outcome:
        """Return what a text comes to that was typed: any script, any length. ``page``: the one that is shown."""
        raise NotImplementedError

    def receive(self, scene: Scene, question: Question, media: Media) -> Outcome:
        """Return what a photo, a voice note, a place … comes to."""
        return Refuse(scene.voice.text("We cannot read this here.") + " " + self.expectation(scene, question))

    def unfinished(self, scene: Scene, question: Question) -> Markup | None:
        """Return what is missing of an answer that has begun; None if it is whole."""
        return None

    # --- how an answer reads ---

    def value(self, scene: Scene, question: Question) -> str:
        """Return the present answer as it is stored; empty if there is none."""
        return scene.instance.value(question.ref)

    def said(self, scene: Scene, question: Question, value: str) -> Markup:
        """Return an answer as a resident reads it, isolated."""
        return insert(shorten(self.said_plainly(scene, question, value), SHOWN_TEXT))

    def said_plainly(self, scene: Scene, question: Question, value: str) -> str:
        """Return an answer as plain text. A questionnaire's default or calculation may hold anything."""
        return value
