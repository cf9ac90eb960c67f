"""The files that recorded sessions took rows from: the recordings do not hold them, so what they held is written here.

The facts are those of the tests that were recorded (getodk/web-forms and getodk/javarosa, Apache-2.0: columns, values,
and by the test's name delimiter, line ends and byte order mark). A file says nothing of what a session should come to.
"""

import json
from collections.abc import Iterable, Mapping

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DELIMITERS = {"semicolon": ";", "tab": "\t", "pipe": "|", "comma": ","}
_LINE_ENDS = {"CRLF": "\r\n", "LF": "\n", "CR": "\r"}
_CASCADE = [("A", "a", ""), ("B", "b", ""), ("C", "c", "")] + [
    (one + other, (one + other).lower(), one.lower()) for one in "ABC" for other in "ABC"
]


def files_of(test: str, names: Iterable[str]) -> Mapping[str, bytes]:
    """What is in the files of a recorded test, as far as it is known, by name."""
    made = {name: _file(test, name) for name in names}
    return {name: text.encode() for name, text in made.items() if text is not None}


def meant_to_be_missing(test: str, name: str) -> bool:
    """Whether a test is about a file that is not there."""
    return name.startswith("missing") or "missing external file" in test.lower()


def _file(test: str, name: str) -> str | None:
    if meant_to_be_missing(test, name):
        return None
    if name == "csv-attachment.csv":
        return _letters(test) if "CSV parsing" in test else "item-label,item-value\nY,y\nZ,z\n"
    return _FILES.get(name)


def _letters(test: str) -> str:
    """The letters, as a table of the kind that the test is named after."""
    delimiter = next((sign for word, sign in _DELIMITERS.items() if f"column delimiter: {word}" in test), ",")
    line_end = next((sign for word, sign in _LINE_ENDS.items() if test.endswith(f"row delimiter: {word}")), "\n")
    padding = " " if "whitespace padding" in test else ""
    rows = [("item-label", "item-value"), *((letter.upper(), letter) for letter in _LETTERS)]
    mark = "\ufeff" if "BOM" in test else ""
    return mark + line_end.join(f"{label}{padding}{delimiter}{padding}{value}" for label, value in rows)


def _feature(longitude: float, **properties: object) -> dict[str, object]:
    place = {"type": "Point", "coordinates": [longitude, 0.5]}
    return {"type": "Feature", "geometry": place, "properties": properties}


def _collection(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def _items(rows: Iterable[tuple[str, str, str]]) -> str:
    """A document of items; one without a first letter says nothing of it."""
    return "".join(
        f"<item><label>{label}</label><name>{name}</name>{f'<first>{first}</first>' if first else ''}</item>"
        for label, name, first in rows
    )


_FILES = {
    "external-data.csv": "\n".join(",".join(row) for row in [("label", "name", "first"), *_CASCADE]),
    "external-data.xml": f"<root>{_items(_CASCADE)}</root>",
    "external_data_10.xml": f"<root>{_items(row for row in _CASCADE if row[2])}</root>",
    "external-data.geojson": _collection(
        _feature(102, id="fs87b", name="My cool point", foo="bar"),
        _feature(104, id=67, name="Your cool point", foo="quux"),
    ),
    "cities.geojson": _collection(
        _feature(134.795, id="1", title="Last time red kangaroo was spotted"),
        _feature(134.75, id="2", title="Red kangaroo feeding trail"),
        _feature(134.77, id="3", title="Red kangaroo resting area"),
    ),
    "header_only.csv": "name,label",
    "issue_449_last_saved.xml": "<data><aggregated>a b</aggregated></data>",
    "towns.xml": "<root>"
    + "".join(f"<towndata><data_set>{each}</data_set></towndata>" for each in ("us_east", "us_west"))
    + "</root>",
    "xml-attachment.xml": "<instance-root>"
    + "".join(
        f"<instance-item><item-label>{letter.upper()}</item-label><item-value>{letter}</item-value></instance-item>"
        for letter in "ab"
    )
    + "</instance-root>",
}
