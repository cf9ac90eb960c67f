"""What the converter of spreadsheets says is said in plain words, all of it; what is new to us goes on as it is."""

from __future__ import annotations

import re

import pytest
from pyxform.errors import ErrorCode, PyXFormError

from dialogues.forms import FormError
from dialogues.forms.reasons import Reason, as_json, from_json
from dialogues.forms.sheets.converter import UNKNOWN, plainly
from dialogues.forms.sheets.faults import explained
from tests.dialogues.forms.tables import compiled

WARNINGS = {"HEADER_004", "LABEL_001", "NAMES_002", "NAMES_013"}
"""These stop nothing."""
OF_ITS_OWN = {"INTERNAL_001", "INTERNAL_002"}
"""These are faults of the converter."""
TOKENS = {"row": 7, "sheet": "survey", "sheet_name": "choices", "column": "relevant", "missing": "'type'", "q": "agee"}
SAID = """
Question with no type. {'name': 'a'}
Question or group with no name.
Missing calculation.
Repeat loop without list name.
List name not in columns sheet: c
List name not in choices sheet: c
List name not in external choices sheet: c
There should be choices for this question.
There should be an external_choices sheet in this xlsform. Please ensure that the external_choices sheet has columns 'list name', and 'name'.
There should be a choices sheet in this xlsform. Please ensure that the choices sheet has the mandatory columns 'list_name', 'name', and 'label'.
There should be a choices sheet in this xlsform. When looking for a sheet named 'choices', the following sheets with similar names were found: 'choises'. Please ensure that the choices sheet has the mandatory columns 'list_name', 'name', and 'label'.
You must have a sheet named 'survey'. When looking for a sheet named 'survey', the following sheets with similar names were found: 'surveys'.
You must have a sheet named 'survey'.
Audits must always be named 'audit.' The name column should be left blank.
track-changes must be set to true or false: 'x' is an invalid value.
track-changes-reasons must be set to on-form-edit
identify-user must be set to true or false: 'x' is an invalid value.
Parameter location-priority must be set to no-power, low-power, balanced, or high-accuracy:'x' is an invalid value
Parameter location-min-interval must have an integer value.
Parameter location-max-age must be greater than or equal to location-min-interval.
To include location information in the audit, 'location-priority', 'location-min-interval', and 'location-max-age' are required parameters.
Choice names with spaces cannot be added to multiple choice selects. See [a b] in [c]
Choice filter not supported with or_other.
Please specify choices for this 'or other' question.
randomize must be set to true or false: 'x' is an invalid value
seed value must be a number or a reference to another field.
Parameters must include randomize=true to use a seed.
Choice filter not supported for table-list appearance.
Badly formatted table list, list names don't match: a vs. b
Parameter rows must have an integer value.
Parameter max-pixels must have an integer value.
Parameter 'app' has an invalid Android package name - the package name must have at least one '.' separator.
Invalid value for quality.
Cannot omit instanceID, it is required for encryption.
Unknown question type 'txt'.
The survey element named 'a' has no label or hint.
To use big-image, you must also specify an image for the survey element named a.
Media type: smell not supported
The question ${a} is not user-visible so it can't be used as a calculation trigger for question ${b}.
There is no survey element named 'a'.
There are multiple survey elements named 'a'.
The same instance id will be generated for different external instance source URIs. Please check the form. Instance name: 'towns', Existing type: 'file', Existing URI: 'jr://file/towns.xml', Duplicate type: 'file', Duplicate URI: 'jr://file-csv/towns.csv', Duplicate context: '[type: group, name: g]'.
Instance names must be unique within a form. The name 'towns' was found 2 time(s), under these contexts: a(external), b(external)
Question 'a' is a select from file type, using 'search()'. This combination is not supported. Remove the 'search()' usage, or change the select type.
Question 'a' uses 'search()', and its select type references the choice list name 'c'. This choice list name is referenced by at least one other question that is not using 'search()', which will not work: 'b'. Either 1) use 'search()' for all questions using this choice list name, or 2) use a different choice list name for the question using 'search()'.
File name for 'select_one_from_file towns.txt' should end with one of the supported file extensions: '.csv', '.geojson', '.xml'
For 'background-geopoint' questions, the 'calculation' column must be empty.
For 'background-geopoint' questions, the 'trigger' column must not be empty.
Duplicate column header: label
The xls file provided has an invalid date on the survey sheet, under the default column on row number 3
Survey cannot have an empty id_string
Found a cascading_select city, but could not find cityin cascades sheet.
""".strip("\n").split("\n")  # noqa: E501


