"""How fast is a survey answer, end to end, beside a bare aiogram echo that makes the same API calls?

Run: ``python -m tests.benchmarks.conversation [--quick] [--json]``. Three runs against the same stub of the Bot API,
which plays fifty residents, in a process and on a core of its own: the echo, our bot on SQLite and on PostgreSQL.
A step of ours: update in, stored, deduplicated, engine, committed, callback answered, question settled, next one out.

Then all three again with updates that are brought by webhook, to aiogram's own request handler and to ours.

Figures (``--json``: one JSON object, the last line): ``step_ratio``, ours / echo in steps a second, the lower of the
two databases; ``step_ratio_webhook``, the same by webhook; ``cpu_ratio``, CPU seconds a step of the bot's process,
ours / echo, the higher; ``steps_per_s``, ``p50_ms`` and ``p99_ms`` of the slower database; ``stub_load``, the share of
its core that the stub used: above 0.8 a run is void.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.benchmarks.ours import ours
from tests.benchmarks.processes import (
    BOT_CORE,
    VOID_LOAD,
    Fork,
    Module,
    ask,
    cpu_seconds,
    on_postgresql,
    on_sqlite,
    stub,
)

CHATS_AT_ONCE = 50
QUESTIONS = 11
STEPS_A_SECOND_AT_MOST = 2_500
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Figures:
    """One run: steps a second, CPU seconds a step, seconds of the median and the 99th percentile, the stub's load."""

    rate: float
    cpu: float
    p50: float
    p99: float
    load: float


def run(start: Callable[[str], Fork | Module], seconds: float) -> Figures:
    """Let a bot work for ``seconds`` and return what was counted. ``start`` is given the address of the Bot API."""
    with stub(CHATS_AT_ONCE, QUESTIONS) as port:
        bot = start(f"http://127.0.0.1:{port}")
        try:
            until = time.monotonic() + START_SECONDS
            while ask(port, "stats")["steps"] < CHATS_AT_ONCE:
                if bot.has_ended or time.monotonic() > until:
                    raise SystemExit("the bot did not start")
                time.sleep(0.1)
            time.sleep(1)
            ask(port, "begin")
            before = cpu_seconds(bot.number)
            time.sleep(seconds)
            stats = ask(port, "stats")
            used = cpu_seconds(bot.number) - before
        finally:
            bot.end()
    return Figures(stats["steps"] / stats["seconds"], used / stats["steps"], stats["p50"], stats["p99"], stats["load"])


def address() -> str:
    """A webhook's address on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/telegram"


def run_echo(seconds: float, *where: str) -> Figures:
    """Bare aiogram."""
    return run(lambda base: Module("tests.benchmarks.echo", base, *where, core=BOT_CORE), seconds)


def run_ours(database_url: str, seconds: float, *where: str) -> Figures:
    """Our bot."""
    residents = CHATS_AT_ONCE + int((seconds + 5) * STEPS_A_SECOND_AT_MOST / QUESTIONS)
    return run(lambda base: Fork(lambda: ours(base, database_url, residents, *where), core=BOT_CORE), seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    options = parser.parse_args()
    seconds = 2.0 if options.quick else 20.0
    runs = {}
    for name, where in (("", ()), (" by webhook", (address(),))):
        runs[f"echo{name}"] = run_echo(seconds, *where)
        with on_sqlite() as url:
            runs[f"SQLite{name}"] = run_ours(url, seconds, *where)
        with on_postgresql() as url:
            runs[f"PostgreSQL{name}"] = run_ours(url, seconds, *where)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name, one in runs.items():
        print(
            f"{name:<21} {one.rate:7.0f} steps/s  {one.cpu * 1e3:5.2f} ms CPU a step  "
            f"p50 {one.p50 * 1e3:5.1f} ms  p99 {one.p99 * 1e3:5.1f} ms  stub load {one.load:.2f}"
        )
    echo, ours = runs["echo"], (runs["SQLite"], runs["PostgreSQL"])
    slower = min(ours, key=lambda one: one.rate)
    brought = min(runs[f"{name} by webhook"].rate for name in ("SQLite", "PostgreSQL"))
    figures = {
        "step_ratio": round(slower.rate / echo.rate, 3),
        "step_ratio_webhook": round(brought / runs["echo by webhook"].rate, 3),
        "cpu_ratio": round(max(one.cpu for one in ours) / echo.cpu, 3),
        "steps_per_s": round(slower.rate),
        "p50_ms": round(slower.p50 * 1e3, 1),
        "p99_ms": round(slower.p99 * 1e3, 1),
        "stub_load": round(max(one.load for one in runs.values()), 2),
    }
    if figures["stub_load"] > VOID_LOAD:
        print(f"void: the stub used more than {VOID_LOAD:.0%} of its core")
    print(json.dumps(figures) if options.json else figures)


if __name__ == "__main__":
    main()
