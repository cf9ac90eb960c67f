"""Surveys that were answered, for tests of what becomes of answers: put into the database as the bot leaves them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.forms import compile_xlsform
from storage.models import Answer, Area, Response, SurveyState
from storage.services.surveys import draft_survey, import_questionnaire, open_survey


@dataclass(frozen=True)
class Answered:
    """What somebody answered, by name of the question."""

    answers: Mapping[str, str]
    language: str = "de"
    area: str | None = "Nordstadt"
    complete: bool = True
    version: int = 0
    """Place of the questionnaire among those of the survey."""


@cache
def xform_of(table: str) -> str:
    return compile_xlsform(table.encode(), "md", name="test").xform


async def survey_of(
    connection: AsyncConnection,
    town_id: int,
    tables: Sequence[str],
    responses: Iterable[Answered],
    *,
    title: str = "Wohnen im Viertel",
    anonymous: bool = True,
    state: SurveyState = SurveyState.OPEN,
    interim: bool = False,
) -> int:
    """A survey with its answers; the last of the questionnaires is the one that it asks now."""
    versions = [
        await import_questionnaire(
            connection,
            town_id=town_id,
            name="test",
            file_type="md",
            workbook=table.encode(),
            xform=xform_of(table),
            titles={"": title},
        )
        for table in tables
    ]
    survey_id = await draft_survey(
        connection,
        town_id=town_id,
        questionnaire_id=versions[-1],
        titles={"": title},
        anonymous=anonymous,
        interim=interim,
    )
    if state != SurveyState.DRAFT:
        await open_survey(connection, town_id=town_id, survey_id=survey_id)
    await put_answers(connection, town_id, survey_id, versions, responses)
    return survey_id


async def put_answers(
    connection: AsyncConnection,
    town_id: int,
    survey_id: int,
    versions: Sequence[int],
    responses: Iterable[Answered],
) -> None:
    """More responses to a survey. ``versions``: the ids of its questionnaires."""
    areas = {row.name: row.id for row in await connection.execute(select(Area.name, Area.id))}
    people, answers = [], []
    for each in responses:
        response_id = uuid4()
        people.append(
            {
                "id": response_id,
                "town_id": town_id,
                "survey_id": survey_id,
                "pseudonym": hashlib.sha256(response_id.bytes).digest(),
                "key_id": None,
                "complete": each.complete,
                "area_id": areas[each.area] if each.area else None,
                "language": each.language,
                "started_on": date(2026, 11, 3),
                "completed_on": date(2026, 11, 4) if each.complete else None,
            }
        )
        answers += [
            {
                "response_id": response_id,
                "town_id": town_id,
                "ref": ref if ref.startswith("/") else f"/data/{ref}",
                "value": value,
                "language": each.language,
                "questionnaire_id": versions[each.version],
            }
            for ref, value in each.answers.items()
        ]
    if people:
        await connection.execute(insert(Response), people)
    if answers:
        await connection.execute(insert(Answer), answers)
