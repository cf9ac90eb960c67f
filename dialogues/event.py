"""What an event is beside its texts: when, where, for whom, what is offered there; and how its text is read. Pure.

One text a language holds all that somebody has to translate: its first line is the title, lines that begin with ``ℹ️``
are practical notes (they come again in the reminder and in the calendar), those with ``♿`` the way without stairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dialogues.layout import bold, bullets, lines
from dialogues.markdown import from_xlsform, without_signs
from dialogues.markup import Markup, clean, escape, insert
from dialogues.prompts import Option
from dialogues.splitting import shorten
from dialogues.standing import Row
from dialogues.texts import LANGUAGES, NAMES, Voice
from dialogues.wall_clock import before, wall_time

if TYPE_CHECKING:
    from dialogues.broadcast import Place

__all__ = [
    "BELOW_PREFIX",
    "DATE_PREFIX",
    "EVENT_PREFIX",
    "FOODS",
    "NEEDS",
    "NOTE_SIGN",
    "WAY_SIGN",
    "Event",
    "Occasion",
    "Offers",
    "Wording",
    "answer_rows",
    "facts",
    "read_wording",
    "say_clock",
    "say_moment",
    "say_when",
]

FOODS: Final = ("halal", "vegetarian")
NEEDS: Final = ("interpreter", "childcare", "wheelchair")
"""What somebody who comes may need."""
NOTE_SIGN: Final = "ℹ️"
WAY_SIGN: Final = "♿"
EVENT_PREFIX: Final = "event:"
"""Something about a whole event: ``event:12:map``."""
DATE_PREFIX: Final = "date:"
"""Say something about a date, in the place of the message that has the button: ``date:34:p3``."""
BELOW_PREFIX: Final = "date+:"
"""The same below that message, which stays as it is: ``date+:34:yes``."""
_SIGNED = re.compile("(?P<sign>[ℹ♿])\ufe0f?[ \t]*(?P<text>.*)")
_MOST_TITLE = 100
_MOST_DATES = 6
"""So many dates are written down in an invitation."""


# --- how its text is read -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in its parts. ``title``: plain; the others with the signs of ``dialogues.markdown``, empty where none."""

    title: str
    description: str = ""
    notes: str = ""
    way: str = ""


def read_wording(text: str) -> Wording:
    """Take the text of an event apart. A text without a single letter has an empty title."""
    kept: list[str] = []
    signed: dict[str, list[str]] = {NOTE_SIGN[0]: [], WAY_SIGN[0]: []}
    for line in clean(text).strip().split("\n"):
        found = _SIGNED.fullmatch(line.strip())
        if found:
            signed[found["sign"]].append(found["text"].strip())
        else:
            kept.append(line)
    title, _, description = "\n".join(kept).strip().partition("\n")
    notes, way = ("\n".join(filter(None, signed[sign])) for sign in (NOTE_SIGN[0], WAY_SIGN[0]))
    return Wording(
        shorten(without_signs(title), _MOST_TITLE), re.sub("\n{3,}", "\n\n", description).strip(), notes, way
    )


# --- what it is -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered at an event. ``food``: of ``FOODS``; ``interpreters``: for which languages."""

    food: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    childcare: bool = False
    step_free: bool = False
    free_of_charge: bool = False

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "food": list(self.food),
            "interpreters": list(self.interpreters),
            "childcare": self.childcare,
            "step_free": self.step_free,
            "free_of_charge": self.free_of_charge,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Offers:
        """What ``as_json`` gave; of a newer version what is known."""
        return cls(
            tuple(each for each in FOODS if each in stored.get("food", ())),
            tuple(each for each in LANGUAGES if each in stored.get("interpreters", ())),
            bool(stored.get("childcare")),
            bool(stored.get("step_free")),
            bool(stored.get("free_of_charge")),
        )


