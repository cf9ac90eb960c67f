"""What a form says: labels, hints, messages and choices, in its languages and with values put in."""

import pytest

from dialogues.forms import Form
from dialogues.forms.problems import FormError
from dialogues.forms.wording import language_code
from tests.dialogues.forms.tables import form, interview, model

TWO_LANGUAGES = """
| survey |
|        | type            | name | label::English (en) | label::العربية (ar) | hint::English (en) | hint::العربية (ar) | guidance_hint::English (en) |
|        | text            | name | Your name?          | ما اسمك؟            | As people call you | كما ينادونك       | Speak slowly                |
|        | begin_group     | g    | Group               | مجموعة              |                    |                   |                             |
|        | select_one town | town | Where, ${name}?     | أين يا ${name}؟     |                    |                   |                             |
|        | end_group       |      |                     |                     |                    |                   |                             |
| choices |
|         | list_name | name | label::English (en) | label::العربية (ar) |
|         | town      | n    | North               | الشمال              |
|         | town      | s    | South               | الجنوب              |
| settings |
|          | form_title | version | default_language |
|          | My quarter | 7       | English (en)     |
"""  # noqa: E501


def test_a_form_knows_its_title_version_and_languages() -> None:
    one = form(TWO_LANGUAGES)
    assert (one.title, one.version) == ("My quarter", "7")
    assert set(one.languages) == {"English (en)", "العربية (ar)"}
    assert one.default_language == "English (en)"


def test_texts_come_in_the_language_they_are_asked_in() -> None:
    resident = interview(TWO_LANGUAGES)
    resident.answer("/data/name", "Ali")
    assert resident.label("/data/g/town", "English (en)") == "Where, Ali?"
    assert resident.label("/data/g/town", "العربية (ar)") == "أين يا Ali؟"
    assert resident.hint("/data/name", "العربية (ar)") == "كما ينادونك"
    assert resident.guidance("/data/name", "English (en)") == "Speak slowly"
    assert resident.guidance("/data/name", "العربية (ar)") == "Speak slowly"
    assert resident.heading("/data/g/town", "العربية (ar)") == ("مجموعة",)
    assert [choice.label for choice in resident.options("/data/g/town", "العربية (ar)")] == ["الشمال", "الجنوب"]
    assert [choice.value for choice in resident.options("/data/g/town", "English (en)")] == ["n", "s"]


def test_a_language_is_found_by_its_code_and_else_is_the_default_one() -> None:
    resident = interview(TWO_LANGUAGES)
    assert resident.label("/data/name", "ar") == "ما اسمك؟"
    assert resident.label("/data/name", "en") == "Your name?"
    assert resident.label("/data/name", "ro") == "Your name?"
    assert [language_code(name) for name in ("Deutsch (de)", "de", "default", "中文 (zh-Hans)")] == [
        "de", "de", "default", "zh-hans",
    ]  # fmt: skip


def test_a_text_that_a_language_lacks_is_that_of_the_default_one_and_a_dash_that_is_meant_stays() -> None:
    table = """
| survey |
|        | type         | name | label::Deutsch (de) | label::Română (ro) | hint::Deutsch (de) |
|        | select_one c | c    | Welche Farbe?       |                    | Nur eine           |
|        | text         | why  | -                   | De ce?             |                    |
|        | text         | more |                     | Mai mult?          |                    |
| choices |
|         | list_name | name | label::Deutsch (de) | label::Română (ro) |
|         | c         | r    | Rot                 | Roșu               |
|         | c         | g    | Grün                |                    |
| settings |
|          | default_language |
|          | Deutsch (de)     |
"""
    resident = interview(table)
    assert resident.label("/data/c", "ro") == "Welche Farbe?"
    assert resident.hint("/data/c", "ro") == "Nur eine"
    assert [choice.label for choice in resident.options("/data/c", "ro")] == ["Roșu", "Grün"]
    assert [resident.label("/data/why", each) for each in ("de", "ro")] == ["-", "De ce?"]
    assert resident.label("/data/more", "de") == "-"


