"""Functions on places on the earth: ``latitude longitude altitude accuracy``, several separated by semicolons."""

import math
from itertools import pairwise

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.values import NAN, Value, collapse, string_to_number, to_text

_EARTH_RADIUS = 6_378_100.0
"""Metres at the equator, as the engines of the field take it."""


def _points(text: str) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for part in text.split(";"):
        fields = part.split()
        if not fields:
            continue
        latitude = string_to_number(fields[0])
        longitude = string_to_number(fields[1]) if len(fields) > 1 else NAN
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise EvaluationError(f"not a place on the earth: {part.strip()[:40]}")
        points.append((latitude, longitude))
    return points


def _texts(context: Context, values: tuple[Value, ...]) -> list[str]:
    texts = [text for value in values for text in (collapse(value) if isinstance(value, list) else [to_text(value)])]
    context.spend(sum(len(text) for text in texts))
    return texts


def _all_points(texts: list[str]) -> list[tuple[float, float]]:
    return [point for text in texts for point in _points(text)]


@function("distance", "any any*", "number", section="#fn:distance", in_context=True)
def distance(context: Context, *values: Value) -> float:
    """The length of the way through all points, in metres to the centimetre."""
    texts = _texts(context, values)
    try:
        points = _all_points(texts)
    except EvaluationError:
        return 0.0
    return round(math.fsum(_apart(*pair) for pair in pairwise(points)), 2)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    lat_one, lat_other = math.radians(one[0]), math.radians(other[0])
    turn = math.radians(other[1] - one[1])
    cosine = math.sin(lat_one) * math.sin(lat_other) + math.cos(lat_one) * math.cos(lat_other) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine))) * _EARTH_RADIUS


@function("area", "any", "number", section="#fn:area", in_context=True)
def area(context: Context, value: Value) -> float:
    """The area enclosed by the points, in square metres, to two decimal places."""
    texts = _texts(context, (value,))
    try:
        points = _all_points(texts)
    except EvaluationError:
        return 0.0
    if len(points) < 3:
        return 0.0
    if points[0] != points[-1]:
        points.append(points[0])
    doubled = 0.0
    for (lat_one, lon_one), (lat_other, lon_other) in pairwise(points):
        doubled += math.radians(lon_other - lon_one) * (
            2 + math.sin(math.radians(lat_one)) + math.sin(math.radians(lat_other))
        )
    return round(abs(doubled * _EARTH_RADIUS * _EARTH_RADIUS / 2.0), 2)


@function("geofence", "string string", "boolean", section="#fn:geofence")
def geofence(point: str, shape: str) -> bool:
    """Whether the point lies inside the shape."""
    corners = _points(shape)
    places = _points(point)
    if len(places) != 1 or len(corners) < 4 or corners[0] != corners[-1]:
        raise EvaluationError("geofence() takes a point and a closed shape")
    latitude, longitude = places[0]
    inside = False
    for (lat_one, lon_one), (lat_other, lon_other) in pairwise(corners):
        crosses = (lat_one > latitude) != (lat_other > latitude)
        if crosses and longitude < (lon_other - lon_one) * (latitude - lat_one) / (lat_other - lat_one) + lon_one:
            inside = not inside
    return inside
