"""Folding words for comparison: what a reader takes for the same word becomes the same string.

For matching typed text to an option and for search. A folded text is never shown and never stored as an answer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["FOLD_LIMIT", "find_options", "fold", "match_option", "western_digits"]

FOLD_LIMIT = 4000
"""Characters of a text that are folded; the rest is left out, so that the work is bounded."""

_PREFIX_LENGTH = 3
_MOST_WORDS = 8
"""Words of a text that are looked for."""

_ALIKE = str.maketrans(
    {
        "ı": "i",  # Turkish without its keyboard; İ and I lose their dots as marks
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ک": "ك",
        "ة": "ه",
        "ۀ": "ه",
        "ہ": "ه",
        "ـ": None,  # tatweel only stretches a word
    }
)


def western_digits(text: str) -> str:
    """Write the decimal digits of every script as 0–9; superscripts, fractions and circled numbers are not digits."""
    return "".join(
        str(unicodedata.decimal(character)) if unicodedata.category(character) == "Nd" else character
        for character in text
    )


def fold(text: str) -> str:
    """Return the folded form: words in small letters with one space between, digits Western, no signs.

    Accents, harakat and the difference of comma and cedilla (ș ş) are gone, the alefs are one letter, so are the yas,
    ta marbuta and ha, and the Turkish i and ı.
    """
    decomposed = unicodedata.normalize("NFKD", text[:FOLD_LIMIT].casefold()).casefold()
    return " ".join("".join(_kept(character) for character in decomposed.translate(_ALIKE)).split())


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category[0] in "LN":
        return character
    return "" if category in ("Mn", "Me", "Mc", "Cf", "Cs") else " "


def match_option(
    text: str, labels: Sequence[str], folded: Sequence[str] | None = None, *, numbered: bool = False
) -> int | None:
    """Return the index of the option that a typed text means, or None if it means none or several.

    ``folded``: the labels folded, where that has been done.

    In this order: the label itself; the folded label; its number, counted from 1, if the options were shown
    ``numbered``; the label that alone begins with these three or more letters (or, for a figure, with this figure).
    """
    typed = fold(text)
    folded = [fold(label) for label in labels] if folded is None else folded
    exact = _only([index for index, label in enumerate(labels) if label.strip() == text.strip()])
    if exact is not None or not typed:
        return exact
    same = [index for index, label in enumerate(folded) if label == typed]
    if same:
        return _only(same)
    if numbered and typed.isdecimal() and len(typed) <= 4:
        place = int(typed) - 1
        return place if 0 <= place < len(labels) else None
    return _beginning(typed, folded)


def find_options(text: str, folded: Sequence[str]) -> tuple[int, ...]:
    """Return the indexes of the options that a typed text may mean: first those that begin with it, then those with a
    word that does, then those that have all its words somewhere. None for a text without letters or figures.

    ``folded``: the labels, folded.
    """
    typed = fold(text)
    if not typed:
        return ()
    words = list(dict.fromkeys(typed.split(" ")))[:_MOST_WORDS]
    ranks: list[tuple[int, int]] = []
    for index, label in enumerate(folded):
        if label.startswith(typed):
            ranks.append((0, index))
        elif f" {typed}" in label:
            ranks.append((1, index))
        elif all(word in label for word in words):
            ranks.append((2, index))
    return tuple(index for _, index in sorted(ranks))


def _beginning(typed: str, folded: Sequence[str]) -> int | None:
    if typed.isdecimal():
        return _only([index for index, label in enumerate(folded) if label.split(" ")[0] == typed])
    if len(typed) < _PREFIX_LENGTH:
        return None
    return _only([index for index, label in enumerate(folded) if label.startswith(typed)])


def _only(indexes: list[int]) -> int | None:
    return indexes[0] if len(indexes) == 1 else None
