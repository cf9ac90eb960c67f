"""Who a broadcast is for: one description, one set of conditions, for counting people and for writing to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, not_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.waiting_list import Standing
from storage.models import (
    Contact,
    Delivery,
    DeliveryState,
    Occurrence,
    Participation,
    Resident,
    SendingPace,
    SignUp,
    stands,
)
from storage.queries.outbox import BULK
from storage.queries.town import AreaFacts

WEEK = timedelta(days=7)
"""The time over which a resident's share of broadcasts is counted."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for. Empty sets: no matter which.

    ``areas``: those chosen; whoever lives in one of them or below it is meant. ``languages``: of the reader.
    ``took_part`` and ``not_took_part``: id of a survey. ``signed_up``: id of an event; meant is who is on the list of
    one of its dates, not who waits for a place.
    """

    areas: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()
    took_part: int | None = None
    not_took_part: int | None = None
    signed_up: int | None = None

    @property
    def is_too_narrow(self) -> bool:
        """Whether "took part" or its opposite is combined with more than one other choice, be it one area or one
        language: sizes would betray people, since who took part is all people less those who did not, and two areas
        less one of them are the other. "Signed up" stands alone: how many these are is known exactly, and some by
        name."""
        choices = len(self.areas) + len(self.languages) + self._deeds
        return choices > 1 if self.signed_up is not None else self._deeds > 0 and choices > 2

    @property
    def tells_none(self) -> bool:
        """Whether it may be told from a few that nobody is meant: else one could learn where few live that somebody
        took part, or has blocked the bot, or that nobody did."""
        return not self._deeds and not self.areas

    @property
    def tells_languages(self) -> bool:
        """Whether numbers by language may be told: they are one choice more, beside "took part" and another one."""
        return not self._deeds or (self._deeds == 1 and not self.areas)

    @property
    def whoever(self) -> Audience:
        """The same people, whatever they have done."""
        return replace(self, took_part=None, not_took_part=None, signed_up=None)

    @property
    def _deeds(self) -> int:
        """How many choices there are of what people have done, which nobody shall find out about anybody."""
        return sum(each is not None for each in (self.took_part, self.not_took_part, self.signed_up))

    def as_json(self) -> dict[str, Any]:
        """For storing."""
        return {
            "areas": sorted(self.areas),
            "languages": sorted(self.languages),
            "took_part": self.took_part,
            "not_took_part": self.not_took_part,
            "signed_up": self.signed_up,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Audience:
        """What ``as_json`` gave."""
        return cls(
            frozenset(stored["areas"]),
            frozenset(stored["languages"]),
            stored["took_part"],
            stored["not_took_part"],
            stored.get("signed_up"),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """What a town wants of its own accord: ``weekly_share`` broadcasts a resident in seven days; 0: no limit.

    ``adults``: whoever has said to be under 16 is left out, since a survey is offered.
    """

    weekly_share: int
    adults: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people an audience has, exactly: only rounded numbers may be shown.

    ``by_language``: who gets it. The others are left out, each for the first reason that holds. ``languages``: in
    which it has to be said; where nothing may tell who took part, those of all who live there.
    """

    by_language: Mapping[str, int]
    languages: frozenset[str]
    blocked: int
    paused: int
    had_enough: int
    too_young: int

    @property
    def total(self) -> int:
        """Who gets it."""
        return sum(self.by_language.values())

    @property
    def left_out(self) -> int:
        """Who does not, and is meant."""
        return self.blocked + self.paused + self.had_enough + self.too_young


def below(areas: Mapping[int, AreaFacts], chosen: Collection[int]) -> frozenset[int]:
    """The areas that were chosen, with all that lie in them."""

    def is_inside(area_id: int) -> bool:
        seen: set[int] = set()
        at: int | None = area_id
        while at is not None and at in areas and at not in seen:
            if at in chosen:
                return True
            seen.add(at)
            at = areas[at].parent_id
        return False

    return frozenset(area_id for area_id in areas if is_inside(area_id))


def _meant(town_id: int, audience: Audience, areas: Mapping[int, AreaFacts]) -> list[ColumnElement[bool]]:
    """Who is meant, whether they may be written to or not."""
    conditions = [Contact.town_id == town_id, Resident.consented_on.is_not(None)]
    if audience.areas:
        conditions.append(Resident.area_id.in_(below(areas, audience.areas)))
    if audience.languages:
        conditions.append(Resident.language.in_(audience.languages))
    for survey_id, is_wanted in ((audience.took_part, True), (audience.not_took_part, False)):
        if survey_id is not None:
            took = exists().where(Participation.survey_id == survey_id, Participation.resident_id == Resident.id)
            conditions.append(took if is_wanted else ~took)
    if audience.signed_up is not None:
        conditions.append(
            exists().where(
                SignUp.resident_id == Resident.id,
                stands(SignUp.state, Standing.COMING),
                Occurrence.id == SignUp.occurrence_id,
                Occurrence.event_id == audience.signed_up,
                Occurrence.cancelled.is_(False),
            )
        )
    return conditions


