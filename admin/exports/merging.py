"""What rows may say of whose they are, so that no small group stands in them, nor can be worked out from them.

A pure function over counts. Rows are read beside the results of the same survey, which show areas, languages and ages
as a whole; so it is not enough that each combination in the rows is large. Of 42 people in an area, 40 of whom stand in
the rows as "this area, German", the answers of the other two could be found by subtraction. Therefore rows tell the
groups of the results and no others, and what they tell is one table more beside those that were shown
(`admin.subtraction`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from admin.disclosure import STAYS, Atom, Figures, groups_of, total_of
from admin.subtraction import Group, Table, differ_by_few, stands_out

Categories = tuple[str, ...]
"""Of somebody in each dimension; "": not told."""
Person = tuple[Atom, bool]
"""People whom nothing tells apart, and whether they have a row."""
MOST_COMPARED: Final = 2_000
"""Tables with which rows are compared, one way after another: some seconds (`tests/benchmarks/closing.py`)."""


def what_rows_tell(
    present: Mapping[Atom, int], shown: Figures, dimensions: tuple[str, ...], k: int
) -> Mapping[Categories, Categories] | None:
    """What rows say of people, by their categories. None: there can be no rows, whatever they say.

    ``present``: those who have rows. ``shown``: what was ever shown of who has answered, and ``known`` of them.

    1. A category that has no group of its own in the results is not told, unless everybody has the same.
    2. From the first dimension to the last: a category with fewer than k in what is told so far is not told, and the
       next smallest with it, until those of whom it is not told are k or none.
    3. As long as what is told differs by fewer than k from a group of the results, one category more is not told within
       what is told before it: one of those that few have lost, otherwise the smallest of the last dimension; after
       `MOST_COMPARED` comparisons the last dimension is not told at all.

    Each combination that stays has k or more. Where nothing of this is told, the rows are those of a total that was
    shown, unless somebody has erased their answers since: then they may differ from it by a few, and there are none.
    The order in which the counts come changes nothing.
    """
    people = _with_or_without_row(present, shown)
    tables = [_of_all(groups_of(each, dimensions.index(key))) for key, each in shown.breakdowns]
    tables += [_of_all(total_of(each)) for each in shown.published]
    numbers: dict[Categories, int] = defaultdict(int)
    for atom, number in present.items():
        numbers[atom.categories] += number
    nothing = dict.fromkeys(numbers, ("",) * len(dimensions))
    is_a_total = all(there == atom.is_in(shown.as_of) for atom, there in people)
    if not is_a_total and not _is_safe(people, nothing, tables, k):
        return None
    own = _own_groups(shown, dimensions)
    given_up: set[Categories] = set()
    left = MOST_COMPARED
    while True:
        told = _divided(numbers, own, given_up, k)
        kept = {path for each in told.values() for path in _paths(each)}
        if not kept or _is_safe(people, told, tables, k):
            return told
        left -= len(tables)
        longest = max(map(len, kept))
        last = {path for path in kept if len(path) == longest}
        given_up |= last if left <= 0 else {_next_to_go(numbers, told, kept, last, k)}


def _with_or_without_row(present: Mapping[Atom, int], shown: Figures) -> Mapping[Person, int]:
    """Everybody whom a figure that was shown may count. Who has erased their answers has no row, and others may not."""
    people: dict[Person, int] = {}
    for atom, number in shown.known.items():
        there = present.get(atom, 0) if atom.until == STAYS else 0
        people |= {(atom, has): each for has, each in ((True, there), (False, number - there)) if each}
    return people


def _own_groups(shown: Figures, dimensions: tuple[str, ...]) -> list[frozenset[str]]:
    """The categories of each dimension that the results show by themselves, or that everybody has."""

    def of(key: str) -> frozenset[str]:
        if key in shown.by:
            return frozenset(min(each.categories) for each in shown.by[key].cells if not each.others)
        there = {atom.categories[dimensions.index(key)] for atom in shown.known}
        return frozenset(there if len(there) == 1 else ())

    return [of(each) for each in dimensions]


def _paths(told: Categories) -> Iterator[Categories]:
    """What is told, dimension by dimension: each beginning that ends with something told."""
    return (told[: place + 1] for place, category in enumerate(told) if category)


def _divided(
    numbers: Mapping[Categories, int], own: list[frozenset[str]], given_up: set[Categories], k: int
) -> dict[Categories, Categories]:
    told: dict[Categories, Categories] = dict.fromkeys(numbers, ())
    for place, groups in enumerate(own):
        sizes: dict[Categories, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for each, number in numbers.items():
            name = each[place] if each[place] in groups and (*told[each], each[place]) not in given_up else ""
            sizes[told[each]][name] += number
        kept = {before: _kept(named, k) for before, named in sizes.items()}
        told = {each: (*before, each[place] if each[place] in kept[before] else "") for each, before in told.items()}
    return told


def _kept(totals: Mapping[str, int], k: int) -> set[str]:
    """The categories that stay; the others and "" are one, with k or more of them or none."""
    given_up = sum(number for category, number in totals.items() if number < k or not category)
    staying = sorted((number, category) for category, number in totals.items() if number >= k and category)
    while staying and 0 < given_up < k:
        number, _ = staying.pop(0)
        given_up += number
    return {category for _, category in staying}


def _is_safe(
    people: Mapping[Person, int], told: Mapping[Categories, Categories], tables: Sequence[Table[Person]], k: int
) -> bool:
    """Whether no few people can be told by what rows say and any groups that were shown."""

    def in_rows(each: Person) -> Group:
        atom, there = each
        return told[atom.categories] if there else None

    if any(differ_by_few(people, in_rows, table, k) for table in tables):
        return False
    return not stands_out(people, [*tables, in_rows], k)


def _of_all(table: Table[Atom]) -> Table[Person]:
    return lambda each: table(each[0])


def _next_to_go(
    numbers: Mapping[Categories, int],
    told: Mapping[Categories, Categories],
    kept: set[Categories],
    last: set[Categories],
    k: int,
) -> Categories:
    lost: dict[tuple[int, str], int] = defaultdict(int)
    sizes: dict[Categories, int] = defaultdict(int)
    for each, number in numbers.items():
        for place, (category, said) in enumerate(zip(each, told[each], strict=True)):
            lost[place, category] += 0 if said else number
        for path in _paths(told[each]):
            sizes[path] += number
    few = {path for path in kept if 0 < lost[len(path) - 1, path[-1]] < k}
    return min(few or last, key=lambda path: (sizes[path], path))
