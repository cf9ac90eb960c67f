"""The buttons under a broadcast. What they lead to comes below it: the message itself stays as it is."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.double_taps import DoubleTaps
from bot.handlers import invitation, onboarding
from bot.handlers.filters import in_private
from bot.turn import Turn
from dialogues import settings
from dialogues.broadcast import PLACE_PREFIX
from dialogues.standing import SURVEY_BELOW_PREFIX

router = Router(name="broadcast")
router.callback_query.filter(in_private)


async def _of_place(query: CallbackQuery) -> bool:
    return (query.data or "").startswith(f"s:{PLACE_PREFIX}")


async def _of_survey(query: CallbackQuery) -> bool:
    return (query.data or "").startswith(f"s:{SURVEY_BELOW_PREFIX}")


@router.callback_query(_of_place)
async def place(query: CallbackQuery, turn: Turn, taps: DoubleTaps) -> None:
    """Show the place of a broadcast on the map; once, though somebody may tap twice."""
    turn.tapped = query.message.message_id if query.message else None
    number = _number(query.data, PLACE_PREFIX)
    found = turn.named.places.get(number) if number is not None else None
    if found is None:
        turn.say(settings.old_button(turn.voice))
    elif not taps.repeats(turn.contact.chat_id, f"{PLACE_PREFIX}{number}", seq=turn.seq, at=turn.received_at):
        turn.show_place(found)


@router.callback_query(_of_survey)
async def survey(query: CallbackQuery, turn: Turn) -> None:
    """Begin the survey of a broadcast, or go on with it, or say why not."""
    survey_id, town = _number(query.data, SURVEY_BELOW_PREFIX), turn.knowledge.town
    is_there = survey_id is not None and survey_id in {*town.surveys, *town.closed, *town.drafts}
    if survey_id is None or not is_there or not _is_asked(turn, survey_id):
        turn.tapped = query.message.message_id if query.message else None
        turn.say(settings.old_button(turn.voice))
        return
    invitation.leave_off(turn)
    turn.change_resident(wanted_survey_id=survey_id)
    onboarding.arrive(turn)


def _is_asked(turn: Turn, survey_id: int) -> bool:
    """Whether somebody may answer a survey: one about an event is for those who were asked, whoever made the button."""
    known = turn.knowledge.town.surveys.get(survey_id)
    is_free = known is None or known.event_id is None or survey_id in turn.interviews
    return is_free or (turn.resident.id, survey_id) in turn.named.asked


def _number(data: str | None, prefix: str) -> int | None:
    typed = (data or "").removeprefix(f"s:{prefix}")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


__all__ = ["router"]
