"""Do two hundred who sign up at the same moment for forty places get them in turn, and is each freed place offered on?

    python -m tests.benchmarks.signups [--database sqlite|postgresql|both] [--quick] [--json] [--seed 1]

Each round: 200 people sign up for a date at the same time, one person each, handed to the writer that commits what the
bot does; then 20 of those who are in cancel, drawn at random, at the same time as well. On PostgreSQL all rounds come
once more with two writers that have connections of their own and commit no more than 10 at a time, as two processes
would: so they wait for the date's lock again and again. Five rounds each, ``--quick``: one.

Figures (``--json``: one JSON object, the last line; each database under its name, and the worst of all at the top):
``capacity``, places; ``persons_in``, who are in after all have signed up: the number farthest from ``capacity``;
``lost``, people of whom there is no sign-up with a number of its own, or another one than they were told;
``out_of_turn``, people who come although somebody with a lower number waits, who are told another position than their
number's, or, with one writer, whose number is not that of their turn; ``offers_missed``, freed places that are not kept
for, or not told to, those who are next; ``signups_per_s``, the middle round's, from the first to the last of 200.

Without a PostgreSQL server its figures are missing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import psycopg
from sqlalchemy import select

from dialogues.waiting_list import Party, Standing
from storage.database import Database
from storage.models import SignUp
from storage.queries.events import SIGN_UP, sign_up_of
from storage.schema import upgrade
from storage.services.sign_ups import Answered, begin_offers, say_no, sign_up
from storage.services.towns import found_town
from storage.writer import Writer
from tests.benchmarks.processes import on_postgresql, on_sqlite
from tests.storage.conftest import NOW
from tests.storage.test_sign_ups import put_event, put_residents

PEOPLE = 200
CAPACITY = 40
CANCELLED = 20
ROUNDS = 5
AT_A_TIME = 10
"""So few that one of two writers commits together: else either would commit its hundred at once."""
SECONDS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to."""

    persons_in: int
    lost: int
    out_of_turn: int
    offers_missed: int
    rate: float


class Hall:
    """A database with residents, and as many writers as have connections of their own."""

    def __init__(self, url: str, writers: int) -> None:
        self.databases = [Database(url) for _ in range(writers)]
        several = {"batch": AT_A_TIME} if writers > 1 else {}
        self.writers = [Writer(database, **several) for database in self.databases]
        self.town_id = 0

    async def __aenter__(self) -> Hall:
        await upgrade(self.databases[0])
        async with self.databases[0].write() as connection:
            self.town_id = await found_town(
                connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=["Nordstadt"]
            )
            await put_residents(connection, self.town_id, range(PEOPLE))
        self.tasks = [asyncio.create_task(writer.serve()) for writer in self.writers]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for database in self.databases:
            await database.close()

    async def at_once(self, service: Any, people: Sequence[int], **how: Any) -> list[Any]:
        """Let people do the same at the same moment, the writers taking turns."""
        work = [
            self.writers[at % len(self.writers)].run(partial(service, resident_id=who, now=NOW, **how))
            for at, who in enumerate(people)
        ]
        async with asyncio.timeout(SECONDS_AT_MOST):
            return await asyncio.gather(*work, return_exceptions=True)

    async def parties(self, occurrence_id: int) -> dict[int, Party]:
        async with self.databases[0].read() as connection:
            rows = await connection.execute(select(*SIGN_UP).where(SignUp.occurrence_id == occurrence_id))
            return {row.resident_id: sign_up_of(row).party for row in rows}

    async def round(self, chance: Random) -> Round:
        async with self.databases[0].write() as connection:
            _, date = await put_event(connection, self.town_id, capacity=CAPACITY)
        people = chance.sample(range(PEOPLE), PEOPLE)
        begin = time.perf_counter()
        answers = await self.at_once(sign_up, people, occurrence_id=date, persons=1)
        seconds = time.perf_counter() - begin
        before = await self.parties(date)
        told = {who: answer for who, answer in zip(people, answers, strict=True) if isinstance(answer, Answered)}
        within = sorted(who for who, party in before.items() if party.standing is Standing.COMING)
        expected = following(before, CANCELLED)
        await self.at_once(say_no, chance.sample(within, CANCELLED), occurrence_id=date, standing=Standing.DECLINED)
        later = NOW + timedelta(minutes=1)
        _, offers = await self.writers[0].run(partial(begin_offers, occurrence_id=date, now=later))
        reached = {offer.resident_id for offer in offers}
        after = await self.parties(date)
        kept = {who for who, party in after.items() if party.standing is Standing.OFFERED and party.held == 1}
        return Round(
            persons_in=sum(before[who].persons for who in within),
            lost=lost(people, told, before),
            out_of_turn=out_of_turn(people if len(self.writers) == 1 else None, told, before),
            offers_missed=CANCELLED - len(set(expected) & reached & kept),
            rate=PEOPLE / seconds,
        )


