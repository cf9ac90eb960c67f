"""The form of a broadcast: what was typed, as it was typed, and what it means or why it cannot mean anything. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from admin.map_point import MOST_POINT, in_right_order, point_of
from dialogues.broadcast import Content, Place, is_address
from dialogues.markup import clean
from dialogues.texts import LANGUAGES
from storage.queries.broadcasts import BroadcastFacts

Say = Callable[[str], str]

MOST_TITLE = 120
MOST_PLACE = 100
"""Letters of a place's title and of its address."""
MOST_TYPED = 20_000
"""Letters of a text that are kept, whether it can be sent or not."""
AS_BEFORE = "as-before"
"""The box "released" as it was drawn for a text that had been released: of a text that was changed it says nothing."""
PARTS = {
    "title": ("title",),
    "survey": ("survey",),
    "event": ("event",),
    "links": ("links",),
    "place": ("place_title", "place_address", "point"),
    "day": ("said_on",),
}
"""What a form says beside its texts, with the fields of ``Typed``: when two have changed the message, each is whole."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand in the form.

    ``released``: by language the value of the ticked box. ``was``: what stood for the text in each language, and for
    each of ``PARTS``, that the form was drawn with. ``links``: the key "" for all languages without one. ``point``:
    where the place is, as pasted from a map.
    """

    title: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    released: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
    survey: str = ""
    event: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    place_title: str = ""
    place_address: str = ""
    point: str = ""
    said_on: str = ""
    drops_file: bool = False

    def typed_in(self, name: str) -> str:
        """What stands in the form for a text, by its language, or for one of ``PARTS``."""
        if name not in PARTS:
            return self.texts.get(name, "")
        values = [getattr(self, each) for each in PARTS[name]]
        if name == "links":
            values = [f"{language} {url}" for language, url in sorted(self.links.items())]
        return "\n".join(values).strip()

    def touched(self, name: str) -> bool:
        """Whether a text, by its language, or one of ``PARTS`` was changed in the form."""
        return mark(self.typed_in(name)) != self.was.get(name, mark(""))

    def wants_release(self, language: str) -> bool:
        """Whether the text, as it is typed, shall be approved for sending."""
        value = self.released.get(language, "")
        return bool(value) and not (value == AS_BEFORE and self.touched(language))


class Located(Protocol):
    """A form with the fields of a place, as they are typed."""

    @property
    def place_title(self) -> str:
        """What it is called."""

    @property
    def place_address(self) -> str:
        """Street and number."""

    @property
    def point(self) -> str:
        """Where it is, as pasted from a map."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What the form means, beside its texts."""

    title: str
    survey_id: int | None
    shown_event_id: int | None
    links: Mapping[str, str]
    place: Place | None
    said_on: date | None


def without_events_own(typed: Typed, broadcast: BroadcastFacts) -> Typed:
    """The form of an event's texts: name and place are the event's, and it has neither a survey, another event nor a
    day."""
    present = typed_of(broadcast)
    own = [name for part, names in PARTS.items() if part != "links" for name in names]
    was = {part: present.was[part] for part in PARTS if part != "links"}
    return replace(typed, **{name: getattr(present, name) for name in own}, was={**typed.was, **was})


