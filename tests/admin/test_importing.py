"""Importing from a stranger's file: what it costs is bounded, and what is wrong is said."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from admin.importing import (
    MAX_FILE,
    Importer,
    Trouble,
    Upload,
    check_revision,
    kept_report,
    named,
    read_kept,
)
from dialogues.forms.reasons import as_json
from tests.admin.papers import BROKEN, SQUARE, TWO_LANGUAGES, workbook
from tests.dialogues.forms.sheets.hostile import HOSTILE


async def test_a_good_questionnaire_is_compiled_and_keeps_its_titles() -> None:
    report = await Importer().check(SQUARE, "xlsx", "square")
    assert report.good
    assert report.xform.startswith("<?xml")
    assert report.titles is not None
    assert report.titles["tr"] == "Meydanda ne olsun?"


async def test_what_was_tolerated_is_said_with_sheet_and_row() -> None:
    report = await Importer().check(TWO_LANGUAGES, "md", "two")
    assert report.good
    assert [(note.sheet, note.row) for note in report.notes] == [("survey", 2), ("choices", 4)]


async def test_missing_texts_are_said_with_sheet_and_row() -> None:
    report = await Importer().check(TWO_LANGUAGES, "md", "two", language="de")
    assert report.good
    assert [(each.sheet, each.row, each.text) for each in report.lacking] == [
        ("survey", 4, "label: The text is missing in the language “Arabic (ar)”: “Wie viele wohnen bei Ihnen?”.")
    ]


async def test_what_is_wrong_is_said_with_sheet_and_row() -> None:
    report = await Importer().check(BROKEN, "md", "broken")
    assert not report.good
    assert report.xform == ""
    assert [(problem.sheet, problem.row) for problem in report.problems] == [("survey", 3)]
    assert "wishes()" in report.problems[0].text


@pytest.mark.parametrize("name", HOSTILE)
async def test_the_child_says_of_every_hostile_file_what_it_is(name: str) -> None:
    hostile = HOSTILE[name]
    report = await Importer().check(hostile.make(), hostile.file_type, "hostile")
    assert hostile.said in " ".join(each.text for each in report.problems)
    assert (report.trouble, report.xform, report.workbook) == (None, "", b"")


@pytest.mark.parametrize(
    ("content", "file_type"),
    [
        (b"PK\x03\x04 no package", "xlsx"),
        (b"PK\x03\x04 no package", "zip"),
        (b"\xd0\xcf\x11\xe0 no workbook", "xls"),
        (b"| survey |\n| | type |\n", "md"),
        (workbook(b"\x00" * 70_000_000), "xlsx"),
    ],
    ids=["damaged", "damaged and packed", "old and damaged", "no question", "a bomb"],
)
async def test_a_hostile_file_gets_a_reason_and_hurts_nobody(content: bytes, file_type: str) -> None:
    report = await Importer().check(content, file_type, "hostile")
    assert report.problems or report.trouble
    assert report.xform == ""


async def test_what_takes_too_long_is_stopped_and_leaves_no_process() -> None:
    before = children()
    rows = "".join(
        f"|  | text | q{number} | Question {number} | ${{q{number - 1}}} != '' |\n" for number in range(1, 9000)
    )
    table = f"| survey | | | | |\n|  | type | name | label | relevant |\n|  | text | q0 | First | |\n{rows}"
    report = await Importer(seconds=1.0).check(table.encode(), "md", "long")
    assert report.trouble is Trouble.TOO_LONG
    assert children() == before


async def test_what_takes_too_much_memory_is_stopped() -> None:
    before = children()
    report = await Importer(memory=20_000_000).check(SQUARE, "xlsx", "square")
    assert not report.good
    assert children() == before


def children() -> list[str]:
    """The processes that this one has started and that still run."""
    here = os.getpid()
    return Path(f"/proc/{here}/task/{here}/children").read_text().split() if sys.platform == "linux" else []


async def test_a_file_that_is_too_large_is_not_even_read() -> None:
    assert (await Importer().check(b"x" * (MAX_FILE + 1), "md", "large")).trouble is Trouble.TOO_LARGE


async def test_uploads_wait_for_each_other_and_those_beyond_a_few_are_asked_to_come_back() -> None:
    importer = Importer()
    reports = await asyncio.gather(*(importer.check(BROKEN, "md", "broken") for _ in range(7)))
    assert [report.trouble for report in reports].count(Trouble.BUSY) == 3
    assert [bool(report.problems) for report in reports].count(True) == 4


async def test_somebody_who_goes_away_leaves_no_process() -> None:
    before = children()
    waiting = asyncio.create_task(Importer().check(SQUARE, "xlsx", "square"))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert children() == before


async def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes its environment from us alone: with what would break it there, it still works."""
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("MITSPRACHE_TOKEN", "secret")
    assert (await Importer().check(SQUARE, "xlsx", "square")).good


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("Leben im Viertel.xlsx", ("Leben_im_Viertel", "xlsx")),
        ("C:\\Users\\x\\survey.XLS", ("survey", "xls")),
        ("../../etc/passwd", ("passwd", "")),
        ("<script>.md", ("script", "md")),
        ("استبيان.csv", ("استبيان", "csv")),
        (".xlsx", ("questionnaire", "xlsx")),
        ("a\x00b\nc.md", ("a_b_c", "md")),
        ("x" * 500 + ".md", ("x" * 60, "md")),
        ("", ("questionnaire", "")),
    ],
)
def test_a_files_name_is_taken_as_a_name_and_nothing_else(file_name: str, expected: tuple[str, str]) -> None:
    assert named(file_name) == expected


