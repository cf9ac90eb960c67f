"""What follows from an answer: what is asked, required, allowed and worked out."""

import pytest

from dialogues.forms import Form, Instance
from tests.dialogues.forms.tables import form, interview, model

HOUSEHOLD = """
| survey |
|        | type             | name     | label               | relevant           | constraint        | constraint_message     | required | required_message | calculation      |
|        | select_one yesno | children | Do you have any?    |                    |                   |                        | yes      | We need to know. |                  |
|        | begin_group      | family   | Your family         | ${children} = 'yes'|                   |                        |          |                  |                  |
|        | integer          | number   | How many children?  |                    | . > 0 and . <= 20 | Between one and twenty | yes      |                  |                  |
|        | decimal          | room     | How big is the flat?| ${number} > 2      |                   |                        |          |                  |                  |
|        | end_group        |          |                     |                    |                   |                        |          |                  |                  |
|        | calculate        | people   |                     |                    |                   |                        |          |                  | ${number} + 2    |
|        | note             | said     | You are ${people}.  | ${people} > 4      |                   |                        |          |                  |                  |
|        | text             | wish     | A wish?             |                    |                   |                        |          |                  |                  |
| choices |
|         | list_name | name | label |
|         | yesno     | yes  | Yes   |
|         | yesno     | no   | No    |
"""  # noqa: E501


def names(of: object) -> list[str]:
    return [question.name for question in of.asked()]  # type: ignore[attr-defined]


def test_only_what_is_relevant_is_asked() -> None:
    resident = interview(HOUSEHOLD)
    assert names(resident) == ["children", "wish"]
    resident.answer("/data/children", "yes")
    assert names(resident) == ["children", "number", "wish"]
    resident.answer("/data/family/number", "3")
    assert names(resident) == ["children", "number", "room", "said", "wish"]


def test_an_answer_that_became_irrelevant_is_remembered_and_left_out() -> None:
    resident = interview(HOUSEHOLD)
    resident.answer("/data/children", "yes")
    resident.answer("/data/family/number", "3")
    resident.answer("/data/children", "no")
    assert resident.value("/data/family/number") == ""
    assert resident.value("/data/people") == ""
    assert resident.values()["/data/family/number"] == "3"
    assert "/data/family/number" not in resident.submission()
    resident.answer("/data/children", "yes")
    assert resident.value("/data/family/number") == "3"
    assert resident.value("/data/people") == "5"


def test_a_constraint_judges_an_answer_and_never_an_empty_one() -> None:
    resident = interview(HOUSEHOLD)
    resident.answer("/data/children", "yes")
    assert resident.valid("/data/family/number")
    resident.answer("/data/family/number", "21")
    assert not resident.valid("/data/family/number")
    assert resident.constraint_message("/data/family/number", "") == "Between one and twenty"
    resident.answer("/data/family/number", "20")
    assert resident.valid("/data/family/number")


def test_a_required_question_says_so_in_the_questionnaires_words() -> None:
    resident = interview(HOUSEHOLD)
    assert resident.required("/data/children")
    assert resident.required_message("/data/children", "") == "We need to know."
    assert not resident.required("/data/wish")
    assert resident.required_message("/data/wish", "") is None


def test_a_calculation_follows_what_it_reads() -> None:
    resident = interview(HOUSEHOLD)
    assert resident.value("/data/people") == ""
    resident.answer("/data/children", "yes")
    resident.answer("/data/family/number", "4")
    assert resident.value("/data/people") == "6"
    assert resident.label("/data/said", "") == "You are 6."
    resident.answer("/data/family/number", "1")
    assert resident.value("/data/people") == "3"


def test_a_note_is_asked_and_cannot_be_answered() -> None:
    questions = {question.name: question for question in form(HOUSEHOLD).questions}
    assert questions["said"].kind == "note"
    assert questions["said"].readonly is True
    assert questions["number"].kind == "integer"
    assert questions["number"].required is True
    assert questions["room"].kind == "decimal"
    assert questions["wish"].kind == "text"
    assert questions["children"].kind == "select_one"


def test_a_question_that_does_not_exist_is_named() -> None:
    resident = interview(HOUSEHOLD)
    for wrong in ("/data/nobody", "/data/children[2]", "/other", "", "/data/children[x]", "/data/children[-1]"):
        with pytest.raises(KeyError):
            resident.answer(wrong, "yes")


def test_every_kind_of_question_bears_the_fields_word_for_it() -> None:
    table = """
| survey |
|        | type              | name | label | parameters           |
|        | select_multiple c | a    | A     |                      |
|        | rank c            | b    | B     |                      |
|        | date              | c    | C     |                      |
|        | time              | d    | D     |                      |
|        | dateTime          | e    | E     |                      |
|        | geopoint          | f    | F     |                      |
|        | range             | g    | G     | start=1 end=5 step=1 |
|        | acknowledge       | h    | H     |                      |
|        | image             | i    | I     |                      |
|        | audio             | j    | J     |                      |
|        | file              | k    | K     |                      |
|        | barcode           | l    | L     |                      |
| choices |
|         | list_name | name | label |
|         | c         | x    | X     |
"""
    kinds = [question.kind for question in form(table).questions]
    assert kinds == [
        "select_multiple", "rank", "date", "time", "dateTime", "geopoint", "range", "acknowledge", "image", "audio",
        "file", "barcode",
    ]  # fmt: skip


