"""What is refused of a questionnaire, with sheet, row and reason; what is tolerated, and said."""

import io
import zipfile

import pytest

from dialogues.forms import FormError, Problem, unaskable
from tests.dialogues.forms.tables import compiled, interview


def problems(table: str) -> tuple[Problem, ...]:
    with pytest.raises(FormError) as refused:
        compiled(table)
    return refused.value.problems


def one_question(**columns: str) -> str:
    names = ["type", "name", "label", *columns]
    cells = ["text", "q", "Q", *columns.values()]
    return f"| survey |\n| | {' | '.join(names)} |\n| | text | before | B |\n| | {' | '.join(cells)} |\n"


@pytest.mark.parametrize(
    ("column", "place", "expression", "said"),
    [
        ("relevant", "relevant", "telepathy(${before})", "There is no function “telepathy()”"),
        (
            "constraint",
            "constraint",
            "regex(., '(a')",
            "a bracket is not closed",
        ),
        ("constraint", "constraint", "regex(., 'a', 'b', 'c')", "does not take 4 values"),
        ("calculation", "calculation", "substr(.)", "does not take 1 values"),
        ("required", "required", "${before} ==", "Please write “=” instead of “==”"),
        (
            "readonly",
            "readonly",
            "count('x')",
            "is needed here, but something else stands there (string)",
        ),
        ("constraint", "constraint", "//before = 1", "We do not understand this"),
        ("relevant", "relevant", "preceding-sibling::before = 1", "We do not know the axis “preceding-sibling::”."),
        ("relevant", "relevant", "(" * 61 + "1" + ")" * 61, "within brackets"),
    ],
)
def test_an_expression_we_cannot_run_is_named_with_its_row_and_column(
    column: str, place: str, expression: str, said: str
) -> None:
    (problem,) = problems(one_question(**{column: expression.replace("|", "\\|")}))
    assert (problem.sheet, problem.row) == ("survey", 3)
    assert problem.reason.startswith(f"{place}: ")
    assert said in problem.reason


def test_all_faults_are_said_at_once() -> None:
    table = """
| survey |
|        | type         | name | label      | relevant | constraint | choice_filter | repeat_count |
|        | text         | a    | A          | nope(1)  | nada(2)    |               |              |
|        | select_one c | b    | B          |          |            | nil(name)     |              |
|        | begin_repeat | r    | R          |          |            |               | null()       |
|        | text         | x    | X          |          |            |               |              |
|        | end_repeat   |      |            |          |            |               |              |
| choices |
|         | list_name | name | label |
|         | c         | x    | X     |
"""
    found = {(problem.row, problem.reason.partition(":")[0]) for problem in problems(table)}
    assert found == {(2, "relevant"), (2, "constraint"), (3, "choice_filter"), (4, "repeat_count")}


def test_a_reference_to_nowhere_and_a_row_without_a_name_are_refused_with_their_rows() -> None:
    (missing,) = problems(one_question(relevant="${nobody} = 1"))
    assert missing.row == 3
    assert "nobody" in missing.reason
    (unnamed,) = problems("| survey |\n| | type | name | label |\n| | text | a | A |\n| | text | | B |\n")
    assert (unnamed.sheet, unnamed.row) == ("survey", 3)


def test_calculations_in_a_circle_are_refused() -> None:
    table = """
| survey |
|        | type      | name | calculation |
|        | calculate | a    | ${b} + 1    |
|        | calculate | b    | ${a} + 1    |
"""
    (problem,) = problems(table)
    assert problem.sheet == "survey"
    assert problem.row in {2, 3}
    assert "in a circle" in problem.reason


def test_a_repeat_that_grows_as_long_as_its_last_instance_says_so_is_no_circle() -> None:
    table = """
| survey |
|        | type                  | name  | label     | repeat_count | calculation                                                       |
|        | calculate             | there |           |              | count(${child})                                                   |
|        | calculate             | want  |           |              | if(${there} = 0 or ${child}[position() = ${there}]/more = 'yes', ${there} + 1, ${there}) |
|        | begin_repeat          | child | Child     | ${want}      |                                                                   |
|        | text                  | more  | Another?  |              |                                                                   |
|        | end_repeat            |       |           |              |                                                                   |
"""  # noqa: E501
    resident = interview(table)
    assert [question.ref for question in resident.asked()] == ["/data/child[1]/more"]
    resident.answer("/data/child[1]/more", "yes")
    resident.answer("/data/child[2]/more", "no")
    assert resident.value("/data/want") == "2"


