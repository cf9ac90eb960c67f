from __future__ import annotations

from collections import Counter
from itertools import chain, combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from admin.exports.merging import EVERYBODY, Combination, merge_small, raise_areas

COUNTS = st.dictionaries(
    st.tuples(st.sampled_from([None, 1, 2, 3, 4]), st.sampled_from(["", "ar", "bg", "de", "tr"])),
    st.integers(0, 14),
    max_size=14,
)
SMALLEST = st.integers(5, 7)


def sizes_after(counts: dict[Combination, int], k: int) -> Counter[Combination]:
    after: Counter[Combination] = Counter()
    for combination, becomes in merge_small(counts, k).items():
        after[becomes] += counts[combination]
    return after


def shown_as_a_whole(counts: dict[Combination, int], side: int, k: int) -> list[set[Combination]]:
    """The cells of a breakdown: each category with at least k, and all others together."""
    totals: Counter[object] = Counter()
    for combination, number in counts.items():
        totals[combination[side] or ""] += number
    others = {each for each, number in totals.items() if number < k or each == ""}
    left = sorted((each for each in totals if each not in others), key=lambda each: (totals[each], str(each)))
    while left and 0 < sum(totals[each] for each in others) < k:
        others.add(left.pop(0))
    cells = [{each for each in counts if (each[side] or "") == category} for category in left]
    return [*cells, {each for each in counts if (each[side] or "") in others}]


def unions(parts: list[set[Combination]]) -> list[set[Combination]]:
    chosen = chain.from_iterable(combinations(parts, number) for number in range(len(parts) + 1))
    return [set().union(*each) for each in chosen]


@given(COUNTS, SMALLEST)
def test_every_combination_that_stays_has_at_least_k_or_everybody_is_merged(
    counts: dict[Combination, int], k: int
) -> None:
    after = sizes_after(counts, k)
    assert all(number == 0 or number >= k for number in after.values()) or set(after) == {EVERYBODY}


@given(COUNTS, SMALLEST)
def test_nobody_gets_another_area_or_language_than_their_own(counts: dict[Combination, int], k: int) -> None:
    for (area, language), (new_area, new_language) in merge_small(counts, k).items():
        assert new_area in (area, None)
        assert new_language in (language, "")


@given(COUNTS, SMALLEST, st.randoms(use_true_random=False))
def test_the_order_of_the_counts_changes_nothing(counts: dict[Combination, int], k: int, random: Random) -> None:
    items = list(counts.items())
    random.shuffle(items)
    assert merge_small(dict(items), k) == merge_small(counts, k)


@settings(max_examples=300, deadline=None)
@given(COUNTS, SMALLEST)
def test_nothing_small_is_left_when_rows_are_subtracted_from_an_area_or_a_language_as_a_whole(
    counts: dict[Combination, int], k: int
) -> None:
    counts = {each: number for each, number in counts.items() if number}
    if sum(counts.values()) < k:
        return
    mapping = merge_small(counts, k)
    groups = [{each for each in counts if mapping[each] == becomes} for becomes in set(mapping.values())]
    for side in (0, 1):
        whole = unions(shown_as_a_whole(counts, side, k))
        for together in unions(groups)[: 2**9]:
            for cells in whole:
                difference = sum(counts[each] for each in together ^ cells)
                assert difference == 0 or difference >= k


def test_where_all_groups_are_large_nothing_is_merged() -> None:
    counts: dict[Combination, int] = {(1, "de"): 20, (1, "ar"): 5, (2, "de"): 7, (2, "tr"): 6}
    assert all(before == after for before, after in merge_small(counts, 5).items())


def test_a_small_language_is_given_up_within_its_area_and_the_area_stays() -> None:
    counts: dict[Combination, int] = {(1, "de"): 20, (1, "ar"): 3, (1, "bg"): 3, (2, "de"): 9}
    after = sizes_after(counts, 5)
    assert after == {(1, "de"): 20, (1, ""): 6, (2, "de"): 9}


def test_a_rest_that_would_be_small_takes_the_next_smallest_with_it() -> None:
    counts: dict[Combination, int] = {(1, "de"): 20, (1, "tr"): 7, (1, "ar"): 2}
    assert sizes_after(counts, 5) == {(1, "de"): 20, (1, ""): 9}


def test_a_small_area_gives_up_its_name_together_with_the_next_smallest() -> None:
    counts: dict[Combination, int] = {(1, "de"): 3, (2, "de"): 6, (3, "de"): 30}
    assert sizes_after(counts, 5) == {(None, "de"): 9, (3, "de"): 30}


def test_with_fewer_than_k_altogether_everybody_is_merged() -> None:
    assert set(merge_small({(1, "de"): 2, (2, "ar"): 2}, 5).values()) == {EVERYBODY}
    assert merge_small({}, 5) == {}


def test_a_hundred_areas_are_merged_in_a_moment() -> None:
    random = Random(1)
    counts: dict[Combination, int] = {
        (area, language): random.randint(0, 12)
        for area in range(100)
        for language in ("ar", "bg", "de", "en", "ro", "tr")
    }
    assert all(number >= 5 for number in sizes_after(counts, 5).values() if number)


def test_a_house_counts_as_its_quarter_where_too_few_live_in_it() -> None:
    parents = {1: None, 11: 1, 12: 1, 13: 1, 2: None}
    assert raise_areas({11: 2, 12: 3, 13: 8, 2: 9}, parents, 5) == {11: 1, 12: 1, 13: 13, 2: 2}


def test_where_too_few_would_be_left_in_the_quarter_the_smallest_house_joins_them() -> None:
    parents = {1: None, 11: 1, 12: 1, 13: 1}
    assert raise_areas({11: 2, 12: 6, 13: 8}, parents, 5) == {11: 1, 12: 1, 13: 13}


def test_a_house_joins_its_quarter_past_a_block_in_which_nobody_else_lives() -> None:
    parents = {1: None, 10: 1, 101: 10, 102: 10}
    assert raise_areas({1: 3, 101: 6, 102: 7}, parents, 5) == {1: 1, 101: 1, 102: 102}


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 9)), SMALLEST)
def test_raised_areas_hold_at_least_k_below_the_top(counts: dict[int, int], k: int) -> None:
    parents = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 4, 8: 4, 9: None}
    after: Counter[int] = Counter()
    for area, becomes in raise_areas(counts, parents, k).items():
        after[becomes] += counts[area]
    assert all(number >= k for area, number in after.items() if parents[area] is not None)
    assert sum(after.values()) == sum(counts.values())
