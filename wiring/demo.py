"""``mitsprache demo``: everything on this machine, with a town of invented residents."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from admin import staff_command
from admin.access import Right
from admin.app import create_admin
from admin.handing_over.carrier import Carrier
from admin.handing_over.servers import Servers
from admin.results import close_and_release, release_if_due
from admin.site import Site
from bot.api import connect
from bot.sample import founding
from bot.sample.phones import give_phones
from bot.sample.town import OPENED
from bot.service import Service
from bot.simulator.app import Simulator, create_simulator
from dialogues.forms import read_paper
from dialogues.texts import Texts
from storage.database import Database
from storage.queries.staff import list_staff
from storage.schema import upgrade
from storage.services import towns
from wiring.files import load_german, load_texts, questionnaire
from wiring.process import alone, serving, until_stopped
from wiring.settings import Settings
from wiring.town import ready_town

DEMO_NAME = "demo"
DEMO_PASSWORD = "mitsprache-demo"  # noqa: S105 (no secret: the demo answers on this machine only, with invented data)


async def run_demo(port: int, data: Path) -> None:
    """Serve the bot, the simulator and the admin from a data folder until we are stopped; the first start fills it."""
    texts = load_texts()
    async with AsyncExitStack() as stack:
        await ensure_sample_town(data, texts)
        database = Database.in_folder(data)
        stack.push_async_callback(database.close)
        await upgrade(database)
        town_id = await ready_town(database)
        async with database.read() as connection:
            code = await towns.first_code(connection, town_id)
        simulator = create_simulator(data / "simulator")
        await simulator.start()
        stack.push_async_callback(simulator.stop)
        account = simulator.bots[0]
        simulator.settle(account, await give_phones(database, town_id, bot_id=account.id))
        await _demo_staff(database, town_id)
        site = Site(
            database,
            town_id,
            texts,
            load_german(),
            link=lambda code: f"http://127.0.0.1:{port}/chat?bot={account.username}&start={code}",
            is_sample=True,
            chat=f"/chat?bot={account.username}&start={code}",
            secure=False,
            servers=Servers.named("127.0.0.1 localhost", any_port=True),
        )
        admin = create_admin(site)
        await stack.enter_async_context(Carrier(database, town_id, site.servers).at_work())
        server = await stack.enter_async_context(serving(_side_by_side(simulator, admin), port, simulator.hang_up))
        service = Service(
            bot=connect(account.token, f"http://127.0.0.1:{port}"),
            database=database,
            texts=texts,
            town_id=town_id,
            pace=Settings().pace,
        )
        await stack.enter_async_context(alone(service))
        click.echo(
            f"\nMitsprache is ready. Open this address in a browser:\n\n"
            f"    http://127.0.0.1:{port}/\n\n"
            f"    as a resident   http://127.0.0.1:{port}/chat?bot={account.username}&start={code}\n"
            f"    as a manager    http://127.0.0.1:{port}/admin   (name: {DEMO_NAME}, password: {DEMO_PASSWORD})\n\n"
            f"Your data is in {data}. Stop with Ctrl+C; the next start goes on where you were.\n"
        )
        await until_stopped(server, service)


def _side_by_side(simulator: Simulator, admin: Any) -> Any:
    """The simulator and the admin on one port."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (simulator.asgi if simulator.handles(scope["path"]) else admin)(scope, receive, send)

    return app


async def _demo_staff(database: Database, town_id: int) -> None:
    """The demo's manager, with a password that is no secret: only this machine can reach the demo."""
    async with database.read() as connection:
        if any(each.name == DEMO_NAME for each in await list_staff(connection, town_id)):
            return
    await staff_command.add(
        database,
        town_id,
        name=DEMO_NAME,
        ask_password=lambda: DEMO_PASSWORD,
        rights=list(Right),
        language="de",
        now=datetime.now(UTC),
    )


async def ensure_sample_town(data: Path, texts: Texts) -> None:
    """At the first start, put the demo's database into its folder: only when the town in it is whole."""

    async def fill(database: Database) -> None:
        click.echo("This is the first start: 300 invented residents answer some surveys. That takes a few seconds.")
        await found_sample_town(database, texts, now=datetime.now(UTC))

    await founding.first_start(data, fill)


async def found_sample_town(database: Database, texts: Texts, *, now: datetime) -> int:
    """Found the demo's town with what the office does in it; returns its id."""

    async def close(town_id: int, survey_id: int, at: datetime) -> None:
        await close_and_release(database, town_id=town_id, survey_id=survey_id, staff_id=None, now=at, today=at.date())

    async def release(town_id: int, survey_id: int, at: datetime) -> None:
        await release_if_due(database, town_id=town_id, survey_id=survey_id, today=at.date())

    papers = {name: read_paper(questionnaire(name).read_bytes(), "xlsx", name) for name in OPENED}
    return await founding.found(database, texts, papers, now=now, close=close, release=release)
