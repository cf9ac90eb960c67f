"""What every process that serves does: hold a port, run a service that must be alone, wait for the end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import click

from bot.service import Service
from bot.simulator.server import Server, listen
from storage.places import ServedElsewhereError


@asynccontextmanager
async def serving(
    app: Any, port: int, hang_up: Callable[[], None] = lambda: None, *, proxy: str | None = None
) -> AsyncIterator[Server]:
    """Serve an application on this machine only. At the end ``hang_up`` ends the long polls it would wait for."""
    try:
        listener = listen(port)
    except OSError:
        raise click.ClickException(f"Port {port} is taken: choose another with --port.") from None
    server = Server(app, proxy=proxy)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield server
    finally:
        server.should_exit = True
        hang_up()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def alone(service: Service) -> AsyncIterator[None]:
    """Run a service, or say plainly that it runs elsewhere."""
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(service)
        except ServedElsewhereError:
            raise click.ClickException(
                "Another process serves this bot from this database, and there must be only one: stop it first."
            ) from None
        yield


async def until_stopped(server: Server | None, service: Service | None = None) -> None:
    """Wait for a signal, or for a part of the bot to fail, which is raised."""
    waits = [server.signalled.wait() if server else _signalled(), *([service.wait()] if service else [])]
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for task in done:
        task.result()


async def _signalled() -> None:
    """Wait for the signal to end, in a process without a web server of its own."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
