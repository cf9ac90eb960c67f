"""A question as a prompt: its text, what is expected, its buttons; and the same question once it is answered.

Decides nothing about what comes next and reads no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from math import ceil

from dialogues.date_picker import month_of, month_rows
from dialogues.forms import Question
from dialogues.labels import must_be_numbered, numbered, pairable
from dialogues.layout import blocks, bold, lines
from dialogues.markup import Markup, insert, lay_out
from dialogues.prompts import Option, Prompt, Role
from dialogues.scene import Scene
from dialogues.sequence import Sequence, is_select
from dialogues.splitting import shorten
from dialogues.standing import Row
from dialogues.texts import Voice

__all__ = [
    "are_numbered",
    "ask",
    "expectation",
    "last_row",
    "later",
    "notes",
    "number_rows",
    "problem",
    "quiet",
    "refuse_to_skip",
    "settled",
]

PAGE_SIZE = 12
"""Options on one page, where a question has more of them."""

_MOST_NUMBERS_A_ROW = 5
_LISTED_LABEL = 200

# Signs that point somewhere do so as the reader reads; by the direction of the language.
_BACK = {"ltr": "↩️", "rtl": "↪️"}
_NEXT = {"ltr": "⏩", "rtl": "⏪"}
_SKIP = {"ltr": "⏭️", "rtl": "⏮️"}
_DONE = dict.fromkeys(("ltr", "rtl"), "✔️")
_LATER = dict.fromkeys(("ltr", "rtl"), "⏸️")


def ask(scene: Scene, question: Question, *, revision: int, page: int, first: bool, returning: bool) -> Prompt:
    """Return the prompt of a question. ``first``: there is nothing to go back to; ``returning``: it leads back to the
    summary. ``page``: of a long list, or the month of a date (0 is the one that fits the answer)."""
    sequence = scene.sequence
    between = notes(scene, sequence, question)
    progress, body = _progress(scene, sequence, question), _body(scene, question)
    needed = _said(scene.voice, _needed(scene.voice)) if scene.instance.required(question.ref) else Markup("")
    text = blocks(
        *_filled(
            *((progress, *between, body) if between else (lines(progress, body),)),
            _listed_options(scene, question, page),
            _written_before(scene, question),
            lines(*_filled(_said(scene.voice, expectation(scene, question)), needed)),
        )
    )
    rows = (
        *_answer_rows(scene, question, page),
        *_navigation(scene, question, first=first and not returning),
        last_row(scene.voice),
    )
    return Prompt(text, scene.voice.language, rows=tuple(row for row in rows if row), revision=revision, asks=True)


def settled(scene: Scene, question: Question) -> Prompt:
    """Return what the message of a question becomes once it is answered or skipped."""
    answer = _answered(scene, question) or _said(scene.voice, Markup("– ") + scene.voice.text("Skipped"))
    return quiet(scene, question, answer)


def quiet(scene: Scene, question: Question, *more: Markup) -> Prompt:
    """Return a question without what is needed only while it stands open."""
    label = bold(_without_bold(scene.label(question.ref)))
    return Prompt(blocks(*_filled(*notes(scene, scene.sequence, question), lines(label, *more))), scene.voice.language)


def _filled(*texts: Markup) -> Iterable[Markup]:
    return (text for text in texts if text)


def _said(voice: Voice, text: Markup) -> Markup:
    return lay_out(text, voice.language)


# --- text -----------------------------------------------------------------------------------------------------------


def _progress(scene: Scene, sequence: Sequence, question: Question) -> Markup:
    place = scene.voice.text("{n} of {total}", n=sequence.place(question), total=len(sequence.questions))
    headings = (scene.label(ref) for ref in sequence.entered(question))
    return _said(scene.voice, Markup(" · ").join([place, *(insert(heading) for heading in headings if heading)]))


def notes(scene: Scene, sequence: Sequence, question: Question | None) -> list[Markup]:
    """Return the notes that stand before a question, for None those after the last one."""
    return [scene.label(note.ref) for note in sequence.notes_before(question)]


def _body(scene: Scene, question: Question) -> Markup:
    hint = scene.hint(question.ref)
    label = bold(_without_bold(scene.label(question.ref)))
    return lines(label, Markup("<i>") + hint + Markup("</i>")) if hint else label


def _without_bold(text: Markup) -> Markup:
    return text.replace("<b>", "").replace("</b>", "")


def _listed_options(scene: Scene, question: Question, page: int) -> Markup:
    if not are_numbered(scene, question):
        return Markup("")
    labels = [insert(shorten(choice.label, _LISTED_LABEL)) for choice in scene.options(question.ref)]
    start, end = _page(len(labels), page)
    return numbered(labels[start:end], first=start + 1)


def _answered(scene: Scene, question: Question) -> Markup:
    answer = scene.answer(question)
    return _said(scene.voice, Markup("✓ ") + answer) if answer else Markup("")


def _written_before(scene: Scene, question: Question) -> Markup:
    """Return the present answer where no button shows it as chosen."""
    return Markup("") if is_select(question) else _answered(scene, question)


def expectation(scene: Scene, question: Question) -> Markup:
    """Return what is expected as an answer, in one or two short sentences."""
    voice = scene.voice
    if question.kind == "select_multiple":
        return voice.text("Choose one or more answers. Then tap {done}.", done=voice.plain("Done"))
    if question.kind == "select_one":
        return voice.text("Please choose one answer.")
    if question.kind == "integer":
        return voice.text("Please write a whole number, for example {example}.", example=4)
    if question.kind == "decimal":
        return voice.text("Please write a number, for example {example}.", example=Decimal("2.5"))
    if question.kind == "date":
        example = voice.date(scene.instance.now.date(), year=True, weekday=False)
        return voice.text("Please choose a day or write a date, for example {example}.", example=example)
    return voice.text("Please write your answer.")


def refuse_to_skip(scene: Scene, question: Question) -> Markup:
    """Return what is said to who skips a question that needs an answer: the questionnaire's own words, or ours."""
    return scene.required_message(question.ref) or _needed(scene.voice)


