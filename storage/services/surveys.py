"""Taking a questionnaire into a town, and putting it to the people as a survey."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.notice import CONSENT
from storage.models import (
    Answer,
    AuditEntry,
    Broadcast,
    Interview,
    Link,
    Participation,
    Questionnaire,
    Resident,
    Response,
    Survey,
    SurveyArea,
    SurveyKey,
    SurveyState,
    Trial,
)
from storage.queries.town import touch
from storage.services.questionnaire_files import KeptFile, digest_of, drop_files, keep_files

KEY_BYTES = 32
SMALLEST_GROUP = 5
"""Respondents in the smallest group that is shown, where results are released once, at closing."""
SMALLEST_GROUP_INTERIM = 10
"""The same where results are released several times, each a chance to subtract one from the other."""


async def import_questionnaire(
    connection: AsyncConnection,
    *,
    town_id: int,
    name: str,
    file_type: str,
    workbook: bytes,
    xform: str,
    titles: Mapping[str, str],
    files: Iterable[KeptFile] = (),
    imported_on: date | None = None,
    report: tuple[Mapping[str, Any], int] | None = None,
) -> int:
    """Store a version of a questionnaire and return its id; the same workbook with the same files is stored once.

    ``imported_on``: the day on the town's calendar. ``report``: what the check found, and its revision.
    """
    files = tuple(files)
    digest = digest_of(workbook, files)
    known = await connection.scalar(
        select(Questionnaire.id).where(Questionnaire.town_id == town_id, Questionnaire.digest == digest)
    )
    if known is not None:
        return int(known)
    created = await connection.scalar(
        insert(Questionnaire)
        .values(
            town_id=town_id,
            name=name,
            digest=digest,
            file_type=file_type,
            workbook=workbook,
            xform=xform,
            titles=dict(titles),
            imported_on=imported_on,
        )
        .returning(Questionnaire.id)
    )
    assert created is not None  # noqa: S101 (an insert that returns nothing would have raised)
    await keep_files(connection, town_id=town_id, questionnaire_id=int(created), files=files)
    if report is not None:
        await keep_report(connection, questionnaire_id=int(created), report=report)
    return int(created)


async def keep_report(
    connection: AsyncConnection, *, questionnaire_id: int, report: tuple[Mapping[str, Any], int]
) -> None:
    """Store what the check found of a questionnaire, and the revision of the check."""
    found, revision = report
    await connection.execute(
        update(Questionnaire)
        .where(Questionnaire.id == questionnaire_id)
        .values(report=dict(found), report_revision=revision)
    )


async def hold_questionnaire(connection: AsyncConnection, town_id: int, questionnaire_id: int) -> bool:
    """Whether a questionnaire is there; it stays so until this transaction ends."""
    present = await connection.scalar(
        select(Questionnaire.id)
        .where(Questionnaire.id == questionnaire_id, Questionnaire.town_id == town_id)
        .with_for_update(read=True, key_share=True)
    )
    return present is not None


async def remove_questionnaire(connection: AsyncConnection, *, town_id: int, questionnaire_id: int) -> bool:
    """Delete a questionnaire, with its files, that no survey asks, not even a draft, and that no answer was given to.

    Returns whether it was there and unused.
    """
    present = await connection.scalar(
        select(Questionnaire.id)
        .where(Questionnaire.id == questionnaire_id, Questionnaire.town_id == town_id)
        .with_for_update()
    )
    for used in (Survey, Answer):  # answers may be to an older version than the one that a survey asks
        if await connection.scalar(select(literal(1)).where(used.questionnaire_id == questionnaire_id).limit(1)):
            return False
    if present is None:
        return False
    await drop_files(connection, questionnaire_id)
    await connection.execute(delete(Questionnaire).where(Questionnaire.id == questionnaire_id))
    return True


async def find_open(
    connection: AsyncConnection, *, town_id: int, questionnaire_id: int, areas: Iterable[int] = ()
) -> int | None:
    """The survey that asks this version of a questionnaire in just these areas already, if there is one."""
    aims: dict[int, set[int]] = {}
    for survey_id, area_id in await connection.execute(
        select(Survey.id, SurveyArea.area_id)
        .outerjoin(SurveyArea, SurveyArea.survey_id == Survey.id)
        .where(Survey.town_id == town_id, Survey.questionnaire_id == questionnaire_id, Survey.state == SurveyState.OPEN)
    ):
        aims.setdefault(survey_id, set()).update([area_id] if area_id is not None else [])
    wanted = set(areas)
    return next((survey_id for survey_id, aim in aims.items() if aim == wanted), None)


async def draft_survey(
    connection: AsyncConnection,
    *,
    town_id: int,
    questionnaire_id: int,
    areas: Iterable[int] = (),
    titles: Mapping[str, str] | None = None,
    anonymous: bool = True,
    legal_basis: str = CONSENT,
    interim: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> int:
    """Make a survey for some areas (none: the whole town) that nobody is asked yet, and return its id.

    ``titles``: as residents read them; without them the questionnaire's. ``interim``: results are released while it
    runs.
    """
    if titles is None:
        titles = await connection.scalar(select(Questionnaire.titles).where(Questionnaire.id == questionnaire_id))
    survey_id = await connection.scalar(
        insert(Survey)
        .values(
            town_id=town_id,
            questionnaire_id=questionnaire_id,
            titles=titles,
            state=SurveyState.DRAFT,
            anonymous=anonymous,
            legal_basis=legal_basis,
            interim=interim,
            smallest_group=SMALLEST_GROUP_INTERIM if interim else SMALLEST_GROUP,
            opens_at=opens_at,
            closes_at=closes_at,
        )
        .returning(Survey.id)
    )
    assert survey_id is not None  # noqa: S101 (an insert that returns nothing would have raised)
    for area_id in areas:
        await connection.execute(insert(SurveyArea).values(town_id=town_id, survey_id=survey_id, area_id=area_id))
    return int(survey_id)


async def change_draft(
    connection: AsyncConnection,
    *,
    town_id: int,
    survey_id: int,
    areas: Iterable[int],
    titles: Mapping[str, str],
    anonymous: bool,
    legal_basis: str,
    interim: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> bool:
    """Change what has not been opened yet; returns whether it was a draft. The arguments are `draft_survey`'s."""
    changed = await connection.execute(
        update(Survey)
        .where(Survey.id == survey_id, Survey.town_id == town_id, Survey.state == SurveyState.DRAFT)
        .values(
            titles=dict(titles),
            anonymous=anonymous,
            legal_basis=legal_basis,
            interim=interim,
            smallest_group=SMALLEST_GROUP_INTERIM if interim else SMALLEST_GROUP,
            opens_at=opens_at,
            closes_at=closes_at,
        )
    )
    if changed.rowcount != 1:
        return False
    await connection.execute(delete(SurveyArea).where(SurveyArea.survey_id == survey_id))
    for area_id in areas:
        await connection.execute(insert(SurveyArea).values(town_id=town_id, survey_id=survey_id, area_id=area_id))
    return True


