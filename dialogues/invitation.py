"""Signing up for an event in the chat: yes, maybe or no, how many come, what they need; and what we say about it.

Pure: what buttons mean, and what is said of a date as it stands. Every button names a fact to be reached, so pressing
twice does no harm, and an old button is answered by what is so now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dialogues.broadcast import Place
from dialogues.event import (
    BELOW_PREFIX,
    DATE_PREFIX,
    EVENT_PREFIX,
    NEEDS,
    Occasion,
    Offers,
    Wording,
    say_clock,
    say_moment,
    say_place,
    say_when,
)
from dialogues.labels import must_be_numbered, pairable
from dialogues.layout import blocks, bold, lines, message
from dialogues.markdown import from_xlsform
from dialogues.markup import Markup, clean, escape, insert, plain_text
from dialogues.prompts import Option, Prompt, Reply, Role, Toast
from dialogues.splitting import shorten, visible_length
from dialogues.standing import Row, outside_label
from dialogues.texts import Voice
from dialogues.waiting_list import MOST_PERSONS, Party, Standing

__all__ = [
    "COMMAND",
    "LIST",
    "MINE",
    "Act",
    "Card",
    "Doing",
    "Entry",
    "Note",
    "all_days_caption",
    "ask_children",
    "ask_how_many",
    "ask_name",
    "calendar_caption",
    "calendar_text",
    "choose_day",
    "cleaned_name",
    "events_row",
    "held",
    "listed",
    "mine",
    "moved",
    "not_there",
    "read",
    "reminder",
    "show",
]

COMMAND: Final = "events"
LIST: Final = "event:list"
"""Which events are coming."""
MINE: Final = "event:mine"
"""What this resident has said yes or maybe to."""
MOST_NAME: Final = 30
_MOST_LISTED = 20
_A_PAGE = 10
"""So many dates of a series are shown at once."""
_A_ROW = 4
_LARGEST = 2**31 - 1


# --- what buttons mean ----------------------------------------------------------------------------------------------


class Doing(StrEnum):
    """What somebody does by a button about an event or one of its dates."""

    LIST = "list"
    MINE = "mine"
    SHOW = "show"
    """The invitation again."""
    DATES = "dates"
    MAP = "map"
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    PERSONS = "p"
    CHILDREN = "c"
    NEED = "need"
    WAIT = "wait"
    """Until there is room for all."""
    CARD = "card"
    SIZE = "size"
    KIDS = "kids"
    NAME = "name"
    NO_NAME = "noname"
    CALENDAR = "ics"


@dataclass(frozen=True, slots=True)
class Act:
    """What a button means. ``event``, ``occasion``: ids, 0 where none is meant. ``below``: the answer comes below.

    ``number``: of persons or children, or of dates before a page of them. ``need``: of ``NEEDS``, and whether it is
    ``wanted``.
    """

    doing: Doing
    event: int = 0
    occasion: int = 0
    number: int = 0
    need: str = ""
    wanted: bool = False
    below: bool = True


_OF_EVENT = re.compile(r"event:([0-9]{1,10}):(show|dates|map|ics)([0-9]{1,3})?")
_OF_DATE = re.compile(
    r"date(?P<below>\+?):(?P<id>[0-9]{1,10}):"
    r"(?:(?P<word>yes|maybe|no|wait|card|size|kids|name|noname|ics)"
    r"|(?P<count>[pc])(?P<number>[0-9]{1,2})|(?P<need>interpreter|childcare|wheelchair)(?P<sign>[+-]))"
)


def read(key: str) -> Act | None:
    """Return what a button about an event means; None: we never wrote such a one."""
    if key in (LIST, MINE):
        return Act(Doing.LIST if key == LIST else Doing.MINE)
    if found := _OF_EVENT.fullmatch(key):
        turns = found[3] is not None
        if int(found[1]) > _LARGEST or (turns and found[2] != Doing.DATES):
            return None
        return Act(Doing(found[2]), event=int(found[1]), number=int(found[3] or 0), below=not turns)
    found = _OF_DATE.fullmatch(key)
    if found is None or int(found["id"]) > _LARGEST:
        return None
    occasion, below = int(found["id"]), bool(found["below"])
    if found["need"]:
        return Act(Doing.NEED, occasion=occasion, need=found["need"], wanted=found["sign"] == "+", below=below)
    if found["count"]:
        return Act(Doing(found["count"]), occasion=occasion, number=int(found["number"]), below=below)
    return Act(Doing(found["word"]), occasion=occasion, below=below)


# --- what is known of a date and somebody's answer ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """A date, and what somebody has said about it.

    ``wording``: of the event, in the reader's language or another one. ``closes``, ``until``: wall times up to which
    one can sign up, and for which places are kept. ``at_start``: one can sign up until it begins; ``closed``:
    one cannot any more. ``position``: on the waiting list, from 1. ``today``: on the town's calendar. ``cancelled``: it
    does not take place; ``is_one_day``: others of its series do or did, and ``days_left``: some of these are to come.
    ``contact``: whom to ask, as the office writes it. ``before``: the wall time at which the reader believes that it
    begins, where that is another one.
    """

    event: int
    occasion: Occasion
    wording: Wording
    place: Place | None
    offers: Offers
    party: Party
    closes: str
    today: date
    at_start: bool = True
    closed: bool = False
    until: str | None = None
    children: int = 0
    needs: tuple[str, ...] = ()
    code: str | None = None
    name: str | None = None
    position: int | None = None
    cancelled: bool = False
    is_one_day: bool = False
    days_left: bool = False
    contact: str | None = None
    before: str | None = None


class Note(StrEnum):
    """Why something could not be so, said above the card."""

    BEGUN = "begun"
    CLOSED = "closed"
    FEWER = "fewer"


def _key(card: Card, what: str, *, below: bool = False) -> str:
    return f"{BELOW_PREFIX if below else DATE_PREFIX}{card.occasion.id}:{what}"


def _button(card: Card, what: str, label: str, *, below: bool = False, role: Role = Role.ANSWER) -> Option:
    return Option(_key(card, what, below=below), label, role=role, standing=True)


def _what(voice: Voice, card: Card, *, place: bool = True) -> Markup:
    """Title, time and place."""
    said = [bold(insert(card.wording.title)), say_when(voice, card.occasion)]
    if place and card.place is not None:
        said.append(say_place(voice, card.place))
    return lines(*said)


# --- questions ------------------------------------------------------------------------------------------------------


def ask_how_many(voice: Voice, card: Card, *, free: int | None = None, again: bool = False) -> Prompt:
    """Ask how many come; the answer signs them up.

    ``free``: how many places nobody holds now; None: there is room for all. ``again``: something else was written.
    """
    asked = [
        bold(voice.text("How many people will come?")),
        voice.text("Count yourself. Count all children, too."),
    ]
    if again:
        asked.append(voice.text("Please choose a number from 1 to {n}.", n=MOST_PERSONS))
    if free is not None and free <= MOST_PERSONS:
        asked += _free_now(voice, card, max(0, free))
    text = blocks(_what(voice, card), lines(*asked))
    return message(voice, text, rows=(*_numbers(card, "p", 1, MOST_PERSONS), *_way_back(voice, card)))


def _free_now(voice: Voice, card: Card, free: int) -> list[Markup]:
    """Say how many places are free, which promises none: others look at the same ones."""
    if card.party.standing is Standing.COMING:
        more = voice.plural("{n} more place is free now.", "{n} more places are free now.", free)
        return [more if free else voice.text("There are no more places.")]
    if free:
        return [voice.plural("{n} place is free now.", "{n} places are free now.", free)]
    return [voice.text("No place is free now."), voice.text("You can wait for one.")]


def ask_children(voice: Voice, card: Card) -> Prompt:
    """Ask how many of those who come are children."""
    text = blocks(
        _what(voice, card, place=False),
        lines(
            bold(voice.text("How many of them are children?")),
            voice.text("People in all: {n}", n=card.party.persons),
        ),
    )
    return message(voice, text, rows=(*_numbers(card, "c", 0, card.party.persons), *_way_back(voice, card)))


def _numbers(card: Card, what: str, first: int, last: int) -> tuple[Row, ...]:
    options = [_button(card, f"{what}{number}", str(number)) for number in range(first, last + 1)]
    return tuple(tuple(options[start : start + _A_ROW]) for start in range(0, len(options), _A_ROW))


def _way_back(voice: Voice, card: Card) -> tuple[Row, ...]:
    if card.party.standing in (Standing.DECLINED, Standing.LAPSED):
        return ()
    return ((_button(card, "card", voice.plain("Back"), role=Role.NAVIGATION),),)


def ask_name(voice: Voice, card: Card) -> Prompt:
    """Ask for a first name; whoever wants to gives one by writing it."""
    text = lines(
        bold(voice.text("Please write a first name.")),
        voice.text("It is on the list at the door. You need not give one."),
        voice.text("We delete it two days after the event."),
    )
    return message(voice, text, rows=((_button(card, "noname", voice.plain("Give no name")),),))


def cleaned_name(text: str) -> str:
    """Return a first name as it stands on the list: one line, and of many words the first ones; "" where it is none."""
    words = clean(text).split()
    kept = " ".join(words[:1])
    for word in words[1:]:
        if visible_length(f"{kept} {word}") > MOST_NAME:
            break
        kept += f" {word}"
    return shorten(kept, MOST_NAME) if any(letter.isalpha() for letter in kept) else ""


def choose_day(
    voice: Voice, event: int, title: str, occasions: Sequence[Occasion], *, default_year: int, first: int = 0
) -> Prompt:
    """Ask for which date of a series somebody signs up. ``first``: how many of many dates come before this page."""
    first = first if first < len(occasions) else 0
    shown = occasions[first : first + _A_PAGE]
    said = [bold(insert(title)), voice.text("On which day do you want to come?")]
    if len(shown) < len(occasions):
        last = first + len(shown)
        said.append(voice.text("Day {first} to {last} of {n}", first=first + 1, last=last, n=len(occasions)))
    rows: list[Row] = [
        (Option(f"{DATE_PREFIX}{each.id}:yes", _day_label(voice, each, default_year), standing=True),) for each in shown
    ]
    turned: list[Option] = []
    if first:
        turned.append(_page(event, max(0, first - _A_PAGE), "◀️ " + voice.plain("Earlier days")))
    if first + _A_PAGE < len(occasions):
        turned.append(_page(event, first + _A_PAGE, "▶️ " + voice.plain("Later days")))
    rows += [tuple(turned)] if pairable([each.label for each in turned]) else [(each,) for each in turned]
    if len(occasions) > 1:
        label = "📅 " + voice.plain("All days for my calendar")
        rows.append((Option(f"{EVENT_PREFIX}{event}:ics", label, role=Role.NAVIGATION, standing=True),))
    return message(voice, lines(*said), rows=tuple(row for row in rows if row))


def _page(event: int, first: int, label: str) -> Option:
    return Option(f"{EVENT_PREFIX}{event}:dates{first}", label, role=Role.NAVIGATION, standing=True)


def _day_label(voice: Voice, occasion: Occasion, default_year: int) -> str:
    day = date.fromisoformat(occasion.start[:10])
    said = voice.date(day, year=day.year != default_year)
    return voice.plain("{day}, {time}", day=said, time=say_clock(occasion.start))


# --- the card -------------------------------------------------------------------------------------------------------


def show(voice: Voice, card: Card, *, note: Note | None = None, room: int | None = None) -> Prompt:
    """Say how a resident's sign-up stands, with what can be done. ``room``: how many persons there are places for."""
    if card.cancelled:
        return _off(voice, card)
    body, rows = _standing(voice, card)
    if note is Note.BEGUN:
        said = lines(bold(voice.text("It has begun already.")), voice.text("Nothing can be changed any more."))
        return message(voice, blocks(said, _what(voice, card)), rows=_map_rows(voice, card))
    if note is Note.CLOSED:
        said = lines(
            bold(voice.text("Nobody can sign up any more.")),
            voice.text("It was possible until: {moment}", moment=say_moment(voice, card.closes)),
        )
        has_word = card.party.standing in (Standing.COMING, Standing.WAITING, Standing.OFFERED)
        return message(voice, blocks(said, body if has_word else _what(voice, card)), rows=rows if has_word else ())
    if note is Note.FEWER and room is not None:
        more = max(0, room - card.party.persons)
        said = bold(
            voice.plural("There is only {n} more place.", "There are only {n} more places.", more)
            if more
            else voice.text("There are no more places.")
        )
        if more:
            label = voice.plain("Come with this many people: {n}", n=room)
            rows = ((_button(card, f"p{room}", "✅ " + label),), *rows)
        return message(voice, blocks(said, body), rows=rows)
    return message(voice, body, rows=rows)


