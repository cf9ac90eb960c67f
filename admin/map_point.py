"""Where a place is, from what people copy out of a map: two numbers, or the address of a page. Nothing is fetched."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

MOST_POINT = 1000
"""Letters: addresses of maps are long."""
_DEGREES = r"-?\d{1,3}(?:\.\d{1,20})?"
_COMMA = r"-?\d{1,3},\d{1,20}"
_PAIRS = tuple(
    re.compile(rf"\(?\s*({number})\s*°?\s*{between}\s*({number})\s*°?\s*\)?")
    for number, between in ((_DEGREES, r"[\s,;]"), (_COMMA, r"[\s;,]"))
)
_WINDS = tuple(
    re.compile(pattern)
    for number in (_DEGREES.replace("-?", ""), _COMMA.replace("-?", ""))
    for pattern in (
        rf"(?P<lat>{number})\s*°?\s*(?P<ns>[NS])\s*[,;]?\s*(?P<lon>{number})\s*°?\s*(?P<ew>[EOW])",
        rf"(?P<ns>[NS])\s*(?P<lat>{number})\s*°?\s*[,;]?\s*(?P<ew>[EOW])\s*(?P<lon>{number})\s*°?",
    )
)
"""North or south, then east (in German ``O``) or west."""
_GEO = re.compile(rf"geo:({_DEGREES}),({_DEGREES})(?:[,;?].*)?", re.IGNORECASE)
_OSM_VIEW = re.compile(rf"map=(?:1[7-9]|2\d)(?:\.\d+)?/({_DEGREES})/({_DEGREES})")
_GOOGLE_PIN = re.compile(rf"!3d({_DEGREES})!4d({_DEGREES})(?![\d.])")
_GOOGLE_VIEW = re.compile(rf"/maps/(?:place/[^/]*/)?@({_DEGREES}),({_DEGREES}),(?:1[7-9]|2\d)(?:\.\d+)?z")
"""The middle of what the map shows is a place only where it shows a house or two."""
_OSM = re.compile(r"(?:www\.)?(?:openstreetmap\.(?:org|de)|osm\.org)")
_GOOGLE = re.compile(r"(?:www\.|maps\.)?google\.(?:[a-z]{2,3}|co\.[a-z]{2}|com\.[a-z]{2})")
Point = tuple[float, float]


def point_of(text: str) -> Point | None:
    """Latitude and longitude in degrees; None: it is no place on earth, or nothing that maps give."""
    found = None if len(text) > MOST_POINT else _read(" ".join(text.split()))
    if found is None:
        return None
    latitude, longitude = found
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def in_right_order(point: Point) -> Point | None:
    """The point the other way round, if its numbers seem to be swapped: as they are it would lie in Arabia or in the
    sea beside it, the other way round in Central Europe."""
    latitude, longitude = point
    return (longitude, latitude) if 5 <= latitude <= 18 and 45 <= longitude <= 56 else None


def _read(text: str) -> Point | None:
    if re.fullmatch(_COMMA, text):  # one number, as it is written in German
        return None
    for pattern in (*_PAIRS, _GEO):
        if found := pattern.fullmatch(text):
            return _number(found[1]), _number(found[2])
    for pattern in _WINDS:
        if found := pattern.fullmatch(text):
            north, east = 1 if found["ns"] == "N" else -1, -1 if found["ew"] == "W" else 1
            return north * _number(found["lat"]), east * _number(found["lon"])
    return _in_address(text)


def _in_address(text: str) -> Point | None:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if _OSM.fullmatch(host):
        view = None if parts.path.startswith("/directions") else _OSM_VIEW.match(parts.fragment)
        return _in_query(parts, "mlat", "mlon") or _matched(view)
    if _GOOGLE.fullmatch(host):
        return (
            _only(_GOOGLE_PIN.findall(parts.path))
            or _in_query(parts, "q")
            or _in_query(parts, "query")
            or _matched(_GOOGLE_VIEW.match(parts.path))
        )
    return None


def _in_query(parts: SplitResult, *names: str) -> Point | None:
    """The point that stands in these fields of an address, together or one number in each."""
    fields = parse_qs(parts.query)
    written = ",".join(fields.get(name, [""])[0] for name in names)
    return _matched(re.fullmatch(rf"(?:loc:)?\s*({_DEGREES}),\s*({_DEGREES})", written))


def _only(pins: list[tuple[str, str]]) -> Point | None:
    """The point of the only pin; a way between two has no place."""
    return (_number(pins[0][0]), _number(pins[0][1])) if len(set(pins)) == 1 else None


def _matched(found: re.Match[str] | None) -> Point | None:
    return (_number(found[1]), _number(found[2])) if found else None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
