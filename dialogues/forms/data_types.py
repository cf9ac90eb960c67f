"""What a node of a data type may hold: a value that is none of its type is not kept. Knows no form."""

import re
from collections.abc import Callable

from dialogues.forms.xpath.values import parse_clock, parse_moment

MAX_VALUE = 50_000
"""Characters one node may hold."""

_INTEGER = re.compile(r"\s*([+-]?)0*([0-9]+)(?:\.[0-9]*)?\s*")
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def typed(data_type: str, value: str) -> str:
    """The value as a node of that type holds it; empty if it is none, or too long."""
    if len(value) > MAX_VALUE:
        return ""
    convert = _TYPES.get(data_type)
    return value if convert is None or value == "" else convert(value)


def _integer(value: str) -> str:
    found = _INTEGER.fullmatch(value)
    if not found:
        return ""
    return f"-{found[2]}" if found[1] == "-" and found[2] != "0" else found[2]


def _decimal(value: str) -> str:
    return value.strip() if _DECIMAL.fullmatch(value) else ""


def _date(value: str) -> str:
    moment = parse_moment(value)
    return "" if moment is None else moment.isoformat()[:10]


def _time(value: str) -> str:
    return value if parse_clock(value) is not None else ""


def _geopoint(value: str) -> str:
    fields = value.split()
    if not 2 <= len(fields) <= 4 or not all(_DECIMAL.fullmatch(field) for field in fields):
        return ""
    if abs(float(fields[0])) > 90 or abs(float(fields[1])) > 180:
        return ""
    return " ".join(fields)


def _points(value: str) -> list[str]:
    parts = [part.strip() for part in value.split(";")]
    if parts and not parts[-1]:
        parts.pop()
    points = [_geopoint(part) for part in parts]
    return points if all(points) else []


def _geotrace(value: str) -> str:
    points = _points(value)
    return ";".join(points) if len(points) >= 2 else ""


def _geoshape(value: str) -> str:
    points = _points(value)
    return ";".join(points) if len(points) >= 3 and points[0] == points[-1] else ""


_TYPES: dict[str, Callable[[str], str]] = {
    "int": _integer,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "geopoint": _geopoint,
    "geotrace": _geotrace,
    "geoshape": _geoshape,
}
