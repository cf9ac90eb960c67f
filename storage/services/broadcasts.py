"""Writing a broadcast, releasing its texts, and deciding what happens to what is being sent.

Each service is one named piece in the caller's transaction. False or None: it was refused, since somebody was quicker.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Content, Place
from storage.models import (
    Attachment,
    AttachmentKind,
    Broadcast,
    BroadcastText,
    Contact,
    Delivery,
    DeliveryState,
    Resident,
    Sending,
    SendingKind,
    SendingState,
    Staff,
    Town,
    stands,
)
from storage.queries.audience import Audience
from storage.queries.broadcasts import SendingFacts, find_broadcast, find_sending, list_sendings
from storage.queries.outbox import LEFT
from storage.queries.town import touch
from storage.services.feeding import method_of

ENDED = (SendingState.DONE, SendingState.CANCELLED)


# --- writing --------------------------------------------------------------------------------------------------------


async def draft_broadcast(connection: AsyncConnection, *, town_id: int, title: str, now: datetime) -> int:
    """Begin a broadcast and return its id."""
    created = await connection.scalar(
        insert(Broadcast)
        .values(
            town_id=town_id,
            title=title,
            audience=Audience().as_json(),
            fallback={},
            links={},
            created_at=now,
            revision=0,
        )
        .returning(Broadcast.id)
    )
    assert created is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(created)


async def change_broadcast(
    connection: AsyncConnection,
    *,
    town_id: int,
    broadcast_id: int,
    seen: int,
    title: str,
    audience: Audience,
    fallback: Mapping[str, str],
    survey_id: int | None,
    shown_event_id: int | None,
    links: Mapping[str, str],
    place: Place | None,
    said_on: date | None,
    attachment_id: int | None,
) -> bool:
    """Change everything but the texts; False: it is not the revision that was ``seen``."""
    changed = await connection.execute(
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.town_id == town_id, Broadcast.revision == seen)
        .values(
            title=title,
            audience=audience.as_json(),
            fallback=dict(fallback),
            survey_id=survey_id,
            shows_event_id=shown_event_id,
            links=dict(links),
            place=place.as_json() if place else None,
            said_on=said_on,
            attachment_id=attachment_id,
            revision=Broadcast.revision + 1,
        )
    )
    await touch(connection, town_id)  # an event may be shown with what it says
    return changed.rowcount == 1


async def put_text(
    connection: AsyncConnection,
    *,
    town_id: int,
    broadcast_id: int,
    language: str,
    text: str,
    released_by: int | None,
    released: bool | None = None,
) -> None:
    """Keep what a broadcast says in one language. ``released_by``: who approves it for sending; None: a draft, unless
    it is ``released`` by nobody in particular."""
    row = {
        "town_id": town_id,
        "broadcast_id": broadcast_id,
        "language": language,
        "text": text,
        "released": released_by is not None if released is None else released,
        "released_by": released_by,
        "told": False,
    }
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(BroadcastText).values(row)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["broadcast_id", "language"],
            set_={name: row[name] for name in ("text", "released", "released_by")},
        )
    )
    await connection.execute(
        update(Broadcast).where(Broadcast.id == broadcast_id).values(revision=Broadcast.revision + 1)
    )
    await touch(connection, town_id)


async def ask_for_translation(
    connection: AsyncConnection, *, town_id: int, broadcast_id: int, languages: list[str], now: datetime
) -> None:
    """Ask mediators for these languages; asking again writes to them again."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    for language in languages:
        row = {
            "town_id": town_id,
            "broadcast_id": broadcast_id,
            "language": language,
            "text": "",
            "released": False,
            "asked_at": now,
            "told": False,
        }
        await connection.execute(
            dialect.insert(BroadcastText)
            .values(row)
            .on_conflict_do_update(index_elements=["broadcast_id", "language"], set_={"asked_at": now, "told": False})
        )


