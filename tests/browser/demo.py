"""The demo as a newcomer starts it, in a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from playwright.async_api import Page
from sqlalchemy import delete

from storage.database import Database
from storage.models import Contact
from tests.bot.processes import Process, free_port
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
        process = Process(("demo", "--port", str(port), "--data", str(data)), log=log)
        try:
            said = await process.says("as a manager", seconds=READY)
            assert f"http://127.0.0.1:{port}/\n" in said
            yield cls(f"http://127.0.0.1:{port}", data)
        finally:
            process.interrupt()
            assert await process.ends(seconds=READY) == 0, process.said()
        assert "level='error'" not in log.read_text()

    async def leaves_nobody_a_phone(self) -> None:
        """None of the invented residents can be reached any more: whoever is made up in the chat is all there are."""
        database = Database.in_folder(self.data)
        try:
            async with database.write() as connection:
                await connection.execute(delete(Contact))
        finally:
            await database.close()


async def sign_in(page: Page) -> None:
    """Sign in as the demo's manager, on the page for it."""
    await page.fill("#name", DEMO_NAME)
    await page.fill("#password", DEMO_PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url("**/admin")
