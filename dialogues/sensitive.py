"""Explicit consent before the first question of a survey that touches health, politics or religion (Art. 9 GDPR).

Its buttons are standing and carry the survey: pressed twice or late they do no harm. Starts nothing, keeps nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dialogues.forms import Form
from dialogues.layout import blocks, bold, bullets, lines, message
from dialogues.markup import Markup, insert
from dialogues.prompts import Option, Prompt
from dialogues.texts import Voice

__all__ = ["AGREE_PREFIX", "REFUSE_PREFIX", "TOPICS", "Sensitive", "ask", "declined", "sensitive_part"]

TOPICS: Final = ("health", "politics", "religion")
"""The topics of Art. 9(1) GDPR among those that a question can have."""
_BETWEEN = re.compile(r"[\s,;/|]+")
"""What stands between the topics of a question that has several."""
AGREE_PREFIX: Final = "agree:"
"""I agree that this survey asks me about them: ``agree:12``."""
REFUSE_PREFIX: Final = "refuse:"
"""I do not want to be asked about them: ``refuse:12``."""


@dataclass(frozen=True, slots=True)
class Sensitive:
    """What of a form touches Art. 9 GDPR: its ``topics``, in our order, and whether each question can be skipped."""

    topics: tuple[str, ...]
    skippable: bool = True


def sensitive_part(form: Form) -> Sensitive | None:
    """Return what of a form touches Art. 9 GDPR, or None."""
    found: set[str] = set()
    skippable = True
    for question in form.questions:
        touched = {topic for topic in _BETWEEN.split(question.topic.casefold()) if topic in TOPICS}
        found |= touched
        skippable = skippable and (not touched or question.required is False)
    if not found:
        return None
    return Sensitive(tuple(topic for topic in TOPICS if topic in found), skippable)


def ask(voice: Voice, *, survey: str, title: str, part: Sensitive, stays: Markup | None = None) -> Prompt:
    """Name the topics, say what is voluntary, and ask for consent. ``survey``: its id.

    ``stays``: what is different with a survey that is not anonymous (``notice.say_what_stays``).
    """
    stop = voice.text("You can stop at any time and go on later.")
    skip = voice.text("You can skip each of these questions.")
    text = blocks(
        bold(insert(title)),
        lines(
            voice.text("Some questions in this survey are about:"),
            bullets(*(_topic(voice, topic) for topic in part.topics)),
        ),
        voice.text("The law protects these answers in a special way. So we ask you first."),
        lines(voice.text("Taking part is voluntary."), skip if part.skippable else stop),
        *((stays,) if stays else ()),
        bold(voice.text("Do you agree that we ask you this and keep your answers?")),
    )
    agree = (Option(AGREE_PREFIX + survey, "✅ " + voice.plain("I agree, start")),)
    refuse = (Option(REFUSE_PREFIX + survey, voice.plain("I do not want to")),)
    return message(voice, text, rows=(agree, refuse))


def _topic(voice: Voice, topic: str) -> Markup:
    match topic:
        case "health":
            return voice.text("Your health")
        case "politics":
            return voice.text("Your political opinions")
        case _:
            return voice.text("Your religion or beliefs")


def declined(voice: Voice) -> Prompt:
    """Take a no kindly."""
    return message(voice, voice.text("That is fine. We will not ask you these questions."))
