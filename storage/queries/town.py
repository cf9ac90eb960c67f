"""The surroundings of every conversation: a town, its areas and its surveys, as one immutable snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import (
    Area,
    Contact,
    Event,
    KeptKey,
    Questionnaire,
    Resident,
    Survey,
    SurveyArea,
    SurveyKey,
    SurveyState,
    Town,
)


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """A node of the town's tree of areas."""

    id: int
    parent_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """An open survey: what is asked (``xform``), of whom (``areas``; empty: the whole town), until when."""

    id: int
    questionnaire_id: int
    titles: Mapping[str, str]
    xform: str
    key: bytes
    areas: frozenset[int]
    anonymous: bool
    legal_basis: str
    opens_at: datetime | None
    closes_at: datetime | None
    event_id: int | None = None
    """Of an event: only who has been there is asked, by a message."""

    def title(self, language: str) -> str:
        """The survey's title in a language, or the one for all others."""
        return _title(self.titles, language)

    def running(self, now: datetime) -> bool:
        """Whether it takes answers at ``now``."""
        return (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or now < self.closes_at)


@dataclass(frozen=True, slots=True)
class ClosedFacts:
    """A survey that has been closed. ``key`` and ``xform``: of one that is not anonymous, to find and read answers."""

    id: int
    titles: Mapping[str, str]
    key: bytes | None = None
    xform: str | None = None
    event_id: int | None = None

    def title(self, language: str) -> str:
        """The survey's title in a language, or the one for all others."""
        return _title(self.titles, language)


def _title(titles: Mapping[str, str], language: str) -> str:
    return titles.get(language) or titles.get("", "")


@dataclass(frozen=True, slots=True)
class TownFacts:
    """A town as it is at ``revision``. ``surveys``: those that are open; ``drafts``: that are not open yet."""

    id: int
    name: str
    office: str | None
    contact: str | None
    default_language: str
    timezone: str
    revision: int
    areas: Mapping[int, AreaFacts]
    surveys: Mapping[int, SurveyFacts]
    closed: Mapping[int, ClosedFacts]
    drafts: frozenset[int]

    def quarters(self) -> list[AreaFacts]:
        """The areas that stand directly below the town, in their order."""
        return [area for area in self.areas.values() if area.parent_id is None]

    def within(self, area_id: int | None) -> frozenset[int]:
        """An area and everything that contains it."""
        path: set[int] = set()
        while area_id is not None and area_id in self.areas and area_id not in path:
            path.add(area_id)
            area_id = self.areas[area_id].parent_id
        return frozenset(path)


_REVISION = select(Town.revision).where(Town.id == bindparam("town_id"))


async def town_revision(connection: AsyncConnection, town_id: int) -> int:
    """The number that rises whenever the snapshot has become old."""
    return (await connection.scalars(_REVISION, {"town_id": town_id})).one()


async def first_town(connection: AsyncConnection) -> int | None:
    """The id of the town that was set up first."""
    return await connection.scalar(select(Town.id).order_by(Town.id).limit(1))


async def default_language(connection: AsyncConnection, town_id: int) -> str:
    """The language that the town speaks to whoever has chosen none."""
    return (await connection.scalars(select(Town.default_language).where(Town.id == town_id))).one()


async def residents_without_chat(connection: AsyncConnection, town_id: int) -> list[int]:
    """The ids of those who have no chat with us, in their order, which is random."""
    chats = exists().where(Contact.resident_id == Resident.id)
    found = await connection.scalars(
        select(Resident.id).where(Resident.town_id == town_id, ~chats).order_by(Resident.id)
    )
    return list(found)


async def touch(connection: AsyncConnection, town_id: int) -> None:
    """Say that areas, links or surveys of the town have changed."""
    await connection.execute(update(Town).where(Town.id == town_id).values(revision=Town.revision + 1))


async def load_town(connection: AsyncConnection, town_id: int) -> TownFacts:
    """Read the whole snapshot.

    Raises:
        sqlalchemy.exc.NoResultFound: there is no such town.
    """
    town = (
        await connection.execute(
            select(
                Town.id, Town.name, Town.office, Town.contact, Town.default_language, Town.timezone, Town.revision
            ).where(Town.id == town_id)
        )
    ).one()
    areas = await connection.execute(
        select(Area.id, Area.parent_id, Area.name).where(Area.town_id == town_id).order_by(Area.position, Area.id)
    )
    aims: dict[int, set[int]] = {}
    for survey_id, area_id in await connection.execute(
        select(SurveyArea.survey_id, SurveyArea.area_id).where(SurveyArea.town_id == town_id)
    ):
        aims.setdefault(survey_id, set()).add(area_id)
    surveys = await connection.execute(
        select(
            Survey.id,
            Survey.questionnaire_id,
            Survey.titles,
            Questionnaire.xform,
            SurveyKey.key,
            Survey.anonymous,
            Survey.legal_basis,
            Survey.opens_at,
            Survey.closes_at,
            Event.id.label("event_id"),
        )
        .join(Questionnaire, Questionnaire.id == Survey.questionnaire_id)
        .join(SurveyKey, SurveyKey.survey_id == Survey.id)
        .outerjoin(Event, Event.survey_id == Survey.id)
        .where(Survey.town_id == town_id, Survey.state == SurveyState.OPEN)
        .order_by(Survey.id)
    )
    closed = await connection.execute(
        select(Survey.id, Survey.titles, KeptKey.key, Questionnaire.xform, Event.id)
        .outerjoin(Event, Event.survey_id == Survey.id)
        .outerjoin(KeptKey, KeptKey.survey_id == Survey.id)
        .outerjoin(Questionnaire, and_(Questionnaire.id == Survey.questionnaire_id, KeptKey.survey_id.is_not(None)))
        .where(Survey.town_id == town_id, Survey.state == SurveyState.CLOSED)
        .order_by(Survey.id)
    )
    drafts = await connection.scalars(
        select(Survey.id).where(Survey.town_id == town_id, Survey.state == SurveyState.DRAFT)
    )
    return TownFacts(
        *town,
        areas={row[0]: AreaFacts(*row) for row in areas},
        surveys={
            row.id: SurveyFacts(
                id=row.id,
                questionnaire_id=row.questionnaire_id,
                titles=row.titles,
                xform=row.xform,
                key=row.key,
                areas=frozenset(aims.get(row.id, ())),
                anonymous=row.anonymous,
                legal_basis=row.legal_basis,
                opens_at=row.opens_at,
                closes_at=row.closes_at,
                event_id=row.event_id,
            )
            for row in surveys
        },
        closed={row.id: ClosedFacts(*row) for row in closed},
        drafts=frozenset(drafts),
    )
