"""The translation desk in the chat of somebody of the staff: the link of the chat, what waits, writing, releasing."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.albums import Albums
from bot.handlers.filters import in_private, service_message
from bot.turn import Turn
from dialogues import desk
from dialogues.broadcast import Content, Problem, bubble, check, missing
from dialogues.desk import CODE_PREFIX, COMMAND, DESK_PREFIX, Doing, mark
from dialogues.markup import Entity
from dialogues.prompts import Prompt, Replace, Say, Toast
from dialogues.texts import LANGUAGES, Voice
from storage.queries.broadcasts import BroadcastFacts, TextFacts

router = Router(name="desk")
router.message.filter(in_private)
router.edited_message.filter(in_private)
router.callback_query.filter(in_private)


async def _has_code(message: Message) -> bool:
    command, _, code = (message.text or "").partition(" ")
    return command.partition("@")[0] == "/start" and code.strip().startswith(CODE_PREFIX)


async def _of_staff(_message: Message, turn: Turn) -> bool:
    return turn.staff is not None


async def _awaited(message: Message, turn: Turn) -> bool:
    """Whether the next message is taken for a translation; commands stay what they are."""
    is_command = message.text is not None and message.text.startswith("/")
    return turn.staff is not None and turn.staff.translating_into is not None and not is_command


async def _mended(message: Message, turn: Turn) -> bool:
    """Whether a message that is changed in the chat is a translation that was written and is not released yet."""
    staff = turn.staff
    if staff is None or not await _awaited(message, turn):
        return False
    held = _asked_for(
        turn.named.broadcasts.get(staff.translating or 0), (staff.translating_into or "").partition(":")[0]
    )
    return held is not None and bool(held.text)


async def _of_desk(query: CallbackQuery) -> bool:
    return (query.data or "").startswith(f"s:{DESK_PREFIX}")


def _voice(turn: Turn) -> Voice:
    """Speaks the language in which somebody of the staff uses the admin; a resident's to whoever is not of it."""
    return _speaking(turn, turn.staff.language) if turn.staff else turn.voice


def _speaking(turn: Turn, language: str) -> Voice:
    return turn.knowledge.texts.speak(language) if language in LANGUAGES else turn.voice


def _say(turn: Turn, *prompts: Prompt) -> None:
    turn.say(Say(prompt) for prompt in prompts)


# --- the link of the chat -------------------------------------------------------------------------------------------


@router.message(_has_code)
async def link(message: Message, turn: Turn) -> None:
    """/start with a code from the profile page."""
    code = (message.text or "").partition(" ")[2].strip()
    facts = turn.named.codes.get(code)
    if facts is None:
        _say(turn, desk.code_does_not_work(_voice(turn)))
        return
    turn.link_chat(code, facts)
    _say(turn, desk.linked(_speaking(turn, facts.language), facts.name, translates=bool(facts.languages)))


def said_if_linked(turn: Turn) -> bool:
    """Say that this chat is linked, if it is, where somebody asks what we hold or has it deleted: that stays."""
    if turn.staff is not None:
        _say(turn, desk.is_linked(_voice(turn)))
    return turn.staff is not None


def leave_off(turn: Turn) -> None:
    """Whoever goes on with a survey writes no translation now: the next text is an answer."""
    turn.await_translation(None, None)


# --- what waits and what is written ---------------------------------------------------------------------------------


@router.message(Command(COMMAND), _of_staff)
async def list_waiting(_message: Message, turn: Turn) -> None:
    """/translate, of somebody of the staff; to others it is an unknown command."""
    staff = turn.staff
    assert staff is not None  # noqa: S101 (the filter has looked)
    if not staff.languages:
        _say(turn, desk.may_not(_voice(turn)))
        return
    waiting = [
        desk.Waiting(each.broadcast_id, each.title, each.language)
        for each in turn.named.waiting
        if each.language in staff.languages
    ]
    _say(turn, desk.listed(_voice(turn), waiting))


@router.message(_awaited)
@router.edited_message(_mended)
async def write(message: Message, turn: Turn, albums: Albums) -> None:
    """A translation that we asked for, or another one in place of that, as long as it is not released."""
    album = message.media_group_id
    if service_message(message) or (album and albums.goes_on(album, message.message_id)):
        turn.ignored = True
        return
    staff, voice = turn.staff, _voice(turn)
    assert staff is not None  # noqa: S101 (the filter has looked)
    language, _, seen = (staff.translating_into or "").partition(":")
    broadcast = turn.named.broadcasts.get(staff.translating or 0)
    held = _asked_for(broadcast, language)
    if language not in staff.languages:
        turn.await_translation(None, None)
        _say(turn, desk.withdrawn(voice))
    elif broadcast is None or held is None:
        turn.await_translation(None, None)
        _say(turn, desk.not_needed(voice))
    elif mark(held.text, is_released=held.released) != seen:
        turn.await_translation(None, None)
        _say(turn, desk.changed(voice), _shown(turn, broadcast, language, held))
    elif message.text is None:
        _say(turn, desk.only_text(voice))
    else:
        _take(turn, broadcast, language, _signed(message))


def _signed(message: Message) -> str:
    styles = [Entity(each.type, each.offset, each.length, each.url or "") for each in message.entities or ()]
    return desk.to_signs(message.text or "", styles)


def _take(turn: Turn, broadcast: BroadcastFacts, language: str, text: str) -> None:
    voice = _voice(turn)
    if problems := _problems(turn, broadcast, language, text):
        _say(turn, desk.faulty(voice, problems))
        return
    turn.put_translation(broadcast, language, text, release=False)
    _await(turn, broadcast, language, TextFacts(text, False, None))
    lacking = missing(_original(turn, broadcast, language)[1], text)
    _say(
        turn,
        desk.draft(voice, is_new=True, lacking=lacking),
        _shown(turn, broadcast, language, TextFacts(text, False, None)),
    )


