"""KoboToolbox's own rows and columns."""

import pytest

from dialogues.forms import Choice, FormError, every_problem
from tests.dialogues.forms.tables import compiled, form, interview

SCORE = """
| survey  |             |      |                  |          |                     |              |
|         | type        | name | label            | required | kobo--score-choices | relevant     |
|         | text        | a    | A?               |          |                     |              |
|         | begin_score | park | How is the park? | true     | marks               | ${a} = 'yes' |
|         | score__row  | trees | The trees       |          |                     |              |
|         | score__row  | paths | The paths       |          |                     |              |
|         | end_score   |      |                  |          |                     |              |
| choices |             |      |                  |          |                     |              |
|         | list_name   | name | label            |          |                     |              |
|         | marks       | 1    | Good             |          |                     |              |
|         | marks       | 2    | Bad              |          |                     |              |
"""


def test_a_score_asks_the_same_choices_row_by_row() -> None:
    resident = interview(SCORE)
    assert [each.name for each in resident.asked()] == ["a"]
    resident.answer("/data/a", "yes")
    assert [(each.name, each.kind) for each in resident.asked()][1:] == [
        ("trees", "select_one"), ("paths", "select_one"),
    ]  # fmt: skip
    assert resident.heading("/data/park/paths", "") == ("How is the park?",)
    assert resident.options("/data/park/paths", "") == (Choice("1", "Good"), Choice("2", "Bad"))
    assert resident.required("/data/park/paths")


RANK = """
| survey  |             |      |              |                  |                                   |                               |
|         | type        | name | label::de    | kobo--rank-items | kobo--rank-constraint-message::de | label::tr                     |
|         | begin_rank  | top  | Was fehlt?   | needs            | Das steht schon da.               | Ne eksik?                     |
|         | rank__level | n1   | Am meisten   |                  |                                   | En çok                        |
|         | rank__level | n2   | Danach       |                  |                                   | Sonra                         |
|         | rank__level | n3   | Und noch     |                  |                                   | Bir de                        |
|         | end_rank    |      |              |                  |                                   |                               |
| choices |             |      |              |                  |                                   |                               |
|         | list_name   | name | label::de    | label::tr        |                                   |                               |
|         | needs       | food | Essen        | Yemek            |                                   |                               |
|         | needs       | bus  | Busse        | Otobüs           |                                   |                               |
"""  # noqa: E501 - a sheet is as wide as it is


def test_what_stands_on_one_place_of_a_rank_cannot_stand_on_another() -> None:
    resident = interview(RANK)
    assert resident.heading("/data/top/n2", "tr") == ("Ne eksik?",)
    resident.answer("/data/top/n1", "food")
    resident.answer("/data/top/n2", "food")
    assert not resident.valid("/data/top/n2")
    assert resident.constraint_message("/data/top/n2", "de") == "Das steht schon da."
    resident.answer("/data/top/n2", "bus")
    assert resident.valid("/data/top/n2")
    resident.answer("/data/top/n3", "bus")
    assert not resident.valid("/data/top/n3")


MATRIX = """
| survey  |                  |      |               |                   |            |
|         | type             | name | label         | kobo--matrix_list | relevant   |
|         | begin_kobomatrix | own  | What is yours | assets            |            |
|         | select_one yn    | has  | Have one?     |                   |            |
|         | integer          | many | How many?     |                   | ${has} = 'yes' |
|         | end_kobomatrix   |      |               |                   |            |
|         | text             | last | Last?         |                   | ${nobody} = 1 |
| choices |                  |      |               |                   |            |
|         | list_name        | name | label         |                   |            |
|         | yn               | yes  | Yes           |                   |            |
|         | yn               | no   | No            |                   |            |
|         | assets           | car  | Car           |                   |            |
|         | assets           | bike | Bike          |                   |            |
"""
SOUND = MATRIX.replace("${nobody} = 1", "")


