"""One step of an interview: from a form, a state and an input to a new state and what is said. Pure.

Knows how one moves between questions; how a question looks is ``question_prompt``, what was typed is ``answers``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from random import Random
from zlib import crc32

from dialogues.forms import Form, Instance, Question
from dialogues.layout import lines
from dialogues.markup import Markup, insert, lay_out, plain_text, utf16_length
from dialogues.prompts import Input, Media, Option, Prompt, Replace, Reply, Role, Say, Show, Tap, Text, Toast, Withdraw
from dialogues.question_prompt import NOTHING, ask, expectation, later, quiet, refuse_to_skip, settled
from dialogues.question_types import type_of
from dialogues.question_types.base import (
    Find,
    Grow,
    Ignore,
    Outcome,
    Put,
    Refuse,
    Shrink,
    Stay,
    Take,
    TurnTo,
)
from dialogues.question_types.repeat import REMOVE
from dialogues.scene import Scene
from dialogues.splitting import split
from dialogues.standing import RESUME, resume_row
from dialogues.summary import answers_sent, page_with, summarise
from dialogues.texts import Texts
from dialogues.typed.numbers import read_number

__all__ = [
    "Event",
    "Seen",
    "Stage",
    "State",
    "Step",
    "ask_again",
    "instance_for",
    "present",
    "repeats",
    "start",
    "step",
]

_TOAST_LIMIT = 200
"""UTF-16 code units (Bot API, answerCallbackQuery)."""
_NEAR = 10
"""Prompts that a picture is not farther up than, to be found without searching."""


class Stage(StrEnum):
    """Where an interview is."""

    ASKING = "asking"
    SUMMARY = "summary"
    PAUSED = "paused"
    COMPLETE = "complete"
    LEFT = "left"


class Event(StrEnum):
    """What a step means for who keeps the interview."""

    COMPLETED = "completed"
    PAUSED = "paused"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Seen:
    """Pictures, sounds and films that came with a question. ``what``: a number for question and files together;
    ``revision``: of the prompt that they came with."""

    what: int
    revision: int
    on: date


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is to be kept of an interview between two steps.

    ``values``: the stored values by ref (``Instance.values()``; at the end ``Instance.submission()``). ``cursor``: the
    ref of the question that is asked; None in the summary and at the end. ``revision`` rises by one with every prompt
    that asks something new and by two with one that is shown anew; not with a redraw, nor where a prompt moves down.
    ``language``: the resident's. ``returning``: the question was opened from the summary and leads back to it.
    ``page``: of a long list, or the month of a date; 0 is the one that fits. ``seen``: what was shown or played with
    the last questions.
    """

    values: Mapping[str, str]
    cursor: str | None
    stage: Stage
    revision: int
    language: str
    returning: bool = False
    page: int = 0
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What a step comes to."""

    state: State
    replies: tuple[Reply, ...]
    event: Event | None = None


def start(form: Form, language: str, *, texts: Texts, now: datetime, random: Random) -> Step:
    """Begin an interview and ask its first question. To who finds it in other languages only, those are named first.

    ``random`` must give the same sequence in every step of one interview where a form draws the order of its options:
    seed it with the interview's id.
    """
    instance = instance_for(form, None, language, now=now, random=random)
    scene = Scene(instance, texts.speak(language))
    scene.begin()
    talk = _Talk(State(instance.values(), None, Stage.ASKING, 0, language), scene)
    first = talk.go_to(talk.scene.sequence.first(), talk.in_other_languages())
    instance.release()
    return first


def step(form: Form, state: State, given: Input, *, texts: Texts, now: datetime, random: Random) -> Step:
    """Take one step. Never fails for anything a resident can do; see ``start`` for ``random``.

    For a changed language, give the state with the new language and ``Show(anew=False)``: the answer is one
    ``Replace``, unless the question has pictures, sounds or films in that language alone. For ``Show(anew=True)`` it is
    the question as a new message.
    """
    instance = instance_for(form, state.values, state.language, now=now, random=random)
    taken = _Talk(state, Scene(instance, texts.speak(state.language))).take(given)
    instance.release()
    return taken


def present(form: Form, state: State, *, texts: Texts, now: datetime, random: Random) -> Prompt:
    """What stands in the chat; see ``start`` for ``random``."""
    instance = instance_for(form, state.values, state.language, now=now, random=random)
    standing = _replace(_Talk(state, Scene(instance, texts.speak(state.language))).present()).prompt
    instance.release()
    return standing


def ask_again(form: Form, state: State, opening: Markup, *, texts: Texts, now: datetime, random: Random) -> Step:
    """Ask what stands open once more, at the end of the chat: after something that is no matter of this interview, of
    which ``opening`` speaks."""
    instance = instance_for(form, state.values, state.language, now=now, random=random)
    asked = _Talk(state, Scene(instance, texts.speak(state.language))).move_down(opening)
    instance.release()
    return asked


def repeats(form: Form, state: State, given: Text, *, texts: Texts, now: datetime, random: Random) -> bool:
    """Whether a text says what the question before the present one has been answered with.

    Whoever keeps the interview knows whether it was written before the present question stood in the chat; then it is
    that answer once more, and not the next one.
    """
    instance = instance_for(form, state.values, state.language, now=now, random=random)
    talk = _Talk(state, Scene(instance, texts.speak(state.language)))
    sequence = talk.scene.sequence
    question = sequence.before(talk.question) if talk.question else next(reversed(sequence.questions), None)
    if question is None:
        return False
    match type_of(question).hear(talk.scene, question, given.text, 0):
        case Take(value) | Put(value):
            return value == talk.scene.value(question)
    return False


def instance_for(
    form: Form, values: Mapping[str, str] | None, language: str, *, now: datetime, random: Random
) -> Instance:
    """Return the instance as this resident reads it: a calculation that quotes an option does so in their language."""
    instance = Instance(form, values, now=now, random=random)
    instance.switch(language)
    return instance


class _Talk:
    """One step in the making. Its instance may be changed once; only what ``keep`` is told becomes the state."""

    def __init__(self, state: State, scene: Scene) -> None:
        self.state = state
        self.scene = scene
        self.is_tapped = False
        self.question = scene.sequence.find(state.cursor)
        if state.cursor is not None and self.question is None:  # no longer asked: we are at the one after it
            self.question = scene.sequence.after(state.cursor)
            self.state = replace(state, cursor=self.question.ref if self.question else None, page=0)

    def take(self, given: Input) -> Step:
        self.is_tapped = isinstance(given, Tap)
        if self.state.stage in (Stage.COMPLETE, Stage.LEFT):
            return self.after_the_end(given)
        if self.state.stage is Stage.PAUSED:
            return self.while_paused(given)
        return self.at_summary(given) if self.question is None else self.at_question(given, self.question)

    # --- what stands in the chat now ---

    def present(self, opening: Markup = NOTHING, found: tuple[int, ...] = ()) -> Prompt:
        """Return the prompt that stands open. ``opening`` and ``found``: as in ``ask``."""
        if self.state.stage is Stage.PAUSED:
            return self._paused()
        if self.question is None:
            return summarise(self.scene, revision=self.state.revision, page=self.state.page, opening=opening)
        return ask(
            self.scene,
            self.question,
            revision=self.state.revision,
            page=self.state.page,
            first=self.scene.sequence.before(self.question) is None,
            returning=self.state.returning,
            found=found,
            opening=opening,
        )

    def stay(self, *replies: Reply) -> Step:
        return Step(self.state, replies)

    def redraw(self) -> Step:
        return self.stay(_replace(self.present()))

    def show_anew(self, *before: Reply) -> Step:
        """Show the present prompt at the end of the chat, where alone it counts from now on.

        Its copies further up are two revisions old: who presses there is led here, not taken for a double tap.
        """
        self.state = replace(self.state, revision=self.state.revision + 2)
        return self.stay(*before, *_say(self._with_unseen(self.present())))

    def move_down(self, opening: Markup = NOTHING, found: tuple[int, ...] = ()) -> Step:
        """Let the present prompt follow what was written, so that its buttons stay the last thing in the chat.

        ``opening`` and ``found``: as in ``ask``. A button that was pressed before its message was gone counts.
        """
        return self.stay(Withdraw(), *_say(replace(self.present(opening, found), illustrations=())))

    def refuse(self, text: Markup) -> Step:
        """Say why something cannot be taken: where it was tapped, and at once; else at the end of the chat.

        The short line that answers a tap is gone before everybody has read it, and the message may be higher than the
        screen: so it is said in both.
        """
        if not self.is_tapped:
            return self.move_down(text)
        plain = plain_text(text)
        at_once = [Toast(plain)] if utf16_length(plain) <= _TOAST_LIMIT else []
        return self.stay(*at_once, _replace(self.present(text)))

    def in_other_languages(self) -> tuple[Reply, ...]:
        """Say in which languages a questionnaire is that lacks the one we speak."""
        names = self.scene.other_languages()
        if not names:
            return ()
        listed = self.scene.joined(insert(name) for name in names)
        text = self.scene.voice.text("This survey is only there in: {languages}.", languages=listed)
        return (Say(self._line(text)),)

    def _line(self, text: Markup) -> Prompt:
        return Prompt(lay_out(text, self.state.language), self.state.language)

    # --- moving ---

    def go_to(
        self, question: Question | None, before: tuple[Reply, ...], *, in_place: bool = False, opening: Markup = NOTHING
    ) -> Step:
        """Ask a question, for None show the summary, with what is stored now. ``opening``: as in ``ask``.

        ``in_place``: in the message of the one before, unless there are pictures to come: before their message.
        """
        left, self.question = self.question, question
        self.state = replace(
            self.state,
            values=self.scene.instance.values(),
            cursor=question.ref if question else None,
            stage=Stage.ASKING if question else Stage.SUMMARY,
            revision=self.state.revision + 1,
            returning=self.state.returning and question is not None,
            page=page_with(self.scene, left) if left and self.state.returning and not question else 0,
        )
        prompt = self._with_unseen(self.present(opening))
        if in_place and not prompt.illustrations:
            return self.stay(*before, _replace(prompt))
        closed = (_replace(self._left_behind(left)),) if in_place else ()
        return self.stay(*before, *closed, *_say(prompt))

    def _with_unseen(self, prompt: Prompt) -> Prompt:
        """A prompt with its pictures, sounds and films, which are seen then; without, if they stand near by already.

        Not of another day: what came in between, an interview does not know.
        """
        what, today = self._what(prompt), self.scene.instance.now.date()
        near = tuple(
            each for each in self.state.seen if each.on == today and self.state.revision - each.revision <= _NEAR
        )
        if not prompt.illustrations or any(each.what == what for each in near):
            return replace(prompt, illustrations=())
        self.state = replace(self.state, seen=(*near, Seen(what, self.state.revision, today)))
        return prompt

    def _what(self, prompt: Prompt) -> int:
        """Other files or other captions, as in another language, are something else."""
        shown = (f"{each.kind}\n{each.name}\n{each.caption}" for each in prompt.illustrations)
        return crc32("\n".join([self.state.cursor or "", *shown]).encode())

    def in_this_language(self, question: Question) -> Step:
        """The question in its place; or below what is shown or played with it in this language, and was not seen."""
        prompt = self.present()
        is_seen = any(each.what == self._what(prompt) for each in self.state.seen)
        return self.redraw() if is_seen or not prompt.illustrations else self.go_to(question, (), in_place=True)

    def _left_behind(self, question: Question | None) -> Prompt:
        """What stays of a question, or of the summary, that something else comes below."""
        return (
            summarise(self.scene, revision=0, page=0, open_=False) if question is None else quiet(self.scene, question)
        )

    def accept(self, question: Question, value: str) -> Step:
        """Store an answer if it fits, and go on."""
        scene = self.scene
        passed_over = self._passed_over()
        before = scene.value(question)
        scene.put(question, value)
        if not scene.valid(question):
            why = self._does_not_fit(question)
            scene.put(question, before)
            return self.refuse(why)
        done = _replace(settled(scene, question))
        return self.go_to(self._next(question, passed_over, new=not before), (done,))

    def _does_not_fit(self, question: Question) -> Markup:
        own = self.scene.constraint_message(question.ref)
        if own:
            return own
        return self.scene.voice.text("Please check your answer.") + " " + expectation(self.scene, question)

    def _passed_over(self) -> set[str]:
        """The refs of what is asked and has no answer: in the summary it is not asked once more by itself."""
        if not self.state.returning:
            return set()
        return {each.ref for each in self.scene.sequence.questions if not self.scene.value(each)}

    def _next(self, question: Question, passed_over: set[str], *, new: bool) -> Question | None:
        following = self.scene.sequence.after(question.ref)
        if not self.state.returning:
            return following
        # A changed answer may bring up questions, and take answers from others, whose options depend on it; those are
        # asked before the summary is shown again.
        around = self.scene.sequence.repeat_around(question)
        while following is not None:
            unanswered = not self.scene.value(following) and (new or following.ref not in passed_over)
            if unanswered or (new and _ends(following, around)):
                return following
            new = False
            following = self.scene.sequence.after(following.ref)
        return None

    def resume(self) -> Step:
        stage = Stage.ASKING if self.question else Stage.SUMMARY
        self.state = replace(self.state, stage=stage)
        return self.show_anew()

    # --- a question stands open ---

    def at_question(self, given: Input, question: Question) -> Step:
        match given:
            case Show(anew):
                return self.show_anew() if anew else self.in_this_language(question)
            case Tap(key, revision):
                stale = self._stale(key, revision)
                return stale or self._press(question, key)
            case Text(text):
                return self._hear(question, text)
            case Media():
                return self._follow(question, type_of(question).receive(self.scene, question, given))

    def _stale(self, key: str, revision: int) -> Step | None:
        """Answer a tap on a button that is not of the present question; None if it is."""
        if key == RESUME:
            return self.show_anew()
        if revision == self.state.revision:
            return None
        if revision == self.state.revision - 1:  # a double tap: the first one was the answer
            return self.stay(Toast(""))
        return self.show_anew(Toast(self.scene.voice.plain("This message is old. Here is where we are now.")))

    def _press(self, question: Question, key: str) -> Step:
        match key:
            case "back":
                return self._back(question)
            case "next" | "done":
                return self._done(question)
            case "skip":
                return self._skip(question)
            case "later":
                return self._pause(quiet(self.scene, question))
            case "leave":
                return self._ask_to_leave(question)
            case "left" if self.scene.required(question):
                return self._leave(question)
            case _ if key == REMOVE and question.kind != "repeat":
                return self._remove_entry(question)
        return self._follow(question, type_of(question).press(self.scene, question, key, self.state.page))

    def _follow(self, question: Question, outcome: Outcome) -> Step:
        """Do what an input comes to."""
        match outcome:
            case Take(value):
                return self.accept(question, value)
            case Put(value, more):
                return self._put(question, value, more=more)
            case TurnTo(page):
                return self._turn_to(page)
            case Find(indexes, opening):
                return self.move_down(opening, indexes)
            case Refuse(text):
                return self.refuse(text)
            case Grow(given):
                return self._grow(question, given)
            case Shrink():
                return self._shrink(f"{question.ref}[{self.scene.instance.count(question.ref)}]")
            case Ignore():
                return self.stay(Toast(""))
            case Stay():
                return self.redraw()

    def _turn_to(self, page: int) -> Step:
        self.state = replace(self.state, page=page)
        return self.redraw()

    def _put(self, question: Question, value: str, *, more: bool) -> Step:
        """Store one tap of several; one too many is refused, one too few is a matter of "Done"."""
        scene = self.scene
        before = scene.value(question)
        fitted = bool(before) and scene.valid(question)
        scene.put(question, value)
        if more and fitted and not scene.valid(question):
            why = self._does_not_fit(question)
            scene.put(question, before)
            return self.refuse(why)
        self.state = replace(self.state, values=scene.instance.values())
        return self.redraw()

    def _grow(self, repeat: Question, given: Media | None) -> Step:
        """Add an entry to an open repeat and ask its first question; or answer that with what came unasked."""
        scene = self.scene
        done, wanted = _replace(settled(scene, repeat)), type_of(repeat).expectation(scene, repeat)
        try:
            ref = scene.add(repeat.ref)
        except ValueError:
            return self.refuse(scene.voice.text("There is no room for more entries."))
        first = next((each for each in scene.sequence.questions if each.ref.startswith(f"{ref}/")), None)
        if given is None:
            return self.go_to(first or repeat, (done,))
        taken = type_of(first).receive(scene, first, given) if first else None
        if first is None or not isinstance(taken, Take):
            scene.remove(ref)
            return self._not_here(wanted)
        scene.put(first, taken.value)
        if not scene.valid(first):
            why = self._does_not_fit(first)
            scene.remove(ref)
            return self.refuse(why)
        return self.go_to(scene.sequence.after(first.ref), (done,))

    def _shrink(self, entry: str) -> Step:
        """Take an entry of an open repeat away, with the question that stands, and ask at its end again."""
        self.scene.remove(entry)
        sequence, repeat = self.scene.sequence, entry.rpartition("[")[0]
        return self.go_to(sequence.find(repeat) or sequence.after(repeat), (Withdraw(),))

    def _remove_entry(self, question: Question) -> Step:
        entry = self.scene.sequence.repeat_around(question)
        return self.redraw() if entry is None else self._shrink(entry)

    def _done(self, question: Question) -> Step:
        scene = self.scene
        if question.kind == "repeat":
            return self.go_to(
                scene.sequence.after(question.ref) if not self.state.returning else None,
                (_replace(settled(scene, question)),),
            )
        missing = type_of(question).unfinished(scene, question)
        if missing is not None:
            return self.refuse(missing)
        value = scene.value(question)
        return self.accept(question, value) if value else self._skip(question)

    def _skip(self, question: Question) -> Step:
        if self.scene.required(question):
            return self.refuse(refuse_to_skip(self.scene, question))
        return self._done(question) if question.kind == "repeat" else self.accept(question, "")

    def _back(self, question: Question) -> Step:
        if self.state.returning:
            return self.go_to(None, (), in_place=True)
        previous = self.scene.sequence.before(question)
        return self.redraw() if previous is None else self.go_to(previous, (), in_place=True)

    def _hear(self, question: Question, text: str) -> Step:
        heard = type_of(question).hear(self.scene, question, text, self.state.page)
        if isinstance(heard, Refuse):
            heard = Refuse(self._why_needed(question, heard.text))
        step = self._follow(question, heard)
        # A part of the answer is taken, or is so already: the buttons follow what was written.
        is_part = isinstance(heard, Put | Stay | TurnTo) and isinstance(step.replies[0], Replace)
        return self.move_down() if is_part else step

    def _why_needed(self, question: Question, refused: Markup) -> Markup:
        """Put before our words the questionnaire's own, where something else is written than the answer it needs."""
        is_open = self.scene.required(question) and not self.scene.value(question)
        own = self.scene.required_message(question.ref) if is_open else NOTHING
        return lines(own, refused) if own else refused

    def _not_here(self, wanted: Markup) -> Step:
        return self.refuse(self.scene.voice.text("We cannot read this here.") + " " + wanted)

    # --- pausing, leaving, ending ---

    def _pause(self, left_behind: Prompt) -> Step:
        self.state = replace(self.state, stage=Stage.PAUSED)
        return Step(self.state, (_replace(left_behind), Say(self._paused())), Event.PAUSED)

    def _paused(self) -> Prompt:
        voice = self.scene.voice
        text = voice.text("We keep your answers. Tap the button when you want to go on.")
        return Prompt(lay_out(text, voice.language), voice.language, rows=(resume_row(voice),))

    def while_paused(self, given: Input) -> Step:
        match given:
            case Show(anew=False):
                return self.redraw()
            case Tap("later"):  # the second half of a double tap
                return self.stay(Toast(""))
            case _:
                return self.resume()

    def _ask_to_leave(self, question: Question) -> Step:
        voice = self.scene.voice
        sure = voice.text("Do you want to stop this survey? You can also continue later.")
        rows = (
            (Option("stay", voice.plain("Go on"), role=Role.NAVIGATION),),
            (Option("left", voice.plain("Stop this survey"), role=Role.NAVIGATION),),
            (later(voice),),
        )
        shown = quiet(self.scene, question, lay_out(sure, voice.language))
        return self.stay(_replace(replace(shown, rows=rows, revision=self.state.revision, asks=True)))

    def _leave(self, question: Question) -> Step:
        self.state = replace(self.state, stage=Stage.LEFT)
        return Step(self.state, (_replace(quiet(self.scene, question)), Say(self._over())), Event.LEFT)

    def _over(self) -> Prompt:
        voice = self.scene.voice
        if self.state.stage is Stage.COMPLETE:
            return self._line(voice.text("Thank you! Your answers have arrived."))
        stopped = voice.text("You have stopped this survey. Thank you for your time.")
        return replace(self._line(stopped), rows=(resume_row(voice),))

    def after_the_end(self, given: Input) -> Step:
        match given:
            case Show(anew=False):
                return self.stay(Replace(self._over()))
            case Tap(key) if key == RESUME and self.state.stage is Stage.LEFT:
                return self.resume()
            case Tap() if self.state.stage is Stage.COMPLETE:  # mostly the second half of a double tap
                return self.stay(Toast(plain_text(self._over().text)))
            case _:
                return self.stay(Say(self._over()))

    # --- the summary ---

    def at_summary(self, given: Input) -> Step:
        match given:
            case Show(anew):
                return self.show_anew() if anew else self.redraw()
            case Tap(key, revision):
                stale = self._stale(key, revision)
                return stale or self._press_at_summary(key)
            case Text(text):
                number = read_number(text, self.state.language)
                changed = self._change(int(number)) if number is not None and number == int(number) else None
                return changed or self.refuse(self._what_to_press())
            case Media():
                return self._not_here(self._what_to_press())

    def _what_to_press(self) -> Markup:
        voice = self.scene.voice
        return voice.text("Tap {send}, or tap a number to change an answer.", send=voice.plain("Send my answers"))

    def _press_at_summary(self, key: str) -> Step:
        if key == "send":
            return self._send()
        if key == "later":
            return self._pause(summarise(self.scene, revision=0, page=self.state.page, open_=False))
        match = re.fullmatch(r"(edit:|p)([0-9]{1,5})", key)
        if match is None:
            return self.redraw()
        return self._turn_to(int(match[2])) if match[1] == "p" else self._change(int(match[2])) or self.redraw()

    def _change(self, number: int) -> Step | None:
        questions = self.scene.sequence.questions
        if not 1 <= number <= len(questions):
            return None
        self.state = replace(self.state, returning=True)
        if self.is_tapped:
            return self.go_to(questions[number - 1], (), in_place=True)
        return self.go_to(questions[number - 1], (Withdraw(),))

    def _send(self) -> Step:
        instance = self.scene.instance
        for question in self.scene.sequence.questions:
            missing = self.scene.required(question) and not self.scene.value(question)
            unfinished = type_of(question).unfinished(self.scene, question)
            if missing or unfinished or not self.scene.valid(question):
                return self._ask_again(question, unfinished or self._lacks(question, missing=missing))
        sent = answers_sent(self.scene)
        first, *more = split(sent.text) or [sent.text]
        kept: list[Reply] = [Replace(replace(sent, text=first)), *(Say(replace(sent, text=text)) for text in more)]
        self.state = replace(
            self.state, values=instance.submission(), stage=Stage.COMPLETE, cursor=None, page=0, seen=()
        )
        return Step(self.state, (*kept, Say(self._over())), Event.COMPLETED)

    def _lacks(self, question: Question, *, missing: bool) -> Markup:
        if not missing:
            return self._does_not_fit(question)
        return self.scene.required_message(question.ref) or self.scene.voice.text("One answer is still missing.")

    def _ask_again(self, question: Question, why: Markup) -> Step:
        kept = _replace(self._left_behind(None))
        self.state = replace(self.state, returning=True)
        return self.go_to(question, (kept,), opening=why)


def _ends(question: Question, entry: str | None) -> bool:
    """Tell whether a question asks for another entry after this one."""
    return entry is not None and question.ref == entry.rpartition("[")[0]


def _say(prompt: Prompt) -> tuple[Say, ...]:
    """Say a prompt as a message, or as several if it is too long for one; the last one has the buttons."""
    *first, last = split(prompt.text) or [prompt.text]
    plain = (Say(Prompt(part, prompt.language)) for part in first)
    return (*plain, Say(replace(prompt, text=last)))


def _replace(prompt: Prompt) -> Replace:
    """Redraw a prompt in its message: of one that is too long, its last part, which had the buttons."""
    return Replace(replace(prompt, text=(split(prompt.text) or [prompt.text])[-1]))