def test_asking_in_another_language_changes_no_answer() -> None:
    table = """
| survey |
|        | type         | name | label::English (en) | label::Deutsch (de) | calculation                          |
|        | select_one c | c    | Colour              | Farbe               |                                      |
|        | calculate    | said |                     |                     | jr:choice-name(${c}, '${c}')         |
|        | note         | n    | ${said}             | ${said}             |                                      |
| choices |
|         | list_name | name | label::English (en) | label::Deutsch (de) |
|         | c         | r    | Red                 | Rot                 |
| settings |
|          | default_language |
|          | English (en)     |
"""
    resident = interview(table)
    resident.label("/data/c", "Deutsch (de)")
    resident.answer("/data/c", "r")
    assert resident.value("/data/said") == "Red"
    assert resident.label("/data/n", "Deutsch (de)") == "Red"
    resident.switch("Deutsch (de)")
    assert resident.value("/data/said") == "Rot"


@pytest.mark.parametrize("repeated", [False, True])
def test_a_choice_text_that_is_kept_follows_what_it_quotes(repeated: bool) -> None:
    begin, end = ("begin_repeat", "end_repeat") if repeated else ("begin_group", "end_group")
    table = f"""
| survey |
|        | type         | name | label::de     | label::en    | calculation                  |
|        | text         | who  | Name?         | Name?        |                              |
|        | {begin}      | g    | Orte          | Places       |                              |
|        | select_one c | c    | Welcher Name? | Which name?  |                              |
|        | calculate    | said |               |              | jr:choice-name(${{c}}, '${{c}}') |
|        | {end}        |      |               |              |                              |
| choices |
|         | list_name | name | label::de       | label::en      |
|         | c         | r    | Verein ${{who}} | Club of ${{who}} |
| settings |
|          | default_language |
|          | de               |
"""
    resident = interview(table)
    group = "/data/g[1]" if repeated else "/data/g"
    resident.answer(f"{group}/c", "r")
    assert resident.value(f"{group}/said").strip() == "Verein"
    resident.answer("/data/who", "Ali")
    assert resident.value(f"{group}/said").strip() == "Verein Ali"


def test_a_value_put_into_a_text_can_be_marked() -> None:
    resident = interview(TWO_LANGUAGES)
    resident.answer("/data/name", "Ali")
    resident.quote = lambda value, _is_number: f"<{value}>"
    assert resident.label("/data/g/town", "en") == "Where, <Ali>?"
    assert resident.label("/data/name", "en") == "Your name?"


def test_choices_whose_texts_hold_an_answer_are_said_anew() -> None:
    table = """
| survey |
|        | type         | name | label::English (en) | label::Deutsch (de) |
|        | text         | pet  | Pet?                | Tier?               |
|        | select_one c | c    | Which?              | Welches?            |
| choices |
|         | list_name | name | label::English (en) | label::Deutsch (de) |
|         | c         | a    | Your ${pet}         | Dein ${pet}         |
"""
    resident = interview(table)
    resident.answer("/data/pet", "cat")
    assert resident.options("/data/c", "en")[0].label == "Your cat"
    resident.answer("/data/pet", "dog")
    assert resident.options("/data/c", "de")[0].label == "Dein dog"


