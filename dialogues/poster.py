"""What a poster says beside its code, in one language: a call, what to do, what it means. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dialogues.markup import Markup, insert
from dialogues.texts import Voice

__all__ = ["Words", "words"]


@dataclass(frozen=True, slots=True)
class Words:
    """One language's part of a poster. All texts are safe markup; ``title``: what is asked about, empty if unsaid."""

    language: str
    direction: str
    call: Markup
    title: Markup
    how: Markup
    promise: Markup


def words(voice: Voice, *, title: str) -> Words:
    """Return what a poster for a survey of this title, in the voice's language, says; an empty title is left out."""
    return Words(
        language=voice.language,
        direction=voice.direction,
        call=voice.text("Have your say"),
        title=insert(title) if title else Markup(),
        how=voice.text("Scan the code. Telegram opens. Tap “Start”."),
        promise=voice.text("Taking part is voluntary.") + " " + voice.text("Nobody sees your name."),
    )