async def add_attachment(
    connection: AsyncConnection, *, town_id: int, kind: AttachmentKind, name: str, content: bytes
) -> int:
    """Keep a picture or document, and return its id. What its file says about its maker has been taken out."""
    created = await connection.scalar(
        insert(Attachment)
        .values(town_id=town_id, kind=kind, name=name, content=content, file_ids={})
        .returning(Attachment.id)
    )
    assert created is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(created)


async def remember_file(connection: AsyncConnection, *, attachment_id: int, bot_id: int, file_id: str) -> None:
    """Under which name Telegram knows a file that was uploaded for this bot."""
    known = await connection.scalar(select(Attachment.file_ids).where(Attachment.id == attachment_id).with_for_update())
    await connection.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id)
        .values(file_ids={**(known or {}), str(bot_id): file_id})
    )


async def discard_broadcast(connection: AsyncConnection, *, town_id: int, broadcast_id: int) -> bool:
    """Delete a broadcast that nobody has got and nobody is to get; returns whether it was there and so."""
    held = await find_broadcast(connection, town_id, broadcast_id, hold=True)
    sendings = await list_sendings(connection, town_id, broadcast_id=broadcast_id)
    if held is None or not all(each.is_void for each in sendings):
        return False
    trials = select(Sending.id).where(Sending.broadcast_id == broadcast_id)
    await connection.execute(
        update(Delivery)
        .where(Delivery.sending_id.in_(trials), Delivery.state.in_(_SENDABLE))
        .values(state=DeliveryState.FAILED, reason="discarded")
    )
    await connection.execute(update(Delivery).where(Delivery.sending_id.in_(trials)).values(sending_id=None))
    await connection.execute(update(Staff).where(Staff.translating == broadcast_id).values(translating=None))
    await connection.execute(delete(Sending).where(Sending.broadcast_id == broadcast_id))
    await connection.execute(delete(Broadcast).where(Broadcast.id == broadcast_id))
    if held.attachment_id is not None:
        used = exists().where(Broadcast.attachment_id == held.attachment_id)
        await connection.execute(delete(Attachment).where(Attachment.id == held.attachment_id, ~used))
    return True


# --- sending --------------------------------------------------------------------------------------------------------

_SENDABLE = (DeliveryState.WAITING, DeliveryState.HELD)


async def begin_sending(
    connection: AsyncConnection,
    *,
    town_id: int,
    broadcast_id: int,
    kind: SendingKind,
    staff_id: int | None,
    content: Content,
    audience: Audience,
    zone: str,
    wall: str | None,
    due_at: datetime,
    now: datetime,
    original_id: int | None = None,
) -> int:
    """Plan a pass: it begins at ``due_at``, and what it says stays as it is now. Returns its id.

    Of an event only the dates are named that are still to come then.
    """
    if content.event is not None and kind != SendingKind.EDIT:
        content = replace(content, event=replace(content.event, occasions=content.event.coming(due_at)))
    created = await connection.scalar(
        insert(Sending)
        .values(
            town_id=town_id,
            broadcast_id=broadcast_id,
            kind=kind,
            state=SendingState.PLANNED,
            staff_id=staff_id,
            original_id=original_id,
            content=content.as_json(),
            content_revision=0,
            audience=audience.as_json(),
            wall=wall,
            zone=zone,
            due_at=due_at,
            created_at=now,
            cursor=-1,
            expanded=False,
            tally={},
        )
        .returning(Sending.id)
    )
    assert created is not None  # noqa: S101 (an insert that returns nothing would have raised)
    return int(created)


async def pause_sending(connection: AsyncConnection, *, town_id: int, sending_id: int) -> bool:
    """Hold back what has not been sent; False: there is nothing to pause."""
    sending = await find_sending(connection, town_id, sending_id, hold=True)
    if sending is None or sending.state not in (SendingState.RUNNING, SendingState.PLANNED):
        return False
    await _set_state(connection, sending_id, SendingState.PAUSED)
    await connection.execute(
        update(Delivery)
        .where(Delivery.sending_id == sending_id, stands(Delivery.state, DeliveryState.WAITING))
        .values(state=DeliveryState.HELD)
    )
    return True