def test_a_matrix_asks_all_columns_for_each_item_under_the_names_that_kobotoolbox_gives() -> None:
    resident = interview(SOUND)
    assert [each.ref for each in resident.asked()] == [
        "/data/own_header/own_header_note",
        "/data/own_car/own_car_has",
        "/data/own_bike/own_bike_has",
        "/data/last",
    ]
    assert resident.label("/data/own_header/own_header_note", "") == "What is yours"
    assert resident.heading("/data/own_bike/own_bike_has", "") == ("Bike",)
    resident.answer("/data/own_bike/own_bike_has", "yes")
    assert [each.name for each in resident.asked()][2:4] == ["own_bike_has", "own_bike_many"]


def test_what_was_translated_is_said_with_its_row() -> None:
    assert [str(note) for note in compiled(SOUND).notes] == [
        "sheet survey, row 2: “begin_kobomatrix” of KoboToolbox is asked as a group of questions."
    ]


def test_problems_behind_translated_rows_have_the_rows_of_the_authors_sheet() -> None:
    with pytest.raises(FormError) as refused:
        form(MATRIX)
    assert [(each.sheet, each.row) for each in refused.value.problems] == [("survey", 6)]
    assert compiled(SOUND).rows["/data/last"] == 6
    assert compiled(SOUND).rows["/data/own_bike/own_bike_many"] == 4
    found = every_problem(MATRIX.encode(), "md", name="x", first=refused.value)
    assert [(each.sheet, each.row) for each in found] == [("survey", 6)]


AUTONAMED = """
| survey  |               |             |            |       |           |
|         | type          | label       | $autoname  | $kuid | $xpath    |
|         | text          | What is it? | what       | a1    | what      |
|         | text          | What is it? |            | a2    | it        |
|         | text          | What is it? |            | a3    | it        |
|         | select_one yn | Is it new?  |            | a4    | new       |
| choices |               |             |            |       |           |
|         | list_name     | label       | $autovalue | $kuid |           |
|         | yn            | Yes         | yes        | b1    |           |
|         | yn            | Not at all  |            | b2    |           |
"""


def test_names_come_from_what_kobotoolbox_keeps_or_from_the_text() -> None:
    resident = interview(AUTONAMED)
    assert [each.name for each in resident.asked()] == ["what", "What_is_it", "What_is_it_001", "Is_it_new"]
    assert [each.value for each in resident.options("/data/Is_it_new", "")] == ["yes", "Not_at_all"]
    assert len(compiled(AUTONAMED).notes) == 6


def test_a_plain_form_stays_as_it_is() -> None:
    assert not compiled("\n| survey |\n| | type | name | label |\n| | text | a | A |\n").notes


@pytest.mark.parametrize(
    ("row", "reason", "number"),
    [
        ("| begin_score | s | S | |\n| | score__row | r | R | |\n| | end_score | | | |", "needs the name of a list", 3),
        (
            "| begin_rank | s | S | l |\n| | text | r | R | |\n| | end_rank | | | |",
            "only rows of the type “rank__level”",
            4,
        ),
        ("| begin_kobomatrix | s | S | l |\n| | text | r | R | |", "the row that ends it is missing", 3),
        ("| begin_kobomatrix | s | S | none |\n| | text | r | R | |\n| | end_kobomatrix | | | |", "The list “none”", 3),
    ],
)
def test_rows_that_lack_what_they_need_are_refused(row: str, reason: str, number: int) -> None:
    columns = "kobo--rank-items" if "rank" in row else "kobo--matrix_list"
    table = f"""
| survey  |           |      |       |           |
|         | type      | name | label | {columns} |
|         | text      | a    | A     |           |
|         {row}
| choices |           |      |       |           |
|         | list_name | name | label |           |
|         | l         | x    | X     |           |
"""
    with pytest.raises(FormError, match=reason) as refused:
        form(table)
    assert refused.value.problems[0].row == number