def test_a_value_that_is_none_of_its_type_is_not_kept() -> None:
    table = """
| survey |
|        | type     | name  | label |
|        | integer  | whole | W     |
|        | decimal  | part  | P     |
|        | date     | day   | D     |
|        | time     | hour  | H     |
|        | geopoint | place | L     |
|        | geoshape | field | F     |
|        | text     | word  | T     |
"""
    resident = interview(table)
    kept = {
        "whole": [("12", "12"), ("12.7", "12"), ("-003", "-3"), ("twelve", ""), ("١٢", "")],
        "part": [("0.5", "0.5"), ("1e3", "1000"), ("5.", "5"), ("half", "")],
        "day": [("2026-02-28", "2026-02-28"), ("2026-02-28T10:00:00", "2026-02-28"), ("2026-02-30", ""), ("soon", "")],
        "hour": [("09:30:00", "09:30:00"), ("24:00:00", ""), ("late", "")],
        "place": [
            ("50.1 8.6 0 0", "50.1 8.6 0 0"),
            ("50.1 8.6", "50.1 8.6"),
            ("91 8", ""),
            ("here", ""),
            ("0 0 0 0", ""),
        ],
        "field": [
            ("5 5;5 6;6 6;5 5;", "5 5;5 6;6 6;5 5"),
            ("5 5 1 2;5 6;6 6;5.0 5", "5 5 1 2;5 6;6 6;5.0 5"),
            ("5 5;5 6;6 6", ""),
            ("5 5", ""),
        ],
        "word": [(" as it is ", " as it is "), ("x" * 60_000, "")],
    }
    for name, cases in kept.items():
        for given, expected in cases:
            resident.answer(f"/data/{name}", given)
            assert resident.value(f"/data/{name}") == expected, (name, given)


def kinds(resident: Instance) -> list[tuple[str, str]]:
    return [(each.name, each.kind) for each in resident.asked()]


def test_a_question_is_read_only_with_its_group_and_by_condition() -> None:
    table = """
| survey |
|        | type        | name   | label | readonly      |
|        | text        | lock   | L     |               |
|        | text        | locked | A     | ${lock} = 'x' |
|        | begin_group | g      | G     | yes           |
|        | text        | inside | B     |               |
|        | end_group   |        |       |               |
"""
    resident = interview(table)
    assert [resident.readonly(f"/data/{name}") for name in ("lock", "locked", "g/inside")] == [False, False, True]
    assert [(each.name, each.kind) for each in resident.asked()] == [
        ("lock", "text"),
        ("locked", "text"),
        ("inside", "note"),
    ]
    resident.answer("/data/lock", "x")
    assert resident.readonly("/data/locked")
    assert [(each.name, each.kind) for each in resident.asked()] == [
        ("lock", "text"),
        ("locked", "note"),
        ("inside", "note"),
    ]


def test_groups_give_headings_from_the_outside_in() -> None:
    table = """
| survey |
|        | type        | name  | label  |
|        | begin_group | outer | Outer  |
|        | begin_group | inner | Inner  |
|        | text        | word  | A word |
|        | end_group   |       |        |
|        | end_group   |       |        |
"""
    resident = interview(table)
    assert resident.heading("/data/outer/inner/word", "") == ("Outer", "Inner")
    assert resident.asked()[0].groups == ("/data/outer", "/data/outer/inner")


def test_a_topic_is_the_questions_own_or_its_groups() -> None:
    table = """
| survey |
|        | type        | name | label | bind::topic |
|        | begin_group | g    | G     | housing     |
|        | text        | a    | A     |             |
|        | text        | b    | B     | safety      |
|        | end_group   |      |       |             |
|        | text        | c    | C     |             |
"""
    assert {question.name: question.topic for question in form(table).questions} == {
        "a": "housing",
        "b": "safety",
        "c": "",
    }


def test_what_a_form_has_chosen_and_does_not_offer_is_not_seen() -> None:
    items = "<item><label>A</label><value>a</value></item><item><label>B</label><value>b</value></item>"
    listed = '<itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="name"/></itemset>'
    body = f"""<select1 ref="/data/one">{items}</select1><select ref="/data/many">{listed}</select>
        <odk:rank ref="/data/order" xmlns:odk="http://www.opendatakit.org/xforms">{listed}</odk:rank>"""
    rows = "<item><name>a</name></item><item><name>b</name></item>"
    more = f'<instance id="l"><root>{rows}</root></instance>'
    bind = '<bind nodeset="/data/said" calculate="concat(/data/one, /data/many)"/>'
    instance = "<data><one>z</one><many>a z b</many><order>b z a</order><said/></data>"
    resident = interview(Form.parse(model(instance, bind, body, more)))
    seen = [resident.value(f"/data/{name}") for name in ("one", "many", "order", "said")]
    assert seen == ["", "a b", "b a", "a b"]
    again = interview(resident.form, resident.values())
    assert [again.value(f"/data/{name}") for name in ("one", "many", "order", "said")] == seen
    resident.answer("/data/one", "b")
    assert resident.value("/data/said") == "ba b"


