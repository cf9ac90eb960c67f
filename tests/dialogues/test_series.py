"""An event that repeats: which dates it has, which rules are refused and why, and what a form makes of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogues.series import MOST_DATES, Fault, Repeats, SeriesError, dates, read_until, repeats_of, rule_of

START, END = "2026-12-01T15:00", "2026-12-01T17:30"
"""A Tuesday, the first one of its month."""


def begins(rule: str | None, *exceptions: str, start: str = START, end: str = "") -> list[str]:
    return [each for each, _ in dates(start, end or f"{start[:10]}T23:59", rule, exceptions)]


def days(rule: str, *exceptions: str, start: str = START) -> list[str]:
    return [each[5:10] for each in begins(rule, *exceptions, start=start)]


def fault_of(rule: str | None, *exceptions: str, start: str = START, end: str = END) -> Fault:
    with pytest.raises(SeriesError) as refused:
        dates(start, end, rule, exceptions)
    return refused.value.fault


# --- dates ----------------------------------------------------------------------------------------------------------


def test_an_event_without_a_rule_has_one_date() -> None:
    assert dates(START, END, None) == ((START, END),)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["12-01", "12-02", "12-03"]),
        ("FREQ=DAILY;INTERVAL=3;COUNT=3", ["12-01", "12-04", "12-07"]),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20261208", [f"12-0{day}" for day in (1, 2, 3, 4, 7, 8)]),
        ("FREQ=WEEKLY;UNTIL=20261222;BYDAY=TU", ["12-01", "12-08", "12-15", "12-22"]),
        ("FREQ=WEEKLY;UNTIL=20261222", ["12-01", "12-08", "12-15", "12-22"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3", ["12-01", "12-15", "12-29"]),
        ("FREQ=WEEKLY;BYDAY=TH,TU;COUNT=4", ["12-01", "12-03", "12-08", "12-10"]),
        ("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270228", ["12-01", "01-05", "02-02"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3", ["12-01", "01-01", "02-01"]),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=1TU;COUNT=3", ["12-01", "12-07", "12-05"]),
        ("freq=weekly;count=2", ["12-01", "12-08"]),
    ],
)
def test_a_rule_gives_its_dates(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


def test_a_month_without_the_day_is_passed_over() -> None:
    assert days("FREQ=MONTHLY;COUNT=3", start="2026-10-31T10:00") == ["10-31", "12-31", "01-31"]
    leap = begins("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=3", start="2028-02-29T10:00")
    assert [each[:10] for each in leap] == ["2028-02-29", "2032-02-29", "2036-02-29"]


def test_it_is_the_same_time_on_the_wall_whatever_the_clocks_do() -> None:
    written = begins("FREQ=DAILY;UNTIL=20270329", start="2027-03-27T02:30")
    assert written == ["2027-03-27T02:30", "2027-03-28T02:30", "2027-03-29T02:30"]


def test_every_date_lasts_as_long_as_the_first_on_the_wall() -> None:
    night = dates("2026-10-17T22:00", "2026-10-18T02:00", "FREQ=WEEKLY;COUNT=3")
    assert night == (
        ("2026-10-17T22:00", "2026-10-18T02:00"),
        ("2026-10-24T22:00", "2026-10-25T02:00"),
        ("2026-10-31T22:00", "2026-11-01T02:00"),
    )


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261208", "12-08"),
        ("20261207", "12-01"),
        ("20261208T150000", "12-08"),
        ("20261208T145959", "12-01"),
        ("20261201", "12-01"),
    ],
)
def test_the_last_day_and_the_last_minute_belong_to_it(until: str, last: str) -> None:
    assert days(f"FREQ=WEEKLY;UNTIL={until}")[-1] == last


@pytest.mark.parametrize("exception", ["2026-12-08", "2026-12-08T15:00"])
def test_what_is_left_out_is_no_date_and_counts_all_the_same(exception: str) -> None:
    assert days("FREQ=WEEKLY;COUNT=3", exception) == ["12-01", "12-15"]


@pytest.mark.parametrize("exception", ["2026-12-09", "2026-12-08T16:00", "2030-01-01"])
def test_an_exception_that_is_no_date_of_the_series_changes_nothing(exception: str) -> None:
    assert days("FREQ=WEEKLY;COUNT=3", exception) == ["12-01", "12-08", "12-15"]


def test_the_first_date_can_be_left_out() -> None:
    assert days("FREQ=WEEKLY;COUNT=2", "2026-12-01") == ["12-08"]


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "WEEKLY",
        "FREQ=WEEKLY;",
        "FREQ=SOMETIMES;COUNT=3",
        "COUNT=3",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20270101",
        "FREQ=WEEKLY;COUNT=3;COUNT=4",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=-1",
        "FREQ=WEEKLY;COUNT=٣",
        "FREQ=WEEKLY;COUNT=3 ",
        "FREQ=WEEKLY;COUNT=3\nEXDATE:20261208T150000",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=0;COUNT=3",
        "FREQ=DAILY;INTERVAL=1000;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20270101T120000Z",
        "FREQ=WEEKLY;UNTIL=20270231",
        "FREQ=WEEKLY;UNTIL=20270101T250000",
        "FREQ=WEEKLY;UNTIL=00000101",
        "FREQ=WEEKLY;BYDAY=2TU;COUNT=3",
        "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=3",
        "FREQ=MONTHLY;BYDAY=6TU;COUNT=3",
        "FREQ=MONTHLY;BYDAY=TUESDAY;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3",
        "FREQ=MONTHLY;BYMONTH=13;COUNT=3",
        "FREQ=MONTHLY;BYDAY=;COUNT=3",
        "FREQ=DAILY;BYHOUR=15;COUNT=3",
        "FREQ=DAILY;BYMINUTE=0;COUNT=3",
        "FREQ=YEARLY;BYWEEKNO=49;COUNT=3",
        "FREQ=YEARLY;BYYEARDAY=335;COUNT=3",
        "FREQ=YEARLY;BYEASTER=0;COUNT=3",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1;COUNT=3",
        "FREQ=WEEKLY;X-SOMETHING=1;COUNT=3",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["TU"] * 200) + ";COUNT=3",
    ],
)
def test_a_rule_that_is_none_or_has_unknown_parts_is_not_understood(rule: str) -> None:
    assert fault_of(rule) is Fault.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("FREQ=WEEKLY", Fault.ENDLESS),
        ("FREQ=WEEKLY;BYDAY=TU", Fault.ENDLESS),
        ("FREQ=HOURLY;COUNT=3", Fault.TOO_OFTEN),
        ("FREQ=MINUTELY;COUNT=3", Fault.TOO_OFTEN),
        ("FREQ=SECONDLY;COUNT=999999999", Fault.TOO_OFTEN),
        ("FREQ=DAILY;COUNT=61", Fault.TOO_MANY),
        ("FREQ=DAILY;COUNT=999999999", Fault.TOO_MANY),
        ("FREQ=DAILY;COUNT=" + "9" * 200, Fault.TOO_MANY),
        ("FREQ=DAILY;UNTIL=99991231", Fault.TOO_MANY),
        ("FREQ=YEARLY;INTERVAL=20;COUNT=5", Fault.TOO_FAR),
        ("FREQ=YEARLY;INTERVAL=20;UNTIL=99991231", Fault.TOO_FAR),
        ("FREQ=WEEKLY;BYDAY=WE;COUNT=3", Fault.STARTS_ELSEWHERE),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=WE;COUNT=3", Fault.STARTS_ELSEWHERE),
        ("FREQ=MONTHLY;BYDAY=2TU;COUNT=3", Fault.STARTS_ELSEWHERE),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31;COUNT=3", Fault.STARTS_ELSEWHERE),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=99991231", Fault.STARTS_ELSEWHERE),
        ("FREQ=WEEKLY;UNTIL=20261130", Fault.BACKWARDS),
    ],
)
def test_a_rule_that_gives_no_dates_for_an_event_is_refused_with_its_reason(rule: str, fault: Fault) -> None:
    assert fault_of(rule) is fault


def test_sixty_dates_are_as_many_as_there_can_be() -> None:
    assert len(begins("FREQ=DAILY;COUNT=60")) == MOST_DATES
    assert len(begins("FREQ=DAILY;UNTIL=20270129")) == MOST_DATES
    assert fault_of("FREQ=DAILY;UNTIL=20270130") is Fault.TOO_MANY
    assert fault_of("FREQ=DAILY;UNTIL=20270130", "2026-12-24") is Fault.TOO_MANY


@pytest.mark.parametrize("rule", [None, "FREQ=WEEKLY;COUNT=2"])
def test_an_event_whose_dates_are_all_left_out_has_none(rule: str | None) -> None:
    assert fault_of(rule, "2026-12-01", "2026-12-08") is Fault.NONE


@pytest.mark.parametrize("end", [START, "2026-12-01T14:59", "2026-11-30T17:00"])
def test_an_event_ends_after_it_begins(end: str) -> None:
    assert fault_of(None, end=end) is Fault.BACKWARDS


@pytest.mark.parametrize(
    "wall",
    ["", "tomorrow", "2026-12-01", "2026-12-01T15:00:00", "2026-12-01T15:00Z", "2026-02-30T15:00", "1999-12-01T15:00"],
)
def test_what_is_no_wall_time_is_not_understood(wall: str) -> None:
    assert fault_of(None, start=wall) is Fault.NOT_UNDERSTOOD
    assert fault_of(None, end=wall) is Fault.NOT_UNDERSTOOD


@pytest.mark.parametrize("exception", ["", "tomorrow", "20261208", "2026-W50-2", "2026-12-08T15:00:00", "2026-02-30"])
def test_an_exception_that_is_neither_a_day_nor_a_time_is_not_understood(exception: str) -> None:
    assert fault_of("FREQ=WEEKLY;COUNT=3", exception) is Fault.NOT_UNDERSTOOD


def test_a_date_that_ends_after_the_last_wall_time_is_too_far() -> None:
    assert fault_of("FREQ=DAILY;COUNT=2", start="2099-12-30T22:00", end="2099-12-31T02:00") is Fault.TOO_FAR


# --- any rule -------------------------------------------------------------------------------------------------------

WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
NUMBERS = st.one_of(st.integers(-1, 70), st.sampled_from([366, 999, 999999999]))
PARTS = st.one_of(
    st.builds("INTERVAL={}".format, NUMBERS),
    st.builds("WKST={}".format, WEEKDAYS),
    st.builds(lambda each: f"BYDAY={','.join(each)}", st.lists(WEEKDAYS, min_size=1, max_size=7)),
    st.builds("BYDAY={}{}".format, st.integers(-5, 5), WEEKDAYS),
    st.builds("BYMONTHDAY={}".format, st.integers(-31, 31)),
    st.builds("BYMONTH={}".format, st.integers(1, 12)),
    st.text(max_size=8),
)
ENDS = st.one_of(
    st.just("COUNT=60"),
    st.builds("COUNT={}".format, NUMBERS),
    st.dates(date(2020, 1, 1), date(9999, 12, 31)).map("UNTIL={:%Y%m%d}".format),
)
RULES = st.builds(
    lambda frequency, parts, end: ";".join([f"FREQ={frequency}", *parts, end]),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "YEARLY", "HOURLY"]),
    st.lists(PARTS, max_size=4),
    ENDS,
)
STARTS = st.builds("{}T{:%H:%M}".format, st.dates(date(2020, 1, 1), date(2098, 12, 31)), st.times())


@given(start=STARTS, rule=RULES, minutes=st.integers(1, 3000))
@example(start="2028-02-29T10:00", rule="FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU;COUNT=60", minutes=60)
@example(start="2028-02-29T10:00", rule="FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29;BYDAY=TU;UNTIL=99991231", minutes=60)
@example(start="2028-02-29T10:00", rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU;UNTIL=99991231", minutes=60)
@example(start="2026-12-01T10:00", rule="FREQ=DAILY;INTERVAL=999;BYDAY=TU;UNTIL=99991231", minutes=60)
@settings(max_examples=300, deadline=timedelta(seconds=1))
def test_any_rule_gives_few_dates_in_their_order_or_is_refused_at_once(start: str, rule: str, minutes: int) -> None:
    end = (datetime.fromisoformat(start) + timedelta(minutes=minutes)).isoformat(timespec="minutes")
    try:
        found = dates(start, end, rule)
    except SeriesError:
        return
    assert found[0] == (start, end)
    assert 1 <= len(found) <= MOST_DATES
    assert sorted(set(found)) == list(found)
    lengths = {datetime.fromisoformat(end) - datetime.fromisoformat(start) for start, end in found}
    assert lengths == {timedelta(minutes=minutes)}
    assert {each[10:] for each, _ in found} == {start[10:]}


@given(rule=st.text(alphabet="FREQ=WEKLYDAIBNTUCO;,0123456789-+:\n ", max_size=60), start=st.text(max_size=16))
@settings(deadline=timedelta(seconds=1))
def test_any_text_is_a_rule_or_refused(rule: str, start: str) -> None:
    for begin in (START, start):
        with suppress(SeriesError):
            assert dates(begin, END, rule)


# --- what a form offers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Repeats.DAILY, ["12-01", "12-02", "12-03"]),
        (Repeats.WEEKLY, ["12-01", "12-08", "12-15"]),
        (Repeats.FORTNIGHTLY, ["12-01", "12-15", "12-29"]),
        (Repeats.MONTHLY, ["12-01", "01-05", "02-02"]),
    ],
)
def test_what_a_form_offers_gives_these_dates(kind: Repeats, expected: list[str]) -> None:
    until = date(2027 if expected[-1] < "12" else 2026, int(expected[-1][:2]), int(expected[-1][3:]))
    rule = rule_of(kind, START, until)
    assert rule is not None
    assert days(rule) == expected


def test_the_fifth_weekday_of_a_month_is_the_last_one() -> None:
    rule = rule_of(Repeats.MONTHLY, "2026-12-29T15:00", date(2027, 3, 31))
    assert rule is not None
    assert days(rule, start="2026-12-29T15:00") == ["12-29", "01-26", "02-23", "03-30"]


def test_an_event_that_takes_place_once_has_no_rule() -> None:
    assert rule_of(Repeats.ONCE, START, date(2027, 3, 31)) is None
    assert repeats_of(None) == (Repeats.ONCE, None)


@given(start=STARTS, kind=st.sampled_from(Repeats), days=st.integers(0, 59))
def test_a_form_reads_back_what_it_made_and_its_first_date_is_where_it_began(
    start: str, kind: Repeats, days: int
) -> None:
    until = date.fromisoformat(start[:10]) + timedelta(days=days)
    rule = rule_of(kind, start, until)
    assert repeats_of(rule) == (kind, until if rule else None)
    assert begins(rule, start=start, end=f"{until + timedelta(days=9)}T00:00")[0] == start


def test_the_parts_of_a_rule_may_stand_in_any_order() -> None:
    assert repeats_of("FREQ=WEEKLY;UNTIL=20270331;BYDAY=TU") == (Repeats.WEEKLY, date(2027, 3, 31))
    assert repeats_of("UNTIL=20270331;INTERVAL=2;BYDAY=TU;FREQ=WEEKLY") == (Repeats.FORTNIGHTLY, date(2027, 3, 31))


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331T120000",
        "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20270331",
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU;UNTIL=20270331",
        "FREQ=MONTHLY;BYDAY=5TU;UNTIL=20270331",
        "FREQ=MONTHLY;BYDAY=-2TU;UNTIL=20270331",
        "FREQ=MONTHLY;UNTIL=20270331",
        "FREQ=YEARLY;UNTIL=20270331",
        "FREQ=DAILY;UNTIL=20270231",
    ],
)
def test_a_rule_that_the_form_does_not_make_is_none_of_its_kinds(rule: str) -> None:
    assert repeats_of(rule) is None


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        ("FREQ=WEEKLY;UNTIL=20270331", "2027-03-31T23:59"),
        ("FREQ=WEEKLY;UNTIL=20270331T150000", "2027-03-31T15:00"),
        ("FREQ=WEEKLY;COUNT=3", None),
    ],
)
def test_a_rule_says_until_when_it_goes(rule: str, until: str | None) -> None:
    assert read_until(rule) == until
