"""A survey tried out in the office: the conversation a resident would have, kept as messages that a page can draw.

The same steps as in the bot (``dialogues.interview``), without a channel, without a resident, counted nowhere. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit

import msgspec
from markupsafe import Markup, escape

from dialogues import interview, onboarding, sensitive
from dialogues.forms import Form
from dialogues.interview import Stage, State, Step
from dialogues.markup import Kind, direction_of, tokens
from dialogues.prompts import (
    Illustration,
    Input,
    Media,
    MediaKind,
    Prompt,
    Replace,
    Reply,
    Say,
    SentFile,
    SentPlace,
    Show,
    Tap,
    Text,
    Toast,
    Withdraw,
)
from dialogues.read_back import read_back
from dialogues.standing import LANGUAGE, LANGUAGE_PREFIX, Offer, language_rows
from dialogues.texts import LANGUAGES, Texts

__all__ = [
    "MOST_LETTERS",
    "Bubble",
    "Button",
    "Stored",
    "Surroundings",
    "Trial",
    "begin",
    "read",
    "safe_html",
    "send",
    "tap",
]

MOST_BUBBLES = 60
"""Messages that are kept; older ones leave the page."""
MOST_LETTERS = 4096
"""Of a text, as in Telegram."""
SENT: Mapping[str, tuple[str, Media]] = {
    "photo": ("🖼", Media(MediaKind.PHOTO, SentFile(".jpg", "image/jpeg"))),
    "voice": ("🎤", Media(MediaKind.VOICE, SentFile(".ogg", "audio/ogg"))),
    "video": ("🎬", Media(MediaKind.VIDEO, SentFile(".mp4", "video/mp4"))),
    "document": ("📄", Media(MediaKind.DOCUMENT, SentFile(".pdf", "application/pdf"))),
    "place": ("📍", Media(MediaKind.LOCATION, place=SentPlace(52.516275, 13.377704, 20))),
}
"""What else can be sent, with the sign that stands for it in the conversation."""
_LANGUAGE_MENU = "lang"
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a trial is about: a survey with its compiled questionnaire; ``now`` is the town's wall clock."""

    survey_id: int
    questionnaire_id: int
    titles: Mapping[str, str]
    legal_basis: str
    anonymous: bool
    form: Form
    texts: Texts
    now: datetime

    @property
    def offer(self) -> Offer:
        """The survey as the chat offers it."""
        return Offer(
            str(self.survey_id),
            self.titles,
            anonymous=self.anonymous,
            legal_basis=self.legal_basis,
            sensitive=sensitive.sensitive_part(self.form),
        )


@dataclass(frozen=True, slots=True)
class Button:
    """A button as `dialogues.prompts.Option` has it."""

    key: str
    label: str
    chosen: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. ``text``: of ours markup, of the other side what was typed. ``rows``: as they are drawn."""

    number: int
    ours: bool
    text: str
    language: str
    rows: tuple[tuple[Button, ...], ...] = ()
    revision: int = 0
    asks: bool = False
    illustrations: tuple[Illustration, ...] = ()

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``; what was typed says so itself."""
        return direction_of(self.language) if self.ours else "auto"

    @property
    def html(self) -> Markup:
        """The text for a page."""
        return safe_html(self.text) if self.ours else escape(self.text)


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial as it is kept between two steps. ``state`` is None as long as explicit consent is missing."""

    questionnaire_id: int
    seed: int
    language: str
    state: State | None = None
    bubbles: tuple[Bubble, ...] = ()
    written: int = 0
    """Number of the last bubble."""
    toast: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the answers have been sent, or the survey was stopped."""
        return self.state is not None and self.state.stage in (Stage.COMPLETE, Stage.LEFT)

    def as_data(self) -> Any:
        """What the database keeps."""
        return msgspec.to_builtins(self)


@dataclass(frozen=True, slots=True)
class Stored:
    """What would be kept of one question: its text and the answer, as they are read."""

    question: str
    answer: str


