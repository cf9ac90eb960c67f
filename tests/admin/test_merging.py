"""What rows say of whose they are: no small group stands in them, nor comes out when the results lie beside them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from admin.disclosure import Atom, Counted, Figures, Results, Snapshot, release
from admin.exports.merging import Categories, what_rows_tell
from tests.admin.test_disclosure import inside, unions

DIMENSIONS = ("area", "language", "age")
NOTHING = ("", "", "")

counts = st.dictionaries(
    st.tuples(
        st.sampled_from(["", "1", "2", "3"]),
        st.sampled_from(["ar", "bg", "de", "tr"]),
        st.sampled_from(["", "16", "61"]),
    ),
    st.integers(0, 14),
    max_size=14,
)
waves = st.lists(counts, min_size=1, max_size=3)
smallest = st.sampled_from([5, 10])
Town = Mapping[Categories, int]


def releases(town: Sequence[Town], k: int) -> Results | None:
    """The last of the releases that a survey has after each of these waves."""
    before = None
    people: Counter[Atom] = Counter()
    for wave in town:
        since = before.number + 1 if before else 1
        people.update({Atom(each, since): number for each, number in wave.items() if number})
        before = release(Snapshot(DIMENSIONS, Counted(people), {}), before, smallest=k) or before
    return before


def present(results: Results) -> dict[Atom, int]:
    """Who has rows: everybody whom the last figures count."""
    figures = results.respondents
    return {atom: number for atom, number in figures.known.items() if atom.is_in(figures.as_of)}


def told(*town: Town, k: int = 5) -> dict[Categories, Categories]:
    results = releases(town, k)
    assert results is not None
    return tell(present(results), results, k)


def tell(rows: Mapping[Atom, int], results: Results, k: int) -> dict[Categories, Categories]:
    becomes = what_rows_tell(rows, results.respondents, DIMENSIONS, k)
    assert becomes is not None
    return dict(becomes)


def sizes(*town: Town, k: int = 5) -> Counter[Categories]:
    """How many rows say what."""
    results = releases(town, k)
    assert results is not None
    return rows_of(results, k)


def rows_of(results: Results, k: int) -> Counter[Categories]:
    becomes = tell(present(results), results, k)
    after: Counter[Categories] = Counter()
    for atom, number in present(results).items():
        after[becomes[atom.categories]] += number
    return after


@given(waves, smallest)
@settings(deadline=None)
def test_every_combination_that_stays_has_at_least_k(town: list[Town], k: int) -> None:
    results = releases(town, k)
    if results is not None:
        assert all(number >= k for number in rows_of(results, k).values())


@given(waves, smallest)
@settings(deadline=None)
def test_nobody_gets_another_category_than_their_own(town: list[Town], k: int) -> None:
    results = releases(town, k)
    if results is not None:
        for before, after in tell(present(results), results, k).items():
            assert all(each in (own, "") for own, each in zip(before, after, strict=True))


@given(counts, smallest, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_the_counts_changes_nothing(town: Town, k: int, random: Random) -> None:
    items = list(town.items())
    random.shuffle(items)
    results, shuffled = releases([town], k), releases([dict(items)], k)
    if results is not None and shuffled is not None:
        assert tell(present(results), results, k) == tell(present(shuffled), shuffled, k)


# --- the attacker -----------------------------------------------------------------------------------------------------


def numbered(results: Results) -> list[Atom]:
    """Everybody who was ever counted, each with a number: the place in this list."""
    return [atom for atom, number in results.respondents.known.items() for _ in range(number)]


def groups_in_results(figures: Figures, people: Sequence[Atom]) -> list[list[int]]:
    """For each table that was shown its groups, as bits."""
    tables = [[sum(1 << at for at, one in enumerate(people) if one.is_in(number))] for number in figures.published]
    for dimension, breakdown in figures.breakdowns:
        place = DIMENSIONS.index(dimension)
        groups: dict[int | None, int] = defaultdict(int)
        for at, one in enumerate(people):
            if one.is_in(breakdown.as_of):
                groups[inside(breakdown, one.categories[place])] |= 1 << at
        tables.append(list(groups.values()))
    return tables


def found_out(results: Results, k: int, present: Mapping[Atom, int]) -> list[int]:
    """How many people are in each rest that is too small, when rows are taken from the results or the other way."""
    people = numbered(results)
    becomes = what_rows_tell(present, results.respondents, DIMENSIONS, k)
    if becomes is None:
        return []
    rows: dict[Categories, int] = defaultdict(int)
    left = Counter(present)
    for at, one in enumerate(people):
        if left[one]:
            left[one] -= 1
            rows[becomes[one.categories]] |= 1 << at
    return [
        rest
        for together in sorted(unions(list(rows.values())))[: 2**9]
        for table in groups_in_results(results.respondents, people)
        for groups in unions(table)
        if 0 < (rest := (together ^ groups).bit_count()) < k
    ]


@given(counts, smallest)
@settings(max_examples=200, deadline=None)
def test_nothing_small_is_left_when_rows_are_subtracted_from_the_results(town: Town, k: int) -> None:
    results = releases([town], k)
    if results is not None:
        assert found_out(results, k, present(results)) == []


@given(waves, smallest)
@settings(max_examples=200, deadline=None)
def test_nor_when_they_are_subtracted_from_an_interim_result(town: list[Town], k: int) -> None:
    results = releases(town, k)
    if results is not None:
        assert found_out(results, k, present(results)) == []


@given(waves, smallest, st.lists(st.integers(0, 14), max_size=6), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_nor_where_people_have_gone_since(town: list[Town], k: int, gone: list[int], turned: int) -> None:
    results = releases(town, k)
    if results is not None:
        rows = present(results)
        atoms = list(rows)
        for at, number in enumerate(gone):
            if atoms:
                atom = atoms[(at + turned) % len(atoms)]
                rows[atom] -= min(rows[atom], number)
        assert found_out(results, k, rows) == []


# --- examples ---------------------------------------------------------------------------------------------------------


def test_where_all_groups_are_large_everything_is_told() -> None:
    town: Town = {("1", "de", "16"): 20, ("1", "ar", "61"): 5, ("2", "de", "61"): 7, ("2", "ar", "16"): 6}
    assert all(before == after for before, after in told(town).items())


def test_a_small_language_is_given_up_within_its_area_and_the_area_stays() -> None:
    town: Town = {("1", "de", ""): 20, ("1", "ar", ""): 3, ("1", "bg", ""): 3, ("2", "de", ""): 9, ("2", "ar", ""): 6}
    assert sizes(town) == {("1", "de", ""): 20, ("1", "", ""): 6, ("2", "de", ""): 9, ("2", "", ""): 6}


def test_a_rest_that_would_be_small_takes_the_next_smallest_with_it() -> None:
    town: Town = {("1", "de", ""): 20, ("1", "tr", ""): 7, ("1", "ar", ""): 2, ("2", "ar", ""): 9, ("2", "tr", ""): 8}
    after = sizes(town)
    assert after["1", "de", ""] == 20
    assert after["1", "", ""] == 9


def test_an_age_is_given_up_before_the_language_and_the_language_before_the_area() -> None:
    town: Town = {
        ("1", "de", "16"): 20,
        ("1", "de", "61"): 3,
        ("2", "de", "61"): 3,
        ("2", "de", "16"): 20,
        ("2", "ar", "61"): 12,
        ("1", "ar", "16"): 9,
    }
    after = told(town)
    assert after["1", "de", "61"] == ("1", "de", "")
    assert after["2", "ar", "61"] == ("2", "ar", "61")
    assert {each[0] for each in after.values()} == {"1", "2"}


def test_a_category_that_the_results_do_not_show_is_not_told_unless_everybody_has_it() -> None:
    town: Town = {("1", "de", ""): 30, ("2", "de", ""): 9, ("3", "de", ""): 3}
    assert sizes(town) == {("1", "de", ""): 30, ("", "de", ""): 12}
    town = {("1", "de", ""): 30, ("2", "de", ""): 9, ("2", "ar", ""): 3}
    assert sizes(town) == {("1", "", ""): 30, ("2", "", ""): 12}


def test_with_fewer_than_k_there_are_no_rows() -> None:
    results = releases([{("1", "de", "16"): 30, ("2", "ar", "61"): 30}], 5)
    assert results is not None
    few = {Atom(("1", "de", "16"), 1): 2, Atom(("2", "ar", "61"), 1): 2}
    assert what_rows_tell(few, results.respondents, DIMENSIONS, 5) is None
    assert what_rows_tell({}, results.respondents, DIMENSIONS, 5) == {}


def test_whoever_has_gone_since_cannot_be_found_by_what_is_missing_in_the_rows() -> None:
    results = releases([{("1", "de", "16"): 30, ("2", "ar", "61"): 30}], 5)
    assert results is not None
    rest = {Atom(("1", "de", "16"), 1): 29, Atom(("2", "ar", "61"), 1): 26}
    assert set(tell(rest, results, 5).values()) == {NOTHING}
    alone = {Atom(("1", "de", "16"), 1): 30, Atom(("2", "ar", "61"), 1): 29}
    assert what_rows_tell(alone, results.respondents, DIMENSIONS, 5) is None


def test_there_are_no_rows_where_they_are_an_earlier_total_and_one_person() -> None:
    """40 were told of, then 12 more; 11 of these have gone, and who is left is the 41st row."""
    results = releases([{("1", "de", "16"): 40}, {("1", "de", "16"): 12}], 10)
    assert results is not None
    rows = {Atom(("1", "de", "16"), 1): 40, Atom(("1", "de", "16"), 2): 1}
    assert what_rows_tell(rows, results.respondents, DIMENSIONS, 10) is None
    rows[Atom(("1", "de", "16"), 1)] = 30
    assert set(tell(rows, results, 10).values()) == {("1", "de", "16")}


def test_many_groups_are_divided_in_a_moment() -> None:
    random = Random(1)
    town: Town = {
        (str(area), language, age): random.randint(0, 12)
        for area in range(1, 20)
        for language in ("ar", "bg", "de", "en", "ro", "tr")
        for age in ("16", "26", "41", "61", "")
    }
    assert all(number >= 5 for number in sizes(town).values())
