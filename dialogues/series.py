"""The dates of an event that repeats: a rule as calendars write it (RFC 5545, section 3.3.10), in wall time. Pure.

Expanded in wall time, 15:00 stays 15:00 whatever the clocks do; ``dialogues.wall_clock`` says which moment a wall time
means. A rule has to end, and gives few dates: each is a row, with a list of its own.

The library looks for the next date up to the year 9999, which takes it seconds with a rule that gives none. So the
first date has to be one of the rule's own, as calendars want it (section 3.8.5.3). What has fitted once fits again,
since the calendar repeats every 400 years; with the few parts that we know, the search for it is short.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from itertools import islice
from typing import Final

from dateutil.rrule import rrulestr

__all__ = ["MOST_DATES", "Fault", "Repeats", "SeriesError", "dates", "read_until", "repeats_of", "rule_of"]

MOST_DATES: Final = 60
"""So many dates an event can have."""
_LAST_YEAR = 2099
"""Wall times end there: ``dialogues.wall_clock.moment``."""
_MOST_LETTERS = 300
"""So long a rule can be."""

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = f"(?:{'|'.join(_WEEKDAYS)})"
_PLACE = r"[+-]?0?[1-5]"
_DAY_OF_MONTH = r"[+-]?(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"


def _some(value: str) -> re.Pattern[str]:
    return re.compile(f"{value}(?:,{value})*")


_ONE_OF_ALL = _some(_WEEKDAY)
_ONE_OF_SOME = _some(f"(?:{_PLACE})?{_WEEKDAY}")
_ANY_RULE = {
    "INTERVAL": re.compile(r"0*[1-9][0-9]{0,2}"),
    "COUNT": re.compile(r"0*[1-9][0-9]*"),
    "UNTIL": re.compile(r"[0-9]{8}(?:T[0-9]{6})?"),
    "WKST": re.compile(_WEEKDAY),
}
_BY_DATE = {"BYMONTH": _some(_MONTH), "BYMONTHDAY": _some(_DAY_OF_MONTH), "BYDAY": _ONE_OF_SOME}
_PARTS = {
    "DAILY": {**_ANY_RULE, "BYDAY": _ONE_OF_ALL},
    "WEEKLY": {**_ANY_RULE, "BYDAY": _ONE_OF_ALL},
    "MONTHLY": {**_ANY_RULE, **_BY_DATE},
    "YEARLY": {**_ANY_RULE, **_BY_DATE},
}
"""What is understood of a rule, by its ``FREQ``. A weekday has a place in a month or a year only (section 3.3.10)."""
_WITHIN_A_DAY = ("HOURLY", "MINUTELY", "SECONDLY")


class Fault(StrEnum):
    """Why there are no dates that an event can have."""

    NOT_UNDERSTOOD = "not understood"
    """What should be a time, a day or a rule is none, or the rule has parts that we do not know."""
    BACKWARDS = "backwards"
    """It ends before it begins, or when it begins; or the series ends before the first date."""
    TOO_OFTEN = "too often"
    """The rule repeats within a day."""
    ENDLESS = "endless"
    """The rule says neither until when nor how often."""
    TOO_MANY = "too many"
    """The rule gives more than ``MOST_DATES``, those that are left out included."""
    TOO_FAR = "too far"
    """The rule leads beyond the year 2099."""
    STARTS_ELSEWHERE = "starts elsewhere"
    """The first date is none of the rule's: a Wednesday where it says Tuesdays. Calendars would differ about it."""
    NONE = "none"
    """All dates are left out."""


class SeriesError(ValueError):
    """There are no dates that an event can have; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault: Final = fault


def dates(start: str, end: str, rule: str | None, exceptions: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Return beginning and end of each date, as wall times ``2026-11-28T15:00``, in their order; at least one.

    ``start``, ``end``: of the first date. ``rule``: the value of an ``RRULE``, its ``UNTIL`` in wall time, the last day
    included; None: once. ``exceptions``: beginnings or days ``2026-12-24`` that are left out; those that are no date of
    the series change nothing. Each date lasts as long as the first one on the wall clock: 22:00 to 02:00 stays that.

    Raises:
        SeriesError: there are none, too many, no end of them, or something is not understood.
    """
    first, last = _read_wall(start), _read_wall(end)
    if last <= first:
        raise SeriesError(Fault.BACKWARDS)
    left_out = {_read_exception(each) for each in exceptions}
    begins = [first] if rule is None else list(_begins(first, rule))
    kept = [each for each in begins if each not in left_out and each.date() not in left_out]
    if not kept:
        raise SeriesError(Fault.NONE)
    if (kept[-1] + (last - first)).year > _LAST_YEAR:
        raise SeriesError(Fault.TOO_FAR)
    return tuple((_wall(each), _wall(each + (last - first))) for each in kept)


def read_until(rule: str) -> str | None:
    """Return the last wall time at which a date of this rule can begin; None: it counts its dates.

    Raises:
        SeriesError: the rule is not understood.
    """
    until = _until(_read(rule))
    return None if until is None else _wall(until)


