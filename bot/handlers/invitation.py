"""Events in the chat: what is coming, the buttons of invitations and of one's own sign-up, the file for the calendar.

Who has a place is known only under the lock of the date: so most of what is said here is said by ``turn.then``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.albums import Albums
from bot.handlers.filters import in_private, service_message
from bot.occasions import card_of, entry_of, is_worth_saying, own_entry, wording_of
from bot.turn import Turn
from dialogues import invitation, settings
from dialogues.broadcast import bubble
from dialogues.calendar_file import Entry, calendar_file, file_name
from dialogues.event import BELOW_PREFIX, DATE_PREFIX, EVENT_PREFIX, Occasion, say_place
from dialogues.invitation import COMMAND, Act, Doing, Note
from dialogues.markup import plain_text
from dialogues.prompts import Prompt, Replace, Reply, Say
from dialogues.texts import LANGUAGES
from dialogues.typed.numbers import read_number
from dialogues.waiting_list import MOST_PERSONS, Standing
from storage.queries.events import EventFacts, sign_ups_of
from storage.services.sign_ups import (
    Answered,
    Refusal,
    await_words,
    free_now,
    look_up,
    say_no,
    set_details,
    sign_up,
    wait_longer,
)
from storage.services.telling import unsay

router = Router(name="invitation")
router.message.filter(in_private)
router.callback_query.filter(in_private)

_NOTES = {Refusal.CLOSED: Note.CLOSED, Refusal.FEWER: Note.FEWER}


async def _of_event(query: CallbackQuery) -> bool:
    return (query.data or "").startswith((f"s:{EVENT_PREFIX}", f"s:{DATE_PREFIX}", f"s:{BELOW_PREFIX}"))


async def _awaited(message: Message, turn: Turn) -> bool:
    """Whether a first name or a number of people is awaited; commands stay what they are."""
    is_command = message.text is not None and message.text.startswith("/")
    return turn.resident.naming_id is not None and not is_command


# --- what is coming -------------------------------------------------------------------------------------------------


@router.message(Command(COMMAND))
async def events(_message: Message, turn: Turn) -> None:
    """/events"""
    leave_off(turn)
    list_events(turn)


def list_events(turn: Turn) -> None:
    """Say which events are coming, and whether there are own ones."""
    now, language = turn.now, turn.resident.language
    events = turn.knowledge.events_for(turn.resident.area_id, language, now)

    async def then(connection: AsyncConnection) -> Iterable[Reply]:
        sign_ups = await sign_ups_of(connection, turn.resident.id, since=now)
        own = {each.occurrence_id: each.party.standing for each in sign_ups}
        has_own = any(each is not Standing.DECLINED for each in own.values())
        entries = [entry_of(each, own, language, default=_default(turn), now=now) for each in events]
        return [
            Say(
                invitation.listed(
                    turn.voice,
                    entries,
                    has_own=has_own,
                    paused=turn.resident.paused,
                    knows_area=turn.knows_area or turn.resident.adult is False,
                )
            )
        ]

    turn.then = then


def _list_own(turn: Turn) -> None:
    now, language = turn.now, turn.resident.language

    async def then(connection: AsyncConnection) -> Iterable[Reply]:
        entries = []
        for each in await sign_ups_of(connection, turn.resident.id, since=now):
            known = turn.knowledge.occasion(each.occurrence_id)
            standing = each.party.standing
            if known is None or known[1].cancelled or standing in (Standing.DECLINED, Standing.LAPSED):
                continue
            if is_worth_saying(known[1], standing, now):
                entries.append(own_entry(*known, standing, language, default=_default(turn), now=now))
        return [Say(invitation.mine(turn.voice, entries))]

    turn.then = then


def _default(turn: Turn) -> str:
    """The language of an event that says nothing in the reader's."""
    return turn.knowledge.town.default_language


def show_event(turn: Turn, event_id: int) -> None:
    """Show an event as its invitation does, without its picture."""
    event = turn.knowledge.events.get(event_id)
    turn.say([Say(_invitation(turn, event) if event else invitation.over(turn.voice))])


