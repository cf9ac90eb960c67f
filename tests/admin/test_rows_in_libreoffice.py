"""What an office program makes of the file: opened by LibreOffice without a window, written anew, and compared."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from admin.exports.columns import Cell
from admin.exports.rows import as_csv, prepare
from admin.exports.semicolons import BEGINNING, line
from admin.results import close_and_release
from admin.site import Site
from storage.models import Answer
from tests.admin.answered import Answered, survey_of

SOFFICE = shutil.which("soffice")
PATIENCE = 120
TEXTS = [
    "مرحبا، «نعم» ١٢",
    "Здравейте, ще дойда",
    "Șase țări – mulțumesc",
    "Iğdır'da ılık İstanbul",
    "👩‍👩‍👧 sehr schön 😀",
    'sie sagte "ja"; und ging',
    "erste Zeile\nzweite Zeile\n\nvierte",
    "00123",
    "0151 2345",
    "1,5",
    "2026-11-26",
    "TRUE",
    "=1+1",
    '=HYPERLINK("http://example.org")',
    "+49 151",
    "-3+2",
    "@SUM(A1)",
    "  =1",
    "＝1",
    "lang " * 100,
]
HEADER: list[Cell] = ["=Frage", "zahl", "tag", "wahl"]
ROWS: list[list[Cell]] = [[text, Decimal("-3.5"), date(2026, 11, 26), True] for text in TEXTS]

QUOTED_AS_TEXT = "CSV:59,34,76,1,,1031,true,false,false"
"""Filter options of LibreOffice: semicolon, double quote, UTF-8, from row 1, German, quoted fields as text."""
BACK = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,true,true,false"

pytestmark = pytest.mark.skipif(
    SOFFICE is None and not os.environ.get("CI"),
    reason="no soffice (LibreOffice Calc): how an office program reads the export was not tested",
)


async def convert(source: Path, to: str, *, infilter: str | None = None) -> Path:
    """Let LibreOffice write a file in another format beside it, with a profile that is nobody's."""
    out = source.parent / to.partition(":")[0]
    arguments = ["--headless", f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"]
    arguments += [f"--infilter={infilter}"] if infilter else []
    process = await asyncio.create_subprocess_exec(
        SOFFICE or "soffice",
        *arguments,
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(source),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, said.decode()
    return next(out.iterdir())


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export as LibreOffice keeps it in a workbook."""
    source = tmp_path_factory.mktemp("office") / "rows.csv"
    source.write_bytes((BEGINNING + "".join(line(row) for row in [HEADER, *ROWS])).encode())
    return asyncio.run(convert(source, "xlsx", infilter=QUOTED_AS_TEXT))


def as_kept(texts: Sequence[str]) -> list[str]:
    """What the file itself holds: a text that could be a formula has its apostrophe."""
    risky = ("=", "+", "-", "@", "  =", "＝")
    return [f"'{text}" if text.startswith(risky) else text for text in texts]


def test_every_text_is_whole_in_the_sheet_and_none_is_a_formula(sheet: Path) -> None:
    cells = list(load_workbook(sheet).worksheets[0].iter_rows())
    assert [cell.value for cell in cells[0]] == ["'=Frage", "zahl", "tag", "wahl"]
    assert [row[0].value for row in cells[1:]] == as_kept(TEXTS)
    assert not any(cell.data_type == "f" for row in cells for cell in row)


def test_numbers_and_days_are_numbers_and_days_in_the_sheet(sheet: Path) -> None:
    for _, number, day, flag in list(load_workbook(sheet).worksheets[0].iter_rows(values_only=True))[1:]:
        assert (number, flag) == (-3.5, 1)
        assert str(day)[:10] == "2026-11-26"


async def test_the_sheet_written_as_a_file_again_is_the_file(sheet: Path) -> None:
    again = await convert(sheet, BACK)
    rows = list(csv.reader(io.StringIO(again.read_bytes().decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["'=Frage", "zahl", "tag", "wahl"]
    assert [row[0] for row in rows[1:]] == as_kept(TEXTS)
    numbers = {row[1].replace(".", ",") for row in rows[1:]}  # LibreOffice writes the mark of its own language
    assert numbers == {"-3,5"}
    assert {tuple(row[2:]) for row in rows[1:]} == {("2026-11-26", "1")}


async def test_rows_of_a_survey_with_free_texts_keep_their_cells_where_a_text_is_withheld(
    site: Site, tmp_path: Path
) -> None:
    table = "| survey | | | |\n| | type | name | label |\n| | text | idea | Idea |\n| | integer | trees | Trees |\n"
    people = [Answered({"idea": text, "trees": str(number)}) for number, text in enumerate(TEXTS)]
    async with site.database.write() as connection:
        survey_id = await survey_of(connection, site.town_id, [table], people)
    day = date(2026, 11, 20)
    await close_and_release(
        site.database, town_id=site.town_id, survey_id=survey_id, staff_id=None, now=site.now(), today=day
    )
    async with site.database.write() as connection:
        await connection.execute(update(Answer).where(Answer.value.in_(TEXTS[:8])).values(shown=True))
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    source = tmp_path / "rows.csv"
    source.write_bytes(b"".join([piece async for piece in as_csv(site.database, export, labels=None, say=str)]))
    opened = await convert(source, "xlsx", infilter=QUOTED_AS_TEXT)
    head, *rows = load_workbook(opened).worksheets[0].iter_rows(values_only=True)
    assert head == ("_language", "_area", "idea", "trees")
    assert {row[3]: row[2] for row in rows} == {
        number: text if number < 8 else None for number, text in enumerate(TEXTS)
    }


async def test_opened_without_a_question_nothing_is_a_formula_and_no_row_is_split(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_bytes((BEGINNING + "".join(line(row) for row in [HEADER, *ROWS])).encode())
    opened = await convert(source, "xlsx", infilter="CSV:59,34,76,1,,1031,false,false,false")
    cells = list(load_workbook(opened).worksheets[0].iter_rows())
    assert len(cells) == len(ROWS) + 1
    assert not any(cell.data_type == "f" for row in cells for cell in row)
    assert cells[1][0].value == TEXTS[0]