def _of_the_bot(town_id: int) -> ColumnElement[bool]:
    """Whether a contact is one of the bot that serves the town, the last to have sent: nobody is reached through an
    earlier one. A bot that starts is that at once, since it looks what there is to be sent."""
    serves = (
        select(SendingPace.bot_id)
        .where(SendingPace.town_id == town_id)
        .order_by(SendingPace.next_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return Contact.bot_id == func.coalesce(serves, Contact.bot_id)


_COUNTED = (
    DeliveryState.WAITING,
    DeliveryState.STARTED,
    DeliveryState.HELD,
    DeliveryState.SENT,
    DeliveryState.UNCERTAIN,
)


def _had_enough(rules: Rules, now: datetime) -> ColumnElement[bool]:
    """Whether a contact has had its share of this week, what is on its way included.

    Asked by contact: a batch of people costs the same whatever else was sent this week.
    """
    if not rules.weekly_share:
        return false()
    many = (
        select(func.count())
        .select_from(Delivery)
        .where(
            Delivery.contact_id == Contact.id,
            # Broadcasts, and no trials to oneself. That it belongs to a pass is not asked: as long as PostgreSQL has no
            # statistics (after a restore), it would look through all broadcasts for each contact.
            Delivery.priority == BULK,
            Delivery.method.like("send%"),  # nor are corrections
            stands(Delivery.state, *_COUNTED),
            or_(Delivery.finished_at.is_(None), Delivery.finished_at > now - WEEK),
        )
        .correlate(Contact)
        .scalar_subquery()
    )
    return many >= rules.weekly_share


def _too_young(rules: Rules) -> ColumnElement[bool]:
    return and_(true() if rules.adults else false(), Resident.adult.is_(False))


async def count_audience(
    connection: AsyncConnection,
    *,
    town_id: int,
    audience: Audience,
    rules: Rules,
    areas: Mapping[int, AreaFacts],
    now: datetime,
) -> Reach:
    """How many people an audience has, by language, and how many are left out for which reason."""
    why = case(
        (Contact.blocked_on.is_not(None), "blocked"),
        (Resident.paused, "paused"),
        (_too_young(rules), "too_young"),
        (_had_enough(rules, now), "had_enough"),
        else_="",
    ).label("why")
    people = (
        select(why, Resident.language.label("language"))
        .select_from(Contact)
        .join(Resident, Resident.id == Contact.resident_id)
        .where(*_meant(town_id, audience, areas), _of_the_bot(town_id))
        .subquery()
    )
    counted = await connection.execute(
        select(people.c.why, people.c.language, func.count()).group_by(people.c.why, people.c.language)
    )
    found: dict[str, dict[str, int]] = {}
    for reason, language, number in counted:
        found.setdefault(reason, {})[language] = number
    left_out = {reason: sum(numbers.values()) for reason, numbers in found.items()}
    languages = frozenset(found.get("", {}))
    if not audience.tells_none:
        read = (
            select(Resident.language)
            .select_from(Contact)
            .join(Resident, Resident.id == Contact.resident_id)
            .where(*_meant(town_id, audience.whoever, areas), _of_the_bot(town_id))
            .distinct()
        )
        languages = frozenset(await connection.scalars(read))
    return Reach(
        by_language=found.get("", {}),
        languages=languages,
        blocked=left_out.get("blocked", 0),
        paused=left_out.get("paused", 0),
        had_enough=left_out.get("had_enough", 0),
        too_young=left_out.get("too_young", 0),
    )


def next_people(
    *,
    town_id: int,
    bot_id: int,
    audience: Audience,
    rules: Rules,
    areas: Mapping[int, AreaFacts],
    languages: Iterable[str],
    after: int,
    most: int,
    now: datetime,
) -> Select[int, str, int | None, bool]:
    """The next ``most`` contacts behind ``after`` in the order of their ids: contact, language, area, who gets it.

    ``languages``: those in which it can be said. Ids are random, so nobody can tell from the order who comes first.
    Contacts are walked through by their key, and each is looked at by itself: however little a database knows of its
    tables, the next page costs the same as the one before.
    """
    page = select(Contact.id).where(Contact.id > after).order_by(Contact.id).limit(most).subquery()
    fits = and_(
        *_meant(town_id, audience, areas),
        Contact.bot_id == bot_id,
        Contact.blocked_on.is_(None),
        not_(Resident.paused),
        Resident.language.in_(list(languages)),
        not_(func.coalesce(_too_young(rules), false())),
        not_(_had_enough(rules, now)),
    )
    return (
        select(Contact.id, Resident.language, Resident.area_id, fits)
        .select_from(page)
        .join(Contact, Contact.id == page.c.id)
        .outerjoin(Resident, Resident.id == Contact.resident_id)
        .order_by(Contact.id)
    )