def invited(turn: Turn, event_id: int | None) -> Mapping[str, str]:
    """The titles by language of an event that somebody comes for; of none, or of one that is over, there are none."""
    event = None if event_id is None else turn.knowledge.events.get(event_id)
    if event is None or not event.happening.present(turn.now):
        return {}
    return {each: wording_of(event, each, _default(turn)).title for each in LANGUAGES}


def _invitation(turn: Turn, event: EventFacts) -> Prompt:
    happening, now, language = event.happening, turn.now, turn.resident.language
    coming, present = happening.coming(now), happening.present(now)
    cancelled = not present and any(each.cancelled and each.ends_at > now for each in happening.occasions)
    if not present and not happening.cancelled and not cancelled:
        return invitation.over(turn.voice, wording_of(event, language, _default(turn)).title)
    # To sign up for are only those that are still to come; of one that is on now it is said what it is.
    occasions = coming or present or happening.occasions
    shown = replace(happening, occasions=occasions, cancelled=happening.cancelled or cancelled)
    voices = {each: turn.knowledge.texts.speak(each) for each in LANGUAGES}
    content = replace(event.broadcast.content(released=True), event=shown)
    prompt = bubble(content, voices, language, area=turn.knowledge.town.name, sending=0)
    if prompt is None:  # it says nothing to readers of this language
        return invitation.listed(turn.voice, [], has_own=False, paused=True)
    if coming or not present:
        return prompt
    card = card_of(event, present[0], None, language, default=_default(turn), now=now)
    return invitation.on_now(turn.voice, card, prompt)


# --- buttons --------------------------------------------------------------------------------------------------------


@router.callback_query(_of_event)
async def tapped(query: CallbackQuery, turn: Turn) -> None:
    """A button about an event. It names what it is about, so an old one is answered by what is so now."""
    turn.tapped = query.message.message_id if query.message else None
    act = invitation.read((query.data or "").removeprefix("s:"))
    if act is None:
        turn.say(settings.old_button(turn.voice))
        return
    leave_off(turn)
    match act.doing:
        case Doing.LIST:
            list_events(turn)
        case Doing.MINE:
            _list_own(turn)
        case Doing.SHOW | Doing.DATES | Doing.MAP:
            _about_event(turn, act)
        case Doing.CALENDAR if act.event:
            _about_event(turn, act)
        case _:
            _about_date(turn, act)


def _about_event(turn: Turn, act: Act) -> None:
    event = turn.knowledge.events.get(act.event)
    if event is None:
        turn.say(invitation.not_there(turn.voice))
    elif act.doing is Doing.MAP:
        if event.broadcast.place is not None:
            turn.show_place(event.broadcast.place)
    elif act.doing is Doing.DATES and (coming := event.happening.coming(turn.now)):
        title, year = wording_of(event, turn.resident.language, _default(turn)).title, turn.today.year
        prompt = invitation.choose_day(turn.voice, event.id, title, coming, default_year=year, first=act.number)
        turn.say([Say(prompt) if act.below else Replace(prompt)])
    elif act.doing is Doing.CALENDAR and (coming := event.happening.coming(turn.now)):
        _send_calendar(turn, event, *coming)
    else:
        show_event(turn, act.event)


def _about_date(turn: Turn, act: Act) -> None:
    known = turn.knowledge.occasion(act.occasion)
    if known is None:
        turn.say(invitation.not_there(turn.voice))
    elif turn.resident.consented_on is None:  # everything was deleted since, or nobody has agreed yet
        turn.hold()
        turn.change_resident(wanted_event_id=known[0].id)
        _arrive(turn)
    elif act.doing is Doing.CALENDAR:
        _send_calendar(turn, *known)
    else:
        if act.doing in (Doing.SIZE, Doing.KIDS):  # what is typed now would be no answer to a survey
            turn.change_resident(current_survey_id=None)
        turn.then = partial(_answer, turn, act, *known)


def _arrive(turn: Turn) -> None:
    from bot.handlers import onboarding

    onboarding.arrive(turn)


