"""The catalogues and the voice that speaks one language.

A message's id is its English sentence. A text that is missing in a language is an error, never another language. Takes
compiled catalogues as bytes; reads no file.
"""

from __future__ import annotations

import datetime
import gettext
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from dialogues.dates_and_numbers import say_date, say_figure, say_language, say_month, say_number
from dialogues.markup import Markup, direction_of, insert, lay_out_plain, plain_insert

__all__ = ["LANGUAGES", "NAMES", "MissingTextError", "Texts", "Voice", "normalise"]

LANGUAGES = ("ar", "bg", "de", "en", "ro", "tr")

NAMES: Mapping[str, str] = {
    "ar": "العربية",
    "bg": "Български",
    "de": "Deutsch",
    "en": "English",
    "ro": "Română",
    "tr": "Türkçe",
}
"""Each language's name in its own script."""

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_@.\-]*)?")
_LANGUAGE_TAG_LIMIT = 100
_RENAMED = {"mo": "ro"}  # ISO 639-1 withdrew "mo" in favour of "ro" in 2008
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}(\.?)")


def normalise(code: str | None) -> str | None:
    """Return which of our languages a language code means (``ro-MD`` → ro, ``mo`` → ro, ``DE`` → de), or None.

    Takes whatever a client sends: None, the empty string, other languages and junk of any length mean None.
    """
    if not code or len(code) > _LANGUAGE_TAG_LIMIT:
        return None
    match = _TAG.fullmatch(code.strip())
    if match is None:
        return None
    primary = match[1].lower()
    primary = _RENAMED.get(primary, primary)
    return primary if primary in LANGUAGES else None


class MissingTextError(LookupError):
    """A language's catalogue lacks a message, or a message lacks a value that its translation names."""


class _Refuse(gettext.NullTranslations):
    """Stands behind each catalogue and refuses what the catalogue does not have."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        raise MissingTextError(f"No text in {self._language!r} for {message!r}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise MissingTextError(f"No text in {self._language!r} for {msgid1!r} | {msgid2!r} with {n}")


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language."""

    language: str
    _catalogue: gettext.NullTranslations

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return direction_of(self.language)

    @property
    def comma(self) -> str:
        """What stands between things beside each other."""
        return "، " if self.language == "ar" else ", "

    def text(self, msgid: str, /, **values: object) -> Markup:
        """Return a text with its values inserted safely. The catalogue's text is markup; a value is not.

        Whole and decimal numbers and dates are written as the language writes them. Raises ``MissingTextError``.
        """
        return Markup(self._fill(self._catalogue.gettext(msgid), values, insert))

    def plural(self, singular: str, plural: str, n: int, /, **values: object) -> Markup:
        """Return the form of a text the count ``n`` asks for; ``{n}`` is the count. Raises ``MissingTextError``."""
        template = self._catalogue.ngettext(singular, plural, abs(n))
        return Markup(self._fill(template, {"n": n, **values}, insert))

    def plain(self, msgid: str, /, **values: object) -> str:
        """Return a text for a button or a toast: no markup, values isolated. Raises ``MissingTextError``."""
        return lay_out_plain(self._fill(self._catalogue.gettext(msgid), values, plain_insert), self.language)

    def date(self, day: datetime.date, *, year: bool = False, weekday: bool = True) -> str:
        """Write a date as the language writes it, the weekday and the year as asked for."""
        return say_date(day, self.language, year=year, weekday=weekday)

    def month(self, day: datetime.date) -> str:
        """Write the month and year of a date, as the heading of a calendar page."""
        return say_month(day, self.language)

    def language_name(self, code: str) -> str:
        """Name a language by its code; empty for what is none."""
        return say_language(code, self.language)

    def number(self, value: int | Decimal) -> str:
        """Write a number with the language's separators, in Western digits."""
        return say_number(value, self.language)

    def figure(self, stored: str) -> str:
        """Write a number that somebody gave, or that was worked out, as the language writes it, without parted
        thousands."""
        return say_figure(stored, self.language)

    def _fill(self, template: str, values: Mapping[str, object], put: Callable[[object], str]) -> str:
        def value_of(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise MissingTextError(f"{template!r} in {self.language!r} names a value that is not given")
            value = self._written(values[match[1]])
            is_ended = str(value).endswith(".")  # "2026 г." at the end of a sentence has its full stop
            return put(value) + ("" if is_ended else match[2])

        return _PLACEHOLDER.sub(value_of, template)

    def _written(self, value: object) -> object:
        if isinstance(value, datetime.date):
            return self.date(value)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return self.number(value)
        return value


class Texts:
    """All catalogues, each a compiled gettext catalogue (.mo) as bytes.

    Plural forms follow the catalogue's own ``Plural-Forms`` header. Ours for Arabic keeps CLDR's order zero, one, two,
    few, many, other, that is::

        nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);

    so 3–10 and 103–110 are "few", 11–99 are "many", and 100, 101, 102 are "other". Babel swaps the last
    two when it makes a new catalogue. The English catalogue is a catalogue like the others: its entries are filled.
    """

    def __init__(self, catalogues: Mapping[str, bytes]) -> None:
        self._voices = {language: _voice(language, data) for language, data in catalogues.items()}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a catalogue."""
        return tuple(self._voices)

    def speak(self, language: str) -> Voice:
        """Return the voice of a language. Raises ``MissingTextError`` if there is no catalogue for it."""
        try:
            return self._voices[language]
        except KeyError:
            raise MissingTextError(f"There is no catalogue for {language!r}") from None


def _voice(language: str, data: bytes) -> Voice:
    catalogue = gettext.GNUTranslations(BytesIO(data))
    catalogue.add_fallback(_Refuse(language))
    return Voice(language, catalogue)
