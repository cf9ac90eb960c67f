"""One interview after another on our engine, each answer timed, and read after each what an interviewer needs next.

``web_forms/walker.js`` does and reads the same on the other engine.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

from dialogues.forms import Choice, Form, Instance, Question, compile_xlsform
from dialogues.forms.xpath.grammar import parse
from dialogues.interview import Stage, State, start, step
from dialogues.prompts import Input, Tap, Text
from tests.dialogues.conftest import marked_texts
from tests.dialogues.forms.tables import NOON

Answer = tuple[str, str]
"""A question's path and what is answered."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A form and the answers it is given."""

    name: str
    xform: str
    form: Form
    answers: Sequence[Answer]


def recorded(folder: Path) -> Iterator[Walk]:
    """The questionnaires of a folder in the format of the conformance data, with the answers recorded there."""
    for line in gzip.decompress((folder / "xlsform-walks.jsonl.gz").read_bytes()).decode().splitlines():
        walk = json.loads(line)
        path = folder / walk["form"]
        compiled = compile_xlsform(path.read_bytes(), path.suffix[1:], name="data")
        answers = [(one["ref"], one["value"] or "") for one in walk["answers"] if not one.get("err")]
        yield Walk(path.name, compiled.xform, compiled.form, answers)


Seen = tuple[list[tuple[str, str, bool]], bool, tuple[str, tuple[Choice, ...]] | None]


def follow(instance: Instance, answered: str, language: str) -> Seen:
    """What an interviewer needs after an answer: all that is asked now, with values; validity; the next question."""
    asked = instance.asked()
    questions = [one for one in asked if one.kind != "repeat"]
    state = [(one.ref, instance.value(one.ref), instance.required(one.ref)) for one in questions]
    following = _next(questions, answered)
    shown = None
    if following is not None:
        shown = instance.label(following.ref, language), instance.options(following.ref, language)
    return state, instance.valid(answered), shown


def _next(asked: Sequence[Question], answered: str) -> Question | None:
    place = next((place for place, one in enumerate(asked) if one.ref == answered), -1)
    return asked[place + 1] if place + 1 < len(asked) else None


def times(walk: Walk) -> list[Sequence[float] | None]:
    """The milliseconds of each answer, until stored and until read; None where there was no such question."""
    instance = Instance(walk.form, now=NOON, random=Random(1))
    language = walk.form.default_language
    taken: list[Sequence[float] | None] = []
    for ref, value in walk.answers:
        began = perf_counter()
        try:
            instance.answer(ref, value)
            stored = perf_counter()
            follow(instance, ref, language)
        except KeyError:
            taken.append(None)
            continue
        taken.append(((stored - began) * 1e3, (perf_counter() - began) * 1e3))
    return taken


def readings(walk: Walk) -> Iterator[Seen | None]:
    """What is read after each answer."""
    instance = Instance(walk.form, now=NOON, random=Random(1))
    for ref, value in walk.answers:
        try:
            instance.answer(ref, value)
            yield follow(instance, ref, walk.form.default_language)
        except KeyError:
            yield None


def load_time(walk: Walk) -> float:
    """The milliseconds of reading a form and beginning an interview; nothing of it is remembered from before."""
    parse.cache_clear()
    began = perf_counter()
    Instance(Form.parse(walk.xform), now=NOON, random=Random(1))
    return (perf_counter() - began) * 1e3


def step_times(walk: Walk) -> list[float]:
    """The milliseconds of each step of a whole conversation; each begins from the stored values, as in the chat."""
    wanted = dict(walk.answers)
    texts = marked_texts()
    state = start(walk.form, "en", texts=texts, now=NOON, random=Random(1)).state
    taken: list[float] = []
    while state.stage is Stage.ASKING:
        asked = state.cursor
        for given in _inputs(walk.form, state, wanted[asked or ""]):
            began = perf_counter()
            state = step(walk.form, state, given, texts=texts, now=NOON, random=Random(1)).state
            taken.append((perf_counter() - began) * 1e3)
            if state.cursor != asked:
                break
        else:
            raise SystemExit(f"the conversation does not go on from {asked}")
    return taken


def _inputs(form: Form, state: State, value: str) -> Iterator[Input]:
    """What is typed and pressed to give an answer; and, in case it does not fit, to pass the question over."""
    ref = state.cursor or ""
    kind = form.by_ref[ref].kind
    if kind in {"select_one", "select_multiple"}:
        instance = Instance(form, state.values, now=NOON, random=Random(1))
        offered = [choice.value for choice in instance.options(ref, "en")]
        instance.release()
        places = [offered.index(one) for one in value.split()]
        many = kind == "select_multiple"
        yield from (Tap(f"c{place}+" if many else f"a{place}", state.revision) for place in places)
        if many:
            yield Tap("done", state.revision)
    elif value:
        yield Text(value)
    yield Tap("skip", state.revision)
