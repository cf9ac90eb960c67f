"""The names of months and weekdays and the words for today and its neighbours, in six languages. Tables only."""

from __future__ import annotations

from collections.abc import Mapping

from babel.core import Locale
from babel.dates import get_day_names, get_month_names

from dialogues.dates_and_numbers import ARABIC_MONTHS
from dialogues.texts import LANGUAGES
from dialogues.typed.folding import fold

__all__ = ["MONTHS", "RELATIVE_DAYS", "WEEKDAYS"]

# The Arabic names of the Maghreb (Algeria, Tunisia), and variants of spelling that no table of CLDR has.
_MORE_MONTHS = (
    ("جانفي", "كانون ثاني", "gen", "jaenner", "januar"),
    ("فيفري", "feber"),
    ("مارس", "maerz"),
    ("أفريل", "ابريل"),
    ("ماي", "ايار"),
    ("جوان",),
    ("جويلية",),
    ("أوت", "اغسطس"),
    ("ايلول", "sept"),
    ("تشرين اول",),
    ("تشرين ثاني",),
    ("كانون اول",),
)

_RELATIVE = {
    "ar": ("أمس, امبارح, البارحة", "اليوم", "غدا, غدًا, بكرا, بكرة"),
    "bg": ("вчера", "днес", "утре"),
    "de": ("gestern", "heute", "morgen"),
    "en": ("yesterday", "today", "tomorrow"),
    "ro": ("ieri", "azi, astăzi", "mâine"),
    "tr": ("dün", "bugün", "yarın"),
}


def _months() -> dict[str, int]:
    names: dict[str, set[int]] = {}
    for month in range(1, 13):
        for name in (*_names_of(month), *ARABIC_MONTHS[month - 1], *_MORE_MONTHS[month - 1]):
            names.setdefault(fold(name), set()).add(month)
    return {name: months.pop() for name, months in names.items() if len(months) == 1}


def _names_of(month: int) -> list[str]:
    return [
        str(get_month_names(width, context, Locale.parse(language))[month])
        for language in LANGUAGES
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
    ]


MONTHS: Mapping[str, int] = _months()
"""A folded month name or abbreviation of any of the languages, of one or two words, and its number."""

WEEKDAYS: frozenset[str] = frozenset(
    fold(name)
    for language in LANGUAGES
    for context in ("format", "stand-alone")
    for name in get_day_names("wide", context, Locale.parse(language)).values()
)
"""Folded weekday names: they say nothing a date does not."""

RELATIVE_DAYS: Mapping[str, int] = {
    fold(word): offset - 1
    for days in _RELATIVE.values()
    for offset, words in enumerate(days)
    for word in words.split(",")
}
"""A folded word for yesterday, today or tomorrow, and its distance from today in days."""