def following(parties: Mapping[int, Party], places: int) -> list[int]:
    """Those to whom the next places have to be offered."""
    waiting = [(party.number or 0, who) for who, party in parties.items() if party.standing is Standing.WAITING]
    return [who for _, who in sorted(waiting)[:places]]


def lost(people: Sequence[int], told: Mapping[int, Answered], parties: Mapping[int, Party]) -> int:
    """How many have no sign-up, none with a number of its own, or another than they were told."""
    by_number = {party.number: who for who, party in parties.items()}
    kept = [
        who
        for who in people
        if who in told
        and told[who].sign_up.party == parties.get(who)
        and parties[who].standing in (Standing.COMING, Standing.WAITING)
        and by_number[parties[who].number] == who
    ]
    return len(people) - len(kept)


def out_of_turn(order: Sequence[int] | None, told: Mapping[int, Answered], parties: Mapping[int, Party]) -> int:
    """How many are not where their number puts them. ``order``: in which they were handed in, where that is known."""
    turns = sorted(parties, key=lambda who: parties[who].number or 0)
    wrong = set()
    for turn, who in enumerate(turns, 1):
        stands = Standing.COMING if turn <= CAPACITY else Standing.WAITING
        position = None if turn <= CAPACITY else turn - CAPACITY
        if parties[who].standing is not stands or (who in told and told[who].place != position):
            wrong.add(who)
    if order is not None:
        wrong |= {who for who, first in zip(turns, order, strict=False) if who != first}
    return len(wrong)


async def rounds(url: str, *, writers: int, number: int, seed: int) -> list[Round]:
    chance = Random(seed)
    async with Hall(url, writers) as hall:
        return [await hall.round(chance) for _ in range(number)]


def summary(done: Sequence[Round]) -> dict[str, Any]:
    """The worst of several rounds with as many writers, and the middle speed."""
    return {
        "capacity": CAPACITY,
        "persons_in": max((each.persons_in for each in done), key=lambda number: abs(number - CAPACITY)),
        "lost": max(each.lost for each in done),
        "out_of_turn": max(each.out_of_turn for each in done),
        "offers_missed": max(each.offers_missed for each in done),
        "signups_per_s": round(statistics.median(each.rate for each in done), 1),
    }


def worst(figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The worst of several summaries."""
    return {
        "capacity": CAPACITY,
        "persons_in": max((each["persons_in"] for each in figures), key=lambda number: abs(number - CAPACITY)),
        **{key: max(each[key] for each in figures) for key in ("lost", "out_of_turn", "offers_missed")},
        "signups_per_s": min(each["signups_per_s"] for each in figures),
    }


def measure(name: str, number: int, seed: int) -> dict[str, Any] | None:
    """The figures of a database; None: it is not there."""
    somewhere = on_sqlite if name == "sqlite" else on_postgresql
    found = []
    for writers in (1,) if name == "sqlite" else (1, 2):
        try:
            with somewhere() as url:
                done = asyncio.run(rounds(url, writers=writers, number=number, seed=seed))
        except psycopg.OperationalError:
            print(f"{name}: skipped, no server answers")
            return None
        found.append(summary(done))
        said = ", ".join(f"{key} {value}" for key, value in found[-1].items())
        print(f"{name:<10} {writers} writer{'s' if writers > 1 else ' '} {said}", flush=True)
    return worst(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="one round instead of five")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"seed {options.seed}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    names = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    measured = {name: measure(name, 1 if options.quick else ROUNDS, options.seed) for name in names}
    figures = {name: found for name, found in measured.items() if found is not None}
    if options.json:
        print(json.dumps({**(worst(list(figures.values())) if figures else {}), **figures}))


if __name__ == "__main__":
    main()
