"""``mitsprache town``: a town and its areas are made on the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mitsprache import main

SURVEY = Path(__file__).parents[1] / "dialogues" / "questionnaires" / "living_in_my_quarter.xlsx"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a database and no town."""
    data = tmp_path / "data"
    assert run(data, "db", "upgrade").exit_code == 0
    return data


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)])


def found(data: Path, *areas: str) -> Result:
    return run(data, "town", "found", "Auenstadt", *(word for area in areas for word in ("--area", area)))


def test_an_area_in_a_quarter_can_be_asked_by_its_path(data: Path) -> None:
    assert found(data, "Nordstadt / Lindenhof", "Hafenviertel").output == "Auenstadt has been founded.\n"
    done = run(data, "town", "area", "Hafenviertel / Kai", "Südstadt")
    assert (done.exit_code, done.output) == (0, "Hafenviertel/Kai has been added.\nSüdstadt has been added.\n")
    with closing(sqlite3.connect(data / "mitsprache.sqlite")) as database:
        logged = database.execute("SELECT action, staff_id, detail FROM audit_entry").fetchall()
    assert logged == [("area.add", None, '{"areas": ["Hafenviertel/Kai", "S\\u00fcdstadt"]}')]
    opened = run(data, "survey", "open", str(SURVEY), "--area", "Hafenviertel / Kai", "--area", "Lindenhof")
    assert opened.exit_code == 0, opened.output
    assert [line.partition(": ")[0] for line in opened.output.splitlines()] == ["Hafenviertel/Kai", "Lindenhof"]


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        (["Nordstadt", "Nordstadt/"], '"Nordstadt/" has an area without a name'),
        (["Nordstadt", "NORDSTADT"], "NORDSTADT is named twice."),
    ],
)
def test_a_town_is_not_founded_with_areas_that_cannot_be(data: Path, areas: list[str], why: str) -> None:
    refused = found(data, *areas)
    assert refused.exit_code == 1
    assert why in refused.output
    assert found(data, "Nordstadt").exit_code == 0


def test_an_area_that_cannot_be_added_is_refused_with_the_reason(data: Path) -> None:
    without = run(data, "town", "area", "Nordstadt")
    assert without.exit_code == 1
    assert "There is no town yet" in without.output
    found(data, "Nordstadt")
    doubled = run(data, "town", "area", "Nordstadt")
    assert (doubled.exit_code, doubled.output) == (1, "Error: There is Nordstadt already.\n")
    assert run(data, "town", "area").exit_code == 2


@pytest.mark.parametrize(
    "command",
    [
        ["staff", "list"],
        ["export", "4", "--out", "rows.csv", "--purpose", "Für den Beirat", "--language", "en"],
        ["town", "found", "Auenstadt"],
    ],
)
def test_where_there_is_no_database_none_is_made_and_it_is_said_how_to_name_the_place(
    command: list[str], tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    refused = run(nowhere, *command)
    assert refused.exit_code == 1
    assert f"There is no database {nowhere / 'mitsprache.sqlite'}" in refused.output
    assert "--data" in refused.output
    assert not nowhere.exists()


def test_an_export_says_that_there_is_no_database_in_the_language_of_the_reader(tmp_path: Path) -> None:
    refused = run(tmp_path, "export", "4", "--out", "rows.csv", "--purpose", "Für den Beirat", "--language", "de")
    assert refused.exit_code == 1
    assert "gibt es keine Datenbank" in refused.output
    assert not list(tmp_path.iterdir())
