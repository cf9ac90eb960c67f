"""The demo as a newcomer starts it, in a process of its own."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from playwright.async_api import Page
from sqlalchemy import delete

from storage.database import Database
from storage.models import Contact
from tests.bot.processes import free_port
from wiring.demo import DEMO_NAME, DEMO_PASSWORD

READY = 60.0
"""Seconds in which the demo is up or down, however busy the machine."""


@dataclass(frozen=True)
class Demo:
    """``make demo`` at work: where it answers, and where its data lies."""

    address: str
    data: Path

    @classmethod
    @asynccontextmanager
    async def running(cls, folder: Path, *, town: Path | None = None) -> AsyncIterator[Self]:
        """Start it; at the end stop it as Ctrl+C does, which must be in peace.

        ``town``: the data folder of a demo that was started before, to go on from; None: this is the first start.
        """
        port, data, log = free_port(), folder / "demo", folder / "log"
        if town is not None:
            shutil.copytree(town, data)
        arguments = ("-m", "mitsprache", "demo", "--port", str(port), "--data", str(data))
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=folder, stdout=PIPE, stderr=errors
            )
            try:
                said = await asyncio.wait_for(_said_until(process, "as a manager"), READY)
                assert f"http://127.0.0.1:{port}/\n" in said, said + log.read_text()
                yield cls(f"http://127.0.0.1:{port}", data)
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGINT)
                await asyncio.wait_for(process.wait(), READY)
        assert process.returncode == 0, log.read_text()
        assert "level='error'" not in log.read_text()

    async def leaves_nobody_a_phone(self) -> None:
        """None of the invented residents can be reached any more: whoever is made up in the chat is all there are."""
        database = Database.in_folder(self.data)
        try:
            async with database.write() as connection:
                await connection.execute(delete(Contact))
        finally:
            await database.close()


async def _said_until(process: Process, words: str) -> str:
    assert process.stdout is not None
    said = ""
    async for line in process.stdout:
        said += line.decode()
        if words in said:
            break
    return said


async def sign_in(page: Page) -> None:
    """Sign in as the demo's manager, on the page for it."""
    await page.fill("#name", DEMO_NAME)
    await page.fill("#password", DEMO_PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/admin")
