"""What novices write is refused so that they know what to do; and nothing is said against what is good."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from dialogues.forms.sheets.checking import check
from dialogues.forms.sheets.doubting import doubts
from dialogues.forms.sheets.kobo import plain
from dialogues.forms.sheets.workbook import read_workbook
from tests.dialogues.forms.sheets.test_lacking_and_mending import said
from wiring.files import HOUSE

HEAD = "| survey | | | | |\n|  | type | name | label | relevant |\n"
CHOICES = "| choices | | | |\n|  | list_name | name | label |\n|  | ja_nein | ja | Ja |\n"


def question(kind: str = "text", name: str = "a", relevant: str = "") -> str:
    return f"{HEAD}|  | text | Alter | Alter? | |\n|  | {kind} | {name} | Frage? | {relevant} |\n"


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("Text", "text"),
        ("txet", "text"),
        ("Zahl", "integer"),
        ("Datum", "date"),
        ("selekt_one ja_nein", "select_one ja_nein"),
        ("select-one ja_nein", "select_one ja_nein"),
        ("Select_One ja_nein", "select_one ja_nein"),
        ("Select One ja_nein", "select_one ja_nein"),
        ("selectmultiple ja_nein", "select_multiple ja_nein"),
        ("begin_grup", "begin group"),
    ],
)
def test_a_type_that_is_written_wrongly_is_said_with_the_one_that_was_meant(kind: str, meant: str) -> None:
    first = said(question(kind) + CHOICES)[0]
    assert first == f"sheet survey, row 3: There is no type of question “{kind}”. Did you mean “{meant}”?"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("blubb", "There is no type of question “blubb”."),
        ("select_one", "Behind “select_one”, the name of a list of the sheet “choices” is missing."),
        (
            "select_one ja nein",
            "Behind “select_one” stands “ja nein”. The name of a list has no spaces, for example “ja_nein”.",
        ),
        ("select_one Ja_Nein", "The list “Ja_Nein” is missing in the sheet “choices”. Did you mean “ja_nein”?"),
    ],
)
def test_a_type_or_list_that_is_missing_is_said(kind: str, reason: str) -> None:
    assert said(question(kind) + CHOICES) == [f"sheet survey, row 3: {reason}"]


@pytest.mark.parametrize(
    ("relevant", "reason"),
    [
        (
            "${alter} > 3",
            "The column “relevant” refers to “${alter}”. There is no question called “alter”. Did you mean",
        ),
        ("foo(${Alter})", "relevant: There is no function “foo()”."),
        ("WENN(${Alter} > 3, 1, 2)", "relevant: There is no function “WENN()”. Did you mean “if()”?"),
        ("ANZAHL(${Alter}) > 3", "relevant: There is no function “ANZAHL()”. Did you mean “count()”?"),
        (
            "UND(${Alter} > 3, ${Alter} < 9)",
            "relevant: There is no function “UND()”. “and” stands between two conditions",
        ),
        ("${Alter} > 3 UND ${Alter} < 9", "relevant: Please write “and” instead of “UND”"),
        ("if(${Alter} > 3; 1; 2)", "relevant: Please write “,” instead of “;”"),
        ("${Alter} = „3“", "relevant: Please write straight quotation marks, '…', instead of curly ones"),
        ("= ${Alter} > 3", "relevant: Please leave out the “=” at the beginning"),
        ("${Alter} > 0,5", "relevant: Please write “0.5” instead of “0,5”"),
        ("${Alter} >", "relevant: Here something is missing at the end"),
        ("selected(${Alter}, 'x'", "relevant: After the bracket “(”, the closing bracket is missing"),
    ],
)
def test_a_condition_as_excel_or_a_novice_would_write_it_is_said_with_what_to_write(relevant: str, reason: str) -> None:
    (only,) = said(question(relevant=relevant))
    assert only.startswith(f"sheet survey, row 3: {reason}")


def test_a_name_that_cannot_be_used_is_said_with_one_that_can_and_what_refers_to_it_is_not_blamed() -> None:
    table = question(name="mein Name") + "|  | note | n | Hallo ${mein Name} | |\n"
    (only,) = said(table)
    assert only.startswith("sheet survey, row 3: The name “mein Name” cannot be used.")
    assert only.endswith("For example: “mein_Name”.")


def test_the_name_that_is_advised_has_plain_letters_and_what_resembles_the_wrong_one_is_not_blamed() -> None:
    rows = "|  | note | n | Hallo ${groesse_der_wohnung} | |\n"
    (only,) = said(question(name="Größe der Wohnung") + rows)
    assert only.endswith("For example: “Groesse_der_Wohnung”.")


def test_a_question_that_is_missing_beside_a_wrong_name_is_said_once() -> None:
    rows = "".join(f"|  | note | n{each} | Hallo ${{flaeche}} | |\n" for each in range(3))
    first, second = said(question(name="Größe der Wohnung") + rows)
    assert "“Größe der Wohnung” cannot be used" in first
    assert "There is no question called “flaeche”" in second


def test_umlauts_in_names_are_fine() -> None:
    assert list(check(read_workbook(question(name="straße", relevant="${Alter} > 1").encode(), "md"))) == []


def test_a_sheet_or_column_that_is_called_otherwise_is_recognised_and_the_rest_is_checked() -> None:
    table = question("select_one ja_nein", relevant="${nie} = 1") + CHOICES.replace("choices", "Auswahl")
    assert said(table) == [
        "The sheet “choices” is missing. Is it the one called “Auswahl”? Then please rename it to “choices”.",
        "sheet survey, row 3: The column “relevant” refers to “${nie}”. There is no question called “nie”.",
    ]
    unlisted = question("select_one ja_nein", "b b") + CHOICES.replace("list_name", "Liste")
    assert [each.partition(".")[0] for each in said(unlisted)] == [
        "sheet survey, row 3: The name “b b” cannot be used",
        "sheet choices, row 1: The column “list_name” is missing",
    ]
    assert said(HEAD.replace("type", "Typ") + "|  | text | a | A | |\n" + CHOICES + "|  | ja_nein | | Nein |\n") == [
        "sheet survey, row 1: The column “type” is missing. Is it the one called “Typ”? Then please rename it to"
        " “type”.",
        "sheet choices, row 3: This answer has no name. Please write a short one into the column “name”.",
    ]


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (
            ("begin group", "text", "end repeat"),
            ["row 4: Here stands “end repeat”, but the “begin group” of row 2 has not ended yet."],
        ),
        (
            ("begin group", "begin_repeat", "text", "end repeat"),
            ["row 2: Here stands “begin group” with the name “q0”, but “end group” is missing further down."],
        ),
        (("text", "end_group"), ["row 3: Here stands “end group”, but “begin group” is missing before it."]),
        (
            ("begin group", "text", "end group", "begin repeat", "text", "end repeat", "txet"),
            ["row 8: There is no type"],
        ),
    ],
)
def test_a_group_that_ends_as_another_one_or_not_at_all_is_said_once(rows: Sequence[str], reasons: list[str]) -> None:
    table = HEAD + "".join(f"|  | {kind} | q{number} | Frage | |\n" for number, kind in enumerate(rows))
    found = said(table)
    assert len(found) == len(reasons)
    assert all(each.startswith(f"sheet survey, {reason}") for each, reason in zip(found, reasons, strict=True))


def test_of_very_many_faults_the_first_are_said_and_the_others_counted() -> None:
    rows = "".join(f"|  | txet | q{number} | Frage | |\n" for number in range(70))
    everything = said(HEAD + rows)
    assert len(everything) == 51
    assert everything[-1] == "There are at least 20 more. Please put these right first."


LONG = "".join(map(chr, range(0x4E00, 0x4E00 + 8_000)))


@pytest.mark.parametrize("relevant", ["${" + " " * 4_000 + "x = 'a'", f"${{{LONG}x}} = 'a'"])
def test_a_long_cell_takes_no_longer_than_others(relevant: str) -> None:
    table = question(relevant=relevant) + f"|  | text | {LONG} | Frage? | |\n"
    workbook = read_workbook(table.encode(), "md")
    begun = time.monotonic()
    list(check(plain(workbook)))
    doubts(workbook)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "path", sorted((HOUSE / "dialogues" / "questionnaires").glob("*.xlsx")), ids=lambda path: path.stem
)
def test_nothing_is_said_against_our_own_questionnaires(path: Path) -> None:
    assert list(check(plain(read_workbook(path.read_bytes(), "xlsx")))) == []
