"""The command line: reads settings, wires the rooms of the house together, and holds no logic of its own."""

from __future__ import annotations

import asyncio
import gettext
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any, TextIO, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import click
import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.token import TokenValidationError
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from admin import staff_command, survey_command
from admin.access import Right
from admin.app import create_admin
from admin.command import CommandError
from admin.exports.command import export_rows
from admin.exports.rows import gaps, texts_left_out
from admin.results import close_and_release, release_if_due
from admin.site import LANGUAGES as ADMIN_LANGUAGES
from admin.site import NoLinkYetError, Site
from bot.address import BotAddress
from bot.api import connect
from bot.sample import founding
from bot.sample.town import OPENED
from bot.service import Service
from bot.simulator.app import Limits, Simulator, create_simulator
from bot.simulator.server import Server, listen
from bot.webhook import create_webhook
from dialogues.texts import LANGUAGES, Texts
from dialogues.walk import as_line, as_text
from storage.database import Database
from storage.places import Part, ServedElsewhereError
from storage.queries.outbox import Pace
from storage.queries.staff import list_staff
from storage.queries.town import first_town
from storage.schema import is_current, upgrade
from storage.services import towns

HERE = Path(__file__).parent
Result = TypeVar("Result")
ADMIN = "admin"
"""The part of the work that is no part of the bot's."""
DEMO_NAME = "demo"
DEMO_PASSWORD = "mitsprache-demo"  # noqa: S105 (no secret: the demo answers on this machine only, with invented data)


class Settings(BaseSettings):
    """What the environment says, each name with the prefix ``MITSPRACHE_`` (documented in docs/settings.md)."""

    model_config = SettingsConfigDict(env_prefix="MITSPRACHE_", env_file=".env", extra="ignore")

    data: Path = Path("data")
    """The data folder: the embedded database and files."""
    database: str | None = None
    """A database's address; without it, the embedded one in the data folder."""
    token: SecretStr | None = None
    """The bot's token, as @BotFather gave it."""
    api: str | None = None
    """Another Bot API server than Telegram's own, for example the simulator."""
    per_bot: float = 30.0
    """Requests a second the bot may make; 0: no limit."""
    per_chat: float = 1.0
    """Messages a second a chat may get; 0: no limit."""
    chat_burst: int = 5
    """Messages a chat may get at once after a rest."""
    per_group: float = 20.0
    """Messages a minute a group may get; 0: no limit."""
    webhook: str | None = None
    """Where Telegram shall bring updates, an address of ours that it can reach; without it we ask for them."""
    insecure: bool = False
    """The admin is used without HTTPS: cookies go over plain HTTP as well."""
    proxy: str | None = None
    """The address of the reverse proxy that tells whose request it passes on (X-Forwarded-For)."""

    def open_database(self) -> Database:
        """The database that is configured; the data folder is made if it is missing."""
        if self.database:
            return Database(self.database)
        make_folder(self.data)
        return Database.in_folder(self.data)

    @property
    def pace(self) -> Pace:
        """How fast may be sent."""
        return Pace(self.per_bot, self.per_chat, self.chat_burst, self.per_group)


def make_folder(path: Path) -> None:
    """A folder for people's data, if it is missing: only who runs us may look into it."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)


def load_texts() -> Texts:
    """Our texts in all languages; raises as ``_catalogue`` does."""
    return Texts({language: _catalogue(language, "mitsprache") for language in LANGUAGES})


def load_german() -> bytes:
    """The admin's texts in German; raises as ``_catalogue`` does."""
    return _catalogue("de", "admin")


def _catalogue(language: str, domain: str) -> bytes:
    """A compiled catalogue.

    Raises:
        click.ClickException: it has not been compiled.
    """
    path = HERE / "locales" / language / "LC_MESSAGES" / f"{domain}.mo"
    if not path.exists():
        raise click.ClickException("The catalogues are not compiled: run `make install`.")
    return path.read_bytes()


