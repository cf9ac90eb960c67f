"""What is found by subtraction is what trying everything finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from admin.subtraction import Table, differ_by_few, stands_out

Place = tuple[int, ...]
"""In which group of each table somebody is; 0: in none."""


def tables(number: int) -> list[Table[Place]]:
    return [lambda place, at=at: place[at] or None for at in range(number)]  # type: ignore[misc]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 9)), max_size=12))
def test_two_tables_differ_by_few_where_trying_all_unions_finds_so(rows: list[tuple[int, int, int]]) -> None:
    people: Counter[Place] = Counter()
    for first, second, number in rows:
        people[first, second] += number
    one, other = tables(2)

    def colourings() -> Iterator[Mapping[int, bool]]:
        for chosen in range(8):
            yield {0: False, **{at: bool(chosen >> (at - 1) & 1) for at in (1, 2, 3)}}

    differences = {
        sum(number for (a, b), number in people.items() if first[a] != second[b])
        for first in colourings()
        for second in colourings()
    }
    for few in range(1, 30):
        assert differ_by_few(people, one, other, few) == any(0 < each < few for each in differences)


def reduced(rows: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """The same space by rows each of which begins with a 1 where all others have a 0."""
    left = [[Fraction(each) for each in row] for row in rows]
    done: list[list[Fraction]] = []
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        pivot = [each / pivot[column] for each in pivot]

        def without(row: list[Fraction], pivot: list[Fraction] = pivot, column: int = column) -> list[Fraction]:
            return [each - row[column] * other for each, other in zip(row, pivot, strict=True)]

        left, done = [without(row) for row in left], [*(without(row) for row in done), pivot]
    return done


def spans(space: Sequence[Sequence[Fraction]], vector: Sequence[int]) -> bool:
    rest = [Fraction(each) for each in vector]
    for row in space:
        factor = rest[row.index(Fraction(1))]
        rest = [each - factor * other for each, other in zip(rest, row, strict=True)]
    return not any(rest)


def odd(groups: Sequence[Sequence[int]]) -> set[tuple[int, ...]]:
    """Where the sums of some groups are odd."""
    found = {(0,) * len(groups[0])}
    for group in groups:
        found |= {tuple((a + b) % 2 for a, b in zip(each, group, strict=True)) for each in found}
    return found


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 2)),
        st.integers(1, 4) | st.integers(5, 12),
        min_size=2,
        max_size=6,
    ),
    st.integers(2, 5),
)
@settings(max_examples=100, deadline=None)
def test_a_few_stand_out_if_some_sum_of_groups_of_three_tables_is_theirs(people: dict[Place, int], few: int) -> None:
    classes = list(people)
    groups = [[int(place[table] == group) for place in classes] for table in range(3) for group in (1, 2, 3)]
    space = reduced(groups)

    def are_few(vector: Sequence[int]) -> bool:
        times = (0, 1, 1, 2)  # who is counted three times is in the one set and twice in the other
        return 0 < sum(people[each] * times[abs(sign)] for each, sign in zip(classes, vector, strict=True)) < few

    told = any(are_few(vector) and spans(space, vector) for vector in product(range(-3, 4), repeat=len(classes)))
    assert stands_out(people, tables(3), few) == (told or any(map(are_few, odd(groups))))


def test_one_who_is_left_when_two_are_counted_twice_stands_out() -> None:
    """Twice the two who are in the first group of both, less the one who is in the second: 4 only if both said so."""
    people = {(1, 1, 1): 2, (2, 2, 2): 1, (1, 2, 2): 20, (2, 1, 1): 20, (2, 1, 2): 20, (1, 2, 1): 20}
    assert not stands_out(people, tables(3), 1)
    assert stands_out(people, tables(3), 4)


def test_who_alone_makes_a_sum_odd_stands_out() -> None:
    """In each of three tables one group holds one person and two of three crowds: the sum is theirs twice, and one."""
    crowds = {(1, 1, 2): 20, (1, 2, 1): 20, (2, 1, 1): 20, (2, 2, 2): 20}
    assert not stands_out(crowds, tables(3), 5)
    assert stands_out({**crowds, (1, 1, 1): 1}, tables(3), 5)


def test_whom_no_table_tells_apart_are_of_one_class() -> None:
    people = {(1, 1, at): 1 for at in range(6)} | {(2, 1, 0): 9}
    assert not stands_out(people, tables(2), 6)
    assert stands_out(people, tables(2), 7)
