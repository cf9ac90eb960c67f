"""What must be known to take a turn in a conversation, read for many chats in a fixed number of queries."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.broadcast import Place
from storage.models import (
    Answer,
    Contact,
    Delivery,
    DeliveryState,
    Interview,
    Link,
    Participation,
    Resident,
    Response,
    Sending,
    Staff,
)
from storage.queries.desk import ChatStaff
from storage.statements import with_lists


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A chat of ours (`storage.models.Contact`)."""

    id: int
    bot_id: int
    chat_id: int
    town_id: int
    resident_id: int | None
    prompt: int
    commands_language: str | None
    blocked_on: date | None


@dataclass(frozen=True, slots=True)
class ResidentFacts:
    """A resident (`storage.models.Resident`)."""

    id: int
    town_id: int
    language: str
    language_chosen: bool
    consented_on: date | None
    adult: bool | None
    area_id: int | None
    elsewhere: bool
    wanted_survey_id: int | None
    current_survey_id: int | None
    paused: bool
    arrived_on: date
    wanted_event_id: int | None = None
    naming_id: int | None = None


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """Where a resident stands in a survey (`storage.models.Interview`)."""

    id: int
    town_id: int
    resident_id: int
    survey_id: int
    stage: str
    cursor: str | None
    revision: int
    to_summary: bool
    page: int
    seen: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A value with the language and the version of the questionnaire it was asked in."""

    value: str
    language: str
    questionnaire_id: int


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """A response that is found by its pseudonym, with all its answers by ref."""

    id: UUID
    survey_id: int
    complete: bool
    area_id: int | None
    language: str
    started_on: date
    completed_on: date | None
    answers: Mapping[str, StoredAnswer]


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """The message that asks now, on its way (`storage.models.Delivery`)."""

    message_id: int | None
    state: str
    attempts: int
    due_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Chat:
    """All we hold on one chat at the beginning of a turn."""

    contact: ContactFacts | None = None
    resident: ResidentFacts | None = None
    asked: AskedFacts | None = None
    interviews: Mapping[int, InterviewFacts] = field(default_factory=dict)
    responses: Mapping[int, ResponseFacts] = field(default_factory=dict)
    staff: ChatStaff | None = None
    """Whose own chat of the staff it is."""


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """Where a poster's code leads."""

    area_id: int | None
    survey_id: int | None
    event_id: int | None = None


def pseudonym(key: bytes, resident_id: int) -> bytes:
    """The name under which a survey knows a resident: HMAC-SHA-256(survey key, resident id)."""
    return hmac.digest(key, resident_id.to_bytes(8, "big"), hashlib.sha256)


_CONTACT = [getattr(Contact, name) for name in ContactFacts.__slots__]
_RESIDENT = [getattr(Resident, name) for name in ResidentFacts.__slots__]
_INTERVIEW = [getattr(Interview, name) for name in InterviewFacts.__slots__]
_ASKED = [getattr(Delivery, name) for name in AskedFacts.__slots__]
_STAFF = [getattr(Staff, name) for name in ChatStaff.__slots__]
_CHATS = with_lists(
    lambda among: (
        select(*_CONTACT, *_ASKED, *_STAFF, *_RESIDENT)
        .outerjoin(Resident, Contact.resident_id == Resident.id)
        .outerjoin(Staff, Staff.contact_id == Contact.id)
        .outerjoin(
            Delivery,
            and_(Delivery.contact_id == Contact.id, Delivery.prompt == Contact.prompt, Delivery.method.like("send%")),
        )
        .where(Contact.bot_id == bindparam("bot_id"), among(Contact.chat_id, "chat_ids"))
    )
)
_INTERVIEWS = with_lists(lambda among: select(*_INTERVIEW).where(among(Interview.resident_id, "resident_ids")))
_ANSWERS = with_lists(
    lambda among: (
        select(
            Response.pseudonym,
            Response.id,
            Response.survey_id,
            Response.complete,
            Response.area_id,
            Response.language,
            Response.started_on,
            Response.completed_on,
            Answer.ref,
            Answer.value,
            Answer.language,
            Answer.questionnaire_id,
        )
        .outerjoin(Answer, Answer.response_id == Response.id)
        .where(among(Response.pseudonym, "pseudonyms"))
    )
)


