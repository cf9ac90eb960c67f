"""A broadcast: what managers write to many, in each reader's language. Pure: checks it, and says it as a prompt.

Texts are written with the signs of ``dialogues.markdown``, a dash at the beginning of a line for a list, and two
placeholders, ``{area}`` and ``{date}``. What comes out is the safe subset of markup: nothing that a channel refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from dialogues.event import EVENT_PREFIX, Event, answer_rows, facts, read_wording
from dialogues.labels import LABEL_LIMIT, fit
from dialogues.layout import blocks, bold
from dialogues.markdown import from_xlsform
from dialogues.markup import (
    FSI,
    PDI,
    Markup,
    clean,
    insert,
    lay_out,
    lay_out_plain,
    plain_insert,
    plain_text,
    utf16_length,
)
from dialogues.prompts import Option, Prompt
from dialogues.splitting import visible_length
from dialogues.standing import SURVEY_BELOW_PREFIX
from dialogues.texts import LANGUAGES, Voice

__all__ = [
    "MOST_CAPTION",
    "MOST_TEXT",
    "PLACE_PREFIX",
    "Content",
    "Fault",
    "Place",
    "Problem",
    "bubble",
    "check",
    "event_titles",
    "is_address",
    "length",
    "missing",
    "most",
    "names_date",
]

MOST_TEXT: Final = 4096
MOST_CAPTION: Final = 1024
"""UTF-16 units after entities (Bot API, sendMessage and sendPhoto)."""
PLACE_PREFIX: Final = "place:"
"""Show the place of this sending: ``place:12``."""
_MOST_ADDRESS: Final = 1000
_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")
_NAMES: Mapping[str, str] = {"area": "area", "quartier": "area", "date": "date", "datum": "date"}
"""Placeholders as they are written in English and in German."""
_ITEM = re.compile(r"(?m)^[ \t]*[-*•][ \t]+(?=\S)")
_ADDRESS = re.compile(r"https?://[^\s()<>\"\[\]]*[^\s()<>\"\[\].,;:!?]")
_BROKEN_LINK = re.compile(r"\[[^\[\]\n]+\]\((?!https?://[^\s()<>\"]+\))[^)\n]*\)")


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map: degrees, and what is written beside it."""

    title: str
    address: str
    latitude: float
    longitude: float

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Content:
    """All that a broadcast says.

    ``texts``: by language, as written. ``fallback``: by language without a text, the one whose text its readers get;
    the message says so. ``survey``: id and titles by language of the survey that a button opens. ``shown_event``: id
    and titles of the event that a button shows; readers of a language without a title have no button, since the event
    says nothing to them. ``links``: by language, the key "" for all others. ``said_on``: what ``{date}`` stands for.
    ``attachment``: id of a picture (``is_photo``) or document. ``event``: that it invites to.
    """

    texts: Mapping[str, str]
    fallback: Mapping[str, str] = field(default_factory=dict)
    survey_id: int | None = None
    survey_titles: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
    said_on: date | None = None
    attachment_id: int | None = None
    is_photo: bool = False
    event: Event | None = None
    shown_event_id: int | None = None
    shown_event_titles: Mapping[str, str] = field(default_factory=dict)

    def said_in(self, language: str) -> str | None:
        """Return the language in which a reader of ``language`` gets it; None: not at all."""
        if self.texts.get(language):
            return language
        other = self.fallback.get(language)
        return other if other is not None and self.texts.get(other) else None

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "texts": dict(self.texts),
            "fallback": dict(self.fallback),
            "survey_id": self.survey_id,
            "survey_titles": dict(self.survey_titles),
            "links": dict(self.links),
            "place": self.place.as_json() if self.place else None,
            "said_on": self.said_on.isoformat() if self.said_on else None,
            "attachment_id": self.attachment_id,
            "is_photo": self.is_photo,
            "event": self.event.as_json() if self.event else None,
            "shown_event_id": self.shown_event_id,
            "shown_event_titles": dict(self.shown_event_titles),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Content:
        """What ``as_json`` gave."""
        place, said_on, event = stored["place"], stored["said_on"], stored.get("event")
        return cls(
            **{
                **stored,
                "place": Place(**place) if place else None,
                "said_on": date.fromisoformat(said_on) if said_on else None,
                "event": Event.from_json(event) if event else None,
            }
        )


