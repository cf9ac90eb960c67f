"""How numbers of people are said: never exactly. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Say = Callable[[str], str]

STEP = 5
"""Numbers are rounded to it, and smaller ones are not told apart."""


def about(number: int, _: Say, *, none: bool = True) -> str:
    """A number of people in words: nobody, fewer than 5, about 35. ``none``: whether nobody is told from a few."""
    if number == 0 and none:
        return _("nobody")
    if number < STEP:
        return _("fewer than {number}").format(number=STEP)
    return _("about {number}").format(number=coarse(number))


def to_about(number: int, _: Say, *, none: bool = True) -> str:
    """The same behind "to": to nobody, to fewer than 5 people, to about 35 people."""
    if number == 0 and none:
        return _("to nobody")
    if number < STEP:
        return _("to fewer than {number} people").format(number=STEP)
    return _("to about {number} people").format(number=coarse(number))


def by_language(numbers: Mapping[str, int], names: Mapping[str, str], _: Say) -> str:
    """How many there are of each language (``names``), in words. A language with nobody reads as one with a few."""
    many = [f"{name}: {about(numbers[each], _)}" for each, name in names.items() if numbers.get(each, 0) >= STEP]
    if not many:
        return _("fewer than {number} in each language").format(number=STEP)
    if len(many) < len(names):
        many.append(_("each of the other languages: fewer than {number}").format(number=STEP))
    return " · ".join(many)


def coarse(number: int) -> int:
    """To the nearest multiple of five; halves go up."""
    return STEP * ((2 * number + STEP) // (2 * STEP))


def percent(part: int, whole: int) -> int:
    """A share for a bar, made from rounded numbers; whole numbers from 0 to 100."""
    return min(100, 100 * coarse(part) // max(STEP, coarse(whole)))