def questionnaire(name: str) -> Path:
    """The path of one of our ready questionnaires."""
    return HERE / "dialogues" / "questionnaires" / f"{name}.xlsx"


# --- the commands ---------------------------------------------------------------------------------------------------


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mitsprache")
def main() -> None:
    """Mitsprache: neighbourhood surveys by Telegram, in the language people speak at home."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


DATA = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="The data folder, instead of MITSPRACHE_DATA."
)


def configured(data: Path | None) -> Settings:
    """The settings of the environment, with what the command line says over them."""
    return Settings(data=data) if data else Settings()


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data/demo"), show_default=True)
def demo(port: int, data: Path) -> None:
    """Try everything on this machine: bot, simulator with a chat page, admin. No token, no internet."""
    make_folder(data)
    asyncio.run(_demo(port, data))


async def _demo(port: int, data: Path) -> None:
    texts = load_texts()
    async with AsyncExitStack() as stack:
        await _sample_town(data, texts)
        database = Database.in_folder(data)
        stack.push_async_callback(database.close)
        await upgrade(database)
        town_id = await _ready_town(database)
        async with database.read() as connection:
            code = await towns.first_code(connection, town_id)
        simulator = create_simulator(data / "simulator")
        await simulator.start()
        stack.push_async_callback(simulator.stop)
        account = simulator.bots[0]
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
        )
        admin = create_admin(site)
        server = await stack.enter_async_context(_serving(_side_by_side(simulator, admin), port, simulator.hang_up))
        service = Service(
            bot=connect(account.token, f"http://127.0.0.1:{port}"),
            database=database,
            texts=texts,
            town_id=town_id,
            pace=Settings().pace,
        )
        await stack.enter_async_context(_alone(service))
        click.echo(
            f"\nMitsprache is ready. Open this address in a browser:\n\n"
            f"    http://127.0.0.1:{port}/\n\n"
            f"    as a resident   http://127.0.0.1:{port}/chat?bot={account.username}&start={code}\n"
            f"    as a manager    http://127.0.0.1:{port}/admin   (name: {DEMO_NAME}, password: {DEMO_PASSWORD})\n\n"
            f"Your data is in {data}. Stop with Ctrl+C; the next start goes on where you were.\n"
        )
        await _until_stopped(server, service)


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


async def _sample_town(data: Path, texts: Texts) -> None:
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

    papers = {name: survey_command.read_file(questionnaire(name)) for name in OPENED}
    return await founding.found(database, texts, papers, now=now, close=close, release=release)


@main.command()
@click.option("--port", default=8081, show_default=True)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data/simulator"), show_default=True
)
@click.option(
    "--per-bot",
    type=float,
    default=Limits().per_bot,
    show_default=True,
    help="Messages and edits a second; 0: no limit.",
)
@click.option(
    "--per-chat",
    type=float,
    default=Limits().per_chat,
    show_default=True,
    help="Messages a second to one; 0: no limit.",
)
@click.option(
    "--per-group",
    type=float,
    default=Limits().per_group,
    show_default=True,
    help="Messages a minute to a group; 0: no limit.",
)
def simulator(port: int, data: Path, per_bot: float, per_chat: float, per_group: float) -> None:
    """Run a local Bot API server with a chat page, for trying out bots without Telegram."""
    make_folder(data)
    asyncio.run(_simulator(port, data, Limits(per_bot=per_bot, per_chat=per_chat, per_group=per_group)))


async def _simulator(port: int, data: Path, limits: Limits) -> None:
    server = create_simulator(data, limits=limits)
    await server.start()
    try:
        async with _serving(server.asgi, port, server.hang_up) as web:
            account = server.bots[0]
            click.echo(
                f"Bot API   http://127.0.0.1:{port}\nChat      http://127.0.0.1:{port}/chat\n"
                f"Bot       @{account.username}, token {account.token}"
            )
            await _until_stopped(web)
    finally:
        await server.stop()


@main.command()
@click.option("--port", default=8080, show_default=True, help="Where the admin, /health and webhooks are served.")
@click.option(
    "--only",
    type=click.Choice([*Part, ADMIN]),
    help="Do only this part; others do the rest. PostgreSQL only. Workers and deliveries may be many.",
)
@DATA
def serve(port: int, only: str | None, data: Path | None) -> None:
    """Run the bot and the admin."""
    asyncio.run(_serve(port, configured(data), only))


async def _serve(port: int, settings: Settings, only: str | None) -> None:
    if settings.token is None:
        raise click.ClickException("The bot has no token: set MITSPRACHE_TOKEN.")
    texts = load_texts()
    async with AsyncExitStack() as stack:
        database = settings.open_database()
        stack.push_async_callback(database.close)
        if only and database.path:
            raise click.ClickException("Several processes need PostgreSQL: set MITSPRACHE_DATABASE.")
        town_id = await _ready_town(database)
        try:
            bot = connect(settings.token.get_secret_value(), settings.api)
        except TokenValidationError:
            raise click.ClickException("MITSPRACHE_TOKEN is not a token as @BotFather gives it.") from None
        stack.push_async_callback(bot.session.close)
        await _must_be_accepted(bot)
        service = None
        if only != ADMIN:
            service = Service(
                bot=bot,
                database=database,
                texts=texts,
                town_id=town_id,
                pace=settings.pace,
                only=Part(only) if only else None,
                address=settings.webhook,
            )
        apps: list[Any] = []
        if service and settings.webhook and only in (None, Part.RECEIVER):
            apps.append(create_webhook(service.receiver, bot, settings.webhook))
        if only in (None, ADMIN):
            address = await stack.enter_async_context(BotAddress(bot))
            apps.append(create_admin(_site(settings, database, town_id, texts, address)))
        server = None
        if apps:
            app = _first_of(apps, settings.webhook)
            server = await stack.enter_async_context(_serving(app, port, proxy=settings.proxy))
        if service:
            await stack.enter_async_context(_alone(service))
        what = "bot" if only in (None, ADMIN) else only
        where = f" Admin: http://127.0.0.1:{port}/admin" if only in (None, ADMIN) else ""
        click.echo(f"The {what} is running.{where}")
        await _until_stopped(server, service)


def _site(settings: Settings, database: Database, town_id: int, texts: Texts, address: BotAddress) -> Site:
    def link(code: str) -> str:
        found = address.link(code)
        if found is None:
            raise NoLinkYetError
        return found

    return Site(database, town_id, texts, load_german(), link=link, secure=not settings.insecure)


def _first_of(apps: list[Any], webhook: str | None) -> Any:
    """The webhook's application for its own path, and the other one for all else, on one port."""
    path = urlsplit(webhook).path or "/" if webhook else None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (apps[0] if scope.get("path") == path else apps[-1])(scope, receive, send)

    return app


