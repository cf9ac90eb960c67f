"""The columns of rows, declared once for every format: what each is called, and what stands in its cells.

A cell is a value, not a text of a format: a number stays a number, and None is a cell that says nothing (not asked, or
not answered). How cells are written is the writers' affair (`admin.exports.semicolons`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from babel import Locale, UnknownLocaleError

from admin.exports.codebook import Codebook, Kind, Option, Variable, unlike
from dialogues.markup import clean

CODES: None = None
"""Instead of a language of labels: names and values as the questionnaire has them."""
BETWEEN_LABELS = " | "
"""Stands between chosen labels: they may hold commas and semicolons themselves. Values have a space, as in XLSForm."""
_DIGITS = 50
"""A number with more of them is kept as it was written: what is worked out has some 17, behind some zeros."""
_NUMBER_CODE = re.compile(r"-?[0-9]{1,15}")


class Code(str):
    """A value of a questionnaire that is a whole number, for example -99: a text, but never a formula."""

    __slots__ = ()


Cell = str | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is stored, and the version of the questionnaire in which it was given."""

    value: str
    version: int


@dataclass(frozen=True, slots=True)
class Record:
    """One response as it leaves the house: ``area`` and ``language`` are what is left of them after merging.

    ``answers`` by version and ref. ``response`` and the days are None where the survey is anonymous.
    """

    area: str | None
    language: str | None
    answers: Mapping[tuple[int, str], str]
    response: str | None = None
    started_on: date | None = None
    completed_on: date | None = None


Labels = str | None
"""The language of labels, or `CODES`."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``options``: the values that its cells may have, with their labels, for formats that keep both."""

    name: str
    label: Callable[[str], str]
    cell: Callable[[Record, Labels], Cell]
    options: tuple[Option, ...] = field(default=())


def headers(columns: Sequence[Column], labels: Labels) -> list[str]:
    """What stands above the columns. No two are alike: labels that are have their names behind them."""
    said = [clean((each.label(labels) if labels else "") or each.name) for each in columns]
    often, taken = Counter(said), set[str]()
    return [
        unlike(taken, text if often[text] == 1 else f"{text} [{each.name}]")
        for each, text in zip(columns, said, strict=True)
    ]


def columns_of(codebook: Codebook, *, anonymous: bool, say: Callable[[str], str]) -> tuple[Column, ...]:
    """All columns of a survey's rows.

    First who it is about (``_language``, ``_area``; of a survey that is not anonymous also ``_response``,
    ``_started_on`` and ``_completed_on``), then the questions in their order. A question with many options has a column
    with all that were chosen, and one an option (``wishes/bench``) with 1 or 0. ``say``: translates the labels of our
    own columns.

    Of an anonymous survey, what holds the time of an interview or an id of it is left out (`left_out`), what is worked
    out from free texts (`quoting`), and what tells the language (`worded`).
    """
    taken = {name for variable in codebook.variables for name in _names(variable)}
    columns = [_own(taken, *each) for each in _about(say, anonymous=anonymous)]
    for variable in codebook.variables:
        if not (anonymous and variable.telling):
            columns += _asked(variable)
    names: set[str] = set()
    return tuple(Column(unlike(names, each.name), each.label, each.cell, each.options) for each in columns)


def left_out(codebook: Codebook) -> tuple[str, ...]:
    """The names of variables that rows of an anonymous survey do not have, since they lead back to an interview."""
    return tuple(variable.name for variable in codebook.variables if variable.timed)


def quoting(codebook: Codebook) -> tuple[str, ...]:
    """Those that they do not have either, since words of free texts may be in them that nobody has released."""
    return tuple(variable.name for variable in codebook.variables if variable.quoting and not variable.timed)


def worded(codebook: Codebook) -> tuple[str, ...]:
    """And those with words in the language of the interview, which rows tell only of groups that are large enough."""
    each_but_others = (each for each in codebook.variables if not each.timed and not each.quoting)
    return tuple(variable.name for variable in each_but_others if variable.worded)


def _names(variable: Variable) -> Iterator[str]:
    yield variable.name
    yield from (f"{variable.name}/{option.value}" for option in variable.options)


Own = tuple[str, str, Callable[[Record, Labels], Cell]]


def _about(_: Callable[[str], str], *, anonymous: bool) -> Iterable[Own]:
    yield "_language", _("Language of the answers"), _language
    yield "_area", _("Area"), lambda record, _labels: record.area
    if not anonymous:
        yield "_response", _("Response"), lambda record, _labels: record.response
        yield "_started_on", _("Begun on"), lambda record, _labels: record.started_on
        yield "_completed_on", _("Completed on"), lambda record, _labels: record.completed_on


def _own(taken: set[str], name: str, label: str, cell: Callable[[Record, Labels], Cell]) -> Column:
    return Column(unlike(taken, name), lambda _: label, cell)


def _language(record: Record, labels: Labels) -> Cell:
    return _names_in(labels).get(record.language, record.language) if labels and record.language else record.language


@cache
def _names_in(language: str) -> Mapping[str, str]:
    """What languages are called in a language; nothing where it is not known."""
    try:
        return Locale.parse(language, sep="-").languages
    except (ValueError, UnknownLocaleError):
        return {}


def _asked(variable: Variable) -> Iterator[Column]:
    options = {option.value: option for option in variable.options}

    def said(value: str, labels: Labels) -> str:
        option = options.get(value)
        return option.label(labels) if labels and option else _code(value)

    def cell(record: Record, labels: Labels) -> Cell:
        given = _given(record, variable)
        if given is None:
            return None
        if variable.kind in (Kind.MANY, Kind.ORDER):
            chosen = given.value.split()
            return BETWEEN_LABELS.join(said(each, labels) for each in chosen) if labels else _code(" ".join(chosen))
        return said(given.value, labels) if variable.kind is Kind.ONE else _value(variable.kind, given.value)

    yield Column(variable.name, variable.heading, cell, variable.options)
    if variable.kind is Kind.MANY:
        yield from (_flag(variable, option) for option in variable.options)


def _flag(variable: Variable, option: Option) -> Column:
    """Whether an option was chosen. Empty also where the version that was answered did not have it."""

    def cell(record: Record, _labels: Labels) -> Cell:
        given = _given(record, variable)
        if given is None:
            return None
        chosen = option.value in given.value.split()
        return chosen if chosen or given.version in option.versions else None

    def label(language: str) -> str:
        return f"{variable.heading(language) or variable.name} – {option.label(language)}"

    return Column(f"{variable.name}/{option.value}", label, cell)


def _given(record: Record, variable: Variable) -> Given | None:
    for version, ref in sorted(variable.refs.items(), reverse=True):
        value = record.answers.get((version, ref))
        if value:
            return Given(value, version)
    return None


def _code(value: str) -> str:
    return Code(value) if _NUMBER_CODE.fullmatch(value) else clean(value)


def _value(kind: Kind, value: str) -> Cell:
    if kind is Kind.NUMBER:
        number = _number(value)
        return clean(value) if number is None else number
    if kind is Kind.DATE:
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            return clean(value)
    return clean(value)


def _number(value: str) -> Decimal | None:
    """The number that was stored; None for what is none, or too long to be written out."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    exponent = number.as_tuple().exponent
    short = isinstance(exponent, int) and abs(exponent) + len(number.as_tuple().digits) <= _DIGITS
    return number if short else None
