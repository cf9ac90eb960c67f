"""What is kept of a resident's interview, as they would read it: for /mydata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from random import Random

from dialogues.forms import Form, instances_in
from dialogues.interview import State, instance_for
from dialogues.markup import plain_text
from dialogues.scene import Scene
from dialogues.texts import Texts

__all__ = ["read_back"]

_QUESTION = 200


def read_back(form: Form, state: State, *, texts: Texts, now: datetime, random: Random) -> tuple[tuple[str, str], ...]:
    """Return question and answer, both as plain text, for each question that has an answer, whether it is asked or only
    read; among them, by its name, what the form has worked out."""
    # what was sent names the entries of repeats, but does not say how many there are
    counts = {repeat: str(count) for repeat, count in instances_in(state.values).items()}
    instance = instance_for(form, {**counts, **state.values}, state.language, now=now, random=random)
    return tuple(_kept(Scene(instance, texts.speak(state.language))))


def _kept(scene: Scene) -> Iterator[tuple[str, str]]:
    form = scene.instance.form
    for ref in scene.instance.values():
        definition = form.definition_of(ref)
        if question := form.by_ref.get(definition.ref):
            if answer := scene.answer(replace(question, ref=ref)):
                yield scene.short_label(replace(question, ref=ref), _QUESTION), plain_text(answer)
        elif not definition.children and definition.ref not in form.put_in:
            value, name = scene.instance.value(ref), scene.numbered(definition.name, ref)
            if value:
                yield name, scene.voice.figure(value) if definition.numeric else value