def event_titles(invitation: Content) -> dict[str, str]:
    """Return what an event is called, by the language of whoever reads its invitation; who gets none is missing."""
    titles = {
        language: read_wording(invitation.texts[said_in]).title
        for language in LANGUAGES
        if (said_in := invitation.said_in(language))
    }
    return {language: title for language, title in titles.items() if title}


class Fault(StrEnum):
    """Why a text cannot be sent as it is."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    UNKNOWN_PLACEHOLDER = "unknown placeholder"
    NO_DATE = "no date"
    """It says ``{date}``, and no day was chosen."""
    BROKEN_LINK = "broken link"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of a text. ``what``: the placeholder or link, or how many letters it has too many."""

    fault: Fault
    what: str = ""


def names_date(text: str) -> bool:
    """Whether a text has a place for a day."""
    return any(_NAMES.get(match[1].strip().lower()) == "date" for match in _PLACEHOLDER.finditer(text))


def missing(original: str, text: str) -> tuple[str, ...]:
    """Return which placeholders and links of an original its translation lacks, as the original writes them.

    A link may lead elsewhere, perhaps to the same page in the reader's language: only that there are fewer counts.
    """
    there = _places(text)
    places = [sign for name, sign in _places(original).items() if name not in there]
    links, kept = _links(original), _links(text)
    gone = [each for each in links if each not in kept]
    return (*places, *gone[: max(0, len(links) - len(kept))])


def _places(text: str) -> dict[str, str]:
    """The placeholders of a text: what each stands for, and how it is written first."""
    found: dict[str, str] = {}
    for match in _PLACEHOLDER.finditer(clean(text)):
        if name := _NAMES.get(match[1].strip().lower()):
            found.setdefault(name, match[0])
    return found


def _links(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ADDRESS.findall(clean(text))))


