"""A response as the XML that OpenRosa servers take, and back."""

from random import Random

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]

from dialogues.forms import Form, FormError, Instance, from_xml, to_xml
from tests.dialogues.forms.tables import NOON, form, interview, model

HOUSE = """
| survey   |                 |          |          |                 |
|          | type            | name     | label    | relevant        |
|          | text            | street   | Street?  |                 |
|          | text            | why      | Why?     | ${street} = 'x' |
|          | begin_group     | home     | Home     |                 |
|          | integer         | rooms    | Rooms?   |                 |
|          | begin_repeat    | child    | Child    |                 |
|          | text            | name     | Name?    |                 |
|          | begin_repeat    | toy      | Toy      |                 |
|          | text            | kind     | Which?   |                 |
|          | end_repeat      |          |          |                 |
|          | end_repeat      |          |          |                 |
|          | end_group       |          |          |                 |
|          | file            | plan     | Plan?    |                 |
| settings |                 |          |          |                 |
|          | form_id         | version  |          |                 |
|          | house & "home"  | 3        |          |                 |
"""
ORX = "{http://openrosa.org/xforms}"


def answered() -> Instance:
    resident = interview(HOUSE)
    resident.answer("/data/street", 'A & B <"Elm">')
    resident.answer("/data/home/rooms", "3")
    for _ in range(2):
        resident.add("/data/home/child")
    resident.answer("/data/home/child[1]/name", "Ada")
    resident.answer("/data/home/child[3]/name", "Eva")
    resident.add("/data/home/child[3]/toy")
    resident.add("/data/home/child[3]/toy")
    resident.answer("/data/home/child[3]/toy[2]/kind", "ball")
    return resident


def submission(resident: Instance, **handed: str) -> str:
    submitted = {f"/data/{name}": value for name, value in handed.items()}
    return to_xml(resident.form, resident.submission(), instance_id="uuid:1", submitted=submitted)


def test_answers_stand_in_the_elements_of_the_form() -> None:
    root = ElementTree.fromstring(submission(answered()))
    assert root.tag == "data"
    assert root.get("id") == 'house & "home"'
    assert root.get("version") == "3"
    assert root.findtext("street") == 'A & B <"Elm">'
    assert root.findtext("home/rooms") == "3"
    children = root.findall("home/child")
    assert [each.findtext("name") for each in children] == ["Ada", None, "Eva"]
    assert [each.findtext("kind") for each in children[2].findall("toy")] == [None, "ball"]
    assert root.findtext("meta/instanceID") == "uuid:1"


def test_what_is_not_relevant_is_left_out() -> None:
    resident = answered()
    resident.answer("/data/street", "x")
    resident.answer("/data/why", "because")
    assert "<why>because</why>" in submission(resident)
    resident.answer("/data/street", "y")
    assert "why" not in submission(resident)


def test_the_id_is_the_one_it_is_handed_over_under() -> None:
    resident = interview(HOUSE)
    assert resident.value("/data/meta/instanceID") not in submission(resident)
    assert submission(resident).count("instanceID>") == 2


def test_an_attachment_goes_along_under_a_name_of_its_own() -> None:
    resident = interview(HOUSE)
    resident.answer("/data/plan", "stored-under-7")
    root = ElementTree.fromstring(submission(resident, plan="plan.pdf"))
    assert root.findtext("plan") == "plan.pdf"


def test_a_form_without_meta_gets_one_in_the_namespace_of_openrosa() -> None:
    xml = to_xml(Form.parse(model('<data id="x"><q/></data>')), {"/data/q": "1"}, instance_id="uuid:7")
    assert ElementTree.fromstring(xml).findtext(f"{ORX}meta/{ORX}instanceID") == "uuid:7"


def test_the_namespaces_of_the_form_are_kept() -> None:
    inside = '<ours xmlns="http://town.example/f" xmlns:t="http://town.example/t" t:kind="a" id="x"><t:q/><p/></ours>'
    written = to_xml(Form.parse(model(inside)), {"/ours/t:q": "1", "/ours/p": "2"}, instance_id="uuid:7")
    root = ElementTree.fromstring(written)
    assert root.tag == "{http://town.example/f}ours"
    assert root.get("{http://town.example/t}kind") == "a"
    assert root.findtext("{http://town.example/t}q") == "1"
    assert root.findtext("{http://town.example/f}p") == "2"


