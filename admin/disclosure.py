"""Between answers and every reader: what of a survey may be shown, so that no small group can be told from the rest.

One pure function, ``release``: counts of a survey and the release before go in, what may be shown now comes out. Nobody
shows figures of answers that did not come through here.

The rule is one sentence: **any two groups of people, each put together from one table that is shown, now or earlier,
are the same people or differ by at least k of them.** A group that is shown is such a difference (from nobody), the
rest of a total is one, and so is what has been added between two releases. Whoever subtracts one from the other learns
something of k people at least. Then all tables that were ever shown are looked at together: where a sum of groups of
three or more of them would tell of a few people, the last breakdown is not shown. How both is found without trying
every group: `admin.subtraction`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Final, NamedTuple

from admin.subtraction import Ends, Group, Table, differ_by_few, named, parted_by_few, stands_out

FIRST_INTERIM: Final = 30
"""Respondents that the first release of a running survey needs."""
GROWTH: Final = 12
"""A release counts at least this part, one twelfth, more people than the one before: so there are not more than some
dozens, and what each has to be compared with stays little. Up to 120 people the smallest group decides."""
ALMOST_ALL: Final = 95
HARDLY_ANYONE: Final = 5
"""Percentages from and up to which only words are shown: they would let small numbers be counted."""


_ANY: Final = 0
"""A release that stands for any: where only the category of an atom counts."""
STAYS: Final = 1_000_000
"""The ``until`` of those who are there."""


class Atom(NamedTuple):
    """People whom nothing tells apart: their category in each dimension, and in which releases they are counted.

    ``since``: the number of the first that counts them; ``until``: of the first that does not, since they have erased
    their answers.
    """

    categories: tuple[str, ...]
    since: int
    until: int = STAYS

    def is_in(self, release_number: int) -> bool:
        """Whether a release counts them."""
        return self.since <= release_number < self.until


@dataclass(frozen=True, slots=True)
class Counted:
    """Who answered a question.

    ``people``: how many by atom. ``options``: how many chose an option, by dimension and category; the dimension ``""``
    has the one category ``""``, everybody.
    """

    people: Mapping[Atom, int]
    options: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many answered it."""
        return sum(self.people.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All complete responses of a survey at one moment, ``questions`` by ref.

    The categories of all atoms follow ``dimensions``, which go from the one that matters most to the one that is given
    up first.
    """

    dimensions: tuple[str, ...]
    respondents: Counted
    questions: Mapping[str, Counted]


@dataclass(frozen=True, slots=True)
class Cell:
    """A group of a breakdown. ``options``: how many chose which; None where they are not shown."""

    categories: frozenset[str]
    people: int
    options: Mapping[str, int] | None
    others: bool = False
    """Everybody who is in no other cell, in whatever category."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of one dimension, as they were in the release number ``as_of``."""

    as_of: int
    cells: tuple[Cell, ...]

    def cell_of(self, category: str) -> int | None:
        """The number of the cell that a category is in; None: it had nobody then."""
        others = None
        for number, cell in enumerate(self.cells):
            if category in cell.categories:
                return number
            if cell.others:
                others = number
        return others


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a question.

    ``published``: the releases in which its total changed; it is from the last. ``past``: the breakdowns that were
    shown before those of ``by``, with their dimensions; ``known``: who was counted when; ``together``: the last release
    in which the total and all breakdowns changed, 0: none. They are for the next release to look at, and to be dropped
    when there will be none.
    """

    published: tuple[int, ...]
    people: int
    options: Mapping[str, int]
    by: Mapping[str, Breakdown] = field(default_factory=dict)
    past: tuple[tuple[str, Breakdown], ...] = ()
    known: Mapping[Atom, int] = field(default_factory=dict)
    together: int = 0

    @property
    def as_of(self) -> int:
        """The release from which the total is."""
        return self.published[-1]

    @property
    def breakdowns(self) -> tuple[tuple[str, Breakdown], ...]:
        """All breakdowns that were ever shown, with their dimensions."""
        return (*self.past, *self.by.items())


@dataclass(frozen=True, slots=True)
class Results:
    """A release. ``respondents`` has groups and no options; a question is missing where too few have answered it.

    ``all_kinds``: False where it was made when answers within repeats and orders were not counted yet.
    """

    number: int
    smallest: int
    respondents: Figures
    questions: Mapping[str, Figures]
    all_kinds: bool = True


def needed(counted: int, *, smallest: int) -> int:
    """How many complete responses that no release has counted the next one of a running survey needs.

    ``counted``: by the release before, 0: there is none.
    """
    return max(smallest, -(-counted // GROWTH)) if counted else max(FIRST_INTERIM, smallest)


def release(snapshot: Snapshot, before: Results | None, *, smallest: int) -> Results | None:
    """What may be shown of a snapshot, after what has been shown before. None: too few have answered.

    What cannot follow without giving somebody away stays as it was: a single breakdown, a question, or everything. No
    question counts people whom the respondents leave out: rows leave them out, too, and theirs would be the difference.
    Atoms that no release has counted have ``since`` = the number of this one.
    """
    number = before.number + 1 if before else 1
    rule = _Rule(snapshot.dimensions, number, smallest)
    everybody = rule.apply(snapshot.respondents, before.respondents if before else None, rule.grouped)
    if everybody is None:
        return None
    fresh = {dimension: each for dimension, each in everybody.by.items() if each.as_of == number}
    questions = {}
    for ref, counted in snapshot.questions.items():
        earlier = before.questions.get(ref) if before else None

        def candidates(dimension: str, counted: Counted, earlier: Breakdown | None) -> Iterable[Breakdown]:  # noqa: ARG001
            return rule.answered(counted, dimension, fresh[dimension]) if dimension in fresh else ()

        shown = rule.apply(counted, earlier, candidates) if everybody.as_of == number else rule.stay(counted, earlier)
        if shown is not None:
            questions[ref] = shown
    if before:
        questions |= {ref: each for ref, each in before.questions.items() if ref not in questions}
    return Results(number, smallest, everybody, questions)


Candidates = Callable[[str, Counted, "Breakdown | None"], Iterable[Breakdown]]


@dataclass(frozen=True, slots=True)
class _Rule:
    dimensions: tuple[str, ...]
    number: int
    smallest: int

    def apply(self, counted: Counted, earlier: Figures | None, candidates: Candidates) -> Figures | None:
        """The figures of one question that may follow the earlier ones."""
        known = _with_those_who_left(counted.people, earlier, self.number)
        if not self._total_may_follow(counted.number, known, earlier):
            return self.stay(counted, earlier)
        shown: dict[str, Breakdown] = {}
        for dimension in self.dimensions:
            old = earlier.by.get(dimension) if earlier else None
            may = (
                each
                for each in candidates(dimension, counted, old)
                if self._may_follow(known, dimension, each, earlier, shown)
            )
            following = next(may, old)
            if following is not None:
                shown[dimension] = following
        if not self._without_who_stands_out(known, shown, earlier):
            return self.stay(counted, earlier)
        published = (*(earlier.published if earlier else ()), self.number)
        replaced = [(key, each) for key, each in (earlier.by if earlier else {}).items() if each is not shown[key]]
        past = (*(earlier.past if earlier else ()), *replaced)
        moved = {key for key, each in shown.items() if each.as_of == self.number}
        together = self.number if moved >= {*shown, *(key for key, _ in past)} else earlier.together if earlier else 0
        chosen = counted.options.get("", {}).get("", {})
        return Figures(published, counted.number, chosen, shown, past, known, together)

    def stay(self, counted: Counted, earlier: Figures | None) -> Figures | None:
        """The figures as they were, with who has left since."""
        if earlier is None:
            return None
        return replace(earlier, known=_with_those_who_left(counted.people, earlier, self.number))

    # --- how people are grouped ---

    def grouped(self, dimension: str, counted: Counted, earlier: Breakdown | None) -> Iterable[Breakdown]:
        """Ways to group the respondents, the finest first: afresh, and as they were grouped before."""
        sizes = self._sizes(counted, dimension)
        small = {category for category, size in sizes.items() if size < self.smallest}
        yield from self._with_others(sizes, [frozenset([each]) for each in sizes if each not in small], small)
        if earlier is not None:
            known = [cell.categories for cell in earlier.cells if not cell.others]
            unknown = sizes.keys() - {each for cell in known for each in cell}
            rest = {each for each in unknown if sizes[each] < self.smallest}
            rest |= {each for cell in earlier.cells if cell.others for each in cell.categories}
            yield from self._with_others(sizes, [*known, *(frozenset([each]) for each in unknown - rest)], rest)

    def _with_others(
        self, sizes: Mapping[str, int], groups: Sequence[frozenset[str]], rest: Iterable[str]
    ) -> Iterable[Breakdown]:
        """The groups, and all others as one: with the smallest groups in it until it is large enough."""
        ordered = sorted(groups, key=lambda group: (-_size(sizes, group), sorted(group)))
        others = frozenset(rest)
        while ordered and 0 < _size(sizes, others) < self.smallest:
            others |= ordered.pop()
        cells = [Cell(group, _size(sizes, group), None) for group in ordered]
        if _size(sizes, others):
            cells.append(Cell(others, _size(sizes, others), None, others=True))
        if len(cells) > 1:
            yield Breakdown(self.number, tuple(cells))

    def answered(self, counted: Counted, dimension: str, groups: Breakdown) -> Iterable[Breakdown]:
        """The groups of the respondents, with what each of them has answered where enough did."""
        sizes = self._sizes(counted, dimension)
        numbers = [sum(sizes[each] for each in sizes if groups.cell_of(each) == at) for at in range(len(groups.cells))]
        order = sorted(range(len(numbers)), key=lambda at: numbers[at])
        few = {at for at in order if numbers[at] < self.smallest}
        for at in order:
            if not 0 < sum(numbers[each] for each in few) < self.smallest:
                break
            few.add(at)
        if len(few) == len(numbers):
            return
        chosen = counted.options.get(dimension, {})
        cells = []
        for at, cell in enumerate(groups.cells):
            inside = [chosen.get(each, {}) for each in sizes if groups.cell_of(each) == at]
            cells.append(replace(cell, people=numbers[at], options=None if at in few else _added(inside)))
        yield Breakdown(self.number, tuple(cells))

    def _sizes(self, counted: Counted, dimension: str) -> dict[str, int]:
        place = self.dimensions.index(dimension)
        sizes: dict[str, int] = defaultdict(int)
        for atom, number in counted.people.items():
            sizes[atom.categories[place]] += number
        return dict(sizes)

    # --- whether they may be shown so ---

    def _total_may_follow(self, people: int, known: Mapping[Atom, int], earlier: Figures | None) -> bool:
        """Whether all together are enough, and differ enough from what was shown before."""
        if people < self.smallest or earlier is None:
            return people >= self.smallest
        known, earlier = self._since_together(known, earlier, ())
        changed = any(atom.is_in(self.number) != atom.is_in(earlier.as_of) for atom in known)
        return changed and self._far_from_earlier(known, total_of(self.number), earlier, earlier.published)

    def _may_follow(
        self,
        known: Mapping[Atom, int],
        dimension: str,
        candidate: Breakdown,
        earlier: Figures | None,
        shown: Mapping[str, Breakdown],
    ) -> bool:
        """Whether a breakdown differs enough from all that was shown before, and from what is ``shown`` beside it.

        Beside it are the other dimensions' groups, and what was added to these where both follow the same release.
        """
        if earlier is not None:
            known, earlier = self._since_together(known, earlier, [(dimension, candidate)])
        totals = (*(earlier.published if earlier else ()), self.number)
        part = self._part(dimension, candidate)
        if not self._far_from_earlier(known, part, earlier, totals):
            return False
        held = earlier.by if earlier else {}
        old = held.get(dimension)
        since = old.as_of if old else 0
        moved = {atom: number for atom, number in known.items() if atom.is_in(since) != atom.is_in(self.number)}
        added = self._common(dimension, candidate, old)
        for key, each in shown.items():
            if each.as_of != self.number:
                continue
            if differ_by_few(known, part, self._part(key, each), self.smallest):
                return False
            follows_the_same = (held[key].as_of if key in held else 0) == since
            if follows_the_same and differ_by_few(moved, added, self._common(key, each, held.get(key)), self.smallest):
                return False
        return True

    def _without_who_stands_out(
        self, known: Mapping[Atom, int], shown: dict[str, Breakdown], earlier: Figures | None
    ) -> bool:
        """Take new breakdowns back, the last first, until no few people can be told by adding up all that was shown.

        Returns False where the new total alone would tell of them.
        """
        if earlier is not None:
            known, earlier = self._since_together(known, earlier, [*earlier.breakdowns, *shown.items()])
        held = earlier.breakdowns if earlier else ()
        totals = (*(earlier.published if earlier else ()), self.number)
        tables = [*(self._part(key, each) for key, each in held), *(total_of(each) for each in totals)]
        new = [dimension for dimension, each in shown.items() if each.as_of == self.number]
        while stands_out(known, [*tables, *(self._part(each, shown[each]) for each in new)], self.smallest):
            if not new:
                return False
            dimension = new.pop()
            del shown[dimension]
            if earlier and dimension in earlier.by:
                shown[dimension] = earlier.by[dimension]
        return True

    def _since_together(
        self, known: Mapping[Atom, int], earlier: Figures, tables: Iterable[tuple[str, Breakdown]]
    ) -> tuple[Mapping[Atom, int], Figures]:
        """What of the past has to be looked at: often nothing before the release in which all changed ``together``.

        Where the ``tables`` after it do not divide what was one group in it, each says of those whom it counted no more
        than it said, and something of those who came later. What is put together from them falls into two sets of which
        nothing leads from one to the other; the first was looked at then. Not so if somebody left since.
        """
        together = earlier.together
        before = {dimension: each for dimension, each in earlier.breakdowns if each.as_of == together}
        later = [(dimension, each) for dimension, each in tables if each.as_of > together]
        if any(atom.since <= together < atom.until < STAYS for atom in known) or not all(
            dimension in before and self._divides_nothing(known, dimension, before[dimension], each)
            for dimension, each in later
        ):
            return known, earlier
        people: dict[Atom, int] = defaultdict(int)
        for atom, number in known.items():
            if atom.until > together:
                people[atom._replace(since=max(atom.since, together))] += number
        return people, replace(
            earlier,
            published=tuple(each for each in earlier.published if each >= together),
            past=tuple((dimension, each) for dimension, each in earlier.past if each.as_of >= together),
        )

    def _divides_nothing(self, known: Mapping[Atom, int], dimension: str, before: Breakdown, after: Breakdown) -> bool:
        then, now = self._part(dimension, before), self._part(dimension, replace(after, as_of=before.as_of))
        becomes: dict[Group, Group] = {}
        return all(becomes.setdefault(then(atom), now(atom)) == now(atom) for atom in known if atom.is_in(before.as_of))

    def _far_from_earlier(
        self, known: Mapping[Atom, int], part: Table[Atom], earlier: Figures | None, totals: tuple[int, ...]
    ) -> bool:
        """Whether the parts differ enough from every group that can be put together from earlier figures.

        From each breakdown, or none, and the differences of the totals published since.
        """
        held = earlier.breakdowns if earlier else ()
        before = [(0, _nobody), *((each.as_of, self._part(key, each)) for key, each in held)]
        return not any(
            parted_by_few(known, self._since(as_of, groups, part, totals), self.smallest) for as_of, groups in before
        )

    def _since(self, as_of: int, groups: Table[Atom], part: Table[Atom], totals: tuple[int, ...]) -> Ends[Atom]:
        """Compare ``part`` with the ``groups`` of a release and the steps from one total to the next after it.

        Who was in a group and left is taken away again by the step in which they did: that joins group and step.
        """

        def ends(atom: Atom) -> tuple[Group, Group]:
            there = named("group", groups(atom)) if atom.is_in(as_of) else _step(atom.since, as_of, totals)
            if atom.is_in(self.number):
                return there, named("part", part(atom))
            return there, _step(atom.until, as_of, totals)

        return ends

    def _part(self, dimension: str, breakdown: Breakdown) -> Table[Atom]:
        return groups_of(breakdown, self.dimensions.index(dimension))

    def _common(self, dimension: str, candidate: Breakdown, earlier: Breakdown | None) -> Table[Atom]:
        """The finest parts that are unions of cells both now and before: of those the change is known."""
        now = self._part(dimension, replace(candidate, as_of=_ANY))
        if earlier is None:
            return now
        place = self.dimensions.index(dimension)
        before = self._part(dimension, replace(earlier, as_of=_ANY))
        categories = {each for cell in (*candidate.cells, *earlier.cells) for each in cell.categories}
        joined: dict[Hashable, Hashable] = {}

        def root(node: Hashable) -> Hashable:
            while joined.get(node, node) != node:
                node = joined[node]
            return node

        for category in categories:
            atom = Atom(tuple(category if at == place else "" for at in range(len(self.dimensions))), _ANY)
            if now(atom) is not None and before(atom) is not None:
                joined[root(("now", now(atom)))] = root(("before", before(atom)))
        return lambda atom: root(("now", now(atom._replace(since=_ANY, until=STAYS))))


def total_of(number: int) -> Table[Atom]:
    """Everybody whom a release counts."""
    return lambda atom: "all" if atom.is_in(number) else None


def groups_of(breakdown: Breakdown, place: int) -> Table[Atom]:
    """In which group of a breakdown people are, whose dimension has this place.

    Those groups where too few answered a question are one: only their sum can be worked out.
    """
    of_question = any(cell.options is not None for cell in breakdown.cells)

    @cache
    def name(category: str) -> Group:
        at = breakdown.cell_of(category)
        return "few" if of_question and at is not None and breakdown.cells[at].options is None else at

    return lambda atom: name(atom.categories[place]) if atom.is_in(breakdown.as_of) else None


def _size(sizes: Mapping[str, int], categories: Iterable[str]) -> int:
    return sum(sizes.get(each, 0) for each in categories)


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for each in counts:
        for option, number in each.items():
            total[option] += number
    return dict(total)


def _nobody(_atom: Atom) -> None:
    return None


@lru_cache(maxsize=4096)
def _step(turn: int, after: int, totals: tuple[int, ...]) -> Group:
    """The first of the totals that shows a coming or going of the release ``turn``, if it came ``after`` another."""
    return named("step", next((total for total in totals if total >= turn), None) if turn > after else None)


def _with_those_who_left(people: Mapping[Atom, int], earlier: Figures | None, number: int) -> dict[Atom, int]:
    """Everybody who was ever counted here: who is here now, and who has erased their answers since."""
    known = dict(people)
    for atom, before in (earlier.known if earlier else {}).items():
        if atom.until != STAYS:
            known[atom] = before
        elif before > people.get(atom, 0):
            known[atom._replace(until=number)] = before - people.get(atom, 0)
    return known


# --- how a share is said ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it is shown: whole ``percent``; at the ends only ``almost_all`` or ``hardly_anyone``."""

    percent: int

    @property
    def almost_all(self) -> bool:
        """95 % or more."""
        return self.percent >= ALMOST_ALL

    @property
    def hardly_anyone(self) -> bool:
        """5 % or less, perhaps nobody."""
        return self.percent <= HARDLY_ANYONE


def share(number: int, of: int, *, about: bool = False) -> Share:
    """A number of people as a share of ``of``, rounded half up and kept at the ends.

    The words at the ends stand for two numbers at least: in small groups for one person and for nobody, and so above.
    ``about``: ``of`` is shown rounded. Below 100 people so is the share, to 5 %: where one person is more than a whole
    percentage, few numbers fit several of these. From 100 on most do, though not always all.
    """
    step = 5 if about and of < 100 else 1
    percent = (200 * number + of * step) // (2 * of * step) * step if of else 0
    if number <= 1:
        return Share(HARDLY_ANYONE)
    return Share(ALMOST_ALL if number >= of - 1 else min(ALMOST_ALL, max(HARDLY_ANYONE, percent)))


@dataclass(frozen=True, slots=True)
class Base:
    """How many have answered, as it is shown: exact, or ``about`` so many, rounded to 5."""

    number: int
    about: bool


def base(number: int, of: int | None, beside: Iterable[int], *, smallest: int) -> Base:
    """How many ``of`` a group have answered a question; ``beside``: how many have answered the others.

    Exact where all have, and where it differs from none of the other numbers by a few: of 41 people in a group, 40 of
    whom answered, the words at the ends of a share would no longer hide what that one has done.
    """
    about = number != of and any(0 < abs(number - other) < smallest for other in beside)
    return Base((number + 2) // 5 * 5 if about else number, about)
