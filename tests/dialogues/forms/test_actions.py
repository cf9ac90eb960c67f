"""Values that are set by events: a first loading, a change, a new repeat instance."""

from dialogues.forms import Form
from tests.dialogues.forms.tables import interview, model


def test_a_trigger_sets_a_value_when_its_question_changes() -> None:
    table = """
| survey |
|        | type      | name  | label | calculation             | trigger |
|        | text      | town  | Town? |                         |         |
|        | text      | other | More? |                         |         |
|        | calculate | when  |       | concat(${town}, '!')    | ${town} |
|        | calculate | both  |       | concat(${other}, '?')   | ${town} |
"""
    resident = interview(table)
    resident.answer("/data/other", "x")
    assert resident.value("/data/both") == ""
    resident.answer("/data/town", "Hamm")
    assert resident.value("/data/when") == "Hamm!"
    assert resident.value("/data/both") == "x?"
    resident.answer("/data/other", "y")
    assert resident.value("/data/both") == "x?"


def test_a_default_that_is_worked_out_is_set_once() -> None:
    table = """
| survey |
|        | type | name | label | default |
|        | date | day  | Day?  | today() |
"""
    resident = interview(table)
    assert resident.value("/data/day") == "2026-11-25"
    resident.answer("/data/day", "2026-01-01")
    assert interview(resident.form, resident.values()).value("/data/day") == "2026-01-01"
    resident.answer("/data/day", "")
    assert interview(resident.form, resident.values()).value("/data/day") == ""


def test_a_new_instance_may_begin_with_what_the_last_one_held() -> None:
    body = """<repeat nodeset="/data/r"><setvalue event="odk-new-repeat" ref="/data/r/q"
        value="/data/r[position() = position(current()/..) - 1]/q"/><input ref="/data/r/q"/></repeat>"""
    resident = interview(Form.parse(model("<data><r><q/></r></data>", body=body)))
    resident.answer("/data/r[1]/q", "7")
    resident.add("/data/r")
    assert resident.value("/data/r[2]/q") == "7"


def test_an_action_in_a_repeat_stays_in_its_instance() -> None:
    body = """<repeat nodeset="/data/r"><input ref="/data/r/a"><setvalue event="xforms-value-changed" ref="/data/r/b"
        value="concat(../a, '!')"/></input></repeat>"""
    resident = interview(Form.parse(model("<data><r><a/><b/></r><r><a/><b/></r></data>", body=body)))
    resident.answer("/data/r[2]/a", "x")
    assert [resident.value(f"/data/r[{place}]/b") for place in (1, 2)] == ["", "x!"]


def test_nothing_is_set_while_it_is_not_relevant() -> None:
    more = '<setvalue event="odk-instance-first-load" ref="/data/b">set</setvalue>'
    bind = """<bind nodeset="/data/b" relevant="/data/a = 'x'"/>"""
    body = '<input ref="/data/a"/><input ref="/data/b"/>'
    resident = interview(Form.parse(model("<data><a/><b/></data>", bind, body, more)))
    resident.answer("/data/a", "x")
    assert resident.value("/data/b") == ""


def test_actions_that_set_each_other_off_come_to_an_end() -> None:
    body = """<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="/data/b + 1"/></input>
        <input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/a" value="/data/a + 1"/></input>"""
    resident = interview(Form.parse(model("<data><a>0</a><b>0</b></data>", body=body)))
    resident.answer("/data/a", "1")
    assert int(resident.value("/data/b")) > 0


def test_an_action_written_into_a_group_runs() -> None:
    action = '<setvalue event="odk-instance-first-load" ref="/data/g/b" value="1 + 1"/>'
    body = f'<group ref="/data/g">{action}<input ref="/data/g/a"/></group>'
    resident = interview(Form.parse(model("<data><g><a/><b/></g></data>", body=body)))
    assert resident.value("/data/g/b") == "2"
