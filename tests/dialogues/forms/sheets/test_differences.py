"""What is otherwise in a chat than on a form is said with sheet and row, and what nobody misses is not."""

from __future__ import annotations

from dialogues.forms import compile_xlsform
from dialogues.forms.sheets.differences import differences
from dialogues.forms.sheets.lacking import completeness
from dialogues.forms.sheets.workbook import read_workbook

TABLE = """
| survey |
| | type | name | label | appearance | readonly | guidance_hint |
| | start | start | | | | |
| | deviceid | device | | | | |
| | audit | | | | | |
| | begin group | g | G | field-list w2 | | |
| | text | a | A | multiline | yes | Ask kindly |
| | text | b | B | numbers | | Ask again |
| | end group | | | | | |
| | image | sign | S | signature | | |
| | image | photo | P | new-front | | |
| | geopoint | place | L | placement-map | | |
| | geotrace | way | W | | | |
| | barcode | code | C | | | |
| | date | when | D | month-year | | |
| | select_one c | one | O | minimal columns-2 | | |
| | select_one c | other | O2 | map sparkling | | |
| | note | n | N | | yes | |
| | text | app | T | ex:org.example.app | | |
| choices |
| | list_name | name | label |
| | c | x | X |
| settings |
| | form_title | public_key |
| | T | abc |
"""


def told(table: str) -> list[tuple[str | None, int | None, str]]:
    compiled = compile_xlsform(table.encode(), "md", name="x")
    found = differences(read_workbook(table.encode(), "md"), compiled.form)
    return [(each.sheet, each.row, each.text) for each in found]


def test_everything_that_differs_is_told_with_its_row() -> None:
    assert told(TABLE) == [
        ("settings", 2, "The column “public_key” has no effect. Answers are not encrypted with this key."),
        ("survey", 2, "In an anonymous survey, “start” is not kept. It could tell whose answers they are."),
        ("survey", 3, "The chat does not know this of people. “deviceid” stays empty."),
        ("survey", 4, "The chat does not record how somebody goes through the questions. “audit” has no effect."),
        ("survey", 5, "The questions of a “field-list”, here and further down, come one after the other."),
        ("survey", 6, "The question is read-only. The chat shows it and takes no answer."),
        ("survey", 6, "What stands in the column “guidance_hint”, here and further down, is not shown in the chat."),
        ("survey", 9, "signature: People send a picture. They cannot draw in the chat."),
        ("survey", 10, "new-front: People can send any picture or recording, not only one that they make now."),
        ("survey", 11, "placement-map: People send the place from the map of Telegram."),
        (
            "survey",
            12,
            "Nobody can draw a line on the map in the chat (“geotrace”). The question is skipped, and people are told"
            " so.",
        ),
        ("survey", 13, "The code is typed, not scanned."),
        ("survey", 14, "month-year: The chat asks for a whole date, with the day."),
        ("survey", 16, "map: The answers are a list in the chat, not places on a map."),
        ("survey", 16, "“sparkling” in the column “appearance” has no effect in the chat."),
        ("survey", 18, "ex:org.example.app: The chat opens no other app."),
    ]


def test_a_text_that_is_longer_than_a_message_is_told() -> None:
    table = f"| survey |\n| | type | name | label |\n| | note | n | {'long ' * 1000} |\n| | text | q | Q |\n"
    (found,) = told(table)
    assert found[:2] == ("survey", 3 - 1)
    assert found[2].startswith("label: The text is longer than one message of the chat (4096 characters)")


def test_of_a_plain_questionnaire_nothing_is_told() -> None:
    assert told("| survey |\n| | type | name | label | appearance |\n| | text | q | Q | w4 |\n") == []


def test_a_language_is_complete_or_lacks_so_many_texts() -> None:
    table = """
| survey |
| | type | name | label::Deutsch (de) | label::Arabic (ar) | hint::Deutsch (de) |
| | text | a | A | ا | H |
| | text | b | B | | |
"""
    compiled = compile_xlsform(table.encode(), "md", name="x")
    assert completeness(compiled.form.translations) == {"Deutsch (de)": 0, "Arabic (ar)": 2}


def test_pictures_that_name_no_language_make_no_language() -> None:
    table = """
| survey |
| | type | name | label::Deutsch (de) | label::Arabic (ar) | media::image |
| | text | a | A | ا | a.png |
| | text | b | B | ب | |
"""
    compiled = compile_xlsform(table.encode(), "md", name="x")
    assert completeness(compiled.form.translations) == {"Deutsch (de)": 0, "Arabic (ar)": 0}
    assert compiled.lacking == ()
