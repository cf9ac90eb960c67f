"""Counts of a survey's complete responses, as the disclosure rule needs them: in one pass, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from storage.models import Answer, Release, Response
from storage.queries.rows import ages, is_one_of

_AT_ONCE = 1_000
"""Answers that are handed over at once where they are many: one by one, the handing over would take longer than all
else."""


class GivenAnswer(NamedTuple):
    """An answer, and the version of the questionnaire that it was given to."""

    version: int
    ref: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """People whom nothing that is counted tells apart. ``age``: what they chose in the question of that name.

    ``release``: the number of the one that counted them first. ``answers``: what is counted here; nothing: they
    themselves.
    """

    area_id: int | None
    language: str
    age: str | None
    release: int
    number: int
    answers: tuple[GivenAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release as it was made (`storage.models.Release`)."""

    number: int
    made_on: date
    final: bool
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a survey is: complete responses that no release has counted, and the highest number given out."""

    new: int
    claimed: int


def _is_counted(survey_id: int) -> ColumnElement[bool]:
    return and_(Response.survey_id == survey_id, Response.complete)


async def progress(connection: AsyncConnection, survey_id: int) -> Progress:
    """How far a survey is; exact, so for decisions only and not to be shown."""
    new = func.count() - func.count(Response.release)
    row = (await connection.execute(select(new, func.max(Response.release)).where(_is_counted(survey_id)))).one()
    return Progress(row[0], row[1] or 0)


async def groups(
    connection: AsyncConnection, survey_id: int, *, up_to: int, age_refs: Collection[str], refs: Collection[str]
) -> AsyncIterator[Group]:
    """All that is counted up to a release: first the respondents, then their answers to the questions ``refs``."""
    age, given = ages(survey_id, age_refs), aliased(Answer)
    people = (Response.area_id, Response.language, age.c.age, Response.release)
    with_age = age.c.response_id == Response.id
    counted = and_(_is_counted(survey_id), Response.release <= up_to)
    respondents = select(*people, func.count()).outerjoin(age, with_age).where(counted).group_by(*people)
    answers = (
        select(*people, given.questionnaire_id, given.ref, given.value, func.count())
        .join(given, given.response_id == Response.id)
        .outerjoin(age, with_age)
        .where(counted, given.ref.in_(refs), given.value != "")
        .group_by(*people, given.questionnaire_id, given.ref, given.value)
    )
    async for area_id, language, chosen, release, number in await connection.stream(respondents):
        yield Group(area_id, language, chosen, release or up_to, number)
    async for answer in await connection.stream(answers):
        area_id, language, chosen, release, version, ref, value, number = answer
        yield Group(area_id, language, chosen, release or up_to, number, (GivenAnswer(version, ref, value),))


async def entries(
    connection: AsyncConnection, survey_id: int, *, up_to: int, age_refs: Collection[str]
) -> AsyncIterator[Group]:
    """Everybody who has answered within repeats, one by one and with all such answers together: whoever says the same
    in several entries is one person who says it. Of all answers some are in memory at a time."""
    age, given = ages(survey_id, age_refs), aliased(Answer)
    query = (
        select(Response.id, Response.area_id, Response.language, age.c.age, Response.release)
        .add_columns(given.questionnaire_id, given.ref, given.value)
        .join(given, given.response_id == Response.id)
        .outerjoin(age, age.c.response_id == Response.id)
        .where(_is_counted(survey_id), Response.release <= up_to, given.ref.contains("["), given.value != "")
        .order_by(Response.id)
    )
    last: UUID | None = None
    person, answers = Group(None, "", None, 0, 0), list[GivenAnswer]()
    async for rows in (await connection.stream(query)).partitions(_AT_ONCE):
        for response_id, area_id, language, chosen, release, *answer in rows:
            if response_id != last:
                if answers:
                    yield replace(person, answers=tuple(answers))
                last, person, answers = response_id, Group(area_id, language, chosen, release or up_to, 1), []
            answers.append(GivenAnswer(*answer))
    if answers:
        yield replace(person, answers=tuple(answers))


async def latest_releases(connection: AsyncConnection, survey_id: int) -> list[StoredRelease]:
    """The release that is shown and the one before it, in this order, as far as they are there."""
    rows = await connection.execute(
        select(Release.number, Release.made_on, Release.final, Release.figures)
        .where(Release.survey_id == survey_id)
        .order_by(Release.number.desc())
        .limit(2)
    )
    return [StoredRelease(*row) for row in rows]


async def release_days(connection: AsyncConnection, survey_id: int) -> dict[int, date]:
    """On which day each release of a survey was made, by its number."""
    rows = await connection.execute(select(Release.number, Release.made_on).where(Release.survey_id == survey_id))
    return {row.number: row.made_on for row in rows}


@dataclass(frozen=True, slots=True)
class FreeText:
    """What somebody wrote. ``shown``: it has been read and released."""

    response_id: Any
    version: int
    ref: str
    value: str
    language: str
    shown: bool


Questions = Collection[tuple[int, str]]
"""Where the answers to questions are: by version of the questionnaire and ref."""


def are_of(questions: Questions) -> ColumnElement[bool]:
    """Whether answers are to any of these questions."""
    refs: dict[int, set[str]] = defaultdict(set)
    for version, ref in questions:
        refs[version].add(ref)
    return or_(false(), *(and_(Answer.questionnaire_id == at, is_one_of(Answer.ref, refs[at])) for at in sorted(refs)))


def _is_text_of(survey_id: int, questions: Questions) -> ColumnElement[bool]:
    return and_(_is_counted(survey_id), Response.release.is_not(None), are_of(questions), Answer.value != "")


async def free_texts(
    connection: AsyncConnection, survey_id: int, questions: Questions, *, shown_only: bool, offset: int = 0, limit: int
) -> list[FreeText]:
    """Free texts of the responses that a release counts, by what they say: their order tells of nobody, so that the
    texts of two questions cannot be put together by their places."""
    query = (
        select(Answer.response_id, Answer.questionnaire_id, Answer.ref, Answer.value, Answer.language, Answer.shown)
        .join(Response, Response.id == Answer.response_id)
        .where(_is_text_of(survey_id, questions))
        .order_by(Answer.ref, Answer.value, Response.id)
        .offset(offset)
        .limit(limit)
    )
    if shown_only:
        query = query.where(Answer.shown)
    return [FreeText(*row) for row in await connection.execute(query)]


async def number_of_texts(
    connection: AsyncConnection, survey_id: int, questions: Questions, *, withheld_only: bool = False
) -> int:
    """How many free texts there are to read, shown or not. ``withheld_only``: not shown."""
    query = (
        select(func.count())
        .select_from(Answer)
        .join(Response, Response.id == Answer.response_id)
        .where(_is_text_of(survey_id, questions))
    )
    if withheld_only:
        query = query.where(~Answer.shown)
    return await connection.scalar(query) or 0


async def texts_shown(connection: AsyncConnection, responses: Collection[UUID]) -> frozenset[tuple[UUID, str]]:
    """Response and ref of the free texts in these responses that have been released."""
    rows = await connection.execute(
        select(Answer.response_id, Answer.ref).where(Answer.response_id.in_(responses), Answer.shown)
    )
    return frozenset((row[0], row[1]) for row in rows)


async def number_without(connection: AsyncConnection, survey_id: int, refs: Collection[str]) -> int:
    """How many of the responses that a release counts have no answer to any of the questions ``refs``."""
    answered = select(Answer.response_id).where(
        Answer.response_id == Response.id, Answer.ref.in_(refs), Answer.value != ""
    )
    query = (
        select(func.count())
        .select_from(Response)
        .where(_is_counted(survey_id), Response.release.is_not(None), ~answered.exists())
    )
    return await connection.scalar(query) or 0
