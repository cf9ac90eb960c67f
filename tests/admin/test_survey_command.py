"""``mitsprache survey``: says of a file what stands against it and what it lacks, in German or English."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

import mitsprache
from admin.command import CommandError
from admin.survey_command import checked, put_to_people, read_file, walked
from dialogues.walk import Final
from storage.database import Database
from storage.queries.questionnaires import load_files
from storage.services.towns import found_town
from tests.admin.office import compiled, texts
from tests.admin.papers import BROKEN, TWO_LANGUAGES
from tests.dialogues.forms.sheets.hostile import HOSTILE, zipped

STREETS = b"name,label\nlinden,Linden\n"
FORM = b"| survey |\n| | type | name | label |\n| | select_one_from_file streets.csv | s | Street? |\n"


def put(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return file


def test_what_is_said_of_a_file_that_can_be_asked_comes_in_sections(tmp_path: Path) -> None:
    said = list(checked(put(tmp_path, "two.md", TWO_LANGUAGES)))
    assert said == [
        "What we tolerated:",
        "  Sheet “survey”, row 2: A question is called “data”. That does no harm.",
        "  Sheet “choices”, row 4: The answer “no” stands twice in the list “yesno”.",
        "Texts that are missing:",
        "  Sheet “survey”, row 4: Column “label”: The text is missing in the language “Arabic (ar)”:"
        " “Wie viele wohnen bei Ihnen?”.",
        "Languages:",
        "  Deutsch (de): complete",
        "  Arabic (ar): 1 text is missing",
        "two.md can be asked: 3 questions.",
    ]


def test_all_that_stands_against_a_file_is_said_at_once(tmp_path: Path) -> None:
    table = b"| survey | | | |\n| | type | name | label |\n| | txt | a | A |\n| | text | b | |\n"
    with pytest.raises(CommandError) as raised:
        list(checked(put(tmp_path, "wrong.md", table)))
    assert str(raised.value).splitlines() == [
        "wrong.md cannot be taken:",
        "  Sheet “survey”, row 2: There is no type of question “txt”. Did you mean “text”?",
        "  Sheet “survey”, row 3: The question “b” has no text. Please write it into the column “label”.",
    ]


def test_the_report_is_german_too(tmp_path: Path) -> None:
    german = GNUTranslations(BytesIO(compiled("de", "admin")))
    with pytest.raises(CommandError, match="Zeile 3: Spalte „relevant“: Die Funktion „wishes"):
        list(checked(put(tmp_path, "broken.md", BROKEN), words=german))


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        (["--language", "en"], {"LANG": "de_DE.UTF-8"}, "Sheet “survey”, row 3"),
        (["--language", "de"], {"LANG": "en_GB.UTF-8"}, "Tabellenblatt „survey“, Zeile 3"),
        ([], {"LANG": "en_GB.UTF-8"}, "Sheet “survey”, row 3"),
        ([], {"LC_ALL": "de_DE.UTF-8", "LANG": "en_GB.UTF-8"}, "Tabellenblatt „survey“, Zeile 3"),
        ([], {"LANG": "C.UTF-8"}, "Tabellenblatt „survey“, Zeile 3"),
    ],
)
def test_the_language_is_the_one_that_is_named_or_that_of_the_environment(
    tmp_path: Path, options: list[str], environment: dict[str, str], said: str
) -> None:
    file = put(tmp_path, "broken.md", BROKEN)
    unset = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": None}
    result = CliRunner(env={**unset, **environment}).invoke(mitsprache.main, ["survey", "check", str(file), *options])
    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("name", ["a zip bomb", "a billion laughs", "a million empty rows", "macros", "a password"])
def test_a_hostile_file_is_refused_by_the_child_here_too(tmp_path: Path, name: str) -> None:
    hostile = HOSTILE[name]
    with pytest.raises(CommandError, match=f"(?i){hostile.said}"):
        read_file(put(tmp_path, f"hostile.{hostile.file_type}", hostile.make()))


def test_a_file_that_is_no_spreadsheet_and_one_that_is_too_large_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="A questionnaire is a file of the type"):
        read_file(put(tmp_path, "form.txt", b"hello"))
    with pytest.raises(CommandError, match="The file is too large"):
        read_file(put(tmp_path, "form.md", b"x" * 10_000_001))


def test_files_are_named_or_lie_in_the_folder_beside_it_or_come_in_a_zip(tmp_path: Path) -> None:
    form = put(tmp_path, "form.md", FORM)
    with pytest.raises(CommandError, match=r"streets\.csv” is missing"):
        read_file(form)
    table = put(tmp_path / "tables", "streets.csv", STREETS)
    assert [each.name for each in read_file(form, [table]).report.files] == ["streets.csv"]
    put(tmp_path / "form-media", "streets.csv", STREETS)
    assert [each.name for each in read_file(form).report.files] == ["streets.csv"]
    packed = put(tmp_path, "packed.zip", zipped({"form.md": FORM, "streets.csv": STREETS}))
    assert "Files: streets.csv" in list(checked(packed))


async def test_what_is_opened_keeps_its_files(database: Database, tmp_path: Path) -> None:
    import asyncio

    form = put(tmp_path, "form.md", FORM)
    put(tmp_path / "form-media", "streets.csv", STREETS)
    paper = await asyncio.to_thread(read_file, form)
    async with database.write() as connection:
        town_id = await found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=["Nordstadt"]
        )
    ((place, code),) = await put_to_people(database, town_id, paper=paper, names=[])
    assert (place, bool(code)) == ("whole town", True)
    async with database.read() as connection:
        assert await load_files(connection, 1) == {"streets.csv": STREETS}


def test_an_interview_is_held_with_what_the_child_has_compiled(tmp_path: Path) -> None:
    file = put(tmp_path, "two.md", TWO_LANGUAGES)
    answers = ['{"question": "people", "value": "3"}']
    steps = list(
        walked(file, "de", answers, (), texts=texts(), now=datetime(2026, 11, 27, tzinfo=UTC), random=Random(1))
    )
    last = steps[-1]
    assert isinstance(last, Final)
    assert last.values["/form_1/people"] == "3"
