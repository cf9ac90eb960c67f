"""The questionnaires of a town: each version with what it asks and which surveys use it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Questionnaire, Survey


@dataclass(frozen=True, slots=True)
class UseFacts:
    """A survey that asks a questionnaire."""

    id: int
    titles: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class QuestionnaireFacts:
    """A version of a questionnaire. ``digest`` names its workbook; ``imported_on`` may be unknown."""

    id: int
    name: str
    digest: str
    file_type: str
    xform: str
    titles: Mapping[str, str]
    imported_on: date | None
    uses: tuple[UseFacts, ...]


_COLUMNS = (
    Questionnaire.id,
    Questionnaire.name,
    Questionnaire.digest,
    Questionnaire.file_type,
    Questionnaire.xform,
    Questionnaire.titles,
    Questionnaire.imported_on,
)


def _facts(row: Any, uses: Iterable[UseFacts]) -> QuestionnaireFacts:
    return QuestionnaireFacts(**row._mapping, uses=tuple(uses))


async def list_questionnaires(connection: AsyncConnection, town_id: int) -> tuple[QuestionnaireFacts, ...]:
    """All of a town's questionnaires, the newest first."""
    uses: dict[int, list[UseFacts]] = {}
    for questionnaire_id, *use in await connection.execute(
        select(Survey.questionnaire_id, Survey.id, Survey.titles, Survey.state)
        .where(Survey.town_id == town_id)
        .order_by(Survey.id)
    ):
        uses.setdefault(questionnaire_id, []).append(UseFacts(*use))
    rows = await connection.execute(
        select(*_COLUMNS).where(Questionnaire.town_id == town_id).order_by(Questionnaire.id.desc())
    )
    return tuple(_facts(row, uses.get(row.id, ())) for row in rows)


async def find_questionnaire(
    connection: AsyncConnection, town_id: int, questionnaire_id: int
) -> QuestionnaireFacts | None:
    """One questionnaire of a town, or None."""
    row = (
        await connection.execute(
            select(*_COLUMNS).where(Questionnaire.town_id == town_id, Questionnaire.id == questionnaire_id)
        )
    ).one_or_none()
    if row is None:
        return None
    uses = await connection.execute(
        select(Survey.id, Survey.titles, Survey.state)
        .where(Survey.questionnaire_id == questionnaire_id)
        .order_by(Survey.id)
    )
    return _facts(row, (UseFacts(*use) for use in uses))


async def find_version(connection: AsyncConnection, town_id: int, digest: str) -> int | None:
    """The id of the questionnaire that came from this very workbook, or None."""
    return await connection.scalar(
        select(Questionnaire.id).where(Questionnaire.town_id == town_id, Questionnaire.digest == digest)
    )


async def load_titles(
    connection: AsyncConnection, town_id: int, questionnaire_ids: Collection[int]
) -> dict[int, Mapping[str, str]]:
    """The titles by language of those of the town's questionnaires that have these ids."""
    if not questionnaire_ids:
        return {}
    rows = await connection.execute(
        select(Questionnaire.id, Questionnaire.titles).where(
            Questionnaire.town_id == town_id, Questionnaire.id.in_(questionnaire_ids)
        )
    )
    return {row.id: row.titles for row in rows}


async def load_workbook(connection: AsyncConnection, town_id: int, questionnaire_id: int) -> bytes | None:
    """The workbook as it came, or None."""
    return await connection.scalar(
        select(Questionnaire.workbook).where(Questionnaire.town_id == town_id, Questionnaire.id == questionnaire_id)
    )
