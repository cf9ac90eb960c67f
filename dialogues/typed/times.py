"""Reading a time of day as people type it: in figures of any script, with an hour word or a half of the day.

What is not certainly one time is not read: we ask again.
"""

from __future__ import annotations

import re
from datetime import time

from dialogues.typed.folding import western_digits

__all__ = ["TIME_TEXT_LIMIT", "read_time", "split_time"]

TIME_TEXT_LIMIT = 60
"""Characters; a longer text is not a time with a word or two around it."""

_HALF = r"(?:(?P<am>a\.?\s?m\.?|ص|صباحا|صباحًا)|(?P<pm>p\.?\s?m\.?|م|مساء|مساءً))"
_HOUR_WORD = r"(?:uhr|h|ч|часа|часът|ora|saat|الساعة|o'clock)"
_CLOCK = rf"(?:um|at|la|în|в|saat|ora|الساعة|,)?\s*(?P<hour>\d{{1,2}})\s*(?:{_HOUR_WORD}|[:.٫])?\s*(?P<minute>\d{{2}})?"
_TIME = re.compile(rf"{_CLOCK}\s*(?:{_HOUR_WORD}\.?)?\s*{_HALF}?\s*[.!]?", re.IGNORECASE)
_LAST = re.compile(
    r"\s*(?:,|\s|T)\s*(?P<time>(?:(?:um|at|la|в|saat|ora|الساعة)\s*)?\d{1,2}(?:\s?[:٫]\s?\d{2}|\s?uhr(?:\s?\d{2})?|\s?h\s?\d{0,2}|\s?ч)\D{0,12})$",
    re.IGNORECASE,
)


def read_time(text: str) -> time | None:
    """Return the time of day in a text, to the minute; None if there is none, or it is not certain which.

    ``14:30``, ``14.30``, ``14 Uhr``, ``٢:٣٠ م``, ``2 pm``; an hour alone is a full hour.
    """
    plain = western_digits(text).strip()
    match = _TIME.fullmatch(plain) if len(plain) <= TIME_TEXT_LIMIT else None
    if match is None:
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["am"] or match["pm"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["pm"] else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def split_time(text: str) -> tuple[str, time | None]:
    """Return what stands before the time at the end of a text, and the time; None where there is none."""
    plain = western_digits(text).strip()
    match = _LAST.search(plain) if len(plain) <= 2 * TIME_TEXT_LIMIT else None
    if match is None:
        return plain, None
    return plain[: match.start()].rstrip(" ,"), read_time(match["time"])
