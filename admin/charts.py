"""A release as it is read: each question with its options, the groups beside each other, a share for each, and words.

Takes what the disclosure rule let through and adds nothing to it; draws no page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from babel import Locale

from admin.disclosure import Base, Breakdown, Cell, Figures, Results, Share, base, share
from admin.exports.codebook import Codebook, Kind, Option, Variable
from admin.results import AGE, COUNTED, bins
from storage.queries.town import AreaFacts

WHOLE: Final = ""
"""The breakdown into no groups."""


@dataclass(frozen=True, slots=True)
class Column:
    """A group of people in a question. ``base`` None: too few have answered it here, or nobody."""

    name: str
    base: Base | None


@dataclass(frozen=True, slots=True)
class Row:
    """An option with its share in each column; None where the column shows nothing."""

    label: str
    shares: tuple[Share | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A question. ``missing``: the share of those who took part and did not answer it, or were not asked.

    ``few_missing``: they are fewer than the smallest group, and no share is said. ``as_of``: the release that it is
    from. ``many``: several options could be chosen. ``rest``: there are groups of numbers that hardly anyone is in;
    they have no row.
    """

    name: str
    label: str
    base: Base
    missing: Share | None
    few_missing: bool
    as_of: int
    many: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """What categories are called: areas by the town, languages in the reader's, ages as the question has them."""

    say: Callable[[str], str]
    reader: str
    labels: str
    areas: Mapping[int, AreaFacts]
    book: Codebook

    def of(self, dimension: str, cell: Cell) -> str:
        """The name of a group."""
        _ = self.say
        if cell.others:
            return _("All others")
        return ", ".join(self._category(dimension, each) for each in sorted(cell.categories))

    def ordered(self, dimension: str, cells: Iterable[Cell]) -> list[Cell]:
        """Groups as people expect them: areas as the town has them, ages from the youngest, others by their size."""
        ages = [each.value for each in self._ages()]
        areas = [str(each) for each in self.areas]

        def place(cell: Cell) -> tuple[bool, bool, int, int]:
            category = min(cell.categories, default="")
            known = {"area": areas, "age": ages}.get(dimension, [])
            return cell.others, not category, known.index(category) if category in known else 0, -cell.people

        return sorted(cells, key=place)

    def _category(self, dimension: str, category: str) -> str:
        _ = self.say
        if not category:
            return _("not told")
        if dimension == "area":
            area = self.areas.get(int(category))
            return area.name if area else _("not told")
        if dimension == "language":
            return str(Locale(self.reader).languages.get(category, category))
        return next((each.label(self.labels) for each in self._ages() if each.value == category), category)

    def _ages(self) -> tuple[Option, ...]:
        variables = (each for each in self.book.variables if each.name == AGE and each.kind is Kind.ONE)
        return next((each.options for each in variables), ())


def charts(results: Results, book: Codebook, names: Names, *, by: str = WHOLE) -> tuple[Chart, ...]:
    """All questions that are shown, in the order of the questionnaire. ``by``: a dimension, or ``WHOLE``."""
    bases = _Bases(results, by)
    found = []
    for variable in book.variables:
        figures = results.questions.get(variable.name)
        if figures is not None and variable.kind in COUNTED:
            found.append(_chart(variable, figures, results, bases, names, by))
    return tuple(found)


class _Bases:
    """How many have answered, in each group: what may be said of it depends on what is said beside it."""

    def __init__(self, results: Results, by: str) -> None:
        self._smallest = results.smallest
        self._beside: dict[frozenset[str] | None, set[int]] = defaultdict(set)
        everybody = results.respondents
        groups = everybody.by[by].cells if by in everybody.by else ()
        self._people = {None: everybody.people} | {cell.categories: cell.people for cell in groups}
        for figures in (results.respondents, *results.questions.values()):
            self._beside[None].add(figures.people)
            for cell in figures.by[by].cells if by in figures.by else ():
                self._beside[cell.categories].add(cell.people)

    def of(self, number: int, categories: frozenset[str] | None) -> Base:
        """A number of people who answered, of a group or (None) of all."""
        return base(number, self._people.get(categories), self._beside[categories], smallest=self._smallest)


def not_counted(book: Codebook) -> tuple[Variable, ...]:
    """The variables that are no free text and that no chart can show: they stand in the rows of the export alone."""
    return tuple(each for each in book.variables if each.kind is Kind.DATE and each.label(""))


def free_text(book: Codebook) -> tuple[Variable, ...]:
    """The questions that people answered in their own words."""
    return tuple(each for each in book.variables if each.kind is Kind.TEXT and each.label(""))


def _chart(variable: Variable, figures: Figures, results: Results, bases: _Bases, names: Names, by: str) -> Chart:
    breakdown, everybody = figures.by.get(by), results.respondents
    cells: Sequence[Cell] = [Cell(frozenset(), figures.people, figures.options)]
    if by:
        cells = names.ordered(by, breakdown.cells) if breakdown is not None else []
    options = _options(variable, figures.options, names)
    rows = tuple(
        Row(
            label,
            tuple(None if each.options is None else share(each.options.get(value, 0), each.people) for each in cells),
        )
        for value, label in options
    )
    numbers = variable.kind is Kind.NUMBER
    kept = [row for row, (value, _) in zip(rows, options, strict=True) if _matters(figures, value)]
    missing = everybody.people - figures.people if figures.as_of == everybody.as_of else None
    return Chart(
        name=variable.name,
        label=variable.label(names.labels),
        base=bases.of(figures.people, None),
        missing=share(missing, everybody.people) if missing is not None and missing >= results.smallest else None,
        few_missing=missing is not None and 0 < missing < results.smallest,
        as_of=_as_of(figures, breakdown, by),
        many=variable.kind is Kind.MANY,
        columns=tuple(
            Column(
                names.of(by, each) if by else "",
                None if each.options is None else bases.of(each.people, each.categories if by else None),
            )
            for each in cells
        ),
        rows=tuple(kept) if numbers else rows,
        rest=numbers and len(kept) < len(rows),
    )


def _as_of(figures: Figures, breakdown: Breakdown | None, by: str) -> int:
    return breakdown.as_of if by and breakdown is not None else figures.as_of


def _matters(figures: Figures, value: str) -> bool:
    return not share(figures.options.get(value, 0), figures.people).hardly_anyone


def _options(variable: Variable, chosen: Mapping[str, int], names: Names) -> list[tuple[str, str]]:
    """Values and labels, in the questionnaire's order; values that it does not have come behind."""
    if variable.kind is Kind.NUMBER:
        return [(name, _bin(name, names.say)) for name in bins()]
    known = {each.value: each.label(names.labels) for each in variable.options}
    unknown = {value: value for value in sorted(chosen) if value not in known}
    return [*known.items(), *unknown.items()]


def _bin(name: str, _: Callable[[str], str]) -> str:
    if name.startswith("-"):
        return _("less than %(number)s") % {"number": name[1:]}
    if name.endswith("-"):
        return _("%(number)s or more") % {"number": name[:-1]}
    return name.replace("-", "–")
