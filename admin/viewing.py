"""A survey as the pages about it see it, and what they share: areas as a tree, fields of a form, entries of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import NotFoundException
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.glance import Glance, form_of, glance
from admin.site import Site
from admin.survey_form import untitled
from dialogues.texts import NAMES
from storage.models import SurveyState
from storage.queries.questionnaires import QuestionnaireFacts, find_questionnaire
from storage.queries.surveys import SurveyDetail, find_survey
from storage.queries.town import AreaFacts, TownFacts, load_town
from storage.services import audit

Asking = Request[Any, Any, Any]

_DEEPEST = 20
"""Areas within areas, where somebody has made them go round in a circle."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A survey with its questionnaire and town."""

    survey: SurveyDetail
    questionnaire: QuestionnaireFacts
    town: TownFacts
    glance: Glance

    @property
    def areas(self) -> tuple[str, ...]:
        """The names of the areas it is for; empty: the whole town."""
        return names_of(self.survey, self.town)

    @property
    def untitled(self) -> tuple[str, ...]:
        """The languages in which it still needs a title before it is opened."""
        return untitled(self.survey.titles, self.glance, self.town.default_language)


async def look(site: Site, survey_id: int) -> Seen:
    """A survey of the town with everything that its pages say.

    Raises:
        NotFoundException: there is none.
    """
    async with site.database.read() as connection:
        survey = await find_survey(connection, site.town_id, survey_id)
        if survey is None:
            raise NotFoundException
        questionnaire = await find_questionnaire(connection, site.town_id, survey.questionnaire_id)
        town = await load_town(connection, site.town_id)
    assert questionnaire is not None  # noqa: S101 (a foreign key)
    return Seen(survey, questionnaire, town, glance(await form_of(questionnaire.xform, questionnaire.files)))


def names_of(survey: SurveyDetail, town: TownFacts) -> tuple[str, ...]:
    """The names of the areas that a survey is for, in the town's order; empty: the whole town."""
    return tuple(area.name for area in town.areas.values() if area.id in survey.areas)


def is_early(survey: SurveyDetail, now: datetime) -> bool:
    """Whether the day on which it begins is still to come."""
    return survey.opens_at is not None and survey.opens_at > now


def is_past(survey: SurveyDetail, now: datetime) -> bool:
    """Whether it takes no more answers because its time is over."""
    return survey.closes_at is not None and survey.closes_at <= now


class Phase(StrEnum):
    """Where a survey stands for whoever watches it: of the open ones, residents can answer the running ones only."""

    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    CLOSED = "closed"


def phase_of(survey: SurveyDetail, now: datetime) -> Phase:
    """Where a survey stands; the chat sees it alike."""
    if survey.state != SurveyState.OPEN:
        return Phase(survey.state)
    if is_past(survey, now):
        return Phase.OVER
    return Phase.PLANNED if is_early(survey, now) else Phase.RUNNING


# --- areas and languages --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """An area with those inside it."""

    id: int
    name: str
    children: tuple[Node, ...]


def tree(areas: Mapping[int, AreaFacts]) -> tuple[Node, ...]:
    """The areas as a tree, in the town's order."""

    def below(parent: int | None, depth: int) -> tuple[Node, ...]:
        inside = (area for area in areas.values() if area.parent_id == parent and depth < _DEEPEST)
        return tuple(Node(area.id, area.name, below(area.id, depth + 1)) for area in inside)

    return below(None, 0)


def in_order(first: str) -> Mapping[str, str]:
    """Our languages with their names, the town's own first."""
    return {code: NAMES[code] for code in sorted(NAMES, key=lambda code: (code != first, code))}


# --- forms ----------------------------------------------------------------------------------------------------------


def texts(fields: FormMultiDict, name: str) -> list[str]:
    """All values of a field that are texts."""
    return [value for value in fields.getall(name, []) if isinstance(value, str)]


def text(fields: FormMultiDict, name: str) -> str:
    """The value of a field; empty if it is not there or is a file."""
    return next(iter(texts(fields, name)), "")


async def note(
    site: Site, connection: AsyncConnection, request: Asking, action: str, survey_id: int | None, **detail: audit.Detail
) -> None:
    """Write into the log what whoever sent the request does."""
    await audit.record(
        connection,
        town_id=site.town_id,
        staff_id=request.user.id,
        action=action,
        survey_id=survey_id,
        now=site.now(),
        **detail,
    )
