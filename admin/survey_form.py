"""The form of a survey: what was typed, as it was typed, and what it means or why it cannot mean anything. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from admin.glance import Glance
from dialogues.markup import clean
from dialogues.notice import CONSENT
from dialogues.texts import LANGUAGES, NAMES
from dialogues.wall_clock import moment, wall_time
from storage.queries.surveys import SurveyDetail

Say = Callable[[str], str]

MOST_TITLE = 120
MOST_BASIS = 300


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields as they stand in the form. ``opens`` and ``closes``: wall times, ``2026-11-26T14:00`` or empty.

    ``own_basis``: the legal basis in the town's words instead of consent.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    areas: frozenset[int] = frozenset()
    opens: str = ""
    closes: str = ""
    anonymous: bool = True
    own_basis: bool = False
    basis: str = ""
    interim: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form means: the arguments of `storage.services.surveys.draft_survey`."""

    titles: Mapping[str, str]
    areas: tuple[int, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    anonymous: bool
    legal_basis: str
    interim: bool

    def arguments(self) -> dict[str, Any]:
        """The fields by their names."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a form is judged by. ``parents``: each area of the town with the one around it."""

    zone: ZoneInfo
    now: datetime
    parents: Mapping[int, int | None]
    glance: Glance
    default_language: str

    @property
    def needed(self) -> tuple[str, ...]:
        """The languages in which a survey needs a title before it is opened."""
        return speaking(self.glance, self.default_language)


def speaking(glance: Glance, default_language: str) -> tuple[str, ...]:
    """The town's language, and those in which people are asked."""
    return (default_language, *(each for each in glance.lacking if each != default_language))


def untitled(titles: Mapping[str, str], glance: Glance, default_language: str) -> tuple[str, ...]:
    """The languages in which a survey still needs a title before it is opened."""
    return tuple(each for each in speaking(glance, default_language) if not titles.get(each))


def read_form(fields: Callable[[str], list[str]]) -> Typed:
    """What was sent; ``fields`` gives all values of a name. Takes whatever a browser or a stranger sends."""

    def one(name: str, most: int) -> str:
        values = fields(name)
        return " ".join(clean(values[0]).split())[: most * 2] if values else ""

    return Typed(
        titles={language: one(f"title-{language}", MOST_TITLE) for language in LANGUAGES},
        areas=frozenset(int(each) for each in fields("area") if re.fullmatch("[0-9]{1,9}", each)),
        opens=one("opens", 16),
        closes=one("closes", 16),
        anonymous=one("anonymous", 3) != "no",
        own_basis=one("basis", 7) == "own",
        basis=one("basis-text", MOST_BASIS),
        interim=one("interim", 3) == "yes",
    )


def prefilled(titles: Mapping[str, str], default_language: str) -> Typed:
    """The form for a new survey: the questionnaire's titles, and the usual choices."""
    known = {language: titles.get(language, "") for language in LANGUAGES}
    known[default_language] = known[default_language] or titles.get("", "")
    return Typed(titles=known)


def typed_of(survey: SurveyDetail, zone: ZoneInfo) -> Typed:
    """The form of a survey as it is."""
    own = survey.legal_basis != CONSENT
    return Typed(
        titles={language: survey.titles.get(language, "") for language in LANGUAGES},
        areas=frozenset(survey.areas),
        opens=wall_time(survey.opens_at, zone) if survey.opens_at else "",
        closes=wall_time(survey.closes_at, zone) if survey.closes_at else "",
        anonymous=survey.anonymous,
        own_basis=own,
        basis=survey.legal_basis if own else "",
        interim=survey.interim,
    )


def fingerprint(survey: SurveyDetail) -> str:
    """Stands for a survey as it is: a form that was drawn from another state of it is recognised."""
    content = (
        sorted(survey.titles.items()),
        sorted(survey.areas),
        survey.questionnaire_id,
        survey.state,
        survey.opens_at,
        survey.closes_at,
        survey.anonymous,
        survey.legal_basis,
        survey.interim,
    )
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def judge(typed: Typed, around: Circumstances, _: Say) -> Draft | dict[str, str]:
    """What the form means; or what has to be mended, by the name of the field, in the order of the page."""
    faults: dict[str, str] = {}
    for language in sorted(LANGUAGES, key=lambda code: (code != around.default_language, code)):
        title = typed.titles.get(language, "")
        if not title and language == around.default_language:
            wanted = _("Please write a title in this language: {language}.")
            faults[f"title-{language}"] = wanted.format(language=NAMES[language])
        if len(title) > MOST_TITLE:
            faults[f"title-{language}"] = _("Please write at most {number} letters.").format(number=MOST_TITLE)
    if typed.areas and not _outermost(typed.areas, around.parents):
        faults["areas"] = _("These areas are no longer there. Please choose again.")
    opens, closes = moment(typed.opens, around.zone), moment(typed.closes, around.zone)
    if typed.opens and opens is None:
        faults["opens"] = _("Please write day and time, for example 01.12.2026, 09:00.")
    if typed.closes and closes is None:
        faults["closes"] = _("Please write day and time, for example 01.12.2026, 09:00.")
    elif closes and closes <= around.now:
        faults["closes"] = _("This moment has passed. Please choose a later one.")
    elif closes and opens and closes <= opens:
        faults["closes"] = _("The end must be after the beginning.")
    if typed.own_basis and not typed.basis:
        faults["basis-text"] = _("Please write the legal basis, for example a law or a resolution of the council.")
    elif typed.own_basis and len(typed.basis) > MOST_BASIS:
        faults["basis-text"] = _("Please write at most {number} letters.").format(number=MOST_BASIS)
    return faults or _draft(typed, around, opens, closes)


def _draft(typed: Typed, around: Circumstances, opens: datetime | None, closes: datetime | None) -> Draft:
    titles = {language: title for language, title in typed.titles.items() if title}
    usual = (around.glance.own, around.default_language, *titles)
    titles[""] = next(titles[language] for language in usual if language in titles)
    return Draft(
        titles=titles,
        areas=_outermost(typed.areas, around.parents),
        opens_at=opens,
        closes_at=closes,
        anonymous=typed.anonymous,
        legal_basis=typed.basis if typed.own_basis else CONSENT,
        interim=typed.interim,
    )


def _outermost(areas: frozenset[int], parents: Mapping[int, int | None]) -> tuple[int, ...]:
    """The areas that there are, without those that lie in another one of them."""

    def around(area: int) -> set[int]:
        found: set[int] = set()
        parent = parents.get(area)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parents.get(parent)
        return found

    return tuple(sorted(area for area in areas if area in parents and not around(area) & areas))
