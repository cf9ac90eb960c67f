"""Selects whose choices stand in the sheet external_choices."""

import pytest

from dialogues.forms import Form, FormError
from tests.dialogues.forms.tables import compiled, form, interview

DISTRICTS = """
| survey           |                              |         |           |                     |           |
|                  | type                         | name    | label::de | choice_filter       | label::tr |
|                  | select_one state             | state   | Land?     |                     | Eyalet?   |
|                  | select_one_external district | where   | Kreis?    | state = ${state}    | İlçe?     |
| choices          |                              |         |           |                     |           |
|                  | list_name                    | name    | label::de | label::tr           |           |
|                  | state                        | nw      | NRW       | KRV                 |           |
|                  | state                        | he      | Hessen    | Hessen              |           |
| external_choices |                              |         |           |                     |           |
|                  | list name                    | name    | label::de | label::tr           | state     |
|                  | other                        | x       | X         | X                   | nw        |
|                  | district                     | unna    | Unna      | Unna (tr)           | nw        |
|                  | district                     | soest   | Soest     |                     | nw        |
|                  | district                     | unna    | Anderes   | Başka               | he        |
""".replace(
    "|                  | calculate                    | nothing |           |                     |           |\n", ""
)


def test_choices_of_the_sheet_external_choices_are_offered() -> None:
    resident = interview(DISTRICTS)
    assert [(each.name, each.kind) for each in resident.asked()] == [("state", "select_one"), ("where", "select_one")]
    assert resident.options("/data/where", "de") == ()
    resident.answer("/data/state", "nw")
    assert [(each.value, each.label) for each in resident.options("/data/where", "de")] == [
        ("unna", "Unna"), ("soest", "Soest"),
    ]  # fmt: skip
    assert resident.options("/data/where", "tr")[0].label == "Unna (tr)"


def test_an_answer_is_not_held_against_the_choices() -> None:
    resident = interview(DISTRICTS)
    resident.answer("/data/state", "nw")
    resident.answer("/data/where", "soest")
    resident.answer("/data/state", "he")
    assert resident.value("/data/where") == "soest"


def test_the_stored_form_reads_as_the_compiled_one() -> None:
    again = interview(Form.parse(compiled(DISTRICTS).xform))
    again.answer("/data/state", "he")
    assert [each.label for each in again.options("/data/where", "de")] == ["Anderes"]


def test_texts_that_a_language_lacks_are_named_in_their_own_sheet() -> None:
    assert [(each.sheet, each.row) for each in compiled(DISTRICTS).lacking] == [("external_choices", 4)]
    assert not compiled(DISTRICTS).notes


def test_what_the_converter_says_of_these_choices_is_said_of_their_own_sheet() -> None:
    with pytest.raises(FormError) as refused:
        form(DISTRICTS.replace("soest   | Soest", "        | Soest"))
    assert [(each.sheet, each.row) for each in refused.value.problems] == [("external_choices", 4)]


def test_of_a_long_sheet_the_first_lacking_texts_are_named() -> None:
    row = (
        "|                  | district                     | unna    | Unna      | Unna (tr)           | nw        |\n"
    )
    rows = "".join(row.replace("unna   ", f"u{number:06}").replace("Unna (tr)", "         ") for number in range(30))
    lacking = compiled(DISTRICTS.replace(row, rows)).lacking
    assert len(lacking) == 21
    assert str(lacking[-1]) == "sheet external_choices: So are 11 more texts of this sheet."
