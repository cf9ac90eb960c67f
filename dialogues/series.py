"""The dates of an event that repeats: a rule as calendars write it (RFC 5545, section 3.3.10), in wall time. Pure.

Expanded in wall time, 15:00 stays 15:00 whatever the clocks do; which moment a wall time means, `dialogues.wall_clock`
says. A rule has to end, and gives few dates: each is a row, with a list of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from dateutil.rrule import rrulestr

__all__ = ["MOST_DATES", "Fault", "Repeats", "SeriesError", "dates", "repeats_of", "rule_of"]

MOST_DATES: Final = 60
"""So many dates an event can have."""
_HORIZON = timedelta(days=5 * 366)
"""Nothing is looked for later than this after the first date: a rule that hardly ever fits costs little."""
_PARTS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[1-9][0-9]{0,5}",
    "UNTIL": "[0-9]{8}(T[0-9]{6})?",
    "BYDAY": "([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)){0,6}",
    "WKST": "MO|SU",
}
"""What is understood of a rule. With others, such as 31 February, the library would look for a date for ever."""
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WALL = "%Y-%m-%dT%H:%M"


class Fault(StrEnum):
    """Why a rule gives no dates that an event can have."""

    NOT_UNDERSTOOD = "not understood"
    ENDLESS = "endless"
    TOO_MANY = "too many"
    NONE = "none"
    """No date fits, or all are left out."""
    BACKWARDS = "backwards"
    """It ends before it begins."""


class SeriesError(ValueError):
    """A rule gives no dates that an event can have."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def dates(start: str, end: str, rule: str | None, exceptions: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return beginning and end of each date, as wall times ``2026-11-28T15:00``, in their order.

    ``rule``: None is once. ``exceptions``: days or beginnings that are left out. Each date lasts as long as the first
    one, on the wall clock.

    Raises:
        SeriesError: there are none, too many, no end of them, or the rule is not understood.
    """
    try:
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if last <= first:
        raise SeriesError(Fault.BACKWARDS)
    begins = [first] if rule is None else _expanded(first, rule)
    kept = [each for each in begins if not {each.strftime(_WALL), each.date().isoformat()} & set(exceptions)]
    if not kept:
        raise SeriesError(Fault.NONE)
    return tuple((each.strftime(_WALL), (each + (last - first)).strftime(_WALL)) for each in kept)


def _expanded(first: datetime, rule: str) -> list[datetime]:
    parts = _read(rule)
    if "COUNT" not in parts and "UNTIL" not in parts:
        raise SeriesError(Fault.ENDLESS)
    count = int(parts.pop("COUNT", MOST_DATES + 1))
    until = _until(parts.pop("UNTIL", None), first)
    written = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        found = rrulestr(f"{written};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=first)
        begins = list(islice(found, min(count, MOST_DATES + 1)))
    except (ValueError, OverflowError):
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if len(begins) > MOST_DATES:
        raise SeriesError(Fault.TOO_MANY)
    return begins


def _read(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name in parts or not re.fullmatch(_PARTS.get(name, "(?!)"), value):
            raise SeriesError(Fault.NOT_UNDERSTOOD)
        parts[name] = value
    if (
        "FREQ" not in parts
        or {"COUNT", "UNTIL"} <= parts.keys()
        or (parts["FREQ"], "BYDAY" in parts) == ("DAILY", True)
    ):
        raise SeriesError(Fault.NOT_UNDERSTOOD)
    return parts


def _until(value: str | None, first: datetime) -> datetime:
    """The last moment of a series; a day is meant with all its hours."""
    try:
        horizon = first + _HORIZON
    except OverflowError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if value is None:
        return horizon
    try:
        until = datetime.strptime(value, "%Y%m%dT%H%M%S" if "T" in value else "%Y%m%d")  # noqa: DTZ007 (wall time)
    except ValueError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if "T" not in value:
        until = datetime.combine(until.date(), time(23, 59, 59))
    if until < first:
        raise SeriesError(Fault.BACKWARDS)
    return min(until, horizon)


# --- what a form offers ---------------------------------------------------------------------------------------------


class Repeats(StrEnum):
    """How an event repeats, as people say it."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    """On the same weekday of the month: the second Tuesday; the fifth is the last."""


def rule_of(kind: Repeats, start: str, until: date) -> str | None:
    """Return the rule of an event that begins at ``start`` and repeats until that day; None: once."""
    ends = f"UNTIL={until:%Y%m%d}"
    first = date.fromisoformat(start[:10])
    weekday = _WEEKDAYS[first.weekday()]
    match kind:
        case Repeats.ONCE:
            return None
        case Repeats.DAILY:
            return f"FREQ=DAILY;{ends}"
        case Repeats.WEEKLY:
            return f"FREQ=WEEKLY;BYDAY={weekday};{ends}"
        case Repeats.FORTNIGHTLY:
            return f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday};{ends}"
        case Repeats.MONTHLY:
            place = (first.day - 1) // 7 + 1
            return f"FREQ=MONTHLY;BYDAY={place if place < 5 else -1}{weekday};{ends}"


_KINDS = (
    ("FREQ=DAILY;", Repeats.DAILY),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=[A-Z]{2};", Repeats.FORTNIGHTLY),
    ("FREQ=WEEKLY;BYDAY=[A-Z]{2};", Repeats.WEEKLY),
    ("FREQ=MONTHLY;BYDAY=-?[1-4][A-Z]{2};", Repeats.MONTHLY),
)


def repeats_of(rule: str | None) -> tuple[Repeats, date | None] | None:
    """Return how a rule repeats, and until which day; None: it is none that ``rule_of`` makes."""
    if rule is None:
        return Repeats.ONCE, None
    for pattern, kind in _KINDS:
        if found := re.fullmatch(f"{pattern}UNTIL=([0-9]{{8}})", rule):
            try:
                return kind, date.fromisoformat(found[1])
            except ValueError:
                return None
    return None