def test_questions_that_decide_over_each_other_are_a_circle_too() -> None:
    table = """
| survey |
|        | type | name | label | relevant |
|        | text | a    | A     | ${b} = '' |
|        | text | b    | B     | ${a} = '' |
"""
    assert "in a circle" in problems(table)[0].reason


def packed(*names: str, mimetype: str = "") -> bytes:
    """A package of another program."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name in names:
            package.writestr(name, "x")
        if mimetype:
            package.writestr("mimetype", mimetype)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "file_type", "said"),
    [
        (b"", "xlsx", "is empty"),
        (b" \n", "csv", "is empty"),
        (b"%PDF-1.7", "xlsx", "no Excel file"),
        (b"%PDF-1.7", "xls", "no Excel file"),
        (
            b"not a table",
            "md",
            "The sheet “survey” is missing",
        ),
        (b"\xff\xfe|a|b|c|d|e|f", "md", "UTF-8"),
        (b"hello", "exe", "A questionnaire is a file of the type csv, md, xls, xlsx, zip, not exe"),
        (b"PK\x03\x04 no package", "png", "A questionnaire is a file of the type"),
        (b"PK\x03\x04 no package", "docx", "is a document of a word processor, no table"),
        (packed("word/document.xml"), "docx", "is a document of a word processor, no table"),
        (packed("word/document.xml"), "xlsx", "is a document of a word processor, no table"),
        (packed(mimetype="application/vnd.oasis.opendocument.text"), "xlsx", "is a document of a word processor"),
        (b"| choices |\n| | list_name | name | label |\n| | c | a | A |\n", "md", "survey"),
    ],
)
def test_what_is_no_questionnaire_is_refused(data: bytes, file_type: str, said: str) -> None:
    from dialogues.forms import compile_xlsform

    with pytest.raises(FormError, match=said.replace(".", r"\.")):
        compile_xlsform(data, file_type, name="x")


def test_a_choice_that_stands_twice_is_tolerated_and_said() -> None:
    table = """
| survey |
|        | type         | name | label |
|        | select_one c | q    | Q     |
| choices |
|         | list_name | name | label |
|         | c         | x    | One   |
|         | c         | x    | Two   |
"""
    result = compiled(table)
    (note,) = result.notes
    assert (note.sheet, note.row) == ("choices", 3)
    resident = interview(result.form)
    assert [choice.label for choice in resident.options("/data/q", "")] == ["One", "Two"]


def test_a_question_called_data_is_tolerated_and_said() -> None:
    result = compiled("| survey |\n| | type | name | label |\n| | text | data | D |\n")
    assert result.form.questions[0].ref == "/form_1/data"
    assert result.notes[0].row == 2


def test_instance_columns_do_no_harm() -> None:
    table = "| survey |\n| | type | name | label | instance::odk:length |\n| | text | q | Q | long |\n"
    assert compiled(table).form.questions[0].name == "q"


def test_rows_are_known_for_every_node() -> None:
    table = """
| survey |
|        | type         | name | label |
|        | begin_group  | g    | G     |
|        | text         | a    | A     |
|        | begin repeat | r    | R     |
|        | text         | b    | B     |
|        | end repeat   |      |       |
|        | end_group    |      |       |
"""
    assert compiled(table).rows == {"/data/g": 2, "/data/g/a": 3, "/data/g/r": 4, "/data/g/r/b": 5}


def test_choices_that_a_function_would_search_for_are_listed_with_their_row() -> None:
    table = """
| survey  |                |      |       |                  |
|         | type           | name | label | appearance       |
|         | image          | a    | A     |                  |
|         | select_one town | t   | T     | search('towns')  |
| choices |                |      |       |                  |
|         | list_name      | name | label |                  |
|         | town           | name | label |                  |
"""
    result = compiled(table)
    assert [(problem.sheet, problem.row) for problem in unaskable(result.form, result.rows)] == [("survey", 3)]
    assert "search()" in unaskable(result.form)[0].reason
    fine = compiled("| survey |\n| | type | name | label |\n| | text | a | A |\n")
    assert unaskable(fine.form, fine.rows) == ()


def test_choices_in_a_file_of_their_own_are_listed() -> None:
    table = "| survey |\n| | type | name | label |\n| | select_one_from_file towns.csv | t | T |\n"
    result = compiled(table)
    assert list(result.form.missing_files.values()) == ["jr://file-csv/towns.csv"]