def _begins(first: datetime, rule: str) -> Iterator[datetime]:
    parts = _read(rule)
    until, count = _until(parts), parts.pop("COUNT", None)
    parts.pop("UNTIL", None)
    if until is None and count is None:
        raise SeriesError(Fault.ENDLESS)
    if count is not None and int(count) > MOST_DATES:
        raise SeriesError(Fault.TOO_MANY)
    if until is not None and until < first:
        raise SeriesError(Fault.BACKWARDS)
    if not _fits(first, parts):
        raise SeriesError(Fault.STARTS_ELSEWHERE)
    found = rrulestr(_written(parts), dtstart=first)
    for number, each in enumerate(islice(found, MOST_DATES + 1 if count is None else int(count))):
        if until is not None and each > until:
            return
        if each.year > _LAST_YEAR:
            raise SeriesError(Fault.TOO_FAR)
        if number == MOST_DATES:
            raise SeriesError(Fault.TOO_MANY)
        yield each


def _fits(first: datetime, parts: Mapping[str, str]) -> bool:
    """Whether the first date is one of the rule's: what it gives in that month, or that year, and no later one."""
    period = "YEARLY" if parts["FREQ"] == "YEARLY" else "MONTHLY"  # of a week or a day, any weekday in the month is one
    alone = _written({**parts, "FREQ": period, "INTERVAL": "999999"})
    return next(iter(rrulestr(alone, dtstart=first)), None) == first


def _read(rule: str) -> dict[str, str]:
    """The parts of a rule that is understood, in capitals: letters of both cases mean the same (section 2)."""
    if not rule.isascii() or len(rule) > _MOST_LETTERS:
        raise SeriesError(Fault.NOT_UNDERSTOOD)
    pairs = [part.partition("=")[::2] for part in rule.upper().split(";")]
    parts = dict(pairs)
    frequency = parts.get("FREQ", "")
    if frequency in _WITHIN_A_DAY:
        raise SeriesError(Fault.TOO_OFTEN)
    patterns = _PARTS.get(frequency)
    if patterns is None or len(parts) < len(pairs) or {"COUNT", "UNTIL"} <= parts.keys():
        raise SeriesError(Fault.NOT_UNDERSTOOD)
    for name, value in parts.items():
        if name != "FREQ" and (name not in patterns or not patterns[name].fullmatch(value)):
            raise SeriesError(Fault.NOT_UNDERSTOOD)
    return parts


def _written(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _until(parts: Mapping[str, str]) -> datetime | None:
    """The last moment at which a date can begin; a day is meant with all its hours."""
    value = parts.get("UNTIL")
    if value is None:
        return None
    try:
        until = datetime.fromisoformat(value)
    except ValueError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    return until if "T" in value else datetime.combine(until.date(), time(23, 59))


def _read_wall(wall: str) -> datetime:
    try:
        read = datetime.fromisoformat(wall)
    except ValueError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if read.tzinfo or _wall(read) != wall or not 2000 <= read.year <= _LAST_YEAR:
        raise SeriesError(Fault.NOT_UNDERSTOOD)
    return read


def _wall(read: datetime) -> str:
    return read.isoformat(timespec="minutes")


def _read_exception(written: str) -> datetime | date:
    if "T" in written:
        return _read_wall(written)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise SeriesError(Fault.NOT_UNDERSTOOD) from None
    if day.isoformat() != written:
        raise SeriesError(Fault.NOT_UNDERSTOOD)
    return day


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
    """Return the rule of an event that begins at ``start`` and repeats until that day, which is included; None: once.

    Raises:
        SeriesError: ``start`` is no wall time.
    """
    first, ends = _read_wall(start), f"UNTIL={until:%Y%m%d}"
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
    (Repeats.DAILY, "FREQ=DAILY"),
    (Repeats.WEEKLY, f"BYDAY={_WEEKDAY};FREQ=WEEKLY"),
    (Repeats.FORTNIGHTLY, f"BYDAY={_WEEKDAY};FREQ=WEEKLY;INTERVAL=2"),
    (Repeats.MONTHLY, f"BYDAY=(?:[1-4]|-1){_WEEKDAY};FREQ=MONTHLY"),
)
"""What ``rule_of`` makes, the parts in the order of their names and without the end."""


def repeats_of(rule: str | None) -> tuple[Repeats, date | None] | None:
    """Return how an event with this rule repeats, and until which day (None: once); None: ``rule_of`` makes none such.

    The parts of the rule may stand in any order.
    """
    if rule is None:
        return Repeats.ONCE, None
    try:
        parts = _read(rule)
        until = _until(parts)
    except SeriesError:
        return None
    if until is None or "T" in parts.pop("UNTIL"):
        return None
    written = _written(dict(sorted(parts.items())))
    return next(((kind, until.date()) for kind, pattern in _KINDS if re.fullmatch(pattern, written)), None)