def _off(voice: Voice, card: Card, *more: Markup) -> Prompt:
    """Say that a date does not take place: of a series, that this is one day, and where the others are."""
    said = [bold(_is_off(voice, card)), _what(voice, card, place=False)]
    if card.days_left:
        said.append(voice.text("The other days take place."))
    said += more
    if card.contact:
        said.append(voice.text("Do you have questions? Ask here: {contact}", contact=card.contact))
    label = voice.plain("See the other days")
    others = Option(f"{EVENT_PREFIX}{card.event}:dates", "📅 " + label, standing=True)
    rows = (*(((others,),) if card.days_left else ()), *(_calendar_rows(voice, card) if card.code else ()))
    return message(voice, lines(*said), rows=rows)


def _is_off(voice: Voice, card: Card) -> Markup:
    if card.is_one_day:
        return voice.text("It does not take place on this day.")
    return voice.text("This event does not take place.")


def _standing(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    match card.party.standing:
        case Standing.COMING:
            return _coming(voice, card)
        case Standing.OFFERED:
            return _offered(voice, card)
        case Standing.WAITING:
            return _waiting(voice, card)
        case Standing.MAYBE:
            said = lines(
                bold(voice.text("You said: maybe.")),
                voice.text("We keep no place for you."),
                voice.text("Nobody can sign up any more.") if card.closed else voice.text("You can still say yes."),
            )
            rows = (_no(voice, card),) if card.closed else (_yes(voice, card), _no(voice, card))
            return blocks(said, _what(voice, card)), rows
        case Standing.LAPSED:
            said = lines(
                bold(voice.text("The time for your answer is over.")),
                voice.text("The places went to the next people."),
            )
            again = _button(card, f"p{max(1, card.party.persons)}", voice.plain("Wait again"))
            return blocks(said, _what(voice, card)), ((again,), _no(voice, card))
    said = lines(bold(voice.text("You are not coming.")), voice.text("Thank you for telling us."))
    return blocks(said, _what(voice, card, place=False)), (_yes(voice, card),)


def _coming(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    who = [voice.text("People: {n}", n=card.party.persons)]
    if card.children:
        who.append(voice.text("Children among them: {n}", n=card.children))
    if card.name:
        who.append(voice.text("First name on the list: {name}", name=card.name))
    if card.code:
        who.append(voice.text("Please show this number at the door: {code}", code=card.code))
    parts = [bold(voice.text("You are on the list.")), _what(voice, card), lines(*who)]
    if card.wording.notes:
        parts.append(bold(voice.text("Good to know:")) + escape(" ") + from_xlsform(card.wording.notes))
    parts.append(_until_when(voice, card))
    name = voice.plain("Change the first name") if card.name else voice.plain("Give a first name")
    return blocks(*parts), (
        *_size_rows(voice, card),
        *_need_rows(voice, card),
        *_calendar_rows(voice, card),
        *_map_rows(voice, card),
        (_button(card, "name", "✏️ " + name, role=Role.NAVIGATION),),
        (_button(card, "no", voice.plain("I can't come after all"), role=Role.NAVIGATION),),
    )


def _until_when(voice: Voice, card: Card) -> Markup:
    if card.at_start:
        return voice.text("You can change this until it begins.")
    return voice.text("You can sign up more people until: {moment}", moment=say_moment(voice, card.closes))


def _size_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    labels = [
        ("size", "👥 " + voice.plain("People: {n}", n=card.party.persons)),
        ("kids", "🧒 " + voice.plain("Children: {n}", n=card.children)),
    ]
    options = [_button(card, what, label) for what, label in labels]
    return (tuple(options),) if pairable([each.label for each in options]) else tuple((each,) for each in options)


def _need_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    """What can be asked for: only what the event has, and a way for wheels always."""
    labels = _needs(voice)
    there = {
        "interpreter": voice.language in card.offers.interpreters,
        "childcare": card.offers.childcare,
        "wheelchair": True,
    }
    return tuple(
        (
            Option(
                _key(card, f"{need}{'-' if need in card.needs else '+'}"),
                labels[need],
                chosen=need in card.needs,
                many=True,
                standing=True,
            ),
        )
        for need in NEEDS
        if there[need] or need in card.needs
    )


def _needs(voice: Voice) -> dict[str, str]:
    return {
        "interpreter": voice.plain("I need an interpreter"),
        "childcare": voice.plain("I need childcare"),
        "wheelchair": voice.plain("I come with a wheelchair"),
    }


def _offered(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    party = card.party
    kept = (
        [voice.text("We keep them for you until: {moment}", moment=say_moment(voice, card.until))] if card.until else []
    )
    if party.offered < party.persons:
        said = lines(
            bold(voice.plural("There is only {n} place.", "There are only {n} places.", party.offered)),
            voice.text("You want to come with this many people: {n}", n=party.persons),
            *kept,
        )
        come = voice.plain("Come with this many people: {n}", n=party.offered)
        wait = voice.plain("Wait for more places: {n}", n=party.persons)
        rows: tuple[Row, ...] = (
            (_button(card, f"p{party.offered}", "✅ " + come),),
            (_button(card, "wait", wait),),
            _no(voice, card),
        )
        return blocks(said, _what(voice, card)), rows
    said = lines(
        bold(voice.plural("There is {n} place for you now.", "There are {n} places for you now.", party.offered)),
        *kept,
        *([voice.text("After that the next people are asked.")] if kept else []),
    )
    accept = _button(card, f"p{party.offered}", "✅ " + voice.plain("I'll come"))
    return blocks(said, _what(voice, card)), ((accept,), _no(voice, card))


def _waiting(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    said = [bold(voice.text("You are on the waiting list."))]
    if card.position is not None:
        said.append(voice.text("Your place on this list: {n}", n=card.position))
    said.append(voice.text("People: {n}", n=card.party.persons))
    said.append(voice.text("We write to you when there is room."))
    stop = _button(card, "no", voice.plain("I do not want to wait"), role=Role.NAVIGATION)
    size = _button(card, "size", "👥 " + voice.plain("People: {n}", n=card.party.persons))
    return blocks(lines(*said), _what(voice, card)), ((size,), (stop,))


def _yes(voice: Voice, card: Card) -> Row:
    return (_button(card, "yes", "✅ " + voice.plain("I'll come")),)


def _no(voice: Voice, card: Card) -> Row:
    return (_button(card, "no", voice.plain("I can't come")),)


def _calendar_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    return ((_button(card, "ics", "📅 " + voice.plain("For my calendar"), below=True, role=Role.NAVIGATION),),)


def _map_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    if card.place is None:
        return ()
    label = "📍 " + voice.plain("Show on the map")
    return ((Option(f"{EVENT_PREFIX}{card.event}:map", label, role=Role.NAVIGATION, standing=True),),)


# --- of our own accord ----------------------------------------------------------------------------------------------


def reminder(voice: Voice, card: Card) -> Prompt:
    """Remind of a date that is near; whoever cannot come frees the place by one button."""
    day = date.fromisoformat(card.occasion.start[:10])
    heading = {
        0: voice.text("It is today:"),
        1: voice.text("It is tomorrow:"),
    }.get((day - card.today).days, voice.text("It is soon:"))
    parts = [lines(heading, _what(voice, card))]
    if card.party.standing is Standing.MAYBE and card.closed:
        return message(voice, blocks(*parts), rows=_map_rows(voice, card))
    if card.party.standing is Standing.MAYBE:
        parts.append(bold(voice.text("Are you coming?")))
        rows: tuple[Row, ...] = (
            (_button(card, "yes", "✅ " + voice.plain("I'll come"), below=True),),
            (_button(card, "no", voice.plain("I can't come"), below=True),),
        )
        return message(voice, blocks(*parts), rows=rows)
    who = [voice.text("People: {n}", n=card.party.persons)]
    if card.code:
        who.append(voice.text("Please show this number at the door: {code}", code=card.code))
    parts.append(lines(*who))
    if card.wording.notes:
        parts.append(bold(voice.text("Good to know:")) + escape(" ") + from_xlsform(card.wording.notes))
    no = _button(card, "no", voice.plain("I can't come after all"), below=True, role=Role.NAVIGATION)
    change = _button(card, "card", voice.plain("Change something"), below=True, role=Role.NAVIGATION)
    return message(voice, blocks(*parts), rows=(*_map_rows(voice, card), (change,), (no,)))


def moved(voice: Voice, card: Card) -> Prompt:
    """Tell somebody who has signed up that time or place are others now, or that it does not take place."""
    if card.cancelled:
        return _off(voice, card, voice.text("You need not do anything."))
    body, rows = _standing(voice, card)
    said = [bold(voice.text("Something has changed."))]
    if card.before is not None:
        said.append(voice.text("Until now it was to be: {moment}", moment=say_moment(voice, card.before)))
    return message(voice, blocks(lines(*said), body), rows=rows)


def calendar_caption(voice: Voice, card: Card) -> Markup:
    """What stands below the file for the calendar."""
    if card.cancelled:
        return voice.text("Open this file. Then your phone takes the date out.")
    return voice.text("Open this file. Then the date is in your phone.")


def calendar_text(voice: Voice, wording: Wording, contact: str | None) -> str:
    """What a phone's calendar shows below a date: what the invitation says, plainly, and whom to ask."""
    said = [plain_text(from_xlsform(wording.description))]
    if wording.notes:
        said.append(f"{voice.plain('Good to know:')} {plain_text(from_xlsform(wording.notes))}")
    if wording.way:
        said.append(f"{voice.plain('Without stairs:')} {plain_text(from_xlsform(wording.way))}")
    if contact:
        said.append(voice.plain("Do you have questions? Ask here: {contact}", contact=contact))
    return clean("\n\n".join(filter(None, said)))


def all_days_caption(voice: Voice) -> Markup:
    """What stands below the file for the calendar that has all dates of a series."""
    return voice.text("Open this file. Then all days are in your phone.")


def held(voice: Voice, card: Card) -> Markup:
    """Say what is held of somebody's sign-up."""
    stands = _is_off(voice, card) if card.cancelled else _in_a_word(voice, card.party.standing)
    said = [_what(voice, card, place=False), stands]
    if card.party.persons:
        said.append(voice.text("People: {n}", n=card.party.persons))
    if card.children:
        said.append(voice.text("Children among them: {n}", n=card.children))
    said += [insert(label) for need, label in _needs(voice).items() if need in card.needs]
    if card.name:
        said.append(voice.text("First name on the list: {name}", name=card.name))
    if card.code:
        said.append(voice.text("Please show this number at the door: {code}", code=card.code))
    return lines(*said)


# --- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list of events: what it is called, its (next) date, and the key of its button.

    ``standing``: what this resident has said about it; of a series about the date ``own``.
    """

    key: str
    title: str
    occasion: Occasion
    more: int = 0
    standing: Standing | None = None
    own: Occasion | None = None


def listed(voice: Voice, entries: Sequence[Entry], *, has_own: bool, paused: bool = False) -> Prompt:
    """List the events that are coming for this resident."""
    own: tuple[Row, ...] = (
        ((Option(MINE, "📋 " + voice.plain("My events"), role=Role.NAVIGATION, standing=True),),) if has_own else ()
    )
    if not entries:
        said = [voice.text("There is no event for you now.")]
        if not paused:
            said.append(voice.text("We write to you when there is one."))
        return message(voice, lines(*said), rows=own)
    heading = bold(voice.text("These events are coming:"))
    return message(voice, blocks(heading, *_entries(voice, entries)), rows=(*_entry_rows(voice, entries), *own))


def mine(voice: Voice, entries: Sequence[Entry]) -> Prompt:
    """List what this resident has said yes or maybe to."""
    others = (Option(LIST, "📅 " + voice.plain("All events"), role=Role.NAVIGATION, standing=True),)
    if not entries:
        return message(voice, voice.text("You have not signed up for an event."), rows=(others,))
    heading = bold(voice.text("Your events:"))
    return message(voice, blocks(heading, *_entries(voice, entries)), rows=(*_entry_rows(voice, entries), others))


def _entries(voice: Voice, entries: Iterable[Entry]) -> Iterable[Markup]:
    for number, entry in enumerate(list(entries)[:_MOST_LISTED], 1):
        said = [escape(f"{number}. ") + bold(insert(entry.title)), say_when(voice, entry.occasion)]
        if entry.more:
            said.append(voice.plural("And on {n} more day.", "And on {n} more days.", entry.more))
        if entry.own is not None:
            day = date.fromisoformat(entry.own.start[:10])
            said.append(Markup("<i>{}</i>").format(voice.text("Your next day: {day}", day=day)))
        if entry.standing is not None:
            said.append(Markup("<i>{}</i>").format(_in_a_word(voice, entry.standing)))
        yield lines(*said)


def _in_a_word(voice: Voice, standing: Standing) -> Markup:
    match standing:
        case Standing.COMING:
            return voice.text("You are on the list.")
        case Standing.OFFERED:
            return voice.text("A place is kept for you. Please answer.")
        case Standing.WAITING:
            return voice.text("You are on the waiting list.")
        case Standing.MAYBE:
            return voice.text("You said: maybe.")
        case Standing.LAPSED:
            return voice.text("The time for your answer is over.")
    return voice.text("You are not coming.")


def _entry_rows(voice: Voice, entries: Sequence[Entry]) -> tuple[Row, ...]:
    shown = list(entries)[:_MOST_LISTED]
    by_number = must_be_numbered([entry.title for entry in shown])
    return tuple(
        (Option(entry.key, str(number) if by_number else outside_label(entry.title, voice), standing=True),)
        for number, entry in enumerate(shown, 1)
    )


def events_row(voice: Voice) -> Row:
    """Return the button that lists the events."""
    return (Option(LIST, "📅 " + voice.plain("Events"), role=Role.NAVIGATION, standing=True),)


# --- where nothing fits ---------------------------------------------------------------------------------------------


def not_there(voice: Voice) -> tuple[Reply, ...]:
    """Answer a button of an event that is over or gone."""
    return (Toast(voice.plain("This event is over.")),)
