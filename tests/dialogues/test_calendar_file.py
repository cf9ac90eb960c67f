"""A calendar file says what we mean, whoever reads it: read back by a parser that has nothing to do with the writer.

That parser goes by a zone's name. A calendar may also go by what the file itself says about it: dateutil reads that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from dialogues.calendar_file import Entry, calendar_file, file_name
from dialogues.markup import clean
from dialogues.series import Fault, SeriesError, dates
from dialogues.wall_clock import moment

BERLIN, BUCHAREST = "Europe/Berlin", "Europe/Bucharest"
Span = tuple[datetime, datetime]
CHANGED = datetime(2026, 11, 27, 8, 15, 30, tzinfo=UTC)
FEAST = Entry(
    uid="8c1f0c52@mitsprache.example",
    sequence=3,
    start="2026-11-28T15:00",
    end="2026-11-28T17:30",
    zone=BERLIN,
    summary="Sommerfest",
    changed_at=CHANGED,
)
WEEKLY = replace(FEAST, start="2026-10-06T15:00", end="2026-10-06T17:30", rule="FREQ=WEEKLY;UNTIL=20270406;BYDAY=TU")
"""Over both changes of the clocks."""


@cache
def written(entry: Entry) -> bytes:
    return calendar_file(entry, town="Neustadt")


def read(entry: Entry) -> Calendar:
    return IcsCalendarStream.calendar_from_ics(written(entry).decode())


def only_event(entry: Entry) -> Event:
    (event,) = read(entry).events
    return event


def shown(entry: Entry) -> list[Span]:
    """Every date that a calendar shows, as moments."""
    calendar = read(entry)
    dates_shown = list(calendar.timeline)
    by_the_file = tz.tzical(StringIO(written(entry).decode())).get(entry.zone)
    for each in (*dates_shown, *calendar.events):
        assert _moment(each.dtstart, by_the_file) == _moment(each.dtstart)
    for each in calendar.events:  # of other dates the parser has worked out the end, by the name
        assert _moment(each.dtend or each.dtstart, by_the_file) == _moment(each.dtend or each.dtstart)
    return [(_moment(each.dtstart), _moment(each.dtend or each.dtstart)) for each in dates_shown]


def _moment(read: Any, zone: tzinfo | None = None) -> datetime:
    assert isinstance(read, datetime)
    assert read.tzinfo is not None
    return read.replace(tzinfo=zone or read.tzinfo).astimezone(UTC)


def meant(entry: Entry) -> list[Span]:
    """Every date that the chat speaks of, as moments."""
    zone, found = ZoneInfo(entry.zone), []
    for walls in dates(entry.start, entry.end, entry.rule, entry.exceptions):
        start, end = (moment(wall, zone) for wall in walls)
        assert start is not None
        assert end is not None
        found.append((start, max(start, end)))
    return sorted(found)


def lines_of(entry: Entry) -> list[str]:
    """The lines of the file, unfolded (RFC 5545, section 3.1)."""
    return written(entry).decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def names_of(entry: Entry) -> list[str]:
    return [re.split("[;:]", line)[0] for line in lines_of(entry)]


# --- the times ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [BERLIN, BUCHAREST, "Europe/London"])
@pytest.mark.parametrize("day", ["2026-10-24", "2026-10-25", "2026-10-26", "2027-03-27", "2027-03-28", "2027-03-29"])
def test_a_date_is_the_moment_that_we_mean_around_both_changes_of_the_clocks(day: str, zone: str) -> None:
    for hour in ("00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30", "04:00", "04:30", "15:00"):
        entry = replace(FEAST, start=f"{day}T{hour}", end=f"{day}T23:00", zone=zone)
        assert shown(entry) == meant(entry), hour


@pytest.mark.parametrize(
    ("start", "utc"),
    [
        ("2026-10-24T15:00", "2026-10-24T13:00"),
        ("2026-10-25T15:00", "2026-10-25T14:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30"),  # it comes twice: the first
        ("2027-03-28T15:00", "2027-03-28T13:00"),
        ("2027-03-28T02:30", "2027-03-28T01:30"),  # the clock leaves it out: 03:30 summer time
    ],
)
def test_these_are_the_moments(start: str, utc: str) -> None:
    entry = replace(FEAST, start=start, end=f"{start[:10]}T20:00")
    ((begin, _),) = shown(entry)
    assert begin == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_no_time_is_written_that_the_clock_leaves_out() -> None:
    entry = replace(FEAST, start="2027-03-28T02:30", end="2027-03-28T04:30")
    assert "DTSTART;TZID=Europe/Berlin:20270328T033000" in lines_of(entry)
    assert "T0230" not in written(replace(entry, rule="FREQ=WEEKLY;COUNT=1")).decode()


@pytest.mark.parametrize("zone", [BERLIN, BUCHAREST])
@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        ("2026-10-06T15:00", "2026-10-06T17:30", "FREQ=WEEKLY;UNTIL=20270406;BYDAY=TU"),
        ("2026-10-11T15:00", "2026-10-11T17:30", "FREQ=WEEKLY;COUNT=30"),  # on the Sundays themselves
        ("2026-10-11T23:30", "2026-10-12T00:30", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270404;BYDAY=SU"),
        ("2026-10-10T22:00", "2026-10-11T06:00", "FREQ=WEEKLY;COUNT=30"),  # the clocks change while it lasts
        ("2026-10-10T22:00", "2026-10-11T02:30", "FREQ=WEEKLY;COUNT=30"),  # and as it ends
        ("2026-10-24T22:00", "2026-10-25T06:00", "FREQ=WEEKLY;COUNT=30"),  # the first night is the long one
        ("2026-10-24T02:30", "2026-10-24T03:30", "FREQ=DAILY;COUNT=3"),
        ("2027-03-27T02:30", "2027-03-27T04:30", "FREQ=DAILY;COUNT=4"),
        ("2027-03-27T03:30", "2027-03-27T04:30", "FREQ=DAILY;UNTIL=20270330"),
        ("2027-03-28T02:30", "2027-03-28T04:30", "FREQ=WEEKLY;COUNT=3"),  # it begins with a time that is left out
        ("2027-03-28T03:30", "2027-03-28T04:30", "FREQ=WEEKLY;COUNT=3"),
        ("2026-09-08T15:00", "2026-09-08T17:30", "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630"),
        ("2026-09-29T15:00", "2026-09-29T17:30", "FREQ=MONTHLY;BYDAY=-1TU;UNTIL=20270630"),
        ("2026-10-01T09:00", "2026-10-01T10:00", "FREQ=DAILY;COUNT=60"),
        ("2026-10-25T15:00", "2026-10-25T16:00", "FREQ=YEARLY;COUNT=5"),
    ],
)
def test_every_date_of_a_series_is_the_moment_that_we_mean(start: str, end: str, rule: str, zone: str) -> None:
    entry = replace(FEAST, start=start, end=end, zone=zone, rule=rule)
    assert shown(entry) == meant(entry)


@given(
    zone=st.sampled_from([BERLIN, BUCHAREST, "Africa/Casablanca", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
    start=st.datetimes(
        datetime(2026, 9, 1),  # noqa: DTZ001 (wall time)
        datetime(2027, 4, 30),  # noqa: DTZ001 (wall time)
    ),
    minutes=st.integers(1, 1000),
    rule=st.sampled_from([None, "FREQ=DAILY;COUNT=5", "FREQ=WEEKLY;COUNT=30", "FREQ=MONTHLY;UNTIL=20280101"]),
)
@settings(max_examples=50, deadline=None)
def test_a_calendar_shows_what_the_chat_says(zone: str, start: datetime, minutes: int, rule: str | None) -> None:
    walls = [each.isoformat(timespec="minutes") for each in (start, start + timedelta(minutes=minutes))]
    entry = replace(FEAST, start=walls[0], end=walls[1], zone=zone, rule=rule)
    assert shown(entry) == meant(entry)


def test_a_date_that_is_left_out_is_not_shown() -> None:
    by_start = replace(WEEKLY, exceptions=("2026-12-22T15:00", "2026-10-06T15:00", "2026-12-25"))
    by_day = replace(WEEKLY, exceptions=("2026-12-22", "2026-10-06"))
    assert shown(by_start) == meant(by_start) == shown(by_day)
    assert len(shown(by_start)) == len(shown(WEEKLY)) - 2
    assert "EXDATE;TZID=Europe/Berlin:20261006T150000,20261222T150000" in lines_of(by_start)
    assert "EXDATE" not in names_of(replace(WEEKLY, exceptions=("2026-12-25",)))


@pytest.mark.parametrize(("until", "utc"), [("20270406", "20270406T215900Z"), ("20270406T150000", "20270406T130000Z")])
def test_the_last_date_is_in_and_the_end_is_in_utc(until: str, utc: str) -> None:
    entry = replace(WEEKLY, rule=f"FREQ=WEEKLY;BYDAY=TU;UNTIL={until}")
    assert f"RRULE:FREQ=WEEKLY;UNTIL={utc};BYDAY=TU" in lines_of(entry)
    assert shown(entry)[-1][0] == datetime(2027, 4, 6, 13, 0, tzinfo=UTC)


def test_a_night_in_which_the_clocks_change_has_its_own_end_in_a_series() -> None:
    """In a series all last equally many minutes; on the wall clock it is the end that stays."""
    entry = replace(FEAST, start="2026-10-17T22:00", end="2026-10-18T04:00", rule="FREQ=WEEKLY;COUNT=3")
    series, night = read(entry).events
    assert series.recurrence_id is None
    assert (night.uid, night.recurrence_id) == (entry.uid, "20261024T220000")
    assert _moment(night.dtend) - _moment(night.dtstart) == timedelta(hours=7)


def test_a_date_that_the_clocks_turn_round_is_over_as_it_begins() -> None:
    entry = replace(FEAST, start="2027-03-28T02:30", end="2027-03-28T03:15")
    assert "DTEND" not in names_of(entry)
    assert shown(entry) == meant(entry)


def test_a_zone_says_what_its_clocks_do_before_and_after_each_date() -> None:
    (zone,) = read(WEEKLY).timezones
    onsets = [each.start_datetime.isoformat() for each in (*zone.standard, *zone.daylight)]
    assert {"2026-10-25T03:00:00", "2027-03-28T02:00:00", "2027-10-31T03:00:00"} <= set(onsets)


def test_in_utc_there_is_no_zone_to_explain() -> None:
    entry = replace(FEAST, zone="UTC", rule="FREQ=WEEKLY;COUNT=3")
    assert "VTIMEZONE" not in written(entry).decode()
    assert shown(entry) == meant(entry)


# --- what it is -----------------------------------------------------------------------------------------------------


def test_a_file_names_us_and_the_town_and_what_it_is_for() -> None:
    calendar = read(FEAST)
    assert calendar.prodid == "-//Mitsprache//Neustadt//DE"
    assert calendar.version == "2.0"
    assert calendar.method == "PUBLISH"
    assert only_event(FEAST).status == "CONFIRMED"


def test_an_event_is_known_by_its_id_and_the_newer_one_by_its_sequence() -> None:
    event = only_event(FEAST)
    assert (event.uid, event.sequence) == (FEAST.uid, 3)
    assert _moment(event.dtstamp) == _moment(event.last_modified) == CHANGED
    assert all(each.sequence == 3 for each in read(WEEKLY).events)


@pytest.mark.parametrize("entry", [FEAST, WEEKLY])
def test_what_is_cancelled_is_taken_out_by_the_same_id(entry: Entry) -> None:
    cancelled = replace(entry, cancelled=True, sequence=4)
    event = only_event(cancelled)
    assert read(cancelled).method == "CANCEL"
    assert (event.status, event.uid, event.sequence) == ("CANCELLED", entry.uid, 4)


def test_all_dates_of_a_series_are_cancelled_at_once() -> None:
    nights = replace(FEAST, start="2026-10-17T22:00", end="2026-10-18T04:00", rule="FREQ=WEEKLY;COUNT=3")
    assert only_event(replace(nights, cancelled=True)).recurrence_id is None


def test_a_place_is_shown_by_name_and_on_a_map() -> None:
    entry = replace(FEAST, location="Bürgerhaus,\nMarkt 3", latitude=53.8655, longitude=-0.00001)
    event = only_event(entry)
    assert event.location == "Bürgerhaus, Markt 3"
    assert event.geo is not None
    assert (event.geo.lat, event.geo.lng) == (53.8655, -0.00001)
    assert "GEO:53.865500;-0.000010" in lines_of(entry)


def test_what_is_not_known_is_not_written() -> None:
    assert not {"LOCATION", "GEO", "DESCRIPTION", "RRULE", "EXDATE", "RDATE"} & set(names_of(FEAST))


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Europe/Neustadt"},
        {"zone": "../../etc/passwd"},
        {"zone": "Europe"},
        {"zone": ""},
        {"sequence": -1},
        {"changed_at": CHANGED.replace(tzinfo=None)},
        {"language": ""},
        {"language": "de\r\nATTENDEE:x"},
        {"language": 'de";X="'},
        {"latitude": 53.8},
        {"latitude": 91.0, "longitude": 10.0},
        {"latitude": 53.8, "longitude": float("nan")},
    ],
)
def test_what_no_calendar_could_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"zone|place|latitude"):
        written(replace(FEAST, **wrong))


def test_a_series_without_dates_is_refused_with_its_reason() -> None:
    with pytest.raises(SeriesError) as refused:
        written(replace(FEAST, rule="FREQ=WEEKLY"))
    assert refused.value.fault is Fault.ENDLESS


# --- the texts ------------------------------------------------------------------------------------------------------

TEXTS = {
    "ar": "حفلة الصيف في الحي، للجميع؛ الدخول مجاني\nنلتقي عند المدخل الشرقي لمركز المواطنين في الساعة الثالثة",
    "bg": "Лятно тържество в квартала, за всички; входът е свободен\nСрещаме се пред източния вход на центъра",
    "de": "Sommerfest im Viertel, für alle; Eintritt frei\nWir treffen uns am östlichen Eingang, die Größe ist egal",
    "en": "Summer party in the quarter, for everyone; it's free\nCome to the eastern door: a \\ and a “cake”, please",
    "ro": "Sărbătoare de vară în cartier, pentru toți; intrarea liberă\nNe întâlnim la intrarea de est a casei",
    "tr": "Mahallede yaz şenliği, herkes için; giriş ücretsiz\nDoğu girişinde buluşuyoruz, İyi eğlenceler 👩‍👩‍👧‍👦",
}


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_texts_arrive_as_they_are_written_in_all_languages(language: str) -> None:
    title, description = TEXTS[language].split("\n")[0], TEXTS[language] + "\n" + TEXTS[language]
    entry = replace(FEAST, summary=title, description=description, location=title, language=language)
    event = only_event(entry)
    assert (event.summary, event.description, event.location) == (title, description, title)
    assert any(line.startswith(f"SUMMARY;LANGUAGE={language}:") for line in lines_of(entry))
    assert any(line.startswith(f"DESCRIPTION;LANGUAGE={language}:") for line in lines_of(entry))
    assert read(entry).prodid.endswith(f"//{language.upper()}")


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_lines_are_short_and_no_letter_is_cut_in_two(language: str) -> None:
    content = written(replace(FEAST, summary=TEXTS[language] * 3, description=TEXTS[language] * 9, language=language))
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert b"".join(line.decode().encode() for line in lines) == b"".join(lines)


LINE_ENDS = ["\r\n", "\n", "\r", "\r\n\r\n", "\n ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("end", LINE_ENDS, ids=ascii)
def test_nobody_can_write_a_line_of_their_own(end: str) -> None:
    hostile = f"Feast{end}ATTENDEE:mailto:a@b.example{end}END:VEVENT{end}BEGIN:VALARM"
    entry = replace(FEAST, uid=hostile, summary=hostile, description=hostile, location=hostile)
    content = calendar_file(entry, town=hostile)
    plain = replace(FEAST, description="x", location="x")
    assert re.findall(rb"^[A-Z-]+(?=[;:])", content.replace(b"\r\n ", b""), re.M) == [
        name.encode() for name in names_of(plain)
    ]
    event = only_event(entry)
    assert not event.attendees
    assert event.summary == "Feast ATTENDEE:mailto:a@b.example END:VEVENT BEGIN:VALARM"


def test_signs_that_nobody_sees_are_taken_out_and_joiners_stay() -> None:
    entry = replace(
        FEAST, summary="\u2067Fe\x00st\u2069 \u202eim\x1b Hof\x7f 👨\u200d👩\u200d👧 می\u200cخواهم\u200f \t!"
    )
    assert only_event(entry).summary == "Fest im Hof 👨\u200d👩\u200d👧 می\u200cخواهم\u200f !"


@given(text=st.text(max_size=200), url=st.booleans())
@example(text="\\n\\,\\;\\\\ ^n ^' \"", url=False)
@example(text="C:\\Neustadt", url=False)
@example(text="👩‍👩‍👧‍👦" * 20, url=False)
@example(text=":;,=", url=True)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_and_stays_in_its_place(text: str, url: bool) -> None:
    whole = f"a{text}z" + (" https://neustadt.example/?a=1;b,c" if url else "")
    entry = replace(FEAST, summary=whole, description=whole, location=whole)
    event, content = only_event(entry), written(entry)
    line = " ".join(clean(whole).split())
    shown = [str(each).replace("\\\u2060N", "\\N") for each in (event.summary, event.description, event.location)]
    assert shown == [line, clean(whole), line]
    assert names_of(entry) == names_of(replace(FEAST, description="x", location="x"))
    assert all(len(each) <= 75 and each.decode() is not None for each in content.split(b"\r\n"))


# --- several dates, and the name ------------------------------------------------------------------------------------


def test_dates_with_names_of_their_own_stand_in_one_file_over_a_change_of_the_clocks() -> None:
    summer = replace(FEAST, uid="a-1", start="2026-10-24T15:00", end="2026-10-24T17:00")
    winter = replace(FEAST, uid="a-2", start="2026-10-31T15:00", end="2026-10-31T17:00", sequence=7)
    file = calendar_file(summer, winter, town="Neustadt").decode()
    read_back = list(IcsCalendarStream.calendar_from_ics(file).timeline)
    assert [(each.uid, each.sequence) for each in read_back] == [("a-1", 3), ("a-2", 7)]
    by_the_file = tz.tzical(StringIO(file)).get(BERLIN)
    moments = [_moment(each.dtstart, by_the_file) for each in read_back]
    assert moments == [datetime(2026, 10, 24, 13, tzinfo=UTC), datetime(2026, 10, 31, 14, tzinfo=UTC)]
    with pytest.raises(ValueError, match="one zone"):
        calendar_file(summer, replace(winter, zone=BUCHAREST), town="Neustadt")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Gemeinsam essen", "Gemeinsam-essen"),
        ("Spaß & Spiel im Hof!", "Spass-Spiel-im-Hof"),
        ("../../Kadınlar/kahvaltısı", "Kadinlar-kahvaltisi"),
        ("Masă împreună", "Masa-impreuna"),
        ("طعام مشترك", "2026-11-28"),
        ("2026", "2026-11-28"),
        ("x" * 99, "x" * 40),
    ],
)
def test_a_file_is_called_as_the_event_is_as_far_as_every_phone_takes_it(title: str, name: str) -> None:
    assert file_name(title, "2026-11-28") == f"{name}.ics"
