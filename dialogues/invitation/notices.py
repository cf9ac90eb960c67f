"""What is said of our own accord about a date, and below the file for the calendar."""

from __future__ import annotations

from datetime import date

from dialogues.event import (
    Wording,
    say_moment,
    say_place,
    say_when,
)
from dialogues.invitation.card import Card, button, called_off, map_rows, stands, what_it_is
from dialogues.layout import blocks, bold, lines, message
from dialogues.markdown import from_xlsform
from dialogues.markup import Markup, clean, escape, plain_text
from dialogues.prompts import Prompt, Role
from dialogues.standing import Row
from dialogues.texts import Voice
from dialogues.waiting_list import Standing


def reminder(voice: Voice, card: Card) -> Prompt:
    """Remind of a date that is near; whoever cannot come frees the place by one button."""
    day = date.fromisoformat(card.occasion.start[:10])
    heading = {
        0: voice.text("It is today:"),
        1: voice.text("It is tomorrow:"),
    }.get((day - card.today).days, voice.text("It is soon:"))
    parts = [lines(heading, what_it_is(voice, card))]
    if card.party.standing is Standing.MAYBE and card.closed:
        return message(voice, blocks(*parts), rows=map_rows(voice, card))
    if card.party.standing is Standing.MAYBE:
        parts.append(bold(voice.text("Are you coming?")))
        rows: tuple[Row, ...] = (
            (button(card, "yes", "✅ " + voice.plain("I'll come"), below=True),),
            (button(card, "no", voice.plain("I can't come"), below=True),),
        )
        return message(voice, blocks(*parts), rows=rows)
    who = [voice.text("People: {n}", n=card.party.persons)]
    if card.code:
        who.append(voice.text("Please show this number at the door: {code}", code=card.code))
    parts.append(lines(*who))
    if card.wording.notes:
        parts.append(bold(voice.text("Good to know:")) + escape(" ") + from_xlsform(card.wording.notes))
    no = button(card, "no", voice.plain("I can't come after all"), below=True, role=Role.NAVIGATION)
    change = button(card, "card", voice.plain("Change something"), below=True, role=Role.NAVIGATION)
    return message(voice, blocks(*parts), rows=(*map_rows(voice, card), (change,), (no,)))


def moved(voice: Voice, card: Card) -> Prompt:
    """Tell somebody who has signed up what is new, time or place; or that it does not take place."""
    if card.cancelled:
        return called_off(voice, card, voice.text("You need not do anything."))
    body, rows = stands(voice, card)
    said = [bold(voice.text("Something has changed."))]
    if card.before is not None:
        said.append(voice.text("Until now it was to be: {moment}", moment=say_moment(voice, card.before)))
    is_another_time = card.before is not None or not card.is_elsewhere
    if is_another_time:
        said.append(bold(voice.text("Now it is: {moment}", moment=say_when(voice, card.occasion))))
    if card.is_elsewhere and card.place is not None:
        said.append(bold(voice.text("The new place: {place}", place=say_place(voice, card.place))))
    if is_another_time and card.party.standing is Standing.COMING and not card.begun:
        said.append(voice.text("The date in your phone's calendar does not change by itself."))
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