def read(data: Any, about: Surroundings) -> Trial | None:
    """The trial that was kept; None: there is none, or it is of another questionnaire or an older program."""
    try:
        trial = msgspec.convert(data, Trial)
    except msgspec.ValidationError:
        return None
    return trial if trial.questionnaire_id == about.questionnaire_id and trial.language in LANGUAGES else None


# --- steps ----------------------------------------------------------------------------------------------------------


def begin(about: Surroundings, language: str, *, seed: int) -> Trial:
    """The conversation up to the first question, or up to explicit consent where the survey needs it."""
    trial = Trial(about.questionnaire_id, seed, language)
    offer = about.offer
    if offer.sensitive is None:
        return _start(trial, about)
    return _said(trial, [Say(onboarding.explicit_question(about.texts.speak(language), offer, offer.sensitive))])


def _start(trial: Trial, about: Surroundings) -> Trial:
    voice = about.texts.speak(trial.language)
    opening = _said(trial, [Say(onboarding.beginning(voice, about.offer))])
    first = interview.start(about.form, trial.language, **_circumstances(trial, about))
    return _stepped(opening, first)


def tap(trial: Trial, about: Surroundings, number: int, key: str) -> Trial:
    """A button of message ``number`` was pressed; a button that is not there does nothing."""
    bubble = next((each for each in trial.bubbles if each.number == number), None)
    button = next((each for row in bubble.rows for each in row if each.key == key), None) if bubble else None
    if bubble is None or button is None:
        return trial
    if trial.state is None:
        return _consent(trial, about, key, bubble)
    current = bubble.revision == trial.state.revision
    if current and key == _LANGUAGE_MENU:
        return _show_languages(trial, about, bubble)
    if current and key.startswith(LANGUAGE_PREFIX):
        return speak(trial, about, key.removeprefix(LANGUAGE_PREFIX))
    return _take(trial, about, Tap(key, bubble.revision), tapped=number)


def write(trial: Trial, about: Surroundings, text: str) -> Trial:
    """Something was typed."""
    text = text[:MOST_LETTERS].strip()
    if not text:
        return replace(trial, toast="")
    trial = _added(trial, Bubble(trial.written + 1, ours=False, text=text, language=trial.language))
    return replace(trial, toast="") if trial.state is None else _take(trial, about, Text(text))


def send(trial: Trial, about: Surroundings, kind: str) -> Trial:
    """Something else than words was sent: as if; there is no file. ``kind``: one of `SENT`."""
    if kind not in SENT or trial.state is None:
        return replace(trial, toast="")
    sign, media = SENT[kind]
    trial = _added(trial, Bubble(trial.written + 1, ours=False, text=sign, language=trial.language))
    if media.file is not None:
        file = replace(media.file, name=f"{trial.written}{media.file.name}")
        media = replace(media, file=file)
    return _take(trial, about, media)


def speak(trial: Trial, about: Surroundings, language: str) -> Trial:
    """Another language from here on; answers stay."""
    if language not in LANGUAGES:
        return trial
    if trial.state is None:
        return begin(about, language, seed=trial.seed)
    changed = replace(trial, language=language, state=replace(trial.state, language=language))
    return _take(changed, about, Show(anew=False))


def _consent(trial: Trial, about: Surroundings, key: str, asked: Bubble) -> Trial:
    if key == LANGUAGE:
        return _show_languages(trial, about, asked)
    if key.startswith(LANGUAGE_PREFIX):
        return speak(trial, about, key.removeprefix(LANGUAGE_PREFIX))
    quiet = _put(trial, replace(asked, rows=(), asks=False))
    if key.startswith(sensitive.AGREE_PREFIX):
        return _start(quiet, about)
    return _said(quiet, [Say(sensitive.declined(about.texts.speak(trial.language)))])


def _show_languages(trial: Trial, about: Surroundings, bubble: Bubble) -> Trial:
    rows = language_rows(about.texts.speak(trial.language))
    prompt = Prompt(Markup(), bubble.language, rows=rows)
    return replace(_put(trial, replace(bubble, rows=_buttons(prompt))), toast="")


