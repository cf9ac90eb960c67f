"""Does a broadcast go as fast as it may, reach everybody once, and hold up nobody who answers a survey meanwhile?

Run: ``python -m tests.benchmarks.broadcast [--quick] [--json]``. A crowd of 20,000 (quick: 3,000) gets a broadcast
while twenty residents answer a survey, against a lean stub of the Bot API in a process and on a core of its own. The
limit is 300 requests a second on both sides: on SQLite in one process, on PostgreSQL with receiver, worker and three
senders. Then without limits, beside a bare aiogram loop that sends the same to as many with as many requests at a time.

Figures (``--json``: one JSON object, the last line): ``rate_share``, requests a second over those allowed, between the
first and the last second, the lower of the two databases; ``caused_429``, requests that came too fast; ``lost`` and
``doubled``, messages to the crowd; ``peak_growth_mib``, the peak of the bot's process over that with a tenth of the
crowd; ``reply_p99_ms``, from a tap to the next question, the higher; ``send_ratio``, messages a second over the bare
loop's, the ledger included, the lower of the two databases; ``stub_load``: above 0.8 the ratio is void.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.delivery import SLOTS
from tests.benchmarks import crowd
from tests.benchmarks.processes import (
    BOT_CORE,
    VOID_LOAD,
    Fork,
    Module,
    ask,
    on_postgresql,
    on_sqlite,
    peak,
    stub,
)
from tests.benchmarks.stub import FIRST_OF_CROWD

LIMIT = 300.0
TALKING = 20
THINK_SECONDS = 2.0
QUESTIONS = 11
SECONDS_AT_MOST = 300
SEVERAL = ("receiver", "worker", "delivery", "delivery", "delivery")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to: the stub's counts, the ledger's, and the peak of the largest process, in MiB."""

    stats: dict[str, float]
    ledger: dict[str, int]
    peak: float

    @property
    def rate(self) -> float:
        """Messages to the crowd a second."""
        return (self.stats["messages"] - 1) / max(self.stats["crowd_seconds"], 1e-9)


def broadcast(url: str, people: int, *, limit: float, talking: int, parts: tuple[str, ...] = ("",)) -> Run:
    """Send a broadcast to ``people``, and wait until all have it."""
    asyncio.run(crowd.prepare(url, talking=talking * people // 100 + talking, crowd=people))
    ready = [multiprocessing.get_context("fork").Event() for _ in parts]
    with stub(talking, QUESTIONS, THINK_SECONDS, limit) as port:
        base = f"http://127.0.0.1:{port}"
        processes = [
            Fork(partial(crowd.serve, base, url, limit, part, is_ready), core=BOT_CORE)
            for part, is_ready in zip(parts, ready, strict=True)
        ]
        try:
            for is_ready in ready:
                is_ready.wait(SECONDS_AT_MOST)
            while ask(port, "stats")["steps"] < talking:  # everybody talks before it begins
                time.sleep(0.1)
            ask(port, "begin")
            asyncio.run(crowd.begin(url))
            wait(port, people, processes)
            highest = max(peak(process.number) for process in processes)
            time.sleep(0.5)  # the last results are still to be recorded, and what comes twice would come now
            stats = ask(port, "stats")
        finally:
            for process in processes:
                process.end()
    return Run(stats, asyncio.run(crowd.settled(url)), highest)


def wait(port: int, people: int, processes: list[Fork]) -> None:
    until = time.monotonic() + SECONDS_AT_MOST
    while (reached := ask(port, "stats")["reached"]) < people:
        if any(process.has_ended for process in processes):
            raise SystemExit("a process of the bot has ended")
        if time.monotonic() > until:
            print(f"only {reached} of {people} were reached")
            return
        time.sleep(0.05)


def bare_loop(people: int) -> Run:
    """The same messages with bare aiogram."""
    with stub(0, QUESTIONS) as port:
        arguments = (f"http://127.0.0.1:{port}", str(FIRST_OF_CROWD), str(people), str(SLOTS), crowd.TEXTS["en"])
        process = Module("tests.benchmarks.loop", *arguments, core=BOT_CORE)
        process.wait(SECONDS_AT_MOST)
        stats = ask(port, "stats")
    return Run(stats, {}, 0)


def show(name: str, run: Run) -> None:
    print(
        f"{name:<34} {run.rate:6.0f} messages/s  reached {run.stats['reached']:6.0f}"
        f"  doubled {run.stats['doubled']:3.0f}"
        f"  429 {run.stats['refused']:3.0f}  reply p99 {run.stats['p99'] * 1e3:5.0f} ms  peak {run.peak:4.0f} MiB"
        f"  stub load {run.stats['crowd_load']:.2f}  ledger {run.ledger}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    options = parser.parse_args()
    people = 3_000 if options.quick else 20_000
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    runs: dict[str, Run] = {}

    def run(name: str, one: Run) -> None:
        runs[name] = one
        show(name, one)

    with on_sqlite() as url:
        run("SQLite, 300/s", broadcast(url, people, limit=LIMIT, talking=TALKING))
    with on_sqlite() as url:
        run("SQLite, 300/s, a tenth", broadcast(url, people // 10, limit=LIMIT, talking=TALKING))
    with on_postgresql() as url:
        several = broadcast(url, people, limit=LIMIT, talking=TALKING, parts=SEVERAL)
        run("PostgreSQL, 300/s, three senders", several)
    run("bare loop", bare_loop(people))
    with on_sqlite() as url:
        run("SQLite, no limit", broadcast(url, people, limit=0, talking=0))
    with on_postgresql() as url:
        run("PostgreSQL, no limit", broadcast(url, people, limit=0, talking=0))
    figures = summary(runs, people)
    if figures["stub_load"] > VOID_LOAD:
        print(f"void: the stub used more than {VOID_LOAD:.0%} of its core")
    print(json.dumps(figures) if options.json else figures)


def summary(runs: dict[str, Run], people: int) -> dict[str, Any]:
    limited = [runs["SQLite, 300/s"], runs["PostgreSQL, 300/s, three senders"]]
    free = [runs["SQLite, no limit"], runs["PostgreSQL, no limit"]]
    return {
        "rate_share": round(min(one.stats["steady"] for one in limited) / LIMIT, 3),
        "caused_429": int(sum(one.stats["refused"] for one in runs.values())),
        "lost": int(sum(people - one.stats["reached"] for one in [*limited, *free])),
        "doubled": int(sum(one.stats["doubled"] for one in runs.values())),
        "peak_growth_mib": round(runs["SQLite, 300/s"].peak - runs["SQLite, 300/s, a tenth"].peak, 1),
        "reply_p99_ms": round(max(one.stats["p99"] for one in limited) * 1e3, 1),
        "send_ratio": round(min(one.rate for one in free) / runs["bare loop"].rate, 3),
        "stub_load": round(max(one.stats["crowd_load"] for one in [runs["bare loop"], *free]), 2),
    }


if __name__ == "__main__":
    main()
