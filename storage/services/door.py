"""At the door of a date: who of the list has come, and who came without having signed up.

A page at the door sends what was counted when it has a connection, and again when it heard no answer: so each entry
has a key by which it counts once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.event import Occasion
from dialogues.texts import LANGUAGES
from dialogues.waiting_list import Standing
from storage.models import Occurrence, SignUp, WalkIn, stands
from storage.services.sign_ups import DETAILS_KEPT

OPENS_BEFORE = timedelta(hours=12)
"""So long before a date begins somebody can be counted."""
OTHER: str = "other"
"""The language of a walk-in who speaks none of ours."""
MOST_AT_ONCE = 200
"""Entries that are taken in one go."""
_KEYS_KEPT = 50
"""Of so many entries about a party it is known that they were taken."""
MOST_OF_A_PARTY = 30
"""So many of one party can come, whatever was said before."""


class Fate(StrEnum):
    """What became of an entry."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    """Nobody on the list has this number."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """So many of the party with this number are here; 0: all of them; None: nobody, it was a mistake."""

    key: str
    code: str
    persons: int | None


@dataclass(frozen=True, slots=True)
class Passing:
    """Somebody came without having signed up; ``persons``: 1, or -1 where it was a mistake."""

    key: str
    language: str
    persons: int


Entry = Arrival | Passing


def is_open(occasion: Occasion, now: datetime) -> bool:
    """Whether people can be counted for a date: from some hours before it until its list is wiped."""
    return not occasion.cancelled and occasion.starts_at - OPENS_BEFORE <= now < occasion.ends_at + DETAILS_KEPT


async def record(
    connection: AsyncConnection, *, town_id: int, occurrence_id: int, entries: Sequence[Entry]
) -> Mapping[str, Fate]:
    """Take entries in their order; returns what became of each, by its key.

    One that comes again changes nothing, whatever another phone has said meanwhile; else the last word counts.
    """
    fates: dict[str, Fate] = {}
    await connection.execute(
        select(Occurrence.id).where(Occurrence.id == occurrence_id).with_for_update(key_share=True)
    )
    for entry in entries:
        if isinstance(entry, Arrival):
            fates[entry.key] = await _arrive(connection, occurrence_id, entry)
        else:
            fates[entry.key] = await _pass(connection, town_id, occurrence_id, entry)
    return fates


async def _arrive(connection: AsyncConnection, occurrence_id: int, entry: Arrival) -> Fate:
    party = (
        await connection.execute(
            select(SignUp.id, SignUp.persons, SignUp.door_keys).where(
                SignUp.occurrence_id == occurrence_id, SignUp.code == entry.code, stands(SignUp.state, Standing.COMING)
            )
        )
    ).one_or_none()
    if party is None:
        return Fate.UNKNOWN
    if entry.key in party.door_keys:
        return Fate.TAKEN
    persons = max(0, min(entry.persons, MOST_OF_A_PARTY)) if entry.persons is not None else None
    await connection.execute(
        update(SignUp)
        .where(SignUp.id == party.id)
        .values(
            arrived=party.persons if persons == 0 else persons,
            door_keys=[*party.door_keys, entry.key][-_KEYS_KEPT:],
        )
    )
    return Fate.TAKEN


async def _pass(connection: AsyncConnection, town_id: int, occurrence_id: int, entry: Passing) -> Fate:
    language = entry.language if entry.language in LANGUAGES else OTHER
    here = select(func.sum(WalkIn.persons)).where(WalkIn.occurrence_id == occurrence_id, WalkIn.language == language)
    persons = 1 if entry.persons > 0 else -1
    if persons < 0 and not (await connection.scalar(here) or 0) > 0:
        persons = 0  # another phone was quicker: nobody is left who could be taken back, now or when it comes again
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    await connection.execute(
        dialect.insert(WalkIn)
        .values(
            key=entry.key,
            town_id=town_id,
            occurrence_id=occurrence_id,
            language=language,
            persons=persons,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    return Fate.TAKEN
