"""The command line: what can be typed, and nothing more. What runs then stands in ``wiring`` and in the rooms."""

from __future__ import annotations

import asyncio
import gettext
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import TextIO, TypeVar
from zoneinfo import available_timezones

import click
import structlog

from admin import staff_command, survey_command
from admin.access import Right
from admin.command import CommandError
from admin.exports.command import export_rows
from admin.exports.command import told as export_told
from admin.site import LANGUAGES as ADMIN_LANGUAGES
from bot.simulator.app import Limits
from dialogues.texts import LANGUAGES
from dialogues.walk import as_line, as_text
from storage.database import Database
from storage.places import Part
from storage.queries.town import first_town
from storage.schema import upgrade
from storage.services import towns
from wiring.demo import run_demo
from wiring.files import load_german, load_texts
from wiring.serve import ADMIN, run_parts
from wiring.settings import Settings, make_folder
from wiring.simulator import run_simulator
from wiring.town import ENGLISH, add_areas, must_be_current, ready_town

Result = TypeVar("Result")


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
    asyncio.run(run_demo(port, data))


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
    asyncio.run(run_simulator(port, data, Limits(per_bot=per_bot, per_chat=per_chat, per_group=per_group)))


@main.command()
@click.option("--port", default=8080, show_default=True, help="Where the admin, /health and webhooks are served.")
@click.option(
    "--only",
    type=click.Choice([*map(str, Part), ADMIN]),
    help="Do only this part; others do the rest. PostgreSQL only. Workers and deliveries may be many.",
)
@DATA
def serve(port: int, only: str | None, data: Path | None) -> None:
    """Run the bot and the admin."""
    asyncio.run(run_parts(port, configured(data), only))


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@DATA
def db_upgrade(data: Path | None) -> None:
    """Bring the database to the newest schema; an empty one is set up."""

    settings = configured(data)
    if not settings.database:
        make_folder(settings.data)

    async def run() -> None:
        async with _closing(settings.open_database()) as database:
            await upgrade(database)

    asyncio.run(run())
    click.echo("The database has the newest schema.")


@main.group()
def town() -> None:
    """Towns."""


@town.command("found")
@click.argument("name")
@click.option("--area", "areas", multiple=True, help="A quarter, or an area in one: QUARTER/AREA; repeat for more.")
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
    """Create a town with its quarters and what lies in them."""
    if timezone not in available_timezones():
        raise click.ClickException(f"{timezone} is not the name of a time zone, for example Europe/Berlin.")

    async def run() -> None:
        async with _closing(configured(data).open_database()) as database:
            await must_be_current(database)
            async with database.write() as connection:
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

    with _plainly():
        asyncio.run(run())
    click.echo(f"{name} has been founded.")


@town.command("area")
@click.argument("areas", metavar="AREA...", nargs=-1, required=True)
@DATA
def town_area(areas: tuple[str, ...], data: Path | None) -> None:
    """Add areas to the town: QUARTER, or QUARTER/AREA for an area in it. What runs knows of them at once."""
    for path in _in_town(data, partial(add_areas, paths=areas, now=datetime.now(UTC))):
        click.echo(f"{path} has been added.")


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


BESIDE = click.option(
    "--file",
    "beside",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table, picture or sound that belongs to it; repeat for more. Those in the folder NAME-media are found.",
)
ANSWER_LANGUAGE = click.option(
    "--language",
    type=click.Choice(ADMIN_LANGUAGES),
    help="The language in which the command answers; else that of the environment (LANG), else German.",
)


@survey.command("check")
@FILE
@BESIDE
@ANSWER_LANGUAGE
def survey_check(file: Path, beside: tuple[Path, ...], language: str | None) -> None:
    """Say whether a questionnaire can be asked, and if not, why, with sheet and row."""
    with _plainly():
        for line in survey_command.checked(file, beside, words=_words(language)):
            click.echo(line)


