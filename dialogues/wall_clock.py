"""The town's wall clock: which moment a wall time means, and the hours in which nobody is written to. Pure.

The rule around a change of the clocks: a time that the clock leaves out means the same distance after the change (02:30
becomes 03:30); of a time that comes twice, the first is meant. Quiet hours are no such time: they are what the clock
shows, so an end that it leaves out has come when the change has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["QuietHours", "before", "comes_twice", "minutes_between", "moment", "wall_time"]

_WALL = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


def moment(wall: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment of a wall time ``2026-11-26T14:00`` in a zone; None where it is not one."""
    if not _WALL.fullmatch(wall):
        return None
    try:
        return datetime.fromisoformat(wall).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None


def wall_time(at: datetime, zone: ZoneInfo) -> str:
    """Return what a wall clock shows at a moment, ``2026-11-26T14:00``."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def before(at: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment at which the wall clock shows so many minutes less than ``at``: a day before 15:00 it is 15:00,
    also where that day has 25 hours."""
    wall = at.astimezone(zone).replace(tzinfo=None, fold=0) - timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def minutes_between(now: datetime, at: datetime, zone: ZoneInfo) -> int:
    """Return how many minutes the wall clock shows less at ``now`` than at ``at``, rounded up; 0: it is over."""
    shown, then = (each.astimezone(zone).replace(tzinfo=None, fold=0) for each in (now, at))
    return max(0, -((shown - then) // timedelta(minutes=1)))


def comes_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Return whether the wall clock shows later what it shows at this moment: it is put back meanwhile."""
    there = at.astimezone(zone)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset() and not there.fold


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` to ``end`` on the wall clock, over midnight if need be. The same time twice: there are none."""

    start: time
    end: time

    @classmethod
    def parse(cls, start: str, end: str) -> QuietHours:
        """Read ``20:00`` and ``08:00``. Raises ``ValueError``."""
        return cls(time.fromisoformat(start), time.fromisoformat(end))

    def end_after(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours that ``now`` lies in are over; None where it lies in none.

        Quiet is what the clock on the wall shows: they are over at the first moment at which it shows no quiet time,
        and of an hour that comes twice, both are as the clock has them.
        """
        if not self._are_at(now, zone):
            return None
        today = now.astimezone(zone).date()
        ends = (
            datetime.combine(today + timedelta(days=days), self.end, zone).replace(fold=fold).astimezone(UTC)
            for days in range(3)  # the day after next: where a change leaves out all of a day that is not quiet
            for fold in (0, 1)
        )
        end = min(each for each in ends if each > now and not self._are_at(each, zone))
        change = _change_between(now, end, zone)
        return change if change is not None and not self._are_at(change, zone) else end

    def begin_before(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the quiet hours that ``now`` lies in have begun; None where it lies in none."""
        if not self._are_at(now, zone):
            return None
        today = now.astimezone(zone).date()
        begins = (datetime.combine(today - timedelta(days=days), self.start, zone).astimezone(UTC) for days in range(3))
        return max(each for each in begins if each <= now)

    def _are_at(self, at: datetime, zone: ZoneInfo) -> bool:
        clock = at.astimezone(zone).time().replace(fold=0)
        if self.start < self.end:
            return self.start <= clock < self.end
        return self.start != self.end and (clock >= self.start or clock < self.end)


def _change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment after ``start``, up to ``end``, at which the clock is changed, to the second; None: it is not."""

    def offset(second: int) -> timedelta | None:
        return datetime.fromtimestamp(second, zone).utcoffset()

    before, after = int(start.timestamp()), int(end.timestamp())
    if offset(before) == offset(after):
        return None
    while after - before > 1:
        between = (before + after) // 2
        if offset(between) == offset(int(start.timestamp())):
            before = between
        else:
            after = between
    return datetime.fromtimestamp(after, UTC)
