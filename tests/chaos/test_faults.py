"""Telegram does not answer, breaks off, fails, or is asked too much, while 3,000 people are written to."""

from __future__ import annotations

import asyncio

from storage.models import DeliveryState
from tests.chaos.city import CROWD, SECONDS, City

BEFORE = 500
"""So many have the message already when something goes wrong."""
SHARE = 0.3
SHORTLY = 2.0
"""Seconds for which something goes wrong."""
TIMEOUT = 2.0
"""Seconds in which a request must be answered: a minute otherwise."""


async def test_after_read_timeouts_and_resets_those_are_in_doubt_who_were_being_written_to_and_nobody_else(
    city: City,
) -> None:
    async with asyncio.timeout(SECONDS), city.served_here(timeout=TIMEOUT):
        await city.begin()
        await city.arrives(BEFORE)
        arrived = await city.fault(kind="hang", share=SHARE, count=15)
        lost = await city.fault(kind="hang", share=SHARE, count=15, carried_out=False)
        written = await city.fault(kind="reset", share=SHARE, count=15)
        await city.ends()
    fate = await city.fate()
    in_doubt = fate.chats(DeliveryState.UNCERTAIN)
    assert in_doubt == city.struck_by(arrived, lost, written)
    assert {chat for chat in in_doubt if fate.got[chat]} == city.struck_by(arrived, written)


async def test_a_storm_of_server_errors_leaves_few_in_doubt_and_one_of_too_many_requests_nobody(city: City) -> None:
    async with asyncio.timeout(SECONDS):
        await city.serve()
        await city.begin()
        await city.arrives(BEFORE)
        errors = await city.fault(kind="status", status=502, share=SHARE, duration=SHORTLY)
        await city.arrives(CROWD // 2)
        too_many = await city.fault(kind="status", status=429, retry_after=1, share=SHARE, duration=SHORTLY)
        await city.ends()
    fate = await city.fate()
    in_doubt = fate.chats(DeliveryState.UNCERTAIN)
    print(f"{len(in_doubt)} are in doubt")
    assert 0 < len(in_doubt) < CROWD // 10
    assert in_doubt == city.struck_by(errors)
    assert city.struck_by(too_many) - in_doubt
