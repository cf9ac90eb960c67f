"""A short round of `python -m tests.monkey`: no rule is broken, whatever strangers do, under the real limits."""

from __future__ import annotations

from pathlib import Path

from bot.simulator.app import Limits
from storage.database import Database
from tests.bot.town import Watch, ground
from tests.monkey import play

SEED = 3
ACTIONS = 200


async def test_whatever_strangers_do_they_are_answered_and_nothing_breaks(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    watch = Watch(database_url)
    try:
        async with ground(tmp_path, limits=Limits()) as on:
            round_ = await play(on, database, watch, seed=SEED, actions=ACTIONS, residents=20)
    finally:
        watch.close()
    assert not round_.violations, "\n".join(round_.report())
    assert round_.actions >= ACTIONS
    assert round_.counts["messages compared with what is stored"]
    assert round_.counts["ways back"]
