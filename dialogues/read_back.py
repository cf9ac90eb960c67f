"""What a resident has answered so far, as they would read it: for /mydata."""

from __future__ import annotations

from datetime import datetime
from random import Random

from dialogues.forms.form import Form
from dialogues.interview import State, instance_for
from dialogues.markup import plain_text
from dialogues.scene import Scene
from dialogues.texts import Texts

__all__ = ["read_back"]

_QUESTION = 200


def read_back(form: Form, state: State, *, texts: Texts, now: datetime, random: Random) -> tuple[tuple[str, str], ...]:
    """Return question and answer, both as plain text, for each question that has an answer."""
    scene = Scene(instance_for(form, state.values, state.language, now=now, random=random), texts.speak(state.language))
    answered = (
        (question, scene.answer(question)) for question in scene.sequence.questions if question.kind != "repeat"
    )
    return tuple(
        (scene.short_label(question, _QUESTION), plain_text(answer)) for question, answer in answered if answer
    )