@pytest.mark.parametrize(
    ("bind", "control", "given", "expected"),
    [
        ('type="int"', '<range ref="/data/q" start="1" end="5" step="1"/>', "5", "5"),
        ('type="int"', '<range ref="/data/q" start="1" end="5" step="1"/>', "6", ""),
        ('type="decimal"', '<range ref="/data/q" start="2" end="0" step="0.5"/>', "1.5", "1.5"),
        ("", '<trigger ref="/data/q"/>', "OK", "OK"),
        ("", '<trigger ref="/data/q"/>', "yes", ""),
        ('type="int"', '<input ref="/data/q"/>', "2147483648", ""),
        ('type="date"', '<input ref="/data/q"/>', "2026-01-31T10:00:00+01:00", ""),
        ('type="dateTime"', '<input ref="/data/q"/>', "2026-01-31", ""),
        ('type="dateTime"', '<input ref="/data/q"/>', "2026-01-31T10:00:00.000+01:00", "2026-01-31T10:00:00.000+01:00"),
        ('type="time"', '<input ref="/data/q"/>', "10:00", ""),
        ('type="date" calculate="now()"', "", None, "2026-11-25"),
    ],
)
def test_a_question_holds_what_its_kind_can_give(bind: str, control: str, given: str | None, expected: str) -> None:
    resident = interview(Form.parse(model("<data><q/></data>", f'<bind nodeset="/data/q" {bind}/>', control)))
    if given is not None:
        resident.answer("/data/q", given)
    assert resident.value("/data/q") == expected


def test_a_repeat_stays_as_it_is_while_nobody_says_how_often() -> None:
    table = """
| survey |              |        |       |              |
|        | type         | name   | label | repeat_count |
|        | integer      | number | N     |              |
|        | begin_repeat | child  | C     | ${number}    |
|        | text         | first  | F     |              |
|        | end_repeat   |        |       |              |
"""
    resident = interview(table)
    resident.answer("/data/number", "2")
    resident.answer("/data/child[2]/first", "Eva")
    resident.answer("/data/number", "")
    assert resident.value("/data/child[2]/first") == "Eva"
    resident.answer("/data/number", "0")
    assert [each.name for each in resident.asked()] == ["number"]


def test_defaults_keep_the_spaces_around_them() -> None:
    instance = "<data><q>  x </q><n/></data>"
    bind = '<bind nodeset="/data/n" calculate="string-length(/data/q)"/>'
    resident = interview(Form.parse(model(instance, bind, '<input ref="/data/q"/>')))
    assert resident.value("/data/q") == "  x "
    assert resident.value("/data/n") == "4"


def test_a_path_that_is_called_true_is_a_path() -> None:
    bind = '<bind nodeset="/data/q" required="true"/><bind nodeset="/data/r" required="true()"/>'
    resident = interview(Form.parse(model("<data><q/><r/></data>", bind, '<input ref="/data/q"/>')))
    assert not resident.required("/data/q")
    assert resident.required("/data/r")


def test_what_comes_back_is_worked_out_anew() -> None:
    binds = '<bind nodeset="/data/b" calculate="/data/a * 2" relevant="/data/a &gt; 2"/>'
    body = '<input ref="/data/a"/><input ref="/data/b"/>'
    resident = interview(Form.parse(model("<data><a>12</a><b/></data>", binds, body)))
    resident.answer("/data/b", "mine")
    assert resident.value("/data/b") == "mine"
    resident.answer("/data/a", "1")
    resident.answer("/data/a", "12")
    assert resident.value("/data/b") == "24"


def test_what_is_worked_out_once_is_worked_out_again_when_it_is_taken_away() -> None:
    table = """
| survey |
|        | type | name | label | calculation   |
|        | date | day  | Day?  | once(today()) |
"""
    resident = interview(table)
    resident.answer("/data/day", "2026-01-01")
    assert resident.value("/data/day") == "2026-01-01"
    resident.answer("/data/day", "")
    assert resident.value("/data/day") == "2026-11-25"


def test_a_control_names_its_node_by_a_path_or_by_a_bind() -> None:
    body = '<input bind="b"><label>B</label></input><input><label>Nothing</label></input>'
    one = Form.parse(model("<data><a/><b/></data>", '<bind id="b" nodeset="/data/b"/>', body))
    assert [each.ref for each in one.questions] == ["/data/b"]
    assert one.root.control is None
