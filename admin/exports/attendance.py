"""Tables about an event: how many were expected and came on each date, and the list of a date for whoever receives
people. Each is declared once, as columns; how cells are written is the writers' affair (`admin.exports.semicolons`).

Persons and needs are exact, as whoever cooks and interprets has to know them. Languages are rounded to 5, and a cell is
empty where fewer than 5 would stand: nobody and a few are not told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from admin.exports import semicolons
from admin.exports.columns import Cell
from admin.people import STEP, coarse
from dialogues.event import Occasion, say_clock
from dialogues.texts import LANGUAGES
from storage.queries.attendance import Attendance, Guest, Preparations
from storage.services.door import OTHER

Row = TypeVar("Row")
Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, and who was expected and came. ``needs``: None: they are no longer kept."""

    event: str
    occasion: Occasion
    came: Attendance
    needs: Preparations | None


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """What stands above a column, and in its cells."""

    label: str
    cell: Callable[[Row], Cell]


def write(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> Iterator[str]:
    """The table as CSV, line by line."""
    yield semicolons.BEGINNING + semicolons.line(each.label for each in columns)
    for row in rows:
        yield semicolons.line(each.cell(row) for each in columns)


def figures(name: Callable[[str], str], _: Say) -> Sequence[Column[Dated]]:
    """The columns of the attendance figures, a line a date. ``name``: what a language is called."""

    def number(of: Callable[[Attendance], int]) -> Callable[[Dated], Cell]:
        return lambda row: Decimal(of(row.came))

    def counted(of: Callable[[Attendance], int]) -> Callable[[Dated], Cell]:
        return lambda row: Decimal(of(row.came)) if row.came.is_counted else None

    def needed(of: Callable[[Preparations], int]) -> Callable[[Dated], Cell]:
        return lambda row: None if row.needs is None else Decimal(of(row.needs))

    def rounded(label: str, of: Callable[[Attendance], int]) -> Column[Dated]:
        how = _("rounded to {number}, empty below {number}").format(number=STEP)
        return Column(f"{label} ({how})", lambda row: _about(of(row.came)))

    signed_up, walked_in = _("sign-ups in {language}"), _("without sign-up, {language}")
    return (
        Column(_("event"), lambda row: row.event),
        Column(_("day"), lambda row: date.fromisoformat(row.occasion.start[:10])),
        Column(_("from"), lambda row: say_clock(row.occasion.start)),
        Column(_("to"), lambda row: say_clock(row.occasion.end)),
        Column(_("called off"), lambda row: row.occasion.cancelled),
        Column(_("sign-ups"), number(lambda came: came.parties)),
        Column(_("persons expected"), number(lambda came: came.expected)),
        Column(_("of these children"), number(lambda came: came.children)),
        Column(_("sign-ups with childcare"), needed(lambda needs: needs.childcare)),
        Column(_("sign-ups with interpreter"), needed(lambda needs: sum(needs.interpreters.values()))),
        Column(_("sign-ups with wheelchair"), needed(lambda needs: needs.wheelchair)),
        Column(_("expected and came"), counted(lambda came: came.arrived)),
        Column(_("expected and did not come"), counted(lambda came: came.absent)),
        Column(_("came without sign-up"), counted(lambda came: came.without)),
        Column(_("persons who came"), counted(lambda came: came.present)),
        *(rounded(signed_up.format(language=name(each)), _sign_ups_in(each)) for each in LANGUAGES),
        *(rounded(walked_in.format(language=name(each)), _walk_ins_in(each)) for each in LANGUAGES),
        rounded(_("without sign-up, another language"), _walk_ins_in(OTHER)),
    )


def _sign_ups_in(language: str) -> Callable[[Attendance], int]:
    return lambda came: came.languages.get(language, 0)


def _walk_ins_in(language: str) -> Callable[[Attendance], int]:
    return lambda came: came.walk_ins.get(language, 0)


def _about(number: int) -> Cell:
    return Decimal(coarse(number)) if number >= STEP else None


def guest_list(name: Callable[[str], str], _: Say) -> Sequence[Column[Guest]]:
    """The columns of the list of a date, a line a party."""
    return (
        Column(_("number"), lambda guest: guest.code),
        Column(_("first name"), lambda guest: guest.name),
        Column(_("persons"), lambda guest: Decimal(guest.persons)),
        Column(_("of these children"), lambda guest: Decimal(guest.children)),
        Column(_("interpreter for"), lambda guest: name(guest.language) if "interpreter" in guest.needs else None),
        Column(_("childcare"), lambda guest: "childcare" in guest.needs),
        Column(_("wheelchair"), lambda guest: "wheelchair" in guest.needs),
        Column(_("came"), lambda guest: None if guest.arrived is None else Decimal(guest.arrived)),
    )
