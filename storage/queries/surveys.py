"""The surveys of a town as its staff sees them, in every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import AuditEntry, Event, Participation, Release, Response, Survey, SurveyArea
from storage.queries.state import rounded


@dataclass(frozen=True, slots=True)
class SurveyDetail:
    """A survey. ``areas``: empty means the whole town.

    ``begun`` and ``completed``: how many have answered something, and everything to the end; rounded to 5. ``counted``:
    once it is closed, how many its last release counts; None: too few, or not closed. ``opened_at``: as the log has it.
    ``event_id``: it asks only those who have been at this event.
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
    counted: int | None = None
    opened_at: datetime | None = None
    event_id: int | None = None


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
    Event.id.label("event_id"),
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
    wanted = select(*_COLUMNS).outerjoin(Event, Event.survey_id == Survey.id).where(which).order_by(Survey.id.desc())
    rows = (await connection.execute(wanted)).all()
    ids = [row.id for row in rows]
    areas: dict[int, set[int]] = {}
    for survey_id, area_id in await connection.execute(
        select(SurveyArea.survey_id, SurveyArea.area_id).where(SurveyArea.survey_id.in_(ids))
    ):
        areas.setdefault(survey_id, set()).add(area_id)
    begun = await _count_by_survey(connection, Response.survey_id, ids)
    completed = await _count_by_survey(connection, Participation.survey_id, ids)
    counted = await _counted_at_last(connection, ids)
    opened = await _opened(connection, ids)
    return tuple(
        SurveyDetail(
            **row._mapping,
            areas=frozenset(areas.get(row.id, ())),
            begun=rounded(begun.get(row.id, 0)),
            completed=rounded(completed.get(row.id, 0)),
            counted=counted.get(row.id),
            opened_at=opened.get(row.id),
        )
        for row in rows
    )


async def _count_by_survey(
    connection: AsyncConnection, survey_id: InstrumentedAttribute[int], ids: Iterable[int]
) -> dict[int, int]:
    counted = await connection.execute(select(survey_id, func.count()).where(survey_id.in_(ids)).group_by(survey_id))
    return {row[0]: row[1] for row in counted}


async def _counted_at_last(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, int | None]:
    """How many people the last release of each closed survey counts; None: it shows nothing. Read by the database, for
    the figures are large."""
    people = Release.figures["respondents"]["people"].as_integer()
    found = await connection.execute(select(Release.survey_id, people).where(Release.final, Release.survey_id.in_(ids)))
    return {row[0]: row[1] for row in found}


async def _opened(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, datetime]:
    entries = select(AuditEntry.survey_id, func.min(AuditEntry.at)).where(
        AuditEntry.action == "survey.open", AuditEntry.survey_id.in_(ids)
    )
    found = await connection.execute(entries.group_by(AuditEntry.survey_id))
    return {survey_id: at for survey_id, at in found if survey_id is not None}