async def _must_be_accepted(bot: Bot) -> None:
    """Ask whether the token is good. Where nobody answers, the bot starts all the same and waits."""
    try:
        await bot.me()
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise click.ClickException("The Bot API does not accept MITSPRACHE_TOKEN: is it spelled right?") from None
    except (AiogramError, TimeoutError) as error:
        click.echo(f"The Bot API does not answer ({type(error).__name__}); the bot waits for it.", err=True)


async def _ready_town(database: Database) -> int:
    if not await is_current(database):
        raise click.ClickException("The database has an older schema, or none: run `mitsprache db upgrade`.")
    async with database.read() as connection:
        town_id = await first_town(connection)
    if town_id is None:
        raise click.ClickException('There is no town yet: run `mitsprache town found NAME --area "QUARTER"`.')
    return town_id


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@DATA
def db_upgrade(data: Path | None) -> None:
    """Bring the database to the newest schema; an empty one is set up."""

    async def run() -> None:
        async with _closing(configured(data).open_database()) as database:
            await upgrade(database)

    asyncio.run(run())
    click.echo("The database has the newest schema.")


@main.group()
def town() -> None:
    """Towns."""


@town.command("found")
@click.argument("name")
@click.option("--area", "areas", multiple=True, help="A quarter of the town; repeat for more.")
@click.option("--office", help="The neighbourhood office, as it is written on its door.")
@click.option("--contact", help="How to reach it: address, telephone, hours, as residents shall read it.")
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--timezone", default="Europe/Berlin", show_default=True)
@DATA
def town_found(
    name: str,
    areas: tuple[str, ...],
    office: str | None,
    contact: str | None,
    language: str,
    timezone: str,
    data: Path | None,
) -> None:
    """Create a town with its quarters."""
    if timezone not in available_timezones():
        raise click.ClickException(f"{timezone} is not the name of a time zone, for example Europe/Berlin.")

    async def run() -> None:
        async with _closing(configured(data).open_database()) as database, database.write() as connection:
            if await first_town(connection) is not None:
                raise click.ClickException("There is a town already.")
            await towns.found_town(
                connection,
                name=name,
                office=office,
                contact=contact,
                language=language,
                timezone=timezone,
                areas=areas,
            )

    asyncio.run(run())
    click.echo(f"{name} has been founded.")


