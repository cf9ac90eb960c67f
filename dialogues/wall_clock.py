"""The town's wall clock: which moment a wall time means, and the hours in which nobody is written to. Pure.

The rule around a change of the clocks: a time that the clock leaves out means the same distance after the change (02:30
becomes 03:30); of a time that comes twice, the first is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["QuietHours", "moment", "wall_time"]

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
        """Return when the quiet hours that ``now`` lies in are over; None where it lies in none."""
        local = now.astimezone(zone)
        clock = local.time().replace(tzinfo=None)
        if self.start < self.end:
            is_quiet = self.start <= clock < self.end
        else:
            is_quiet = self.start != self.end and (clock >= self.start or clock < self.end)
        if not is_quiet:
            return None
        day = local.date() if clock < self.end else local.date() + timedelta(days=1)
        return datetime.combine(day, self.end, zone).astimezone(UTC)