async def _answer(
    turn: Turn,
    act: Act,
    event: EventFacts,
    occasion: Occasion,
    connection: AsyncConnection,
    *,
    again: bool = False,
) -> Iterable[Reply]:
    """Do what a button says, under the lock of the date, and say what came of it. ``again``: what was written did not
    answer."""
    date, resident, now, shown = occasion.id, turn.resident.id, turn.now, occasion.sequence
    answered: Answered | None = None
    if now >= occasion.starts_at:  # what was said stays as it is
        act = replace(act, doing=Doing.CARD)
    match act.doing:
        case Doing.PERSONS:
            answered = await sign_up(
                connection,
                occurrence_id=date,
                resident_id=resident,
                persons=act.number,
                now=now,
                shown=shown,
            )
        case Doing.MAYBE | Doing.NO | Doing.SURELY_NO:
            standing = Standing.MAYBE if act.doing is Doing.MAYBE else Standing.DECLINED
            answered = await say_no(
                connection,
                occurrence_id=date,
                resident_id=resident,
                standing=standing,
                now=now,
                shown=shown,
                asks=act.doing is Doing.NO,
            )
            if not _is_asked_first(answered):
                await unsay(connection, occurrence_id=date, resident_id=resident, now=now)
        case Doing.WAIT:
            answered = await wait_longer(connection, occurrence_id=date, resident_id=resident, now=now, shown=shown)
        case Doing.CHILDREN:
            answered = await set_details(connection, occurrence_id=date, resident_id=resident, children=act.number)
        case Doing.NEED:
            answered = await set_details(
                connection, occurrence_id=date, resident_id=resident, need=(act.need, act.wanted)
            )
        case Doing.NO_NAME:
            answered = await set_details(connection, occurrence_id=date, resident_id=resident, name="")
    if answered is None:
        answered = await look_up(connection, occurrence_id=date, resident_id=resident)
    free = await free_now(connection, date) if act.doing in (Doing.YES, Doing.SIZE) else None
    prompt = _said(turn, act, event, occasion, answered, free=free, again=again)
    question = _question(turn, act, event, occasion, answered)
    if question is Doing.NAME or (question is Doing.SIZE and not _comes(answered)):
        await await_words(connection, resident_id=resident, occurrence_id=date)
    return [Say(prompt) if act.below else Replace(prompt)]


def _is_asked_first(answered: Answered | None) -> bool:
    return answered is not None and answered.refusal is Refusal.WANTED


def _comes(answered: Answered | None) -> bool:
    return answered is not None and answered.sign_up.party.standing is Standing.COMING


def _question(turn: Turn, act: Act, event: EventFacts, occasion: Occasion, answered: Answered | None) -> Doing | None:
    """What is asked now: how many (``SIZE``), how many children, or a first name; None: nothing, or not any more."""
    if occasion.cancelled:
        return None
    comes = _comes(answered)
    if act.doing is Doing.YES and not comes:
        is_offered = answered is not None and answered.sign_up.party.standing is Standing.OFFERED
        return Doing.SIZE if is_offered or turn.now < event.happening.closes_at(occasion) else None
    if act.doing is Doing.SIZE or (comes and act.doing in (Doing.KIDS, Doing.NAME)):
        return act.doing
    return None


def _said(
    turn: Turn,
    act: Act,
    event: EventFacts,
    occasion: Occasion,
    answered: Answered | None,
    *,
    free: int | None = None,
    again: bool = False,
) -> Prompt:
    voice = turn.voice
    card = card_of(event, occasion, answered, turn.resident.language, default=_default(turn), now=turn.now)
    if answered and answered.refusal is Refusal.BEGUN:
        card = replace(card, begun=True)
    comes = card.party.standing is Standing.COMING
    if card.cancelled or card.begun:
        return invitation.show(voice, card)
    if _is_asked_first(answered):
        return invitation.ask_if_surely_not(voice, card)
    match _question(turn, act, event, occasion, answered):
        case Doing.SIZE:
            return invitation.ask_how_many(voice, card, free=free, again=again)
        case Doing.KIDS:
            return invitation.ask_children(voice, card)
        case Doing.NAME:
            return invitation.ask_name(voice, card)
    if act.doing is Doing.YES and not comes:
        return invitation.show(voice, card, note=Note.CLOSED)
    note = _NOTES.get(answered.refusal) if answered and answered.refusal else None
    return invitation.show(voice, card, note=note, room=answered.room if answered else None)


