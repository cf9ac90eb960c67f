"""Rows that a chat leaves without effect are named, and do no harm."""

import pytest

from tests.dialogues.forms.sheets import compiled, interview

ROWS = {
    "audit": "not recorded (audit)",
    "background-audio": "nobody is recorded unasked",
    "background-geopoint": "nobody is located unasked",
    "start-geopoint": "nobody is located unasked",
    "osm": "nothing can be chosen on a map",
}


@pytest.mark.parametrize("kind", ROWS)
def test_what_stays_without_effect_is_said_with_its_row(kind: str) -> None:
    table = f"""
| survey |        |       |       |         |
|        | type   | name  | label | trigger |
|        | text   | a     | A?    |         |
|        | {kind} | audit | B?    | {"${a}" if kind == "background-geopoint" else ""} |
"""
    notes = [str(note) for note in compiled(table).notes]
    assert len(notes) == 1
    assert notes[0].startswith("sheet survey, row 3: ")
    assert ROWS[kind] in notes[0]
    resident = interview(table)
    resident.answer("/data/a", "1")
    assert resident.value("/data/a") == "1"


def test_entities_are_named_once() -> None:
    table = """
| survey   |           |          |        |           |
|          | type      | name     | label  | save_to   |
|          | text      | tree     | Tree?  | tree_name |
| entities |           |          |        |           |
|          | list_name | label    |        |           |
|          | trees     | ${tree}  |        |           |
"""
    assert [str(note) for note in compiled(table).notes] == [
        "sheet entities, row 2: no entities are made of the answers; the answers themselves are kept"
    ]


def test_another_choice_is_asked_for_in_words() -> None:
    table = """
| survey  |                        |      |       |
|         | type                   | name | label |
|         | select_one yn or_other | a    | A?    |
| choices |                        |      |       |
|         | list_name              | name | label |
|         | yn                     | yes  | Yes   |
"""
    resident = interview(table)
    assert [choice.value for choice in resident.options("/data/a", "")] == ["yes", "other"]
    assert [each.name for each in resident.asked()] == ["a"]
    resident.answer("/data/a", "other")
    assert [each.name for each in resident.asked()] == ["a", "a_other"]


def test_a_range_has_its_bounds() -> None:
    table = """
| survey |       |      |       |                          |
|        | type  | name | label | parameters               |
|        | range | a    | A?    | start=0 end=5 step=0.5   |
|        | range | b    | B?    |                          |
"""
    definitions = interview(table).form.definitions
    bounds = [control.bounds for ref in ("/data/a", "/data/b") if (control := definitions[ref].control)]
    assert bounds == [("0", "5", "0.5"), ("1", "10", "1")]


def test_a_form_that_wants_its_responses_encrypted_is_known() -> None:
    table = """
| survey   |            |                            |       |
|          | type       | name                       | label |
|          | text       | a                          | A     |
| settings |            |                            |       |
|          | public_key | submission_url             |       |
|          | MIIBIjANBg | https://example.org/submit |       |
"""
    assert compiled(table).form.encrypted
    assert [note.text for note in compiled(table).notes] == ["responses are not encrypted for a server (public_key)"]
    assert not compiled("\n| survey |\n| | type | name | label |\n| | text | a | A |\n").form.encrypted
