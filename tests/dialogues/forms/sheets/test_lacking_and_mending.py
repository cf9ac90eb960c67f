"""What a spreadsheet lacks, and everything that stands against it, each with sheet and row."""

from __future__ import annotations

import pytest

from dialogues.forms import FormError, compile_xlsform, every_problem

CHOICES = """
| choices | | | | |
|  | list_name | name | label::Deutsch (de) | label::Arabic (ar) |
|  | yesno | yes | Ja | نعم |
"""
WRONG = """
| survey | | | | | |
|  | type | name | label::Deutsch (de) | label::Arabic (ar) | relevant |
|  | txt | a | A | ا | |
|  | text | a | B | ا | |
|  | select_one no | c | C | ا | |
|  | text | d | | | |
|  | text | e | E ${a} | ا | ${nobody} = 1 |
|  | text | f | F | ا | wishes() |
|  | begin repeat | r | R | ا | |
|  | text | rr | RR | ا | |
|  | end repeat | | | | |
|  | geopoint | h | H | ا | |
|  | text | i j | I | ا | |
|  | end group | | | | |
|  | select_one yesno | k | K | ا | ${c} = 1 |
"""


def found(table: str) -> list[tuple[str | None, int | None]]:
    """Where something stands against a questionnaire."""
    with pytest.raises(FormError) as raised:
        compile_xlsform(table.encode(), "md", name="wrong")
    problems = every_problem(table.encode(), "md", name="wrong", first=raised.value)
    return [(each.sheet, each.row) for each in problems]


def test_everything_that_is_wrong_is_found_and_nothing_that_only_follows_from_it() -> None:
    table = WRONG + CHOICES + "|  | yesno | | Nein | لا |\n|  | yesno | maybe | | |\n"
    survey = [("survey", row) for row in (2, 3, 4, 5, 6, 7, 12, 13)]
    assert found(table) == [*survey, ("choices", 3), ("choices", 4)]


def test_who_is_late_gets_what_is_known_without_reading_expressions() -> None:
    with pytest.raises(FormError) as raised:
        compile_xlsform((WRONG + CHOICES).encode(), "md", name="wrong")
    said = every_problem((WRONG + CHOICES).encode(), "md", name="wrong", first=raised.value, is_late=lambda: True)
    assert [each.row for each in said] == [2, 3, 12, 13]


def test_a_group_that_does_not_end_is_said_together_with_the_rest() -> None:
    table = """
| survey | | | |
|  | type | name | label |
|  | begin group | g | G |
|  | txt | a | A |
"""
    assert found(table) == [("survey", 2), ("survey", 3)]


def test_missing_texts_are_found_where_they_stand() -> None:
    table = (
        """
| survey | | | | | | |
|  | type | name | label::Deutsch (de) | label::Arabic (ar) | hint::Arabic (ar) | constraint | {message} |
|  | select_one yesno | a | A | ا | | | |
|  | begin group | g | G | | | | |
|  | integer | e | E | | | . > 1 | Mehr |
|  | end group | | | | | | |
|  | text | d | | د | | | |
|  | text | f | Wie lange ${e}? | ف | ه | | |
"""
        + CHOICES
        + "|  | yesno | no | Nein | |\n"
    )
    table = table.replace("{message}", "constraint_message::Deutsch (de)")
    compiled = compile_xlsform(table.encode(), "md", name="lacking")
    assert [(each.sheet, each.row, each.text) for each in compiled.lacking] == [
        ("survey", 3, "label: The text is missing in the language “Arabic (ar)”: “G”."),
        ("survey", 4, "constraint_message: The text is missing in the language “Arabic (ar)”: “Mehr”."),
        ("survey", 4, "label: The text is missing in the language “Arabic (ar)”: “E”."),
        ("survey", 6, "label: The text is missing in the language “Deutsch (de)”: “د”."),
        ("survey", 7, "hint: The text is missing in the language “Deutsch (de)”: “ه”."),
        ("choices", 3, "label: The text is missing in the language “Arabic (ar)”: “Nein”."),
    ]
    assert compiled.textless == ()


def test_a_choice_without_a_text_counts_where_a_question_offers_it() -> None:
    table = """
| survey | | | |
|  | type | name | label |
|  | select_multiple one | a | A |
| choices | | | |
|  | list_name | name | label |
|  | one | x | X |
|  | one | y | |
|  | another | z | |
"""
    compiled = compile_xlsform(table.encode(), "md", name="textless")
    assert [(each.sheet, each.row) for each in compiled.textless] == [("choices", 3)]


TEN = """
| survey | | | | | | |
|  | type | name | label::Deutsch (de) | relevant | constraint | choice_filter |
|  | txet | first | Erste | | | |
|  | selekt_one yn | second | Zweite | | | |
|  | select_one yess | third | Dritte | | | |
|  | integer | wie alt | Vierte | | . > 0 adn . < 9 | |
|  | text | first | Fünfte | | | |
|  | text | sixth | Sechste | ${Third} = 'yes' | | |
|  | text | seventh | Siebte | foo(${third}) | | |
|  | begin group | house | Haus | | | |
|  | text | eighth | Achte ${wie alt} | UND(${sixth} = 'a'; ${seventh} = 'b') | | |
|  | end group | | | | | |
|  | select_multiple many | ninth | Neunte | | | |
| choices | | | | | | |
|  | list_name | name | label::Deutsch (de) | | | |
|  | yn | yes | Ja | | | |
|  | yn | | Nein | | | |
|  | yes | yes | Ja | | | |
|  | many | a b | A B | | | |
| settings | | | | | | |
|  | form_title | instance_name | | | | |
|  | Zehn | concat(${secnod}, 1) | | | | |
"""


def said(table: str) -> list[str]:
    """All that stands against a questionnaire, as it is said."""
    with pytest.raises(FormError) as raised:
        compile_xlsform(table.encode(), "md", name="wrong")
    return [str(each) for each in every_problem(table.encode(), "md", name="wrong", first=raised.value)]


def test_ten_faults_in_three_sheets_are_all_named_in_one_round() -> None:
    assert said(TEN) == [
        "sheet survey, row 2: There is no type of question “txet”. Did you mean “text”?",
        "sheet survey, row 3: There is no type of question “selekt_one yn”. Did you mean “select_one yn”?",
        "sheet survey, row 4: The list “yess” is missing in the sheet “choices”. Did you mean “yes”?",
        "sheet survey, row 5: The name “wie alt” cannot be used. A name begins with a letter. Letters, digits and “_”"
        " may follow, but no spaces. For example: “wie_alt”.",
        "sheet survey, row 5: constraint: We do not understand this: “. > 0 adn . < 9”.",
        "sheet survey, row 6: The name “first” stands in row 2 already. Each question needs a name of its own.",
        "sheet survey, row 7: The column “relevant” refers to “${Third}”. There is no question called “Third”. Did you"
        " mean “${third}”?",
        "sheet survey, row 8: relevant: There is no function “foo()”.",
        "sheet survey, row 10: relevant: Please write “,” instead of “;”: “UND(${sixth} = 'a'; ${seventh} = 'b')”.",
        "sheet survey, row 10: relevant: There is no function “UND()”. “and” stands between two conditions: “… and …”.",
        "sheet choices, row 3: This answer has no name. Please write a short one into the column “name”.",
        "sheet choices, row 5: The name “a b” in the list “many” has a space in it. Where several answers can be"
        " chosen, names have no spaces.",
        "sheet settings, row 2: The column “instance_name” refers to “${secnod}”. There is no question called"
        " “secnod”. Did you mean “${second}”?",
    ]