@dataclass(frozen=True, slots=True)
class Occasion:
    """One date of an event, in wall times ``2026-11-28T15:00`` and as moments.

    ``sequence``: rises when it is moved or cancelled.
    """

    id: int
    start: str
    end: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """An event without its texts, place and picture: those are in the ``dialogues.broadcast.Content`` it belongs to.

    ``areas``: the names of those it is for; none: the whole town. ``capacity``: for so many persons there is room on
    each date; None: for all. ``closes_before``: so many minutes before a date nobody can sign up any more. ``contact``:
    whom to ask, as the office writes it. ``occasions``: in their order. ``cancelled``: all of it.
    """

    id: int
    uid: str
    zone: str
    occasions: tuple[Occasion, ...] = ()
    offers: Offers = field(default_factory=Offers)
    areas: tuple[str, ...] = ()
    contact: str | None = None
    capacity: int | None = None
    closes_before: int = 0
    cancelled: bool = False
    changed_at: datetime | None = None

    @property
    def repeats(self) -> bool:
        """Whether it has several dates."""
        return len(self.occasions) > 1

    def occasion(self, occasion_id: int) -> Occasion | None:
        """Return one of its dates."""
        return next((each for each in self.occasions if each.id == occasion_id), None)

    def coming(self, now: datetime) -> tuple[Occasion, ...]:
        """Return the dates that are still to come and take place."""
        if self.cancelled:
            return ()
        return tuple(each for each in self.occasions if not each.cancelled and each.starts_at > now)

    def present(self, now: datetime) -> tuple[Occasion, ...]:
        """Return the dates that take place and are not over: one that is on now is among them."""
        if self.cancelled:
            return ()
        return tuple(each for each in self.occasions if not each.cancelled and each.ends_at > now)

    def closes_at(self, occasion: Occasion) -> datetime:
        """Return until when one can sign up for a date."""
        return before(occasion.starts_at, self.closes_before, ZoneInfo(self.zone))

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "occasions": [
                {
                    **{name: getattr(each, name) for name in Occasion.__slots__},
                    "starts_at": each.starts_at.isoformat(),
                    "ends_at": each.ends_at.isoformat(),
                }
                for each in self.occasions
            ],
            "offers": self.offers.as_json(),
            "areas": list(self.areas),
            "changed_at": self.changed_at.isoformat() if self.changed_at else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Event:
        """What ``as_json`` gave."""
        occasions = tuple(
            Occasion(
                **{
                    **each,
                    "starts_at": datetime.fromisoformat(each["starts_at"]),
                    "ends_at": datetime.fromisoformat(each["ends_at"]),
                }
            )
            for each in stored["occasions"]
        )
        changed_at = stored["changed_at"]
        event = cls(
            **{
                **stored,
                "occasions": occasions,
                "offers": Offers.from_json(stored["offers"]),
                "areas": tuple(stored["areas"]),
                "changed_at": None,
            }
        )
        return replace(event, changed_at=datetime.fromisoformat(changed_at)) if changed_at else event


# --- how it is said -------------------------------------------------------------------------------------------------


def say_clock(wall: str) -> str:
    """Return the time of day of a wall time, ``15:00``; languages put their word for "o'clock" around it."""
    return wall[11:16]


def _day(wall: str) -> date:
    return date.fromisoformat(wall[:10])


def say_moment(voice: Voice, wall: str) -> Markup:
    """Say a day and a time: until when something is kept."""
    return voice.text("{day}, {time}", day=_day(wall), time=say_clock(wall))


def is_one_day(occasion: Occasion) -> bool:
    """Whether people would say that a date is on one day: it may last into the early morning."""
    first, last = _day(occasion.start), _day(occasion.end)
    return first == last or (last - first == timedelta(days=1) and say_clock(occasion.end) <= "06:00")


def say_when(voice: Voice, occasion: Occasion) -> Markup:
    """Say when a date begins and ends; over midnight with both days."""
    start, end = say_clock(occasion.start), say_clock(occasion.end)
    first, last = _day(occasion.start), _day(occasion.end)
    if is_one_day(occasion):
        return voice.text("{day}, {start} to {end}", day=first, start=start, end=end)
    return voice.text("{day}, {start}, to {last}, {end}", day=first, start=start, last=last, end=end)


def say_place(voice: Voice, place: Place) -> Markup:
    """Say where it is."""
    if place.address and place.address != place.title:
        return voice.text("{place}, {address}", place=place.title, address=place.address)
    return insert(place.title)


