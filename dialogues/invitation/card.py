"""A date as it stands for somebody: what is known of it, and the message that says so, with what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dialogues.broadcast import Place
from dialogues.event import (
    BELOW_PREFIX,
    DATE_PREFIX,
    EVENT_PREFIX,
    NEEDS,
    Occasion,
    Offers,
    Wording,
    say_moment,
    say_place,
    say_when,
)
from dialogues.labels import pairable
from dialogues.layout import blocks, bold, lines, message
from dialogues.markdown import from_xlsform
from dialogues.markup import Markup, escape, insert
from dialogues.prompts import Option, Prompt, Role
from dialogues.standing import Row
from dialogues.texts import Voice
from dialogues.waiting_list import Party, Standing


@dataclass(frozen=True, slots=True)
class Card:
    """A date, and what somebody has said about it.

    ``wording``: of the event, in the reader's language or another one. ``closes``, ``until``: wall times up to which
    one can sign up, and for which places are kept. ``at_start``: one can sign up until it begins; ``closed``:
    one cannot any more. ``position``: on the waiting list, from 1. ``today``: on the town's calendar. ``cancelled``: it
    does not take place; ``is_one_day``: others of its series do or did, and ``days_left``: some of these are to come.
    ``contact``: whom to ask, as the office writes it. ``before``: the wall time at which the reader believes that it
    begins, where that is another one; ``is_elsewhere``: the reader does not know the place. ``arrived``: how many of
    the party were counted at the door. ``begun``: it is on now, or ``over``.
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
    is_elsewhere: bool = False
    arrived: int | None = None
    begun: bool = False
    over: bool = False


class Note(StrEnum):
    """Why something could not be so, said above the card."""

    CLOSED = "closed"
    FEWER = "fewer"


def key(card: Card, what: str, *, below: bool = False) -> str:
    """Return the key of a button about this date. ``below``: what it leads to comes below its message."""
    return f"{BELOW_PREFIX if below else DATE_PREFIX}{card.occasion.id}:{what}"


def button(card: Card, what: str, label: str, *, below: bool = False, role: Role = Role.ANSWER) -> Option:
    """Return a button about this date; it stays valid for ever."""
    return Option(key(card, what, below=below), label, role=role, standing=True)


def what_it_is(voice: Voice, card: Card, *, place: bool = True) -> Markup:
    """Title, time and place."""
    said = [bold(insert(card.wording.title)), say_when(voice, card.occasion)]
    if place and card.place is not None:
        said.append(say_place(voice, card.place))
    return lines(*said)


def show(voice: Voice, card: Card, *, note: Note | None = None, room: int | None = None) -> Prompt:
    """Say how a resident's sign-up stands, with what can be done. ``room``: how many persons there are places for."""
    if card.cancelled:
        return called_off(voice, card)
    body, rows = stands(voice, card)
    if note is Note.CLOSED:
        said = lines(
            bold(voice.text("Nobody can sign up any more.")),
            voice.text("It was possible until: {moment}", moment=say_moment(voice, card.closes)),
        )
        has_word = card.party.standing in (Standing.COMING, Standing.WAITING, Standing.OFFERED)
        return message(
            voice, blocks(said, body if has_word else what_it_is(voice, card)), rows=rows if has_word else ()
        )
    if note is Note.FEWER and room is not None:
        more = max(0, room - card.party.persons)
        said = bold(
            voice.plural("There is only {n} more place.", "There are only {n} more places.", more)
            if more
            else voice.text("There are no more places.")
        )
        if more:
            label = voice.plain("Come with this many people: {n}", n=room)
            rows = ((button(card, f"p{room}", "✅ " + label),), *rows)
        return message(voice, blocks(said, body), rows=rows)
    return message(voice, body, rows=rows)


def called_off(voice: Voice, card: Card, *more: Markup) -> Prompt:
    """Say that a date does not take place: of a series, that this is one day, and where the others are."""
    said = [bold(is_off(voice, card)), what_it_is(voice, card, place=False)]
    if card.days_left:
        said.append(voice.text("The other days take place."))
    said += more
    if card.contact:
        said.append(voice.text("Do you have questions? Ask here: {contact}", contact=card.contact))
    rows = (*_other_days_rows(voice, card), *(_calendar_rows(voice, card) if card.code else ()))
    return message(voice, lines(*said), rows=rows)


def _other_days_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    if not card.days_left:
        return ()
    label = voice.plain("See the other days")
    return ((Option(f"{EVENT_PREFIX}{card.event}:dates", "📅 " + label, standing=True),),)


def is_off(voice: Voice, card: Card) -> Markup:
    """Say that a date does not take place, or all of its event."""
    if card.is_one_day:
        return voice.text("It does not take place on this day.")
    return voice.text("This event does not take place.")


