"""The summary at the end of an interview: every question with its answer, to check and to change."""

from __future__ import annotations

from collections.abc import Iterable

from dialogues.forms import Question
from dialogues.layout import blocks, bold, lines
from dialogues.markup import Markup, escape, insert, lay_out
from dialogues.prompts import Option, Prompt, Role
from dialogues.question_prompt import NOTHING, last_row, notes, number_rows
from dialogues.question_types.options import in_rows
from dialogues.scene import Scene

__all__ = ["answers_sent", "page_with", "summarise"]

PAGE_SIZE = 15
"""Questions on one page: with the lengths below, a page stays under the length of a message."""

_QUESTION = 70


def page_with(scene: Scene, question: Question) -> int:
    """Return the page on which a question stands; the first one where it is not asked any more."""
    place = scene.sequence.place(question) if scene.sequence.find(question.ref) else 1
    return (place - 1) // PAGE_SIZE


def summarise(scene: Scene, *, revision: int, page: int, open_: bool = True, opening: Markup = NOTHING) -> Prompt:
    """Return the summary. ``open_`` false: what stays of a page that something else comes below, without buttons.
    ``opening``: what is said of what was just given, in the place of what can be done: a page is long, and the buttons
    are below."""
    voice = scene.voice
    sequence = scene.sequence
    questions = sequence.questions
    start = min(page, max(0, len(questions) - 1) // PAGE_SIZE) * PAGE_SIZE
    shown = questions[start : start + PAGE_SIZE]
    listed = _listed(scene, shown, start + 1)
    if not open_:
        return Prompt(lay_out(listed, voice.language), voice.language)
    ask = opening or (
        voice.text("Please check your answers. Tap a number to change one.")
        if questions
        else voice.text("There is nothing more to answer.")
    )
    text = blocks(
        *notes(scene, sequence, None),
        lay_out(blocks(*([listed] if questions else []), ask), voice.language),
    )
    rows = (
        (Option("send", "✅ " + voice.plain("Send my answers")),),
        *number_rows([f"edit:{number}" for number in range(start + 1, start + len(shown) + 1)], start + 1),
        *_leaf(scene, start, len(questions)),
        last_row(voice),
    )
    return Prompt(text, voice.language, rows=rows, revision=revision, asks=True)


def answers_sent(scene: Scene) -> Prompt:
    """Return what stays of the summary once the answers are sent: all of them, which may be more than a message holds,
    as its pages cannot be turned any more."""
    language = scene.voice.language
    return Prompt(lay_out(_listed(scene, scene.sequence.questions, 1), language), language)


def _listed(scene: Scene, questions: Iterable[Question], first: int) -> Markup:
    entries = (
        lines(
            escape(f"{number}. ") + insert(scene.short_label(question, _QUESTION)),
            _bold_answer(scene.answer(question), scene.voice.direction),
        )
        for number, question in enumerate(questions, first)
    )
    return blocks(bold(scene.voice.text("Your answers")), *entries)


def _bold_answer(answer: Markup | None, direction: str) -> Markup:
    arrow = Markup("← ") if direction == "rtl" else Markup("→ ")
    return arrow + (bold(answer) if answer else Markup("—"))


def _leaf(scene: Scene, start: int, count: int) -> tuple[tuple[Option, ...], ...]:
    here = start // PAGE_SIZE
    back = [Option(f"p{here - 1}", scene.voice.plain("Previous answers"), role=Role.NAVIGATION)] if start else []
    more = start + PAGE_SIZE < count
    on = [Option(f"p{here + 1}", scene.voice.plain("More answers"), role=Role.NAVIGATION)] if more else []
    return in_rows([*back, *on], 2)
