"""What is shown of a survey gives nobody away, however cleverly one figure is subtracted from another.

The attacker here shares no code with the rule: it knows who is in each group that was ever shown, puts groups together
in every way, and looks for two that differ by a few people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from admin.disclosure import (
    Atom,
    Base,
    Breakdown,
    Counted,
    Figures,
    Results,
    Snapshot,
    base,
    needed,
    release,
    share,
)

DIMENSIONS = ("area", "language", "age")
CATEGORIES = {"area": ("north", "harbour"), "language": ("ar", "bg", "de", "tr", ""), "age": ("young", "old", "")}
QUESTIONS = ("clean", "safe")


@dataclass(frozen=True)
class Person:
    """Who took part: where they belong, what they answered (None: skipped), whether they erase it before the next."""

    categories: tuple[str, ...]
    answers: tuple[str | None, ...]
    leaves: bool = False


persons = st.builds(
    Person,
    st.tuples(*(st.sampled_from(CATEGORIES[each]) for each in DIMENSIONS)),
    st.tuples(*(st.sampled_from(["yes", "yes", "no", None]) for _ in QUESTIONS)),
)
leaving = st.builds(
    Person, persons.map(lambda each: each.categories), persons.map(lambda each: each.answers), st.booleans()
)


def waves_of(person: st.SearchStrategy[Person]) -> st.SearchStrategy[list[list[Person]]]:
    """People as they come, between one release and the next."""
    return st.lists(st.lists(person, max_size=22), min_size=1, max_size=4)


def snapshot(people: Sequence[tuple[Person, int]]) -> Snapshot:
    """The counts of these people, each with the release that counted them first."""

    def counted(inside: Sequence[tuple[Person, str, int]]) -> Counted:
        options: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for person, answer, _ in inside:
            options[""][""][answer] += 1
            for dimension, category in zip(DIMENSIONS, person.categories, strict=True):
                options[dimension][category][answer] += 1
        return Counted(Counter(Atom(person.categories, since) for person, _, since in inside), options)

    questions = {
        name: counted([(who, answer, since) for who, since in people if (answer := who.answers[at]) is not None])
        for at, name in enumerate(QUESTIONS)
    }
    return Snapshot(DIMENSIONS, counted([(who, "", since) for who, since in people]), questions)


@dataclass
class Told:
    """A survey's releases, and everybody who was ever in one."""

    releases: list[Results]
    here: list[list[tuple[int, Person, int]]]
    """At each release: number, person, and the release that counted them first."""


def tell(waves: Sequence[Sequence[Person]], k: int, *, at_once: bool = False) -> Told:
    """Release after each wave of people, those who leave going before the next."""
    told, before = Told([], []), None
    crowd: list[tuple[int, Person, int]] = []
    numbers = iter(range(10_000))
    for wave in [list(chain.from_iterable(waves))] if at_once else waves:
        crowd = [one for one in crowd if not one[1].leaves]
        since = len(told.releases) + 1
        crowd += [(next(numbers), person, since) for person in wave]
        results = release(snapshot([(person, since) for _, person, since in crowd]), before, smallest=k)
        if results is not None:
            told.releases.append(results)
            told.here.append(list(crowd))
            before = results
    return told


# --- the attacker -----------------------------------------------------------------------------------------------------

Groups = list[int]
"""Each a set of people, as bits."""


def bits(people: Iterator[int]) -> int:
    return sum(1 << number for number in people)


def inside(breakdown: Breakdown, category: str) -> int | None:
    named = [at for at, cell in enumerate(breakdown.cells) if category in cell.categories]
    return named[0] if named else next((at for at, cell in enumerate(breakdown.cells) if cell.others), None)