@main.group()
def staff() -> None:
    """Who may sign in to the admin."""


PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of the input, instead of asking."
)


def _ask_password(*, from_stdin: bool) -> str:
    """A password, from whoever typed the command or from the input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same once more", err=True)
    return password


@staff.command("add")
@click.argument("name")
@click.option(
    "--right",
    "rights",
    multiple=True,
    type=click.Choice([right.value for right in Right]),
    help="What they may do; repeat for more.",
)
@click.option("--language", type=click.Choice(ADMIN_LANGUAGES), default="de", show_default=True)
@click.option(
    "--translates",
    multiple=True,
    type=click.Choice(LANGUAGES),
    help="A language that a mediator translates into; repeat for more.",
)
@PASSWORD_STDIN
@DATA
def staff_add(
    name: str,
    rights: tuple[str, ...],
    language: str,
    translates: tuple[str, ...],
    password_stdin: bool,
    data: Path | None,
) -> None:
    """Let somebody sign in to the admin. Asks for a password."""
    ask, now = partial(_ask_password, from_stdin=password_stdin), datetime.now(UTC)
    added = partial(staff_command.add, name=name, ask_password=ask, rights=rights, language=language, now=now)
    _in_town(data, partial(added, translates=translates))
    click.echo(f"{name} may sign in.")


@staff.command("password")
@click.argument("name")
@PASSWORD_STDIN
@DATA
def staff_password(name: str, password_stdin: bool, data: Path | None) -> None:
    """Give somebody another password. Whoever is signed in under this name must sign in again."""
    ask = partial(_ask_password, from_stdin=password_stdin)
    _in_town(data, partial(staff_command.change_password, name=name, ask_password=ask, now=datetime.now(UTC)))
    click.echo(f"{name} has a new password.")


@staff.command("remove")
@click.argument("name")
@DATA
def staff_remove(name: str, data: Path | None) -> None:
    """Let somebody sign in no more. What they did stays in the log, and so does the name."""
    _in_town(data, partial(staff_command.remove, name=name, now=datetime.now(UTC)))
    click.echo(f"{name} may sign in no more.")


@staff.command("list")
@DATA
def staff_list(data: Path | None) -> None:
    """Say who may sign in, and what they may do."""
    for line in _in_town(data, staff_command.listed):
        click.echo(line)


@main.group()
def survey() -> None:
    """Questionnaires and surveys."""


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@survey.command("check")
@FILE
def survey_check(file: Path) -> None:
    """Say whether a questionnaire can be asked, and if not, why, with sheet and row."""
    with _plainly():
        for line in survey_command.checked(file):
            click.echo(line)


@survey.command("open")
@FILE
@click.option("--area", "names", multiple=True, help="A quarter it is for; repeat for more. None: the whole town.")
@DATA
def survey_open(file: Path, names: tuple[str, ...], data: Path | None) -> None:
    """Put a questionnaire to the people, and print the code that leads to it; once more, and it is printed again."""
    with _plainly():
        paper = survey_command.read_file(file)
    for place, code in _in_town(data, partial(survey_command.put_to_people, paper=paper, names=names)):
        click.echo(f"{place}: /start {code}   (https://t.me/YOUR_BOT?start={code})")


@survey.command("walk")
@FILE
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--answers", type=click.File(encoding="utf-8"), help="JSON Lines: {'question': name, 'value': …}.")
@click.option("--json", "as_json", is_flag=True, help="Print each prompt and the final instance as a JSON object.")
def survey_walk(file: Path, language: str, answers: TextIO | None, as_json: bool) -> None:
    """Hold the interview here in the terminal, or replay answers from a file."""
    now, chance, texts = datetime.now(UTC).astimezone(), Random(), load_texts()  # noqa: S311 (no secret)
    with _plainly():
        for step in survey_command.walked(file, language, answers, sys.stdin, texts=texts, now=now, random=chance):
            click.echo(as_line(step) if as_json else as_text(step))


@main.command()
@click.argument("survey", metavar="SURVEY")
@click.option("--format", "file_format", type=click.Choice(["csv"]), default="csv", show_default=True)
@click.option("--labels", default="codes", show_default=True, help="A language of the questionnaire, for example de.")
@click.option("--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file.")
@click.option("--purpose", help="What the rows are for; it stands in the log. Asked for in a terminal.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@DATA
def export(
    survey: str, file_format: str, labels: str, path: Path, purpose: str | None, force: bool, data: Path | None
) -> None:
    """Write the rows of a survey, one line a complete response, into a file. SURVEY: its number or title."""
    assert file_format == "csv"  # noqa: S101 (there is no other yet)
    if purpose is None and sys.stdin.isatty():
        purpose = click.prompt("What are the rows for?", err=True)
    say = gettext.GNUTranslations(BytesIO(load_german())).gettext if labels == "de" else str

    rows = partial(export_rows, wanted=survey, labels=labels, path=path, purpose=purpose, force=force)
    done = _in_town(data, partial(rows, now=datetime.now(UTC), say=say))
    click.echo(f"{path} has {done.number} rows.")
    for sentence in gaps(str, done):
        click.echo(sentence, err=True)
    if done.texts_withheld:
        click.echo(texts_left_out(gettext.ngettext, done.texts_withheld), err=True)


# --- what the commands share ----------------------------------------------------------------------------------------


@contextmanager
def _plainly() -> Iterator[None]:
    """What stands against a command is said without a traceback."""
    try:
        yield
    except CommandError as error:
        raise click.ClickException(str(error)) from None


def _in_town(data: Path | None, work: Callable[[Database, int], Awaitable[Result]]) -> Result:
    """Do a command's work in the town of the database that is configured."""

    async def run() -> Result:
        async with _closing(configured(data).open_database()) as database:
            return await work(database, await _ready_town(database))

    with _plainly():
        return asyncio.run(run())


@asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[Database]:
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _serving(
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
async def _alone(service: Service) -> AsyncIterator[None]:
    """Run a service, or say plainly that it runs elsewhere."""
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(service)
        except ServedElsewhereError:
            raise click.ClickException(
                "Another process serves this bot from this database, and there must be only one: stop it first."
            ) from None
        yield


async def _until_stopped(server: Server | None, service: Service | None = None) -> None:
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


def _side_by_side(simulator: Simulator, admin: Any) -> Any:
    """The simulator and the admin on one port."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (simulator.asgi if simulator.handles(scope["path"]) else admin)(scope, receive, send)

    return app


if __name__ == "__main__":
    main()
