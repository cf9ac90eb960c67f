"""Processes on cores of their own, and databases that go with the run: what benchmarks of the whole bot need."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.conftest import POSTGRESQL

STUB_CORE = 0
BOT_CORE = 1
VOID_LOAD = 0.8
"""A run in which the stub used more of its core has measured the stub."""
_ROOT = Path(__file__).resolve().parents[2]
_SCHEMA = "mitsprache_benchmark"
_forks = multiprocessing.get_context("fork")


def _core(number: int) -> set[int]:
    cores = sorted(os.sched_getaffinity(0))
    return {cores[number % len(cores)]}


class Module:
    """``python -m module`` in a process of its own, on a core of its own if the machine has two."""

    def __init__(self, module: str, *arguments: str, core: int) -> None:
        mine = _core(core)
        self._process = subprocess.Popen(  # noqa: S603 (our own modules)
            [sys.executable, "-m", module, *arguments],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, mine),
        )

    @property
    def number(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process.poll() is not None

    def line(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def wait(self, seconds: float) -> None:
        """Until it has ended."""
        self._process.wait(seconds)

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()


class Fork:
    """A process on a core of its own, forked from this one, which has loaded all libraries: it begins at once."""

    def __init__(self, serve: Callable[[], Awaitable[None]], *, core: int) -> None:
        self._process = _forks.Process(target=self._run, args=(serve, _core(core)))
        self._process.start()

    @staticmethod
    def _run(serve: Callable[[], Awaitable[None]], cores: set[int]) -> None:
        async def run() -> None:
            await serve()

        os.sched_setaffinity(0, cores)
        asyncio.run(run())

    @property
    def number(self) -> int:
        """The process's number."""
        return self._process.pid or 0

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return not self._process.is_alive()

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.join()


@contextmanager
def stub(*arguments: object) -> Iterator[int]:
    """The port of a stub of the Bot API; ``arguments`` as its ``main`` takes them, after the port."""
    process = Module("tests.benchmarks.stub", "0", *map(str, arguments), core=STUB_CORE)
    try:
        yield int(process.line())
    finally:
        process.end()


def ask(port: int, method: str) -> dict[str, float]:
    """What the stub says of itself."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/x/{method}", timeout=10) as answer:
        result: dict[str, float] = json.load(answer)["result"]
        return result


def cpu_seconds(pid: int) -> float:
    """The time that a process has spent on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> float:
    """The peak of a process's memory, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


@contextmanager
def on_postgresql() -> Iterator[str]:
    """The address of an empty schema.

    Raises:
        psycopg.OperationalError: no server answers.
    """
    with psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE")
        connection.execute(f"CREATE SCHEMA {_SCHEMA}")
        try:
            yield f"{POSTGRESQL}?options=-csearch_path%3D{_SCHEMA}"
        finally:
            connection.execute(f"DROP SCHEMA {_SCHEMA} CASCADE")


@contextmanager
def on_sqlite() -> Iterator[str]:
    """The address of a new file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/benchmark.sqlite"
