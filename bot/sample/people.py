"""Who lives in the sample town: invented people, drawn from a seed, with what shapes their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

NORTH, HARBOUR = "Nordstadt", "Hafenviertel"
BLOCKS: Mapping[str, Mapping[str, float]] = {NORTH: {"Lindenhof": 30, "Am Wall": 20, "": 50}}
"""What lies in a quarter, and how often somebody of the quarter lives there; "": it is not known where."""
LANGUAGES: Mapping[str, Mapping[str, float]] = {
    NORTH: {"de": 32, "ar": 25, "tr": 21, "bg": 8, "ro": 7, "en": 7},
    HARBOUR: {"de": 30, "ar": 18, "tr": 14, "bg": 19, "ro": 13, "en": 6},
}
"""How often each language is spoken at home, by quarter."""
_AGES: Mapping[str, Mapping[str, float]] = {
    "de": {"16_to_25": 14, "26_to_40": 26, "41_to_60": 33, "61_and_older": 27},
    "ar": {"16_to_25": 26, "26_to_40": 42, "41_to_60": 26, "61_and_older": 6},
    "tr": {"16_to_25": 20, "26_to_40": 30, "41_to_60": 30, "61_and_older": 20},
    "bg": {"16_to_25": 20, "26_to_40": 44, "41_to_60": 30, "61_and_older": 6},
    "ro": {"16_to_25": 22, "26_to_40": 46, "41_to_60": 26, "61_and_older": 6},
    "en": {"16_to_25": 30, "26_to_40": 50, "41_to_60": 16, "61_and_older": 4},
}
_GERMAN: Mapping[str, float] = {"de": 1.0, "tr": 0.7, "en": 0.45, "ro": 0.45, "ar": 0.42, "bg": 0.35}
"""How much German somebody understands on average who speaks this at home, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. ``german`` and ``content`` (how well they live here) go from 0 to 1."""

    language: str
    area: str
    age: str
    children: int
    household: int
    german: float
    content: float


def one(random: Random, weights: Mapping[str, float]) -> str:
    """One of the keys, by weight."""
    return random.choices(list(weights), list(weights.values()))[0]


def between_0_and_1(random: Random, mean: float, spread: float) -> float:
    """A number around a mean, kept within the ends."""
    return min(1.0, max(0.0, random.gauss(mean, spread)))


def draw(random: Random, area: str) -> Person:
    """Somebody who lives in this quarter."""
    language = one(random, LANGUAGES[area])
    age = one(random, _AGES[language])
    children = _children(random, age, language)
    adults = random.choices((1, 2, 3, 4), {"61_and_older": (5, 5, 1, 0)}.get(age, (3, 6, 2, 1)))[0]
    return Person(
        language=language,
        area=area,
        age=age,
        children=children,
        household=min(9, adults + children),
        german=between_0_and_1(random, _GERMAN[language] + (0.2 if age == "16_to_25" else 0), 0.18),
        content=between_0_and_1(random, 0.66 if area == NORTH else 0.5, 0.2),
    )


def _children(random: Random, age: str, language: str) -> int:
    weights = {
        "16_to_25": (8, 2, 1, 0, 0),
        "26_to_40": (4, 4, 4, 2, 1),
        "41_to_60": (4, 4, 3, 2, 1),
        "61_and_older": (30, 1, 1, 0, 0),
    }[age]
    more = 0 if language in ("de", "en") or age == "61_and_older" else random.choices((0, 1), (3, 1))[0]
    return random.choices(range(5), weights)[0] + more