def _needed(voice: Voice) -> Markup:
    return voice.text("We need an answer here. You can also continue later or stop.")


# --- buttons --------------------------------------------------------------------------------------------------------


def are_numbered(scene: Scene, question: Question) -> bool:
    """Tell whether the options of a question stand numbered in the text, because buttons cannot carry them."""
    if not is_select(question):
        return False
    return must_be_numbered([choice.label for choice in scene.options(question.ref)])


def _answer_rows(scene: Scene, question: Question, page: int) -> tuple[Row, ...]:
    if is_select(question):
        return _option_rows(scene, question, page)
    if question.kind == "date":
        chosen = _date(scene.instance.value(question.ref))
        return month_rows(month_of(page, chosen or scene.instance.now.date()), scene.voice, chosen)
    return ()


def _option_rows(scene: Scene, question: Question, page: int) -> tuple[Row, ...]:
    many = question.kind == "select_multiple"
    value = scene.instance.value(question.ref)
    chosen = value.split(" ") if many else [value]
    options = scene.options(question.ref)
    labels = [choice.label for choice in options]
    by_number = must_be_numbered(labels)
    buttons = [
        Option(
            _option_key(index, many=many, chosen=choice.value in chosen),
            str(index + 1) if by_number else scene.on_button(labels[index]),
            chosen=choice.value in chosen,
            many=many,
        )
        for index, choice in enumerate(options)
    ]
    start, end = _page(len(buttons), page)
    width = _numbers_a_row(end - start) if by_number else 2 if pairable(labels) else 1
    return (*in_rows(buttons[start:end], width), *_pages(scene.voice, len(buttons), page))


def _option_key(index: int, *, many: bool, chosen: bool) -> str:
    if not many:
        return f"a{index}"
    return f"c{index}-" if chosen else f"c{index}+"


def in_rows(options: list[Option], width: int) -> tuple[Row, ...]:
    """Put buttons into rows of at most so many."""
    return tuple(tuple(options[start : start + width]) for start in range(0, len(options), width))


def number_rows(keys: list[str], first: int) -> tuple[Row, ...]:
    """Return buttons that carry numbers, counted from ``first``."""
    options = [Option(key, str(number)) for number, key in enumerate(keys, first)]
    return in_rows(options, _numbers_a_row(len(keys)))


def _numbers_a_row(count: int) -> int:
    """Eleven are 4, 4 and 3 in a row rather than 5, 5 and 1: a last one alone would look like something else."""
    return ceil(count / ceil(count / _MOST_NUMBERS_A_ROW)) if count else 1


def _page(count: int, page: int) -> tuple[int, int]:
    if count <= PAGE_SIZE:
        return 0, count
    start = min(page, (count - 1) // PAGE_SIZE) * PAGE_SIZE
    return start, start + PAGE_SIZE


def _pages(voice: Voice, count: int, page: int) -> tuple[Row, ...]:
    start, end = _page(count, page)
    here = start // PAGE_SIZE
    back = [Option(f"p{here - 1}", voice.plain("Previous answers"), role=Role.NAVIGATION)] if start else []
    on = [Option(f"p{here + 1}", voice.plain("More answers"), role=Role.NAVIGATION)] if end < count else []
    return ((*back, *on),)


def _navigation(scene: Scene, question: Question, *, first: bool) -> tuple[Row, ...]:
    voice = scene.voice
    many = question.kind == "select_multiple"
    answered = bool(scene.instance.value(question.ref))
    required = scene.instance.required(question.ref)
    wanted = (
        ("back", _signed(voice, _BACK, voice.plain("Back")), not first),
        ("skip", _signed(voice, _SKIP, voice.plain("Skip")), not required and not answered),
        ("done", _signed(voice, _DONE, voice.plain("Done")), many),
        ("next", _signed(voice, _NEXT, voice.plain("Next")), answered and not many),
    )
    rows = [tuple(Option(key, label, role=Role.NAVIGATION) for key, label, shown in wanted if shown)]
    if answered and not required and not many:
        rows.append((Option("skip", voice.plain("Delete this answer"), role=Role.NAVIGATION),))
    if required:
        rows.append((Option("leave", voice.plain("Stop this survey"), role=Role.NAVIGATION),))
    return tuple(rows)


def last_row(voice: Voice) -> Row:
    """Return the row under every question and the summary: continue later, and another language."""
    return (
        later(voice),
        Option("lang", "🌐 " + voice.plain("Language"), role=Role.NAVIGATION),
    )


def later(voice: Voice) -> Option:
    """Return the button that lays the survey aside."""
    return Option("later", _signed(voice, _LATER, voice.plain("Continue later")), role=Role.NAVIGATION)


def _signed(voice: Voice, signs: Mapping[str, str], label: str) -> str:
    """Return the label of a button that leads on or back: the sign tells it from the answers."""
    return f"{signs[voice.direction]} {label}"


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def problem(scene: Scene, text: Markup) -> Prompt:
    """Return a short message about an answer that cannot be taken; the question stays where it is."""
    return Prompt(_said(scene.voice, text), scene.voice.language)
