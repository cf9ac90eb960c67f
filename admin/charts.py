"""A release as it is read: each question with its options, the groups beside each other, a share for each, and words.

Takes what the disclosure rule let through and adds nothing to it; draws no page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from babel import Locale

from admin.disclosure import Base, Breakdown, Cell, Figures, Results, Share, base, share
from admin.exports.codebook import Codebook, Kind, Option, Variable
from admin.results import bins, is_counted
from dialogues.dates_and_numbers import say_figure
from storage.queries.town import AreaFacts

WHOLE: Final = ""
"""The breakdown into no groups."""
SEEN_AT_ONCE: Final = 10
"""Options of a long list that are not folded away."""
_LONG: Final = 12
"""Options that are no long list yet."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is read, with the language of the questionnaire that it is in; empty: it is the page that says it."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a view counts: how many, in which release, and in which groups. The parts of a view that say nothing else
    are of this release."""

    people: int
    as_of: int
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A group of people in a question. ``base`` None: too few have answered it here, or nobody."""

    name: Words
    base: Base | None


@dataclass(frozen=True, slots=True)
class Row:
    """An option with its share in each column; None where the column shows nothing."""

    label: Words
    shares: tuple[Share | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a question's answers look like. ``missing``: the share of those who took part and did not answer it; None
    where nobody is missing, or where how many have answered is told roughly: their share would tell it exactly.

    ``few_missing``: they are fewer than the smallest group, and no share is said. ``asked_some``: it was not put to
    everybody. ``as_of``: the release that all its numbers are from. ``many``: several options could be chosen.
    ``several``: it was asked in each entry of a repeat. ``first``: counted is which option people put first.
    ``rest``: there are groups of numbers that hardly anyone is in; they have no row. ``folded``: what of a long list
    does not come first.
    """

    base: Base
    missing: Share | None
    few_missing: bool
    asked_some: bool
    as_of: int
    many: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rest: bool = False
    several: bool = False
    first: bool = False
    folded: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question at its place. ``chart`` None: people answer it in their own words (``variable.free``), or too few have
    answered it, perhaps nobody. ``around``: what stands around it in the questionnaire, from the outside in."""

    around: tuple[Words, ...]
    label: Words
    variable: Variable
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Names:
    """What categories are called: areas by the town, languages in the reader's, ages as the question has them."""

    say: Callable[[str], str]
    reader: str
    labels: str
    areas: Mapping[int, AreaFacts]
    book: Codebook

    def of(self, dimension: str, cell: Cell) -> Words:
        """The name of a group."""
        _ = self.say
        if cell.others:
            return Words(_("All others"))
        names = [self._category(dimension, each) for each in sorted(cell.categories)]
        return Words(", ".join(each.text for each in names), names[0].language if len(names) == 1 else "")

    def ordered(self, dimension: str, cells: Iterable[Cell]) -> list[Cell]:
        """Groups in the same order in all questions: areas as the town has them, ages from the youngest, languages by
        their names; then who did not tell, and all others."""
        known = {
            "area": [str(each) for each in self.areas],
            "age": [each.value for each in self._ages()],
        }.get(dimension, [])

        def place(cell: Cell) -> tuple[bool, bool, int, str]:
            category = min(cell.categories, default="")
            at = known.index(category) if category in known else len(known)
            return cell.others, not category, at, self._category(dimension, category).text.casefold()

        return sorted(cells, key=place)

    def label(self, labels: Mapping[str, str], instead: str) -> Words:
        """A label in the language that was chosen, or in one that it has; ``instead``: where it has none."""
        found = next((code for code in (self.labels, *labels) if labels.get(code)), None)
        return Words(labels[found], found) if found else Words(instead)

    def _category(self, dimension: str, category: str) -> Words:
        _ = self.say
        if not category:
            return Words(_("not told"))
        if dimension == "area":
            area = self.areas.get(int(category))
            return Words(area.name if area else _("not told"))
        if dimension == "language":
            return Words(str(Locale(self.reader).languages.get(category, category)))
        labels = next((each.labels for each in self._ages() if each.value == category), {})
        return self.label(labels, category)

    def _ages(self) -> tuple[Option, ...]:
        return self.book.age.options if self.book.age else ()


def whom(results: Results, by: str) -> Whom:
    """Whom a view counts. Where its groups are from an earlier release, those whom that one counted."""
    everybody = results.respondents
    breakdown = everybody.by.get(by)
    if breakdown is None:
        return Whom(everybody.people, everybody.as_of)
    return Whom(_number(breakdown.cells), breakdown.as_of, breakdown.cells)


def questions(results: Results, book: Codebook, names: Names, *, by: str = WHOLE) -> tuple[Question, ...]:
    """All questions that are counted or answered in one's own words, in the order of the questionnaire.

    ``by``: a dimension, or ``WHOLE``. One without figures is there if the newest version asks it, whoever answered:
    which older versions are known depends on the answers.
    """
    bases = _Bases(results, by)
    versions = {version for each in book.variables for version in each.refs}
    found = []
    for variable in book.variables:
        figures = results.questions.get(variable.name) if is_counted(variable) else None
        chart = None if figures is None else _chart(variable, figures, results, bases, names, by, versions)
        if chart or variable.free or (_is_told(variable, results) and max(versions) in variable.refs):
            around = tuple(names.label(each, "") for each in variable.around)
            found.append(Question(around, names.label(variable.labels, variable.name), variable, chart))
    return tuple(found)


class _Bases:
    """How many have answered, in each group: what may be said of it depends on what is said beside it."""

    def __init__(self, results: Results, by: str) -> None:
        self._smallest = results.smallest
        self._beside: dict[frozenset[str] | None, set[int]] = defaultdict(set)
        self.whom = whom(results, by)
        self._people = {None: self.whom.people} | {cell.categories: cell.people for cell in self.whom.cells}
        for figures in (results.respondents, *results.questions.values()):
            self._beside[None].add(figures.people)
            if by in figures.by:
                self._beside[None].add(_number(figures.by[by].cells))
            for cell in figures.by[by].cells if by in figures.by else ():
                self._beside[cell.categories].add(cell.people)

    def of(self, number: int, categories: frozenset[str] | None, as_of: int) -> Base:
        """A number of people who answered, of a group or (None) of all.

        Whether all have answered is known where both numbers are of the same release.
        """
        of = self._people.get(categories) if as_of == self.whom.as_of else None
        return base(number, of, self._beside[categories], smallest=self._smallest)


def _number(cells: Iterable[Cell]) -> int:
    return sum(cell.people for cell in cells)


def not_counted(book: Codebook, results: Results) -> tuple[Variable, ...]:
    """What is no free text and was not counted: it stands in exported rows alone."""
    own = (each for each in book.variables if each.asked and not each.free and not _is_told(each, results))
    return tuple(each for each in own if each.label("") and each.name not in results.questions)


def _is_told(variable: Variable, results: Results) -> bool:
    """Whether a release has figures of a question, or too few have answered it."""
    return is_counted(variable) and (results.all_kinds or not (variable.repeated or variable.kind is Kind.ORDER))


def _chart(
    variable: Variable,
    figures: Figures,
    results: Results,
    bases: _Bases,
    names: Names,
    by: str,
    versions: Collection[int],
) -> Chart:
    breakdown = (
        figures.by.get(by) if by else Breakdown(figures.as_of, (Cell(frozenset(), figures.people, figures.options),))
    )
    cells = names.ordered(by, breakdown.cells) if breakdown is not None else []
    people, as_of = (_number(cells), breakdown.as_of) if breakdown is not None else (figures.people, figures.as_of)
    whole = bases.of(people, None, as_of)
    of_cells = [
        None if each.options is None else bases.of(each.people, each.categories if by else None, as_of)
        for each in cells
    ]

    about = any(its is not None and its.about for its in of_cells)  # one rule for all that stands side by side

    def shares(value: str) -> Iterator[Share | None]:
        for cell in cells:
            chosen = None if cell.options is None else cell.options.get(value, 0)
            yield None if chosen is None else share(chosen, cell.people, about=about)

    rows = tuple(Row(label, tuple(shares(value))) for value, label in _options(variable, figures.options, names))
    numbers = variable.kind is Kind.NUMBER and not _in_steps(variable, figures.options)
    kept = tuple(row for row in rows if any(each and not each.hardly_anyone for each in row.shares))
    seen, folded = (kept, ()) if numbers else _folded(rows) if variable.kind is not Kind.NUMBER else (rows, ())
    missing = bases.whom.people - people if as_of == bases.whom.as_of else 0
    return Chart(
        base=whole,
        missing=share(missing, bases.whom.people) if missing >= results.smallest and not whole.about else None,
        few_missing=0 < missing < results.smallest,
        asked_some=variable.conditional or variable.repeated or len(variable.refs) < len(versions),
        as_of=as_of,
        many=variable.kind is Kind.MANY,
        columns=tuple(
            Column(names.of(by, each) if by else Words(""), its) for each, its in zip(cells, of_cells, strict=True)
        ),
        rows=seen,
        rest=numbers and len(kept) < len(rows),
        several=variable.repeated,
        first=variable.kind is Kind.ORDER,
        folded=folded,
    )


def _folded(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The rows that are seen at once, and the others. Of a long list the largest shares come first: as they are said,
    since which of two is larger that are said alike is nobody's business."""
    if len(rows) <= _LONG:
        return rows, ()
    largest = sorted(
        range(len(rows)), key=lambda at: -max((each.percent for each in rows[at].shares if each), default=0)
    )
    seen = largest[:SEEN_AT_ONCE]
    return tuple(rows[at] for at in seen), tuple(row for at, row in enumerate(rows) if at not in seen)


def _options(variable: Variable, chosen: Mapping[str, int], names: Names) -> list[tuple[str, Words]]:
    """Values and labels, in the questionnaire's order; values that it does not have come behind."""
    if _in_steps(variable, chosen):
        return [(step, Words(say_figure(step, names.reader))) for step in variable.steps]
    if variable.kind is Kind.NUMBER:
        return [(name, Words(_bin(name, names.say))) for name in bins()]
    known = {each.value: names.label(each.labels, each.value) for each in variable.options}
    unknown = {value: Words(value) for value in sorted(chosen) if value not in known}
    return [*known.items(), *unknown.items()]


def _in_steps(variable: Variable, chosen: Mapping[str, int]) -> bool:
    """Whether what was counted are the numbers that a range offers. Earlier releases have put them into groups."""
    return bool(variable.steps) and chosen.keys() <= set(variable.steps)


def _bin(name: str, _: Callable[[str], str]) -> str:
    if name.startswith("-"):
        return _("less than %(number)s") % {"number": name[1:]}
    if name.endswith("-"):
        return _("%(number)s or more") % {"number": name[:-1]}
    return name.replace("-", "–")
