"""Reading a date as people type it: in figures, with a month's name in any of our languages, or as a word like today.

Takes today from outside. What could be two dates is not read: we ask again.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from enum import Enum, auto
from typing import TypeAlias

from dialogues.typed.date_words import MONTHS, RELATIVE_DAYS, WEEKDAYS
from dialogues.typed.folding import fold, western_digits

__all__ = ["DATE_TEXT_LIMIT", "FIRST_YEAR", "LAST_YEAR", "Flaw", "flaw_of", "read_date"]

DATE_TEXT_LIMIT = 100
"""Characters; a longer text is not a date with a word or two around it."""

FIRST_YEAR, LAST_YEAR = 1583, 2199
"""From the first full year of the Gregorian calendar on, so that no year of another calendar is taken for one of it."""

_YEARS_AHEAD = 19
_MONTHS = 12
_MONTH_PREFIX = 3
_WORDS_WITH_MONTH = 3
_SEPARATOR = r"\s*[./\-\s]\s*"
_DAY_FIRST = re.compile(rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})(?:{_SEPARATOR}(\d{{4}}|\d{{2}}))?")
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})")
_Written: TypeAlias = tuple[str | None, int, str]
_DASHES = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "／": "/", "．": ".", "،": " ", ",": " ", "؍": "/"})


class Flaw(Enum):
    """What is the matter with a date that is written and cannot be one."""

    NO_SUCH_DAY = auto()
    """As in 31 February."""
    NO_DAY = auto()
    """A month without a day."""


def read_date(text: str, today: date) -> date | None:
    """Return the one date in a text, or None if there is none, it does not exist, or it is not certain which.

    Figures stand in the order day, month, year in all our languages, or year, month, day with a year of four digits. A
    year of two digits is the one between 80 years ago and 19 years from now. A date without a year is the last such day
    that is not after today. Month names count in any of the languages, whichever is spoken; weekdays are passed over.
    """
    if len(text) > DATE_TEXT_LIMIT:
        return None
    plain, words = _plain(text)
    if not any(character.isdecimal() for character in plain):
        return _relative(words, today)
    written = _written(plain, words)
    return _date(*written, today) if written else None


def flaw_of(text: str) -> Flaw | None:
    """Return what is the matter with a text that ``read_date`` does not read; None if that is not certain."""
    if len(text) > DATE_TEXT_LIMIT:
        return None
    plain, words = _plain(text)
    written = _written(plain, words)
    if written:
        year, month, day = written
        leap_year = "2000"
        there = not year or len(year) == 2 or FIRST_YEAR <= int(year) <= LAST_YEAR
        known = there and 1 <= month <= _MONTHS and int(day) > 0
        return Flaw.NO_SUCH_DAY if known and not _existing(int(year or leap_year), month, int(day)) else None
    numbers = re.findall(r"\d+", plain)
    is_alone = not numbers or (len(numbers) == 1 and len(numbers[0]) == len(str(LAST_YEAR)))
    return Flaw.NO_DAY if is_alone and _month(words) and len(words) <= _WORDS_WITH_MONTH else None


def _plain(text: str) -> tuple[str, list[str]]:
    """Return a text with Western digits and plain dashes, and its words."""
    plain = western_digits("".join(character for character in text if unicodedata.category(character) != "Cf"))
    plain = plain.translate(_DASHES)
    return plain, _words(plain)


def _written(plain: str, words: list[str]) -> _Written | None:
    """Return the year, month and day that are written, whether there is such a day or not."""
    month = _month(words)
    return _in_figures(plain) if month is None else _named(plain, month)


def _words(plain: str) -> list[str]:
    """Return the folded words, the Arabic month names of two words joined, the weekdays left out."""
    single = re.findall(r"[^\W\d_]+", fold(plain))
    joined: list[str] = []
    while single:
        pair = " ".join(single[:2])
        length = 2 if pair in MONTHS or pair in WEEKDAYS else 1
        joined.append(" ".join(single[:length]))
        single = single[length:]
    return [word for word in joined if word not in WEEKDAYS]


def _relative(words: list[str], today: date) -> date | None:
    days = {RELATIVE_DAYS[word] for word in words if word in RELATIVE_DAYS}
    if len(days) != 1 or len(words) > 2:
        return None
    return today + timedelta(days=days.pop())


def _month(words: list[str]) -> int | None:
    """Return the month that is named, 0 if several are, None if none is."""
    whole = {MONTHS[word] for word in words if word in MONTHS}
    named = whole or {month for word in words for month in _beginning_with(word)}
    if len(named) > 1:
        return 0
    return named.pop() if named else None


def _beginning_with(word: str) -> set[int]:
    months = {month for name, month in MONTHS.items() if name.startswith(word)} if len(word) >= _MONTH_PREFIX else set()
    return months if len(months) == 1 else set()


def _in_figures(plain: str) -> _Written | None:
    figures = re.sub(r"[^\d./\-\s]", "", plain).strip(" .-/\t\n")
    match = _YEAR_FIRST.fullmatch(figures)
    if match:
        return match[1], int(match[2]), match[3]
    match = _DAY_FIRST.fullmatch(figures)
    return (match[3], int(match[2]), match[1]) if match else None


def _named(plain: str, month: int) -> _Written | None:
    numbers = re.findall(r"\d+", plain)
    if len(numbers) == 1 and len(numbers[0]) <= 2:
        return None, month, numbers[0]
    if len(numbers) != 2:
        return None
    day, year = sorted(numbers, key=len) if len(numbers[0]) != len(numbers[1]) else numbers
    return (year, month, day) if len(day) <= 2 and len(year) in (2, 4) else None


def _date(year: str | None, month: int, day: str, today: date) -> date | None:
    if year is None:
        return _last(month, int(day), today)
    number = int(year)
    if len(year) == 2:
        number += (today.year + _YEARS_AHEAD - number) // 100 * 100
    return _existing(number, month, int(day)) if FIRST_YEAR <= number <= LAST_YEAR else None


def _last(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year - 9, -1):  # between two 29th of February may lie eight years
        candidate = _existing(year, month, day)
        if candidate is not None and candidate <= today:
            return candidate
    return None


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
