"""What is said when an event is over: asking those who have been there how it was. Pure."""

from __future__ import annotations

from dialogues.event import say_when
from dialogues.invitation import Card
from dialogues.layout import blocks, bold, lines, message
from dialogues.markup import insert
from dialogues.prompts import Option, Prompt
from dialogues.standing import SURVEY_BELOW_PREFIX
from dialogues.texts import Voice

__all__ = ["how_was_it"]


def how_was_it(voice: Voice, card: Card, *, survey_id: int) -> Prompt:
    """Ask somebody who has been there to answer the survey of an event. One message, and no reminder of it."""
    text = blocks(
        lines(bold(voice.text("How was it?")), insert(card.wording.title), say_when(voice, card.occasion)),
        lines(
            voice.text("We have three short questions for you."),
            voice.text("Taking part is voluntary.") + " " + voice.text("Nobody sees your name."),
        ),
    )
    answer = Option(f"{SURVEY_BELOW_PREFIX}{survey_id}", "📋 " + voice.plain("Answer the questions"), standing=True)
    return message(voice, text, rows=((answer,),))