def say_offers(voice: Voice, offers: Offers) -> tuple[Markup, ...]:
    """Say what is offered, one line each."""
    said = []
    if offers.free_of_charge:
        said.append(voice.text("It costs nothing."))
    if "halal" in offers.food:
        said.append(voice.text("There is halal food."))
    if "vegetarian" in offers.food:
        said.append(voice.text("There is vegetarian food."))
    if offers.childcare:
        said.append(voice.text("Somebody looks after the children."))
    if offers.interpreters:
        # Each name runs as its own script does, and the list as the sentence: so the whole is not isolated.
        names = Markup("، " if voice.language == "ar" else ", ").join(
            insert(NAMES[each]) for each in offers.interpreters
        )
        said.append(voice.text("There are interpreters: {languages}", languages="@").replace(insert("@"), names))
    if offers.step_free:
        said.append(voice.text("You can get in without stairs."))
    return tuple(said)


def say_whom(voice: Voice, event: Event) -> Markup:
    """Say for whom it is."""
    if not event.areas:
        return voice.text("Everybody is welcome.")
    areas = "، " if voice.language == "ar" else ", "
    return voice.text("This is for everybody who lives here: {areas}", areas=areas.join(event.areas))


def say_more_days(voice: Voice, more: int) -> Markup:
    """Say on how many days it is besides those that are named."""
    if more == 1:
        return voice.text("And on one more day.")
    return voice.plural("And on {n} more day.", "And on {n} more days.", more)


def facts(voice: Voice, event: Event, place: Place | None, wording: Wording) -> Markup:
    """Say all that is certain of an event, below its description.

    ``wording``: notes and way, in whatever language they are written.
    """
    dates = tuple(each for each in event.occasions if not each.cancelled)
    said: list[Markup] = []
    if len(dates) == 1:
        said.append(_labelled(voice.text("When:"), say_when(voice, dates[0])))
    elif dates:
        said.append(bold(voice.text("When:")))
        said.append(bullets(*(say_when(voice, each) for each in dates[:_MOST_DATES])))
        if len(dates) > _MOST_DATES:
            said.append(say_more_days(voice, len(dates) - _MOST_DATES))
    if place is not None:
        said.append(_labelled(voice.text("Where:"), say_place(voice, place)))
    if wording.way:
        said.append(_labelled(voice.text("Without stairs:"), from_xlsform(wording.way)))
    said += say_offers(voice, event.offers)
    if event.capacity is not None:
        said.append(_say_most(voice, event.capacity, is_series=len(dates) > 1))
    if len(dates) == 1 and event.closes_before:
        closes = wall_time(event.closes_at(dates[0]), ZoneInfo(event.zone))
        said.append(voice.text("You can sign up until: {moment}", moment=say_moment(voice, closes)))
    if wording.notes:
        said.append(_labelled(voice.text("Good to know:"), from_xlsform(wording.notes)))
    said.append(say_whom(voice, event))
    if event.contact:
        said.append(voice.text("Do you have questions? Ask here: {contact}", contact=event.contact))
    return lines(*said)


def _say_most(voice: Voice, capacity: int, *, is_series: bool) -> Markup:
    if is_series:
        return voice.plural(
            "On each day at most {n} person can come.", "On each day at most {n} people can come.", capacity
        )
    return voice.plural("At most {n} person can come.", "At most {n} people can come.", capacity)


def _labelled(label: Markup, text: Markup) -> Markup:
    return bold(label) + escape(" ") + text


# --- the buttons under an invitation --------------------------------------------------------------------------------


def answer_rows(voice: Voice, event: Event, *, is_on_map: bool) -> list[Row]:
    """Return the buttons with which an invitation is answered; what they lead to comes below it."""
    dates = [each for each in event.occasions if not each.cancelled]
    rows: list[Row] = []
    if event.cancelled or not dates:
        return rows
    if len(dates) == 1:
        begins = f"{BELOW_PREFIX}{dates[0].id}:"
        rows += [
            (Option(begins + "yes", "✅ " + voice.plain("I'll come"), standing=True),),
            (Option(begins + "maybe", voice.plain("Maybe"), standing=True),),
            (Option(begins + "no", voice.plain("I can't come"), standing=True),),
        ]
    else:
        rows.append((Option(f"{EVENT_PREFIX}{event.id}:dates", "✅ " + voice.plain("Choose a day"), standing=True),))
    if is_on_map:
        rows.append((Option(f"{EVENT_PREFIX}{event.id}:map", "📍 " + voice.plain("Show on the map"), standing=True),))
    return rows
