"""What rows may say of area and language, so that no small group stands in them, nor can be worked out from them.

Pure functions over counts. Rows are read beside the results of the same survey, which show each area and each language
as a whole; therefore it is not enough that each combination in the rows is large. Of 42 people in an area, 40 of whom
stand in the rows as "this area, German", the answers of the other two could be found by subtraction.

Area is kept before language: what people say leads to something at a place, and the results say "area" first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from admin.disclosure import Atom, least_difference

Combination = tuple[int | None, str]
"""Area and language; None and "": not told, or merged. Both look the same."""

EVERYBODY: Combination = (None, "")


def merge_small(
    counts: Mapping[Combination, int], k: int, parents: Mapping[int, int | None] | None = None
) -> Mapping[Combination, Combination]:
    """What each combination becomes. ``counts``: complete responses by area and language.

    ``parents``: of every area, the one around it. With them a house first counts as its quarter where it is too small
    (`raise_areas`); without, areas lie beside each other.

    1. An area with fewer than k gives up its name, and so does the next smallest, until those without are k or none.
    2. Within an area (and within those without) languages with fewer than k are given up, and the next smallest with
       them, until those without are k or none.
    3. A language is given up in further areas, the smallest first, until it cannot be told by subtraction from its
       total who has lost it: with whom it is given up are nobody, everybody who speaks it, or k.
    4. If areas and languages together still tell too much, everybody is merged.

    Each combination that stays has k or more; with fewer than k altogether everybody is merged. The order in which the
    counts come changes nothing.
    """
    if parents is not None:
        return _merged_in_tree(counts, k, parents)
    present = {combination: number for combination, number in counts.items() if number > 0}
    areas = _kept_areas(present, k)
    groups: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (area, language), number in present.items():
        groups[area if area in areas else None][language] += number
    kept = {(area, each) for area, languages in groups.items() for each in _kept(languages, k) if each}
    sizes = {(area, each): number for area, languages in groups.items() for each, number in languages.items()}
    while kept and not _safe(sizes, kept, k):
        kept.remove(_next_to_go(sizes, kept, k))
    if not _safe(sizes, kept, k) or sum(present.values()) < k:
        return dict.fromkeys(counts, EVERYBODY)

    def becomes(combination: Combination) -> Combination:
        area = combination[0] if combination[0] in areas else None
        return area, combination[1] if (area, combination[1]) in kept else ""

    return {combination: becomes(combination) for combination in counts}


def _merged_in_tree(
    counts: Mapping[Combination, int], k: int, parents: Mapping[int, int | None]
) -> Mapping[Combination, Combination]:
    totals: dict[int, int] = defaultdict(int)
    for (area, _), number in counts.items():
        if area is not None:
            totals[area] += number
    raised = raise_areas(totals, parents, k)
    larger: dict[Combination, Combination] = {
        (area, language): (None if area is None else raised[area], language) for area, language in counts
    }
    sums: dict[Combination, int] = defaultdict(int)
    for combination, number in counts.items():
        sums[larger[combination]] += number
    small = merge_small(sums, k)
    return {combination: small[larger[combination]] for combination in counts}


def raise_areas(counts: Mapping[int, int], parents: Mapping[int, int | None], k: int) -> Mapping[int, int]:
    """The area as which each area counts: itself, or one that contains it where fewer than k live or would be left.

    ``parents``: of every area, the one around it. From the innermost outwards; what is too small at the top stays, and
    is `merge_small`'s affair.
    """
    becomes = {area: area for area in counts}
    sizes: dict[int, int] = defaultdict(int, counts)
    inside: dict[int, list[int]] = defaultdict(list)
    for area in sorted(parents, key=lambda each: (-_depth(each, parents), each)):
        standing = sorted((each for each in inside.pop(area, []) if sizes[each]), key=lambda each: (-sizes[each], each))
        while standing and (sizes[standing[-1]] < k or 0 < sizes[area] < k):
            raised = standing.pop()
            sizes[area] += sizes.pop(raised)
            becomes = {each: area if now == raised else now for each, now in becomes.items()}
        parent = parents[area]
        if parent is not None:
            inside[parent] += [*standing, area]
    return becomes


def _depth(area: int, parents: Mapping[int, int | None]) -> int:
    seen = {area}
    above = parents.get(area)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return len(seen)


def _kept_areas(counts: Mapping[Combination, int], k: int) -> set[int | None]:
    totals: dict[str, int] = defaultdict(int)
    names: dict[str, int | None] = {}
    for (area, _), number in counts.items():
        name = "" if area is None else f"{area:020}"
        totals[name] += number
        names[name] = area
    return {names[name] for name in _kept(totals, k)} | {None}


def _kept(totals: Mapping[str, int], k: int) -> set[str]:
    """The categories that stay; the others and "" are one, with k or more of them or none."""
    given_up = sum(number for category, number in totals.items() if number < k or not category)
    staying = sorted((number, category) for category, number in totals.items() if number >= k and category)
    while staying and 0 < given_up < k:
        number, _ = staying.pop(0)
        given_up += number
    return {category for _, category in staying}


def _safe(sizes: Mapping[tuple[int | None, str], int], kept: set[tuple[int | None, str]], k: int) -> bool:
    """Whether the groups of the rows, put together, differ from languages put together by nobody or at least k."""
    shown = _kept(_by_language(sizes), k)
    people: dict[Atom, int] = defaultdict(int)
    for (area, language), number in sizes.items():
        if (area, language) not in kept:  # who keeps both is k or more, and in one language only
            people[Atom((str(area), language), 1)] += number
    for area, language in kept:
        people[Atom(("kept", language), 1)] += sizes[area, language]

    def in_rows(atom: Atom) -> Hashable:
        return atom.categories if atom.categories[0] == "kept" else atom.categories[0]

    def in_results(atom: Atom) -> Hashable:
        return atom.categories[1] if atom.categories[1] in shown else ""

    least = least_difference(people, in_rows, in_results)
    return least is None or least >= k


def _next_to_go(
    sizes: Mapping[tuple[int | None, str], int], kept: set[tuple[int | None, str]], k: int
) -> tuple[int | None, str]:
    """The smallest combination of a language of which too few have lost theirs; if there is none, the smallest."""
    lost = _by_language({each: number for each, number in sizes.items() if each not in kept})
    few = {language for language, number in lost.items() if 0 < number < k}
    candidates: Iterable[tuple[int | None, str]] = [each for each in kept if each[1] in few] or kept
    return min(candidates, key=lambda each: (sizes[each], each[1], each[0] is None, each[0] or 0))


def _by_language(sizes: Mapping[tuple[int | None, str], int]) -> Mapping[str, int]:
    totals: dict[str, int] = defaultdict(int)
    for (_, language), number in sizes.items():
        totals[language] += number
    return totals
