"""The notice: what a resident reads before agreeing, and may read again at any time (Art. 13 GDPR, in plain words).

Says only what the house keeps; a change of what is stored is a change here.
"""

from __future__ import annotations

from dialogues.layout import blocks, bullets, lines
from dialogues.markup import Markup
from dialogues.texts import Voice

__all__ = ["notice"]


def notice(voice: Voice, *, town: str, office: str | None, legal_basis: str | None) -> Markup:
    """Return who asks and why, what is voluntary, what is kept, who can read it, how it is seen and deleted.

    ``office`` as it is written on its door. ``legal_basis`` as the town wrote it; None leaves the line out.
    """
    parts = [_who_asks(voice, town, office), _what_it_means(voice), _what_you_can_do(voice)]
    if legal_basis:
        parts.append(voice.text("Legal basis: {legal_basis}", legal_basis=legal_basis))
    return blocks(*parts)


def _who_asks(voice: Voice, town: str, office: str | None) -> Markup:
    who = (
        voice.text("{office} asks the people in {town}.", office=office, town=town)
        if office
        else voice.text("{town} asks the people who live there.", town=town)
    )
    return lines(who, voice.text("Your answers help to plan the neighbourhood."))


def _what_it_means(voice: Voice) -> Markup:
    return bullets(
        voice.text("Taking part is voluntary."),
        voice.text("Nothing depends on it: no benefit and no permit."),
        voice.text("Nobody sees your name."),
        voice.text("We keep your answers without your name and number."),
        voice.text("Telegram carries the messages. Whoever holds this phone can read them."),
    )


def _what_you_can_do(voice: Voice) -> Markup:
    return bullets(
        voice.text("You can always see what we hold: {command}", command="/mydata"),
        voice.text("You can always delete it: {command}", command="/delete"),
        voice.text("When a survey ends, nobody can find your answers any more. Then we cannot delete them either."),
    )
