"""The complete responses of a survey for an export: in parts of a bounded size, each read by itself.

Each part is a short reading of its own: a slow download holds no connection, and no snapshot that would keep erased
answers in the database's log. The rows of a closed survey do not change in between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from storage.models import Answer, Area, Questionnaire, Response, Survey
from storage.queries.questionnaires import load_files_of
from storage.queries.town import AreaFacts


@dataclass(frozen=True, slots=True)
class Exported:
    """A survey as far as its rows depend on it."""

    id: int
    titles: Mapping[str, str]
    state: str
    anonymous: bool
    smallest_group: int

    def title(self, language: str) -> str:
        """Its title in a language, or the one for all others."""
        return self.titles.get(language) or self.titles.get("", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A version of the questionnaire that complete responses have answers to, or that the survey asks now."""

    id: int
    xform: str
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """A complete response with its answers, by version of the questionnaire and ref."""

    id: UUID
    area_id: int | None
    language: str
    started_on: date
    completed_on: date | None
    answers: Mapping[tuple[int, str], str]


_RESPONSE = (Response.id, Response.area_id, Response.language, Response.started_on, Response.completed_on)
_SURVEY = (Survey.id, Survey.titles, Survey.state, Survey.anonymous, Survey.smallest_group)


async def survey_for_export(connection: AsyncConnection, town_id: int, survey_id: int) -> Exported | None:
    """A survey of the town; None: there is no such survey."""
    row = (
        await connection.execute(select(*_SURVEY).where(Survey.town_id == town_id, Survey.id == survey_id))
    ).one_or_none()
    return Exported(*row) if row else None


async def surveys_called(connection: AsyncConnection, town_id: int, title: str) -> tuple[Exported, ...]:
    """The surveys that have this title in any language, capitals and small letters alike."""
    rows = await connection.execute(select(*_SURVEY).where(Survey.town_id == town_id).order_by(Survey.id))
    wanted = title.strip().casefold()
    return tuple(
        Exported(*row) for row in rows if any(each.strip().casefold() == wanted for each in row.titles.values())
    )


async def areas_of(connection: AsyncConnection, town_id: int) -> Mapping[int, AreaFacts]:
    """All areas of the town by id."""
    rows = await connection.execute(select(Area.id, Area.parent_id, Area.name).where(Area.town_id == town_id))
    return {row.id: AreaFacts(*row) for row in rows}


async def versions_asked(connection: AsyncConnection, survey_id: int, *, counted: bool = False) -> tuple[Asked, ...]:
    """The versions of the questionnaire, the oldest first. ``counted``: of responses in a release only."""
    answered = (
        select(Answer.questionnaire_id)
        .join(Response, Response.id == Answer.response_id)
        .where(*is_wanted(survey_id, counted=counted))
    )
    now = select(Survey.questionnaire_id).where(Survey.id == survey_id)
    rows = await connection.execute(
        select(Questionnaire.id, Questionnaire.xform)
        .where(Questionnaire.id.in_(answered) | Questionnaire.id.in_(now))
        .order_by(Questionnaire.id)
    )
    xforms = {row.id: row.xform for row in rows}
    files = await load_files_of(connection, xforms.keys())
    return tuple(Asked(key, xform, tuple(files.get(key, {}).items())) for key, xform in xforms.items())


async def numbered_refs(
    connection: AsyncConnection, survey_id: int, most: int | None = None, *, counted: bool = False
) -> tuple[tuple[int, str], ...]:
    """Version and ref of answers that were given within repeats; no more than ``most``, if so many are wanted at most.

    ``counted``: of responses in a release only.
    """
    rows = await connection.execute(
        select(Answer.questionnaire_id, Answer.ref)
        .join(Response, Response.id == Answer.response_id)
        .where(*is_wanted(survey_id, counted=counted), Answer.ref.contains("["))
        .distinct()
        .limit(most)
    )
    return tuple((row[0], row[1]) for row in rows)


def is_one_of(column: InstrumentedAttribute[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of any number of values, as the refs of what is repeated may be.

    They stand in the statement itself: a database takes only so many parameters.
    """
    return column.in_(bindparam(None, list(values), expanding=True, literal_execute=True))


def is_wanted(survey_id: int, *, counted: bool) -> list[ColumnElement[bool]]:
    """What a response must be to be among the rows of a survey. ``counted``: of those in a release only."""
    conditions: list[ColumnElement[bool]] = [Response.survey_id == survey_id, Response.complete.is_(True)]
    return [*conditions, Response.release.is_not(None)] if counted else conditions


async def places(
    connection: AsyncConnection, survey_id: int, *, counted: bool = False
) -> Mapping[tuple[int | None, str], int]:
    """How many complete responses there are by area and language. ``counted``: of those in a release only."""
    rows = await connection.execute(
        select(Response.area_id, Response.language, func.count())
        .where(*is_wanted(survey_id, counted=counted))
        .group_by(Response.area_id, Response.language)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def ages(survey_id: int, age_refs: Collection[str]) -> Subquery:
    """What each response of a survey has chosen in the question of this meaning, as ``response_id`` and ``age``."""
    return (
        select(Answer.response_id, func.min(Answer.value).label("age"))
        .join(Response, Response.id == Answer.response_id)
        .where(Response.survey_id == survey_id, Answer.ref.in_(age_refs))
        .group_by(Answer.response_id)
        .subquery("ages")
    )


async def combinations(
    connection: AsyncConnection, survey_id: int, age_refs: Collection[str]
) -> Mapping[tuple[int | None, str, str | None], int]:
    """How many complete responses there are by area, language and age."""
    age = ages(survey_id, age_refs)
    people = (Response.area_id, Response.language, age.c.age)
    rows = await connection.execute(
        select(*people, func.count())
        .outerjoin(age, age.c.response_id == Response.id)
        .where(*is_wanted(survey_id, counted=False))
        .group_by(*people)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


async def response_rows(
    connection: AsyncConnection, survey_id: int, *, after: UUID | None, limit: int, counted: bool = False
) -> tuple[ResponseRow, ...]:
    """The next complete responses in the order of their ids, which are random. ``after``: the last one before.

    ``counted``: only those that are in a release. Who is in the rows and in no figure could be told by subtraction.
    """
    wanted = is_wanted(survey_id, counted=counted)
    if after is not None:
        wanted.append(Response.id > after)
    found = (await connection.execute(select(*_RESPONSE).where(*wanted).order_by(Response.id).limit(limit))).all()
    return await _with_answers(connection, found)


async def rows_of(
    connection: AsyncConnection, survey_id: int, responses: Collection[UUID], *, counted: bool = False
) -> tuple[ResponseRow, ...]:
    """These complete responses, as far as they are there. ``counted``: only those that are in a release."""
    found = await connection.execute(
        select(*_RESPONSE).where(*is_wanted(survey_id, counted=counted), Response.id.in_(responses))
    )
    return await _with_answers(connection, found.all())


async def _with_answers(connection: AsyncConnection, found: Sequence[Any]) -> tuple[ResponseRow, ...]:
    if not found:
        return ()
    answers: dict[UUID, dict[tuple[int, str], str]] = {row.id: {} for row in found}
    for response_id, version, ref, value in await connection.execute(
        select(Answer.response_id, Answer.questionnaire_id, Answer.ref, Answer.value).where(
            Answer.response_id.in_(list(answers))
        )
    ):
        answers[response_id][version, ref] = value
    return tuple(
        ResponseRow(row.id, row.area_id, row.language, row.started_on, row.completed_on, answers[row.id])
        for row in found
    )
