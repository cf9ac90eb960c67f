"""The notice: what a resident reads before agreeing, and may read again at any time (Art. 13 GDPR, in plain words).

Says only what the house keeps; a change of what is stored is a change here.
"""

from __future__ import annotations

from typing import Final

from dialogues.layout import bullets, lines
from dialogues.markup import Markup
from dialogues.texts import Voice

__all__ = ["CONSENT", "name_legal_basis", "notice", "say_what_stays"]

CONSENT: Final = "consent"
"""The legal basis that we name ourselves, in every language; any other is said as the town wrote it."""


def notice(
    voice: Voice, *, town: str, office: str | None, legal_basis: str | None = None, invited: str | None = None
) -> Markup:
    """Return who asks and why, what is voluntary, what is kept, who can read it, how it is seen and deleted.

    Short, so that the buttons below it are on the first screen of a phone. ``office`` as it is written on its door.
    ``legal_basis``: see ``name_legal_basis``; None leaves the line out, for where a survey's beginning names it.
    ``invited``: the title of the event that its reader comes for.
    """
    points = [*_what_it_means(voice), *_what_you_can_do(voice)]
    if legal_basis:
        points.append(name_legal_basis(voice, legal_basis))
    who = _who_asks(voice, town, office) if invited is None else _who_invites(voice, town, office, invited)
    return lines(who, bullets(*points))


def name_legal_basis(voice: Voice, legal_basis: str) -> Markup:
    """Return the sentence that names the legal basis: ``CONSENT``, or what the town wrote."""
    if legal_basis == CONSENT:
        return voice.text("Legal basis: your consent (GDPR, Article 6(1)(a))")
    return voice.text("Legal basis: {legal_basis}", legal_basis=legal_basis)


def say_what_stays(voice: Voice) -> Markup:
    """Return what is different with a survey that is not anonymous, for before its first question."""
    return lines(
        voice.text("When this survey ends, your answers stay linked to this chat."),
        voice.text("You can still see or delete them: {see} {delete}", see="/mydata", delete="/delete"),
        voice.text("Nobody sees your name."),
    )


def _who_asks(voice: Voice, town: str, office: str | None) -> Markup:
    who = (
        voice.text("{office} asks the people in {town}.", office=office, town=town)
        if office
        else voice.text("{town} asks the people who live there.", town=town)
    )
    return lines(who, voice.text("Your answers help to plan the neighbourhood."))


def _who_invites(voice: Voice, town: str, office: str | None, title: str) -> Markup:
    """Agreeing is agreeing to both, to sign up and to be asked: so both are named."""
    who = (
        voice.text("{office} invites the people in {town}: {title}", office=office, town=town, title=title)
        if office
        else voice.text("{town} invites the people who live there: {title}", town=town, title=title)
    )
    asks = voice.text("Sometimes we also ask what you think.")
    aim = voice.text("Your answers help to plan the neighbourhood.")
    return lines(who, voice.text("You can sign up here.") + " " + asks + " " + aim)


def _what_it_means(voice: Voice) -> tuple[Markup, ...]:
    return (
        voice.text("Taking part is voluntary."),
        voice.text("Nothing depends on it: no benefit, no residence permit."),
        voice.text("Nobody sees your name.")
        + " "
        + voice.text("We keep your answers without your name and number.")
        + " "
        + voice.text("You can sign up for events without a name. We keep that until 90 days after the event."),
        voice.text("Telegram carries the messages. Whoever holds this phone can read them."),
    )


def _what_you_can_do(voice: Voice) -> tuple[Markup, ...]:
    return (
        voice.text("You can see or delete your data: {see} {delete}", see="/mydata", delete="/delete"),
        voice.text("When a survey ends, nobody can find your answers any more. Then we cannot delete them either.")
        + " "
        + voice.text("If a survey is different, we tell you before it begins."),
    )
