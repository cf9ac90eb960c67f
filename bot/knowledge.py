"""What every conversation of a town needs to know: its areas, its open surveys, their compiled forms, our texts.

A snapshot that is read again when the town's revision says so; it is never changed in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.forms import Form
from dialogues.onboarding import Place, Surroundings
from dialogues.sensitive import Sensitive, sensitive_part
from dialogues.standing import Offer
from dialogues.texts import Texts
from storage.queries.town import SurveyFacts, TownFacts, load_town, town_revision


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The snapshot. ``forms`` by survey id, and of those that need explicit consent what it is for."""

    town: TownFacts
    forms: Mapping[int, Form]
    sensitive: Mapping[int, Sensitive | None]
    texts: Texts
    keys: Mapping[int, bytes]
    places: tuple[Place, ...]

    def local(self, now: datetime) -> datetime:
        """The town's wall clock."""
        return now.astimezone(ZoneInfo(self.town.timezone))

    def surroundings(self, *, begun: frozenset[int], completed: frozenset[int], now: datetime) -> Surroundings:
        """The town as the dialogues see it, for a resident who has ``begun`` and ``completed`` these surveys."""
        running = [survey for survey in self.town.surveys.values() if survey.running(now)]
        return Surroundings(
            town=self.town.name,
            office=self.town.office,
            areas=self.places,
            offers=tuple(
                self._offer(survey, begun=survey.id in begun, taken=survey.id in completed) for survey in running
            ),
            legal_basis=running[0].legal_basis if running else None,
        )

    def _offer(self, survey: SurveyFacts, *, begun: bool, taken: bool) -> Offer:
        areas = None
        if survey.areas:
            areas = frozenset(str(area_id) for area_id in self.town.areas if self.town.within(area_id) & survey.areas)
        return Offer(
            str(survey.id),
            survey.titles,
            areas,
            taken=taken,
            legal_basis=survey.legal_basis,
            sensitive=None if begun else self.sensitive[survey.id],
        )


class Knowing:
    """Keeps the snapshot of one town up to date."""

    def __init__(self, *, town_id: int, texts: Texts) -> None:
        self._town_id = town_id
        self._texts = texts
        self._now: Knowledge | None = None

    async def refresh(self, connection: AsyncConnection) -> Knowledge:
        """The present snapshot: one small query, and the whole only if something has changed."""
        revision = await town_revision(connection, self._town_id)
        if self._now is None or self._now.town.revision != revision:
            self._now = await self._load(connection)
        return self._now

    async def _load(self, connection: AsyncConnection) -> Knowledge:
        town = await load_town(connection, self._town_id)
        known = self._now.forms if self._now else {}
        fresh = {survey.id: survey for survey in town.surveys.values() if survey.id not in known}
        parsed = await asyncio.to_thread(lambda: {key: Form.parse(survey.xform) for key, survey in fresh.items()})
        forms = {key: parsed.get(key) or known[key] for key in town.surveys}
        return Knowledge(
            town=town,
            forms=forms,
            sensitive={key: sensitive_part(form) for key, form in forms.items()},
            texts=self._texts,
            keys={survey.id: survey.key for survey in town.surveys.values()},
            places=tuple(Place(str(area.id), area.name) for area in town.quarters()),
        )
