"""The events that a message can speak of: those that a button can show, and those whose sign-ups it can go to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage.models import EventState
from storage.queries.events import EventFacts
from storage.services.sign_ups import SIGN_UPS_KEPT

MOST_CHOICES = 30
"""So many events are offered whose sign-ups a message can go to, the newest first."""


@dataclass(frozen=True, slots=True)
class EventChoice:
    """An event in a list to choose from. ``day``: of the date that it is known by. ``fits``: it can be chosen;
    else it stands there because it was."""

    id: int
    title: str
    day: date | None
    fits: bool = True


def to_show(events: Iterable[EventFacts], chosen: int | None, now: datetime, language: str) -> tuple[EventChoice, ...]:
    """The events that a button can show, the next one first, and the one that is chosen."""
    found = [each for each in events if can_be_shown(each, now) or each.id == chosen]
    return tuple(
        _choice(each, now, language, fits=can_be_shown(each, now))
        for each in sorted(found, key=lambda each: (_first(each, now), each.id))
    )


def to_reach(events: Iterable[EventFacts], chosen: int | None, now: datetime, language: str) -> tuple[EventChoice, ...]:
    """The events whose sign-ups a message can go to, the newest first, and the one that is chosen."""
    newest = sorted(events, key=lambda each: each.id, reverse=True)
    fit = [each.id for each in newest if keeps_sign_ups(each, now)][:MOST_CHOICES]
    return tuple(
        _choice(each, now, language, fits=keeps_sign_ups(each, now))
        for each in newest
        if each.id in fit or each.id == chosen
    )


def can_be_shown(event: EventFacts, at: datetime) -> bool:
    """Whether a button that is pressed at that moment shows an event to which one could still come."""
    return event.state == EventState.OPEN and bool(event.happening.coming(at))


def keeps_sign_ups(event: EventFacts, at: datetime) -> bool:
    """Whether somebody can be on the list of an event at that moment."""
    held = [each for each in event.occasions if not each.cancelled]
    return event.state == EventState.OPEN and any(each.ends_at > at - SIGN_UPS_KEPT for each in held)


def _first(event: EventFacts, now: datetime) -> datetime:
    return next((each.starts_at for each in event.happening.coming(now)), now)


def _choice(event: EventFacts, now: datetime, language: str, *, fits: bool) -> EventChoice:
    told_by = event.told_by(now)
    day = date.fromisoformat(told_by.start[:10]) if told_by else None
    return EventChoice(event.id, event.title(language), day, fits)
