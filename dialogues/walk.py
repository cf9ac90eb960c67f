"""An interview without a channel: recorded answers replayed, or lines typed in a terminal. Prints and reads nothing.

A replay stores what the record holds, as engines of the field do, also where it does not fit; a conversation refuses
what a chat would refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random

from dialogues import interview
from dialogues.forms import Form, Instance, Question
from dialogues.forms.tree import MAX_INSTANCES
from dialogues.interview import Step
from dialogues.markup import plain_text
from dialogues.prompts import Input, Option, Prompt, Replace, Say, Tap, Text, Toast
from dialogues.question_prompt import ask
from dialogues.question_types import is_asked
from dialogues.question_types.acknowledge import KEY
from dialogues.question_types.repeat import ADD, REMOVE
from dialogues.scene import Scene
from dialogues.texts import Texts
from dialogues.typed.folding import western_digits

__all__ = ["Final", "WalkError", "Walked", "as_line", "as_text", "converse", "walk"]


class WalkError(ValueError):
    """A line of a record is not an answer, or is one to a question that the form does not have."""


@dataclass(frozen=True, slots=True)
class Walked:
    """One answer of a replay.

    ``prompt``: the question as a terminal shows it; empty where it was not asked. ``value``: what is stored.
    ``problem`` says why an answer was passed over, or that it does not fit.
    """

    question: str
    prompt: str
    value: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Final:
    """The instance at the end: the values of what is relevant, and the refs of what a chat would still ask for."""

    values: Mapping[str, str]
    missing: tuple[str, ...] = ()
    unfitting: tuple[str, ...] = ()


# --- a replay -------------------------------------------------------------------------------------------------------


def walk(
    form: Form,
    language: str,
    answers: Iterable[Mapping[str, object]],
    *,
    texts: Texts,
    now: datetime,
    random: Random,
) -> Iterator[Walked | Final]:
    """Replay recorded answers, in their order, and give the instance at the end.

    An answer is ``{"question": name or ref, "value": …}``. The value is as stored: a text, a number, a list of the
    options chosen, or None; of an open repeat how many entries it has from then on. A name that several questions have
    means the next of them. What was recorded begins as the form does, a conversation without entries of open repeats:
    so the answers are stored past the scene. Raises ``WalkError``.
    """
    instance, voice = Instance(form, None, now=now, random=random), texts.speak(language)
    last = -1
    for number, answer in enumerate(answers, 1):
        wanted, value = _recorded(answer, number)
        asked = [question for question in instance.asked() if question.kind != "note"]
        place = _find(asked, wanted, last)
        if place is None:
            _must_exist(form, wanted, number)
            yield Walked(wanted, "", "", "This question is not asked now.")
            continue
        last = place
        yield _replay(Scene(instance, voice), asked[place], value)
    yield _final(instance)


def _recorded(answer: Mapping[str, object], number: int) -> tuple[str, str]:
    wanted = answer.get("question")
    if not isinstance(wanted, str):
        raise WalkError(f"Answer {number} names no question")
    value = answer.get("value")
    if isinstance(value, list | tuple):
        return wanted, " ".join(_stored(each, number) for each in value)
    return wanted, _stored(value, number)


def _stored(value: object, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise WalkError(f"Answer {number} is neither a text, a number nor a list of them")


def _find(asked: list[Question], wanted: str, last: int) -> int | None:
    """Return the place of the question that is meant: by its ref, else the next of this name after the last one."""
    for place, question in enumerate(asked):
        if question.ref == wanted:
            return place
    named = [place for place, question in enumerate(asked) if question.name == wanted]
    return next((place for place in named if place > last), named[0] if named else None)


def _must_exist(form: Form, wanted: str, number: int) -> None:
    plain = re.sub(r"\[\d+\]", "", wanted)
    if not any(wanted == question.name or plain == question.ref for question in form.questions):
        raise WalkError(f"Answer {number} is to a question that the form does not have: {wanted}")


def _replay(scene: Scene, question: Question, value: str) -> Walked:
    prompt = _question(scene, question)
    if question.kind == "repeat":
        _repeat(scene.instance, question.ref, value)
        return Walked(question.ref, prompt, scene.value(question))
    scene.instance.answer(question.ref, value)
    fits = scene.instance.valid(question.ref)
    problem = "" if fits else plain_text(scene.constraint_message(question.ref)) or "The answer does not fit."
    return Walked(question.ref, prompt, scene.instance.value(question.ref), problem)


def _repeat(instance: Instance, repeat: str, value: str) -> None:
    """Give an open repeat so many entries; what is no number changes nothing."""
    wanted = min(int(value), MAX_INSTANCES) if value.isascii() and value.isdigit() and len(value) < 6 else None
    while wanted is not None and instance.count(repeat) > wanted:
        instance.remove(f"{repeat}[{instance.count(repeat)}]")
    while wanted is not None and instance.count(repeat) < wanted:
        instance.add(repeat)


def _question(scene: Scene, question: Question) -> str:
    if scene.sequence.find(question.ref) is None:  # of a kind that a chat does not ask
        return _readable(plain_text(scene.label(question.ref)))
    return render(ask(scene, question, revision=0, page=0, first=True, returning=False))


def _final(instance: Instance) -> Final:
    asked = [each.ref for each in instance.asked() if is_asked(each) and each.kind != "repeat"]
    return Final(
        instance.submission(),
        tuple(ref for ref in asked if not instance.value(ref) and instance.required(ref)),
        tuple(ref for ref in asked if not instance.valid(ref)),
    )


# --- a conversation -------------------------------------------------------------------------------------------------

_SIGNS = {
    "": ("done", "next", "send", "stay", KEY),
    "<": ("back",),
    "-": ("skip",),
    "+": ("p",),
    ">": ("later",),
    "!": ("leave", "left"),
    "*": (ADD,),
    "~": (REMOVE,),
}
"""What is typed instead of pressing, and the keys, or for ``+`` the beginning of the keys, that it may mean."""


def converse(
    form: Form, language: str, lines: Iterable[str], *, texts: Texts, now: datetime, random: Random
) -> Iterator[str | Final]:
    """Hold an interview with typed lines: give what is to be shown, then take the next line, until it is over.

    A line is a number of the options shown (or several, where several can be chosen), an answer in words, or one of the
    signs that stand under each question. Ends with the instance, also when there are no more lines.
    """
    seed = random.getrandbits(64)

    def chance() -> Random:
        return Random(seed)  # noqa: S311 - draws the order of options, the same in every step

    step = interview.start(form, language, texts=texts, now=now, random=chance())
    shown = _asking(step, None)
    yield from _told(step)
    for line in lines:
        for given in _typed(line, shown):
            step = interview.step(form, step.state, given, texts=texts, now=now, random=chance())
            shown = _asking(step, shown)
        yield from _told(step)
        if step.event is not None:
            break
    yield _final(Instance(form, step.state.values, now=now, random=chance()))


def _told(step: Step) -> Iterator[str]:
    """What a terminal prints: all that is new, and a redrawn question; not what settles an old one."""
    for reply in step.replies:
        if isinstance(reply, Toast):
            if reply.text:
                yield _readable(reply.text)
        elif isinstance(reply, Say) or (isinstance(reply, Replace) and reply.prompt.asks):
            yield render(reply.prompt)


def _asking(step: Step, before: Prompt | None) -> Prompt | None:
    prompts = [reply.prompt for reply in step.replies if isinstance(reply, Say | Replace)]
    return next((prompt for prompt in reversed(prompts) if prompt.asks), before)


def _typed(line: str, shown: Prompt | None) -> list[Input]:
    """Return what a line means for the prompt that is shown: taps on its buttons, or a text."""
    text = western_digits(line.strip())
    if shown is None:
        return [Text(line)]
    if text in _SIGNS:
        key = _meant(text, shown)
        return [Tap(key, shown.revision)] if key else [Text(line)]
    numbers = {number: option.key for number, option in _numbered(shown)}
    chosen = [numbers.get(number) for number in text.split()]
    keys = [key for key in chosen if key]
    return [Tap(key, shown.revision) for key in keys] if keys and len(keys) == len(chosen) else [Text(line)]


def _meant(sign: str, prompt: Prompt) -> str | None:
    keys = [option.key for row in prompt.rows for option in row]
    if sign == "+":
        pages = [key for key in keys if re.fullmatch(r"p[0-9]+", key)]
        return pages[-1] if pages else None
    return next((key for key in _SIGNS[sign] if key in keys), None)


def _numbered(prompt: Prompt) -> Iterator[tuple[str, Option]]:
    """Return the options that are chosen by a number, each with its number."""
    for option in (option for row in prompt.rows for option in row):
        match = re.fullmatch(r"(?P<choice>[ack])(?P<index>[0-9]+)[+-]?|edit:(?P<entry>[0-9]+)", option.key)
        if match:
            yield match["entry"] or str(int(match["index"]) + 1), option


def render(prompt: Prompt) -> str:
    """Write a prompt for a terminal: its text, its options with their numbers, and the signs to type."""
    options = [_option(number, option) for number, option in _numbered(prompt) if option.label != number]
    labels = {option.key: _readable(option.label) for row in prompt.rows for option in row}
    meant = {sign: _meant(sign, prompt) for sign in _SIGNS}
    signs = [f"[{sign or 'Enter'}] {labels[key]}" for sign, key in meant.items() if key]
    parts = (_readable(plain_text(prompt.text)), "\n".join(options), "   ".join(signs))
    return "\n\n".join(part for part in parts if part)


def _option(number: str, option: Option) -> str:
    mark = ("[x] " if option.chosen else "[ ] ") if option.many else ("* " if option.chosen else "")
    return f"  {number}. {mark}{_readable(option.label)}"


def _readable(text: str) -> str:
    """Leave out the invisible marks of direction: a terminal lays lines out by itself, or shows them as rubbish."""
    return re.sub("[\u200e\u200f\u2068\u2069]", "", text)


# --- how it is printed ----------------------------------------------------------------------------------------------


def as_line(step: str | Walked | Final) -> str:
    """Return a step as one line of JSON; the last one holds the instance."""
    if isinstance(step, str):
        return json.dumps({"said": step}, ensure_ascii=False)
    if isinstance(step, Walked):
        return json.dumps(asdict(step), ensure_ascii=False)
    last = {"instance": dict(step.values), "missing": step.missing, "unfitting": step.unfitting}
    return json.dumps(last, ensure_ascii=False)


def as_text(step: str | Walked | Final) -> str:
    """Return a step as a person reads it in a terminal."""
    if isinstance(step, str):
        return step
    if isinstance(step, Walked):
        problem = f"\n! {step.problem}" if step.problem else ""
        return f"{step.prompt}\n= {step.value}{problem}\n"
    return "\n".join(f"{ref} = {value}" for ref, value in step.values.items())
