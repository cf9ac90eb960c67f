"""Standing buttons: the keys and rows that several conversations share and that stay valid for ever.

They carry no revision, so each key names a fact to be reached; pressing twice does no harm. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from dialogues.labels import fit, must_be_numbered, numbered
from dialogues.markup import Markup, insert, lay_out_plain, plain_insert
from dialogues.prompts import Option, Role
from dialogues.sensitive import Sensitive
from dialogues.texts import LANGUAGES, NAMES, Voice

__all__ = [
    "AREA",
    "AREA_PREFIX",
    "DELETE",
    "DELETE_ALL",
    "DELETE_NOTHING",
    "ELSEWHERE",
    "LANGUAGE",
    "LANGUAGE_PREFIX",
    "MESSAGES_OFF",
    "MESSAGES_ON",
    "NOTICE",
    "PRIVATE",
    "RESUME",
    "START",
    "SURVEY_BELOW_PREFIX",
    "SURVEY_PREFIX",
    "Offer",
    "Row",
    "change_language_row",
    "language_rows",
    "offer_list",
    "offer_rows",
    "offers_for",
    "outside_label",
    "resume_row",
    "start_row",
]

START: Final = "start"
"""Begin, or go on where we are: what ``/start`` without a code does."""
RESUME: Final = "resume"
"""Go on with the interview."""
LANGUAGE: Final = "language"
"""Show the languages."""
LANGUAGE_PREFIX: Final = "lang:"
"""Speak this language: ``lang:ar``."""
NOTICE: Final = "notice"
"""Show the notice again."""
AREA: Final = "area"
"""Ask for the area again."""
AREA_PREFIX: Final = "area:"
"""I live in this area: ``area:7``, ``area:elsewhere``."""
SURVEY_PREFIX: Final = "survey:"
"""Begin this survey, or go on with it: ``survey:12``."""
SURVEY_BELOW_PREFIX: Final = "ask:"
"""The same below the message that carries the button, which stays as it is: ``ask:12``."""
MESSAGES_OFF: Final = "messages:off"
MESSAGES_ON: Final = "messages:on"
DELETE: Final = "delete"
"""Ask whether everything shall be deleted."""
DELETE_ALL: Final = "delete:all"
DELETE_NOTHING: Final = "delete:keep"
PRIVATE: Final = "private"
"""Leave the group for the private chat: the channel draws this button as a link."""

ELSEWHERE: Final = "elsewhere"
"""Stands in the place of an area's id for who lives in none of the areas on offer. Never the id of an area."""

Row = tuple[Option, ...]

_LANGUAGES_A_ROW = 3
_MOST_OFFERS = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """An open survey.

    ``titles`` by language; the key ``""`` holds the one for all other languages. ``areas``: the ids of all areas the
    survey is for, those below its areas included; None: the whole town. ``taken``: this resident has answered it to
    the end. ``anonymous``: nobody can find the answers any more when it is closed. ``legal_basis``: of this survey, as
    the notice takes it. ``sensitive``: what needs this resident's explicit consent before the first question; None:
    nothing, or it was given when the interview began. ``by_message``: only who has got a message about it is asked.
    """

    id: str
    titles: Mapping[str, str]
    areas: frozenset[str] | None = None
    taken: bool = False
    anonymous: bool = True
    legal_basis: str | None = None
    sensitive: Sensitive | None = None
    by_message: bool = False

    def title(self, language: str) -> str | None:
        """Return the title in a language, or None if the survey is not offered in it."""
        return self.titles.get(language) or self.titles.get("") or None

    def is_for(self, area: str | None) -> bool:
        """Tell whether somebody who lives in this area is asked; None is an unknown area."""
        return self.areas is None or area in self.areas


def offers_for(
    offers: Iterable[Offer], area: str | None, language: str, *, wanted: str | None = None
) -> tuple[Offer, ...]:
    """Return the surveys that are still to be answered by who lives there and reads this language.

    ``wanted``: the id of the one that a message or a code has led to.
    """
    return tuple(
        offer
        for offer in offers
        if not offer.taken
        and offer.is_for(area)
        and offer.title(language)
        and (not offer.by_message or offer.id == wanted)
    )


def outside_label(name: str, voice: Voice) -> str:
    """Return a button's label that is a name from outside: cleaned, isolated, in the reader's direction."""
    return lay_out_plain(plain_insert(fit(name)), voice.language)


def language_rows(voice: Voice) -> tuple[Row, ...]:
    """Return the six languages in their own names, always in the same order; the one we speak is marked."""
    options = [
        Option(LANGUAGE_PREFIX + code, NAMES[code], chosen=code == voice.language, role=Role.NAVIGATION)
        for code in LANGUAGES
    ]
    return tuple(tuple(options[start : start + _LANGUAGES_A_ROW]) for start in range(0, len(options), _LANGUAGES_A_ROW))


def offer_rows(offers: Iterable[Offer], voice: Voice) -> tuple[Row, ...]:
    """Return one row a survey, by its title or, where buttons cannot carry the titles, by its number in the list."""
    shown = _titled(offers, voice)
    by_number = must_be_numbered([title for _, title in shown])
    return tuple(
        (Option(SURVEY_PREFIX + offer.id, str(number) if by_number else outside_label(title, voice)),)
        for number, (offer, title) in enumerate(shown, 1)
    )


def offer_list(offers: Iterable[Offer], voice: Voice) -> Markup:
    """Return the numbered titles for the message where buttons cannot carry them, else nothing."""
    titles = [title for _, title in _titled(offers, voice)]
    return numbered([insert(title) for title in titles]) if must_be_numbered(titles) else Markup()


def _titled(offers: Iterable[Offer], voice: Voice) -> list[tuple[Offer, str]]:
    titled = [(offer, offer.title(voice.language)) for offer in offers]
    return [(offer, title) for offer, title in titled if title][:_MOST_OFFERS]


def change_language_row(voice: Voice) -> Row:
    """Return the button that shows the languages."""
    return (Option(LANGUAGE, "🌐 " + voice.plain("Change language"), role=Role.NAVIGATION),)


def start_row(voice: Voice) -> Row:
    """Return the button for who left and comes back."""
    return (Option(START, voice.plain("Start again"), role=Role.NAVIGATION),)


def resume_row(voice: Voice) -> Row:
    """Return the button that goes on with the interview."""
    return (Option(RESUME, "▶️ " + voice.plain("Go on with the survey")),)
