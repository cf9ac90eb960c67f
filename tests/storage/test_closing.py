"""Closing a survey on both databases: what stays of its answers, and that nobody can tell whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.sent_files import name_for
from storage.database import Database
from storage.models import (
    Answer,
    AnswerFile,
    Area,
    FileState,
    Interview,
    KeptKey,
    Participation,
    Resident,
    Response,
    Survey,
    SurveyKey,
    SurveyState,
    Town,
)
from storage.queries.surveys import find_survey, list_surveys
from storage.queries.turns import pseudonym
from storage.schema import upgrade
from storage.services.closing import Combination, close_survey
from storage.services.surveys import draft_survey, import_questionnaire, open_survey
from storage.services.towns import found_town

TODAY = date(2026, 11, 30)
BEGAN = date(2026, 11, 25)


def unchanged(counts: Mapping[Combination, int]) -> Mapping[Combination, Combination]:
    """Nothing is merged."""
    return {each: each for each in counts}


class Quarter:
    """A town with one survey, and residents who have answered it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.residents = 0
        self.town_id = self.survey_id = self.questionnaire_id = self.area_id = 0
        self.key = b""

    async def found(self, *, anonymous: bool = True) -> Quarter:
        connection = self.connection
        self.town_id = await found_town(
            connection, name="Aue", office=None, language="de", timezone="Europe/Berlin", areas=["Nord", "Süd"]
        )
        self.area_id = (await connection.scalars(select(Area.id).order_by(Area.id))).first() or 0
        self.questionnaire_id = await import_questionnaire(
            connection, town_id=self.town_id, name="q", file_type="md", workbook=b"", xform="", titles={"": "Q"}
        )
        await self.ask(anonymous=anonymous)
        return self

    async def ask(self, *, anonymous: bool) -> None:
        self.survey_id = await draft_survey(
            self.connection, town_id=self.town_id, questionnaire_id=self.questionnaire_id, anonymous=anonymous
        )
        await open_survey(self.connection, town_id=self.town_id, survey_id=self.survey_id)
        found = await self.connection.scalar(select(SurveyKey.key).where(SurveyKey.survey_id == self.survey_id))
        assert found is not None
        self.key = found

    async def answer(
        self,
        answers: Mapping[str, str],
        *,
        complete: bool = True,
        language: str = "de",
        area_id: int | None = None,
        release: int | None = None,
    ) -> UUID:
        """Somebody answers, as the bot stores it."""
        self.residents += 1
        resident_id, response_id = self.residents, uuid4()
        shared = {"town_id": self.town_id, "survey_id": self.survey_id}
        await self.connection.execute(
            insert(Resident).values(
                id=resident_id,
                town_id=self.town_id,
                language=language,
                arrived_on=BEGAN,
                current_survey_id=None if complete else self.survey_id,
            )
        )
        await self.connection.execute(
            insert(Interview).values(
                id=resident_id + 1000,
                resident_id=resident_id,
                key_id=self.survey_id,
                stage="complete" if complete else "asking",
                cursor=None,
                revision=3,
                to_summary=False,
                page=0,
                **shared,
            )
        )
        await self.connection.execute(
            insert(Response).values(
                id=response_id,
                pseudonym=pseudonym(self.key, resident_id),
                key_id=self.survey_id,
                complete=complete,
                area_id=area_id,
                language=language,
                started_on=BEGAN,
                completed_on=BEGAN if complete else None,
                release=release,
                **shared,
            )
        )
        for ref, value in answers.items():
            await self.connection.execute(
                insert(Answer).values(
                    response_id=response_id,
                    town_id=self.town_id,
                    ref=ref,
                    value=value,
                    language=language,
                    questionnaire_id=self.questionnaire_id,
                    shown=ref == "/data/wish",
                )
            )
        if complete:
            await self.connection.execute(insert(Participation).values(resident_id=resident_id, **shared))
        return response_id

    async def close(self, becomes: Mapping[Combination, Combination] | None = None) -> bool:
        return await close_survey(
            self.connection,
            town_id=self.town_id,
            survey_id=self.survey_id,
            today=TODAY,
            merge=unchanged if becomes is None else lambda _: becomes,
        )

    async def rows(self, *columns: Any) -> list[Any]:
        return list(await self.connection.execute(select(*columns)))

    async def responses(self) -> list[Any]:
        """As they lie in the database: nobody has asked for an order."""
        place = "ctid" if self.connection.dialect.name == "postgresql" else "rowid"
        return await self.rows(Response.id, Response.complete, text(place))