def _take(trial: Trial, about: Surroundings, given: Input, *, tapped: int | None = None) -> Trial:
    assert trial.state is not None  # noqa: S101 (who has not agreed gets no interview)
    return _stepped(trial, interview.step(about.form, trial.state, given, **_circumstances(trial, about)), tapped)


def _circumstances(trial: Trial, about: Surroundings) -> Mapping[str, Any]:
    return {"texts": about.texts, "now": about.now, "random": Random(trial.seed)}  # noqa: S311 (no secret)


def _stepped(trial: Trial, step: Step, tapped: int | None = None) -> Trial:
    return _said(replace(trial, state=step.state), step.replies, tapped)


# --- messages -------------------------------------------------------------------------------------------------------


def _said(trial: Trial, replies: Iterable[Reply], tapped: int | None = None) -> Trial:
    trial = replace(trial, toast="")
    for reply in replies:
        match reply:
            case Toast(text):
                trial = replace(trial, toast=text)
            case Say(prompt):
                trial = _added(trial, _bubble(trial.written + 1, prompt))
            case Replace(prompt):
                trial = _put(trial, _bubble(tapped or _asking(trial), prompt))
            case Withdraw():
                gone = _asking(trial)
                trial = replace(trial, bubbles=tuple(each for each in trial.bubbles if each.number != gone))
    return trial


def _asking(trial: Trial) -> int:
    """The number of the message that asks now, else of our last one."""
    ours = [each for each in trial.bubbles if each.ours]
    asking = [each.number for each in ours if each.asks]
    return asking[-1] if asking else ours[-1].number if ours else 0


def _bubble(number: int, prompt: Prompt) -> Bubble:
    return Bubble(
        number,
        ours=True,
        text=str(prompt.text),
        language=prompt.language,
        rows=_buttons(prompt),
        revision=prompt.revision,
        asks=prompt.asks,
        illustrations=prompt.illustrations,
    )


def _buttons(prompt: Prompt) -> tuple[tuple[Button, ...], ...]:
    """The rows in reading order: the page mirrors them by the direction of the message."""
    return tuple(tuple(Button(each.key, each.label, each.chosen, each.many) for each in row) for row in prompt.rows)


def _added(trial: Trial, bubble: Bubble) -> Trial:
    return replace(trial, bubbles=(*trial.bubbles, bubble)[-MOST_BUBBLES:], written=bubble.number)


def _put(trial: Trial, bubble: Bubble) -> Trial:
    """A message in the place of the one with its number; of one that has left the page, nothing is seen.

    Its pictures stay: they have a message of their own in the chat.
    """
    return replace(
        trial,
        bubbles=tuple(
            replace(bubble, illustrations=each.illustrations) if each.number == bubble.number else each
            for each in trial.bubbles
        ),
    )


def safe_html(markup: str) -> Markup:
    """Markup of the safe subset as HTML for a page. Links lead to web, mail and telephone only."""
    parts: list[Markup] = []
    linked: list[bool] = []
    for token in tokens(markup):
        if token.kind is Kind.TEXT:
            parts.append(escape(token.text))
        elif token.tag != "a":
            parts.append(Markup(token.raw))  # noqa: S704 (one of our own few tags)
        elif token.kind is Kind.OPEN:
            linked.append(_leads_out(token.url))
            link = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">'
            parts.append(Markup(link).format(token.url) if linked[-1] else Markup())  # noqa: S704
        else:
            parts.append(Markup("</a>") if linked.pop() else Markup())
    return Markup().join(parts)


def _leads_out(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in _SCHEMES
    except ValueError:
        return False


# --- what would be kept ---------------------------------------------------------------------------------------------


def stored(trial: Trial, about: Surroundings, language: str) -> tuple[Stored, ...]:
    """What would be kept of the answers so far, in the language of whoever looks."""
    if trial.state is None:
        return ()
    kept = read_back(
        about.form,
        replace(trial.state, language=language),
        texts=about.texts,
        now=about.now,
        random=Random(trial.seed),  # noqa: S311 (no secret)
    )
    return tuple(Stored(question, answer[:500]) for question, answer in kept)
