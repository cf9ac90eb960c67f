"""What every conversation of a town needs to know: its areas, its open surveys, their compiled forms, our texts.

A snapshot that is read again when the town's revision says so; it is never changed in place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from dialogues.event import Occasion
from dialogues.forms import Form
from dialogues.onboarding import Place, Surroundings
from dialogues.sensitive import Sensitive, sensitive_part
from dialogues.standing import Offer
from dialogues.texts import Texts
from storage.models import AttachmentKind, EventState
from storage.queries.events import EventFacts, list_events
from storage.queries.questionnaires import files_of_surveys, media_of_all
from storage.queries.town import SurveyFacts, TownFacts, load_town, town_revision
from storage.services.sign_ups import SIGN_UPS_KEPT


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The snapshot, by survey id.

    ``forms``: of open surveys. ``closed_forms``: of closed ones that are not anonymous; nobody is asked them any more.
    ``sensitive``: what a survey needs explicit consent for. ``reach``: the areas it is for, those below included; None:
    the whole town. ``media``: what is shown or played with questions, by its name there: attachment and kind, not what
    is in it. ``keys``: of both. ``events``: by event id, those that residents may see; ``event_of``: by date.
    """

    town: TownFacts
    forms: Mapping[int, Form]
    closed_forms: Mapping[int, Form]
    reach: Mapping[int, frozenset[str] | None]
    sensitive: Mapping[int, Sensitive | None]
    texts: Texts
    keys: Mapping[int, bytes]
    places: tuple[Place, ...]
    events: Mapping[int, EventFacts] = field(default_factory=dict)
    event_of: Mapping[int, EventFacts] = field(default_factory=dict)
    media: Mapping[int, Mapping[str, tuple[int, AttachmentKind]]] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """Where the town's wall clock stands."""
        return ZoneInfo(self.town.timezone)

    def local(self, now: datetime) -> datetime:
        """The town's wall clock."""
        return now.astimezone(self.zone)

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
            coming=self._coming(now),
            legal_basis=running[0].legal_basis if running else None,
        )

    def occasion(self, occurrence_id: int) -> tuple[EventFacts, Occasion] | None:
        """A date of an event that residents may see, or None."""
        event = self.event_of.get(occurrence_id)
        occasion = event.happening.occasion(occurrence_id) if event else None
        return (event, occasion) if event and occasion else None

    def events_for(self, area_id: int | None, language: str, now: datetime) -> list[EventFacts]:
        """The events that are coming or on now for who lives there and reads this language, the next one first."""
        here = self.town.within(area_id)
        found = [
            event
            for event in self.events.values()
            if event.happening.present(now)
            and (not event.broadcast.audience.areas or event.broadcast.audience.areas & here)
            and event.broadcast.content(released=True).said_in(language)
        ]
        return sorted(found, key=lambda event: (event.happening.present(now)[0].starts_at, event.id))

    def _coming(self, now: datetime) -> Mapping[str, date | None]:
        """The first days of the surveys that have not begun; of a draft nobody knows it."""
        coming: dict[str, date | None] = {str(survey_id): None for survey_id in self.town.drafts}
        for survey in self.town.surveys.values():
            if survey.opens_at is not None and now < survey.opens_at:
                coming[str(survey.id)] = self.local(survey.opens_at).date()
        return coming

    def _offer(self, survey: SurveyFacts, *, begun: bool, taken: bool) -> Offer:
        return Offer(
            str(survey.id),
            survey.titles,
            self.reach[survey.id],
            taken=taken,
            anonymous=survey.anonymous,
            legal_basis=survey.legal_basis,
            sensitive=None if begun else self.sensitive[survey.id],
            by_message=survey.event_id is not None,
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
        known = {**self._now.forms, **self._now.closed_forms} if self._now else {}
        xforms = {survey.id: survey.xform for survey in town.surveys.values()}
        xforms |= {survey.id: survey.xform for survey in town.closed.values() if survey.xform is not None}
        fresh = {key: xform for key, xform in xforms.items() if key not in known}
        nameless = {survey.id for survey in town.surveys.values() if survey.anonymous}
        files = await files_of_surveys(connection, fresh.keys())
        media = await media_of_all(connection, {survey.questionnaire_id for survey in town.surveys.values()})
        parsed = await asyncio.to_thread(
            lambda: {
                key: Form.parse(xform, files=files.get(key, {}), anonymous=key in nameless)
                for key, xform in fresh.items()
            }
        )
        all_forms = {key: parsed.get(key) or known[key] for key in xforms}
        forms = {key: all_forms[key] for key in town.surveys}
        kept = {survey.id: survey.key for survey in town.closed.values() if survey.key is not None}
        events = await list_events(
            connection,
            self._town_id,
            since=datetime.now(UTC) - SIGN_UPS_KEPT,
            states=(EventState.OPEN, EventState.CANCELLED),
        )
        return Knowledge(
            town=town,
            forms=forms,
            closed_forms={key: all_forms[key] for key in kept},
            reach={survey.id: _reach(town, survey) for survey in town.surveys.values()},
            sensitive={key: sensitive_part(form) for key, form in forms.items()},
            texts=self._texts,
            keys={**kept, **{survey.id: survey.key for survey in town.surveys.values()}},
            places=tuple(Place(str(area.id), area.name) for area in town.quarters()),
            events={event.id: event for event in events},
            media={key: media[survey.questionnaire_id] for key, survey in town.surveys.items()},
            event_of={occasion.id: event for event in events for occasion in event.occasions},
        )


def _reach(town: TownFacts, survey: SurveyFacts) -> frozenset[str] | None:
    if not survey.areas:
        return None
    return frozenset(str(area_id) for area_id in town.areas if town.within(area_id) & survey.areas)
