"""Values that are set by events: a first loading, a change, a new repeat instance."""

from random import Random

from dialogues.forms import Form, Instance
from tests.dialogues.forms.tables import NOON, interview, model


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


def test_what_a_change_sets_is_there_when_its_question_comes_to_be_asked() -> None:
    table = """
| survey |
|        | type    | name | label   | relevant   | calculation  | trigger |
|        | text    | a    | Town?   |            |              |         |
|        | integer | n    | Number? |            |              |         |
|        | text    | b    | Club?   | ${n} > 0   | concat(${a}, ' FC') | ${a} |
"""
    resident = interview(table)
    resident.answer("/data/a", "Hamm")
    assert resident.value("/data/b") == ""
    resident.answer("/data/n", "1")
    assert resident.value("/data/b") == "Hamm FC"


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


def test_an_action_may_set_an_attribute_and_name_its_target_by_a_bind() -> None:
    binds = """<bind nodeset="/data/e/@mark"/><bind id="b" nodeset="/data/b"/>
        <bind nodeset="/data/c" calculate="/data/e/@mark"/>
        <setvalue event="odk-instance-first-load" ref="/data/e/@mark" value="'m'"/>
        <setvalue event="odk-instance-first-load" bind="b">by its bind</setvalue>
        <setvalue event="odk-instance-first-load">nowhere</setvalue>"""
    change = '<setvalue event="xforms-value-changed" ref="/data/e/@mark" value="/data/a"/>'
    body = f'<input ref="/data/a">{change}</input>'
    resident = interview(Form.parse(model('<data><a/><e mark="">x</e><b/><c/></data>', binds, body)))
    assert [resident.value(f"/data/{name}") for name in ("e", "b", "c")] == ["x", "by its bind", "m"]
    resident.answer("/data/a", "n")
    assert resident.value("/data/c") == resident.value("/data/e/@mark") == "n"


def test_attributes_are_relevant_or_not_and_survive_between_two_steps() -> None:
    binds = """<bind nodeset="/data/r/@t" relevant="../../a = 1" calculate="concat(../../a, position(..))"/>
        <bind nodeset="/data/r/b" calculate="../@t"/>"""
    body = '<input ref="/data/a"/><repeat nodeset="/data/r"><input ref="/data/r/c"/></repeat>'
    resident = interview(Form.parse(model('<data><a/><r t=""><b/><c/></r></data>', binds, body)))
    resident.add("/data/r")
    assert resident.value("/data/r[2]/b") == ""
    resident.answer("/data/a", "1")
    assert [resident.value(f"/data/r[{place}]/b") for place in (1, 2)] == ["11", "12"]
    again = interview(resident.form, resident.values())
    assert again.value("/data/r[2]/@t") == "12"
    again.remove("/data/r[1]")
    assert again.value("/data/r[1]/@t") == "11"
    again.answer("/data/a", "2")
    assert again.value("/data/r[1]/@t") == again.value("/data/r[1]/b") == ""


def test_a_new_instance_sets_nothing_outside_it() -> None:
    body = """<repeat nodeset="/data/r"><input ref="/data/r/q"/>
        <setvalue event="odk-new-repeat" ref="/data/all" value="concat(., 'x')"/></repeat>"""
    resident = interview(Form.parse(model("<data><all/><r><q/></r></data>", body=body)))
    resident.add("/data/r")
    assert resident.value("/data/all") == ""


def test_loading_is_neither_a_change_nor_a_new_instance() -> None:
    binds = """<bind nodeset="/data/sum" calculate="1 + 1"/><bind nodeset="/data/hidden" relevant="/data/n = 9"/>"""
    body = """<input ref="/data/n"/>
        <input ref="/data/sum"><setvalue event="xforms-value-changed" ref="/data/seen">s</setvalue></input>
        <input ref="/data/hidden"><setvalue event="xforms-value-changed" ref="/data/seen">h</setvalue></input>
        <repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/q"/>
        <setvalue event="odk-new-repeat" ref="/data/r/q">new</setvalue></repeat>"""
    one = Form.parse(model("<data><n>1</n><sum/><hidden>x</hidden><seen/><r><q/></r></data>", binds, body))
    values = {"/data/n": "1", "/data/r": "1", "/data/r[1]/q": "kept"}
    opened = Instance(one, values, now=NOON, random=Random(1), edited=True)
    assert (opened.value("/data/seen"), opened.value("/data/r[1]/q")) == ("", "kept")
    resident = interview(one)
    assert (resident.value("/data/seen"), resident.value("/data/r[1]/q")) == ("", "")
    resident.answer("/data/n", "2")
    assert resident.value("/data/r[2]/q") == "new"
    resident.answer("/data/n", "9")
    assert resident.value("/data/seen") == "h"


def test_what_a_new_instance_works_out_at_first_is_no_change() -> None:
    bind = """<bind nodeset="/data/r/sum" calculate="/data/a + 1"/>"""
    change = '<setvalue event="xforms-value-changed" ref="/data/r/seen">changed</setvalue>'
    body = f"""<input ref="/data/a"/><repeat nodeset="/data/r"><input ref="/data/r/sum">{change}</input></repeat>"""
    resident = interview(Form.parse(model("<data><a>1</a><r><sum/><seen/></r></data>", bind, body)))
    resident.add("/data/r")
    assert resident.value("/data/r[2]/seen") == ""
    resident.answer("/data/a", "2")
    assert [resident.value(f"/data/r[{place}]/seen") for place in (1, 2)] == ["changed", "changed"]


def test_a_default_gives_way_to_what_is_worked_out() -> None:
    table = """
| survey |
|        | type    | name | label  | calculation        | default |
|        | integer | a    | Age?   | 7                  | 2 + 3   |
|        | date    | b    | Since? | once('2020-01-01') | today() |
"""
    resident = interview(table)
    assert [resident.value(f"/data/{name}") for name in ("a", "b")] == ["7", "2026-11-25"]


def test_an_action_whose_value_is_empty_takes_away() -> None:
    change = '<setvalue event="xforms-value-changed" ref="/data/b" value="">not this</setvalue>'
    body = f'<input ref="/data/a">{change}</input><input ref="/data/b"/>'
    resident = interview(Form.parse(model("<data><a/><b>old</b></data>", body=body)))
    resident.answer("/data/a", "x")
    assert resident.value("/data/b") == ""
