"""What is done at every step looks at what is open, not at all there ever was: the indexes over it are really used."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.queries import inbox, outbox
from storage.queries.outbox import Pace
from tests.storage.conftest import BOT, NOW, Place

Query = Callable[[AsyncConnection], Awaitable[Any]]


def claim(connection: AsyncConnection) -> Awaitable[Any]:
    pace = Pace(per_bot=0, per_chat=0)
    return outbox.claim(connection, bot_id=BOT, town_id=1, sender=0, most=10, pace=pace, now=NOW)


def next_due(connection: AsyncConnection) -> Awaitable[Any]:
    return outbox._next_due(connection, bot_id=BOT, burst=timedelta(), now=NOW)


def interrupted(connection: AsyncConnection) -> Awaitable[Any]:
    return outbox.interrupted(connection, bot_id=BOT, sender=0)


def unfinished(connection: AsyncConnection) -> Awaitable[Any]:
    return inbox.unfinished(connection, bot_id=BOT, after=0, limit=10)


def lying_aside(connection: AsyncConnection) -> Awaitable[Any]:
    return inbox.lying_aside(connection, bot_id=BOT)


@pytest.mark.parametrize(
    ("query", "table", "indexes"),
    [
        (claim, "delivery", {"ix_delivery_waiting", "ix_delivery_open", "ix_delivery_prompt"}),
        (next_due, "delivery", {"ix_delivery_waiting"}),
        (interrupted, "delivery", {"ix_delivery_open"}),
        (unfinished, "inbox", {"ix_inbox_new"}),
        (lying_aside, "inbox", {"ix_inbox_aside"}),
    ],
)
async def test_a_query_goes_by_these_indexes(place: Place, query: Query, table: str, indexes: set[str]) -> None:
    plan = await plan_of(place, query, table)
    assert {name for name in indexes if name in plan} == indexes, plan
    assert not re.search(r"\bSCAN (delivery|inbox|contact)\b(?! USING INDEX)|Seq Scan on (delivery|inbox)", plan), plan


async def plan_of(place: Place, query: Query, table: str) -> str:
    """How the database would run what ``query`` asks of ``table``, whatever the values of the parameters."""
    asked: list[tuple[str, Any]] = []
    async with place.database.write() as connection:

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            asked.append((statement, parameters))

        event.listen(connection.sync_connection, "before_cursor_execute", note)
        await query(connection)
        statement, parameters = next(one for one in asked if re.search(rf"^\s*SELECT.*\bFROM {table}\b", one[0], re.S))
        if place.database.dialect == "sqlite":
            rows = await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
            return "\n".join(row[-1] for row in rows)
        names = list(parameters)
        numbered = re.sub(r"%\((\w+)\)s", lambda match: f"${names.index(match[1]) + 1}", statement)
        for command in (
            # As the driver does with what is asked often: planned once, without the values.
            "SET LOCAL plan_cache_mode = force_generic_plan",
            # The tables are as good as empty: which indexes could be used is the question, not whether it pays here.
            "SET LOCAL enable_seqscan = off",
            f"PREPARE asked AS {numbered.replace('%%', '%')}",
        ):
            await connection.exec_driver_sql(command)
        nothing = ", ".join(["NULL"] * len(names))
        rows = await connection.exec_driver_sql(f"EXPLAIN EXECUTE asked({nothing})")
        await connection.exec_driver_sql("DEALLOCATE asked")
        return "\n".join(row[0] for row in rows)
