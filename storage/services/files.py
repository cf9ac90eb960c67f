"""Files that are answers: which are to be fetched, and what has become of them.

Each a piece of the caller's transaction; none holds it while something is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import AnswerFile, FileState

_WAITS = AnswerFile.state == FileState.WAITING
_GONE = {"file_id": None, "attempts": 0, "next_at": None}


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that is to be fetched now. ``attempts``: with this one."""

    id: UUID
    name: str
    file_id: str
    attempts: int


async def is_any_due(connection: AsyncConnection, town_id: int, *, now: datetime) -> bool:
    """Whether a file is to be fetched at ``now``."""
    due = select(AnswerFile.id).where(AnswerFile.town_id == town_id, _WAITS, AnswerFile.next_at <= now).limit(1)
    return await connection.scalar(due) is not None


async def claim_files(
    connection: AsyncConnection, town_id: int, *, most: int, now: datetime, lease: timedelta
) -> Sequence[WaitingFile]:
    """The files that wait longest. Nobody else gets them for the time of the ``lease``, and after that whoever asks."""
    rows = await connection.execute(
        select(AnswerFile.id, AnswerFile.name, AnswerFile.file_id, AnswerFile.attempts)
        .where(AnswerFile.town_id == town_id, _WAITS, AnswerFile.next_at <= now)
        .order_by(AnswerFile.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = [WaitingFile(row.id, row.name, row.file_id or "", row.attempts + 1) for row in rows]
    for each in claimed:
        await connection.execute(
            update(AnswerFile).where(AnswerFile.id == each.id).values(attempts=each.attempts, next_at=now + lease)
        )
    return claimed


async def free_claims(connection: AsyncConnection, town_id: int, *, now: datetime) -> None:
    """Let what an earlier process had claimed be fetched at once: for who knows that nobody else fetches."""
    await connection.execute(
        update(AnswerFile).where(AnswerFile.town_id == town_id, _WAITS, AnswerFile.next_at > now).values(next_at=now)
    )


async def keep_file(connection: AsyncConnection, file_id: UUID, content: bytes) -> bool:
    """Keep what was fetched; returns whether it still waited. Its answer may have changed, or its survey been closed.

    Where it came from, and when, is forgotten with that.
    """
    kept = await connection.execute(
        update(AnswerFile)
        .where(AnswerFile.id == file_id, _WAITS)
        .values(state=FileState.FETCHED, content=content, size=len(content), **_GONE)
    )
    return bool(kept.rowcount)


async def give_file_up(connection: AsyncConnection, file_id: UUID) -> None:
    """Say that a file cannot be had, for good."""
    await connection.execute(
        update(AnswerFile).where(AnswerFile.id == file_id, _WAITS).values(state=FileState.FAILED, size=None, **_GONE)
    )


async def try_file_again(connection: AsyncConnection, file_id: UUID, *, at: datetime, counts: bool) -> None:
    """Let a file be fetched later. ``counts``: the attempt is one of those that it has."""
    values = {"next_at": at} if counts else {"next_at": at, "attempts": AnswerFile.attempts - 1}
    await connection.execute(update(AnswerFile).where(AnswerFile.id == file_id, _WAITS).values(**values))
