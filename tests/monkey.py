"""A stranger's hands: residents who do whatever a phone lets anybody do, against the real service under real limits.

``python -m tests.monkey`` runs 5,000 acts; the same seed makes the same choices where the chats come to the same.
Every broken rule is printed with what its resident did before; then the exit code is 1.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from secrets import randbelow
from statistics import quantiles
from typing import Any

import click
import psycopg
from sqlalchemy import func, select

from bot.simulator.app import Limits
from storage.database import Database
from storage.models import Contact, Delivery, DeliveryState, InboxState, InboxUpdate
from storage.queries.outbox import Pace
from storage.schema import upgrade
from tests.bot.monkey.observer import Log, Observer, Violation
from tests.bot.monkey.stranger import Posters, Stranger
from tests.bot.monkey.words import Words
from tests.bot.town import PATIENCE, Ground, Town, Watch, ground, ready, running, table

ACTIONS = 5_000
RESIDENTS = 80
ACTS_A_SECOND = 14.0
"""About what the bot's 30 messages and edits a second let through; each act makes about two."""
WITHIN = 1.0
"""Seconds after its turn in which an answer has to be seen."""
HEALTH = """
| survey  |                           |           |                                        |                                 |          |                           |               |                    |               |               |
|         | type                      | name      | label::English (en)                    | label::Deutsch (de)             | required | constraint                | relevant      | constraint_message::English (en) | constraint_message::Deutsch (de) | bind::topic |
|         | note                      | intro     | A few words before we begin.           | Ein paar Worte vorab.           |          |                           |               |                    |               |               |
|         | select_one yes_no         | well      | Do you feel well?                      | Geht es Ihnen gut?              | yes      |                           |               |                    |               | health        |
|         | select_multiple doctors   | doctors   | Which doctors are missing near you?    | Welche Ärzte fehlen in der Nähe? | yes     | count-selected(.) < 4     |               | Three at most, please. | Höchstens drei, bitte. | health    |
|         | integer                   | visits    | How often were you at a doctor's?      | Wie oft waren Sie beim Arzt?    |          | . >= 0 and . < 200        | ${well} = 'n' |                    |               | health        |
|         | decimal                   | metres    | How far is it to the pharmacy in km?   | Wie weit ist die Apotheke in km? |         |                           |               |                    |               |               |
|         | date                      | last      | When were you there last?              | Wann waren Sie zuletzt dort?    |          | . <= today()              |               |                    |               |               |
|         | text                      | words     | What else should we know about it?     | Was sollen wir noch wissen?     |          |                           |               |                    |               | health        |
| choices |                           |           |                                        |                                 |          |                           |               |                    |               |               |
|         | list_name                 | name      | label::English (en)                    | label::Deutsch (de)             |          |                           |               |                    |               |               |
|         | yes_no                    | y         | Very well                              | Sehr gut                        |          |                           |               |                    |               |               |
|         | yes_no                    | n         | Not so well                            | Nicht so gut                    |          |                           |               |                    |               |               |
|         | doctors                   | a         | For children                           | Für Kinder                      |          |                           |               |                    |               |               |
|         | doctors                   | b         | For teeth                              | Für Zähne                       |          |                           |               |                    |               |               |
|         | doctors                   | c         | For eyes                               | Für Augen                       |          |                           |               |                    |               |               |
|         | doctors                   | d         | For women                              | Für Frauen                      |          |                           |               |                    |               |               |
|         | doctors                   | e         | A midwife who speaks a language of mine and has time | Eine Hebamme, die eine meiner Sprachen spricht und Zeit hat |  |  |        |                    |               |               |
"""  # noqa: E501 (a table)
"""Asks about health: begins only with explicit consent. In two languages only."""


@dataclass
class Round:
    """What a run came to."""

    seed: int
    actions: int = 0
    seconds: float = 0.0
    violations: list[Violation] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    starved: float = 0.0
    longest_lag: float = 0.0

    def summary(self) -> dict[str, Any]:
        """The figures."""
        parts = quantiles(self.late, n=100) if len(self.late) > 1 else [0.0] * 99
        return {
            "seed": self.seed,
            "actions": self.actions,
            "violations": len(self.violations),
            "rules_broken": dict(Counter(each.rule for each in self.violations)),
            "slowest_ms": round(max(self.late, default=0) * 1000),
            "median_ms": round(parts[49] * 1000),
            "p99_ms": round(parts[98] * 1000),
            "measured": len(self.late),
            "loop_lag_ms": round(self.longest_lag * 1000),
            "without_processor_ms": round(self.starved * 1000),
            "seconds": round(self.seconds, 1),
            "counts": dict(sorted(self.counts.items())),
        }

    def report(self) -> Iterator[str]:
        """Each broken rule with what its resident did before."""
        for each in self.violations:
            yield f"seed {self.seed}: {each.rule}: {each.detail}"
            yield from (f"    {line}" for line in each.history)


