"""Which nodes hold a number whatever is answered: found in the form, without an answer."""

import pytest

from tests.dialogues.forms.tables import form


@pytest.mark.parametrize(
    ("calculation", "is_number"),
    [
        ("${a} div 2", True),
        ("-${a}", True),
        ("round(${a}, 1)", True),
        ("number(${t})", True),
        ("${a}", True),
        ("${other}", True),
        ("if(${a} > 1, ${a}, '')", True),
        ("coalesce(${a}, 0)", True),
        ("once(random())", True),
        ("string-length(${t})", True),
        ("if(${a} > 1, ${a}, 'none')", False),
        ("if(${a} > 1, '1', '2')", False),
        ("''", False),
        ("${t}", False),
        ("${s}", False),
        ("${a} > 1", False),
        ("${a} > 1 or ${a} < 0", False),
        ("concat(${a}, '')", False),
        ("today()", False),
        ("today() + 1", True),
        ("${loop}", False),
    ],
)
def test_a_calculation_is_a_number_if_it_always_gives_one(calculation: str, is_number: bool) -> None:
    table = f"""
| survey |
| | type | name | label | calculation |
| | decimal | a | A | |
| | text | t | T | |
| | select_one s | s | S | |
| | calculate | result | | {calculation} |
| | calculate | other | | ${{a}} * 2 |
| | calculate | loop | | ${{t}} |
| choices |
| | list_name | name | label |
| | s | 1 | One |
"""
    assert form(table).definitions["/data/result"].numeric is is_number


def test_what_people_may_write_over_is_no_number_only_because_it_begins_with_one() -> None:
    table = """
| survey |
| | type | name | label | calculation | readonly |
| | integer | a | A | | |
| | text | open | O | ${a} + 1 | |
| | text | fixed | F | ${a} + 1 | yes |
"""
    definitions = form(table).definitions
    assert [definitions[f"/data/{name}"].numeric for name in ("a", "open", "fixed")] == [True, False, True]
