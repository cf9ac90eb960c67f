"""``mitsprache simulator``: the simulated Telegram by itself, for any bot."""

from __future__ import annotations

from pathlib import Path

import click

from bot.simulator.app import Limits, create_simulator
from wiring.process import serving, until_stopped


async def run_simulator(port: int, data: Path, limits: Limits) -> None:
    """Serve it until we are stopped."""
    server = create_simulator(data, limits=limits)
    await server.start()
    try:
        async with serving(server.asgi, port, server.hang_up) as web:
            account = server.bots[0]
            click.echo(
                f"Bot API   http://127.0.0.1:{port}\nChat      http://127.0.0.1:{port}/chat\n"
                f"Bot       @{account.username}, token {account.token}"
            )
            await until_stopped(web)
    finally:
        await server.stop()