async def load_chats(
    connection: AsyncConnection, *, bot_id: int, chat_ids: Collection[int], keys: Mapping[int, bytes]
) -> dict[int, Chat]:
    """What we hold on each of ``chat_ids``. ``keys``: the pseudonym keys that there are, by survey id."""
    dialect = connection.dialect.name
    people = await connection.execute(_CHATS[dialect], {"bot_id": bot_id, "chat_ids": list(chat_ids)})
    chats: dict[int, Chat] = {}
    asked_from = len(_CONTACT)
    staff_from = asked_from + len(_ASKED)
    resident_from = staff_from + len(_STAFF)
    for row in people:
        contact = ContactFacts(*row[:asked_from])
        asked = AskedFacts(*row[asked_from:staff_from])
        staff = ChatStaff(*row[staff_from:resident_from]) if row[staff_from] is not None else None
        resident = ResidentFacts(*row[resident_from:]) if contact.resident_id is not None else None
        chats[contact.chat_id] = Chat(contact, resident, asked if asked.state else None, staff=staff)
    residents = {chat.resident.id: chat_id for chat_id, chat in chats.items() if chat.resident}
    if not residents:
        return chats
    interviews: dict[int, dict[int, InterviewFacts]] = {}
    for row in await connection.execute(_INTERVIEWS[dialect], {"resident_ids": list(residents)}):
        facts = InterviewFacts(*row)
        interviews.setdefault(facts.resident_id, {})[facts.survey_id] = facts
    responses = await _load_responses(connection, interviews, keys)
    for resident_id, chat_id in residents.items():
        chats[chat_id] = replace(
            chats[chat_id],
            interviews=interviews.get(resident_id, {}),
            responses=responses.get(resident_id, {}),
        )
    return chats


async def _load_responses(
    connection: AsyncConnection, interviews: Mapping[int, Mapping[int, InterviewFacts]], keys: Mapping[int, bytes]
) -> dict[int, dict[int, ResponseFacts]]:
    owners = {
        pseudonym(keys[survey_id], resident_id): resident_id
        for resident_id, held in interviews.items()
        for survey_id in held
        if survey_id in keys
    }
    if not owners:
        return {}
    result: Iterable[Any] = await connection.execute(_ANSWERS[connection.dialect.name], {"pseudonyms": list(owners)})
    rows: dict[bytes, list[Any]] = {}
    for row in result:
        rows.setdefault(row[0], []).append(row)
    found: dict[int, dict[int, ResponseFacts]] = {}
    for name, parts in rows.items():
        answers = {row[8]: StoredAnswer(row[9], row[10], row[11]) for row in parts if row[8] is not None}
        _, response_id, survey_id, complete, area_id, language, started_on, completed_on, *_ = parts[0]
        found.setdefault(owners[name], {})[survey_id] = ResponseFacts(
            response_id, survey_id, complete, area_id, language, started_on, completed_on, answers
        )
    return found


async def find_links(connection: AsyncConnection, codes: Collection[str]) -> dict[str, LinkFacts]:
    """Where these codes lead; an unknown one is missing from the result."""
    rows = await connection.execute(
        select(Link.code, Link.area_id, Link.survey_id, Link.event_id).where(Link.code.in_(codes))
    )
    return {code: LinkFacts(*facts) for code, *facts in rows}


async def find_places(connection: AsyncConnection, town_id: int, sending_ids: Collection[int]) -> dict[int, Place]:
    """The places that these passes of broadcasts show; one without a place, or unknown, is missing from the result."""
    rows = await connection.execute(
        select(Sending.id, Sending.content).where(Sending.town_id == town_id, Sending.id.in_(sending_ids))
    )
    return {sending_id: Place(**content["place"]) for sending_id, content in rows if content["place"]}


async def find_participations(connection: AsyncConnection, resident_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """The surveys that these residents have answered to the end, whether open or closed."""
    found: dict[int, set[int]] = {}
    for resident_id, survey_id in await connection.execute(
        select(Participation.resident_id, Participation.survey_id).where(Participation.resident_id.in_(resident_ids))
    ):
        found.setdefault(resident_id, set()).add(survey_id)
    return {resident_id: frozenset(surveys) for resident_id, surveys in found.items()}


async def sent_messages(connection: AsyncConnection, contact_id: int, *, since: datetime) -> list[int]:
    """Ids of the messages we sent to a contact after a moment, the oldest first."""
    return list(
        await connection.scalars(
            select(Delivery.message_id)
            .where(
                Delivery.contact_id == contact_id,
                Delivery.state == DeliveryState.SENT,
                Delivery.method.like("send%"),
                Delivery.message_id.is_not(None),
                Delivery.finished_at >= since,
            )
            .order_by(Delivery.seq)
        )
    )
