"""Who has a place at an event, who waits, and to whom a place is offered. Pure: no clock, no database.

The rule. Everybody who wants to come has a number; the lower goes first. Whoever fits comes. A party for which there
are too few places is offered these: it comes with fewer, or says that it waits for all, or lets the offer's time pass;
then the places go on to those behind it, and it is not asked again for so few. What is offered is kept until then, so
nobody behind can take it; and nothing that somebody before wants is ever free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

__all__ = [
    "MOST_PERSONS",
    "Party",
    "Standing",
    "advance",
    "come",
    "expire",
    "leave",
    "wait_for_all",
]

MOST_PERSONS: Final = 8
"""So many persons one resident can sign up."""


class Standing(StrEnum):
    """What somebody's sign-up comes to."""

    COMING = "coming"
    MAYBE = "maybe"
    DECLINED = "declined"
    WAITING = "waiting"
    OFFERED = "offered"
    """Places are kept for this party until it has answered, all it wants or fewer."""
    LAPSED = "lapsed"
    """All it wanted was offered, and it did not answer in time: it waits no more."""


@dataclass(frozen=True, slots=True)
class Party:
    """One resident's sign-up for a date.

    ``number``: whose turn it is; None of who neither comes nor waits. ``persons``: how many want to come. ``refused``:
    so few places it does not want. ``offered``: so many are kept for it, ``until`` then; None: it was not told yet, and
    its time has not begun.
    """

    standing: Standing = Standing.DECLINED
    persons: int = 0
    number: int | None = None
    refused: int = 0
    offered: int = 0
    until: datetime | None = None

    @property
    def held(self) -> int:
        """How many places nobody else can have."""
        match self.standing:
            case Standing.COMING:
                return self.persons
            case Standing.OFFERED:
                return self.offered
        return 0


def come(party: Party, persons: int, *, free: int | None, number: int, until: datetime) -> Party:
    """Return the party after it has said that so many persons come.

    ``free``: places that nobody holds (None: there is room for all). ``number``: the next one, for who has none.
    ``until``: how long an offer made now holds. Who comes already and wants more than there is room for stays as is.
    """
    room = None if free is None else max(0, free) + party.held
    has_turn = party.standing in (Standing.COMING, Standing.WAITING, Standing.OFFERED)
    turn = party.number if has_turn and party.number is not None else number
    if room is None or persons <= room:
        return Party(Standing.COMING, persons, turn)
    if party.standing is Standing.COMING:
        return party
    refused = party.refused if party.refused < persons else 0  # that was said when it was a larger party
    if room <= refused or room == 0:
        return Party(Standing.WAITING, persons, turn, refused=refused)
    ends = party.until if party.standing is Standing.OFFERED and party.until is not None else until
    return Party(Standing.OFFERED, persons, turn, offered=room, until=ends)


def wait_for_all(party: Party) -> Party:
    """Return the party after it has said that it waits until there is room for all of it."""
    if party.standing is not Standing.OFFERED or party.offered >= party.persons:
        return party
    return replace(party, standing=Standing.WAITING, refused=party.offered, offered=0, until=None)


def leave(party: Party, standing: Standing) -> Party:
    """Return the party after it has said that it does not come, or perhaps: whatever it held is free."""
    return Party(standing, party.persons if standing is Standing.MAYBE else 0)


def expire(party: Party) -> Party:
    """Return the party after the time of its offer has passed: with an offer of too few places it goes on waiting."""
    if party.standing is not Standing.OFFERED:
        return party
    if party.offered < party.persons:
        return wait_for_all(party)
    return Party(Standing.LAPSED, party.persons)


def advance(waiting: Sequence[Party], free: int | None) -> dict[int, Party]:
    """Return which of those who wait, by their place in ``waiting``, are offered places now.

    ``waiting``: in the order of their numbers. ``free``: places that nobody holds.
    """
    offers: dict[int, Party] = {}
    left = free
    for place, party in enumerate(waiting):
        if left is not None and left <= 0:
            break
        if left is None or party.persons <= left:
            kept = party.persons
        elif left > party.refused:
            kept = left
        else:
            continue
        offers[place] = replace(party, standing=Standing.OFFERED, offered=kept, until=None)
        left = None if left is None else left - kept
    return offers
