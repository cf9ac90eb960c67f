"""A question as a prompt: its text, what is expected, its buttons; and the same question once it is answered.

What differs between the types of questions is in ``question_types``. Decides nothing about what comes next and reads
no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dialogues.forms import Question
from dialogues.labels import numbers_a_row
from dialogues.layout import blocks, bold, lines
from dialogues.markup import Markup, insert, lay_out
from dialogues.prompts import Option, Prompt, Role
from dialogues.question_types import type_of
from dialogues.question_types.options import in_rows
from dialogues.question_types.repeat import REMOVE
from dialogues.scene import Scene
from dialogues.sequence import Part, Sequence
from dialogues.standing import Row
from dialogues.texts import Voice

__all__ = [
    "ask",
    "expectation",
    "last_row",
    "later",
    "notes",
    "number_rows",
    "quiet",
    "refuse_to_skip",
    "settled",
]

NOTHING = Markup("")
# Signs that point somewhere do so as the reader reads; by the direction of the language.
_BACK = {"ltr": "↩️", "rtl": "↪️"}
_NEXT = {"ltr": "⏩", "rtl": "⏪"}
_SKIP = {"ltr": "⏭️", "rtl": "⏮️"}
_DONE = dict.fromkeys(("ltr", "rtl"), "✔️")
_LATER = dict.fromkeys(("ltr", "rtl"), "⏸️")


def ask(
    scene: Scene,
    question: Question,
    *,
    revision: int,
    page: int,
    first: bool,
    returning: bool,
    found: tuple[int, ...] = (),
    opening: Markup = NOTHING,
) -> Prompt:
    """Return the prompt of a question. ``first``: there is nothing to go back to; ``returning``: it leads back to the
    summary. ``page``: of a long list, or the month of a date (0 is the one that fits the answer). ``found``: the
    indexes of the only options that are shown. ``opening``: what is said first, of what was just given; what is
    expected is not said twice then."""
    sequence = scene.sequence
    between = notes(scene, sequence, question)
    expected = type_of(question).expected(scene, question, page)
    progress, body = _progress(scene, sequence, question), _body(scene, question, hinted=True)
    needed = _needed(scene.voice) if scene.required(question) else NOTHING
    text = blocks(
        *_filled(
            _said(scene.voice, opening),
            *((progress, *between, body) if between else (lines(progress, body),)),
            _said(scene.voice, type_of(question).listed(scene, question, page, found)),
            _written_before(scene, question),
            lines(*_filled(*(_said(scene.voice, each) for each in (expected, needed) if each not in opening))),
        )
    )
    rows = (
        *type_of(question).rows(scene, question, page, found),
        *_navigation(scene, question, first=first and not returning),
        last_row(scene.voice),
    )
    shown = (each for part in sequence.parts(question) for each in scene.illustrations(part.question))
    return Prompt(
        text,
        scene.voice.language,
        rows=tuple(row for row in rows if row),
        revision=revision,
        asks=True,
        illustrations=tuple(shown),
    )


def settled(scene: Scene, question: Question) -> Prompt:
    """Return what the message of a question becomes once it is answered or skipped."""
    skipped = NOTHING if question.kind == "repeat" else Markup("– ") + scene.voice.text("Skipped")
    return quiet(scene, question, _answered(scene, question) or _said(scene.voice, skipped))


def quiet(scene: Scene, question: Question, *more: Markup) -> Prompt:
    """Return a question without what is needed only while it stands open."""
    body = lines(_body(scene, question), *_filled(*more))
    return Prompt(blocks(*_filled(*notes(scene, scene.sequence, question), body)), scene.voice.language)


def _filled(*texts: Markup) -> Iterable[Markup]:
    return (text for text in texts if text)


def _said(voice: Voice, text: Markup) -> Markup:
    return lay_out(text, voice.language)


# --- text -----------------------------------------------------------------------------------------------------------


def _progress(scene: Scene, sequence: Sequence, question: Question) -> Markup:
    place = scene.voice.text("{n} of {total}", n=sequence.place(question), total=len(sequence.questions))
    return _said(scene.voice, _beside([place, *map(insert, _headings(scene, _on_top(sequence.parts(question))))]))


def notes(scene: Scene, sequence: Sequence, question: Question | None) -> list[Markup]:
    """Return what is told before a question, for None after the last one, with the headings that stand above it."""
    parts = sequence.parts(question)
    told = parts if question is None else parts[:-1]
    on_top = () if question is None else _on_top(parts)
    texts = (_headed(scene, part, on_top, type_of(part.question).told(scene, part.question)) for part in told)
    return [text for text in texts if text]


def _on_top(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return the groups that begin with a message and hold its question, too: they are named in its first line.

    Any other is named where it begins, so that nothing stands below the heading of a group that it is not in.
    """
    asked = parts[-1].question.ref
    return tuple(ref for ref in parts[0].begun if asked.startswith(f"{ref}/"))


