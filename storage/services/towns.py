"""Founding a town, and giving it areas and links.

An area is named by its path: ``Nordstadt/Lindenhof`` is Lindenhof in Nordstadt.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Area, Link, Town
from storage.queries.links import find_link
from storage.queries.town import touch

CODE_BYTES = 9
"""12 characters of A–Z a–z 0–9 _ -: what /start may carry, too long to guess, short enough to print."""
BETWEEN = "/"
"""Stands in a path between an area and what lies in it."""
Names = tuple[str, ...]
"""A path in its parts: the name of a quarter, of an area in it, and so on."""


class AreaError(ValueError):
    """An area cannot be made as it was asked for; the message says why."""


async def found_town(
    connection: AsyncConnection,
    *,
    name: str,
    office: str | None,
    contact: str | None = None,
    language: str,
    timezone: str,
    areas: Sequence[str],
) -> int:
    """Create a town with its areas, named by their paths, and return its id. ``contact``: how to reach the office.

    Raises:
        AreaError: an area has no name, or is named twice.
    """
    town_id = await connection.scalar(
        insert(Town)
        .values(name=name, office=office, contact=contact, default_language=language, timezone=timezone, revision=0)
        .returning(Town.id)
    )
    assert town_id is not None  # noqa: S101 (an insert that returns nothing would have raised)
    await _make(connection, town_id, areas, implied=True)
    return int(town_id)


async def add_areas(connection: AsyncConnection, town_id: int, paths: Sequence[str]) -> list[str]:
    """Give a town more areas; returns their paths as they are written now.

    What they lie in is there already, or named before them: a slip of the pen makes no new quarter.

    Raises:
        AreaError: an area has no name, is there already or named twice, or lies in none that there is.
    """
    await touch(connection, town_id)  # first, so that nobody else adds any meanwhile
    return await _make(connection, town_id, paths, implied=False)


def tidy(path: str) -> str:
    """A path as we write it: no spaces around the slash, and single ones in names.

    Raises:
        AreaError: an area has no name.
    """
    return BETWEEN.join(_names(path))


def _names(path: str) -> Names:
    names = tuple(" ".join(name.split()) for name in path.split(BETWEEN))
    if not all(names):
        raise AreaError(f'"{path}" has an area without a name: write "QUARTER", or "QUARTER/AREA" for an area in it.')
    return names


def _alike(names: Names) -> Names:
    """The same for names that differ by capital letters only."""
    return tuple(name.casefold() for name in names)


async def _make(connection: AsyncConnection, town_id: int, paths: Sequence[str], *, implied: bool) -> list[str]:
    """Make areas in the order of their naming. ``implied``: those above them, too, where they are missing."""
    known = {_alike(names): id for names, id in (await _all_areas(connection, town_id)).items()}
    asked = dict[Names, Names]()
    for names in map(_names, paths):
        if _alike(names) in known:
            raise AreaError(f"There is {BETWEEN.join(names)} already.")
        if _alike(names) in asked:
            raise AreaError(f"{BETWEEN.join(names)} is named twice.")
        asked[_alike(names)] = names
    for names in asked.values():
        parent_id: int | None = None
        for depth in range(1, len(names) + 1):
            above = names[:depth]
            if _alike(above) not in known:
                if above != names and not implied:
                    raise AreaError(f"There is no {BETWEEN.join(above)}: name it before {BETWEEN.join(names)}.")
                known[_alike(above)] = await _add(connection, town_id, parent_id, above[-1])
            parent_id = known[_alike(above)]
    return [BETWEEN.join(names) for names in asked.values()]


async def _add(connection: AsyncConnection, town_id: int, parent_id: int | None, name: str) -> int:
    """Make an area the last of those beside it; returns its id."""
    beside = select(func.count()).where(Area.town_id == town_id, Area.parent_id.is_not_distinct_from(parent_id))
    area_id = await connection.scalar(
        insert(Area)
        .values(town_id=town_id, parent_id=parent_id, name=name, position=await connection.scalar(beside))
        .returning(Area.id)
    )
    assert area_id is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(area_id)


async def _all_areas(connection: AsyncConnection, town_id: int) -> dict[Names, int]:
    """A town's areas, each named with all that it lies in; where that stands twice, the one made first."""
    rows = await connection.execute(select(Area.id, Area.parent_id, Area.name).where(Area.town_id == town_id))
    areas = {row.id: (row.parent_id, row.name) for row in rows}

    def names(area_id: int) -> Names:
        parent_id, name = areas[area_id]
        return (name,) if parent_id is None else (*names(parent_id), name)

    return {names(area_id): area_id for area_id in sorted(areas, reverse=True)}


async def areas_by_name(connection: AsyncConnection, town_id: int) -> Mapping[str, int]:
    """The ids of a town's areas by path, and by name alone; where that stands twice, the one nearer to the town."""
    areas = await _all_areas(connection, town_id)
    nearest_last = sorted(areas, key=len, reverse=True)
    return {names[-1]: areas[names] for names in nearest_last} | {
        BETWEEN.join(names): area_id for names, area_id in areas.items()
    }


async def link_to(
    connection: AsyncConnection,
    *,
    town_id: int,
    area_id: int | None = None,
    survey_id: int | None = None,
    event_id: int | None = None,
) -> str:
    """The code that leads into the chat to this area, survey and event; it is made if there is none."""
    known = await find_link(connection, town_id=town_id, area_id=area_id, survey_id=survey_id, event_id=event_id)
    if known is not None:
        return known
    code = secrets.token_urlsafe(CODE_BYTES)
    await connection.execute(
        insert(Link).values(town_id=town_id, code=code, area_id=area_id, survey_id=survey_id, event_id=event_id)
    )
    await touch(connection, town_id)
    return code


async def first_code(connection: AsyncConnection, town_id: int) -> str:
    """The code of the town's first link."""
    return (await connection.scalars(select(Link.code).where(Link.town_id == town_id).order_by(Link.id).limit(1))).one()
