"""A questionnaire of any kind given back as .xlsx: it compiles to the same, and nothing in it has changed its kind."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dialogues.forms import compile_xlsform
from dialogues.forms.sheets.spreadsheet import as_xlsx
from tests.dialogues.forms.sheets.hostile import package

TABLE = r"""
| survey |
| | type | name | label::Deutsch (de) | label::Arabic (ar) | relevant | constraint | hint | bind::topic |
| | select_one c | where | Wo? | أين؟ | | | 007 | reach |
| | integer | age | Alter | العمر | ${where} = 01 | . > 0 and . != '1\|2' | | |
| | text | more | Mehr? | مزيد | | | | |
| | note | said | =1+1 | +49 170 | | | @x | |
| choices |
| | list_name | name | label::Deutsch (de) | label::Arabic (ar) | extra |
| | c | 01 | Linden | ليندن | 1.50 |
| | c | 02 | =HYPERLINK("x") | ب | TRUE |
| settings |
| | form_title | version | default_language |
| | Wohnen | 0012 | Deutsch (de) |
| notes |
| | who | what |
| | Anna | 0815 |
"""


def as_commas(table: str, delimiter: str = ",") -> bytes:
    rows = []
    for line in table.strip().splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in line.replace(r"\|", "\0").strip("|").split("|")]
        rows.append(delimiter.join('"' + cell.replace("\0", "|").replace('"', '""') + '"' for cell in cells))
    return "\n".join(rows).encode()


def xform(data: bytes, file_type: str) -> str:
    return compile_xlsform(data, file_type, name="form").xform


SOURCES = {
    "md": TABLE.encode(),
    "csv": as_commas(TABLE),
    "csv with the mark of Excel": b"\xef\xbb\xbf" + as_commas(TABLE),
    "csv with semicolons": as_commas(TABLE, ";"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_what_came_as_text_compiles_to_the_same_as_a_workbook(name: str) -> None:
    file_type = name[:3].strip()
    assert (
        xform(as_xlsx(SOURCES[name], file_type), "xlsx")
        == xform(SOURCES[name], file_type)
        == xform(TABLE.encode(), "md")
    )


@pytest.mark.parametrize("name", ["md", "csv"])
def test_all_sheets_and_columns_are_there_in_their_order_and_every_cell_is_text(name: str) -> None:
    book = load_workbook(io.BytesIO(as_xlsx(SOURCES[name], name)))
    assert book.sheetnames == ["survey", "choices", "settings", "notes"]
    assert [cell.value for cell in book["choices"][1]][:5] == [
        "list_name",
        "name",
        "label::Deutsch (de)",
        "label::Arabic (ar)",
        "extra",
    ]
    assert [cell.value for cell in book["choices"][3]][:5] == ["c", "02", '=HYPERLINK("x")', "ب", "TRUE"]
    kinds = {cell.data_type for sheet in book for row in sheet for cell in row if cell.value is not None}
    assert kinds == {"s"}
    assert book["notes"]["B2"].value == "0815"


def test_a_workbook_stays_as_it_came() -> None:
    assert as_xlsx(package(), "xlsx") == package()


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_an_old_workbook_compiles_to_the_same(tmp_path: Path) -> None:
    new = tmp_path / "form.xlsx"
    new.write_bytes(as_xlsx(TABLE.encode(), "md"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), str(new)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    old = (tmp_path / "form.xls").read_bytes()
    assert xform(as_xlsx(old, "xls"), "xlsx") == xform(old, "xls") == xform(TABLE.encode(), "md")
    book = load_workbook(io.BytesIO(as_xlsx(old, "xls")))
    assert book.sheetnames == ["survey", "choices", "settings", "notes"]
    assert book["choices"]["C3"].data_type == "s"
