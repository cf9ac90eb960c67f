"""A town has quarters, and areas in them: what is made of the paths that somebody types."""

from __future__ import annotations

import pytest

from storage.database import Database
from storage.queries.town import TownFacts, load_town, town_revision
from storage.services.towns import AreaError, add_areas, areas_by_name, found_town


async def founded(database: Database, *areas: str) -> int:
    async with database.write() as connection:
        return await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=areas
        )


async def added(database: Database, town_id: int, *areas: str) -> list[str]:
    async with database.write() as connection:
        return await add_areas(connection, town_id, areas)


async def look(database: Database, town_id: int) -> TownFacts:
    async with database.read() as connection:
        return await load_town(connection, town_id)


def drawn(town: TownFacts, parent_id: int | None = None, indent: str = "") -> list[str]:
    """The town's areas in their order, what lies in another below it."""
    return [
        line
        for area in town.areas.values()
        if area.parent_id == parent_id
        for line in (indent + area.name, *drawn(town, area.id, indent + "  "))
    ]


async def test_an_area_lies_in_the_one_before_the_slash(database: Database) -> None:
    town_id = await founded(
        database, "Nordstadt", "Nordstadt / Lindenhof", "Hafenviertel/Kai /Haus  7", "nordstadt/Am Wall", "Hafenviertel"
    )
    town = await look(database, town_id)
    assert drawn(town) == ["Nordstadt", "  Lindenhof", "  Am Wall", "Hafenviertel", "  Kai", "    Haus 7"]
    assert [area.name for area in town.quarters()] == ["Nordstadt", "Hafenviertel"]


async def test_what_is_added_later_stands_last_and_is_known_to_what_runs(database: Database) -> None:
    town_id = await founded(database, "Nordstadt", "Hafenviertel")
    before = await look(database, town_id)
    assert await added(database, town_id, "Nordstadt / Lindenhof", "Süd", "Süd/Hof") == [
        "Nordstadt/Lindenhof",
        "Süd",
        "Süd/Hof",
    ]
    town = await look(database, town_id)
    assert drawn(town) == ["Nordstadt", "  Lindenhof", "Hafenviertel", "Süd", "  Hof"]
    assert before.areas.items() <= town.areas.items()
    assert town.revision > before.revision


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        (["Nordstadt/"], '"Nordstadt/" has an area without a name'),
        ([" "], "without a name"),
        (["Süd", "Süd//Hof"], "without a name"),
        (["nordstadt"], "There is nordstadt already."),
        (["Nordstadt/Lindenhof"], "There is Nordstadt/Lindenhof already."),
        (["Süd", "Süd "], "Süd is named twice."),
        (["Nordstatd/Am Wall"], "There is no Nordstatd: name it before Nordstatd/Am Wall."),
        (["Süd", "Nordstadt/Hof/Haus 7"], "There is no Nordstadt/Hof: name it before Nordstadt/Hof/Haus 7."),
    ],
)
async def test_what_cannot_be_made_is_said_and_nothing_is_made(database: Database, areas: list[str], why: str) -> None:
    town_id = await founded(database, "Nordstadt/Lindenhof")
    with pytest.raises(AreaError) as refusal:
        await added(database, town_id, *areas)
    assert why in str(refusal.value)
    assert drawn(await look(database, town_id)) == ["Nordstadt", "  Lindenhof"]
    async with database.read() as connection:
        assert await town_revision(connection, town_id) == 0


async def test_the_same_name_may_stand_in_two_quarters(database: Database) -> None:
    town_id = await founded(database, "Nord/Hof", "Süd/Hof", "Süd/Hof/Kai")
    async with database.read() as connection:
        areas = await areas_by_name(connection, town_id)
    assert areas["Hof"] == areas["Nord/Hof"] != areas["Süd/Hof"]
    await added(database, town_id, "Hof", "Kai")
    async with database.read() as connection:
        areas = await areas_by_name(connection, town_id)
    assert areas["Hof"] not in (areas["Nord/Hof"], areas["Süd/Hof"])
    assert areas["Kai"] != areas["Süd/Hof/Kai"]
