"""What can be asked and is hardly what was meant is told, with sheet and row; and of what is meant, nothing is."""

from __future__ import annotations

import pytest

from dialogues.forms.sheets.doubting import doubts
from dialogues.forms.sheets.workbook import read_workbook
from tests.dialogues.forms.tables import compiled

CHOICES = """
| choices | | | |
|  | list_name | name | label |
|  | often | ja | Ja |
|  | often | nein | Nein |
"""


def told(table: str) -> list[str]:
    compiled(table)  # it can be asked
    return [str(each) for each in doubts(read_workbook(table.encode(), "md"))]


def asked(relevant: str, column: str = "relevant") -> str:
    return f"""
| survey | | | | |
|  | type | name | label | {column} |
|  | select_one often | visit | Besuch? | |
|  | select_multiple often | several | Mehrere? | |
|  | text | why | Warum? | {relevant} |
{CHOICES}"""


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("${visit} = ja", "“ja” has no quotation marks, so this never holds. Did you mean “'ja'” or “${ja}”?"),
        ("${why} = '' or ja = ${visit}", "“ja” has no quotation marks, so this never holds."),
        ("${visit} = 'Ja'", "“Ja” is no answer to the question “visit”. Did you mean “ja”?"),
        ("${visit} = “Ja”", "“Ja” is no answer to the question “visit”. Did you mean “ja”?"),
        ("not(selected(${several}, 'nien'))", "“nien” is no answer to the question “several”. Did you mean “nein”?"),
        (
            "${visit} = 'manchmal'",
            "“manchmal” is no answer to the question “visit”. The list “often” has no such name.",
        ),
    ],
)
def test_a_condition_that_never_holds_is_told(condition: str, said: str) -> None:
    (doubt,) = told(asked(condition))
    assert doubt.startswith(f"sheet survey, row 4: relevant: {said}")


@pytest.mark.parametrize(
    "condition",
    [
        "${visit} = 'ja'",
        "'nein' != ${visit}",
        "selected(${several}, 'ja')",
        "${several} = 'ja nein'",
        "${visit} = ''",
        "${why} = 'Ja'",
        "true",
        "string-length(${why}) > 3 and count-selected(${several}) = 2",
    ],
)
def test_of_a_condition_that_can_hold_nothing_is_told(condition: str) -> None:
    assert told(asked(condition)) == []


def test_a_filter_by_a_column_that_the_answers_do_not_have_is_told() -> None:
    table = """
| survey | | | | |
|  | type | name | label | choice_filter |
|  | text | district | Viertel? | |
|  | select_one street | street | Straße? | {name} = ${{district}} |
| choices | | | | |
|  | list_name | name | label | viertel |
|  | street | linden | Linden | nord |
"""
    assert told(table.format(name="viertel")) == []
    (doubt,) = told(table.format(name="Viertel"))
    assert doubt == (
        "sheet survey, row 3: choice_filter: The sheet “choices” has no column “Viertel”, so no answer is offered."
        " Did you mean “viertel”?"
    )


def test_an_error_of_the_spreadsheet_program_is_told_and_where_it_comes_from() -> None:
    (doubt,) = told(asked("#NAME?", "hint"))
    assert doubt.startswith("sheet survey, row 4: The column “hint” has an error of the spreadsheet program: “#NAME?”.")


def test_an_answer_of_no_list_is_told_as_merged_cells_make_it() -> None:
    (doubt,) = told(asked("") + "|  | | manchmal | Manchmal |\n")
    assert doubt.startswith("sheet choices, row 4: The column “list_name” is empty, so this answer belongs to no list")


def test_a_language_that_is_written_in_two_ways_is_told() -> None:
    table = asked("").replace("name | label |", "name | label::Deutsch |", 1).replace("name | label |", "name | {} |")
    (doubt,) = told(table.format("label::Deutsch (de)"))
    assert doubt.startswith("“Deutsch” and “Deutsch (de)” count as two languages.")
    (doubt,) = told(table.format("label"))
    assert doubt.startswith(
        "In the sheet “choices”, the column is called “label”, in the sheet “survey” “label::Deutsch”."
    )
