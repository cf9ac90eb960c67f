"""Three senders write to 3,000 people from processes of their own, and one of them is killed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery import SLOTS
from storage.models import DeliveryState
from storage.places import Part
from tests.chaos.city import CROWD, SECONDS, City

SENDERS = 3
SECONDS_TO_TAKE_OVER = 15
"""Another sender looks every two seconds whether one has gone; a busy machine may take its time."""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_a_killed_sender_has_left_undecided_another_takes_over_and_nobody_is_written_to_twice(
    city: City,
) -> None:
    async with asyncio.timeout(SECONDS):
        await city.serve_only(Part.RECEIVER)
        await city.serve_only(Part.WORKER)
        senders = [await city.serve_only(Part.DELIVERY) for _ in range(SENDERS)]
        await city.begin()
        await city.arrives(CROWD // 3)
        await city.kill(senders[1])
        killed_at = datetime.now(UTC)
        await city.ends()
    fate = await city.fate()
    rows = await city.rows()
    print(f"{fate.account.uncertain} are in doubt")
    in_doubt = [row for row in rows if row.state == DeliveryState.UNCERTAIN]
    assert 0 < len(in_doubt) <= SLOTS
    assert {(row.sender, row.reason) for row in in_doubt} == {(2, "interrupted")}
    assert all(row.finished_at - killed_at < timedelta(seconds=SECONDS_TO_TAKE_OVER) for row in in_doubt)
    assert {row.sender for row in rows} == {1, 2, 3}
