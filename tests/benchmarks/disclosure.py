"""How many residents can be pinned down by subtraction, with thresholds alone and under the rule; and what is shown.

    python -m tests.benchmarks.disclosure [--quick] [--json]

Invented towns of 40, 150 and 1,000 respondents, who come over eight weeks. Each is told about twice: once, at the end
(k = 5), and week by week (k = 10). The attacker keeps everything that was ever shown, puts groups together in all ways
and subtracts one from the other: who is in a rest of fewer than k is exposed. "Thresholds alone" shows each group of at
least k, whenever there are some, as most survey software does. Nothing here but the people comes from the product's own
code: the attacker would find its mistakes.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from statistics import mean

from admin.disclosure import Atom, Breakdown, Counted, Results, Snapshot, needed, release

DIMENSIONS = ("area", "language", "age")
SHARES = (
    {"1": 0.40, "2": 0.30, "3": 0.20, "4": 0.10},
    {"ar": 0.26, "de": 0.22, "bg": 0.17, "ro": 0.15, "tr": 0.14, "en": 0.06},
    {"16": 0.20, "26": 0.35, "41": 0.27, "61": 0.10, "": 0.08},
)
WEEKS = 8
SIZES = (40, 150, 1000)
Partition = list[int]
"""Disjoint groups, each a set of people as bits."""


@dataclass(frozen=True)
class Person:
    categories: tuple[str, ...]
    week: int


@dataclass
class Outcome:
    """What came of one way to tell about one town."""

    exposed: float
    groups: int
    left_out: float
    """Share of the answers that the last total, or on average a breakdown that is shown, does not count."""


def town(size: int, chance: Random) -> list[Person]:
    people = []
    for _ in range(size):
        categories = tuple(chance.choices(list(each), list(each.values()))[0] for each in SHARES)
        people.append(Person(categories, min(WEEKS - 1, int(chance.expovariate(0.35)))))
    return people


def bits(numbers: Iterator[int]) -> int:
    return sum(1 << number for number in numbers)


# --- two ways to tell -------------------------------------------------------------------------------------------------


def under_the_rule(people: Sequence[Person], weeks: Sequence[int], k: int) -> Iterator[list[Partition]]:
    """What is shown each week; ends with what is shown at closing."""
    before: Results | None = None
    since: dict[int, int] = {}
    for week in weeks:
        here = [number for number, person in enumerate(people) if person.week <= week]
        new = len(here) - len(since)
        last = week == weeks[-1]
        if not last and new < needed(before.respondents.people if before else 0, smallest=k):
            continue
        turn = before.number + 1 if before else 1
        since |= {number: turn for number in here if number not in since}
        atoms = Counter(Atom(people[number].categories, since[number]) for number in here)
        before = release(Snapshot(DIMENSIONS, Counted(atoms), {}), before, smallest=k) or before
        if before is not None:
            yield _shown(people, since, before)


def _shown(people: Sequence[Person], since: dict[int, int], results: Results) -> list[Partition]:
    figures = results.respondents
    partitions = [[bits(number for number, turn in since.items() if turn <= figures.as_of)]]
    for dimension in DIMENSIONS:
        breakdown = figures.by.get(dimension)
        partitions.append(_groups(people, since, DIMENSIONS.index(dimension), breakdown) if breakdown else [])
    return partitions


def _groups(people: Sequence[Person], since: dict[int, int], place: int, breakdown: Breakdown) -> Partition:
    groups: dict[int, int] = defaultdict(int)
    named = {each: at for at, cell in enumerate(breakdown.cells) for each in cell.categories}
    others = next((at for at, cell in enumerate(breakdown.cells) if cell.others), -1)
    for number, turn in since.items():
        if turn <= breakdown.as_of:
            groups[named.get(people[number].categories[place], others)] |= 1 << number
    return list(groups.values())


def thresholds_alone(people: Sequence[Person], weeks: Sequence[int], k: int) -> Iterator[list[Partition]]:
    for week in weeks:
        here = [number for number, person in enumerate(people) if person.week <= week]
        if len(here) < k:
            continue
        partitions: list[Partition] = [[bits(iter(here))]]
        for place in range(len(DIMENSIONS)):
            groups: dict[str, int] = defaultdict(int)
            for number in here:
                groups[people[number].categories[place]] |= 1 << number
            partitions.append([each for each in groups.values() if each.bit_count() >= k])
        yield partitions


# --- the attacker -----------------------------------------------------------------------------------------------------


def unions(groups: Partition) -> list[int]:
    found = [0]
    for group in groups:
        found += [each | group for each in found]
    return found


def exposed(told: Sequence[list[Partition]], k: int) -> int:
    """Everybody in a rest of fewer than k: within a release, and between each and the one before.

    A rest of one group in another; and of two groups that are added, from one release or from what it has gained since
    the one before, in a third.
    """
    pairs: list[tuple[Partition, Partition]] = []
    for at, partitions in enumerate(told):
        pairs += combinations([each for each in partitions if each], 2)
        if at:
            pairs += [
                (now, before) for now in partitions for before in told[at - 1] if now and before and now != before
            ]
    found = 0
    for one, other in pairs:
        for a in unions(one):
            for b in unions(other):
                rest = a & ~b if a & b == b else b & ~a if a & b == a else 0
                if 0 < rest.bit_count() < k:
                    found |= rest
    for at, partitions in enumerate(told):
        found |= by_three(partitions, k)
        if at:
            gains = [gained(now, before) for now, before in zip(partitions, told[at - 1], strict=True)]
            found |= by_three(gains, k)
    return found.bit_count()


def gained(now: Partition, before: Partition) -> Partition:
    """What each group has gained, where its people before are a group or several; otherwise it is not known."""
    gains = []
    for group in now:
        inside = [each for each in before if each & group]
        if all(each & ~group == 0 for each in inside):
            gains.append(group & ~sum(inside))
    return [each for each in gains if each]


def by_three(partitions: Sequence[Partition], k: int) -> int:
    """Everybody whom the sum of two groups and a third differ by, where they are fewer than k.

    The third is put together cell by cell: of each cell what leaves fewer people over, in it or out of it.
    """
    found = 0
    for three in combinations([each for each in partitions if each], 3):
        for last in range(3):
            one, other, cells = (three[(last + turn) % 3] for turn in (1, 2, 0))
            for a in unions(one):
                for b in unions(other):
                    found |= _left_over(a, b, cells, k)
    return found


def _left_over(a: int, b: int, cells: Partition, k: int) -> int:
    outside = (a | b) & ~sum(cells)
    if a & b & outside:
        return 0  # whoever is in both, and in no cell, counts twice
    best, second = outside, 0
    for cell in cells:
        out, inside = cell & (a | b), cell & ~(a ^ b)
        if cell & a & b or inside.bit_count() < out.bit_count():
            out, inside = inside, 0 if cell & a & b else out
        best |= out
        if best.bit_count() >= k:
            return 0
        if inside and (not second or inside.bit_count() < second.bit_count()):
            second = inside
    rest = best or second
    return rest if rest.bit_count() < k else 0


def outcome(people: Sequence[Person], told: list[list[Partition]], k: int) -> Outcome:
    if not told:
        return Outcome(0.0, 0, 1.0)
    counted = [sum(each.bit_count() for each in partition) for partition in told[-1] if partition]
    return Outcome(
        exposed(told, k) / len(people),
        sum(len(partition) for partition in told[-1][1:]),
        1 - mean(counted) / len(people),
    )


def measure(trials: int, seed: int) -> dict[str, float]:
    rows: dict[str, list[Outcome]] = defaultdict(list)
    for size in SIZES:
        for trial in range(trials):
            people = town(size, Random(f"{seed} {size} {trial}"))
            for way, weeks, k in (("once", [WEEKS - 1], 5), ("weekly", list(range(WEEKS)), 10)):
                for rule, tell in (("rule", under_the_rule), ("thresholds", thresholds_alone)):
                    told = list(tell(people, weeks, k))
                    rows[f"{rule} {way} {size}"].append(outcome(people, told, k))
    figures: dict[str, float] = {}
    for name, outcomes in rows.items():
        key = name.replace(" ", "_")
        figures[f"exposed_{key}"] = mean(each.exposed for each in outcomes)
        figures[f"groups_{key}"] = mean(each.groups for each in outcomes)
        figures[f"left_out_{key}"] = mean(each.left_out for each in outcomes)
    both = {
        rule: [each.exposed for name in rows if name.startswith(rule) for each in rows[name]]
        for rule in ("rule", "thresholds")
    }
    return {
        "exposed_share": mean(both["rule"]),
        "exposed_share_thresholds_only": mean(both["thresholds"]),
        "groups_shown_40": figures["groups_rule_once_40"],
        **figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="10 towns of each size instead of 100")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures = measure(10 if options.quick else 100, options.seed)
    print(f"Python {platform.python_version()}, seed {options.seed}")
    print(f"{'':28}exposed   groups   left out")
    for name in [
        each.removeprefix("exposed_") for each in figures if each.startswith("exposed_") and "share" not in each
    ]:
        shares = figures[f"exposed_{name}"], figures[f"groups_{name}"], figures[f"left_out_{name}"]
        print(f"{name.replace('_', ' '):28}{shares[0]:7.1%} {shares[1]:8.1f} {shares[2]:9.1%}")
    if options.json:
        print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
