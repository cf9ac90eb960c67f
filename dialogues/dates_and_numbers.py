"""How each language writes dates and numbers and names languages, as a resident reads them; the other way round is
``dialogues.typed``.

The table stands in the project's style guide for texts: Western digits everywhere, both month names in Arabic.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal

from babel.core import Locale
from babel.dates import get_day_names, get_month_names

__all__ = ["ARABIC_MONTHS", "say_date", "say_figure", "say_language", "say_month", "say_number"]

ARABIC_MONTHS = (
    ("كانون الثاني", "يناير"),
    ("شباط", "فبراير"),
    ("آذار", "مارس"),
    ("نيسان", "أبريل"),
    ("أيار", "مايو"),
    ("حزيران", "يونيو"),
    ("تموز", "يوليو"),
    ("آب", "أغسطس"),
    ("أيلول", "سبتمبر"),
    ("تشرين الأول", "أكتوبر"),
    ("تشرين الثاني", "نوفمبر"),
    ("كانون الأول", "ديسمبر"),
)
"""The Levantine and the common name of each month: residents come from Syria and Iraq, Egypt and the Maghreb."""

_SEPARATORS = {
    "ar": (",", "."),
    "bg": ("\u00a0", ","),
    "de": (".", ","),
    "en": (",", "."),
    "ro": (".", ","),
    "tr": (".", ","),
}

_FIGURE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

_DAY_AND_MONTH = {"de": "{day}. {month}"}
_WITH_YEAR = {"bg": "{date} {year} г."}
_WITH_WEEKDAY = {
    "ar": "{weekday} {date}",
    "en": "{weekday} {date}",
    "tr": "{date} {weekday}",
}


def say_date(day: date, language: str, *, year: bool, weekday: bool) -> str:
    """Write a date in one of our languages, for example "Samstag, 28. November 2026"."""
    text = _DAY_AND_MONTH.get(language, "{day} {month}").format(day=day.day, month=_month(day, language))
    if year:
        text = _WITH_YEAR.get(language, "{date} {year}").format(date=text, year=day.year)
    if weekday:
        name = get_day_names("wide", "format", Locale.parse(language))[day.weekday()]
        text = _WITH_WEEKDAY.get(language, "{weekday}, {date}").format(weekday=name, date=text)
    return text


def say_month(day: date, language: str) -> str:
    """Write a month and its year in one of our languages, for example "November 2026"."""
    return _WITH_YEAR.get(language, "{date} {year}").format(date=_month(day, language, "stand-alone"), year=day.year)


def _month(day: date, language: str, context: Literal["format", "stand-alone"] = "format") -> str:
    if language == "ar":
        levantine, common = ARABIC_MONTHS[day.month - 1]
        return f"{levantine} ({common})"
    return str(get_month_names("wide", context, Locale.parse(language))[day.month])


def say_language(code: str, language: str) -> str:
    """Name the language of a code in one of our languages, for example "Almanca"; empty for what is no code."""
    return str(Locale.parse(language).languages.get(code, ""))


def say_number(value: int | Decimal, language: str) -> str:
    """Write a number with a language's separators, in Western digits and without an exponent."""
    group, decimal = _SEPARATORS[language]
    written = f"{value:,d}" if isinstance(value, int) else f"{value:,f}"
    return written.translate({ord(","): group, ord("."): decimal, ord("-"): "\u2212"})


def say_figure(stored: str, language: str) -> str:
    """Write a number as it is stored (``-40.5``) with a language's decimal sign; leave what is none as it is.

    Thousands stay together: it may be a year, a house number or a postal code.
    """
    if not _FIGURE.fullmatch(stored):
        return stored
    _, decimal = _SEPARATORS[language]
    return stored.translate({ord("."): decimal, ord("-"): "\u2212"})