def publications(told: Told, question: str | None) -> Iterator[tuple[str, Groups]]:
    """Each list of disjoint groups whose figures somebody who kept all releases knows or can work out."""
    for results in told.releases:
        figures: Figures | None = results.questions.get(question) if question else results.respondents
        if figures is None:
            continue
        answered = QUESTIONS.index(question) if question else None

        def members(as_of: int, answered: int | None = answered) -> list[tuple[int, Person, int]]:
            crowd = told.here[as_of - 1]
            return [each for each in crowd if answered is None or each[1].answers[answered] is not None]

        everybody = bits(number for number, *_ in members(figures.as_of))
        assert everybody.bit_count() == figures.people
        yield "", [everybody]
        for dimension, breakdown in figures.by.items():
            place = DIMENSIONS.index(dimension)
            groups: dict[int, int] = defaultdict(int)
            few = 0
            for number, person, _ in members(breakdown.as_of):
                at = inside(breakdown, person.categories[place])
                assert at is not None
                if question and breakdown.cells[at].options is None:
                    few |= 1 << number
                else:
                    groups[at] |= 1 << number
            for at, cell in enumerate(breakdown.cells):
                if not question or cell.options is not None:
                    assert groups[at].bit_count() == cell.people
                if cell.options:
                    chosen = Counter(
                        person.answers[answered]  # type: ignore[index]
                        for number, person, _ in members(breakdown.as_of)
                        if groups[at] >> number & 1
                    )
                    assert chosen == cell.options
            yield dimension, [each for each in [*groups.values(), few] if each]


def unions(groups: Groups) -> set[int]:
    found = {0}
    for group in groups:
        found |= {each | group for each in found}
    return found


def exposed(told: Told, k: int, *, twice: bool = True) -> list[str]:
    """Every way to come down to fewer than k people by subtracting one group from another.

    ``twice``: also by subtracting what a total gained from what a breakdown gained, which takes four figures.
    """
    found = []
    for question in (None, *QUESTIONS):
        seen = list({(name, tuple(groups)) for name, groups in publications(told, question)})
        for (one, first), (other, second) in combinations([("nobody", (0,)), *seen], 2):
            least = min(
                (
                    difference
                    for a in unions(list(first))
                    for b in unions(list(second))
                    if (difference := (a ^ b).bit_count())
                ),
                default=k,
            )
            if least < k:
                found.append(f"{question}: {one} and {other} differ by {least}")
        totals = sorted({groups[0] for name, groups in seen if name == ""}, key=int.bit_count)
        steps = [b & ~a for a, b in combinations(totals, 2) if a & b == a]
        for name in DIMENSIONS if twice else ():
            states = [groups for each, groups in seen if each == name]
            for old, new in combinations(sorted(states, key=lambda each: sum(map(int.bit_count, each))), 2):
                gained = [b & ~a for a in unions(list(old)) for b in unions(list(new)) if a & b == a]
                least = min((n for a in gained for b in steps if (n := (a ^ b).bit_count())), default=k)
                if least < k:
                    found.append(f"{question}: what {name} and the total gained differ by {least}")
    return found


def told_by_three(told: Told, k: int) -> list[str]:
    """Every way to come down to fewer than k people by adding two groups and taking a third away."""
    found = []
    for question in (None, *QUESTIONS):
        seen = list({(name, tuple(groups)) for name, groups in publications(told, question)})
        for tables in combinations(seen, 3):
            for last in range(3):
                names = [name for name, _ in tables]
                one, two, minus = (unions(list(tables[(last + turn) % 3][1])) for turn in (1, 2, 0))
                few = any(
                    0 < ((a & b & c) | ((a ^ b) & ~c) | (c & ~(a | b))).bit_count() < k
                    for a in one
                    for b in two
                    for c in minus
                    if not a & b & ~c  # they would count twice
                )
                if few:
                    found.append(f"{question}: {names}, {names[last]} taken away")
    return found


@given(waves_of(persons), st.integers(2, 6))
@settings(max_examples=300, deadline=None)
def test_no_subtraction_comes_down_to_a_small_group(waves: list[list[Person]], k: int) -> None:
    told = tell(waves, k)
    assert exposed(told, k) == []


@given(waves_of(persons), st.integers(2, 6))
@settings(max_examples=150, deadline=None)
def test_nor_does_one_within_a_single_release(waves: list[list[Person]], k: int) -> None:
    told = tell(waves, k, at_once=True)
    assert exposed(told, k) == []
    for results in told.releases:
        figures = [results.respondents, *results.questions.values()]
        assert all(each.people >= k for each in figures)


@given(waves_of(leaving), st.integers(2, 6))
@settings(max_examples=600, deadline=None)
def test_who_erases_their_answers_is_not_given_away_by_it_either(waves: list[list[Person]], k: int) -> None:
    told = tell(waves, k)
    assert exposed(told, k, twice=False) == []


