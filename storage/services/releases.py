"""Making a release: who is counted in it, and keeping what may be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Answer, Release, Response, Survey, SurveyState
from storage.queries.results import Questions, are_of, progress


async def hold_answers(connection: AsyncConnection) -> None:
    """Let no answer of any survey be stored until this transaction ends: on SQLite nobody else writes anyway.

    In the order in which turns come to these tables (`storage.statements`), so that neither waits for the other.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(
            text("LOCK TABLE interview, response, answer, answer_file IN SHARE ROW EXCLUSIVE MODE")
        )


async def is_open(connection: AsyncConnection, town_id: int, survey_id: int) -> bool:
    """Whether a survey takes answers; it stays so until this transaction ends."""
    state = await connection.scalar(
        select(Survey.state)
        .where(Survey.id == survey_id, Survey.town_id == town_id)
        .with_for_update(key_share=True)  # rows that refer to the survey may still be stored
    )
    return state == SurveyState.OPEN


async def claim_responses(connection: AsyncConnection, survey_id: int, number: int) -> None:
    """Give all complete responses that no release has counted to the release ``number``.

    Where some have its number already, an earlier attempt gave it and came no further: then it is made of those, so
    that two attempts at the same release count the same people.
    """
    if (await progress(connection, survey_id)).claimed < number:
        await connection.execute(
            update(Response)
            .where(Response.survey_id == survey_id, Response.complete, Response.release.is_(None))
            .values(release=number)
        )


async def give_back(connection: AsyncConnection, survey_id: int, number: int) -> None:
    """Take the release ``number`` from all responses that have it: it was begun and cannot be made."""
    await connection.execute(
        update(Response).where(Response.survey_id == survey_id, Response.release == number).values(release=None)
    )


async def leave_out(connection: AsyncConnection, survey_id: int, *, after: int, others: int = 0) -> None:
    """Say of responses that came after the release ``after`` that none counts them: no row or text has them.

    And of so many ``others`` by chance.
    """
    of_survey = Response.survey_id == survey_id
    chosen = select(Response.id).where(of_survey, Response.complete, Response.release <= after)
    some = Response.id.in_(chosen.order_by(func.random()).limit(others))
    await connection.execute(
        update(Response).where(of_survey, or_(Response.release > after, some)).values(release=None)
    )


async def leave_answers_out(
    connection: AsyncConnection,
    survey_id: int,
    questions: Questions,
    along: Questions,
    *,
    after: int,
    others: int,
) -> None:
    """Erase answers to questions of those who came after a release, and of so many ``others`` by chance.

    And of the same people what stands ``along`` with these answers. Both: version and ref.
    """
    of_survey = and_(Response.survey_id == survey_id, Response.complete)
    answered = select(Response.id).join(Answer, Answer.response_id == Response.id).where(of_survey, are_of(questions))
    some = answered.where(Response.release <= after).distinct().subquery()
    chosen = select(some.c.id).order_by(func.random()).limit(others)
    late = answered.where(Response.release > after)
    await connection.execute(
        delete(Answer).where(
            are_of({*questions, *along}), or_(Answer.response_id.in_(late), Answer.response_id.in_(chosen))
        )
    )


async def keep_release(
    connection: AsyncConnection,
    *,
    town_id: int,
    survey_id: int,
    number: int,
    made_on: date,
    final: bool,
    figures: Mapping[str, Any],
    older: Mapping[int, Mapping[str, Any]],
) -> bool:
    """Keep a release. ``older``: what stays of earlier ones by number, without what only this one had to look at.

    Returns False where somebody else was faster with the same release; then nothing has changed.
    """
    try:
        async with connection.begin_nested():
            await connection.execute(
                insert(Release).values(
                    town_id=town_id,
                    survey_id=survey_id,
                    number=number,
                    made_on=made_on,
                    final=final,
                    figures=dict(figures),
                )
            )
    except IntegrityError:
        return False
    for each, stays in older.items():
        await connection.execute(
            update(Release).where(Release.survey_id == survey_id, Release.number == each).values(figures=dict(stays))
        )
    return True


async def show_texts(
    connection: AsyncConnection, survey_id: int, texts: Collection[tuple[UUID, str]], *, shown: bool
) -> None:
    """Release free texts of a survey for its results page, or take them back. ``texts``: response and question."""
    for response_id, ref in texts:
        await connection.execute(
            update(Answer)
            .where(
                Answer.response_id == response_id,
                Answer.ref == ref,
                Answer.response_id.in_(select(Response.id).where(Response.survey_id == survey_id, Response.complete)),
            )
            .values(shown=shown)
        )
