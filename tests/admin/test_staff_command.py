"""``mitsprache staff``: who may sign in is said on the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admin.sessions import compare
from mitsprache import main
from storage.database import Database
from storage.queries.staff import find_credentials, list_entries, list_staff

PASSWORD = "correct horse battery"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a town."""
    data = tmp_path / "data"
    assert run(data, "db", "upgrade").exit_code == 0
    assert run(data, "town", "found", "Auenstadt", "--area", "Nordstadt").exit_code == 0
    return data


def run(data: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments, "--data", str(data)], input=typed)


def signs_in(data: Path, name: str, password: str) -> bool:
    async def look() -> str | None:
        database = Database.in_folder(data)
        try:
            async with database.read() as connection:
                found = await find_credentials(connection, town_id=1, name=name)
        finally:
            await database.close()
        return found.password_hash if found else None

    return compare(password, asyncio.run(look())).is_right


def test_somebody_is_added_with_a_password_that_is_asked_for_twice(data: Path) -> None:
    done = run(data, "staff", "add", "Maria", "--right", "manage", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    assert signs_in(data, "maria", PASSWORD)
    listed = run(data, "staff", "list")
    assert listed.output.startswith("maria: manage, since ")


def test_a_password_may_come_from_a_file(data: Path) -> None:
    done = run(data, "staff", "add", "Maria", "--password-stdin", "--language", "en", typed=f"{PASSWORD}\nmore\n")
    assert done.exit_code == 0, done.output
    assert signs_in(data, "maria", PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "Maria", "--password-stdin"), "too short\n", "at least 12 characters"),
        (("add", "Maria", "--password-stdin"), "", "at least 12 characters"),
        (("add", "Maria", "--right", "emperor"), "", "'manage', 'export'"),
        (("add", " ", "--password-stdin"), PASSWORD, "at least one character"),
        (("password", "Nobody", "--password-stdin"), PASSWORD, "There is nobody called Nobody."),
        (("remove", "Nobody"), "", "There is nobody called Nobody."),
    ],
)
def test_what_is_wrong_is_said(data: Path, arguments: tuple[str, ...], typed: str, said: str) -> None:
    refused = run(data, "staff", *arguments, typed=typed)
    assert refused.exit_code != 0
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_name_is_given_once_even_after_a_removal(data: Path) -> None:
    assert run(data, "staff", "add", "Maria", "--password-stdin", typed=PASSWORD).exit_code == 0
    for _ in range(2):
        again = run(data, "staff", "add", "MARIA", "--password-stdin", typed=PASSWORD)
        assert again.exit_code == 1
        assert "take another name" in again.output
        run(data, "staff", "remove", "maria")
    assert not signs_in(data, "maria", PASSWORD)
    assert run(data, "staff", "list").output == ""


def test_another_password_replaces_the_one_before(data: Path) -> None:
    run(data, "staff", "add", "Maria", "--password-stdin", typed=PASSWORD)
    assert run(data, "staff", "password", "maria", "--password-stdin", typed="quite another one").exit_code == 0
    assert not signs_in(data, "maria", PASSWORD)
    assert signs_in(data, "maria", "quite another one")


def test_it_stands_in_the_log(data: Path) -> None:
    run(data, "staff", "add", "Maria", "--right", "export", "--password-stdin", typed=PASSWORD)
    run(data, "staff", "password", "Maria", "--password-stdin", typed="quite another one")
    run(data, "staff", "remove", "Maria")

    async def look() -> list[tuple[str, str | None]]:
        database = Database.in_folder(data)
        try:
            async with database.read() as connection:
                assert await list_staff(connection, 1) == []
                entries = await list_entries(connection, town_id=1, before=None, limit=9)
        finally:
            await database.close()
        return [(each.action, each.name) for each in entries]

    assert asyncio.run(look()) == [("staff.remove", None), ("staff.password", None), ("staff.add", None)]


def test_without_a_town_it_says_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    refused = run(data, "staff", "add", "Maria", "--password-stdin", typed=PASSWORD)
    assert "mitsprache db upgrade" in refused.output
    run(data, "db", "upgrade")
    refused = run(data, "staff", "add", "Maria", "--password-stdin", typed=PASSWORD)
    assert refused.exit_code == 1
    assert "mitsprache town found" in refused.output


def test_a_mediator_is_added_with_languages(data: Path) -> None:
    how = ["staff", "add", "Ioana", "--right", "translate", "--translates", "ro", "--translates", "bg"]
    done = run(data, *how, "--password-stdin", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert run(data, "staff", "list").output.startswith("ioana: translate, translates into bg, ro, since ")


def test_languages_without_the_right_are_refused_and_nobody_is_added(data: Path) -> None:
    how = ["staff", "add", "Ioana", "--right", "export", "--translates", "ro", "--password-stdin"]
    done = run(data, *how, typed=f"{PASSWORD}\n")
    assert done.exit_code == 1
    assert "--right translate" in done.output
    assert run(data, "staff", "list").output == ""
