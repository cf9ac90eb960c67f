"""What somebody does about a hand-over: has a server asked, lets the responses leave, stops, goes on.

Each in the caller's transaction; how it is carried on then, `storage.services.carrying` says. What signs in on the
other server is wiped in the transaction in which a hand-over ends, however it does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import HandOver, HandOverItem, HandOverState, ItemState, Response, Survey, SurveyState
from storage.queries.rows import is_wanted
from storage.services.closing import random_id

READY_LASTS = timedelta(minutes=15)
"""So long what signs in is kept for somebody who has not yet said that the responses may leave."""
SETTLED = (ItemState.ACCEPTED, ItemState.THERE)
"""The server has it."""


class RunsAlreadyError(Exception):
    """Another hand-over of the survey to the same place is running: the same responses would be there at once twice."""


class Reason(StrEnum):
    """Why a hand-over stopped."""

    ASKED = "asked"
    """Somebody stopped it."""
    SIGN_IN = "sign-in"
    """401 or 403."""
    NOT_FOUND = "not found"
    """The address, or the form, or its version, is not there."""
    NO_SERVER = "no server"
    """What answers is no server of this kind, or leads elsewhere."""
    NO_ANSWER = "no answer"
    REFUSED = "refused"
    """It refuses one response after another."""
    NOT_ALLOWED = "not allowed"
    """Whoever runs us does not name this server any more."""
    NOT_CLOSED = "not closed"
    """The rows of the survey may not leave (any more)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server is, and what signs in there. ``user`` "": the ``secret`` is a token; both "": the address does."""

    address: str
    user: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        """Nothing of it gets into a log by accident."""
        return "Access(…)"


async def prepare(
    connection: AsyncConnection,
    *,
    town_id: int,
    survey_id: int,
    staff_id: int | None,
    purpose: str,
    server: str,
    place: str,
    place_digest: str,
    with_files: bool,
    access: Access,
    forms: Sequence[Mapping[str, str]],
    now: datetime,
) -> int:
    """Keep what a server has said until somebody lets the responses leave, for ``READY_LASTS``; returns the id."""
    found: int | None = await connection.scalar(
        insert(HandOver)
        .values(
            town_id=town_id,
            survey_id=survey_id,
            staff_id=staff_id,
            purpose=purpose,
            server=server,
            place=place,
            place_digest=place_digest,
            with_files=with_files,
            access=json.dumps(asdict(access)),
            forms=[dict(each) for each in forms],
            state=HandOverState.READY,
            created_at=now,
        )
        .returning(HandOver.id)
    )
    assert found is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return found


async def begin(
    connection: AsyncConnection,
    *,
    town_id: int,
    hand_over_id: int,
    form_id: str | None,
    form_version: str | None,
    now: datetime,
) -> int | None:
    """Let the responses leave; returns how many they are. None: nothing was ready any more, or the survey runs.

    Each gets an id of chance that the server will know it by, or the one that this very form of this place knows it by
    already.
    ``form_id``, ``form_version``: of the form there; None: as it is called here.

    Raises:
        RunsAlreadyError: another one to this place is running.
    """
    held = (
        await connection.execute(
            select(HandOver.survey_id, HandOver.place_digest, Survey.anonymous)
            .join(Survey, Survey.id == HandOver.survey_id)
            .where(
                HandOver.town_id == town_id,
                HandOver.id == hand_over_id,
                HandOver.state == HandOverState.READY,
                HandOver.access.is_not(None),
                HandOver.created_at > now - READY_LASTS,
                Survey.state == SurveyState.CLOSED,
            )
            .with_for_update()  # of the survey, too: its hand-overs begin one after the other
        )
    ).one_or_none()
    if held is None:
        return None
    await _must_be_alone(connection, held.survey_id, held.place_digest)
    number = await _put_items(connection, town_id, hand_over_id, *held, form_id)
    await connection.execute(
        update(HandOver)
        .where(HandOver.id == hand_over_id)
        .values(state=HandOverState.RUNNING, forms=[], form_id=form_id, form_version=form_version, began_at=now)
    )
    return number


async def _must_be_alone(connection: AsyncConnection, survey_id: int, place_digest: str) -> None:
    same = (HandOver.survey_id == survey_id, HandOver.place_digest == place_digest)
    running = select(literal(1)).where(*same, HandOver.state == HandOverState.RUNNING)
    if await connection.scalar(running.limit(1)):
        raise RunsAlreadyError


async def _put_items(
    connection: AsyncConnection,
    town_id: int,
    hand_over_id: int,
    survey_id: int,
    place_digest: str,
    anonymous: bool,
    form_id: str | None,
) -> int:
    before = (
        select(func.max(HandOverItem.hand_over_id).label("latest"), HandOverItem.response_id)
        .join(HandOver, HandOver.id == HandOverItem.hand_over_id)
        .where(
            HandOver.survey_id == survey_id,
            HandOver.place_digest == place_digest,
            # another form there holds submissions of its own, and would take a known id for what it has already
            HandOver.form_id.is_not_distinct_from(form_id),
        )
        .group_by(HandOverItem.response_id)
        .subquery("before")
    )
    known = (
        select(HandOverItem.response_id, HandOverItem.instance_id)
        .join(
            before,
            and_(
                before.c.latest == HandOverItem.hand_over_id,
                before.c.response_id == HandOverItem.response_id,
            ),
        )
        .subquery("known")
    )
    drawn = func.coalesce(known.c.instance_id, random_id(connection.dialect.name))
    rows = (
        select(
            literal(town_id), literal(hand_over_id), Response.id, drawn, literal(ItemState.WAITING.value), literal(0)
        )
        .outerjoin(known, known.c.response_id == Response.id)
        .where(*is_wanted(survey_id, counted=anonymous))
    )
    names = ["town_id", "hand_over_id", "response_id", "instance_id", "state", "attempts"]
    await connection.execute(insert(HandOverItem).from_select(names, rows))
    of_it = select(func.count()).select_from(HandOverItem).where(HandOverItem.hand_over_id == hand_over_id)
    return await connection.scalar(of_it) or 0


async def go_on(
    connection: AsyncConnection, *, town_id: int, hand_over_id: int, access: Access, staff_id: int | None
) -> int | None:
    """Take up a hand-over that has ended, with everything that the server does not have; returns how much that is.

    None: it has not ended, or there is nothing.

    Raises:
        RunsAlreadyError: another one to this place is running.
    """
    held = (
        await connection.execute(
            select(HandOver.survey_id, HandOver.place_digest)
            .join(Survey, Survey.id == HandOver.survey_id)
            .where(
                HandOver.town_id == town_id,
                HandOver.id == hand_over_id,
                HandOver.state.in_([HandOverState.STOPPED, HandOverState.DONE]),
            )
            .with_for_update()
        )
    ).one_or_none()
    if held is None:
        return None
    await _must_be_alone(connection, *held)
    rest = and_(HandOverItem.hand_over_id == hand_over_id, HandOverItem.state.not_in(SETTLED))
    number = await connection.scalar(select(func.count()).select_from(HandOverItem).where(rest)) or 0
    if not number:
        return None
    await connection.execute(
        update(HandOver)
        .where(HandOver.id == hand_over_id)
        .values(
            state=HandOverState.RUNNING,
            access=json.dumps(asdict(access)),
            staff_id=staff_id,
            reason=None,
            said=None,
            ended_at=None,
            troubles=0,
            refusals=0,
            next_at=None,
        )
    )
    again = {"state": ItemState.WAITING, "status": None, "reason": None, "attempts": 0, "next_at": None}
    await connection.execute(update(HandOverItem).where(rest, HandOverItem.state != ItemState.STARTED).values(**again))
    return number


async def stop(
    connection: AsyncConnection,
    *,
    town_id: int,
    hand_over_id: int,
    reason: Reason,
    now: datetime,
    said: str | None = None,
) -> bool:
    """End a hand-over that runs and wipe what signs in there; returns whether it ran."""
    done = await connection.execute(
        update(HandOver)
        .where(HandOver.town_id == town_id, HandOver.id == hand_over_id, HandOver.state == HandOverState.RUNNING)
        .values(**ended(HandOverState.STOPPED, now), reason=reason, said=said)
    )
    return done.rowcount == 1


async def discard(connection: AsyncConnection, *, town_id: int, hand_over_id: int) -> bool:
    """Forget what a server has said, and what signs in there; returns whether it still waited for somebody's word."""
    done = await connection.execute(
        delete(HandOver).where(
            HandOver.town_id == town_id, HandOver.id == hand_over_id, HandOver.state == HandOverState.READY
        )
    )
    return done.rowcount == 1


async def unbegun(connection: AsyncConnection, *, town_id: int, now: datetime) -> bool:
    """Whether there is something that nobody has begun within ``READY_LASTS``."""
    return await connection.scalar(select(literal(1)).where(*_is_unbegun(town_id, now)).limit(1)) is not None


async def forget_unbegun(connection: AsyncConnection, *, town_id: int, now: datetime) -> int:
    """Forget what nobody has begun within ``READY_LASTS``."""
    done = await connection.execute(delete(HandOver).where(*_is_unbegun(town_id, now)))
    return int(done.rowcount)


def _is_unbegun(town_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_late = HandOver.created_at <= now - READY_LASTS
    return HandOver.town_id == town_id, HandOver.state == HandOverState.READY, is_late


def ended(state: HandOverState, now: datetime) -> dict[str, Any]:
    """The values of a hand-over that ends."""
    return {"state": state, "access": None, "ended_at": now, "next_at": None}
