"""Real processes of the command line, to be killed without warning.

They are forked from a process that has already imported ``mitsprache``: importing takes longer than most lives here,
and it is the working bot that is to be hit. Imports nothing of ours itself: every such process reads this file.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["mitsprache", "litestar.plugins.pydantic"])


def free_port() -> int:
    """A port that nobody listens to now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _run(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(environment)
    os.chdir(log.parent)  # nothing may depend on where it is started
    from mitsprache import main

    main(list(arguments), prog_name="mitsprache")


class Process:
    """One command of the command line, with what it prints in ``log``."""

    def __init__(self, arguments: Sequence[str], *, environment: Mapping[str, str] | None = None, log: Path) -> None:
        self.log = log
        self._process = _FORKS.Process(target=_run, args=(tuple(arguments), dict(environment or {}), log), daemon=True)
        self._process.start()

    async def listens(self, port: int, *, seconds: float = 30) -> None:
        """Wait until somebody listens to ``port``; fail if the process ends before, or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert self.is_alive, f"the process has ended:\n{self.said()}"
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return
        raise AssertionError(f"nobody listens after {seconds} s:\n{self.said()}")

    async def says(self, words: str, *, seconds: float = 30) -> str:
        """Wait until it has printed ``words``, and return what it has printed until then; fail as `listens` does."""
        end = time.monotonic() + seconds
        while words not in self.said():
            assert self.is_alive, f"the process has ended:\n{self.said()}"
            assert time.monotonic() < end, f"it has not said {words!r} after {seconds} s:\n{self.said()}"
            await asyncio.sleep(0.02)
        return self.said()

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    async def kill(self) -> None:
        """SIGKILL: it cannot tidy up, and nothing more comes from it when this returns."""
        self._process.kill()
        await asyncio.to_thread(self._process.join)

    def terminate(self) -> None:
        """SIGTERM: it is asked to end."""
        self._process.terminate()

    def interrupt(self) -> None:
        """SIGINT: as Ctrl+C does."""
        if self.is_alive and self._process.pid:
            os.kill(self._process.pid, signal.SIGINT)

    async def ends(self, *, seconds: float = 30) -> int:
        """Wait for its own end and return its exit code."""
        await asyncio.to_thread(self._process.join, seconds)
        assert self._process.exitcode is not None, f"it has not ended after {seconds} s:\n{self.said()}"
        return self._process.exitcode

    def said(self) -> str:
        """The end of what it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""


async def command(*arguments: str, environment: Mapping[str, str], log: Path) -> str:
    """Run a command to its end and return what it printed; fail if it fails."""
    process = Process(arguments, environment=environment, log=log)
    code = await process.ends()
    assert code == 0, f"mitsprache {' '.join(arguments)}: {process.said()}"
    return process.said()
