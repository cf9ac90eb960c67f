"""Who comes to the dates of an event, as whoever prepares them has to know it: how many, who needs what, in which
languages; and who came. Numbers are exact here; of languages only rounded ones may be shown (`admin.people`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.texts import LANGUAGES
from dialogues.waiting_list import Standing
from storage.models import Event, Occurrence, Resident, SignUp, WalkIn, stands

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


# --- at the door ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guest:
    """A party on the list of a date. ``arrived``: how many of them were seen at the door; None: nobody yet."""

    code: str
    name: str | None
    persons: int
    children: int
    needs: tuple[str, ...]
    language: str
    arrived: int | None


async def guests(connection: AsyncConnection, occurrence_id: int) -> tuple[Guest, ...]:
    """The list of a date: everybody who comes and has a number, by name, then by number."""
    rows = await connection.execute(
        select(
            SignUp.code,
            SignUp.name,
            SignUp.persons,
            SignUp.children,
            SignUp.needs,
            Resident.language,
            SignUp.arrived,
        )
        .join(Resident, Resident.id == SignUp.resident_id)
        .where(SignUp.occurrence_id == occurrence_id, stands(SignUp.state, Standing.COMING), SignUp.code.is_not(None))
    )
    found = [Guest(row.code, row.name, row.persons, row.children, tuple(row.needs), *row[5:]) for row in rows]
    return tuple(sorted(found, key=lambda each: (each.name is None, (each.name or "").casefold(), each.code)))


async def walk_ins_of(connection: AsyncConnection, occurrence_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """How many persons came to these dates without having signed up, by language; what is nobody is missing."""
    found: dict[int, dict[str, int]] = {}
    for row in await connection.execute(
        select(WalkIn.occurrence_id, WalkIn.language, func.sum(WalkIn.persons))
        .where(WalkIn.occurrence_id.in_(occurrence_ids))
        .group_by(WalkIn.occurrence_id, WalkIn.language)
        .order_by(WalkIn.language)
    ):
        if row[2] > 0:
            found.setdefault(row[0], {})[row[1]] = int(row[2])
    return found


# --- figures --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was expected on a date and who came, in persons.

    ``parties``: sign-ups of those who said to come. ``arrived``: of those ``expected``, and ``absent`` who were not
    seen. ``languages``: sign-ups, ``walk_ins``: persons without one, both by language.
    """

    parties: int = 0
    expected: int = 0
    children: int = 0
    arrived: int = 0
    absent: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)
    walk_ins: Mapping[str, int] = field(default_factory=dict)

    @property
    def without(self) -> int:
        """How many came without having signed up."""
        return sum(self.walk_ins.values())

    @property
    def present(self) -> int:
        """How many came in all."""
        return self.arrived + self.without

    @property
    def is_counted(self) -> bool:
        """Whether anybody was counted at the door; where nobody was, it is not known who came."""
        return self.present > 0


async def attendance(connection: AsyncConnection, event_id: int) -> dict[int, Attendance]:
    """Who was expected and who came, for each date of an event of which something is known."""
    dates = {
        row.id: row.tally
        for row in await connection.execute(
            select(Occurrence.id, Occurrence.tally).where(Occurrence.event_id == event_id)
        )
    }
    found = {occurrence_id: _of_tally(tally) for occurrence_id, tally in dates.items() if tally}
    comes = SignUp.state == Standing.COMING
    arrived = func.coalesce(SignUp.arrived, 0)
    absent = case((SignUp.persons > arrived, SignUp.persons - arrived), else_=0)
    rows = await connection.execute(
        select(
            SignUp.occurrence_id,
            Resident.language,
            *(
                func.coalesce(func.sum(case((comes, each), else_=0)), 0)
                for each in (1, SignUp.persons, SignUp.children, absent)
            ),
            func.sum(arrived),
        )
        .join(Resident, Resident.id == SignUp.resident_id)
        .where(SignUp.occurrence_id.in_(list(dates)))
        .group_by(SignUp.occurrence_id, Resident.language)
    )
    for occurrence_id, language, parties, persons, children, missing, here in rows:
        so_far = found.get(occurrence_id, Attendance())
        found[occurrence_id] = replace(
            so_far,
            parties=so_far.parties + int(parties),
            expected=so_far.expected + int(persons),
            children=so_far.children + int(children),
            absent=so_far.absent + int(missing),
            arrived=so_far.arrived + int(here),
            languages={**so_far.languages, language: int(parties)} if parties else so_far.languages,
        )
    for occurrence_id, walk_ins in (await walk_ins_of(connection, list(dates))).items():
        found[occurrence_id] = replace(found.get(occurrence_id, Attendance()), walk_ins=walk_ins)
    return found


def _of_tally(tally: Mapping[str, Any]) -> Attendance:
    return Attendance(
        parties=tally["parties"],
        expected=tally["coming"],
        children=tally["children"],
        arrived=tally["arrived"],
        absent=tally["absent"],
        languages=tally["languages"],
        walk_ins=tally["walk_ins"],
    )
