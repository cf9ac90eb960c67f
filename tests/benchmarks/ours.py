"""Our bot as the conversation benchmark runs it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, date, datetime
from random import Random
from urllib.parse import urlsplit

from bot.api import connect
from bot.service import Service
from bot.simulator.server import Server, listen
from bot.webhook import create_webhook
from dialogues import interview
from dialogues.forms import Form, compile_xlsform
from dialogues.texts import Texts
from storage.database import Database
from storage.queries.outbox import Pace
from storage.queries.turns import ContactFacts, InterviewFacts, ResidentFacts
from storage.schema import upgrade
from storage.services import surveys, towns
from storage.statements import PUT_CONTACT, PUT_INTERVIEW, PUT_RESIDENT, Write, execute
from tests.benchmarks.stub import FIRST_CHAT
from wiring.files import load_texts

TOKEN = "42:benchmark-token-that-opens-nothing"
QUESTIONS = 12
DAY = date(2026, 11, 25)


def questionnaire() -> str:
    """A questionnaire of usual length with a condition and a calculation, in three languages, as a Markdown table."""
    labels = "label::Deutsch (de) | label::العربية (ar) | label::Български (bg)"
    rows = [f"| survey | | | | | | | |\n| | type | name | relevant | calculation | {labels} |"]
    for number in range(1, QUESTIONS + 1):
        relevant = "${q1} = 'a'" if number == 5 else ""
        text = f"Wie finden Sie Punkt {number}? | ما رأيكم في النقطة {number}؟ | Какво мислите за точка {number}?"
        rows.append(f"| | select_one opinion | q{number} | {relevant} | | {text} |")
    rows.append("| | calculate | liked | | count-selected(${q1}) + count-selected(${q2}) | | | |")
    rows.append(f"| choices | | | | | | | |\n| | list_name | name | {labels} |")
    for name, german, arabic, bulgarian in (
        ("a", "gut", "جيد", "добре"),
        ("b", "es geht", "لا بأس", "горе-долу"),
        ("c", "schlecht", "سيئ", "зле"),
    ):
        rows.append(f"| | opinion | {name} | {german} | {arabic} | {bulgarian} |")
    return "\n".join(rows)


async def ours(base: str, database_url: str, residents: int, address: str | None = None) -> None:
    """The whole bot on a fresh database, with residents who stand at the first question.

    ``address``: where it takes updates that are brought; None: it asks for them.
    """
    texts = load_texts()
    database = Database(database_url)
    town_id = await found(database, texts, residents)
    bot = connect(TOKEN, base)
    service = Service(bot=bot, database=database, texts=texts, town_id=town_id, pace=Pace(0, 0), address=address)
    server = None
    if address:
        server = Server(create_webhook(service.receiver, bot, address))
        web = asyncio.create_task(server.serve(sockets=[listen(urlsplit(address).port or 0)]))
    async with service:
        await service.wait()
    if server:
        server.should_exit = True
        await web


async def found(database: Database, texts: Texts, residents: int) -> int:
    """A town on an empty database, with residents who stand at the first question; returns its id."""
    await upgrade(database)
    workbook = questionnaire().encode()
    compiled = compile_xlsform(workbook, "md", name="benchmark")
    async with database.write() as connection:
        town_id = await towns.found_town(
            connection, name="Auenstadt", office=None, language="de", timezone="Europe/Berlin", areas=["Nordstadt"]
        )
        questionnaire_id = await surveys.import_questionnaire(
            connection,
            town_id=town_id,
            name="benchmark",
            file_type="md",
            workbook=workbook,
            xform=compiled.xform,
            titles={"": "Benchmark"},
        )
        survey_id = await surveys.draft_survey(connection, town_id=town_id, questionnaire_id=questionnaire_id)
        await surveys.open_survey(connection, town_id=town_id, survey_id=survey_id)
        first = interview.start(
            Form.parse(compiled.xform), "de", texts=texts, now=datetime.now(UTC), random=Random(1)
        ).state
        for start in range(1, residents + 1, 500):
            numbers = range(start, min(start + 500, residents + 1))
            await execute(
                connection,
                [
                    Write(PUT_RESIDENT, [asdict(resident(number, town_id, survey_id)) for number in numbers]),
                    Write(PUT_CONTACT, [asdict(contact(number, town_id)) for number in numbers]),
                    Write(PUT_INTERVIEW, [asdict(place(number, town_id, survey_id, first)) for number in numbers]),
                ],
            )
    return town_id


def resident(number: int, town_id: int, survey_id: int) -> ResidentFacts:
    """A resident in the middle of a survey."""
    return ResidentFacts(number, town_id, "de", True, DAY, True, None, True, None, survey_id, False, DAY)


def contact(number: int, town_id: int) -> ContactFacts:
    """Their chat, as the stub numbers it."""
    return ContactFacts(number, 42, FIRST_CHAT + number - 1, town_id, number, 0, "de", None)


def place(number: int, town_id: int, survey_id: int, state: interview.State) -> InterviewFacts:
    """Their interview, at its first question."""
    return InterviewFacts(
        number, town_id, number, survey_id, state.stage, state.cursor, state.revision, state.returning, state.page, ()
    )
