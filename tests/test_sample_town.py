"""The demo's town: 300 invented residents whose answers the engine has taken, and results that the rule permits."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, insert, select, text

from admin.results import release_if_due, shown
from bot.knowledge import Knowing, Knowledge
from bot.sample import town as sample
from bot.sample.answering import Interviewed, without_chat
from bot.sample.people import BLOCKS, HARBOUR, NORTH
from bot.sample.phones import give_phones
from bot.sample.sentences import FREE_TEXTS
from bot.simulator.settings import DEMO_BOT
from dialogues.forms import Form, Instance
from dialogues.texts import LANGUAGES, Texts
from storage import statements as do
from storage.database import Database
from storage.models import (
    Answer,
    Area,
    Base,
    Contact,
    Participation,
    Questionnaire,
    Release,
    Resident,
    Response,
    Survey,
)
from storage.queries.state import load_state
from storage.queries.surveys import list_surveys
from storage.queries.turns import ResidentFacts
from storage.statements import Write, execute
from tests.browser.demo import Demo
from tests.language_rules import faults
from wiring.demo import ensure_sample_town, found_sample_town
from wiring.files import load_texts

NOW = datetime(2026, 11, 26, 15, 20, tzinfo=UTC)
TODAY = date(2026, 11, 26)
FINISHED = 60.0
BOT = DEMO_BOT.id

texts = cache(load_texts)


async def rows(database: Database, query: Any) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(query)).all())


async def count(database: Database, table: Any, *where: Any) -> int:
    [(number,)] = await rows(database, select(func.count()).select_from(table).where(*where))
    return int(number)


async def survey_ids(database: Database) -> dict[str, int]:
    query = select(Questionnaire.name, Survey.id).join(Survey, Survey.questionnaire_id == Questionnaire.id)
    return dict(await rows(database, query))


@dataclass(frozen=True)
class Founded:
    """A town that was founded, and all that its database held then."""

    town_id: int
    rows: dict[Table, list[dict[str, Any]]]
    counted: list[tuple[str, int]]
    """How far PostgreSQL has counted, by sequence."""

    @classmethod
    async def kept(cls, database: Database, town_id: int) -> Founded:
        async with database.read() as connection:
            held = {table: await connection.execute(select(table)) for table in Base.metadata.sorted_tables}
            counted = await connection.execute(text(COUNTED)) if database.dialect == "postgresql" else ()
            filled = {table: [dict(row) for row in found.mappings()] for table, found in held.items()}
            return cls(town_id, filled, [(name, last) for name, last in counted])

    async def put(self, database: Database) -> None:
        """Put it into an empty database."""
        async with database.write() as connection:
            for table, rows in self.rows.items():
                if rows:
                    await connection.execute(insert(table), rows)
            for name, last in self.counted:
                await connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})


COUNTED = (
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema AND last_value IS NOT NULL"
)


@pytest.fixture(scope="module")
def founded() -> dict[str, Founded]:
    """Towns by the kind of their database."""
    return {}


@pytest.fixture
async def town_id(database: Database, founded: dict[str, Founded]) -> int:
    """The town is founded once in each kind of database; the next tests begin with what stood there then."""
    if there := founded.get(database.dialect):
        await there.put(database)
        return there.town_id
    town_id = await found_sample_town(database, texts(), now=NOW)
    founded[database.dialect] = await Founded.kept(database, town_id)
    return town_id


async def knowledge_of(database: Database, town_id: int) -> Knowledge:
    async with database.read() as connection:
        return await Knowing(town_id=town_id, texts=texts()).refresh(connection)


# --- who is there and what they said --------------------------------------------------------------------------------


async def test_three_hundred_residents_have_answered_three_surveys(database: Database, town_id: int) -> None:
    ids = await survey_ids(database)
    assert await count(database, Resident) == sample.RESIDENTS == 300
    assert await count(database, Contact) == 0
    complete = {
        name: await count(database, Response, Response.survey_id == ids[name], Response.complete) for name in ids
    }
    assert complete == {sample.FESTIVAL: 164, sample.QUARTER: 129, sample.SQUARE: 24}
    taken = {name: await count(database, Participation, Participation.survey_id == ids[name]) for name in ids}
    assert taken == complete
    partial = {
        name: await count(database, Response, Response.survey_id == ids[name], ~Response.complete) for name in ids
    }
    assert all(partial.values())
    for language in LANGUAGES:
        assert await count(database, Response, Response.language == language, Response.complete) >= 15
    await the_office_sees_them_in_round_numbers(database)
    await some_are_known_to_live_within_a_quarter(database)
    await every_answer_is_one_that_the_questionnaire_takes(database)


async def the_office_sees_them_in_round_numbers(database: Database) -> None:
    async with database.read() as connection:
        state = await load_state(connection, now=datetime.now(UTC))
        surveys = await list_surveys(connection, 1)
    assert state.residents == 300
    assert sorted((survey.state, survey.completed) for survey in surveys) == [
        ("closed", 165),
        ("open", 25),
        ("open", 130),
    ]


async def some_are_known_to_live_within_a_quarter(database: Database) -> None:
    homes = dict(await rows(database, select(Area.name, func.count(Resident.id)).join(Resident).group_by(Area.name)))
    assert homes.keys() == {NORTH, HARBOUR, *filter(None, BLOCKS[NORTH])}
    assert all(number >= 20 for number in homes.values())


async def every_answer_is_one_that_the_questionnaire_takes(database: Database) -> None:
    forms = {id: Form.parse(xform) for id, xform in await rows(database, select(Questionnaire.id, Questionnaire.xform))}
    held: dict[Any, dict[str, str]] = {}
    of: dict[Any, tuple[int, bool]] = {}
    query = select(Response.id, Response.complete, Answer.questionnaire_id, Answer.ref, Answer.value).join(
        Answer, Answer.response_id == Response.id
    )
    for id, complete, questionnaire_id, ref, value in await rows(database, query):
        held.setdefault(id, {})[ref] = value
        of[id] = questionnaire_id, complete
    for id, values in held.items():
        questionnaire_id, complete = of[id]
        instance = Instance(forms[questionnaire_id], values, now=NOW, random=Random(0))
        assert all(instance.valid(ref) for ref in values)
        if complete:
            assert set(values) <= set(instance.submission())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_same_seed_gives_the_same_answers_on_another_day_too(database: Database, town_id: int) -> None:
    knowledge, ids = await knowledge_of(database, town_id), await survey_ids(database)

    def answers(now: datetime, seed: int = sample.SEED) -> Counter[str]:
        people = sample.SampleTown(knowledge, ids, now=now, seed=seed)
        return told([*people.quarter_since(), *people.square()])

    first = answers(NOW)
    assert first.total() > 250
    assert answers(NOW + timedelta(days=200)) == first
    assert answers(NOW, seed=7) != first


def told(writes: list[Write]) -> Counter[str]:
    """What was answered how often, whoever did."""
    given = {
        (row["response_id"], row["ref"]): row["value"]
        for write in writes
        if write.statement is do.PUT_ANSWER
        for row in write.rows
    }
    return Counter(f"{ref} {value}" for (_, ref), value in given.items() if "/meta/" not in ref)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_they_write_is_written_as_people_write(language: str) -> None:
    said = [text for by_language in FREE_TEXTS.values() for text in by_language[language]]
    assert len(said) >= 20
    assert len(set(said)) == len(said)
    assert {text: found for text in said if (found := list(faults(text, language)))} == {}


# --- results --------------------------------------------------------------------------------------------------------


async def test_the_closed_survey_has_its_last_release_and_the_open_one_its_first(
    database: Database, town_id: int
) -> None:
    ids = await survey_ids(database)
    async with database.read() as connection:
        over, running, begun = [
            await shown(connection, ids[name]) for name in (sample.FESTIVAL, sample.QUARTER, sample.SQUARE)
        ]
    assert begun is None
    assert over is not None
    assert over.final
    assert over.results.respondents.people == 164
    assert set(over.results.respondents.by) == {"area", "language", "age"}
    assert running is not None
    assert not running.final
    assert running.results.respondents.people == 120
    assert set(running.results.respondents.by) == {"area", "language", "age"}
    assert over.made_on < running.made_on < TODAY


@pytest.mark.parametrize("language", ["ar", "de"])
async def test_the_newcomers_own_answer_makes_the_next_release_appear(
    database: Database, town_id: int, language: str
) -> None:
    survey_id = (await survey_ids(database))[sample.QUARTER]
    assert not await release_if_due(database, town_id=town_id, survey_id=survey_id, today=TODAY)
    await a_newcomer_answers(database, town_id, survey_id, language)
    assert await release_if_due(database, town_id=town_id, survey_id=survey_id, today=TODAY)
    async with database.read() as connection:
        now = await shown(connection, survey_id)
    assert now is not None
    assert now.results.number == 2
    assert now.results.respondents.people == 130
    moved = {name for name, each in now.results.respondents.by.items() if each.as_of == 2}
    assert "area" in moved
    assert now.results.questions["likes_living_here"].as_of == 2
    assert now.results.questions["likes_living_here"].by["area"].as_of == 2


async def a_newcomer_answers(database: Database, town_id: int, survey_id: int, language: str) -> None:
    """Answer every question by its first option, as somebody does who tries the demo."""
    knowledge = await knowledge_of(database, town_id)
    area = next(area.id for area in knowledge.town.quarters() if area.name == NORTH)
    resident = ResidentFacts(1, town_id, language, True, TODAY, True, area, False, None, None, False, TODAY)
    turn = without_chat(knowledge, replace(resident), NOW)
    talk = Interviewed(turn, survey_id)
    while (question := talk.question) is not None:
        if question.kind in ("select_one", "select_multiple"):
            instance = Instance(knowledge.forms[survey_id], now=NOW, random=Random(0))
            talk.answer((instance.options(question.ref, "")[0].value,))
        else:
            talk.answer(("3",))
    talk.tap("send")
    async with database.write() as connection:
        await execute(connection, turn.kept())


# --- their phones ---------------------------------------------------------------------------------------------------


async def test_everybody_gets_a_phone_once_and_a_town_from_before_does_too(database: Database, town_id: int) -> None:
    phones = await give_phones(database, town_id, bot_id=BOT)
    assert await give_phones(database, town_id, bot_id=BOT) == phones
    held = await rows(
        database, select(Contact.chat_id, Resident.language).join(Resident, Resident.id == Contact.resident_id)
    )
    assert {phone.id: phone.language_code for phone in phones} == dict(held)
    assert len(phones) == len({(each.first_name, each.last_name) for each in phones}) == sample.RESIDENTS
    assert sum(phone.blocked for phone in phones) == 9
    assert await count(database, Resident, Resident.paused) == 7
    assert await count(database, Contact, Contact.blocked_on.is_not(None)) == 0
    await the_office_sees_them_in_round_numbers(database)


async def test_who_is_erased_gets_no_second_phone(database: Database, town_id: int) -> None:
    first, *others = await give_phones(database, town_id, bot_id=BOT)
    async with database.write() as connection:
        await connection.execute(delete(Contact).where(Contact.chat_id == first.id))
    assert await give_phones(database, town_id, bot_id=BOT) == others


# --- the first start ------------------------------------------------------------------------------------------------


def begun(data: Path) -> list[Path]:
    """The databases of first starts that have not come to their end."""
    return list(data.glob("unfinished-*/mitsprache.sqlite"))


@pytest.fixture
async def killed(tmp_path: Path) -> Path:
    """A data folder whose first start was killed while the residents were still answering."""
    data = tmp_path / "demo"
    arguments = ("-m", "mitsprache", "demo", "--port", "1", "--data", str(data))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=tmp_path)
    async with asyncio.timeout(FINISHED):
        while not begun(data):  # noqa: ASYNC110 (another process does it)
            await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    return data


async def test_a_first_start_that_is_killed_leaves_no_half_town(killed: Path, tmp_path: Path) -> None:
    assert not Database.path_in(killed).exists()
    async with Demo.running(tmp_path) as demo:
        assert demo.data == killed
        assert not begun(killed)
        database = Database.in_folder(killed)
        try:
            assert await count(database, Resident) == sample.RESIDENTS
            assert await count(database, Release) == 2
        finally:
            await database.close()


async def test_a_second_start_finds_the_town_as_it_was_left(sample_town: Path) -> None:
    before = Database.path_in(sample_town).read_bytes()
    assert not begun(sample_town)
    assert not Database.path_in(sample_town).with_name("mitsprache.sqlite-wal").exists()
    await ensure_sample_town(sample_town, unused())
    assert Database.path_in(sample_town).read_bytes() == before


def unused() -> Texts:
    return Texts({})
