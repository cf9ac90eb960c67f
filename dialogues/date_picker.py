"""A month on buttons, to choose a day from. Knows the calendar, not the question."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Literal

from babel.core import Locale
from babel.dates import get_day_names

from dialogues.prompts import Option, Role
from dialogues.texts import Voice

__all__ = ["BLANK_PREFIX", "FIRST_MONTH", "LAST_MONTH", "month_of", "month_rows", "page_of"]

FIRST_MONTH, LAST_MONTH = date(1900, 1, 1), date(2100, 12, 1)
BLANK_PREFIX = "x"
"""Begins the keys of buttons that only fill the table."""

_EMPTY = "·"
_ARROWS = {"ltr": ("◀", "▶"), "rtl": ("▶", "◀")}


def page_of(month: date) -> int:
    """Return the number that stands for a month in a state; never 0."""
    return month.year * 12 + month.month - 1


def month_of(page: int, default: date) -> date:
    """Return the first day of the month that a page number stands for, of the default's month for 0."""
    if not page:
        return min(max(default.replace(day=1), FIRST_MONTH), LAST_MONTH)
    within = min(max(page, page_of(FIRST_MONTH)), page_of(LAST_MONTH))
    return date(within // 12, within % 12 + 1, 1)


def month_rows(month: date, voice: Voice, chosen: date | None) -> tuple[tuple[Option, ...], ...]:
    """Return the rows of a month: its name, a row to leaf, the weekdays, and the weeks from Monday on.

    Keys are ``m2026-11`` for a month and ``d2026-11-28`` for a day.
    """
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    weeks = tuple(
        tuple(_day(day, month, chosen, f"{row}{column}") for column, day in enumerate(week))
        for row, week in enumerate(days)
    )
    name = Option(f"{BLANK_PREFIX}m", voice.month(month), role=Role.NAVIGATION)
    return ((name,), _leaf(month, voice), _weekdays(voice), *weeks)


def _leaf(month: date, voice: Voice) -> tuple[Option, ...]:
    back, on = _ARROWS[voice.direction]
    return (
        _month(month, -12, back * 2),
        _month(month, -1, back),
        _month(month, 1, on),
        _month(month, 12, on * 2),
    )


def _month(month: date, distance: int, label: str) -> Option:
    count = min(max(page_of(month) + distance, page_of(FIRST_MONTH)), page_of(LAST_MONTH))
    key = f"m{count // 12:04}-{count % 12 + 1:02}"
    return Option(key + ("y" if abs(distance) > 1 else ""), label, role=Role.NAVIGATION)


def _weekdays(voice: Voice) -> tuple[Option, ...]:
    # A seventh of a phone's width has room for three letters. In Arabic the short names are whole words.
    width: Literal["narrow", "short"] = "narrow" if voice.language == "ar" else "short"
    names = get_day_names(width, "stand-alone", Locale.parse(voice.language))
    return tuple(
        Option(f"{BLANK_PREFIX}w{day}", str(names[day]).removesuffix("."), role=Role.NAVIGATION) for day in range(7)
    )


def _day(day: date, month: date, chosen: date | None, place: str) -> Option:
    if day.month != month.month:
        return Option(f"{BLANK_PREFIX}{place}", _EMPTY, role=Role.NAVIGATION)
    return Option(f"d{day.isoformat()}", str(day.day), chosen=day == chosen)
