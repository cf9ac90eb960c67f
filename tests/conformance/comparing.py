"""When two recorded values count as equal.

The recordings write decimals and coordinates as floating numbers ("56.0", "0.0 1.0"), the field stores them as typed
("56", "0 1"): numbers compare as numbers, and times with more or fewer zeros as times. Ids and what depends on chance
differ each time and are not compared.
"""

import re
from typing import Any

from dialogues.forms.form import Form
from dialogues.forms.xpath.values import parse_moment

Row = list[Any]

_NUMBERS = re.compile(r"[-+]?[0-9]*\.?[0-9]+(?:[ ;]+[-+]?[0-9]*\.?[0-9]+)*;?")
_PLACES = re.compile(r"\[[0-9]+\]")
_META = re.compile(r"/(?:\w+:)?meta")
_CHANCE = ("random(", "uuid(")


def plain(ref: str) -> str:
    """A path without the places of repeat instances."""
    return _PLACES.sub("", ref)


def same_value(data_type: str, ours: Any, theirs: Any) -> bool:
    """Whether two values of a node are the same."""
    if ours == theirs:
        return True
    if not isinstance(ours, str) or not isinstance(theirs, str):
        return (ours or "") == (theirs or "")
    if data_type in {"int", "decimal", "geopoint", "geotrace", "geoshape"}:
        return _as_numbers(ours) == _as_numbers(theirs)
    if data_type == "dateTime":
        return parse_moment(ours) == parse_moment(theirs) is not None
    return False


def _as_numbers(text: str) -> list[list[float]] | str:
    if not _NUMBERS.fullmatch(text):
        return text
    return [[float(number) for number in part.split()] for part in text.split(";") if part.strip()]


class Compared:
    """Compares rows of one form."""

    def __init__(self, form: Form, texts: dict[tuple[str, str], str]) -> None:
        self._types = {ref: definition.data_type for ref, definition in form.definitions.items()}
        self._chance = {ref for (ref, place), text in texts.items() if place == "calculate" and _is_chance(text)} | {
            ref for ref, definition in form.definitions.items() if definition.preload == "uid"
        }

    def kept(self, rows: list[Row]) -> list[Row]:
        """The rows that are compared: those below ``meta…``, which the recordings leave out, are not."""
        return [row for row in rows if not _META.search(row[0])]

    def same(self, ours: Row, theirs: Row, value: int) -> bool:
        """Whether two rows are equal; ``value`` is the column of the value."""
        if len(ours) != len(theirs) or ours[:value] != theirs[:value] or ours[value + 1 :] != theirs[value + 1 :]:
            return False
        ref = plain(ours[0])
        return ref in self._chance or same_value(self._types.get(ref, ""), ours[value], theirs[value])

    def first_difference(self, ours: list[Row], theirs: list[Row], value: int) -> str:
        """The first row that differs, or nothing."""
        ours, theirs = self.kept(ours), self.kept(theirs)
        for mine, other in zip(ours, theirs, strict=False):
            if not self.same(mine, other, value):
                return f"ours {mine} theirs {other}"
        if len(ours) != len(theirs):
            rest = (ours[len(theirs) :] or theirs[len(ours) :])[0]
            return f"{len(ours)} rows, {len(theirs)} expected; first beyond: {rest}"
        return ""


def _is_chance(text: str) -> bool:
    return any(mark in text for mark in _CHANCE)
