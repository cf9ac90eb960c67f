"""Reading what was typed as the value to store for a question, or the reason why it cannot be taken.

Stores nothing, and does not know the questionnaire's own rules: those are the instance's.
"""

from __future__ import annotations

from decimal import Decimal

from dialogues.forms import Question
from dialogues.markup import Markup, clean
from dialogues.question_prompt import are_numbered, expectation
from dialogues.scene import Scene
from dialogues.typed.dates import read_date
from dialogues.typed.folding import match_option
from dialogues.typed.numbers import read_number

__all__ = ["TEXT_LIMIT", "read_answer", "read_option", "with_option"]

TEXT_LIMIT = 4000
"""Characters of a written answer: what fits one message of Telegram, with room for our own words."""


def read_answer(scene: Scene, question: Question, typed: str) -> str | Markup:
    """Return the value that was typed, as the instance stores it; or, as ``Markup``, what we need instead.

    For questions that are not answered by choosing; see ``read_option`` for those.
    """
    text = clean(typed).strip()
    if question.kind in ("integer", "decimal"):
        number = read_number(text, scene.voice.language)
        if number is None or (question.kind == "integer" and number != number.to_integral_value()):
            return expectation(scene, question)
        return _stored(number, whole=question.kind == "integer")
    if question.kind == "date":
        day = read_date(text, scene.instance.now.date())
        return day.isoformat() if day else expectation(scene, question)
    if not text:
        return expectation(scene, question)
    if len(text) > TEXT_LIMIT:
        return scene.voice.text("Your text is too long. Please write at most {limit} letters.", limit=TEXT_LIMIT)
    return text


def _stored(number: Decimal, *, whole: bool) -> str:
    if whole:
        return str(int(number))
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def read_option(scene: Scene, question: Question, typed: str) -> int | None:
    """Return the index of the option that was typed: by its label, its beginning or, where one is shown, its number.

    A figure that corrects the answer before must not answer the question that has come since.
    """
    labels = [choice.label for choice in scene.options(question.ref)]
    return match_option(clean(typed).strip(), labels, numbered=are_numbered(scene, question))


def with_option(scene: Scene, question: Question, index: int, *, chosen: bool) -> str:
    """Return the value of a question of several answers with one option put in or taken out, in the options' order."""
    values = [choice.value for choice in scene.options(question.ref)]
    present = set(scene.instance.value(question.ref).split(" "))
    present = present | {values[index]} if chosen else present - {values[index]}
    return " ".join(value for value in values if value in present)
