"""What is open at any time: the commands, the standing buttons, and what we say where nothing else fits."""

from __future__ import annotations

from functools import partial

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.albums import Albums
from bot.handlers import desk, invitation, onboarding, survey
from bot.handlers.filters import in_private, is_command, service_message
from bot.incoming import read
from bot.render import read_button
from bot.turn import Turn
from dialogues import settings
from dialogues.prompts import Show, Tap
from dialogues.sensitive import REFUSE_PREFIX
from dialogues.standing import (
    DELETE,
    DELETE_ALL,
    DELETE_NOTHING,
    LANGUAGE,
    LANGUAGE_PREFIX,
    MESSAGES_OFF,
    MESSAGES_ON,
    NOTICE,
    RESUME,
    START,
)

_OF_SOMEBODY_KNOWN = (MESSAGES_OFF, MESSAGES_ON, DELETE, DELETE_NOTHING, DELETE_ALL)
"""Buttons that mean nothing where nothing is held."""
router = Router(name="settings")
router.message.filter(in_private)
router.callback_query.filter(in_private)


@router.message(Command("help"))
async def help_(_message: Message, turn: Turn) -> None:
    """/help"""
    turn.say(settings.explain(turn.voice, survey.situation(turn)))


@router.message(Command("language"))
async def language(_message: Message, turn: Turn) -> None:
    """/language. A stranger who chooses a language begins."""
    if turn.newcomer:
        onboarding.take(turn, Tap(LANGUAGE))
    else:
        turn.say(settings.languages(turn.voice))


@router.message(Command("stop"))
async def stop(_message: Message, turn: Turn) -> None:
    """/stop"""
    if turn.newcomer:
        turn.say(settings.nothing_held(turn.voice))
        return
    turn.want_no_messages()
    turn.say(settings.paused(turn.voice, survey.situation(turn)))


@router.message(Command("mydata"))
async def mydata(_message: Message, turn: Turn) -> None:
    """/mydata"""
    if not turn.newcomer:
        turn.say(settings.show_data(turn.voice, survey.holdings(turn)))
    if not desk.said_if_linked(turn) and turn.newcomer:
        turn.say(settings.nothing_held(turn.voice))


@router.message(Command("delete"))
async def delete(_message: Message, turn: Turn) -> None:
    """/delete"""
    if not turn.newcomer:
        turn.say(settings.ask_to_delete(turn.voice, survey.holdings(turn)))
    elif not desk.said_if_linked(turn):
        turn.say(settings.nothing_held(turn.voice))


@router.message(is_command)
async def unknown(_message: Message, turn: Turn) -> None:
    """A command that we do not have."""
    going_on = turn.going_on
    if going_on is None:
        turn.say(settings.unknown_command(turn.voice))
    else:
        survey.ask_again(turn, going_on, settings.unknown_command(turn.voice))


@router.message()
async def anything(message: Message, turn: Turn, albums: Albums) -> None:
    """Whatever else comes goes to the conversation that is going on."""
    if service_message(message):
        turn.ignored = True
        return
    going_on = turn.going_on
    said, turn.brought = read(message)
    album = message.media_group_id
    tells = partial(albums.first_refused, album, message.message_id) if album else None
    if album and albums.goes_on(album, message.message_id):
        turn.ignored = going_on is None or not survey.take_more(turn, going_on, said, tells=tells)
        return
    given = Show(anew=True) if turn.question_is_lost else said
    if going_on is not None:
        if turn.was_written_before_the_question(message.message_id) and survey.repeats(turn, going_on, given):
            turn.ignored = True
            return
        survey.take(turn, going_on, given, tells=tells)
    elif onboarding.unfinished(turn):
        onboarding.take(turn, given)
    elif turn.resident.current_survey_id is not None:
        survey.end(turn, erased=turn.cut_off)
    else:
        turn.say(settings.what_now(turn.voice, survey.situation(turn)))


@router.edited_message()
async def edited(message: Message, turn: Turn) -> None:
    """An edited message changes nothing: what was answered stays as it was sent, and in an interview we say so.

    Telegram calls it an edit, too, when somebody who shares her place moves.
    """
    going_on = turn.going_on
    if message.text is None or going_on is None:
        turn.ignored = True
    else:
        survey.ask_again(turn, going_on, settings.edited(turn.voice))


@router.callback_query()
async def tapped(query: CallbackQuery, turn: Turn) -> None:
    """A button, standing or of a question."""
    turn.tapped = query.message.message_id if query.message else None
    button = read_button(query.data or "")
    if button is None:
        turn.say(settings.old_button(turn.voice))
    elif button.interview is not None:
        survey.tapped(turn, button)
    else:
        _standing(turn, Tap(button.key))


@router.my_chat_member()
async def membership(event: ChatMemberUpdated, turn: Turn) -> None:
    """The resident blocked us, or lets us write again."""
    gone = event.new_chat_member.status in ("kicked", "left")
    turn.ignored = turn.newcomer
    turn.change_contact(blocked_on=turn.today if gone else None)


def _standing(turn: Turn, tap: Tap) -> None:
    """Do what a standing button names."""
    invitation.leave_off(turn)
    voice, situation = turn.voice, survey.situation(turn)
    newcomer = onboarding.unfinished(turn) and turn.going_on is None
    match tap.key:
        case key if key.startswith(LANGUAGE_PREFIX) and newcomer:
            onboarding.take(turn, tap)
        case key if key.startswith(LANGUAGE_PREFIX):
            _speak(turn, tap)
        case key if key == LANGUAGE and not newcomer:
            turn.say(settings.languages(voice, tap))
        case key if key == NOTICE:
            turn.say(settings.show_notice(voice, situation))
        case key if turn.newcomer and key in _OF_SOMEBODY_KNOWN:
            turn.say(settings.nothing_held(voice))
        case key if key == MESSAGES_OFF:
            turn.want_no_messages()
            turn.say(settings.paused(voice, situation, tap))
        case key if key == MESSAGES_ON:
            turn.change_resident(paused=False)
            turn.say(settings.unpaused(voice, situation, tap))
        case key if key == DELETE:
            turn.say(settings.ask_to_delete(voice, survey.holdings(turn), tap))
        case key if key == DELETE_NOTHING:
            turn.say(settings.kept(voice, tap))
        case key if key == DELETE_ALL:
            turn.say(settings.deleted(voice, survey.holdings(turn)))
            turn.erase()
            desk.said_if_linked(turn)
        case key if key in (RESUME, START) and (survey_id := survey.paused(turn)) is not None:
            survey.resume(turn, survey_id)
        case key if key == RESUME and (survey_id := survey.left(turn)) is not None:
            survey.resume(turn, survey_id)
        case key if (survey_id := survey.begun(turn, key)) is not None:
            (survey.lay_aside if key.startswith(REFUSE_PREFIX) else survey.resume)(turn, survey_id)
        case key if key == RESUME and not newcomer and not turn.completed:
            survey.end(turn, erased=turn.cut_off)
        case key if key == RESUME and not newcomer:
            turn.say(settings.what_now(voice, situation))
        case _:
            onboarding.take(turn, tap)


def _speak(turn: Turn, tap: Tap) -> None:
    survey.speak(turn, tap.key.removeprefix(LANGUAGE_PREFIX))
    turn.say(settings.language_changed(turn.voice, tap))
    going_on = turn.going_on
    if going_on is not None:
        survey.take(turn, going_on, Show(anew=False), in_place=True)


__all__ = ["router"]
