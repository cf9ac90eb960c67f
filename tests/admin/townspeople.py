"""Residents and what became of messages to them, for tests of broadcasts: put there as the bot would have."""

from __future__ import annotations

from datetime import date
from itertools import count

from sqlalchemy import insert, update

from admin.site import Site
from storage.models import Contact, Delivery, DeliveryState, Participation, Resident, Sending, SendingState

BOT = 7
TODAY = date(2026, 11, 26)
_numbers = count(1)


async def move_in(
    site: Site,
    language: str,
    number: int = 1,
    *,
    area: int | None = 1,
    paused: bool = False,
    blocked: bool = False,
    adult: bool | None = True,
    took_part: int | None = None,
) -> list[int]:
    """Residents who have agreed; returns the ids of their contacts. ``took_part``: id of a survey."""
    ids = [next(_numbers) for _ in range(number)]
    async with site.database.write() as connection:
        for here in ids:
            await connection.execute(
                insert(Resident).values(
                    id=here,
                    town_id=site.town_id,
                    language=language,
                    area_id=area,
                    arrived_on=TODAY,
                    consented_on=TODAY,
                    adult=adult,
                    paused=paused,
                )
            )
            await connection.execute(
                insert(Contact).values(
                    id=here,
                    town_id=site.town_id,
                    bot_id=BOT,
                    chat_id=here,
                    resident_id=here,
                    blocked_on=TODAY if blocked else None,
                )
            )
            if took_part is not None:
                await connection.execute(
                    insert(Participation).values(town_id=site.town_id, survey_id=took_part, resident_id=here)
                )
    return ids


async def begin(site: Site, sending_id: int, contacts: dict[str, list[int]]) -> None:
    """What the bot does when the time of a pass has come: it runs, and everybody stands in the outbox."""
    number = sum(map(len, contacts.values()))
    async with site.database.write() as connection:
        await connection.execute(
            update(Sending)
            .where(Sending.id == sending_id)
            .values(state=SendingState.RUNNING, began_at=site.now(), expected=number, expanded=True)
        )
        for language, ids in contacts.items():
            for contact in ids:
                await connection.execute(
                    insert(Delivery).values(
                        town_id=site.town_id,
                        bot_id=BOT,
                        contact_id=contact,
                        method="sendMessage",
                        payload={},
                        priority=2,
                        state=DeliveryState.WAITING,
                        attempts=0,
                        due_at=site.now(),
                        sending_id=sending_id,
                        language=language,
                    )
                )


async def becomes(site: Site, sending_id: int, contacts: list[int], state: DeliveryState, reason: str = "") -> None:
    """What became of the messages to these contacts."""
    async with site.database.write() as connection:
        await connection.execute(
            update(Delivery)
            .where(Delivery.sending_id == sending_id, Delivery.contact_id.in_(contacts))
            .values(state=state, reason=reason or None, finished_at=site.now())
        )


async def ends(site: Site, sending_id: int) -> None:
    """All of a pass is settled."""
    async with site.database.write() as connection:
        await connection.execute(
            update(Sending).where(Sending.id == sending_id).values(state=SendingState.DONE, ended_at=site.now())
        )
