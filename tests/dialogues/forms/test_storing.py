"""Loading stored values gives the same interview again."""

from datetime import timedelta
from random import Random

from dialogues.forms import Form, Instance, put_in
from tests.dialogues.forms.tables import NOON, compiled, form, interview

CHANCE = """
| survey |
|        | type      | name    | label | default | calculation      | relevant   |
|        | start     | start   |       |         |                  |            |
|        | today     | today   |       |         |                  |            |
|        | deviceid  | device  |       |         |                  |            |
|        | text      | street  | S     | Elm     |                  |            |
|        | text      | age     | A     |         |                  |            |
|        | calculate | lot     |       |         | once(random())   |            |
|        | calculate | id      |       |         | uuid()           |            |
|        | calculate | double  |       |         | ${age} * 2       |            |
|        | text      | hidden  | H     |         |                  | ${age} = 1 |
"""


def test_a_new_interview_begins_with_defaults_and_what_fills_itself() -> None:
    values = interview(CHANCE).values()
    assert values["/data/street"] == "Elm"
    assert values["/data/start"] == "2026-11-25T12:00:00.000+00:00"
    assert values["/data/today"] == "2026-11-25"
    assert values["/data/meta/instanceID"].startswith("uuid:")
    assert 0 <= float(values["/data/lot"]) < 1


def test_what_is_known_of_the_device_is_kept_where_the_form_asks() -> None:
    resident = Instance(form(CHANCE), now=NOON, random=Random(1), properties={"deviceid": "chat"})
    assert resident.value("/data/device") == "chat"


def test_the_same_seed_and_time_give_the_same_interview() -> None:
    one = form(CHANCE)
    assert interview(one, seed=3).values() == interview(one, seed=3).values()
    assert interview(one, seed=3).values() != interview(one, seed=4).values()


def test_stored_values_come_back_as_they_were() -> None:
    resident = interview(CHANCE, seed=1)
    resident.answer("/data/age", "1")
    resident.answer("/data/hidden", "kept")
    resident.answer("/data/age", "2")
    resident.answer("/data/street", "")
    stored = resident.values()
    later = Instance(resident.form, stored, now=NOON + timedelta(days=2), random=Random(9))
    assert later.values() == stored
    assert later.submission() == resident.submission()
    assert later.value("/data/street") == ""
    assert later.value("/data/hidden") == ""
    later.answer("/data/age", "1")
    assert later.value("/data/hidden") == "kept"
    assert later.value("/data/double") == "2"
    assert later.value("/data/lot") == stored["/data/lot"]
    assert later.value("/data/id") == stored["/data/id"]


def test_stored_values_of_another_form_do_no_harm() -> None:
    resident = interview(
        form(CHANCE), {"/data/unknown": "x", "/data/age": "5", "/data/rep": "7", "/data/rep[1]/q": "y"}
    )
    assert resident.value("/data/age") == "5"
    assert resident.values() == {"/data/age": "5"}


def test_repeats_come_back_with_all_their_instances() -> None:
    table = """
| survey |
|        | type         | name  | label |
|        | begin_repeat | child | Child |
|        | text         | name  | Name? |
|        | end_repeat   |       |       |
"""
    resident = interview(table)
    resident.answer("/data/child[1]/name", "Ada")
    assert resident.add("/data/child") == "/data/child[2]"
    assert resident.add("/data/child") == "/data/child[3]"
    resident.answer("/data/child[3]/name", "Eva")
    again = interview(resident.form, resident.values())
    assert again.snapshot() == resident.snapshot()
    assert again.submission()["/data/child[3]/name"] == "Eva"
    again.remove("/data/child[2]")
    assert again.value("/data/child[2]/name") == "Eva"


NAMELESS = """
| survey   |                          |         |       |                  |                                  |
|          | type                     | name    | label | calculation      | relevant                         |
|          | start                    | start   |       |                  |                                  |
|          | today                    | today   |       |                  |                                  |
|          | text                     | street  | S     |                  | ${start} > '2026-11-01'          |
|          | text                     | evening | E     |                  | format-date-time(${start}, '%H') != '00' |
|          | text                     | named   | N     |                  | /data/meta/instanceName = 'Elm!' |
| settings |                          |         |       |                  |                                  |
|          | instance_name            |         |       |                  |                                  |
|          | concat(${street}, '!')   |         |       |                  |                                  |
"""


def test_what_an_anonymous_form_puts_in_is_worked_out_again_and_tells_the_day_only() -> None:
    nameless = Form.parse(compiled(NAMELESS).xform, anonymous=True)
    begun = interview(nameless, seed=7)
    begun.answer("/data/street", "Elm")
    kept = {ref: value for ref, value in begun.values().items() if ref not in nameless.unkept}
    assert kept == {"/data/street": "Elm"}
    again = put_in(nameless, NOON + timedelta(hours=5), Random(7))
    assert again["/data/start"] == "2026-11-25T00:00:00.000+00:00"
    later = Instance(nameless, again | kept, now=NOON + timedelta(days=2), random=Random(7))
    assert later.values() == begun.values()
    for each in (begun, later):
        assert [question.name for question in each.asked()] == ["street", "named"]


def test_of_another_form_all_is_kept() -> None:
    assert not form(NAMELESS).unkept
    assert interview(NAMELESS).values()["/data/start"] == "2026-11-25T12:00:00.000+00:00"


def test_the_time_of_the_end_is_kept_at_completion_only() -> None:
    table = """
| survey |      |      |       |
|        | type | name | label |
|        | end  | end  |       |
|        | text | a    | A     |
"""
    resident = interview(table)
    assert resident.value("/data/end") == ""
    assert "/data/end" not in resident.values()
    assert resident.submission()["/data/end"] == "2026-11-25T12:00:00.000+00:00"
    nameless = interview(Form.parse(compiled(table).xform, anonymous=True))
    assert nameless.submission()["/data/end"] == "2026-11-25T00:00:00.000+00:00"
    assert "/data/end" in nameless.form.unkept


def test_a_choice_that_is_none_stays_unseen_for_rules_too() -> None:
    table = """
| survey |
| | type            | name | label | relevant     |
| | select_one town | town | Town  |              |
| | text            | why  | Why?  | ${town} != '' |
| choices |
| | list_name | name | label |
| | town      | h    | Hamm  |
"""
    resident = interview(form(table))
    resident.answer("/data/town", "elm")
    assert not resident.relevant("/data/why")
    assert not interview(form(table), resident.values()).relevant("/data/why")
