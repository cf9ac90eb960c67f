"""The surveys of a town as its staff sees them, in every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Participation, Response, Survey, SurveyArea
from storage.queries.state import rounded


@dataclass(frozen=True, slots=True)
class SurveyDetail:
    """A survey. ``areas``: empty means the whole town.

    ``begun`` and ``completed``: how many have answered something, and everything to the end; rounded to 5.
    """

    id: int
    questionnaire_id: int
    titles: Mapping[str, str]
    state: str
    anonymous: bool
    legal_basis: str
    interim: bool
    smallest_group: int
    opens_at: datetime | None
    closes_at: datetime | None
    closed_on: date | None
    areas: frozenset[int]
    begun: int
    completed: int


_COLUMNS = (
    Survey.id,
    Survey.questionnaire_id,
    Survey.titles,
    Survey.state,
    Survey.anonymous,
    Survey.legal_basis,
    Survey.interim,
    Survey.smallest_group,
    Survey.opens_at,
    Survey.closes_at,
    Survey.closed_on,
)


async def list_surveys(connection: AsyncConnection, town_id: int) -> tuple[SurveyDetail, ...]:
    """All surveys of a town, the newest first."""
    return await _load(connection, Survey.town_id == town_id)


async def find_survey(
    connection: AsyncConnection, town_id: int, survey_id: int, *, hold: bool = False
) -> SurveyDetail | None:
    """One survey of a town, or None. ``hold``: nobody else changes it until the transaction is over."""
    if hold:  # on SQLite, whoever writes is alone anyway
        await connection.execute(select(Survey.id).where(Survey.id == survey_id).with_for_update())
    found = await _load(connection, (Survey.town_id == town_id) & (Survey.id == survey_id))
    return found[0] if found else None


async def _load(connection: AsyncConnection, which: ColumnElement[bool]) -> tuple[SurveyDetail, ...]:
    rows = (await connection.execute(select(*_COLUMNS).where(which).order_by(Survey.id.desc()))).all()
    ids = [row.id for row in rows]
    areas: dict[int, set[int]] = {}
    for survey_id, area_id in await connection.execute(
        select(SurveyArea.survey_id, SurveyArea.area_id).where(SurveyArea.survey_id.in_(ids))
    ):
        areas.setdefault(survey_id, set()).add(area_id)
    begun = await _count_by_survey(connection, Response.survey_id, ids)
    completed = await _count_by_survey(connection, Participation.survey_id, ids)
    return tuple(
        SurveyDetail(
            **row._mapping,
            areas=frozenset(areas.get(row.id, ())),
            begun=rounded(begun.get(row.id, 0)),
            completed=rounded(completed.get(row.id, 0)),
        )
        for row in rows
    )


async def _count_by_survey(
    connection: AsyncConnection, survey_id: InstrumentedAttribute[int], ids: Iterable[int]
) -> dict[int, int]:
    counted = await connection.execute(select(survey_id, func.count()).where(survey_id.in_(ids)).group_by(survey_id))
    return {row[0]: row[1] for row in counted}