async def test_a_report_that_was_kept_says_in_any_language_what_it_said() -> None:
    report = await Importer().check(TWO_LANGUAGES, "md", "two")
    told, revision = kept_report(report)
    again = read_kept(json.loads(json.dumps(told)))
    assert revision == check_revision()
    for section in ("problems", "notes", "lacking", "differences", "doubts"):
        found = getattr(again, section)
        assert found == getattr(report, section)
        assert [as_json(each.text) for each in found] == [as_json(each.text) for each in getattr(report, section)]
    assert (again.languages, again.questions, again.xform) == (report.languages, report.questions, "")


async def test_what_can_be_asked_and_is_hardly_meant_so_is_said() -> None:
    table = TWO_LANGUAGES.replace(b"(ar) |\n|  | select", b"(ar) | relevant |\n|  | select", 1)
    table = table.replace("ماذا تتمنون؟ |".encode(), "ماذا تتمنون؟ | ${data} = yes |".encode())
    report = await Importer().check(table, "md", "two")
    assert report.good
    assert [(each.sheet, each.row) for each in report.doubts] == [("survey", 3)]


NO_FORM = b"""
| survey | | | | |
|  | type | name | label::English (en) | relevant |
|  | select_one_from_file streets.csv | street | Street? | |
|  | txet | why | Why? | pulldata('shops', 'a', 'b', ${street}) = '' |
"""


async def test_missing_files_and_the_towns_language_are_said_also_where_there_is_no_form() -> None:
    report = await Importer().check(NO_FORM, "md", "form", language="de")
    assert [(each.sheet, each.row, each.text[:30]) for each in report.problems] == [
        (None, None, "The town’s own language is mis"),
        ("survey", 2, "The file “streets.csv” is miss"),
        ("survey", 3, "There is no type of question “"),
        ("survey", 3, "The file “shops.csv” is missin"),
    ]
    streets = [Upload("streets.csv", b"name,label\na,A\n"), Upload("shops.csv", b"a,b\n1,2\n")]
    report = await Importer().check(NO_FORM, "md", "form", language="en", files=streets)
    assert [(each.sheet, each.row) for each in report.problems] == [("survey", 3)]


async def test_two_columns_of_one_name_hide_nothing_else() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    for row in (["type", "name", "label", "label"], ["text", "a", "A", "B"], ["txet", "b", "B", ""]):
        sheet.append(row)
    made = BytesIO()
    book.save(made)
    report = await Importer().check(made.getvalue(), "xlsx", "doubled")
    assert [(each.sheet, each.row) for each in report.problems] == [("survey", 1), ("survey", 3)]