FEW_KINDS = {"area": ("north", "harbour"), "language": ("ar", "de", "tr"), "age": ("young", "old")}
lopsided = st.dictionaries(
    st.tuples(*(st.sampled_from(FEW_KINDS[each]) for each in DIMENSIONS)),
    st.sampled_from([1, 2, 10, 11, 12]),
    min_size=3,
    max_size=7,
)
"""How many there are of a few kinds of people: large groups that nearly coincide, as chance rarely makes them."""


def of_kinds(numbers: Mapping[tuple[str, ...], int]) -> list[Person]:
    return [Person(kind, ("yes" if at % 2 else "no", None)) for kind, number in numbers.items() for at in range(number)]


@given(st.lists(lopsided, min_size=1, max_size=2), st.sampled_from([5, 10]))
@settings(max_examples=200, deadline=None)
def test_nor_do_three_groups_that_are_added_and_subtracted(waves: list[dict[tuple[str, ...], int]], k: int) -> None:
    assert told_by_three(tell([of_kinds(each) for each in waves], k), k) == []


# --- examples ---------------------------------------------------------------------------------------------------------


def crowd(**numbers: int) -> list[Person]:
    """That many people by area, all of whom answered both questions; languages and ages are all alike."""
    return [
        Person((area, "de", "old"), ("yes" if at % 2 else "no", "yes"))
        for area, number in numbers.items()
        for at in range(number)
    ]


def sizes(results: Results, dimension: str = "area") -> list[int]:
    return [cell.people for cell in results.respondents.by[dimension].cells]


def test_small_groups_become_others_together_with_the_next_smallest() -> None:
    [results] = tell([crowd(north=20, harbour=9, hill=3, dale=1)], 5).releases
    cells = results.respondents.by["area"].cells
    assert [(set(cell.categories), cell.people, cell.others) for cell in cells] == [
        ({"north"}, 20, False),
        ({"harbour", "hill", "dale"}, 13, True),
    ]


def test_a_breakdown_of_which_one_group_would_be_left_is_not_shown() -> None:
    [results] = tell([crowd(north=20, harbour=4)], 5).releases
    assert "area" not in results.respondents.by


def test_fewer_than_the_smallest_group_show_nothing() -> None:
    assert tell([crowd(north=4)], 5).releases == []


def test_a_question_that_few_of_a_group_answered_is_held_back_together_with_the_next_smallest() -> None:
    silent = [Person(("harbour", "de", "old"), (None, "yes"))] * 8
    few = [Person(("harbour", "de", "old"), ("yes", "yes"))] * 3
    [results] = tell([crowd(north=20, hill=10) + silent + few], 5).releases
    held = {next(iter(cell.categories)): cell.options is None for cell in results.questions["clean"].by["area"].cells}
    assert held == {"north": False, "hill": True, "harbour": True}
    assert all(cell.options for cell in results.questions["safe"].by["area"].cells)


def test_a_question_that_too_few_answered_is_not_shown_at_all() -> None:
    silent = [Person(("north", "de", "old"), (None, "yes"))] * 20
    [results] = tell([crowd(north=4) + silent], 5).releases
    assert set(results.questions) == {"safe"}


def test_a_breakdown_waits_until_each_of_its_groups_has_grown_enough() -> None:
    first, second, third = tell(
        [crowd(north=20, harbour=15), crowd(north=6, harbour=5), crowd(north=6, harbour=6)], 10
    ).releases
    assert (first.respondents.people, sizes(first)) == (35, [20, 15])
    assert (second.respondents.people, sizes(second)) == (46, [20, 15])
    assert (third.respondents.people, sizes(third)) == (58, [32, 26])


def test_a_breakdown_waits_where_its_growth_is_nearly_that_of_a_total() -> None:
    # Nine of ten, then one of ten: what the area gained and what all gained in between are the same but for two people.
    told = tell([crowd(north=20, harbour=20), crowd(north=9, harbour=1), crowd(north=1, harbour=9)], 10)
    assert [sizes(each) for each in told.releases] == [[20, 20]] * 3
    assert [each.respondents.people for each in told.releases] == [40, 50, 60]


