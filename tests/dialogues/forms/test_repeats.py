"""Repeats: counted, open, nested; what reads through them."""

import pytest

from dialogues.forms import Form
from dialogues.forms.tree import MAX_INSTANCES, MAX_NODES
from tests.dialogues.forms.tables import interview, model

CHILDREN = """
| survey |
|        | type         | name   | label                | repeat_count | calculation                                 | relevant    |
|        | integer      | number | How many children?   |              |                                             |             |
|        | begin_repeat | child  | Child                | ${number}    |                                             |             |
|        | text         | name   | Name of ${place}?    |              |                                             |             |
|        | integer      | age    | Age of ${name}?      |              |                                             |             |
|        | text         | school | Which school?        |              |                                             | ${age} >= 6 |
|        | calculate    | place  |                      |              | position(..)                                |             |
|        | end_repeat   |        |                      |              |                                             |             |
|        | calculate    | years  |                      |              | sum(${age})                                 |             |
|        | calculate    | all    |                      |              | join(', ', ${name})                         |             |
|        | calculate    | second |                      |              | indexed-repeat(${name}, ${child}, 2)        |             |
|        | calculate    | count  |                      |              | count(${child})                             |             |
"""  # noqa: E501


def test_a_counted_repeat_follows_its_count() -> None:
    resident = interview(CHILDREN)
    assert [question.ref for question in resident.asked()] == ["/data/number"]
    resident.answer("/data/number", "2")
    refs = [question.ref for question in resident.asked()]
    assert refs == [
        "/data/number", "/data/child[1]/name", "/data/child[1]/age", "/data/child[2]/name", "/data/child[2]/age",
    ]  # fmt: skip
    resident.answer("/data/number", "1")
    assert resident.value("/data/count") == "1"


def test_what_is_asked_in_an_instance_depends_on_that_instance() -> None:
    resident = interview(CHILDREN)
    resident.answer("/data/number", "2")
    resident.answer("/data/child[1]/name", "Ada")
    resident.answer("/data/child[2]/name", "Eva")
    resident.answer("/data/child[2]/age", "7")
    assert not resident.relevant("/data/child[1]/school")
    assert resident.relevant("/data/child[2]/school")
    assert resident.label("/data/child[2]/age", "") == "Age of Eva?"
    assert resident.label("/data/child[2]/name", "") == "Name of 2?"


def test_calculations_outside_read_all_instances() -> None:
    resident = interview(CHILDREN)
    resident.answer("/data/number", "2")
    for place, (name, age) in enumerate((("Ada", "3"), ("Eva", "7")), 1):
        resident.answer(f"/data/child[{place}]/name", name)
        resident.answer(f"/data/child[{place}]/age", age)
    assert resident.value("/data/years") == "10"
    assert resident.value("/data/all") == "Ada, Eva"
    assert resident.value("/data/second") == "Eva"


def test_positions_move_up_when_an_instance_is_removed() -> None:
    instance = "<data><r><place/></r><r><place/></r><r><place/></r></data>"
    bind = '<bind nodeset="/data/r/place" calculate="position(..)"/>'
    body = '<repeat nodeset="/data/r"><input ref="/data/r/place"/></repeat>'
    resident = interview(Form.parse(model(instance, bind, body)))
    resident.remove("/data/r[1]")
    assert [resident.value(f"/data/r[{place}]/place") for place in (1, 2)] == ["1", "2"]


def test_repeats_within_repeats_count_for_themselves() -> None:
    table = """
| survey |
|        | type         | name   | label | repeat_count |
|        | begin_repeat | house  | House |              |
|        | integer      | flats  | Flats |              |
|        | begin_repeat | flat   | Flat  | ${flats}     |
|        | text         | person | Name  |              |
|        | end_repeat   |        |       |              |
|        | end_repeat   |        |       |              |
"""
    resident = interview(table)
    resident.add("/data/house")
    resident.answer("/data/house[1]/flats", "1")
    resident.answer("/data/house[2]/flats", "2")
    resident.answer("/data/house[2]/flat[2]/person", "Ada")
    again = interview(resident.form, resident.values())
    assert again.value("/data/house[2]/flat[2]/person") == "Ada"
    with pytest.raises(KeyError):
        again.value("/data/house[1]/flat[2]/person")


def test_what_is_no_repeat_cannot_be_added_or_removed() -> None:
    resident = interview(CHILDREN)
    for wrong in ("/data/number", "/data/nothing", "nothing"):
        with pytest.raises(KeyError):
            resident.add(wrong)
    with pytest.raises(KeyError):
        resident.remove("/data/number")


def test_a_repeat_grows_to_a_bound_and_no_further() -> None:
    table = """
| survey |
|        | type         | name | label | repeat_count |
|        | integer      | n    | N     |              |
|        | begin_repeat | a    | A     | ${n}         |
|        | begin_repeat | b    | B     | ${n}         |
|        | text         | c    | C     |              |
|        | end_repeat   |      |       |              |
|        | end_repeat   |      |       |              |
"""
    resident = interview(table)
    resident.answer("/data/n", "100000000")
    rows = resident.snapshot()
    assert sum(row[0].startswith("/data/a[") and row[0].count("/") == 2 for row in rows) == MAX_INSTANCES
    assert len(rows) < 2 * MAX_NODES
    with pytest.raises(ValueError, match="too many"):
        resident.add("/data/a")


def test_an_added_instance_is_as_the_template_says_and_without_one_empty() -> None:
    body = '<group><repeat nodeset="/data/r"><input ref="/data/r/q"/></repeat></group>'
    for instance, expected in (
        ("<data><r><q>first</q></r></data>", ""),
        ('<data><r jr:template=""><q>new</q></r><r><q>first</q></r></data>', "new"),
    ):
        resident = interview(Form.parse(model(instance, body=body)))
        resident.add("/data/r")
        assert [resident.value(f"/data/r[{place}]/q") for place in (1, 2)] == ["first", expected]


def test_a_repeat_without_instances_may_be_asked_by_its_place() -> None:
    body = '<group><repeat nodeset="/data/r"><input ref="/data/r/q"/></repeat></group>'
    bind = '<bind nodeset="/data/r" relevant="position(.) &lt; 3"/>'
    resident = interview(Form.parse(model('<data><r jr:template=""><q/></r></data>', bind, body)))
    assert resident.snapshot()[0][:3] == ["/data/r", "repeat-range:uncontrolled", True]


def test_instances_counted_within_an_added_one_begin_empty() -> None:
    inner = '<repeat nodeset="/data/o/i" jr:count="../m"><input ref="/data/o/i/q"/></repeat>'
    body = f'<repeat nodeset="/data/o"><input ref="/data/o/m"/>{inner}</repeat>'
    resident = interview(Form.parse(model("<data><o><m>1</m><i><q>given</q></i></o></data>", body=body)))
    assert resident.value("/data/o[1]/i[1]/q") == "given"
    resident.add("/data/o")
    resident.answer("/data/o[2]/m", "1")
    assert resident.value("/data/o[2]/i[1]/q") == ""


def test_repeats_counted_by_a_fixed_number_are_there_in_an_added_instance() -> None:
    inner = '<repeat nodeset="/data/o/i" jr:count="2"><input ref="/data/o/i/q"/></repeat>'
    body = f'<repeat nodeset="/data/o">{inner}</repeat>'
    resident = interview(Form.parse(model("<data><o><i><q/></i></o></data>", body=body)))
    resident.add("/data/o")
    assert [resident.count(f"/data/o[{place}]/i") for place in (1, 2)] == [2, 2]
