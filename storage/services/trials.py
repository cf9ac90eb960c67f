"""Trials: what somebody of the staff answers to see a survey as residents do. Counted nowhere, gone at will."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Staff, Trial


async def find_trial(connection: AsyncConnection, *, staff_id: int, survey_id: int) -> Mapping[str, Any] | None:
    """The trial's state as it was kept, or None."""
    return await connection.scalar(select(Trial.state).where(Trial.staff_id == staff_id, Trial.survey_id == survey_id))


async def hold_trial(connection: AsyncConnection, *, staff_id: int, survey_id: int) -> Mapping[str, Any] | None:
    """The same, and no other request of this person changes it until the transaction is over."""
    await connection.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update())
    return await find_trial(connection, staff_id=staff_id, survey_id=survey_id)


async def keep_trial(
    connection: AsyncConnection, *, town_id: int, staff_id: int, survey_id: int, state: Mapping[str, Any]
) -> None:
    """Keep where a trial stands; one a person and survey."""
    changed = await connection.execute(
        update(Trial).where(Trial.staff_id == staff_id, Trial.survey_id == survey_id).values(state=dict(state))
    )
    if not changed.rowcount:
        await connection.execute(
            insert(Trial).values(town_id=town_id, staff_id=staff_id, survey_id=survey_id, state=dict(state))
        )


async def drop_trial(connection: AsyncConnection, *, staff_id: int, survey_id: int) -> None:
    """Forget a trial."""
    await connection.execute(delete(Trial).where(Trial.staff_id == staff_id, Trial.survey_id == survey_id))
