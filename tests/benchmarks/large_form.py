"""A questionnaire with 1,000 questions, as a town's household survey might grow to be, and answers to all of it.

Ten chapters of a hundred: chosen, counted and written answers; a third is asked only after certain others; sums and
scores are worked out across each chapter and across the whole; numbers and choices have bounds that look elsewhere.
"""

from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from dialogues.forms import Compiled, compile_xlsform

CHAPTERS = 10
BLOCKS = 20
"""Blocks of five questions in a chapter."""

_HEADER = ("type", "name", "label", "relevant", "constraint", "required", "calculation", "choice_filter")
_CHOICES = """| choices |
| | list_name | name | label | town |
| | yes_no | yes | Yes | |
| | yes_no | no | No | |
| | wish | bench | Benches | |
| | wish | tree | Trees | |
| | wish | light | Light | |
| | wish | toilet | Toilets | |
| | town | h | Hamm | |
| | town | u | Unna | |
"""


def _row(**cells: str) -> str:
    return f"| | {' | '.join(cells.get(column, '') for column in _HEADER)} |\n"


def _block(chapter: int, block: int) -> Iterator[str]:
    here = f"c{chapter}b{block}"
    before = f"c{chapter}b{block - 1}" if block else ""
    yield _row(
        type="select_one yes_no",
        name=f"{here}_use",
        label=f"Do you use place {block} in quarter {chapter}?",
        required="yes" if block % 4 == 0 else "",
        relevant=f"${{{before}_use}} != 'never'" if block % 5 == 1 else "",
    )
    yield _row(
        type="integer",
        name=f"{here}_often",
        label="How many days a month?",
        relevant=f"${{{here}_use}} = 'yes'",
        constraint=f". >= 0 and . <= 31 and . + coalesce(${{{before}_often}}, 0) <= 62" if block else ". >= 0",
    )
    yield _row(
        type="select_multiple wish",
        name=f"{here}_wish",
        label="What is missing there?",
        constraint="count-selected(.) <= 3 and not(selected(., 'tree') and selected(., 'toilet'))",
    )
    yield (
        _row(
            type="select_one street",
            name=f"{here}_street",
            label="Which way do you take, of those in ${town}?",
            relevant=f"${{{here}_often}} > 5 or selected(${{{here}_wish}}, 'light')",
            choice_filter="town = ${town}",
        )
        if block % 4 == 3
        else _row(
            type="text",
            name=f"{here}_words",
            label="Anything else about it?",
            relevant=f"${{{here}_often}} > 5 or selected(${{{here}_wish}}, 'light')",
            constraint="string-length(.) < 500 and regex(., '^[^<>]*$')",
        )
    )
    yield _row(
        type="decimal",
        name=f"{here}_costs",
        label="What did it cost you, in euros?",
        constraint=". >= 0 and . < 1000",
    )
    yield _row(
        type="calculate",
        name=f"{here}_score",
        calculation=f"if(${{{here}_use}} = 'yes', coalesce(${{{here}_often}}, 0) * 2, 0)"
        f" + count-selected(${{{here}_wish}})",
    )


def _chapter(chapter: int) -> Iterator[str]:
    relevant = "" if chapter == 0 else f"${{c{chapter - 1}_sum}} >= 0"
    yield _row(type="begin_group", name=f"c{chapter}", label=f"Quarter {chapter}", relevant=relevant)
    for block in range(BLOCKS):
        yield from _block(chapter, block)
    scores = " + ".join(f"${{c{chapter}b{block}_score}}" for block in range(BLOCKS))
    costs = " + ".join(f"coalesce(${{c{chapter}b{block}_costs}}, 0)" for block in range(BLOCKS))
    yield _row(type="calculate", name=f"c{chapter}_sum", calculation=scores)
    yield _row(type="calculate", name=f"c{chapter}_costs", calculation=f"round({costs}, 2)")
    yield _row(type="note", name=f"c{chapter}_said", label=f"Quarter {chapter}: ${{c{chapter}_sum}} points.")
    yield _row(type="end_group")


@cache
def large_form() -> Compiled:
    """The form: after that of the town 1,000 questions, with 10 notes and 221 calculations among them."""
    head = f"| survey |\n| | {' | '.join(_HEADER)} |\n"
    first = _row(type="select_one town", name="town", label="Where do you live?", required="yes")
    sums = " + ".join(f"coalesce(${{c{chapter}_sum}}, 0)" for chapter in range(CHAPTERS))
    last = _row(type="calculate", name="all", calculation=sums)
    streets = "".join(
        f"| | street | {town}{number} | Way {number} | {town} |\n" for town in "hu" for number in range(40)
    )
    rows = "".join(row for chapter in range(CHAPTERS) for row in _chapter(chapter))
    return compile_xlsform((head + first + rows + last + _CHOICES + streets).encode(), "md", name="large")


def large_answers() -> list[tuple[str, str]]:
    """An answer to each question, in their order: paths and values, the same each time."""
    chance = Random(1)
    values: dict[str, Callable[[], str]] = {
        "use": lambda: chance.choice(("yes", "yes", "no")),
        "often": lambda: str(chance.randint(0, 30)),
        "wish": lambda: " ".join(one for one in ("bench", "tree", "light") if chance.random() < 0.5),
        "words": lambda: chance.choice(("", "It is dark in the evening.", "Too many cars")),
        "street": lambda: f"h{chance.randint(0, 39)}",
        "costs": lambda: f"{chance.randint(0, 9_999) / 100}",
        "town": lambda: "h",
    }
    return [
        (question.ref, values[question.name.rpartition("_")[2]]())
        for question in large_form().form.questions
        if question.kind != "note"
    ]