def stands(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    """Say how a sign-up stands, with the buttons for what can be done about it."""
    if card.over:
        said = voice.text("This day is over.") if card.days_left else voice.text("This event is over.")
        return blocks(bold(said), what_it_is(voice, card, place=False)), _other_days_rows(voice, card)
    if card.begun:
        return _on_now(voice, card), map_rows(voice, card)
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
            return blocks(said, what_it_is(voice, card)), rows
        case Standing.LAPSED:
            said = lines(
                bold(voice.text("The time for your answer is over.")),
                voice.text("The places went to the next people."),
            )
            again = button(card, f"p{max(1, card.party.persons)}", voice.plain("Wait again"))
            return blocks(said, what_it_is(voice, card)), ((again,), _no(voice, card))
    said = lines(bold(voice.text("You are not coming.")), voice.text("Thank you for telling us."))
    return blocks(said, what_it_is(voice, card, place=False)), (_yes(voice, card),)


def _on_now(voice: Voice, card: Card) -> Markup:
    """Whoever is on the list may stand at the door just now: the number stays."""
    if card.party.standing is Standing.COMING:
        said = lines(is_on(voice), voice.text("Nothing can be changed any more."))
        return blocks(said, *_on_the_list(voice, card))
    return blocks(lines(is_on(voice), voice.text("Nobody can sign up any more.")), what_it_is(voice, card))


def is_on(voice: Voice) -> Markup:
    """Say that a date has begun and is not over."""
    return bold(voice.text("It is on now."))


def _on_the_list(voice: Voice, card: Card) -> list[Markup]:
    """What whoever comes has to know, part by part."""
    who = [voice.text("People: {n}", n=card.party.persons)]
    if card.children:
        who.append(voice.text("Children among them: {n}", n=card.children))
    if card.name:
        who.append(voice.text("First name on the list: {name}", name=card.name))
    if card.code:
        who.append(voice.text("Please show this number at the door: {code}", code=card.code))
    parts = [bold(voice.text("You are on the list.")), what_it_is(voice, card), lines(*who)]
    if card.wording.notes:
        parts.append(bold(voice.text("Good to know:")) + escape(" ") + from_xlsform(card.wording.notes))
    return parts


def _coming(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    parts = _on_the_list(voice, card)
    if "wheelchair" in card.needs and not (card.offers.step_free or card.wording.way):  # nobody has promised a way in
        parts.append(voice.text("The office sees that you come with a wheelchair."))
    name = voice.plain("Change the first name") if card.name else voice.plain("Give a first name")
    return blocks(*parts, _until_when(voice, card)), (
        *_size_rows(voice, card),
        *_need_rows(voice, card),
        *_calendar_rows(voice, card),
        *map_rows(voice, card),
        (button(card, "name", "✏️ " + name, role=Role.NAVIGATION),),
        (button(card, "no", voice.plain("I can't come after all"), role=Role.NAVIGATION),),
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
    options = [button(card, what, label) for what, label in labels]
    return (tuple(options),) if pairable([each.label for each in options]) else tuple((each,) for each in options)


def _need_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    """What can be asked for: only what the event has, and a way for wheels always."""
    labels = need_labels(voice)
    there = {
        "interpreter": voice.language in card.offers.interpreters,
        "childcare": card.offers.childcare,
        "wheelchair": True,
    }
    return tuple(
        (
            Option(
                key(card, f"{need}{'-' if need in card.needs else '+'}"),
                labels[need],
                chosen=need in card.needs,
                many=True,
                standing=True,
            ),
        )
        for need in NEEDS
        if there[need] or need in card.needs
    )


def need_labels(voice: Voice) -> dict[str, str]:
    """Return what each of ``NEEDS`` is called by who has it."""
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
            (button(card, f"p{party.offered}", "✅ " + come),),
            (button(card, "wait", wait),),
            _no(voice, card),
        )
        return blocks(said, what_it_is(voice, card)), rows
    said = lines(
        bold(voice.plural("There is {n} place for you now.", "There are {n} places for you now.", party.offered)),
        *kept,
        *([voice.text("After that the next people are asked.")] if kept else []),
    )
    accept = button(card, f"p{party.offered}", "✅ " + voice.plain("I'll come"))
    return blocks(said, what_it_is(voice, card)), ((accept,), _no(voice, card))


def _waiting(voice: Voice, card: Card) -> tuple[Markup, tuple[Row, ...]]:
    said = [bold(voice.text("You are on the waiting list."))]
    if card.position is not None:
        said.append(voice.text("Your place on this list: {n}", n=card.position))
    said.append(voice.text("People: {n}", n=card.party.persons))
    said.append(voice.text("We write to you when there is room."))
    stop = button(card, "no", voice.plain("I do not want to wait"), role=Role.NAVIGATION)
    size = button(card, "size", "👥 " + voice.plain("People: {n}", n=card.party.persons))
    return blocks(lines(*said), what_it_is(voice, card)), ((size,), (stop,))


def _yes(voice: Voice, card: Card) -> Row:
    return (button(card, "yes", "✅ " + voice.plain("I'll come")),)


def _no(voice: Voice, card: Card) -> Row:
    return (button(card, "no", voice.plain("I can't come")),)


def _calendar_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    return ((button(card, "ics", "📅 " + voice.plain("For my calendar"), below=True, role=Role.NAVIGATION),),)


def map_rows(voice: Voice, card: Card) -> tuple[Row, ...]:
    """Return the button that shows the place on the map, if there is one."""
    if card.place is None:
        return ()
    label = "📍 " + voice.plain("Show on the map")
    return ((Option(f"{EVENT_PREFIX}{card.event}:map", label, role=Role.NAVIGATION, standing=True),),)


def in_a_word(voice: Voice, standing: Standing) -> Markup:
    """Say in one sentence how a sign-up stands."""
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