def is_address(url: str) -> bool:
    """Whether an address may stand behind a button or link: http or https, with a host."""
    if len(url) > _MOST_ADDRESS or re.search(r"[\s<>\"()]", url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "." in str(parts.hostname)


def most(*, attachment: bool) -> int:
    """Return how long a text may be, in UTF-16 units after entities."""
    return MOST_CAPTION if attachment else MOST_TEXT


def check(
    text: str,
    voice: Voice,
    *,
    attachment: bool,
    said_on: date | None,
    areas: tuple[str, ...] = (),
    readers: tuple[Voice, ...] = (),
    event: Event | None = None,
    place: Place | None = None,
) -> tuple[Problem, ...]:
    """Return what is wrong with a text in the voice's language; nothing: every reader can get it.

    ``areas``: the names that may stand for ``{area}``. ``readers``: those of other languages who get this text, too,
    with the line that says so. ``event``: that it invites to, and its ``place``: they are said below the text. What an
    event says stands in lists and reminders, too, where nothing takes the place of a placeholder: it may have none.
    """
    written = clean(text)
    if not (read_wording(written).title if event else written.strip()):
        return (Problem(Fault.EMPTY),)
    problems = [
        Problem(Fault.UNKNOWN_PLACEHOLDER, match[0])
        for match in _PLACEHOLDER.finditer(written)
        if event is not None or match[1].strip().lower() not in _NAMES
    ]
    if event is None and said_on is None and names_date(written):
        problems.append(Problem(Fault.NO_DATE))
    problems += [Problem(Fault.BROKEN_LINK, match[0]) for match in _BROKEN_LINK.finditer(written)]
    longest = max(areas, key=utf16_length, default="")
    over = max(
        length(text, voice, area=longest, said_on=said_on, reader=reader, event=event, place=place)
        for reader in (voice, *readers)
    ) - most(attachment=attachment)
    if over > 0:
        problems.append(Problem(Fault.TOO_LONG, str(over)))
    return tuple(problems)


def length(
    text: str,
    voice: Voice,
    *,
    area: str = "",
    said_on: date | None = None,
    reader: Voice | None = None,
    event: Event | None = None,
    place: Place | None = None,
) -> int:
    """Return how long a text is when it is sent, in UTF-16 units after entities."""
    said = _said(text, voice, reader or voice, area=area, said_on=said_on, event=event, place=place)
    return utf16_length(plain_text(said))


def bubble(content: Content, voices: Mapping[str, Voice], language: str, *, area: str, sending: int) -> Prompt | None:
    """Return what a reader of ``language`` who lives in ``area`` gets; None: it is not for this language.

    ``area``: its name as people say it; the town's where the reader's is not known.
    """
    said_in = content.said_in(language)
    if said_in is None:
        return None
    reader = voices[language]
    text = _said(
        content.texts[said_in],
        voices[said_in],
        reader,
        area=area,
        said_on=content.said_on,
        event=content.event,
        place=content.place,
    )
    return Prompt(text, said_in, _rows(content, reader, sending))


def _said(
    text: str,
    voice: Voice,
    reader: Voice,
    *,
    area: str,
    said_on: date | None,
    event: Event | None,
    place: Place | None,
) -> Markup:
    values = {"area": area, "date": voice.date(said_on, year=True) if said_on else ""}

    def put(match: re.Match[str]) -> str:
        name = _NAMES.get(match[1].strip().lower())
        value = " ".join(clean(values[name]).split()) if name else ""
        return f"{FSI}{value}{PDI}" if value else match[0]

    filled = _PLACEHOLDER.sub(put, _ITEM.sub("• ", clean(text).strip()))
    said = (
        lay_out(from_xlsform(filled), voice.language)
        if event is None
        else _invitation(filled, voice, reader, event, place)
    )
    if reader.language == voice.language:
        return said
    notice = _IN_ANOTHER[voice.language](reader)
    return Markup("{}\n\n{}").format(Markup("<i>{}</i>").format(lay_out(notice, reader.language)), said)


def _invitation(text: str, voice: Voice, reader: Voice, event: Event, place: Place | None) -> Markup:
    """What an event's text says, and below it what is certain of the event, in the reader's own language."""
    wording = read_wording(text)
    title = bold(insert(wording.title))
    if event.cancelled:
        notice = lay_out(bold(reader.text("This event does not take place.")), reader.language)
        return blocks(notice, lay_out(title, voice.language))
    own = blocks(title, from_xlsform(wording.description)) if wording.description else title
    return blocks(lay_out(own, voice.language), lay_out(facts(reader, event, place, wording), reader.language))


_IN_ANOTHER = {
    "ar": lambda voice: voice.text("We have this message in Arabic only."),
    "bg": lambda voice: voice.text("We have this message in Bulgarian only."),
    "de": lambda voice: voice.text("We have this message in German only."),
    "en": lambda voice: voice.text("We have this message in English only."),
    "ro": lambda voice: voice.text("We have this message in Romanian only."),
    "tr": lambda voice: voice.text("We have this message in Turkish only."),
}
"""Whole sentences: in many languages the name of a language is inflected."""


def _rows(content: Content, voice: Voice, sending: int) -> tuple[tuple[Option, ...], ...]:
    rows: list[tuple[Option, ...]] = []
    if content.event is not None:
        rows += answer_rows(voice, content.event, is_on_map=content.place is not None)
    if content.survey_id is not None:
        title = content.survey_titles.get(voice.language) or content.survey_titles.get("", "")
        label = lay_out_plain("📋 " + plain_insert(fit(title)), voice.language)
        rows.append((Option(f"{SURVEY_BELOW_PREFIX}{content.survey_id}", label, standing=True),))
    called = content.shown_event_titles.get(voice.language)
    if content.shown_event_id is not None and called:
        key = f"{EVENT_PREFIX}{content.shown_event_id}:show"
        rows.append((Option(key, _event_label(voice, called), standing=True),))
    if content.place is not None and content.event is None:
        rows.append((Option(f"{PLACE_PREFIX}{sending}", "📍 " + voice.plain("Show on the map"), standing=True),))
    url = content.links.get(voice.language) or content.links.get("", "")
    if url:
        rows.append((Option("link", "🔗 " + voice.plain("Read more"), url=url),))
    return tuple(rows)


def _event_label(voice: Voice, title: str) -> str:
    room = LABEL_LIMIT - visible_length(voice.plain("Event: {title}", title=""))
    return "📅 " + voice.plain("Event: {title}", title=fit(title, room))
