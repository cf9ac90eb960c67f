"""Writing down what somebody of the staff did that others may have to answer for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import AuditEntry

Detail = str | int | bool | None | list[str]


async def record(
    connection: AsyncConnection,
    *,
    town_id: int,
    staff_id: int | None,
    action: str,
    survey_id: int | None = None,
    now: datetime,
    **detail: Detail,
) -> None:
    """Add an entry to the audit log, in the transaction of what it is about.

    ``action``: for example ``survey.close``. ``staff_id`` None: the command line. ``detail``: nothing of residents.
    """
    await connection.execute(
        insert(AuditEntry).values(
            town_id=town_id, at=now, staff_id=staff_id, action=action, survey_id=survey_id, detail=detail
        )
    )