async def discard_draft(connection: AsyncConnection, *, town_id: int, survey_id: int) -> bool:
    """Delete what has not been opened yet, with its trials and codes; returns whether it was a draft.

    Entries of the log that name it stay, without the link to what is gone.
    """
    is_draft = await connection.scalar(
        select(Survey.id)
        .where(Survey.id == survey_id, Survey.town_id == town_id, Survey.state == SurveyState.DRAFT)
        .with_for_update()
    )
    if is_draft is None:
        return False
    await _erase(connection, survey_id)
    await touch(connection, town_id)
    return True


async def discard_unasked(connection: AsyncConnection, *, town_id: int, survey_id: int) -> bool:
    """Delete a survey that is open and that nobody has begun; returns whether it was one."""
    is_open = await connection.scalar(
        select(Survey.id)
        .where(Survey.id == survey_id, Survey.town_id == town_id, Survey.state == SurveyState.OPEN)
        .with_for_update()
    )
    if is_open is None:
        return False
    await connection.execute(select(SurveyKey.survey_id).where(SurveyKey.survey_id == survey_id).with_for_update())
    for begun in (Interview, Response, Participation, Broadcast):
        if await connection.scalar(select(literal(1)).where(begun.survey_id == survey_id).limit(1)):
            return False
    await connection.execute(delete(SurveyKey).where(SurveyKey.survey_id == survey_id))
    await _erase(connection, survey_id)
    await touch(connection, town_id)
    return True


async def _erase(connection: AsyncConnection, survey_id: int) -> None:
    """Take out a survey that was never answered."""
    await connection.execute(update(AuditEntry).where(AuditEntry.survey_id == survey_id).values(survey_id=None))
    await connection.execute(
        update(Resident).where(Resident.wanted_survey_id == survey_id).values(wanted_survey_id=None)
    )
    for table in (Trial, Link, SurveyArea):
        await connection.execute(delete(table).where(table.survey_id == survey_id))
    await connection.execute(delete(Survey).where(Survey.id == survey_id))


async def open_survey(connection: AsyncConnection, *, town_id: int, survey_id: int) -> bool:
    """Put a draft to the people, under a fresh pseudonym key; returns whether it was a draft."""
    opened = await connection.execute(
        update(Survey)
        .where(Survey.id == survey_id, Survey.town_id == town_id, Survey.state == SurveyState.DRAFT)
        .values(state=SurveyState.OPEN)
    )
    if opened.rowcount != 1:
        return False
    key = secrets.token_bytes(KEY_BYTES)
    await connection.execute(insert(SurveyKey).values(town_id=town_id, survey_id=survey_id, key=key))
    await touch(connection, town_id)
    return True