def _headed(scene: Scene, part: Part, on_top: tuple[str, ...], text: Markup) -> Markup:
    """Return a text below the names of the groups that begin with it."""
    headings = _headings(scene, tuple(ref for ref in part.begun if ref not in on_top))
    return lines(*_filled(bold(_without_bold(_beside(headings))) if headings else NOTHING, text))


def _headings(scene: Scene, refs: tuple[str, ...]) -> list[Markup]:
    return [heading for heading in map(scene.heading, refs) if heading]


def _beside(texts: Iterable[Markup]) -> Markup:
    return Markup(" · ").join(texts)


def _body(scene: Scene, question: Question, *, hinted: bool = False) -> Markup:
    parts = scene.sequence.parts(question)
    label = _headed(scene, parts[-1], _on_top(parts), bold(_without_bold(scene.asked(question))))
    hint = scene.hint(question.ref) if hinted and question.kind != "repeat" else NOTHING
    return lines(label, Markup("<i>") + hint + Markup("</i>")) if hint else label


def _without_bold(text: Markup) -> Markup:
    return text.replace("<b>", "").replace("</b>", "")


def _answered(scene: Scene, question: Question) -> Markup:
    answer = scene.answer(question)
    return _said(scene.voice, Markup("✓ ") + answer) if answer else NOTHING


def _written_before(scene: Scene, question: Question) -> Markup:
    """Return the present answer where nothing else shows it."""
    shown = type_of(question).shown_as_chosen
    return NOTHING if shown else _answered(scene, question)


def expectation(scene: Scene, question: Question) -> Markup:
    """Return what is expected as an answer, in one or two short sentences."""
    return type_of(question).expectation(scene, question)


def refuse_to_skip(scene: Scene, question: Question) -> Markup:
    """Return what is said to who skips a question that needs an answer: the questionnaire's own words, then ours."""
    return lines(*_filled(scene.required_message(question.ref), _needed(scene.voice)))


def _needed(voice: Voice) -> Markup:
    return voice.text("We need an answer here. You can also continue later or stop.")


# --- buttons --------------------------------------------------------------------------------------------------------


def number_rows(keys: list[str], first: int) -> tuple[Row, ...]:
    """Return buttons that carry numbers, counted from ``first``."""
    options = [Option(key, str(number)) for number, key in enumerate(keys, first)]
    return in_rows(options, numbers_a_row(len(keys)))


def _navigation(scene: Scene, question: Question, *, first: bool) -> tuple[Row, ...]:
    voice = scene.voice
    many, ends_repeat = type_of(question).many, question.kind == "repeat"
    answered = bool(scene.value(question)) and not ends_repeat
    required = scene.required(question)
    wanted = (
        ("back", _signed(voice, _BACK, voice.plain("Back")), not first),
        ("skip", _signed(voice, _SKIP, voice.plain("Skip")), not required and not answered and not ends_repeat),
        ("done", _signed(voice, _DONE, voice.plain("Done")), many),
        ("next", _signed(voice, _NEXT, voice.plain("Next")), (answered and not many) or ends_repeat),
    )
    rows = [tuple(Option(key, label, role=Role.NAVIGATION) for key, label, shown in wanted if shown)]
    if answered and not required and not many:
        rows.append((Option("skip", voice.plain("Delete this answer"), role=Role.NAVIGATION),))
    if _begins_instance(scene, question):
        rows.append((Option(REMOVE, voice.plain("Remove this entry"), role=Role.NAVIGATION),))
    if required:
        rows.append((Option("leave", voice.plain("Stop this survey"), role=Role.NAVIGATION),))
    return tuple(rows)


def _begins_instance(scene: Scene, question: Question) -> bool:
    """Tell whether a question is the first of an entry that can be taken away again."""
    around = scene.sequence.repeat_around(question)
    return around is not None and scene.sequence.begins(around, question)


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
