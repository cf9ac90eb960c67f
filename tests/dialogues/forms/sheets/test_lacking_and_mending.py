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


def test_who_is_late_gets_what_is_known_so_far() -> None:
    with pytest.raises(FormError) as raised:
        compile_xlsform((WRONG + CHOICES).encode(), "md", name="wrong")
    first = raised.value
    said = every_problem((WRONG + CHOICES).encode(), "md", name="wrong", first=first, is_late=lambda: True)
    assert len(said) == len(first.problems) == 1


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
        ("survey", 3, "label: the text is missing in Arabic (ar): G"),
        ("survey", 4, "constraint_message: the text is missing in Arabic (ar): Mehr"),
        ("survey", 4, "label: the text is missing in Arabic (ar): E"),
        ("survey", 6, "label: the text is missing in Deutsch (de): د"),
        ("survey", 7, "hint: the text is missing in Deutsch (de): ه"),
        ("choices", 3, "label: the text is missing in Arabic (ar): Nein"),
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