def leave_off(turn: Turn) -> None:
    """Await nothing in writing any more."""
    if turn.resident.naming_id is not None:
        turn.change_resident(naming_id=None)


# --- what is written ------------------------------------------------------------------------------------------------


@router.message(_awaited)
async def written(message: Message, turn: Turn, albums: Albums) -> None:
    """A first name for the list at the door, or how many come."""
    album = message.media_group_id
    if service_message(message) or (album and albums.goes_on(album, message.message_id)):
        turn.ignored = True
        return
    occurrence_id = turn.resident.naming_id
    known = turn.knowledge.occasion(occurrence_id) if occurrence_id is not None else None
    leave_off(turn)
    if known is None:
        turn.say(settings.what_now(turn.voice, _situation(turn)))
    else:
        turn.then = partial(_take_words, turn, message.text or "", *known)


def _situation(turn: Turn) -> settings.Situation:
    from bot.handlers import survey

    return survey.situation(turn)


async def _take_words(
    turn: Turn, text: str, event: EventFacts, occasion: Occasion, connection: AsyncConnection
) -> Iterable[Reply]:
    """Take what was written for the first name of who comes, and for their number of who wants to; else ask again."""
    date, resident = occasion.id, turn.resident.id
    answered = await look_up(connection, occurrence_id=date, resident_id=resident)
    if turn.now >= occasion.starts_at:
        return [Say(_said(turn, Act(Doing.CARD, occasion=date), event, occasion, answered))]
    if _comes(answered):
        if name := invitation.cleaned_name(text):
            answered = await set_details(connection, occurrence_id=date, resident_id=resident, name=name)
            return [Say(_said(turn, Act(Doing.CARD, occasion=date), event, occasion, answered))]
        return await _answer(turn, Act(Doing.NAME, occasion=date), event, occasion, connection)
    number = read_number(text, turn.resident.language)
    if number is not None and number in range(1, MOST_PERSONS + 1):
        act = Act(Doing.PERSONS, occasion=date, number=int(number))
        return await _answer(turn, act, event, occasion, connection)
    return await _answer(turn, Act(Doing.YES, occasion=date), event, occasion, connection, again=True)


# --- the calendar ---------------------------------------------------------------------------------------------------


def _send_calendar(turn: Turn, event: EventFacts, *occasions: Occasion) -> None:
    """Send dates of an event: each is known to a calendar by the same name, alone or with others."""
    entries = [_calendar_entry(turn, event, each) for each in occasions]
    content = calendar_file(*entries, town=turn.knowledge.town.name)
    if len(occasions) > 1:
        caption = invitation.all_days_caption(turn.voice)
    else:
        language, default = turn.resident.language, _default(turn)
        card = card_of(event, occasions[0], None, language, default=default, now=turn.now)
        caption = invitation.calendar_caption(turn.voice, card)
    turn.send_file(file_name(entries[0].summary, entries[0].start[:10]), content, caption)


def _calendar_entry(turn: Turn, event: EventFacts, occasion: Occasion) -> Entry:
    voice, language = turn.voice, turn.resident.language
    wording, place = wording_of(event, language, _default(turn)), event.broadcast.place
    return Entry(
        uid=f"{event.uid}-{occasion.id}",
        sequence=occasion.sequence,
        start=occasion.start,
        end=occasion.end,
        zone=event.zone,
        summary=wording.title,
        description=invitation.calendar_text(voice, wording, event.contact),
        location=plain_text(say_place(voice, place)) if place else "",
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        changed_at=event.changed_at,
        cancelled=occasion.cancelled,
        language=language,
    )


__all__ = ["invited", "leave_off", "list_events", "router", "show_event"]