def test_what_xml_cannot_hold_is_dropped_and_line_ends_come_through() -> None:
    resident = interview(HOUSE)
    resident.answer("/data/street", "a\x00b\x0b\ud800c\r\nd\te😀")
    root = ElementTree.fromstring(submission(resident))
    assert root.findtext("street") == "abc\r\nd\te😀"


def test_a_submission_reads_back_as_the_same_answers() -> None:
    resident = answered()
    values = from_xml(resident.form, submission(resident))
    again = Instance(resident.form, values, now=NOON, random=Random(2))
    expected = {**resident.submission(), "/data/meta/instanceID": "uuid:1"}
    assert again.submission() == expected
    assert [each.name for each in again.asked()].count("name") == 3


def test_meta_is_read_in_either_namespace() -> None:
    xml = '<data xmlns:orx="http://openrosa.org/xforms"><orx:meta><orx:instanceID>uuid:9</orx:instanceID></orx:meta></data>'
    assert from_xml(form(HOUSE), xml) == {"/data/meta/instanceID": "uuid:9"}


def test_the_submission_of_another_form_is_refused() -> None:
    for xml in ("<other/>", "no XML", '<!DOCTYPE a [<!ENTITY b "c">]><data>&b;</data>'):
        with pytest.raises(FormError):
            from_xml(form(HOUSE), xml)


def test_unknown_elements_and_endless_repeats_do_no_harm() -> None:
    inside = f"<unknown><street>x</street></unknown><home>{'<child/>' * 3000}</home><home><rooms>9</rooms></home>"
    values = from_xml(form(HOUSE), f"<data>{inside}</data>")
    assert values == {"/data/home/child": "1000"}


def test_opening_a_completed_interview_again_works_everything_out_anew() -> None:
    binds = """<bind nodeset="/data/sum" calculate="/data/a + 1"/>
        <setvalue event="odk-instance-first-load" ref="/data/first" value="'again'"/>
        <setvalue event="odk-instance-load" ref="/data/each" value="'again'"/>"""
    opened = Form.parse(model("<data><a/><sum/><first/><each/></data>", binds, '<input ref="/data/a"/>'))
    values = from_xml(opened, "<data><a>4</a><sum>77</sum><first>once</first><each>once</each></data>")
    later = Instance(opened, values, now=NOON, random=Random(1), edited=True)
    assert later.submission() == {"/data/a": "4", "/data/sum": "5", "/data/first": "once", "/data/each": "again"}


ENTITY = """
| survey   |           |          |        |           |
|          | type      | name     | label  | save_to   |
|          | text      | tree     | Tree?  | tree_name |
| entities |           |          |        |           |
|          | list_name | label    |        |           |
|          | trees     | ${tree}  |        |           |
"""


def test_an_entity_is_handed_over_with_its_id() -> None:
    resident = interview(ENTITY)
    resident.answer("/data/tree", "oak")
    entity = ElementTree.fromstring(submission(resident)).find("meta/entity")
    assert entity is not None
    assert entity.get("dataset") == "trees"
    assert entity.get("id") == resident.value("/data/meta/entity/@id") != ""
    assert entity.findtext("label") == "oak"
    again = interview(resident.form, resident.values(), seed=2)
    assert submission(again) == submission(resident)


def test_entities_are_not_handed_over_without_their_ids() -> None:
    written = to_xml(form(ENTITY), {"/data/tree": "oak", "/data/meta/entity/label": "oak"}, instance_id="uuid:1")
    assert "entity" not in written
    assert "<tree>oak</tree>" in written


def test_attributes_that_are_worked_out_go_along_and_come_back() -> None:
    binds = """<bind nodeset="/data/q/@kind" calculate="concat('k', /data/a)"/><bind nodeset="/data/q/@note"/>"""
    one = Form.parse(model('<data><a/><q kind="" note="x" fixed="y"/></data>', binds, '<input ref="/data/a"/>'))
    resident = interview(one)
    resident.answer("/data/a", "1")
    written = submission(resident)
    assert '<q kind="k1" note="x" fixed="y"/>' in written
    values = from_xml(one, written.replace('note="x"', 'note="z"').replace('fixed="y"', 'fixed="other"'))
    again = Instance(one, values, now=NOON, random=Random(1), edited=True)
    assert again.value("/data/q/@note") == "z"
    assert again.value("/data/q/@kind") == "k1"
    assert 'fixed="y"' in submission(again)


