"""Choices that depend on other answers."""

from dialogues.forms import Form
from tests.dialogues.forms.tables import interview, model

CASCADE = """
| survey |
|        | type                   | name    | label    | choice_filter                |
|        | select_one town        | town    | Town?    |                              |
|        | select_one quarter     | quarter | Quarter? | town = ${town}               |
|        | select_multiple street | street  | Streets? | selected(${quarter}, quarter) |
| choices |
|         | list_name | name  | label | town | quarter |
|         | town      | one   | One   |      |         |
|         | town      | two   | Two   |      |         |
|         | quarter   | north | North | one  |         |
|         | quarter   | south | South | two  |         |
|         | street    | elm   | Elm   |      | north   |
|         | street    | oak   | Oak   |      | north   |
|         | street    | ash   | Ash   |      | south   |
"""


def values(of: object, name: str) -> list[str]:
    return [choice.value for choice in of.options(f"/data/{name}", "")]  # type: ignore[attr-defined]


def test_choices_follow_the_answer_before() -> None:
    resident = interview(CASCADE)
    assert values(resident, "quarter") == []
    resident.answer("/data/town", "one")
    assert values(resident, "quarter") == ["north"]
    resident.answer("/data/quarter", "north")
    assert values(resident, "street") == ["elm", "oak"]


def test_an_answer_whose_choice_vanishes_is_left_out_and_comes_back_with_it() -> None:
    resident = interview(CASCADE)
    resident.answer("/data/town", "one")
    resident.answer("/data/quarter", "north")
    resident.answer("/data/street", "elm oak")
    resident.answer("/data/town", "two")
    assert resident.value("/data/quarter") == ""
    assert resident.value("/data/street") == ""
    assert "/data/quarter" not in resident.submission()
    again = interview(resident.form, resident.values())
    assert again.value("/data/quarter") == ""
    again.answer("/data/town", "one")
    assert again.value("/data/quarter") == "north"
    assert again.value("/data/street") == "elm oak"


def test_a_seed_gives_everywhere_the_same_order() -> None:
    table = """
| survey |
|        | type         | name | label | parameters                |
|        | select_one c | c    | C     | randomize=true, seed=42   |
| choices |
|         | list_name | name | label |
|         | c         | A    | A     |
|         | c         | B    | B     |
|         | c         | C    | C     |
|         | c         | D    | D     |
|         | c         | E    | E     |
|         | c         | F    | F     |
"""
    assert values(interview(table), "c") == ["A", "F", "C", "B", "D", "E"]


def test_an_order_of_chance_is_the_same_at_every_step_of_an_interview() -> None:
    asked = "".join(f"| | select_one c | {name} | Q | randomize=true |\n" for name in ("first", "second"))
    offered = "".join(f"| | c | {name} | {name} |\n" for name in "ABCDEFGH")
    table = (
        f"| survey |\n| | type | name | label | parameters |\n{asked}"
        f"| choices |\n| | list_name | name | label |\n{offered}"
    )
    begun = interview(table)
    orders = [values(begun, name) for name in ("first", "second")]
    again = interview(table, begun.values())
    assert [values(again, name) for name in ("second", "first", "second")] == [orders[1], orders[0], orders[1]]
    assert orders[0] != orders[1]
    assert orders != [values(interview(table, seed=2), name) for name in ("first", "second")]


def test_choices_written_into_the_form_itself_are_given() -> None:
    body = """<select1 ref="/data/c"><label>C</label><item><label>One</label><value>1</value></item>
        <item><label>Two</label><value>2</value></item></select1>"""
    resident = interview(Form.parse(model("<data><c/></data>", body=body)))
    assert [(choice.value, choice.label) for choice in resident.options("/data/c", "")] == [("1", "One"), ("2", "Two")]


def test_a_choice_without_a_label_is_shown_as_its_value() -> None:
    body = """<select1 ref="/data/s"><item><value>oak</value></item><item><label/><value>elm</value></item></select1>"""
    resident = interview(Form.parse(model("<data><s/></data>", body=body)))
    assert [(one.value, one.label) for one in resident.options("/data/s", "")] == [("oak", "oak"), ("elm", "")]


def test_a_choice_that_another_answer_gives_goes_with_it() -> None:
    table = """
| survey |
|        | type               | name  | label   | choice_filter |
|        | begin_repeat       | child | Child   |               |
|        | text               | name  | Name?   |               |
|        | integer            | age   | Age?    |               |
|        | end_repeat         |       |         |               |
|        | select_one ${name} | old   | Oldest? | ${age} > 1    |
"""
    resident = interview(table)
    resident.answer("/data/child[1]/age", "4")
    resident.answer("/data/child[1]/name", "Ada")
    resident.answer("/data/old", "Ada")
    resident.answer("/data/child[1]/name", "Eve")
    assert [choice.value for choice in resident.options("/data/old", "")] == ["Eve"]
    assert resident.value("/data/old") == ""


def test_rows_without_a_label_are_shown_as_their_value() -> None:
    rows = '<instance id="t"><root><item><name>oak</name><label>Oak</label></item></root></instance>'
    itemset = """<itemset nodeset="instance('t')/root/item"><value ref="name"/></itemset>"""
    resident = interview(Form.parse(model("<data><s/></data>", rows, f'<select1 ref="/data/s">{itemset}</select1>')))
    assert [one.label for one in resident.options("/data/s", "")] == ["oak"]
