"""Conversions between the values of expressions, as the ODK dialect wants them. Changes no node, reads no clock.

An expression gives a string, a number, a boolean or a node-set. Dates are strings in ISO 8601 that read as numbers:
days since 1970-01-01.
"""

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from dialogues.forms.xpath.nodes import Node

Value: TypeAlias = str | float | bool | list[Node]

NAN = math.nan
EPOCH = date(1970, 1, 1)
_SECONDS_A_DAY = 86_400.0
_EXACT = 1e15
"""Below it all digits of a whole number are its own; above, those behind the last one that counts are zeros."""

_MAX_NUMBER = 1_000
"""Characters of a number; more would only cost time."""
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")


def to_number(value: Value) -> float:
    """A number, as the dialect's ``number()``: dates are days, anything else that is no number is NaN."""
    if isinstance(value, str):
        return string_to_number(value)
    if isinstance(value, (float, bool)):
        return float(value)
    return string_to_number(value[0].text()) if value else NAN


def string_to_number(text: str) -> float:
    """The number a string holds; days since 1970 for an ISO date; NaN otherwise, and for what is too long for one."""
    if len(text) > _MAX_NUMBER:
        return NAN
    found = _NUMBER.fullmatch(text.strip(" \t\r\n"))
    if found:
        return float(found[0])
    if _DATE.match(text):
        moment = parse_moment(text)
        return NAN if moment is None else days(moment)
    return NAN


def to_text(value: Value) -> str:
    """A string, as ``string()``: of a node-set its first node."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_to_text(value)
    return value[0].text() if value else ""


def number_to_text(number: float) -> str:
    """A number without exponent and without a needless fraction."""
    if number != number:
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    shortest = repr(number).removesuffix(".0")
    return shortest if "e" not in shortest else format(Decimal(shortest), "f")


def to_boolean(value: Value) -> bool:
    """A boolean, as ``boolean()``: a non-empty string, a number other than 0 and NaN, a node-set with a node in it."""
    if isinstance(value, float):
        return value == value and value != 0.0
    return bool(value)


def parse_moment(text: str) -> datetime | date | None:
    """The date, or the date with its time, that a string in ISO 8601 names; None if it names none."""
    found = _DATE_TIME.fullmatch(text.strip())
    if not found:
        return None
    day, hour, minute, second, fraction, zone = found.groups()
    try:
        if hour is None:
            return date.fromisoformat(day)
        return datetime.combine(date.fromisoformat(day), _clock(hour, minute, second, fraction, zone))
    except ValueError:
        return None


def parse_clock(text: str) -> time | None:
    """The time of day that a string names; None if it names none."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    try:
        return _clock(*found.groups())
    except ValueError:
        return None


def _clock(hour: str, minute: str, second: str | None, fraction: str | None, zone: str | None) -> time:
    micro = int(((fraction or "") + "000000")[:6])
    offset = None if zone is None else datetime.strptime(zone.replace("Z", "+0000"), "%z").tzinfo
    return time(int(hour), int(minute), int(second or 0), micro, tzinfo=offset)


def days(moment: date) -> float:
    """Days since 1970-01-01T00:00 in UTC, with the time of day as the fraction; a moment without zone counts as UTC."""
    if not isinstance(moment, datetime):
        return float((moment - EPOCH).days)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() / _SECONDS_A_DAY


def collapse(values: list[Node]) -> list[str]:
    """The string value of each node."""
    return [node.text() for node in values]
