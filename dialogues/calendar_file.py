"""A file for a phone's calendar (iCalendar, RFC 5545): one date, or a series with its exceptions. Pure.

Calendars know an event by its ``UID`` and take what has the higher ``SEQUENCE``; one that is cancelled takes it out.

Everything stands in it so that a calendar shows the moments that ``dialogues.wall_clock`` means. No time is written
that the clock leaves out: there the standard and the calendars differ. Nobody is named as ``ORGANIZER``, although
RFC 5546 wants one: that is an address to which calendars send answers, and we have none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vInline, vRecur

from dialogues.markup import clean
from dialogues.series import dates, read_until
from dialogues.wall_clock import moment, wall_time

__all__ = ["Entry", "calendar_file", "file_name"]

_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_LETTERS: Final = str.maketrans({"ı": "i", "ß": "ss"})
"""Of our languages: what has no letter of ASCII in it."""
_MOST_NAME: Final = 40
_A_YEAR: Final = timedelta(days=366)
_A_DAY: Final = 24 * 60 * 60
"""In seconds. The clocks are not changed twice in one."""

_Span = tuple[datetime, datetime]
"""Beginning and end of a date, as moments."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in a calendar.

    ``start``, ``end``: of the first date, wall times ``2026-11-28T15:00`` in ``zone`` (IANA). ``rule``: of a series,
    and ``exceptions``, the beginnings (or days) without it: as ``dialogues.series.dates`` has them. ``summary``,
    ``description``, ``location``: plain texts as anybody wrote them; only a description has several lines.
    ``latitude``, ``longitude``: degrees, WGS 84; both or none. ``changed_at``: when it was changed last, aware.
    ``language``: of the texts (BCP 47).
    """

    uid: str
    sequence: int
    start: str
    end: str
    zone: str
    summary: str
    changed_at: datetime
    description: str = ""
    location: str = ""
    latitude: float | None = None
    longitude: float | None = None
    rule: str | None = None
    exceptions: tuple[str, ...] = ()
    cancelled: bool = False
    language: str = "de"


def calendar_file(entry: Entry, *others: Entry, town: str) -> bytes:
    """Return the file, UTF-8. ``town``: its name, for whoever wants to know where a file comes from.

    ``others``: more dates, each known by a ``uid`` of its own, so that one of them can be moved or taken out alone.

    Raises:
        dialogues.series.SeriesError: there are no dates.
        ValueError: something else is not what it should be: zone, sequence, degrees, language, a time without zone.
    """
    zone = _checked(entry)
    if any(_checked(each) is not zone or each.cancelled is not entry.cancelled for each in others):
        raise ValueError("The dates of one file have one zone, and are all cancelled or none")
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Mitsprache//{_line(town)}//{entry.language.upper()}")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")  # RFC 5546, sections 3.2.5 and 3.2.1
    spans: list[_Span] = []
    for each in (entry, *others):
        kept = [_span(walls, zone) for walls in dates(each.start, each.end, each.rule, each.exceptions)]
        spans += kept
        for event in [_event(each, kept[0])] if each.rule is None else _series(each, each.rule, kept, zone):
            calendar.add_component(event)
    if calendar.get_missing_tzids():
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        calendar.subcomponents.insert(0, _timezone(zone, first - _A_YEAR, last + _A_YEAR))
    return bytes(calendar.to_ical())


def file_name(title: str, day: str) -> str:
    """Return a name for the file that every phone takes: letters, digits and hyphens of the title, else the day."""
    plain = unicodedata.normalize("NFKD", title.translate(_LETTERS)).encode("ascii", "ignore").decode()
    name = "-".join(re.findall("[A-Za-z0-9]+", plain))[:_MOST_NAME].strip("-")
    return f"{name if re.search('[A-Za-z]', name) else day}.ics"


def _checked(entry: Entry) -> ZoneInfo:
    if entry.changed_at.tzinfo is None or entry.sequence < 0 or not _LANGUAGE.fullmatch(entry.language):
        raise ValueError("A calendar's entry needs a time with its zone, a sequence from 0, and a language")
    if (entry.latitude is None) is not (entry.longitude is None):
        raise ValueError("A latitude needs a longitude")
    if not (-90 <= (entry.latitude or 0) <= 90 and -180 <= (entry.longitude or 0) <= 180):
        raise ValueError("There is no such place on earth")
    try:
        return ZoneInfo(entry.zone)
    except (ValueError, LookupError, OSError):
        raise ValueError("There is no such time zone") from None


def _span(walls: tuple[str, str], zone: ZoneInfo) -> _Span:
    """The moments of a date, in its zone. Where the change of the clocks turns them round, it ends as it begins."""
    start, end = (moment(wall, zone) for wall in walls)
    if start is None or end is None:
        raise ValueError("No wall times")
    return start.astimezone(zone), max(start, end).astimezone(zone)


def _event(entry: Entry, span: _Span) -> Event:
    event = Event()
    event.add("uid", _line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", span[0])
    if _length(span):  # without an end it is over at once (RFC 5545, section 3.6.1)
        event.add("dtend", span[1])
    event.add("summary", _line(entry.summary), parameters={"LANGUAGE": entry.language})
    if entry.description:
        event.add("description", _text(entry.description), parameters={"LANGUAGE": entry.language})
    if entry.location:
        event.add("location", _line(entry.location))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", vInline(f"{entry.latitude:.6f};{entry.longitude:.6f}"))  # so many digits: section 3.8.1.6
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


def _series(entry: Entry, rule: str, kept: list[_Span], zone: ZoneInfo) -> Iterator[Event]:
    """The series, and once more each of its dates that lasts longer or shorter than the first one."""
    walls = dates(entry.start, entry.end, rule)
    spans = [_span(each, zone) for each in walls]
    if all(wall_time(start, zone) == wall for (start, _), (wall, _) in zip(spans, walls, strict=True)):
        usual = spans[0]
        event = _event(entry, usual)
        event.add("rrule", vRecur.from_ical(_with_its_end_in_utc(rule, zone)))
        left_out = [start for start, _ in spans if start not in {start for start, _ in kept}]
        if left_out:
            event.add("exdate", left_out)
    else:  # a calendar leaves out the dates whose time the clock leaves out (section 3.3.10): each is named
        usual = kept[0]
        event = _event(entry, usual)
        event.add("rdate", [start for start, _ in kept])
    yield event
    if not entry.cancelled:  # that means all of them
        yield from _others(entry, usual, kept)


def _others(entry: Entry, usual: _Span, kept: Iterable[_Span]) -> Iterator[Event]:
    """Dates during which the clocks change: in a series all last as long as the first, in minutes (section 3.8.5.3)."""
    for span in kept:
        if _length(span) != _length(usual):
            event = _event(entry, span)
            event.add("recurrence-id", span[0])
            yield event


def _length(span: _Span) -> timedelta:
    return span[1].astimezone(UTC) - span[0].astimezone(UTC)


def _with_its_end_in_utc(rule: str, zone: ZoneInfo) -> str:
    """The rule as it has to be where the beginning has a zone (section 3.3.10)."""
    until = read_until(rule)
    at = None if until is None else moment(until, zone)
    return rule.upper() if at is None else re.sub("UNTIL=[^;]*", f"UNTIL={at:%Y%m%dT%H%M%SZ}", rule.upper())


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _text(text: str) -> str:
    """A text that the library writes as it is: it takes ``\\N`` for the end of a line, but not with a joiner inside."""
    return clean(text).replace("\\N", "\\\u2060N")


# --- the zone -------------------------------------------------------------------------------------------------------


def _timezone(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """What the clocks of a zone do between two moments: each change on its own, which needs no rule for the years.

    Not the library's own (``add_missing_timezones`` of icalendar 7.3): it lets summer time begin an hour late.
    """
    timezone = Timezone()
    timezone.add("tzid", zone.key)
    timezone.add_component(_observance(zone, first, first))
    for change in _changes(zone, first, last):
        timezone.add_component(_observance(zone, change - timedelta(seconds=1), change))
    return timezone


def _observance(zone: ZoneInfo, before: datetime, onset: datetime) -> TimezoneStandard | TimezoneDaylight:
    """What holds from a moment on. It begins at the time that the clock showed before (section 3.6.5)."""
    there, here = before.astimezone(zone), onset.astimezone(zone)
    observance = TimezoneDaylight() if here.dst() else TimezoneStandard()
    offset = there.utcoffset() or timedelta()
    observance.add("dtstart", (onset.astimezone(UTC) + offset).replace(tzinfo=None))
    observance.add("tzoffsetfrom", offset)
    observance.add("tzoffsetto", here.utcoffset())
    observance.add("tzname", here.tzname())
    return observance


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments at which the clocks are changed, to the second."""

    def clock(second: int) -> tuple[timedelta | None, str | None]:
        there = datetime.fromtimestamp(second, zone)
        return there.utcoffset(), there.tzname()

    before, earlier = int(first.timestamp()), clock(int(first.timestamp()))
    while before < last.timestamp():
        after = before + _A_DAY
        later = clock(after)
        if earlier != later:
            low, high = before, after
            while high - low > 1:
                between = (low + high) // 2
                low, high = (between, high) if clock(between) == earlier else (low, between)
            yield datetime.fromtimestamp(high, UTC)
        before, earlier = after, later
