"""A file for a phone's calendar (iCalendar, RFC 5545): one date, or a series with its exceptions. Pure.

Calendars know an event by its ``UID`` and take what has the higher ``SEQUENCE``; one that is cancelled takes it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur

from dialogues.markup import clean
from dialogues.series import dates
from dialogues.wall_clock import moment

__all__ = ["Entry", "calendar_file"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar. ``start``, ``end``: wall times in ``zone`` (IANA). ``rule``: of a series, as in
    `dialogues.series`; ``exceptions``: days or beginnings without it. ``changed_at``: when it was changed last."""

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


def calendar_file(entry: Entry, *, town: str) -> bytes:
    """Return the file as UTF-8, with the time zone's clock changes of the years it spans.

    Raises:
        dialogues.series.SeriesError: the rule gives no dates.
    """
    zone = ZoneInfo(entry.zone)
    all_dates = dates(entry.start, entry.end, entry.rule, entry.exceptions)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//Mitsprache//{_line(town)}//{entry.language.upper()}")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")  # RFC 5546, sections 3.2.1 and 3.2.5
    calendar.add_component(_event(entry, zone))
    first, last = int(all_dates[0][0][:4]), int(all_dates[-1][1][:4])
    calendar.add_missing_timezones(first_date=date(first - 1, 1, 1), last_date=date(last + 1, 12, 31))
    return bytes(calendar.to_ical())


def _event(entry: Entry, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", _local(entry.start, zone))
    event.add("dtend", _local(entry.end, zone))
    event.add("summary", _line(entry.summary), parameters={"LANGUAGE": entry.language})
    if entry.description:
        event.add("description", clean(entry.description), parameters={"LANGUAGE": entry.language})
    if entry.location:
        event.add("location", _line(entry.location))
    if entry.latitude is not None and entry.longitude is not None:
        event.add("geo", (entry.latitude, entry.longitude))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.rule:
        event.add("rrule", vRecur.from_ical(_rule(entry, zone)))
        left_out = [each for each in _begins(entry) if not _is_kept(each, entry.exceptions)]
        if left_out:
            event.add("exdate", [_local(each, zone) for each in left_out])
    return event


def _local(wall: str, zone: ZoneInfo) -> datetime:
    """A wall time as a calendar has to show it: an hour that the clock leaves out is the one after it."""
    at = moment(wall, zone)
    if at is None:
        raise ValueError(wall)
    return at.astimezone(zone)


def _begins(entry: Entry) -> list[str]:
    return [start for start, _end in dates(entry.start, entry.end, entry.rule)]


def _is_kept(start: str, exceptions: tuple[str, ...]) -> bool:
    return start not in exceptions and start[:10] not in exceptions


def _rule(entry: Entry, zone: ZoneInfo) -> str:
    """The rule with its end in UTC, as it has to be where the beginning has a zone (RFC 5545, section 3.3.10)."""
    parts = [part for part in (entry.rule or "").split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    last = _local(_begins(entry)[-1], zone).astimezone(UTC)
    return ";".join([*parts, f"UNTIL={last:%Y%m%dT%H%M%SZ}"])


def _line(text: str) -> str:
    return " ".join(clean(text).split())
