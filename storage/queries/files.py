"""Files that are answers, for who may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import AnswerFile, FileState, Response
from storage.queries.rows import is_wanted


@dataclass(frozen=True, slots=True)
class FileCounts:
    """How many files of complete responses are here, still to be fetched, and not to be had."""

    fetched: int = 0
    waiting: int = 0
    failed: int = 0


async def count_files(connection: AsyncConnection, survey_id: int, *, counted: bool = False) -> FileCounts:
    """The files of a survey's complete responses. ``counted``: of those in a release only."""
    rows = await connection.execute(
        select(AnswerFile.state, func.count())
        .join(Response, Response.id == AnswerFile.response_id)
        .where(*is_wanted(survey_id, counted=counted))
        .group_by(AnswerFile.state)
    )
    found: Mapping[str, int] = {row[0]: row[1] for row in rows}
    return FileCounts(*(found.get(each, 0) for each in (FileState.FETCHED, FileState.WAITING, FileState.FAILED)))


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is here, of a response; ``size`` in bytes."""

    id: UUID
    response_id: UUID
    name: str
    media_type: str
    size: int


async def files_of(connection: AsyncConnection, response_ids: Collection[UUID]) -> tuple[FoundFile, ...]:
    """The files that are here of these responses, in the order of their random names."""
    rows = await connection.execute(
        select(
            AnswerFile.id,
            AnswerFile.response_id,
            AnswerFile.name,
            AnswerFile.media_type,
            func.coalesce(AnswerFile.size, 0),
        )
        .where(AnswerFile.response_id.in_(response_ids), AnswerFile.state == FileState.FETCHED)
        .order_by(AnswerFile.name)
    )
    return tuple(FoundFile(*row) for row in rows)


async def sizes_of(connection: AsyncConnection, response_ids: Collection[UUID]) -> Mapping[str, int | None]:
    """How many bytes each file of these responses has, or will have, by name; None: nobody has told."""
    known = case((AnswerFile.state == FileState.FAILED, 0), else_=AnswerFile.size)
    rows = await connection.execute(select(AnswerFile.name, known).where(AnswerFile.response_id.in_(response_ids)))
    return {row.name: row[1] for row in rows}


async def content_of(connection: AsyncConnection, file_id: UUID) -> bytes | None:
    """What is in a file; None: it is gone."""
    return await connection.scalar(select(AnswerFile.content).where(AnswerFile.id == file_id))
