"""The bot is killed without warning, again and again, while it writes to 3,000 people."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from bot.delivery import SLOTS
from storage.models import DeliveryState
from tests.bot import people
from tests.bot.test_killed import seeded
from tests.chaos.city import CROWD, SECONDS, City, talking

KILLS = 20
TALKING = 3
THOUGHT = 0.3
"""Seconds that somebody thinks at most: all have answered before the broadcast is through."""


async def test_twenty_kills_lose_nobody_write_to_nobody_twice_and_leave_no_more_in_doubt_than_was_under_way(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = seeded()
    monkeypatch.setattr(people, "THOUGHT", THOUGHT)
    async with asyncio.timeout(SECONDS):
        await city.begin()
        async with talking(city, TALKING, chance):
            cut_off = await kill_again_and_again(city, chance)
        await city.ends()
    fate = await city.fate()
    print(f"{[len(each) for each in cut_off]} were under way, {fate.account.uncertain} are in doubt")
    assert max(len(each) for each in cut_off) <= SLOTS
    assert fate.account.uncertain <= SLOTS * KILLS
    assert sum(bool(each) for each in cut_off) >= KILLS // 2
    in_doubt = [row for row in await city.rows() if row.state == DeliveryState.UNCERTAIN]
    assert {row.reason for row in in_doubt} == {"interrupted"}


async def kill_again_and_again(city: City, chance: Random) -> list[set[int]]:
    """Kill the bot at moments that are spread over the whole broadcast; returns what each has cut off.

    What was cut off may never arrive, so it counts as well: the last moments would not come otherwise.
    """
    cut_off: list[set[int]] = []
    moments = sorted(chance.sample(range(1, CROWD - 200), KILLS))
    bot = await city.serve()
    for moment in moments:
        await city.arrives(moment - sum(map(len, cut_off)))
        await asyncio.sleep(chance.uniform(0, 0.05))
        cut_off.append(await city.kill(bot))
        bot = await city.serve()
    return cut_off