OPENED = """
| survey |              |        |       |         |              |                     |
|        | type         | name   | label | default | repeat_count | relevant            |
|        | text         | street | S     | Elm     |              |                     |
|        | text         | why    | W     | because |              | ${street} = 'Oak'   |
|        | integer      | number | N     |         |              |                     |
|        | begin_repeat | child  | C     |         | ${number}    |                     |
|        | text         | first  | F     | Ada     |              |                     |
|        | end_repeat   |        |       |         |              |                     |
"""


def opened(xml: str) -> Instance:
    one = form(OPENED)
    return Instance(one, from_xml(one, f"<data>{xml}</data>"), now=NOON, random=Random(1), edited=True)


def test_what_was_not_relevant_begins_with_its_default_when_it_is() -> None:
    later = opened("<street>Birch</street>")
    assert later.value("/data/why") == ""
    later.answer("/data/street", "Oak")
    assert later.value("/data/why") == "because"


def test_what_somebody_left_empty_stays_empty() -> None:
    assert opened("<street/>").value("/data/street") == ""
    assert opened("").value("/data/street") == "Elm"


def test_a_default_that_somebody_cleared_does_not_come_back() -> None:
    table = """
| survey |              |        |       |         |                   |
|        | type         | name   | label | default | relevant          |
|        | text         | street | S     | Elm     |                   |
|        | text         | why    | W     | because | ${street} = 'Oak' |
|        | begin_group  | home   | H     |         |                   |
|        | text         | door   | D     | blue    |                   |
|        | end_group    |        |       |         |                   |
|        | begin_repeat | child  | C     |         |                   |
|        | text         | first  | F     | Ada     |                   |
|        | text         | last   | L     |         |                   |
|        | end_repeat   |        |       |         |                   |
"""
    resident = interview(table)
    resident.add("/data/child")
    for ref in ("street", "home/door", "child[1]/first"):
        resident.answer(f"/data/{ref}", "")
    resident.answer("/data/child[1]/last", "L")
    values = from_xml(resident.form, submission(resident))
    again = Instance(resident.form, values, now=NOON, random=Random(1), edited=True)
    for ref in ("street", "why", "home/door", "child[1]/first"):
        assert again.value(f"/data/{ref}") == ""
    again.answer("/data/street", "Oak")
    assert again.value("/data/why") == "because"


def test_counted_repeats_have_as_many_instances_as_their_number_says() -> None:
    later = opened("<number>2</number>" + "<child><first>Eva</first></child>" * 3)
    assert [later.value(f"/data/child[{place}]/first") for place in (1, 2)] == ["Eva", "Eva"]
    with pytest.raises(KeyError):
        later.value("/data/child[3]/first")
    missing = opened("<number>2</number><child><first>Eva</first></child>")
    assert missing.value("/data/child[2]/first") == "Ada"


def test_a_fixed_repeat_has_no_fewer_instances_than_at_first() -> None:
    body = '<group><repeat nodeset="/data/r" jr:noAddRemove="true()"><input ref="/data/r/q"/></repeat></group>'
    fixed = Form.parse(model("<data><r><q>1</q></r><r><q>2</q></r></data>", body=body))
    values = from_xml(fixed, "<data><r><q>9</q></r></data>")
    later = Instance(fixed, values, now=NOON, random=Random(1), edited=True)
    assert [later.value(f"/data/r[{place}]/q") for place in (1, 2)] == ["9", ""]
    assert Instance(fixed, {}, now=NOON, random=Random(1), edited=True).count("/data/r") == 2


def test_counted_instances_that_come_back_hold_what_was_handed_over() -> None:
    body = '<input ref="/data/n"/><repeat nodeset="/data/r" jr:count="/data/n"><input ref="/data/r/q"/></repeat>'
    counted = Form.parse(model("<data><n>1</n><r><q>first</q></r></data>", body=body))
    values = from_xml(counted, "<data><n>1</n><r><q>a</q></r><r><q>b</q></r></data>")
    later = Instance(counted, values, now=NOON, random=Random(1), edited=True)
    assert later.count("/data/r") == 1
    for number in ("0", "3"):
        later.answer("/data/n", number)
    assert [later.value(f"/data/r[{place}]/q") for place in (1, 2, 3)] == ["a", "b", ""]
