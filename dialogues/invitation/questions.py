"""What is asked about a date: how many come, how many are children, a first name, which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from dialogues.event import (
    DATE_PREFIX,
    EVENT_PREFIX,
    Occasion,
    say_clock,
)
from dialogues.invitation.card import Card, button, what_it_is
from dialogues.labels import pairable
from dialogues.layout import blocks, bold, lines, message
from dialogues.markup import Markup, clean, insert
from dialogues.prompts import Option, Prompt, Role
from dialogues.splitting import shorten, visible_length
from dialogues.standing import Row
from dialogues.texts import Voice
from dialogues.waiting_list import MOST_PERSONS, Standing

MOST_NAME: Final = 30
_A_PAGE = 10
"""So many dates of a series are shown at once."""
_A_ROW = 4


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
    text = blocks(what_it_is(voice, card), lines(*asked))
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
        what_it_is(voice, card, place=False),
        lines(
            bold(voice.text("How many of them are children?")),
            voice.text("People in all: {n}", n=card.party.persons),
        ),
    )
    return message(voice, text, rows=(*_numbers(card, "c", 0, card.party.persons), *_way_back(voice, card)))


def _numbers(card: Card, what: str, first: int, last: int) -> tuple[Row, ...]:
    options = [button(card, f"{what}{number}", str(number)) for number in range(first, last + 1)]
    return tuple(tuple(options[start : start + _A_ROW]) for start in range(0, len(options), _A_ROW))


def ask_if_surely_not(voice: Voice, card: Card) -> Prompt:
    """Ask whoever holds places that others wait for, before they are gone."""
    text = blocks(
        what_it_is(voice, card, place=False),
        lines(
            bold(voice.text("Can you really not come?")),
            voice.text("Other people are waiting."),
            voice.plural("Your place then goes to them.", "Your places then go to them.", card.party.persons),
        ),
    )
    gone = button(card, "surelyno", voice.plain("Yes, I can't come"))
    stays = button(card, "card", voice.plain("No, I'm coming"))
    return message(voice, text, rows=((gone,), (stays,)))


def _way_back(voice: Voice, card: Card) -> tuple[Row, ...]:
    if card.party.standing in (Standing.DECLINED, Standing.LAPSED):
        return ()
    return ((button(card, "card", voice.plain("Back"), role=Role.NAVIGATION),),)


def ask_name(voice: Voice, card: Card) -> Prompt:
    """Ask for a first name; whoever wants to gives one by writing it."""
    text = lines(
        bold(voice.text("Please write a first name.")),
        voice.text("It is on the list at the door. You need not give one."),
        voice.text("We delete it two days after the event."),
    )
    return message(voice, text, rows=((button(card, "noname", voice.plain("Give no name")),),))


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