async def resume_sending(connection: AsyncConnection, *, town_id: int, sending_id: int) -> bool:
    """Go on with what was held back; False: it is not paused. One whose time is still to come waits for it."""
    sending = await find_sending(connection, town_id, sending_id, hold=True)
    if sending is None or sending.state != SendingState.PAUSED:
        return False
    has_begun = sending.began_at is not None
    await _set_state(connection, sending_id, SendingState.RUNNING if has_begun else SendingState.PLANNED)
    return True  # what is held the feeder lets go, unless it is night


async def cancel_sending(connection: AsyncConnection, *, town_id: int, sending_id: int, now: datetime) -> bool:
    """Send nothing more of it, for good; False: it has ended already."""
    sending = await find_sending(connection, town_id, sending_id, hold=True)
    if sending is None or sending.state in ENDED:
        return False
    await _set_state(connection, sending_id, SendingState.CANCELLED, ended_at=now)
    await connection.execute(
        delete(Delivery).where(Delivery.sending_id == sending_id, stands(Delivery.state, *_SENDABLE))
    )
    return True


async def correct_sending(
    connection: AsyncConnection, *, town_id: int, sending_id: int, content: Content, staff_id: int | None, now: datetime
) -> int | None:
    """Correct what was sent in its place, and what is still to be sent before it leaves; returns the pass that edits.

    None: it runs, or something of it is just on the wire: what leaves now would stay as it is. Pause it first.
    A message with a file keeps one: Telegram takes another in its place, and none away.
    """
    sending = await _still_sending(connection, town_id, sending_id)
    if sending is None:
        return None
    if content.attachment_id is None:
        content = replace(content, attachment_id=sending.content.attachment_id, is_photo=sending.content.is_photo)
    await connection.execute(  # what is unclear may be sent again, and then as it reads now
        update(Delivery)
        .where(Delivery.sending_id == sending_id, stands(Delivery.state, *_SENDABLE, DeliveryState.UNCERTAIN))
        .values(method=method_of(SendingKind.SEND, content))
    )
    await connection.execute(
        update(Sending)
        .where(Sending.id == sending_id)
        .values(content=content.as_json(), content_revision=Sending.content_revision + 1)
    )
    for older in await connection.scalars(  # else it could overwrite the newer one
        select(Sending.id).where(
            Sending.original_id == sending_id, Sending.kind == SendingKind.EDIT, Sending.state.not_in(ENDED)
        )
    ):
        await cancel_sending(connection, town_id=town_id, sending_id=older, now=now)
    return await _follow(connection, sending, SendingKind.EDIT, content, town_id=town_id, staff_id=staff_id, now=now)


async def take_back_sending(
    connection: AsyncConnection, *, town_id: int, sending_id: int, staff_id: int | None, now: datetime
) -> int | None:
    """Delete what was sent from the chats, as far as Telegram lets us (48 hours); returns the pass that deletes.

    What is still to be sent is not sent any more. None: it runs, or something of it is just on the wire.
    """
    sending = await _still_sending(connection, town_id, sending_id)
    if sending is None:
        return None
    if sending.state not in ENDED:
        await cancel_sending(connection, town_id=town_id, sending_id=sending_id, now=now)
    return await _follow(
        connection, sending, SendingKind.DELETE, sending.content, town_id=town_id, staff_id=staff_id, now=now
    )


async def _follow(
    connection: AsyncConnection,
    sending: SendingFacts,
    kind: SendingKind,
    content: Content,
    *,
    town_id: int,
    staff_id: int | None,
    now: datetime,
) -> int:
    """Begin a pass over what another one has sent; returns its id."""
    return await begin_sending(
        connection,
        town_id=town_id,
        broadcast_id=sending.broadcast_id,
        kind=kind,
        staff_id=staff_id,
        content=content,
        audience=sending.audience,
        zone=sending.zone,
        wall=None,
        due_at=now,
        now=now,
        original_id=sending.id,
    )


