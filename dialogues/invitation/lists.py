"""Which events are coming, what somebody has signed up for, and what is held of that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dialogues.event import (
    Occasion,
    say_more_days,
    say_when,
)
from dialogues.invitation.acts import LIST, MINE
from dialogues.invitation.card import Card, in_a_word, is_off, is_on, map_rows, need_labels, what_it_is
from dialogues.labels import must_be_numbered
from dialogues.layout import blocks, bold, lines, message
from dialogues.markup import Markup, escape, insert, lay_out
from dialogues.prompts import Option, Prompt, Reply, Role, Toast
from dialogues.standing import AREA, Row, outside_label
from dialogues.texts import Voice
from dialogues.waiting_list import Standing

COMMAND: Final = "events"
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list of events: what it is called, its (next) date, and the key of its button.

    ``standing``: what this resident has said about it; of a series about the date ``own``. ``is_on``: it has begun.
    """

    key: str
    title: str
    occasion: Occasion
    more: int = 0
    standing: Standing | None = None
    own: Occasion | None = None
    is_on: bool = False


def listed(
    voice: Voice, entries: Sequence[Entry], *, has_own: bool, paused: bool = False, knows_area: bool = True
) -> Prompt:
    """List the events that are coming for this resident. ``knows_area``: those of where they live are among them; else
    a button asks."""
    own: tuple[Row, ...] = (
        ((Option(MINE, "📋 " + voice.plain("My events"), role=Role.NAVIGATION, standing=True),),) if has_own else ()
    )
    if not knows_area:
        own += ((Option(AREA, "📍 " + voice.plain("Where do you live?"), role=Role.NAVIGATION, standing=True),),)
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
        if entry.is_on:
            said.append(is_on(voice))
        if entry.more:
            said.append(say_more_days(voice, entry.more))
        if entry.own is not None:
            day = date.fromisoformat(entry.own.start[:10])
            said.append(Markup("<i>{}</i>").format(voice.text("Your next day: {day}", day=day)))
        if entry.standing is not None:
            said.append(Markup("<i>{}</i>").format(in_a_word(voice, entry.standing)))
        yield lines(*said)


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


def on_now(voice: Voice, card: Card, invited: Prompt) -> Prompt:
    """Say what an invitation says of a date that is on now; nobody can answer it any more."""
    said = lay_out(lines(is_on(voice), voice.text("Nobody can sign up any more.")), voice.language)
    return replace(invited, text=blocks(said, invited.text), rows=map_rows(voice, card))


def over(voice: Voice, title: str | None = None) -> Prompt:
    """Answer whoever asks for an event that is over: which others there are is behind a button."""
    said = [bold(insert(title))] if title else []
    return message(voice, lines(*said, voice.text("This event is over.")), rows=(events_row(voice),))


def held(voice: Voice, card: Card) -> Markup:
    """Say what is held of somebody's sign-up."""
    stands = is_off(voice, card) if card.cancelled else in_a_word(voice, card.party.standing)
    said = [what_it_is(voice, card, place=False), stands]
    if card.party.persons:
        said.append(voice.text("People: {n}", n=card.party.persons))
    if card.arrived:
        said.append(voice.text("Counted at the door: {n}", n=card.arrived))
    if card.children:
        said.append(voice.text("Children among them: {n}", n=card.children))
    said += [insert(label) for need, label in need_labels(voice).items() if need in card.needs]
    if card.name:
        said.append(voice.text("First name on the list: {name}", name=card.name))
    if card.code:
        said.append(voice.text("Please show this number at the door: {code}", code=card.code))
    return lines(*said)


def not_there(voice: Voice) -> tuple[Reply, ...]:
    """Answer a button of an event that is over or gone."""
    return (Toast(voice.plain("This event is over.")),)