def mark(text: str) -> str:
    """Stands for a text: a form that was drawn with another one is recognised."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_form(fields: Callable[[str], list[str]]) -> Typed:
    """What was sent; ``fields`` gives all values of a name. Takes whatever a browser or a stranger sends."""

    def one(name: str, most: int) -> str:
        values = fields(name)
        return " ".join(clean(values[0]).split())[: most * 2] if values else ""

    def long(name: str) -> str:
        values = fields(name)
        return clean(values[0]).strip("\n")[: MOST_TYPED * 2] if values else ""

    return Typed(
        title=one("title", MOST_TITLE),
        texts={language: long(f"text-{language}") for language in LANGUAGES},
        released={language: value for language in LANGUAGES if (value := one(f"released-{language}", 10))},
        was={name: one(f"was-{name}", 12) for name in (*LANGUAGES, *PARTS)},
        survey=one("survey", 10),
        event=one("event", 10),
        links={language: url for language in ("", *LANGUAGES) if (url := one(f"link-{language}", 1000))},
        place_title=one("place-title", MOST_PLACE),
        place_address=one("place-address", MOST_PLACE),
        point=one("point", MOST_POINT),
        said_on=one("said-on", 10),
        drops_file=one("drop-file", 3) == "yes",
    )


def typed_of(broadcast: BroadcastFacts) -> Typed:
    """The form of a broadcast as it is."""
    place = broadcast.place
    typed = Typed(
        title=broadcast.title,
        texts={language: text.text for language, text in broadcast.texts.items()},
        released={language: AS_BEFORE for language, text in broadcast.texts.items() if text.released},
        survey=str(broadcast.survey_id or ""),
        event=str(broadcast.shown_event_id or ""),
        links=broadcast.links,
        place_title=place.title if place else "",
        place_address=place.address if place else "",
        point=f"{place.latitude}, {place.longitude}" if place else "",
        said_on=broadcast.said_on.isoformat() if broadcast.said_on else "",
    )
    return replace(typed, was={name: mark(typed.typed_in(name)) for name in (*LANGUAGES, *PARTS)})


@dataclass(frozen=True, slots=True)
class Both:
    """What two have changed. ``texts``: by language, the text that stands there now. ``parts``: names of ``PARTS``."""

    texts: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


def upon(typed: Typed, present: BroadcastFacts) -> tuple[Typed, Both]:
    """What was typed, laid upon a broadcast that somebody else has changed in the meantime, and what both have changed.

    Texts and parts that were not touched follow the change.
    """
    now = typed_of(present)
    stored = {language: text.text for language, text in present.texts.items()}
    kept = {language: language for language in LANGUAGES if typed.touched(language)}
    texts = {each: typed.texts.get(each, "") if each in kept else stored.get(each, "") for each in LANGUAGES}
    released = {
        each: typed.released[each] if each in kept and each in typed.released else AS_BEFORE
        for each in LANGUAGES
        if (each in typed.released if each in kept else _is_released(present, each))
    }
    changed = [
        name
        for name in (*kept, *PARTS)
        if typed.touched(name)
        and now.typed_in(name) != typed.typed_in(name)
        and now.was[name] != typed.was.get(name, mark(""))
    ]
    both = Both(
        {each: stored.get(each, "") for each in changed if each in kept},
        tuple(each for each in changed if each in PARTS),
    )
    followed: dict[str, Any] = {}
    for part, names in PARTS.items():
        if not typed.touched(part):
            followed |= {name: getattr(now, name) for name in names}
    return replace(typed, **followed, texts=texts, released=released, was=now.was), both


def _is_released(broadcast: BroadcastFacts, language: str) -> bool:
    return language in broadcast.texts and broadcast.texts[language].released


# --- judging --------------------------------------------------------------------------------------------------------


def judge(typed: Typed, surveys: frozenset[int], events: frozenset[int], _: Say) -> Meant | dict[str, str]:
    """What the form means; or what has to be mended, by the name of the field, in the order of the page.

    ``surveys``: those that a button may open; ``events``: those that one may show.
    """
    faults: dict[str, str] = {}
    if not typed.title:
        faults["title"] = _("Please give the message a name. Only the office sees it.")
    elif len(typed.title) > MOST_TITLE:
        faults["title"] = _("Please write at most {number} letters.").format(number=MOST_TITLE)
    for language in LANGUAGES:
        if len(typed.texts.get(language, "")) > MOST_TYPED:
            faults[f"text-{language}"] = _("This text is far too long. Please write at most {number} letters.").format(
                number=MOST_TYPED
            )
    said_on = day_of(typed.said_on)
    if typed.said_on and said_on is None:
        faults["said-on"] = _("Please write a day, for example 01.12.2026.")
    survey_id, event_id = _number(typed.survey), _number(typed.event)
    if typed.survey and survey_id not in surveys:
        faults["survey"] = _("This survey is not there. Please choose again.")
    if typed.event and event_id not in events:
        faults["event"] = _("This event is not there. Please choose again.")
    links = {language: whole(url) for language, url in typed.links.items()}
    for language, url in links.items():
        if not is_address(url):
            faults[f"link-{language}"] = _(
                "This is no address of a web page. Please write it like this: www.auenstadt.de/fest"
            )
    place = place_of(typed)
    if place is None and (typed.place_title or typed.place_address or typed.point):
        faults |= place_faults(typed, _)
    return faults or Meant(typed.title, survey_id, event_id, links, place, said_on)


def _number(typed: str) -> int | None:
    return int(typed) if re.fullmatch("[0-9]{1,9}", typed) else None


def place_faults(typed: Located, _: Say) -> dict[str, str]:
    """What has to be mended before the place is whole, by the name of the field."""
    faults: dict[str, str] = {}
    if not typed.place_title:
        faults["place-title"] = _("Please write what the place is called.")
    elif len(typed.place_title) > MOST_PLACE:
        faults["place-title"] = _("Please write at most {number} letters.").format(number=MOST_PLACE)
    if not typed.place_address:
        faults["place-address"] = _("Please write street and number.")
    elif len(typed.place_address) > MOST_PLACE:
        faults["place-address"] = _("Please write at most {number} letters.").format(number=MOST_PLACE)
    point = point_of(typed.point)
    if point is None:
        faults["point"] = _(
            "No place can be read from this. Please paste the two numbers from a map, for example 51.2277, 6.7735, or "
            "the long address of its page."
        )
    elif right := in_right_order(point):
        words = _("The two numbers seem to be swapped. In the right order they are: {point}")
        faults["point"] = words.format(point=f"{right[0]}, {right[1]}")
    return faults


def day_of(text: str) -> date | None:
    """The day that a field for a date sends; None: it is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def whole(url: str) -> str:
    """An address as browsers write it; people leave out its beginning."""
    return url if "://" in url or not url or ":" in url.partition("/")[0] else f"https://{url}"


def place_of(typed: Located) -> Place | None:
    """The place that the form names; None: it is not whole."""
    point = point_of(typed.point)
    names = (typed.place_title, typed.place_address)
    if point is None or in_right_order(point) or not all(0 < len(each) <= MOST_PLACE for each in names):
        return None
    return Place(typed.place_title, typed.place_address, *point)


def content_of(
    typed: Typed,
    broadcast: BroadcastFacts,
    survey_titles: Mapping[int, Mapping[str, str]],
    event_titles: Mapping[int, Mapping[str, str]],
) -> Content:
    """What the broadcast would say if the form were kept as it is, released or not; what is faulty stays out."""
    survey_id, event_id = _number(typed.survey), _number(typed.event)
    links = {language: whole(url) for language, url in typed.links.items()}
    stored = broadcast.content(released=False)
    return replace(
        replace(stored, attachment_id=None, is_photo=False) if typed.drops_file else stored,
        texts={language: text for language, text in typed.texts.items() if text.strip()},
        survey_id=survey_id if survey_id in survey_titles else None,
        survey_titles=survey_titles.get(survey_id or 0, {}),
        shown_event_id=event_id if event_id in event_titles else None,
        shown_event_titles=event_titles.get(event_id or 0, {}),
        links={language: url for language, url in links.items() if is_address(url)},
        place=place_of(typed),
        said_on=day_of(typed.said_on),
    )
