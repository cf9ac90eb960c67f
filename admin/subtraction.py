"""What can be worked out of tables by subtraction: the arithmetic beneath the disclosure rule (`admin.disclosure`).

People come as classes whom nothing tells apart, with their number; a table as a function that says in which of its
groups a class is (None: in none). Nothing here knows what a survey is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from random import Random
from typing import Final, TypeVar

People = TypeVar("People", bound=Hashable)
Group = Hashable | None
Table = Callable[[People], Group]
"""Divides people into groups; None: in none of them."""
Ends = Callable[[People], tuple[Group, Group]]
"""The two groups between which these people stand, where two tables are compared."""

_OUTSIDE: Final = "outside"


# --- two tables -------------------------------------------------------------------------------------------------------


def differ_by_few(people: Mapping[People, int], one: Table[People], other: Table[People], fewer_than: int) -> bool:
    """Whether two different sets can be put together that differ by fewer people.

    One is put together from groups of ``one``, the other from groups of ``other``.
    """
    return parted_by_few(people, lambda each: (named("one", one(each)), named("other", other(each))), fewer_than)


def named(table: str, group: Group) -> Group:
    """A group that is told from groups of the same name in other tables."""
    return None if group is None else (table, group)


def parted_by_few(people: Mapping[People, int], ends: Ends[People], fewer_than: int) -> bool:
    """The same by a graph.

    The groups are its nodes, with one more for "in none", and everybody is an edge: from the group they are in here to
    the one they are in there. To put two sets together is to choose nodes on either side, and who is in one set and not
    in the other is an edge of which one end is chosen. So the least difference is the least cut that separates
    anything: in each connected part of the graph, by Stoer and Wagner's algorithm (J. ACM 44 (1997) 585-591). Ends of
    an edge that is no few by itself are one before that, since no cut that matters goes between them.
    """
    edges: dict[Hashable, dict[Hashable, int]] = defaultdict(lambda: defaultdict(int))
    for each, number in people.items():
        first, second = (_OUTSIDE if group is None else group for group in ends(each))
        if first != second and number:
            edges[first][second] += number
            edges[second][first] += number
    _join(edges, fewer_than)
    parts = ({node: dict(edges[node]) for node in component} for component in _components(edges))
    return any(_has_cut(part, fewer_than) for part in parts)


def _join(edges: dict[Hashable, dict[Hashable, int]], enough: int) -> None:
    """Make one node of any two between which there are enough people, until there are no such two."""
    ahead = [(node, other) for node, weights in edges.items() for other, weight in weights.items() if weight >= enough]
    while ahead:
        node, other = ahead.pop()
        if edges.get(node, {}).get(other, 0) < enough:
            continue  # one of them has gone into another, from where the edge goes on
        if len(edges[node]) < len(edges[other]):
            node, other = other, node
        moved = list(edges[other])
        _merge(edges, node, other)
        ahead += [(node, each) for each in moved if edges[node].get(each, 0) >= enough]


def _components(edges: Mapping[Hashable, Mapping[Hashable, int]]) -> list[set[Hashable]]:
    found: list[set[Hashable]] = []
    left = set(edges)
    while left:
        component: set[Hashable] = set()
        ahead = [left.pop()]
        while ahead:
            node = ahead.pop()
            component.add(node)
            reached = left & edges[node].keys()
            left -= reached
            ahead += reached
        found.append(component)
    return found


def _has_cut(edges: dict[Hashable, dict[Hashable, int]], less_than: int) -> bool:
    """Whether a connected graph has a cut of less weight. A graph of one node has none."""
    while len(edges) > 1:
        before = last = next(iter(edges))
        reach = {node: edges[last].get(node, 0) for node in edges if node != last}
        while reach:
            before, last = last, max(reach, key=reach.__getitem__)
            del reach[last]
            for neighbour, weight in edges[last].items():
                if neighbour in reach:
                    reach[neighbour] += weight
        if sum(edges[last].values()) < less_than:
            return True
        _merge(edges, before, last)
    return False


def _merge(edges: dict[Hashable, dict[Hashable, int]], into: Hashable, node: Hashable) -> None:
    for neighbour, weight in edges.pop(node).items():
        del edges[neighbour][node]
        if neighbour != into:
            edges[into][neighbour] = edges[into].get(neighbour, 0) + weight
            edges[neighbour][into] = edges[into][neighbour]


# --- any number of tables ---------------------------------------------------------------------------------------------

MOST_SUMS: Final = 100_000
"""Sums of one length that are tried in each part of the tables that hangs together: some tenths of a second."""
_BITS: Final = 61
_PRIME: Final = (1 << _BITS) - 1
"""Sums are taken modulo this: what is 0 by chance alone is so once in some 10^18 sums."""


def stands_out(people: Mapping[People, int], tables: Sequence[Table[People]], fewer_than: int) -> bool:
    """Whether a few people can be told from all others by adding and subtracting groups of any number of tables.

    A few: fewer than ``fewer_than``, also where some are taken away from others, or counted twice; and where a sum
    counts everybody else an even number of times, since then it is odd or even as their answers are. People are of one
    class whom no table tells apart; how many classes a set may have to be found depends on how many there are
    (`MOST_SUMS`). Sets that two tables tell of are found whatever their size by ``differ_by_few``.

    A sum of groups is a sum of their rows, each of which has a 1 for every class that is in the group. So a set can be
    told if and only if the vector that stands for it lies in the space that the rows span; that is, if it is at right
    angles to whatever is at right angles to all rows. Of those vectors one is drawn by chance: the set can be told if
    its entries of that vector add up to 0, but for a chance of one in `_PRIME`. Odd and even are the same over bits.
    """
    sizes, rows = _rows(people, tables)
    rows = _shortened(rows)
    entries = _at_right_angles(rows, len(sizes))
    bits = _at_right_angles_in_bits(rows, len(sizes))
    for part in _connected(rows):
        few = [at for at in _ones(part) if sizes[at] < fewer_than]
        if _adds_up_to_nothing([(entries[at], sizes[at]) for at in few], fewer_than, _OfNumbers):
            return True
        if _adds_up_to_nothing([(bits[at], sizes[at]) for at in few], fewer_than, _OfBits):
            return True
    return False


def _rows(people: Mapping[People, int], tables: Sequence[Table[People]]) -> tuple[list[int], list[int]]:
    """How many people are in each class, and for each group of each table the classes in it, as bits."""
    classes: dict[tuple[Group, ...], int] = defaultdict(int)
    for each, number in people.items():
        if number:
            classes[tuple(table(each) for table in tables)] += number
    groups: dict[tuple[int, Group], int] = defaultdict(int)
    for at, places in enumerate(classes):
        for table, group in enumerate(places):
            if group is not None:
                groups[table, group] |= 1 << at
    return list(classes.values()), list(groups.values())


def _shortened(rows: Sequence[int]) -> list[int]:
    """Rows that span the same space and have fewer ones: from each the largest others are taken that lie in it whole.

    What one release adds to the one before then stands by itself, and the rest of the work falls into small parts.
    """
    ordered = sorted(set(rows), key=int.bit_count)
    short = []
    for at, row in enumerate(ordered):
        rest = row
        for smaller in reversed(ordered[:at]):
            if smaller & rest == smaller:
                rest ^= smaller
        if rest:
            short.append(rest)
    return short


def _at_right_angles(rows: Sequence[int], length: int) -> list[int]:
    """A vector of chance among those that are at right angles to all rows, modulo the prime; the same at each call."""
    chance = Random(0)  # noqa: S311 (nobody gains from knowing it)
    entries = [chance.randrange(1, _PRIME) for _ in range(length)]
    solved: list[tuple[int, dict[int, int]]] = []
    for row in rows:
        left = dict.fromkeys(_ones(row), 1)
        for pivot, equation in solved:
            factor = left.get(pivot)
            if factor:
                _take_away(left, equation, factor)
        if left:
            pivot = next(iter(left))
            inverse = pow(left[pivot], -1, _PRIME)
            solved.append((pivot, {at: value * inverse % _PRIME for at, value in left.items()}))
    for pivot, equation in reversed(solved):  # an equation may name pivots of later ones, never of earlier ones
        entries[pivot] = -sum(value * entries[at] for at, value in equation.items() if at != pivot) % _PRIME
    return entries


def _at_right_angles_in_bits(rows: Sequence[int], length: int) -> list[int]:
    """As many such vectors as `_PRIME` has bits, where 1 and 1 is 0: one in each bit of the entries."""
    chance = Random(0)  # noqa: S311 (nobody gains from knowing it)
    entries = [chance.getrandbits(_BITS) for _ in range(length)]
    solved: list[tuple[int, int]] = []
    for row in rows:
        for pivot, equation in solved:
            if row >> pivot & 1:
                row ^= equation
        if row:
            solved.append(((row & -row).bit_length() - 1, row))
    for pivot, equation in reversed(solved):  # as above
        entries[pivot] = 0
        for at in _ones(equation ^ 1 << pivot):
            entries[pivot] ^= entries[at]
    return entries


def _take_away(row: dict[int, int], equation: Mapping[int, int], factor: int) -> None:
    for at, value in equation.items():
        rest = (row.get(at, 0) - factor * value) % _PRIME
        if rest:
            row[at] = rest
        else:
            row.pop(at, None)


def _ones(row: int) -> Iterator[int]:
    while row:
        lowest = row & -row
        yield lowest.bit_length() - 1
        row ^= lowest


def _connected(rows: Sequence[int]) -> list[int]:
    """The classes in parts that no row reaches across."""
    parts: list[int] = []
    for row in rows:
        apart = []
        for part in parts:
            if part & row:
                row |= part
            else:
                apart.append(part)
        parts = [*apart, row]
    return parts


class _OfNumbers:
    """Sums modulo the prime. Those that differ in their sign alone are the same."""

    @staticmethod
    def longer(total: int, entry: int) -> tuple[int, ...]:
        return ((total + entry) % _PRIME, (total - entry) % _PRIME) if total else (entry,)

    @staticmethod
    def key(total: int) -> int:
        return min(total, _PRIME - total) if total else 0

    @classmethod
    def twice(cls, key: int) -> int | None:
        return cls.key(2 * key % _PRIME)


class _OfBits:
    """Sums of bits, where 1 and 1 is 0: nothing counts twice."""

    @staticmethod
    def longer(total: int, entry: int) -> tuple[int, ...]:
        return (total ^ entry,)

    @staticmethod
    def key(total: int) -> int:
        return total

    @staticmethod
    def twice(key: int) -> int | None:  # noqa: ARG004
        return None


def _adds_up_to_nothing(
    entries: Sequence[tuple[int, int]], fewer_than: int, sums_of: type[_OfNumbers | _OfBits]
) -> bool:
    """Whether some entries with fewer people together add up to nothing, each added or taken away, or so twice.

    They do where two sums of half as many are the same, or one is twice the other: so these are looked for, first among
    sums of one, then of two, and so on, as long as there are not too many of them.
    """
    least = {0: 0}
    sums = [(0, 0, 0)]
    while sums and sum(2 * (len(entries) - after) for after, _, _ in sums) <= MOST_SUMS:
        longer = []
        for after, total, number in sums:
            for at in range(after, len(entries)):
                entry, more = entries[at]
                people = number + more
                if people >= fewer_than:
                    continue
                for added in sums_of.longer(total, entry):
                    key = sums_of.key(added)
                    other = least.get(key)
                    if other is not None and other + people < fewer_than:
                        return True
                    least[key] = people if other is None else min(other, people)
                    longer.append((at + 1, added, people))
        sums = longer
    del least[0]
    return any(least.get(sums_of.twice(key) or 0, fewer_than) + people < fewer_than for key, people in least.items())
