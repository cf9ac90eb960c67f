"""Places in GeoJSON files (RFC 7946) as ODK reads them: an item a feature, its geometry, its id, its properties."""

import json
from collections.abc import Iterator
from typing import Any

from dialogues.forms.external.refusing import MAX_CELLS, MAX_ROWS, decoded, refusal
from dialogues.forms.xpath.nodes import Node
from dialogues.forms.xpath.sources import Record, columns_of
from dialogues.forms.xpath.values import number_to_text

__all__ = ["read_geojson"]


def read_geojson(name: str, data: bytes) -> Iterator[Node]:
    """The features of a collection.

    Raises:
        FormError: it is no JSON, or no collection of features.
    """
    text = decoded(name, data)
    try:
        collection = json.loads(text)
    except (RecursionError, ValueError):
        raise refusal(name, "It is not well-formed JSON.") from None
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise refusal(name, "It is no GeoJSON of the type “FeatureCollection”.")
    features = collection.get("features")
    if not isinstance(features, list):
        raise refusal(name, "Its “features” are no list.")
    if len(features) > MAX_ROWS:
        raise refusal(name, "It has more than {number} “features”.", number=MAX_ROWS)
    yield _root(name, features)


def _root(name: str, features: list[Any]) -> Node:
    root = Node("root")
    values = 0
    for place, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise refusal(name, "Number {number} of its “features” is not of the type “Feature”.", number=place)
        fields = _fields(feature)
        values += len(fields)
        if values > MAX_CELLS:
            raise refusal(name, "It has more than {number} values.", number=MAX_CELLS)
        root.add(Record(root, columns_of(fields), tuple(fields.values())))
    return root


def _fields(feature: dict[str, Any]) -> dict[str, str]:
    """The geometry first, then the id (the feature's own before the one among its properties), then the properties."""
    properties = feature.get("properties")
    known: dict[str, Any] = properties if isinstance(properties, dict) else {}
    fields = {"geometry": _geometry(feature.get("geometry"))}
    id = feature.get("id", known.get("id"))
    if id is not None:
        fields["id"] = _text(id)
    fields.update((name, _text(value)) for name, value in known.items() if name not in {"id", "geometry"} and name)
    return fields


def _geometry(geometry: Any) -> str:
    """A point, line or outline as ODK writes places; empty for anything else, which no question in a chat shows."""
    if not isinstance(geometry, dict):
        return ""
    places = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        places = [places]
    elif geometry.get("type") == "Polygon":
        places = places[0] if isinstance(places, list) and places else []
    elif geometry.get("type") != "LineString":
        return ""
    written = [_place(each) for each in places] if isinstance(places, list) else []
    return "; ".join(written) if all(written) else ""


def _place(place: Any) -> str:
    """``latitude longitude altitude accuracy`` of a pair that GeoJSON writes the other way round."""
    numbers = place[:2] if isinstance(place, list) else []
    if len(numbers) < 2 or not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in numbers):
        return ""
    longitude, latitude = (_text(each) for each in numbers)
    return f"{latitude} {longitude} 0 0"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else ""
    if isinstance(value, float):
        return number_to_text(value)
    return json.dumps(value, ensure_ascii=False)
