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
TIMEOUT = 3.0


async def test_after_read_timeouts_who_perhaps_has_it_is_in_doubt_and_nobody_else(city: City) -> None:
    async with asyncio.timeout(SECONDS), city.served_here(timeout=TIMEOUT):
        await city.begin()
        await city.arrives(BEFORE)
        arrived = await city.fault(kind="hang", share=SHARE, count=20)
        lost = await city.fault(kind="hang", share=SHARE, count=20, carried_out=False)
        await city.ends()
    fate = await city.fate()
    in_doubt = fate.chats(DeliveryState.UNCERTAIN)
    assert in_doubt == city.struck_by(arrived, lost)
    assert {chat for chat in in_doubt if fate.got[chat]} == city.struck_by(arrived)


async def test_after_connections_were_reset_who_perhaps_has_it_is_in_doubt_and_nobody_else(city: City) -> None:
    async with asyncio.timeout(SECONDS):
        await city.serve()
        await city.begin()
        await city.arrives(BEFORE)
        written = await city.fault(kind="reset", share=SHARE, duration=SHORTLY)
        await city.ends()
    fate = await city.fate()
    in_doubt = fate.chats(DeliveryState.UNCERTAIN)
    assert in_doubt
    assert in_doubt == city.struck_by(written)
    assert all(fate.got[chat] == 1 for chat in in_doubt)


async def test_a_storm_of_server_errors_passes_before_many_are_in_doubt(city: City) -> None:
    async with asyncio.timeout(SECONDS):
        await city.serve()
        await city.begin()
        await city.arrives(BEFORE)
        storm = await city.fault(kind="status", status=502, share=SHARE, duration=SHORTLY)
        await city.ends()
    fate = await city.fate()
    in_doubt = fate.chats(DeliveryState.UNCERTAIN)
    print(f"{len(in_doubt)} are in doubt")
    assert in_doubt
    assert in_doubt == city.struck_by(storm)
    assert len(in_doubt) < CROWD // 10


async def test_a_storm_of_too_many_requests_loses_nobody_and_leaves_nobody_in_doubt(city: City) -> None:
    async with asyncio.timeout(SECONDS):
        await city.serve()
        await city.begin()
        await city.arrives(BEFORE)
        storm = await city.fault(kind="status", status=429, retry_after=1, share=SHARE, duration=SHORTLY)
        await city.ends()
    fate = await city.fate()
    assert city.struck_by(storm)
    assert fate.account.sent == CROWD