# --- buttons --------------------------------------------------------------------------------------------------------


@router.callback_query(_of_desk)
async def tapped(query: CallbackQuery, turn: Turn) -> None:
    """A button of the desk. It names what it is about, so one that is old is answered by what is so now."""
    turn.tapped = query.message.message_id if query.message else None
    act, voice = desk.read((query.data or "").removeprefix("s:")), _voice(turn)
    if turn.staff is None or (
        act is not None and act.doing != Doing.LATER and act.language not in turn.staff.languages
    ):
        _say(turn, desk.may_not(voice))
        return
    if act is not None and act.doing == Doing.LATER:
        turn.await_translation(None, None)
        _say(turn, desk.later(voice))
        return
    broadcast = turn.named.broadcasts.get(act.broadcast) if act else None
    held = _asked_for(broadcast, act.language) if act else None
    if act is None or broadcast is None or held is None:
        _say(turn, desk.not_needed(voice))
        return
    match act.doing:
        case Doing.RELEASE:
            _release(turn, broadcast, act, held)
        case Doing.AGAIN if act.mark != mark(held.text, is_released=held.released):
            _show_as_it_is(turn, broadcast, act.language, held)
        case Doing.OPEN if held.text:
            _show_as_it_is(turn, broadcast, act.language, held)
        case _:
            _ask(turn, broadcast, act.language, held)


def _ask(turn: Turn, broadcast: BroadcastFacts, language: str, held: TextFacts) -> None:
    """Show what there is to translate, and take what is written next for the translation."""
    voice = _voice(turn)
    known, written = _original(turn, broadcast, language)
    if known:
        _say(turn, *desk.source(voice, written, known))
    turn.ask_for_reply(desk.ask(voice, language, desk.placeholders(written)), desk.hint(voice, language))
    _await(turn, broadcast, language, held)


def _await(turn: Turn, broadcast: BroadcastFacts, language: str, held: TextFacts) -> None:
    """Take what is written next in place of this text."""
    turn.await_translation(broadcast.id, f"{language}:{mark(held.text, is_released=held.released)}")


def _show_as_it_is(turn: Turn, broadcast: BroadcastFacts, language: str, held: TextFacts) -> None:
    voice = _voice(turn)
    lacking = missing(_original(turn, broadcast, language)[1], held.text)
    before = desk.released_already(voice) if held.released else desk.draft(voice, is_new=False, lacking=lacking)
    _say(turn, before, _shown(turn, broadcast, language, held))


def _release(turn: Turn, broadcast: BroadcastFacts, act: desk.Act, held: TextFacts) -> None:
    voice = _voice(turn)
    if held.released and act.mark == mark(held.text, is_released=False):
        turn.say([Toast(voice.plain("The text is released. Thank you!"))])
    elif act.mark != mark(held.text, is_released=held.released):
        _say(turn, desk.changed(voice), _shown(turn, broadcast, act.language, held))
    elif problems := _problems(turn, broadcast, act.language, held.text):
        _ask(turn, broadcast, act.language, held)
        _say(turn, desk.faulty(voice, problems))
    else:
        turn.put_translation(broadcast, act.language, held.text, release=True)
        turn.await_translation(None, None)
        seen = _bubble(turn, broadcast, act.language, held.text)
        turn.say([Replace(Prompt(seen.text, seen.language)), Say(desk.released(voice))])


# --- what is known of a text ----------------------------------------------------------------------------------------


def _asked_for(broadcast: BroadcastFacts | None, language: str) -> TextFacts | None:
    """The text that mediators are asked for; None: they are not, or not any more."""
    held = broadcast.texts.get(language) if broadcast else None
    return held if held is not None and held.asked_at is not None else None


def _original(turn: Turn, broadcast: BroadcastFacts, language: str) -> tuple[str | None, str]:
    """The language to translate from, and the text in it; None: there is no text."""
    texts = {each: (text.text, text.released) for each, text in broadcast.texts.items()}
    known = desk.source_of(texts, language, turn.knowledge.town.default_language)
    return known, broadcast.texts[known].text if known else ""


def _problems(turn: Turn, broadcast: BroadcastFacts, language: str, text: str) -> tuple[Problem, ...]:
    """What speaks against a text, for everybody who would get it."""
    texts, town = turn.knowledge.texts, turn.knowledge.town
    return check(
        text,
        texts.speak(language),
        attachment=broadcast.attachment_id is not None,
        said_on=broadcast.said_on,
        areas=(town.name, *(area.name for area in town.areas.values())),
        readers=tuple(texts.speak(each) for each, other in broadcast.fallback.items() if other == language),
        event=broadcast.event,
        place=broadcast.place,
    )


def _bubble(turn: Turn, broadcast: BroadcastFacts, language: str, text: str) -> Prompt:
    """A text as its readers see it, with the town's name for an area."""
    voices: Mapping[str, Voice] = {each: turn.knowledge.texts.speak(each) for each in LANGUAGES}
    content = Content({language: text}, said_on=broadcast.said_on, place=broadcast.place, event=broadcast.event)
    seen = bubble(content, voices, language, area=turn.knowledge.town.name, sending=0)
    assert seen is not None  # noqa: S101 (there is a text in this language)
    return seen


def _shown(turn: Turn, broadcast: BroadcastFacts, language: str, held: TextFacts) -> Prompt:
    seen = _bubble(turn, broadcast, language, held.text)
    its_mark = mark(held.text, is_released=held.released)
    return desk.shown(_voice(turn), seen, broadcast.id, its_mark, is_released=held.released)


__all__ = ["leave_off", "router", "said_if_linked"]
