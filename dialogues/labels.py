"""What a button can show: when labels fit, when options are numbered instead, how buttons stand in rows.

Knows widths only. The options' full texts then stand in the message (see ``numbered``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from math import ceil

from dialogues.markup import Markup, escape
from dialogues.splitting import shorten, visible_length

__all__ = ["LABEL_LIMIT", "PAIR_LIMIT", "fit", "must_be_numbered", "numbered", "numbers_a_row", "pairable"]

LABEL_LIMIT = 40
"""Visible letters that a button across the whole message shows uncut on a phone 390 points wide."""

PAIR_LIMIT = 14
"""Visible letters that each of two buttons side by side shows uncut on the same phone."""

_MOST_NUMBERS_A_ROW = 5


def fit(label: str, limit: int = LABEL_LIMIT) -> str:
    """Cut a label to what a button shows; one that has nothing to show becomes "…"."""
    return shorten(" ".join(label.split()), limit) or "…"


def must_be_numbered(labels: Sequence[str]) -> bool:
    """Tell whether buttons cannot carry these labels: one would be cut, says nothing, or reads like another."""
    shown = [" ".join(label.split()) for label in labels]
    too_long = any(visible_length(label) > LABEL_LIMIT for label in shown)
    return too_long or "" in shown or len(set(shown)) < len(shown)


def numbered(labels: Sequence[Markup], numbers: Iterable[int] = ()) -> Markup:
    """List the options in the message, each with the number that its button carries; without ``numbers`` from 1 on."""
    listed = zip(numbers or count(1), labels, strict=False)
    return Markup("\n").join(escape(f"{number}. ") + label for number, label in listed)


def numbers_a_row(buttons: int) -> int:
    """Return how many buttons with numbers stand in a row.

    Eleven are 4, 4 and 3 rather than 5, 5 and 1: a last one alone would look like something else.
    """
    return ceil(buttons / ceil(buttons / _MOST_NUMBERS_A_ROW)) if buttons else 1


def pairable(labels: Sequence[str]) -> bool:
    """Tell whether all labels are short enough to stand two in a row."""
    return all(visible_length(label) <= PAIR_LIMIT for label in labels)
