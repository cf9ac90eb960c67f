"""Closing a survey, which is final: of an anonymous one nobody can tell any more whose answers are whose.

One transaction of the caller's. Afterwards the caller calls ``Database.scrub``: the files still hold what was erased.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import date

from sqlalchemy import (
    Column,
    ColumnElement,
    Function,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable, DropTable

from dialogues.interview import Stage
from dialogues.sent_files import MOST_FILES
from storage.models import Answer, AnswerFile, FileState, Interview, KeptKey, Response, Survey, SurveyKey, SurveyState
from storage.queries.rows import ages, combinations, is_one_of
from storage.queries.town import touch
from storage.services.releases import hold_answers

Combination = tuple[int | None, str, str | None]
"""Area, language and age of a response."""
Merge = Callable[[Mapping[Combination, int]], Mapping[Combination, Combination]]
"""What each combination becomes, by how many complete responses it has, so that none that stays is small."""
MOST_AT_ONCE = 5_000
"""Responses, or files, that are rewritten at once: bounds what the database and we hold in memory."""

_temporary = MetaData()
_merged = Table(
    "merged",
    _temporary,
    Column("area_id", Integer),
    Column("language", String),
    Column("age", String),
    Column("new_area_id", Integer),
    Column("new_language", String),
    Column("new_age", String),
    prefixes=["TEMPORARY"],
)
_renamed = Table(
    "renamed",
    _temporary,
    Column("new_id", Uuid, primary_key=True),
    Column("old_id", Uuid, unique=True, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("area_id", Integer),
    Column("language", String, nullable=False),
    Column("age", String),
    prefixes=["TEMPORARY"],
)


async def close_survey(
    connection: AsyncConnection,
    *,
    town_id: int,
    survey_id: int,
    today: date,
    merge: Merge,
    age_refs: Collection[str] = (),
    with_age: Collection[str] = (),
    traces: Collection[str] = (),
) -> bool:
    """End an open survey for good; returns whether it was open.

    Answers that were not sent are erased; that somebody had begun stays, as a response without answers that is not
    ``complete``. Of an anonymous survey all responses are rewritten in random order under random ids, with the day
    ``today`` instead of their own, and with what ``merge`` makes of area, language and age; then the key is destroyed.
    ``age_refs``: the questions whose answer is the age; where ``merge`` leaves none, the answer goes, and with it
    ``with_age``. Of another survey key, pseudonyms and dates stay, so that its residents still find what they sent.
    ``today``: on the town's calendar.
    ``traces``: the refs of values that the form itself has put in and that could lead back to somebody
    (moments, ids, meta data); they go.

    Files go where their answers go, and get ids of their own in the same random order, with their bytes. A reference to
    bytes that stay where they are would spare the copying, but lead from an answer to the place and the transaction in
    which its file came in: rows and their parts lie in the order of their coming, on both databases. So closing takes
    as long as writing all files once more (`tests.benchmarks.closing` says how long), and room on the disk for that; in
    memory is one at a time. Of an anonymous survey those that are still to be fetched never will be: the name that
    Telegram has for a file leads to whoever sent it.

    Participation and codes stay. So does a resident's pointer to the survey that asked last, until it has been said
    that it is over. A turn that is on its way finds no key and is refused (`storage.models.Interview.key_id`).
    """
    survey = (
        await connection.execute(
            select(Survey.anonymous)
            .where(Survey.id == survey_id, Survey.town_id == town_id, Survey.state == SurveyState.OPEN)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if survey is None:
        return False
    await hold_answers(connection)
    if survey.anonymous:
        becomes = merge(await combinations(connection, survey_id, age_refs))
        await _erase_traces(connection, survey_id, traces)
        await _rename(connection, survey_id, true(), today, becomes, age_refs, with_age)
    else:
        await _rename(connection, survey_id, ~Response.complete, today, {}, (), ())
        await _keep_key(connection, town_id, survey_id)
    await _end_interviews(connection, survey_id, anonymous=survey.anonymous)
    await connection.execute(delete(SurveyKey).where(SurveyKey.survey_id == survey_id))
    await connection.execute(
        update(Survey).where(Survey.id == survey_id).values(state=SurveyState.CLOSED, closed_on=today)
    )
    await touch(connection, town_id)
    return True


async def _erase_traces(connection: AsyncConnection, survey_id: int, traces: Collection[str]) -> None:
    of_survey = Answer.response_id.in_(select(Response.id).where(Response.survey_id == survey_id))
    await connection.execute(delete(Answer).where(of_survey, is_one_of(Answer.ref, traces)))


async def _keep_key(connection: AsyncConnection, town_id: int, survey_id: int) -> None:
    key = select(literal(town_id), SurveyKey.survey_id, SurveyKey.key).where(SurveyKey.survey_id == survey_id)
    await connection.execute(insert(KeptKey).from_select(["town_id", "survey_id", "key"], key))
    await connection.execute(update(Response).where(Response.survey_id == survey_id).values(key_id=None))


async def _end_interviews(connection: AsyncConnection, survey_id: int, *, anonymous: bool) -> None:
    ended = delete(Interview).where(Interview.survey_id == survey_id)
    await connection.execute(ended if anonymous else ended.where(Interview.stage != Stage.COMPLETE))
    await connection.execute(update(Interview).where(Interview.survey_id == survey_id).values(key_id=None))


# --- rewriting --------------------------------------------------------------------------------------------------------


async def _rename(
    connection: AsyncConnection,
    survey_id: int,
    which: ColumnElement[bool],
    today: date,
    becomes: Mapping[Combination, Combination],
    age_refs: Collection[str],
    with_age: Collection[str],
) -> None:
    """Put new rows in the place of these responses, in the order of their new ids, which is random."""
    await connection.execute(CreateTable(_merged))
    await connection.execute(CreateTable(_renamed))
    rows = [
        dict(zip((column.name for column in _merged.columns), (*before, *after), strict=True))
        for before, after in becomes.items()
    ]
    if rows:
        await connection.execute(insert(_merged), rows)
    await _draw_ids(connection, survey_id, which, age_refs)
    release = await connection.scalar(select(func.max(Response.release)).where(Response.survey_id == survey_id))
    async for part in _parts(connection, MOST_AT_ONCE):
        await _copy(connection, part, today=today, release=release, with_age={*age_refs, *with_age})
    async for part in _parts(connection, max(1, MOST_AT_ONCE // MOST_FILES)):
        await _copy_files(connection, part)
    async for part in _parts(connection, MOST_AT_ONCE):  # only now: where a row goes, another could take its place
        old = select(_renamed.c.old_id).where(part)
        await connection.execute(delete(AnswerFile).where(AnswerFile.response_id.in_(old)))
        await connection.execute(delete(Answer).where(Answer.response_id.in_(old)))
        await connection.execute(delete(Response).where(Response.id.in_(old)))
    await connection.execute(DropTable(_renamed))
    await connection.execute(DropTable(_merged))


def random_id(dialect: str) -> Function[object]:
    """An id that the database draws by chance."""
    if dialect == "postgresql":
        return func.gen_random_uuid()
    return func.lower(func.hex(func.randomblob(16)))


async def _draw_ids(
    connection: AsyncConnection, survey_id: int, which: ColumnElement[bool], age_refs: Collection[str]
) -> None:
    age = ages(survey_id, age_refs)
    merged = and_(
        Response.complete,
        _merged.c.language == Response.language,
        _merged.c.area_id.is_not_distinct_from(Response.area_id),
        _merged.c.age.is_not_distinct_from(age.c.age),
    )
    drawn = (
        select(
            random_id(connection.dialect.name),
            Response.id,
            case((Response.complete, 1), else_=0),
            _merged.c.new_area_id,
            func.coalesce(_merged.c.new_language, ""),
            _merged.c.new_age,
        )
        .outerjoin(age, age.c.response_id == Response.id)
        .outerjoin(_merged, merged)
        .where(Response.survey_id == survey_id, which)
    )
    await connection.execute(insert(_renamed).from_select([column.name for column in _renamed.columns], drawn))


async def _parts(connection: AsyncConnection, most: int) -> AsyncIterator[ColumnElement[bool]]:
    """The new responses in the order of their ids, so many at a time."""
    ids = select(_renamed.c.new_id).order_by(_renamed.c.new_id)
    after = None
    while True:
        rest = ids if after is None else ids.where(_renamed.c.new_id > after)
        first = rest.limit(most).subquery()
        last = await connection.scalar(select(first.c.new_id).order_by(first.c.new_id.desc()).limit(1))
        if last is None:
            return
        part = _renamed.c.new_id <= last
        yield part if after is None else and_(_renamed.c.new_id > after, part)
        after = last


async def _copy(
    connection: AsyncConnection,
    part: ColumnElement[bool],
    *,
    today: date,
    release: int | None,
    with_age: Collection[str],
) -> None:
    """Write a part of the new responses with their answers. In a combination that was merged all look the same: the
    day, the release that counted them, and the language of each answer, too."""
    complete = _renamed.c.complete == 1
    response = {
        "id": _renamed.c.new_id,
        "town_id": Response.town_id,
        "survey_id": Response.survey_id,
        "pseudonym": null(),
        "key_id": null(),
        "complete": Response.complete,
        "area_id": _renamed.c.area_id,
        "language": _renamed.c.language,
        "started_on": literal(today),
        "completed_on": case((complete, literal(today))),
        "release": case((and_(complete, Response.release.is_not(None)), literal(release, Integer))),
    }
    await connection.execute(
        insert(Response).from_select(
            list(response),
            select(*response.values())
            .join_from(_renamed, Response, Response.id == _renamed.c.old_id)
            .where(part)
            .order_by(_renamed.c.new_id),
        )
    )
    answer = {
        "response_id": _renamed.c.new_id,
        "town_id": Answer.town_id,
        "ref": Answer.ref,
        "value": Answer.value,
        "language": _renamed.c.language,
        "questionnaire_id": Answer.questionnaire_id,
        "shown": Answer.shown,
    }
    await connection.execute(
        insert(Answer).from_select(
            list(answer),
            select(*answer.values())
            .join_from(_renamed, Answer, Answer.response_id == _renamed.c.old_id)
            .where(part, complete, or_(~is_one_of(Answer.ref, with_age), _renamed.c.age.is_not(None)))
            .order_by(_renamed.c.new_id, Answer.ref),
        )
    )


async def _copy_files(connection: AsyncConnection, part: ColumnElement[bool]) -> None:
    """Write the files of a part of the new responses whose answers are there. What is still to be fetched is lost.

    One by one: to put many into an order at once, the database would hold what is in them.
    """
    answered = exists().where(
        Answer.response_id == _renamed.c.new_id, Answer.ref == AnswerFile.ref, Answer.value == AnswerFile.name
    )
    found = await connection.execute(
        select(AnswerFile.id, _renamed.c.new_id)
        .join_from(_renamed, AnswerFile, AnswerFile.response_id == _renamed.c.old_id)
        .where(part, answered)
        .order_by(_renamed.c.new_id, AnswerFile.ref)
    )
    rows = [{"old_id": row.id, "new_response_id": row.new_id} for row in found]
    if rows:
        await connection.execute(_copy_of_file(connection.dialect.name), rows)


def _copy_of_file(dialect: str) -> Insert:
    fetched = AnswerFile.state == FileState.FETCHED
    file = {
        "id": random_id(dialect),
        "town_id": AnswerFile.town_id,
        "response_id": bindparam("new_response_id", type_=Uuid()),
        "ref": AnswerFile.ref,
        "name": AnswerFile.name,
        "media_type": AnswerFile.media_type,
        "file_id": null(),
        "state": case((fetched, FileState.FETCHED.value), else_=FileState.FAILED.value),
        "content": AnswerFile.content,
        "size": case((fetched, AnswerFile.size)),
        "attempts": literal(0),
        "next_at": null(),
    }
    one = select(*file.values()).where(AnswerFile.id == bindparam("old_id", type_=Uuid()))
    return insert(AnswerFile).from_select(list(file), one)