async def _still_sending(connection: AsyncConnection, town_id: int, sending_id: int) -> SendingFacts | None:
    """A pass to people that does not run and of which nothing is on the wire; None: there is none, or it is not so."""
    sending = await find_sending(connection, town_id, sending_id, hold=True)
    if sending is None or sending.kind != SendingKind.SEND or sending.state not in (SendingState.PAUSED, *ENDED):
        return None
    on_the_wire = (
        select(Delivery.seq)
        .where(Delivery.sending_id == sending_id, stands(Delivery.state, DeliveryState.STARTED))
        .limit(1)
    )
    return sending if await connection.scalar(on_the_wire) is None else None


async def leave_uncertain(connection: AsyncConnection, *, sending_id: int) -> int:
    """Decide that what may have arrived stays as it is; returns how many that are."""
    left = await connection.execute(
        update(Delivery)
        .where(Delivery.sending_id == sending_id, stands(Delivery.state, DeliveryState.UNCERTAIN))
        .values(reason=LEFT)
    )
    return left.rowcount


async def resend_uncertain(connection: AsyncConnection, *, town_id: int, sending_id: int, now: datetime) -> int:
    """Decide that what may have arrived, and nobody left as it is, is sent again; returns how many that are.

    Some people may get it twice. A cancelled pass sends nothing again, nor one that was taken back; and nobody gets it
    who wants no messages any more.
    """
    sending = await find_sending(connection, town_id, sending_id, hold=True)
    if sending is None or sending.state == SendingState.CANCELLED:
        return 0
    taken_back = select(Sending.id).where(
        Sending.original_id == sending_id,
        Sending.kind == SendingKind.DELETE,
        Sending.state != SendingState.CANCELLED,
    )
    if await connection.scalar(taken_back.limit(1)) is not None:
        return 0
    reachable = (
        select(Contact.id)
        .join(Resident, Resident.id == Contact.resident_id)
        .where(Contact.blocked_on.is_(None), Resident.paused.is_(False))
    )
    again = await connection.execute(
        update(Delivery)
        .where(
            Delivery.sending_id == sending_id,
            stands(Delivery.state, DeliveryState.UNCERTAIN),
            Delivery.reason.is_distinct_from(LEFT),
            Delivery.contact_id.in_(reachable) if sending.kind == SendingKind.SEND else true(),
        )
        .values(
            state=DeliveryState.HELD,  # the feeder lets it go, unless it is night
            attempts=0,
            due_at=now,
            finished_at=None,
            reason=None,
        )
    )
    if again.rowcount and sending.state == SendingState.DONE:
        await _set_state(connection, sending_id, SendingState.RUNNING, ended_at=None)
    return again.rowcount


async def _set_state(connection: AsyncConnection, sending_id: int, state: SendingState, **more: Any) -> None:
    await connection.execute(update(Sending).where(Sending.id == sending_id).values(state=state, **more))


# --- the town's rules -----------------------------------------------------------------------------------------------


async def stop_everything(connection: AsyncConnection, *, town_id: int, now: datetime) -> None:
    """The emergency stop: nothing of the outbox is sent, replies included, until ``go_on``."""
    await connection.execute(update(Town).where(Town.id == town_id, Town.stopped_at.is_(None)).values(stopped_at=now))


async def go_on(connection: AsyncConnection, *, town_id: int) -> None:
    """End the emergency stop."""
    await connection.execute(update(Town).where(Town.id == town_id).values(stopped_at=None))


async def set_rules(
    connection: AsyncConnection, *, town_id: int, quiet_from: str, quiet_to: str, weekly_share: int
) -> None:
    """Settle quiet hours (``HH:MM``, the same twice: none) and how many broadcasts a resident gets a week (0: any)."""
    await connection.execute(
        update(Town)
        .where(Town.id == town_id)
        .values(quiet_from=quiet_from, quiet_to=quiet_to, weekly_share=weekly_share)
    )
