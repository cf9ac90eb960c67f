"""From /start to the first question: carries the onboarding dialogue into the chat."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message

from bot.handlers import invitation, survey
from bot.handlers.filters import in_private
from bot.turn import Turn
from dialogues import onboarding, settings
from dialogues.layout import message
from dialogues.onboarding import Newcomer
from dialogues.prompts import Input, Say, Show, Tap, asks
from dialogues.sensitive import AGREE_PREFIX
from dialogues.standing import ELSEWHERE, SURVEY_PREFIX

router = Router(name="onboarding")
router.message.filter(in_private)


@router.message(CommandStart())
async def start(_message: Message, command: CommandObject, turn: Turn) -> None:
    """/start, with or without a poster's code. Of an unknown code we say so, and ask what waits."""
    invitation.leave_off(turn)
    code = command.args.strip() if command.args else ""
    link = turn.links.get(code)
    unknown = bool(code) and link is None
    # Of somebody in an area of the quarter, the quarter's poster says nothing new.
    if link and link.area_id is not None and link.area_id not in turn.knowledge.town.within(turn.resident.area_id):
        turn.change_resident(area_id=link.area_id, elsewhere=False)
    if link and link.survey_id is not None:
        turn.change_resident(wanted_survey_id=link.survey_id)
    if link and link.event_id is not None:
        turn.change_resident(wanted_event_id=link.event_id)
    arrive(turn, unknown_link=unknown)


def arrive(turn: Turn, *, unknown_link: bool = False) -> None:
    """Begin or go on at the end of the chat, with the survey that is wanted if one is."""
    going_on = survey.paused(turn) if turn.resident.wanted_event_id is None else None
    if going_on is not None and turn.resident.wanted_survey_id in (None, going_on):
        if unknown_link:
            turn.say([Say(message(turn.voice, onboarding.say_unknown_link(turn.voice)))])
        survey.resume(turn, going_on)
    else:
        take(turn, Show(anew=True), unknown_link=unknown_link)


def unfinished(turn: Turn) -> bool:
    """Whether something must still be asked before surveys can start, or before the one that is wanted can."""
    resident = turn.resident
    if _came_for_an_event(turn):
        return False
    known = resident.consented_on is not None and resident.adult is True and turn.knows_area
    return not known or resident.wanted_survey_id is not None


def _is_for_others(turn: Turn, key: str) -> bool:
    """Whether a key names the survey of an event, and not the one that a message has led to: nobody was sent that."""
    prefix, colon, name = key.partition(":")
    if prefix + colon not in (SURVEY_PREFIX, AGREE_PREFIX) or not (name.isascii() and name.isdigit()):
        return False
    survey = turn.knowledge.town.surveys.get(int(name[:9]))
    is_led_to = survey is not None and (survey.id in turn.interviews or survey.id == turn.resident.wanted_survey_id)
    return survey is not None and survey.event_id is not None and not is_led_to


def _came_for_an_event(turn: Turn) -> bool:
    """Whether somebody has come for an event, has seen it, and no question stands since."""
    resident = turn.resident
    is_new = resident.consented_on is not None and resident.adult is None
    return is_new and turn.asked is None and resident.wanted_survey_id is None


def take(turn: Turn, given: Input, *, unknown_link: bool = False) -> None:
    """Take one step of the onboarding, and start the survey it leads to. Of who does not agree nothing is kept."""
    if isinstance(given, Tap) and _is_for_others(turn, given.key):
        turn.say(settings.old_button(turn.voice))
        return
    turn.hold()
    going = survey.paused(turn)
    surroundings = replace(
        turn.surroundings,
        going=None if going is None else survey.title(turn, going),
        invited=invitation.invited(turn, turn.resident.wanted_event_id),
        asks=not _came_for_an_event(turn),
    )
    newcomer = _newcomer(turn)
    step = onboarding.step(newcomer, given, surroundings, texts=turn.knowledge.texts, unknown_link=unknown_link)
    _keep(turn, step.newcomer)
    turn.say(step.replies)
    if turn.resident.language_chosen:
        turn.set_commands(settings.commands(turn.voice))
    if step.event is not None:
        invitation.show_event(turn, int(step.event))
        if turn.resident.adult is None:  # the welcome is answered, and nothing else is asked
            turn.change_contact(prompt=turn.contact.prompt + 1)
    if step.survey is not None:
        survey.begin(turn, int(step.survey))
    if step.declined:
        turn.say(settings.what_now(turn.voice, survey.situation(turn)))
    # Who has not agreed and is asked nothing more does not want to.
    if turn.resident.consented_on is None and not any(asks(reply) for reply in step.replies):
        turn.forget()


def _newcomer(turn: Turn) -> Newcomer:
    resident = turn.resident
    wanted = resident.wanted_survey_id
    area = ELSEWHERE if resident.elsewhere else None if resident.area_id is None else str(resident.area_id)
    return Newcomer(
        language=resident.language,
        language_chosen=resident.language_chosen,
        consented=resident.consented_on is not None,
        adult=resident.adult,
        area=area,
        survey=None if wanted is None else str(wanted),
        event=None if resident.wanted_event_id is None else str(resident.wanted_event_id),
    )


def _keep(turn: Turn, newcomer: Newcomer) -> None:
    known = _newcomer(turn)
    if newcomer == known:
        return
    consented_on = turn.resident.consented_on
    if newcomer.consented != known.consented:
        consented_on = turn.today if newcomer.consented else None
    turn.change_resident(
        language=newcomer.language,
        language_chosen=newcomer.language_chosen,
        consented_on=consented_on,
        adult=newcomer.adult,
        area_id=None if newcomer.area in (None, ELSEWHERE) else int(newcomer.area),
        elsewhere=newcomer.area == ELSEWHERE,
        wanted_survey_id=_known_survey(turn, newcomer.survey),
        wanted_event_id=turn.resident.wanted_event_id if newcomer.event else None,
    )


def _known_survey(turn: Turn, survey_id: str | None) -> int | None:
    """A survey's id from a button's key, which anybody may have written; None unless it is a survey of ours.

    One that has ended stays wanted until it has been said that it has.
    """
    if survey_id is None or not survey_id.isdecimal():
        return None
    known = int(survey_id) in turn.knowledge.forms or int(survey_id) == turn.resident.wanted_survey_id
    return int(survey_id) if known else None


__all__ = ["arrive", "router", "take", "unfinished"]