def test_a_release_without_enough_new_people_says_what_the_one_before_said() -> None:
    first, second = tell([crowd(north=20, harbour=15), crowd(north=9)], 10).releases
    assert replace(second.respondents, known={}) == replace(first.respondents, known={})
    assert second.questions["safe"].options == first.questions["safe"].options


def test_two_breakdowns_into_nearly_the_same_people_are_not_both_shown() -> None:
    people = [Person(("north", "de", "old"), ("yes", "yes"))] * 20 + [
        Person(("harbour", "ar", "old"), ("yes", "no"))
    ] * 20
    odd_ones = [Person(("north", "ar", "old"), ("yes", "yes"))] * 2
    [results] = tell([people + odd_ones], 5).releases
    assert set(results.respondents.by) == {"area"}
    [results] = tell([people], 5).releases
    assert set(results.respondents.by) == {"area", "language"}


def test_a_third_breakdown_is_not_shown_where_a_sum_of_two_would_tell_of_one() -> None:
    # Of any two, no groups nearly coincide; but north and Turkish together are the young and one who is old.
    people = of_kinds(
        {
            ("north", "de", "young"): 12,
            ("harbour", "tr", "young"): 13,
            ("harbour", "de", "old"): 15,
            ("north", "de", "old"): 1,
        }
    )
    [results] = tell([people], 5).releases
    assert set(results.respondents.by) == {"area", "language"}
    [results] = tell([people[:-1]], 5).releases
    assert set(results.respondents.by) == {"area", "language", "age"}


def test_a_language_that_comes_later_gets_a_group_of_its_own_or_joins_the_others() -> None:
    later = [Person(("north", "tr", "old"), ("yes", "yes"))] * 12
    few = [Person(("north", "bg", "old"), ("yes", "yes"))] * 3
    arabic = [Person(("north", "ar", "old"), ("yes", "yes"))] * 20
    _, second = tell([crowd(north=20) + arabic, later + few], 10).releases
    assert sizes(second, "language") in ([20, 20, 15], [20, 20])


def test_interim_releases_need_thirty_people_and_then_as_many_new_ones_as_the_smallest_group() -> None:
    assert needed(0, smallest=10) == 30
    assert needed(0, smallest=40) == 40
    assert needed(30, smallest=10) == 10
    assert needed(120, smallest=10) == 10


def test_large_surveys_need_a_twelfth_more_people_for_each_release_so_that_there_are_not_too_many() -> None:
    assert needed(121, smallest=10) == 11
    counted, releases = 30, 1
    while counted < 100_000:
        counted, releases = counted + needed(counted, smallest=10), releases + 1
    assert releases < 100


def test_in_small_groups_the_words_at_the_ends_stand_for_two_numbers_too() -> None:
    assert share(0, 8) == share(1, 8)
    assert share(1, 8).hardly_anyone
    assert share(7, 8) == share(8, 8)
    assert share(7, 8).almost_all
    assert share(2, 8).percent == 25


def test_a_base_is_exact_unless_it_differs_by_a_few_from_what_stands_beside_it() -> None:
    assert base(41, 41, [41, 40], smallest=5) == Base(41, about=False)
    assert base(40, 41, [41], smallest=5) == Base(40, about=True)
    assert base(43, None, [41], smallest=5) == Base(45, about=True)
    assert base(36, 41, [41, 20], smallest=5) == Base(36, about=False)
    assert base(36, 41, [41, 37], smallest=5) == Base(35, about=True)


def test_shares_are_whole_and_vague_at_the_ends() -> None:
    assert [share(number, 200).percent for number in (0, 10, 11, 99, 189, 190, 200)] == [5, 5, 6, 50, 95, 95, 95]
    assert share(0, 40).hardly_anyone
    assert share(2, 40).hardly_anyone
    assert not share(3, 40).hardly_anyone
    assert share(38, 40).almost_all
    assert share(0, 0).hardly_anyone


def test_a_share_of_about_so_many_is_about_so_much() -> None:
    assert [share(number, 43, about=True).percent for number in (0, 2, 3, 9, 10, 22, 40, 41, 42)] == [
        *(5, 5, 5, 20, 25, 50, 95, 95, 95)
    ]
    assert share(0, 0, about=True).hardly_anyone
    assert share(34, 99, about=True).percent == 35
    assert share(34, 100, about=True).percent == 34