@survey.command("open")
@FILE
@BESIDE
@ANSWER_LANGUAGE
@click.option("--area", "names", multiple=True, help="An area it is for; repeat for more. None: the whole town.")
@DATA
def survey_open(
    file: Path, beside: tuple[Path, ...], language: str | None, names: tuple[str, ...], data: Path | None
) -> None:
    """Put a questionnaire to the people, and print the code that leads to it; once more, and it is printed again."""
    with _plainly():
        words = _words(language)
        paper = survey_command.read_file(file, beside, words=words)
        places = [towns.tidy(name) for name in names]
    for place, code in _in_town(data, partial(survey_command.put_to_people, paper=paper, names=places), words):
        click.echo(f"{place}: /start {code}   (https://t.me/YOUR_BOT?start={code})")


@survey.command("walk")
@FILE
@BESIDE
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--answers", type=click.File(encoding="utf-8"), help="JSON Lines: {'question': name, 'value': …}.")
@click.option("--json", "as_json", is_flag=True, help="Print each prompt and the final instance as a JSON object.")
def survey_walk(file: Path, beside: tuple[Path, ...], language: str, answers: TextIO | None, as_json: bool) -> None:
    """Hold the interview here in the terminal, or replay answers from a file."""
    now, chance, texts = datetime.now(UTC).astimezone(), Random(), load_texts()  # noqa: S311 (no secret)
    with _plainly():
        for step in survey_command.walked(
            file,
            language,
            answers,
            sys.stdin,
            texts=texts,
            now=now,
            random=chance,
            beside=beside,
            words=_words(None),
        ):
            click.echo(as_line(step) if as_json else as_text(step))


@main.command()
@click.argument("survey", metavar="SURVEY")
@click.option("--format", "file_format", type=click.Choice(["csv", "zip"]), default="csv", show_default=True)
@click.option("--labels", default="codes", show_default=True, help="A language of the questionnaire, for example de.")
@click.option("--out", "path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file.")
@click.option("--purpose", help="What the rows are for; it stands in the log. Asked for in a terminal.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@ANSWER_LANGUAGE
@DATA
def export(
    survey: str,
    file_format: str,
    labels: str,
    path: Path,
    purpose: str | None,
    force: bool,
    language: str | None,
    data: Path | None,
) -> None:
    """Write the rows of a survey, one line a complete response, into a file. Photos, recordings and documents that
    people have sent come along only in a zip: a voice or a face makes a person recognisable. SURVEY: its number or
    title."""
    words = _words(language)
    if purpose is None and sys.stdin.isatty():
        purpose = click.prompt(words.gettext("What are the rows for?"), err=True)
    with_files = file_format == "zip"
    rows = partial(
        export_rows, wanted=survey, labels=labels, path=path, purpose=purpose, force=force, with_files=with_files
    )
    done = _in_town(data, partial(rows, now=datetime.now(UTC), words=words, texts=load_texts()), words)
    said = export_told(done, path, with_files=with_files, words=words)
    click.echo(next(said))
    for sentence in said:
        click.echo(sentence, err=True)


# --- what the commands share ----------------------------------------------------------------------------------------


def _words(language: str | None) -> gettext.NullTranslations:
    """What the admin says, in a language; None: that of the environment, German where it names another than English."""
    if language is None:
        named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
        language = "en" if named.lower().startswith("en") else "de"
    return gettext.NullTranslations() if language == "en" else gettext.GNUTranslations(BytesIO(load_german()))


@contextmanager
def _plainly() -> Iterator[None]:
    """What stands against a command is said without a traceback."""
    try:
        yield
    except (CommandError, towns.AreaError) as error:
        raise click.ClickException(str(error)) from None


def _in_town(
    data: Path | None, work: Callable[[Database, int], Awaitable[Result]], words: gettext.NullTranslations = ENGLISH
) -> Result:
    """Do a command's work in the town of the database that is configured. ``words``: what the command answers in."""

    async def run() -> Result:
        async with _closing(configured(data).open_database()) as database:
            return await work(database, await ready_town(database, words))

    with _plainly():
        return asyncio.run(run())


@asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[Database]:
    try:
        yield database
    finally:
        await database.close()


if __name__ == "__main__":
    main()