def formatted(code: ErrorCode) -> str:
    context = {**{token: token for token in re.findall(r"(?<!\{)\{(\w+)\}", code.value.msg)}, **TOKENS}
    return re.sub(r"\[row : .*?\] ", "", str(PyXFormError(code=code, context=context)))


@pytest.mark.parametrize("code", [each for each in ErrorCode if each.name not in WARNINGS | OF_ITS_OWN])
def test_every_numbered_message_is_said_in_plain_words(code: ErrorCode) -> None:
    assert plainly(formatted(code)).template != UNKNOWN, formatted(code)


@pytest.mark.parametrize("said", SAID)
def test_every_other_message_that_an_author_can_meet_is_too(said: str) -> None:
    reason = plainly(" ".join(said.split()))
    assert reason.template != UNKNOWN
    assert "{" not in reason.replace("${name}", "").replace("${a}", "")


def test_a_message_that_is_new_is_passed_on_as_it_is() -> None:
    assert (
        plainly("Bananas are not supported.")
        == "The program that reads spreadsheets says in English: “Bananas are not supported.”."
    )


def test_a_name_that_nobody_bears_is_told_with_the_one_that_was_meant() -> None:
    said = formatted(ErrorCode.PYREF_003)
    assert plainly(said, ["name", "age"]).endswith("no question called “agee”. Did you mean “${age}”?")
    assert plainly(said, ["completely_different"]).endswith("There is no question called “agee”.")
    table = "| survey |\n| | type | name | label |\n| | text | children | A |\n| | note | n | You have ${childen}. |\n"
    with pytest.raises(FormError, match=r"row 3: .*refers to “.*childen}”. .*Did you mean “.*children}”"):
        compiled(table)


@pytest.mark.parametrize(
    ("said", "written", "reason"),
    [
        ("the function selectd() is not known", "", "There is no function “selectd()”. Did you mean “selected()”?"),
        ("the function telepathy() is not known", "", "There is no function “telepathy()”."),
        (
            "not an expression: x",
            "${a} = (1 + 2",
            "After the bracket “(”, the closing bracket is missing: “${a} = (1 + 2”.",
        ),
        ("not an expression: x", "${a} = 1)", "A bracket “)” is too many: “${a} = 1)”."),
        ("not an expression: x", "selected(${a}, 'b)", "A quotation mark is missing: “selected(${a}, 'b)”."),
        ("not an expression: x", "${a} == 'b'", "Please write “=” instead of “==”: “${a} == 'b'”."),
        (
            "not an expression: x",
            "${a} = 1 && ${b} = 2",
            "Please write “and” instead of “&&”: “${a} = 1 && ${b} = 2”.",
        ),
        (
            "not an expression: x",
            "${a} = ‘b’",
            "Please write straight quotation marks, '…', instead of curly ones: “${a} = ‘b’”.",
        ),
        ("not an expression: x", "'(' = ${a} ${b}", "We do not understand this: “'(' = ${a} ${b}”."),
        ("not an expression: /data/a =", "", "Here something is missing at the end: “/data/a =”."),
        (
            "substr() does not take 1 arguments",
            "",
            "The function “substr()” does not take 1 values in its brackets.",
        ),
        (
            "something that we say from tomorrow on",
            "",
            "Our check says in English: “something that we say from tomorrow on”.",
        ),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_so_that_it_can_be_put_right(
    said: str, written: str, reason: str
) -> None:
    assert explained(said, written) == reason


def test_a_reason_goes_through_json_with_what_it_is_made_of() -> None:
    inner = Reason.of("There is no function “{name}”.", name="{x}()")
    reason = Reason.of("{column}: {reason}", column="relevant", reason=inner)
    again = from_json(as_json(reason))
    assert isinstance(again, Reason)
    assert (again, again.template) == (reason, reason.template)
    assert isinstance(again.values["reason"], Reason)
    assert from_json(as_json("plain")) == "plain"


def test_a_reason_is_cut_within_its_values() -> None:
    reason = Reason.of("{column}: {reason}", column="relevant", reason=Reason.of("no: {text}", text="x" * 900))
    assert reason.shortened(20) == f"relevant: no: {'x' * 20}…"