def test_quotes_that_open_below_close_as_they_were_written() -> None:
    table = """
| survey |
|        | type         | name | label::Deutsch (de) | label::Română (ro)  | hint::Deutsch (de) | constraint      | constraint_message::Deutsch (de) | required | bind::jr:requiredMsg::Deutsch (de) |
|        | select_one c | c    | „Am Bach“, ja?      | „Pârâu”, nu-i așa?  | Der ‚Bach‘         |                 |                                  | yes      | „Ja“ oder „Nein“                   |
|        | text         | t    | „${c}“?             | „${c}”?             |                    | . != ‘“’        | Ohne „“ bitte                    |          |                                    |
| choices |
|         | list_name | name | label::Deutsch (de) | label::Română (ro) |
|         | c         | y    | „Ja“                | „Da”               |
| settings |
|          | form_title     |
|          | „Bach“ & Beck |
"""  # noqa: E501
    resident = interview(table)
    resident.answer("/data/c", "y")
    assert resident.form.title == "„Bach“ & Beck"
    assert resident.label("/data/c", "de") == "„Am Bach“, ja?"
    assert resident.label("/data/c", "ro") == "„Pârâu”, nu-i așa?"
    assert resident.hint("/data/c", "de") == "Der ‚Bach‘"
    assert resident.required_message("/data/c", "de") == "„Ja“ oder „Nein“"
    assert resident.options("/data/c", "de")[0].label == "„Ja“"
    assert resident.label("/data/t", "de") == "„y“?"
    assert resident.constraint_message("/data/t", "de") == "Ohne „“ bitte"


def test_other_quotes_are_straight_as_odk_shows_them() -> None:
    table = """
| survey |
|        | type | name | label              |
|        | text | a    | The child’s “name” |
"""
    assert interview(table).label("/data/a", "en") == 'The child\'s "name"'


def test_quotes_in_an_expression_are_straight_whatever_a_spreadsheet_makes_of_them() -> None:
    table = """
| survey |
|        | type    | name | label | relevant   | constraint |
|        | integer | a    | A?    |            | . != ‘7’   |
|        | text    | b    | B?    | ${a} = “5” |            |
"""
    resident = interview(table)
    resident.answer("/data/a", "5")
    assert resident.relevant("/data/b")


def test_what_is_refused_is_quoted_as_it_was_written() -> None:
    table = """
| survey |
|        | type | name | label             |
|        | text | a    | „Wer“ ist ${who}? |
"""
    with pytest.raises(FormError) as refused:
        form(table)
    assert "who" in str(refused.value)
    assert not any("\ue000" <= letter <= "\uf8ff" for letter in str(refused.value))


def test_what_is_no_number_is_said_as_nothing() -> None:
    body = '<input ref="/data/a"><label>You are <output value="/data/a + 1"/>.</label></input>'
    bind = """<bind nodeset="/data/b" calculate="concat('about ', /data/a * 2)"/>"""
    resident = interview(Form.parse(model("<data><a/><b/></data>", bind, body)))
    assert resident.label("/data/a", "") == "You are ."
    assert resident.value("/data/b") == "about "
    resident.answer("/data/a", "2")
    assert resident.label("/data/a", "") == "You are 3."


def test_a_long_text_stands_in_where_there_is_no_other() -> None:
    texts = """<itext><translation lang="en">
        <text id="a"><value form="short">S</value><value form="long">L</value></text>
        <text id="b"><value form="long">L</value><value>usual</value></text></translation></itext>"""
    body = "".join(f"""<input ref="/data/{name}"><label ref="jr:itext('{name}')"/></input>""" for name in "ab")
    resident = interview(Form.parse(model("<data><a/><b/></data>", texts, body)))
    assert [resident.label(f"/data/{name}", "en") for name in "ab"] == ["L", "usual"]


def test_choices_may_quote_what_is_worked_out_of_them() -> None:
    table = """
| survey |
|        | type         | name | label     | calculation                  | relevant      |
|        | select_one c | c    | Which?    |                              |               |
|        | calculate    | said |           | jr:choice-name(${c}, '${c}') |               |
|        | text         | who  | Name?     |                              | ${said} != '' |
| choices |
|         | list_name | name | label          |
|         | c         | r    | Club of ${who} |
"""
    resident = interview(table)
    resident.answer("/data/c", "r")
    resident.answer("/data/who", "Ali")
    assert resident.value("/data/said").strip() == "Club of Ali"