async def test_what_was_sent_stays_and_nothing_leads_to_whose_it_is(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        before = [await quarter.answer({"/data/mood": "good", "/data/wish": str(number)}) for number in range(12)]
        assert await quarter.close()
        after = await quarter.rows(Response.id)
        assert not {row.id for row in after} & set(before)
        assert len(after) == 12
        kept = (Response.pseudonym, Response.key_id, Response.started_on, Response.completed_on, Response.complete)
        assert set(await quarter.rows(*kept)) == {(None, None, TODAY, TODAY, True)}
        answers = await quarter.rows(Answer.response_id, Answer.ref, Answer.value, Answer.shown)
        assert Counter(row.response_id for row in answers) == dict.fromkeys((row.id for row in after), 2)
        wishes = {row.value for row in answers if row.ref == "/data/wish" and row.shown}
        assert wishes == {str(number) for number in range(12)}
        assert not await quarter.rows(Interview.id)
        assert not await quarter.rows(SurveyKey.survey_id)
        assert not await quarter.rows(KeptKey.survey_id)
        assert len(await quarter.rows(Participation.resident_id)) == 12
        assert await quarter.rows(Survey.state, Survey.closed_on) == [(SurveyState.CLOSED, TODAY)]


async def test_closing_is_final_and_says_to_everybody_that_something_has_changed(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        [(revision,)] = await quarter.rows(Town.revision)
        assert await quarter.close()
        assert await quarter.rows(Town.revision) == [(revision + 1,)]
        assert not await quarter.close()
        assert not await close_survey(connection, town_id=quarter.town_id, survey_id=99, today=TODAY, merge=unchanged)


async def test_a_draft_and_a_survey_of_another_town_are_not_closed(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        draft = await draft_survey(connection, town_id=quarter.town_id, questionnaire_id=quarter.questionnaire_id)
        for town_id, survey_id in ((quarter.town_id, draft), (quarter.town_id + 1, quarter.survey_id)):
            assert not await close_survey(
                connection, town_id=town_id, survey_id=survey_id, today=TODAY, merge=unchanged
            )


@pytest.mark.parametrize("anonymous", [True, False])
async def test_what_was_not_sent_is_erased_and_that_somebody_began_stays(database: Database, anonymous: bool) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found(anonymous=anonymous)
        begun = await quarter.answer({"/data/mood": "bad"}, complete=False, language="bg", area_id=quarter.area_id)
        await quarter.answer({"/data/mood": "good"})
        await quarter.close()
        kept = await quarter.rows(
            Response.id, Response.pseudonym, Response.key_id, Response.area_id, Response.language, Response.completed_on
        )
        [unsent] = [row for row in kept if row.completed_on is None]
        assert unsent.id != begun
        assert unsent[1:] == (None, None, None, "", None)
        assert await quarter.rows(Answer.value) == [("good",)]
        assert "asking" not in {row.stage for row in await quarter.rows(Interview.stage)}


async def test_the_rows_lie_in_the_order_of_their_random_ids(database: Database) -> None:
    """Neither the place in the file nor the order of storing tells who came first; answers likewise."""
    async with database.write() as connection:
        if connection.dialect.name == "postgresql":  # new files: in old ones it fills holes, and not always forwards
            await connection.execute(text("TRUNCATE response, answer CASCADE"))
        quarter = await Quarter(connection).found()
        for number in range(40):
            await quarter.answer({"/data/wish": f"{number:02}"}, complete=number % 4 != 0)
        await quarter.close()
        place = "ctid" if connection.dialect.name == "postgresql" else "rowid"
        lie = [row.id for row in await connection.execute(select(Response.id).order_by(text(f"response.{place}")))]
        assert lie == sorted(lie)
        answers = await connection.execute(select(Answer.response_id, Answer.value).order_by(text(f"answer.{place}")))
        found = list(answers)
        assert [row.response_id for row in found] == sorted(row.response_id for row in found)
        assert [row.value for row in found] != sorted(row.value for row in found)


def named(number: int) -> str:
    return name_for("image/jpeg", number.to_bytes(16, "big"))


async def put_files(quarter: Quarter, numbers: Iterable[int]) -> None:
    """Responses with a file each, which has come."""
    for number in numbers:
        response_id = await quarter.answer({"/data/picture": named(number)})
        await quarter.connection.execute(
            insert(AnswerFile).values(
                id=uuid4(),
                town_id=quarter.town_id,
                response_id=response_id,
                ref="/data/picture",
                name=named(number),
                media_type="image/jpeg",
                state=FileState.FETCHED,
                content=b"picture %d" % number,
                size=len(b"picture %d" % number),
                attempts=0,
            )
        )


async def test_files_lie_in_the_order_of_the_new_responses_with_their_bytes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came first lies no longer first, neither the row nor what is in it: nothing of the old rows is there."""
    monkeypatch.setattr("storage.services.closing.MOST_AT_ONCE", 90)  # three responses at once
    async with database.write() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("TRUNCATE response, answer, answer_file CASCADE"))
        quarter = await Quarter(connection).found()
        await put_files(quarter, range(20))
        before = set(await connection.scalars(select(AnswerFile.id)))
        asked: list[int] = []
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *seen: asked.append(many(seen)))
        await quarter.close()
        place = "ctid" if connection.dialect.name == "postgresql" else "rowid"
        columns = (AnswerFile.id, AnswerFile.response_id, AnswerFile.name, AnswerFile.content)
        lie = list(await connection.execute(select(*columns).order_by(text(f"answer_file.{place}"))))
        assert len(lie) == 20
        assert [row.response_id for row in lie] == sorted(row.response_id for row in lie)
        assert not {row.id for row in lie} & before
        assert {row.name: row.content for row in lie} == {named(each): b"picture %d" % each for each in range(20)}
        assert [row.content for row in lie] != [b"picture %d" % each for each in range(20)]
        assert max(asked) <= 3, "however many there are, few are at hand at once"


def many(seen: Sequence[Any]) -> int:
    """How many rows of parameters a statement has; ``seen``: what is told before one is executed."""
    *_, parameters, _context, is_many = seen
    return len(parameters) if is_many else 0


async def test_small_combinations_are_merged_in_the_languages_of_answers_too(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        nord = quarter.area_id
        for language, area_id in (("ar", nord), ("ar", None), ("bg", nord), ("de", nord)):
            await quarter.answer({"/data/mood": "good"}, language=language, area_id=area_id)
        await quarter.answer({}, complete=False, language="ro", area_id=nord)
        counted: list[Mapping[Combination, int]] = []

        def merge(counts: Mapping[Combination, int]) -> Mapping[Combination, Combination]:
            counted.append(counts)
            return {
                (nord, "ar", None): (nord, "ar", None),
                (None, "ar", None): (None, "ar", None),
                (nord, "bg", None): (nord, "", None),
            }

        await close_survey(connection, town_id=quarter.town_id, survey_id=quarter.survey_id, today=TODAY, merge=merge)
        assert counted == [{(nord, "ar", None): 1, (None, "ar", None): 1, (nord, "bg", None): 1, (nord, "de", None): 1}]
        where = await quarter.rows(Response.area_id, Response.language)
        assert Counter(where) == Counter([(nord, "ar"), (None, "ar"), (nord, ""), (None, ""), (None, "")])
        spoken = select(Response.language, Answer.language).join(Answer, Answer.response_id == Response.id)
        assert {row[0] == row[1] for row in await connection.execute(spoken)} == {True}


async def test_an_age_that_is_merged_is_in_no_answer_any_more(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        for age in ("16", "16", "61", None):
            await quarter.answer({"/data/mood": "good"} | ({"/data/age_group": age} if age else {}))

        def merge(counts: Mapping[Combination, int]) -> Mapping[Combination, Combination]:
            assert counts == {(None, "de", "16"): 2, (None, "de", "61"): 1, (None, "de", None): 1}
            return {each: (None, "de", "16" if each[2] == "16" else None) for each in counts}

        await close_survey(
            connection,
            town_id=quarter.town_id,
            survey_id=quarter.survey_id,
            today=TODAY,
            merge=merge,
            age_refs=["/data/age_group"],
        )
        answers = Counter(tuple(row) for row in await quarter.rows(Answer.ref, Answer.value))
        assert answers == {("/data/mood", "good"): 4, ("/data/age_group", "16"): 2}


async def test_which_release_counted_somebody_first_is_forgotten(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        for release in (1, 1, 2, 3):
            await quarter.answer({}, release=release)
        await quarter.close()
        assert await quarter.rows(Response.release) == [(3,)] * 4


async def test_many_responses_are_rewritten_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.services.closing.MOST_AT_ONCE", 3)
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        for number in range(10):
            await quarter.answer({"/data/wish": str(number)})
        await quarter.close()
        values = await quarter.rows(Answer.value)
        assert sorted(row.value for row in values) == sorted(str(number) for number in range(10))


async def test_of_a_survey_that_is_not_anonymous_residents_still_find_their_answers(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found(anonymous=False)
        response_id = await quarter.answer({"/data/mood": "good"}, language="ar", area_id=quarter.area_id)
        await quarter.close()
        assert await quarter.rows(KeptKey.survey_id, KeptKey.key) == [(quarter.survey_id, quarter.key)]
        assert not await quarter.rows(SurveyKey.survey_id)
        name = pseudonym(quarter.key, quarter.residents)
        kept = (Response.id, Response.pseudonym, Response.language, Response.area_id, Response.completed_on)
        assert await quarter.rows(*kept) == [(response_id, name, "ar", quarter.area_id, BEGAN)]
        assert await quarter.rows(Interview.stage, Interview.key_id) == [("complete", None)]


async def test_closing_one_survey_leaves_the_others_alone(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        untouched = [await quarter.answer({"/data/mood": "good"}), await quarter.answer({}, complete=False)]
        first = quarter.survey_id
        await quarter.ask(anonymous=True)
        await quarter.answer({"/data/mood": "bad"})
        assert await quarter.close()
        assert {row.id for row in await quarter.rows(Response.id)} > set(untouched)
        assert await quarter.rows(SurveyKey.survey_id) == [(first,)]
        assert len(await quarter.rows(Interview.id)) == 2


async def test_on_a_server_the_file_that_held_the_key_is_written_anew(database: Database) -> None:
    if database.dialect == "sqlite":  # overwrites what is erased, as below
        assert await database.scrub(keys=True)
        return
    where = text("SELECT pg_relation_filepath('survey_key'), pg_relation_size('survey_key')")
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        before = (await connection.execute(where)).one()
        await quarter.close()
    assert await database.scrub(keys=True)
    async with database.read() as connection:
        after = (await connection.execute(where)).one()
    assert before[0] != after[0]
    assert after[1] == 0


async def test_what_a_closing_erases_is_gone_from_the_files(tmp_path: Path) -> None:
    database = Database.in_folder(tmp_path)
    await upgrade(database)
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        await quarter.answer({"/data/wish": "something that was never sent"}, complete=False)
        name = pseudonym(quarter.key, quarter.residents)

    def on_disk(secret: bytes) -> bool:
        return any(secret in path.read_bytes() for path in tmp_path.iterdir())

    secrets = (quarter.key, name, b"something that was never sent")
    assert all(on_disk(secret) for secret in secrets)
    async with database.write() as connection:
        quarter.connection = connection
        await quarter.close()
    assert await database.scrub()
    assert not any(on_disk(secret) for secret in secrets)
    await database.close()


async def test_how_many_take_part_is_counted_for_all_surveys_in_as_many_queries_as_for_one(database: Database) -> None:
    async with database.write() as connection:
        quarter = await Quarter(connection).found()
        for number in range(13):
            await quarter.answer({"/data/mood": "good"}, complete=number < 9)
        asked: list[str] = []
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        one = await find_survey(connection, quarter.town_id, quarter.survey_id)
        queries = len(asked)
        await quarter.ask(anonymous=True)
        asked.clear()
        newest, first = await list_surveys(connection, quarter.town_id)
        assert len(asked) == queries
        assert one == first
        assert (first.begun, first.completed, newest.begun) == (15, 10, 0)
        quarter.survey_id = first.id
        await quarter.close()
        closed = await find_survey(connection, quarter.town_id, first.id)
        assert closed is not None
        assert (closed.begun, closed.completed) == (15, 10)