async def play(
    on: Ground, database: Database, watch: Watch, *, seed: int, actions: int, residents: int, within: float = WITHIN
) -> Round:
    """Let strangers loose on a new town."""
    pace = Pace()
    round_ = Round(seed)
    log = Log()
    async with running(on, database, watch, pace=pace) as town:
        with log.open():
            posters = await _open_surveys(town)
            observer = Observer(town, Words([each.paper.form for each in posters.surveys]), pace=pace, within=within)
            with observer.eavesdropping():
                await _let_loose(town, observer, posters, round_, actions=actions, residents=residents)
            await observer.stop()
            await _look_at_the_end(town, observer, log)
    round_.violations, round_.late, round_.counts = observer.violations, observer.late, observer.counts
    round_.starved, round_.longest_lag = observer.starved, observer.longest_lag
    return round_


async def _open_surveys(town: Town) -> Posters:
    surveys = (
        await town.open_survey(ready("living_in_my_quarter")),
        await town.open_survey(ready("what_should_happen_on_the_square"), "Nordstadt"),
        await town.open_survey(ready("after_the_festival"), "Nordstadt", "Hafenviertel"),
        await town.open_survey(table(HEALTH, "Health"), "Hafenviertel"),
    )
    area = await town.link(area="Nordstadt")
    return Posters(surveys, (*(each.code for each in surveys), area))


async def _let_loose(
    town: Town, observer: Observer, posters: Posters, round_: Round, *, actions: int, residents: int
) -> None:
    chance = Random(round_.seed)

    def took() -> bool:
        observer_is_content = len(observer.violations) < 50
        return observer_is_content and observer.counts["acts"] < actions

    strangers: list[Stranger] = []
    for number in range(residents):
        own = Random(chance.getrandbits(64))
        strangers.append(Stranger(town, observer, posters, number, own, took, strangers))
        await strangers[-1].arrive()
    began = time.monotonic()
    await asyncio.gather(*(each.live(residents / ACTS_A_SECOND) for each in strangers))
    for at_once in range(0, residents, 8):
        await asyncio.gather(*(each.check() for each in strangers[at_once : at_once + 8]))
    round_.seconds = time.monotonic() - began
    round_.actions = observer.counts["acts"]
    for each in strangers:
        observer.counts["interviews completed"] += len((await each.facts()).part)


async def _look_at_the_end(town: Town, observer: Observer, log: Log) -> None:
    try:
        await town.settled()
    except TimeoutError:
        observer.complain("everything settles", f"after {PATIENCE} s there is still something to do")
    for line in log.lines:
        observer.complain("nothing goes wrong in the log", line)
    aside = select(InboxUpdate.reason).where(InboxUpdate.bot_id == town.bot.id, InboxUpdate.state == InboxState.ASIDE)
    for row in await town.rows(aside):
        observer.complain("no update is set aside", row.reason)
    failed = (
        select(Contact.chat_id, Delivery.method, Delivery.state, Delivery.reason, func.count().label("number"))
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(Delivery.bot_id == town.bot.id, Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNCERTAIN)))
        .group_by(Contact.chat_id, Delivery.method, Delivery.state, Delivery.reason)
    )
    for row in await town.rows(failed):
        view = observer.chats[row.chat_id]
        observer.counts[f"{row.state}: {row.reason}"] += row.number
        if not view.ever_blocked or row.state == DeliveryState.UNCERTAIN:
            observer.complain("no delivery fails but to who blocks us", f"{row.method}: {row.reason}", view)


# --- from the command line ---


@contextmanager
def _schema(url: str) -> Iterator[str]:
    """A schema of our own on a PostgreSQL server, dropped at the end."""
    name = f"mitsprache_monkey_{randbelow(10**9)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@asynccontextmanager
async def _stored(url: str) -> AsyncIterator[tuple[Database, Watch]]:
    database = Database(url)
    await upgrade(database)
    watch = Watch(url)
    try:
        yield database, watch
    finally:
        watch.close()
        await database.close()


async def _run(url: str, folder: Path, *, seed: int, actions: int, residents: int) -> Round:
    async with ground(folder, limits=Limits()) as on, _stored(url) as (database, watch):
        return await play(on, database, watch, seed=seed, actions=actions, residents=residents)


@click.command()
@click.option("--seed", type=int, help="Of the choices; a random one if not given.")
@click.option("--actions", default=ACTIONS, show_default=True)
@click.option("--residents", default=RESIDENTS, show_default=True)
@click.option("--database", help="The address of a PostgreSQL database that takes a schema; else SQLite, for this run.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one line of JSON at the end.")
def main(seed: int | None, actions: int, residents: int, database: str | None, as_json: bool) -> None:
    """Let strangers loose on a town for some thousand acts, and say which rules were broken."""
    seed = randbelow(2**32) if seed is None else seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if database:
            with _schema(database) as url:
                round_ = asyncio.run(_run(url, Path(folder), seed=seed, actions=actions, residents=residents))
        else:
            url = f"sqlite:///{folder}/mitsprache.sqlite"
            round_ = asyncio.run(_run(url, Path(folder), seed=seed, actions=actions, residents=residents))
    for line in round_.report():
        print(line)
    figures = round_.summary()
    if as_json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    sys.exit(1 if round_.violations else 0)


if __name__ == "__main__":
    main()
