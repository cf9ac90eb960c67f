"""The town's wall clock: one moment for each wall time, also when the clocks change, and hours left in peace."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialogues.wall_clock import QuietHours, before, comes_twice, minutes_between, moment, wall_time

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours.parse("20:00", "08:00")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-11-26T10:00", "2026-11-26T09:00"),
        ("2026-07-01T10:00", "2026-07-01T08:00"),
        ("2027-03-28T02:30", "2027-03-28T01:30"),  # the clock leaves it out: 03:30 summer time
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # it comes twice: the first
    ],
)
def test_a_wall_time_means_one_moment(wall: str, utc: str) -> None:
    assert moment(wall, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("utc", "twice"),
    [
        ("2026-10-25T00:30", True),  # half past two, and once more in an hour
        ("2026-10-25T01:30", False),  # that was it
        ("2026-10-24T23:30", False),
        ("2027-03-28T01:30", False),
        ("2026-07-01T10:00", False),
    ],
)
def test_a_time_comes_twice_when_the_clock_is_put_back(utc: str, twice: bool) -> None:
    assert comes_twice(datetime.fromisoformat(utc).replace(tzinfo=UTC), BERLIN) is twice


@pytest.mark.parametrize(
    "wall", ["", "tomorrow", "2026-02-30T10:00", "2026-11-26T25:00", "1999-01-01T10:00", "2026-11-26"]
)
def test_what_is_no_wall_time_means_nothing(wall: str) -> None:
    assert moment(wall, BERLIN) is None


def test_the_same_hour_every_week_stays_the_same_on_the_wall_when_the_clocks_change() -> None:
    walls = [f"2026-10-{day:02}T18:00" for day in (18, 25)] + ["2026-11-01T18:00"]
    moments = [moment(wall, BERLIN) for wall in walls]
    assert [wall_time(each, BERLIN) for each in moments if each] == walls
    first, second, third = (each for each in moments if each)
    assert (second - first, third - second) == (timedelta(days=7, hours=1), timedelta(days=7))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-26T19:59", None),
        ("2026-11-26T20:00", "2026-11-27T08:00"),
        ("2026-11-27T00:00", "2026-11-27T08:00"),
        ("2026-11-27T07:59", "2026-11-27T08:00"),
        ("2026-11-27T08:00", None),
        ("2026-10-25T01:00", "2026-10-25T08:00"),  # the night is an hour longer, and ends at eight all the same
    ],
)
def test_quiet_hours_end_in_the_morning(at: str, until: str | None) -> None:
    end = NIGHT.end_after(datetime.fromisoformat(at).replace(tzinfo=BERLIN), BERLIN)
    assert (wall_time(end, BERLIN) if end else None) == until


def test_quiet_hours_may_lie_within_a_day_or_not_be_there() -> None:
    noon = datetime(2026, 11, 26, 12, 30, tzinfo=BERLIN)
    end = QuietHours.parse("12:00", "14:00").end_after(noon, BERLIN)
    assert end is not None
    assert wall_time(end, BERLIN) == "2026-11-26T14:00"
    assert QuietHours.parse("09:00", "09:00").end_after(noon, BERLIN) is None


@given(st.integers(0, 9_000_000), st.times(), st.times())
def test_whatever_is_moved_is_moved_to_a_moment_that_is_not_quiet_again(minutes: int, start: time, end: time) -> None:
    hours = QuietHours(start, end)
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = hours.end_after(now, BERLIN)
    if until is not None:
        is_one_hour_free = (_minutes(start) - _minutes(end)) % 1440 <= 60  # which the clock may leave out
        assert now < until <= now + timedelta(hours=49 if is_one_hour_free else 26)
        assert hours.end_after(until, BERLIN) is None


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("20:00-02:30", "2026-10-25T00:10", "2026-10-25T00:30"),  # 02:10 summer time: the first half past two
        ("20:00-02:30", "2026-10-25T00:40", None),
        ("20:00-02:30", "2026-10-25T01:10", "2026-10-25T01:30"),  # 02:10 again: the second one
        ("20:00-02:30", "2027-03-28T00:10", "2027-03-28T01:00"),  # half past two is left out: over at three
        ("20:00-02:00", "2027-03-28T00:10", "2027-03-28T01:00"),
        ("20:00-03:00", "2027-03-28T00:10", "2027-03-28T01:00"),
        ("20:00-03:30", "2027-03-28T00:10", "2027-03-28T01:30"),
        ("02:30-08:00", "2026-10-25T00:40", "2026-10-25T01:00"),  # at three it is two again, when it is not quiet
        ("03:00-02:00", "2027-03-27T12:00", "2027-03-29T00:00"),  # the only hour that is not quiet is left out
    ],
)
def test_quiet_hours_are_what_the_clock_shows_when_it_is_changed(hours: str, now: str, until: str | None) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    end = QuietHours.parse(*hours.split("-")).end_after(at, BERLIN)
    assert end == (datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None)


def _minutes(at: time) -> float:
    return at.hour * 60 + at.minute + at.second / 60


@given(
    st.sampled_from([(2026, 10, 24), (2027, 3, 27), (2026, 11, 26)]), st.integers(0, 3 * 1440), st.times(), st.times()
)
@example((2026, 10, 24), 1630, time(20), time(2, 30))
@example((2026, 10, 24), 1600, time(2, 30), time(2, 15))
@example((2027, 3, 27), 1450, time(20), time(2, 30))
def test_the_end_of_quiet_hours_is_to_come_and_never_more_than_a_day_away(
    day: tuple[int, int, int], minutes: int, start: time, end: time
) -> None:
    now = datetime(*day, tzinfo=BERLIN).astimezone(UTC) + timedelta(minutes=minutes)
    until = QuietHours(start, end).end_after(now, BERLIN)
    if until is not None:
        # only where all of the day but an hour is quiet, and the clock leaves that hour out, it is the day after
        days = 1 if (_minutes(start) - _minutes(end)) % 1440 > 60 else 2
        assert now < until <= now + timedelta(days=days, hours=1)  # a day has 25 hours when the clock is put back
        assert QuietHours(start, end).end_after(until, BERLIN) is None


@pytest.mark.parametrize(
    ("at", "minutes", "earlier"),
    [
        ("2026-11-26T15:00", 1440, "2026-11-25T14:00"),
        ("2027-03-28T15:00", 1440, "2027-03-27T14:00"),  # 23 hours
        ("2027-10-31T15:00", 1440, "2027-10-30T13:00"),  # 25 hours
        ("2027-10-31T15:00", 120, "2027-10-31T12:00"),
    ],
)
def test_so_much_earlier_is_what_the_clock_shows(at: str, minutes: int, earlier: str) -> None:
    starts_at = moment(at, BERLIN)
    assert starts_at is not None
    found = before(starts_at, minutes, BERLIN)
    assert found == datetime.fromisoformat(earlier).replace(tzinfo=UTC)
    assert minutes_between(found, starts_at, BERLIN) == minutes
    assert minutes_between(found + timedelta(seconds=1), starts_at, BERLIN) == minutes
    assert minutes_between(starts_at + timedelta(seconds=1), starts_at, BERLIN) == 0
