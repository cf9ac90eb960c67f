"""Functions on dates and times. The present comes from the surroundings; a moment without zone is one of theirs."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.values import EPOCH, Value, days, number_to_text, parse_clock, parse_moment, to_text

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHORT_DATE = re.compile("([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MAX_DAYS = 2_900_000.0


def iso_moment(moment: datetime) -> str:
    """A moment as stored: ISO 8601 with milliseconds and the offset of its zone."""
    return moment.isoformat(timespec="milliseconds")


@function("today", "", "string", section="#fn:today", in_context=True)
def today(context: Context) -> str:
    """The present date."""
    return context.surroundings.now.date().isoformat()


@function("now", "", "string", section="#fn:now", in_context=True)
def present(context: Context) -> str:
    """The present date and time."""
    return iso_moment(context.surroundings.now)


@function("date", "any", "string", section="#fn:date", in_context=True)
def as_date(context: Context, value: Value) -> str:
    """The date a string names, or the one so many days after 1970-01-01."""
    moment = _moment(context, value, "date")
    if moment is None:
        return ""
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()


@function("date-time", "any", "string", section="#fn:date-time", in_context=True)
def as_date_time(context: Context, value: Value) -> str:
    """The date and time a string names, or the one so many days after the beginning of 1970."""
    moment = _moment(context, value, "date-time")
    if moment is None:
        return ""
    return iso_moment(_full(context, moment))


@function("decimal-date-time", "any", "number", section="#fn:decimal-date-time", in_context=True)
def decimal_date_time(context: Context, value: Value) -> float:
    """Days since the beginning of 1970 in UTC, the time of day as the fraction."""
    if isinstance(value, float):
        return value
    text = to_text(value)
    if text.strip() and parse_moment(text) is None:
        raise EvaluationError("decimal-date-time() was given no date")
    moment = _moment(context, text, "decimal-date-time")
    return math.nan if moment is None else days(_full(context, moment))


@function("decimal-time", "string", "number", section="#fn:decimal-time", in_context=True)
def decimal_time(context: Context, text: str) -> float:
    """The time of day as a fraction of the day, in the zone of the surroundings."""
    moment = parse_moment(text)
    if isinstance(moment, datetime):
        moment = moment.astimezone(context.surroundings.now.tzinfo) if moment.tzinfo else moment
        clock: time | None = moment.time()
    else:
        clock = parse_clock(text)
        if clock is not None and clock.tzinfo:
            here = datetime.combine(context.surroundings.now.date(), clock)
            clock = here.astimezone(context.surroundings.now.tzinfo).time()
    if clock is None:
        return math.nan
    passed = timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
    return passed / timedelta(days=1)


@function("format-date", "any string", "string", section="#fn:format-date", in_context=True)
def format_date(context: Context, value: Value, pattern: str) -> str:
    """A date written by a pattern: %Y %y %m %n %b %d %e %a, and those of ``format-date-time``."""
    moment = _moment(context, value, "format-date", strict=False)
    return "" if moment is None else _written(moment, pattern)


@function("format-date-time", "any string", "string", section="#fn:format-date-time", in_context=True)
def format_date_time(context: Context, value: Value, pattern: str) -> str:
    """A date and time written by a pattern: as ``format-date``, and %H %h %M %S %3."""
    moment = _moment(context, value, "format-date-time", strict=False)
    return "" if moment is None else _written(moment, pattern)


def _moment(context: Context, value: Value, name: str, *, strict: bool = True) -> datetime | date | None:
    """What a value names; None for nothing. A moment with a zone is moved into that of the surroundings."""
    if isinstance(value, bool):
        raise EvaluationError(f"{name}() takes no boolean")
    text = number_to_text(value) if isinstance(value, float) else to_text(value)
    if not text.strip() or text == "NaN":
        return None
    moment = parse_moment(text)
    if moment is None:
        moment = _short_date(text) or _from_days(context, text)
    if moment is None and strict:
        raise EvaluationError(f"{name}() was given no date")
    if isinstance(moment, datetime) and moment.tzinfo:
        return moment.astimezone(context.surroundings.now.tzinfo)
    return moment


def _short_date(text: str) -> date | None:
    """A date whose month or day has one digit only."""
    found = _SHORT_DATE.fullmatch(text.strip())
    return None if found is None else parse_moment("{}-{:0>2}-{:0>2}".format(*found.groups()))


def _from_days(context: Context, text: str) -> datetime | date | None:
    try:
        number = float(text)
    except ValueError:
        return None
    if not abs(number) < _MAX_DAYS or (number < 0 and -EPOCH.toordinal() + 1 > number):
        return None
    if number.is_integer():
        return EPOCH + timedelta(days=number)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return moment.astimezone(context.surroundings.now.tzinfo)


def _full(context: Context, moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment if moment.tzinfo else moment.replace(tzinfo=context.surroundings.now.tzinfo)


def _written(moment: datetime | date, pattern: str) -> str:
    clock = moment.time() if isinstance(moment, datetime) else time()
    day = moment.date() if isinstance(moment, datetime) else moment
    parts = {
        "%": "%",
        "Y": f"{day.year:04}",
        "y": f"{day.year % 100:02}",
        "m": f"{day.month:02}",
        "n": str(day.month),
        "b": _MONTHS[day.month - 1],
        "d": f"{day.day:02}",
        "e": str(day.day),
        "a": _DAYS[day.weekday()],
        "W": f"{day.isocalendar().week}",
        "H": f"{clock.hour:02}",
        "h": str(clock.hour),
        "M": f"{clock.minute:02}",
        "S": f"{clock.second:02}",
        "3": f"{clock.microsecond // 1000:03}",
    }
    written: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "%":
            sign = next(letters, "")
            written.append(parts.get(sign, f"%{sign}"))  # an unknown sign stays as it is, as in ODK Web Forms
        else:
            written.append(letter)
    return "".join(written)
