"""Hand-overs that run: claimed piece by piece by one process, settled, ended. Each in the caller's transaction.

Knows no network. A second attempt does no harm: a response goes under an id that the server recognises.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import HandOver, HandOverItem, HandOverState, ItemState
from storage.services.handing_over import SETTLED, Access, Reason, ended, stop

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
"""How long we wait after the first trouble, twice as long after each more, and at most."""
MOST_TROUBLES = 12
"""Times in a row without a good answer, over about an hour; then somebody has to look at it."""
MOST_REFUSALS = 50
"""Responses in a row that are refused before we stop: the rest would fare no better."""
MOST_ATTEMPTS = 6
"""Of one response that may have arrived each time."""
LONGEST_REASON = 200
"""Characters that are kept of what a server says."""
_OPEN = (ItemState.WAITING, ItemState.STARTED)


@dataclass(frozen=True, slots=True)
class Item:
    """A response to be sent, and what the server is to know it by."""

    response_id: UUID
    instance_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What was claimed of a hand-over."""

    hand_over_id: int
    survey_id: int
    server: str
    access: Access
    form_id: str | None
    form_version: str | None
    with_files: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt.

    ``is_trouble``: the server is not well, so we wait, for ``pause`` at least. ``stops``: there is no use in going on.
    """

    state: ItemState
    status: int | None = None
    reason: str | None = None
    is_trouble: bool = False
    pause: timedelta = timedelta()
    stops: Reason | None = None


def _is_due(now: datetime, runner: str) -> ColumnElement[bool]:
    return and_(
        HandOver.state == HandOverState.RUNNING,
        or_(HandOver.next_at.is_(None), HandOver.next_at <= now),
        or_(HandOver.runner == runner, HandOver.held_until.is_(None), HandOver.held_until <= now),
    )


async def due(connection: AsyncConnection, *, town_id: int, runner: str, now: datetime) -> tuple[int, ...]:
    """The hand-overs that can be carried on now, and that nobody else carries."""
    wanted = select(HandOver.id).where(HandOver.town_id == town_id, _is_due(now, runner)).order_by(HandOver.id)
    return tuple(await connection.scalars(wanted))


async def claim(
    connection: AsyncConnection, *, hand_over_id: int, runner: str, most: int, now: datetime, held_for: timedelta
) -> Portion | None:
    """Mark the next responses as started, to be sent by ``runner`` once that is committed; None: there are none now.

    What another process had started when its hold ended is claimed again. Where nothing is left the hand-over ends.
    """
    row = (
        await connection.execute(
            select(
                HandOver.survey_id,
                HandOver.server,
                HandOver.access,
                HandOver.form_id,
                HandOver.form_version,
                HandOver.with_files,
                HandOver.runner,
            )
            .where(HandOver.id == hand_over_id, _is_due(now, runner))
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if row is None:
        return None
    found = await _next_items(connection, hand_over_id, most, now, with_started=row.runner != runner)
    if not found:
        await _wait_or_end(connection, hand_over_id, now)
        return None
    await _mark(connection, hand_over_id, [each.response_id for each in found], state=ItemState.STARTED)
    await connection.execute(
        update(HandOver).where(HandOver.id == hand_over_id).values(runner=runner, held_until=now + held_for)
    )
    access = Access(**json.loads(row.access))
    form = (row.form_id, row.form_version)
    return Portion(hand_over_id, row.survey_id, row.server, access, *form, row.with_files, found)


async def _next_items(
    connection: AsyncConnection, hand_over_id: int, most: int, now: datetime, *, with_started: bool
) -> tuple[Item, ...]:
    """State by state, each in the order of the index: the next ones cost the same of ten and of a million."""
    states = [HandOverItem.state == ItemState.STARTED] if with_started else []
    states += [
        HandOverItem.state == ItemState.WAITING,
        and_(HandOverItem.state == ItemState.UNCERTAIN, HandOverItem.next_at <= now),
    ]
    found: list[Item] = []
    for state in states:
        rows = await connection.execute(
            select(HandOverItem.response_id, HandOverItem.instance_id, HandOverItem.attempts)
            .where(HandOverItem.hand_over_id == hand_over_id, state)
            .order_by(HandOverItem.response_id)
            .limit(most - len(found))
        )
        found += [Item(*row) for row in rows]
        if len(found) == most:
            break
    return tuple(found)


async def _mark(connection: AsyncConnection, hand_over_id: int, responses: Collection[UUID], **values: Any) -> None:
    chosen = (HandOverItem.hand_over_id == hand_over_id, HandOverItem.response_id.in_(responses))
    await connection.execute(update(HandOverItem).where(*chosen).values(**values))


async def keep_hold(
    connection: AsyncConnection, *, hand_over_id: int, runner: str, now: datetime, held_for: timedelta
) -> None:
    """Say that we are still at it."""
    await connection.execute(
        update(HandOver).where(HandOver.id == hand_over_id, HandOver.runner == runner).values(held_until=now + held_for)
    )


async def settle(
    connection: AsyncConnection, *, hand_over_id: int, runner: str, outcomes: Mapping[UUID, Outcome], now: datetime
) -> bool:
    """Record what became of the responses that ``runner`` had claimed; False: it does not carry this one any more."""
    row = (
        await connection.execute(
            select(HandOver.town_id, HandOver.troubles, HandOver.refusals)
            .where(HandOver.id == hand_over_id, HandOver.runner == runner)
            .with_for_update()
        )
    ).one_or_none()
    if row is None:
        return False
    for response_id, outcome in outcomes.items():
        await _settle_one(connection, hand_over_id, response_id, outcome, now)
    troubles, refusals, pause = row.troubles, row.refusals, timedelta()
    for outcome in outcomes.values():
        refusals = refusals + 1 if outcome.state is ItemState.REFUSED else 0 if outcome.state in SETTLED else refusals
        pause = max(pause, outcome.pause)
    is_trouble = any(each.is_trouble for each in outcomes.values())
    if is_trouble:
        troubles = 1 if any(each.state in SETTLED for each in outcomes.values()) else troubles + 1
        pause = max(pause, _wait_after(troubles))
    elif outcomes:
        troubles = 0
    await connection.execute(
        update(HandOver)
        .where(HandOver.id == hand_over_id)
        .values(troubles=troubles, refusals=refusals, next_at=now + pause if pause else None)
    )
    stops = next((each for each in outcomes.values() if each.stops), None)
    reason = stops.stops if stops else None
    last = list(outcomes.values())[-1] if outcomes else None
    if reason is None and refusals >= MOST_REFUSALS:
        reason = Reason.REFUSED
    elif reason is None and troubles >= MOST_TROUBLES:
        reason = Reason.NO_ANSWER
    if reason:
        said = (stops or last or Outcome(ItemState.WAITING)).reason
        await stop(connection, town_id=row.town_id, hand_over_id=hand_over_id, reason=reason, now=now, said=said)
    return True


async def _settle_one(
    connection: AsyncConnection, hand_over_id: int, response_id: UUID, outcome: Outcome, now: datetime
) -> None:
    is_uncertain = outcome.state is ItemState.UNCERTAIN
    attempts = HandOverItem.attempts + int(outcome.state is not ItemState.WAITING)
    again = null()
    if is_uncertain:
        done = await connection.scalar(
            select(HandOverItem.attempts).where(
                HandOverItem.hand_over_id == hand_over_id, HandOverItem.response_id == response_id
            )
        )
        if done is not None and done + 1 < MOST_ATTEMPTS:
            again = literal(now + _wait_after(done + 1), HandOverItem.next_at.type)  # type: ignore[assignment]
    await _mark(
        connection,
        hand_over_id,
        [response_id],
        state=outcome.state,
        status=outcome.status,
        reason=outcome.reason[:LONGEST_REASON] if outcome.reason else None,
        attempts=attempts,
        next_at=again,
    )


def _wait_after(times: int) -> timedelta:
    return min(FIRST_WAIT * int(2 ** min(times - 1, 20)), LONGEST_WAIT)


async def _wait_or_end(connection: AsyncConnection, hand_over_id: int, now: datetime) -> None:
    """Nothing can be sent now: wait until something can, or end."""
    of_it = HandOverItem.hand_over_id == hand_over_id
    if await connection.scalar(select(literal(1)).where(of_it, HandOverItem.state.in_(_OPEN)).limit(1)):
        return
    next_at = await connection.scalar(
        select(func.min(HandOverItem.next_at)).where(of_it, HandOverItem.state == ItemState.UNCERTAIN)
    )
    values = {"next_at": next_at} if next_at else ended(HandOverState.DONE, now)
    await connection.execute(update(HandOver).where(HandOver.id == hand_over_id).values(**values))


async def let_go(connection: AsyncConnection, *, hand_over_id: int, runner: str) -> None:
    """Let anybody take up what ``runner`` has carried; what it had started, and not settled, may have arrived."""
    await connection.execute(
        update(HandOver)
        .where(HandOver.id == hand_over_id, HandOver.runner == runner)
        .values(runner=None, held_until=None)
    )
