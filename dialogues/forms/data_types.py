"""What a node of a data type may hold: a value that is none of its type is not kept. Knows no form.

As ODK Web Forms: whole numbers have 32 bits, a date has no zone, times have seconds.
"""

import re
from collections.abc import Callable

from dialogues.forms.xpath.values import number_to_text, parse_clock, parse_moment

MAX_VALUE = 50_000
"""Characters one node may hold."""

_LEAST_INTEGER, _GREATEST_INTEGER = -(2**31), 2**31 - 1
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*")
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
_DATE = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:T(?:{_CLOCK}|[0-9]{{2}}(?::[0-9]{{2}})?))?")
_DATE_TIME = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}{_ZONE}")
_TIME = re.compile(_CLOCK + _ZONE)


def typed(data_type: str, value: str) -> str:
    """The value as a node of that type holds it; empty if it is none, or too long."""
    if len(value) > MAX_VALUE:
        return ""
    convert = _TYPES.get(data_type)
    return value if convert is None or value == "" else convert(value)


def _integer(value: str) -> str:
    """Without the fraction; empty beyond 32 bits."""
    if not _DECIMAL.fullmatch(value):
        return ""
    number = float(value)
    return str(int(number)) if _LEAST_INTEGER <= number < _GREATEST_INTEGER + 1 else ""


def _decimal(value: str) -> str:
    if not _DECIMAL.fullmatch(value):
        return ""
    if "e" not in value and "E" not in value:
        return value.strip().removesuffix(".")
    number = float(value)
    return number_to_text(number) if abs(number) != float("inf") else ""


def _date(value: str) -> str:
    found = _DATE.fullmatch(value)
    return "" if found is None or parse_moment(found[1]) is None else found[1]


def _date_time(value: str) -> str:
    return value if _DATE_TIME.fullmatch(value) and parse_moment(value) is not None else ""


def _time(value: str) -> str:
    return value if _TIME.fullmatch(value) and parse_clock(value) is not None else ""


def _geopoint(value: str) -> str:
    fields = value.split()[:4]
    if len(fields) < 2 or not all(_DECIMAL.fullmatch(field) for field in fields):
        return ""
    if abs(float(fields[0])) > 90 or abs(float(fields[1])) > 180:
        return ""
    return " ".join(fields)


def _known_place(value: str) -> str:
    """A place; where latitude and longitude are 0 nobody has found out where it is."""
    place = _geopoint(value)
    return place if any(float(field) for field in place.split()[:2]) else ""


def _points(value: str) -> list[str]:
    parts = [part.strip() for part in value.split(";")]
    if parts and not parts[-1]:
        parts.pop()
    points = [_known_place(part) for part in parts]
    return points if all(points) else []


def _geotrace(value: str) -> str:
    points = _points(value)
    return ";".join(points) if len(points) >= 2 else ""


def _geoshape(value: str) -> str:
    points = _points(value)
    return ";".join(points) if len(points) >= 3 and _same_place(points[0], points[-1]) else ""


def _same_place(one: str, other: str) -> bool:
    """Whether latitude and longitude are the same, whatever height and accuracy."""
    return [float(field) for field in one.split()[:2]] == [float(field) for field in other.split()[:2]]


_TYPES: dict[str, Callable[[str], str]] = {
    "int": _integer,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "dateTime": _date_time,
    "geopoint": _known_place,
    "geotrace": _geotrace,
    "geoshape": _geoshape,
}
