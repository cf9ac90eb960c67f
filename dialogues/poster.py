"""What a poster says beside its code, in one language: what it is about, what to do, what it means. Draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.event import Event, Occasion, is_one_day, say_clock, say_more_days, say_offers, say_when, say_whom
from dialogues.markup import Markup, insert
from dialogues.texts import Voice

__all__ = ["Words", "figures", "invite", "words"]


@dataclass(frozen=True, slots=True)
class Words:
    """One language's part of a poster. All texts are safe markup.

    ``call``: the title, or what is asked of people. ``about``: what follows it at once: when it is. ``facts``: what
    else is certain; where there is no room for it, the code leads there. Both by lines.
    """

    language: str
    direction: str
    call: Markup
    about: tuple[Markup, ...]
    facts: tuple[Markup, ...]
    how: Markup
    promise: Markup


def words(voice: Voice, *, title: str, last_day: date | None = None) -> Words:
    """Return what a poster for a survey of this title, in the voice's language, says; an empty title is left out."""
    asked = voice.text("Have your say")
    until = [voice.text("Last day: {day}", day=voice.date(last_day, weekday=False))] if last_day else []
    return Words(
        language=voice.language,
        direction=voice.direction,
        call=insert(title) if title else asked,
        about=(asked,) if title else (),
        facts=tuple(until),
        how=_how(voice),
        promise=voice.text("Taking part is voluntary.") + " " + voice.text("Nobody sees your name."),
    )


def invite(voice: Voice, *, title: str, event: Event, occasion: Occasion, more: int) -> Words:
    """Return what a poster for a date of an event says; ``more``: on so many days it is besides."""
    when = say_when(voice, occasion)
    return Words(
        language=voice.language,
        direction=voice.direction,
        call=insert(title),
        about=(when, say_more_days(voice, more)) if more else (when,),
        facts=_run_on((say_whom(voice, event), *say_offers(voice, event.offers))),
        how=_how(voice),
        promise=voice.text("You can sign up there without a name."),
    )


def _run_on(said: Sequence[Markup]) -> tuple[Markup, ...]:
    """Whole sentences in one line, since paper is short; what ends with names keeps a line of its own."""
    whole = [each for each in said if each.endswith(".")]
    return (*([Markup(" ").join(whole)] if whole else []), *(each for each in said if each not in whole))


def _how(voice: Voice) -> Markup:
    return voice.text("Scan the code. Telegram opens. Tap “Start”.")


def figures(occasion: Occasion) -> tuple[str, str]:
    """Return day and hours of a date in figures, ``5.12.`` and ``15:00 – 17:00``, as all our languages read them."""
    start, end = say_clock(occasion.start), say_clock(occasion.end)
    first, last = _figures(occasion.start), _figures(occasion.end)
    return first if is_one_day(occasion) else f"{first} – {last}", f"{start} – {end}"


def _figures(wall: str) -> str:
    day = date.fromisoformat(wall[:10])
    return f"{day.day}.{day.month}."
