"""Who comes to the dates of an event, as whoever prepares them has to know it: how many, who needs what, in which
languages. Numbers are exact here; of languages only rounded ones may be shown (`admin.people`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.texts import LANGUAGES
from dialogues.waiting_list import Standing
from storage.models import Event, Occurrence, Resident, SignUp, stands

_TOLD = (Standing.COMING, Standing.OFFERED, Standing.WAITING, Standing.MAYBE)
"""Who is told when a date is moved or cancelled (`storage.services.telling`)."""


@dataclass(frozen=True, slots=True)
class Preparations:
    """What those who come to a date need. ``interpreters``: sign-ups by the language for which one is needed, and so
    the others, by number of sign-ups; ``children``: how many come with those who want childcare. ``languages``: how
    many sign-ups there are in each language, for rounding."""

    interpreters: Mapping[str, int] = field(default_factory=dict)
    childcare: int = 0
    children: int = 0
    wheelchair: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)


async def preparations(connection: AsyncConnection, event_id: int) -> dict[int, Preparations]:
    """What is to be prepared for each date of an event; one to which nobody comes is missing."""
    found: dict[int, list[tuple[str, list[str], int]]] = {}
    for row in await connection.execute(
        select(SignUp.occurrence_id, Resident.language, SignUp.needs, SignUp.children)
        .join(Occurrence, Occurrence.id == SignUp.occurrence_id)
        .join(Resident, Resident.id == SignUp.resident_id)
        .where(Occurrence.event_id == event_id, stands(SignUp.state, Standing.COMING))
    ):
        found.setdefault(row.occurrence_id, []).append((row.language, row.needs, row.children))
    return {occurrence_id: _of(rows) for occurrence_id, rows in found.items()}


def _of(rows: list[tuple[str, list[str], int]]) -> Preparations:
    languages: dict[str, int] = {}
    interpreters: dict[str, int] = {}
    for language, needs, _children in rows:
        languages[language] = languages.get(language, 0) + 1
        if "interpreter" in needs:
            interpreters[language] = interpreters.get(language, 0) + 1
    with_children = [children for _language, needs, children in rows if "childcare" in needs]
    return Preparations(
        interpreters={each: interpreters[each] for each in LANGUAGES if each in interpreters},
        childcare=len(with_children),
        children=sum(with_children),
        wheelchair=sum("wheelchair" in needs for _language, needs, _children in rows),
        languages=languages,
    )


async def expected(connection: AsyncConnection, occurrence_ids: Collection[int]) -> dict[int, int]:
    """How many persons come to each of these dates; one to which nobody comes is missing."""
    rows = await connection.execute(
        select(SignUp.occurrence_id, func.sum(SignUp.persons))
        .where(SignUp.occurrence_id.in_(occurrence_ids), stands(SignUp.state, Standing.COMING))
        .group_by(SignUp.occurrence_id)
    )
    return {row[0]: int(row[1]) for row in rows}


async def concerned(connection: AsyncConnection, occurrence_ids: Collection[int]) -> int:
    """How many residents are told when these dates are moved or cancelled, each counted once."""
    number = await connection.scalar(
        select(func.count(SignUp.resident_id.distinct())).where(
            SignUp.occurrence_id.in_(occurrence_ids), stands(SignUp.state, *_TOLD)
        )
    )
    return int(number or 0)


async def state_of(connection: AsyncConnection, town_id: int, event_id: int) -> str | None:
    """Where an event stands (`storage.models.EventState`); None: there is none."""
    state: str | None = await connection.scalar(
        select(Event.state).where(Event.town_id == town_id, Event.id == event_id)
    )
    return state
