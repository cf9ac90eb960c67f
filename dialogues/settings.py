"""The conversations that are open at any time, by command or button: help, language, pause, data, deletion.

Also what we say where nothing else fits: the idle menu, a group chat, an unknown command, an old button. Functions of
facts; the caller does what they announce (pausing, deleting) in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from dialogues.invitation import Card, events_row, held
from dialogues.layout import blocks, bold, lines, message, names
from dialogues.markup import Markup, insert, lay_out
from dialogues.notice import notice
from dialogues.prompts import Input, Option, Prompt, Replace, Reply, Role, Say, Tap, Toast
from dialogues.splitting import MESSAGE_LIMIT, split
from dialogues.standing import (
    AREA,
    DELETE,
    DELETE_ALL,
    DELETE_NOTHING,
    ELSEWHERE,
    MESSAGES_OFF,
    MESSAGES_ON,
    NOTICE,
    PRIVATE,
    Offer,
    Row,
    change_language_row,
    language_rows,
    offer_list,
    offer_rows,
    resume_row,
    start_row,
)
from dialogues.texts import NAMES, Voice
from dialogues.waiting_list import Standing

__all__ = [
    "Holdings",
    "OpenAnswers",
    "Situation",
    "ask_to_delete",
    "commands",
    "deleted",
    "description",
    "edited",
    "explain",
    "in_group",
    "kept",
    "language_changed",
    "languages",
    "nothing_held",
    "old_button",
    "paused",
    "short_description",
    "show_data",
    "show_notice",
    "survey_ended",
    "unknown_command",
    "unpaused",
    "what_now",
]

_MARK = 1
"""What ``lay_out`` may add to a part that begins within a paragraph, in UTF-16 code units."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a resident could do now.

    ``town`` and ``office`` as in the notice. ``contact``: whom to ask and how, as the town wrote it. ``interview``:
    the title of the survey that can be gone on with. ``offers``: the surveys still to be answered by this resident
    (``standing.offers_for``). ``paused``: wants no messages. ``has_events``: some are coming for this resident.
    """

    town: str
    office: str | None = None
    contact: str | None = None
    legal_basis: str | None = None
    interview: str | None = None
    offers: tuple[Offer, ...] = ()
    paused: bool = False
    has_events: bool = False


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """A survey whose answers can be found, by its title, with what was answered: question and answer as read."""

    title: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is held of a resident.

    ``area``: its name, ``ELSEWHERE``, or None where it is not known. ``adult`` None: not asked. ``arrived`` and
    ``agreed``: the days of the first message and of consent, None where there is none. ``ended``: the titles
    of the surveys this resident took part in that are over, so that the answers cannot be found. ``events``: the dates
    of events that something was said about. ``months``: after how
    many months without a word from the resident it is all deleted; None: only when the resident says so.
    """

    language: str
    area: str | None = None
    adult: bool | None = None
    paused: bool = False
    arrived: date | None = None
    agreed: date | None = None
    open: tuple[OpenAnswers, ...] = ()
    ended: tuple[str, ...] = ()
    events: tuple[Card, ...] = ()
    months: int | None = None


def commands(voice: Voice) -> tuple[tuple[str, str], ...]:
    """Return the command menu: each command without its slash, and what it does (Telegram: at most 256 letters)."""
    return (
        ("help", voice.plain("What this is and how it works")),
        ("events", voice.plain("See which events are coming")),
        ("language", voice.plain("Change language")),
        ("stop", voice.plain("Get no more messages")),
        ("mydata", voice.plain("See what we hold about you")),
        ("delete", voice.plain("Delete my data")),
    )


def description(voice: Voice, town: str) -> str:
    """Return what an empty chat shows before the first word (Telegram: at most 512 letters)."""
    return "\n".join(
        (
            voice.plain("Have your say in {town}.", town=town),
            voice.plain("Answer short surveys in your language."),
            voice.plain("Taking part is voluntary."),
            voice.plain("Nobody sees your name."),
        )
    )


def short_description(voice: Voice, town: str) -> str:
    """Return what the profile page and a shared link show (Telegram: at most 120 letters)."""
    return voice.plain("Surveys in your language. {town}", town=town)


# --- help -----------------------------------------------------------------------------------------------------------


def explain(voice: Voice, situation: Situation, given: Input | None = None) -> tuple[Reply, ...]:
    """Say what this is, what can be done, and whom to ask."""
    text = blocks(
        lines(
            bold(voice.text("How this works")),
            voice.text("{town} asks you in your language.", town=situation.town),
            voice.text("You answer in this chat, when you have time."),
            voice.text("You can stop at any time and go on later."),
        ),
        _command_list(voice),
        _whom_to_ask(voice, situation),
    )
    rows = (*_resume(voice, situation), change_language_row(voice), _notice_row(voice))
    return (_put(message(voice, text, rows=rows), given),)


def _command_list(voice: Voice) -> Markup:
    return lines(*(insert(f"/{command}") + " – " + insert(what) for command, what in commands(voice)))


def _whom_to_ask(voice: Voice, situation: Situation) -> Markup:
    return voice.text(
        "Do you have questions? Ask here: {contact}", contact=situation.contact or situation.office or situation.town
    )


def show_notice(voice: Voice, situation: Situation) -> tuple[Reply, ...]:
    """Show the notice that was agreed to."""
    text = notice(voice, town=situation.town, office=situation.office, legal_basis=situation.legal_basis)
    return (Say(message(voice, text)),)


# --- language -------------------------------------------------------------------------------------------------------


def languages(voice: Voice, given: Input | None = None) -> tuple[Reply, ...]:
    """Offer the six languages, the present one marked."""
    prompt = message(voice, voice.text("Which language do you want to use?"), rows=language_rows(voice))
    return (_put(prompt, given),)


def language_changed(voice: Voice, given: Input | None = None) -> tuple[Reply, ...]:
    """Confirm in the new language; the others stay one tap away. An interview shows its question again after this."""
    text = voice.text("We now write to you in this language: {language}", language=NAMES[voice.language])
    return (_put(message(voice, text, rows=language_rows(voice)), given),)


# --- pause ----------------------------------------------------------------------------------------------------------


def paused(voice: Voice, situation: Situation, given: Input | None = None) -> tuple[Reply, ...]:
    """Confirm that we write no more of our own accord, and say what stays possible."""
    said = [
        voice.text("You get no more messages from us."),
        voice.text("When you write to us, we still answer."),
        voice.text("If your event changes, we still tell you."),
        voice.text("Your answers stay. You can delete them: {command}", command="/delete"),
    ]
    if situation.interview:
        said.append(voice.text("You can still go on with your survey: {title}", title=situation.interview))
    again = (Option(MESSAGES_ON, voice.plain("Get messages again"), role=Role.NAVIGATION),)
    return (_put(message(voice, lines(*said), rows=(*_resume(voice, situation), again)), given),)


def unpaused(voice: Voice, situation: Situation, given: Input | None = None) -> tuple[Reply, ...]:
    """Confirm that we may write again."""
    text = lines(
        voice.text("We may write to you again."),
        voice.text("You can stop messages at any time: {command}", command="/stop"),
    )
    off = (Option(MESSAGES_OFF, voice.plain("Get no more messages"), role=Role.NAVIGATION),)
    return (_put(message(voice, text, rows=(*_resume(voice, situation), off)), given),)


# --- data and deletion ----------------------------------------------------------------------------------------------


def show_data(voice: Voice, holdings: Holdings) -> tuple[Reply, ...]:
    """Show everything that is held, in as many messages as it takes; the buttons stand under the last."""
    text = blocks(
        bold(voice.text("What we hold about you")),
        _facts(voice, holdings),
        *(_open_answers(voice, survey) for survey in holdings.open),
        *_ended(voice, holdings),
        _how_long(voice, holdings),
        *_events(voice, holdings),
    )
    delete = (Option(DELETE, "🗑 " + voice.plain("Delete my data"), role=Role.NAVIGATION),)
    area = (Option(AREA, voice.plain("Change my neighbourhood"), role=Role.NAVIGATION),)
    rows: tuple[Row, ...] = (delete, area, _notice_row(voice)) if holdings.area else (delete, _notice_row(voice))
    return _at_length(message(voice, text, rows=rows), None)


def _facts(voice: Voice, holdings: Holdings) -> Markup:
    yes, no, unknown = voice.plain("Yes"), voice.plain("No"), voice.plain("not asked")
    area = voice.plain("somewhere else") if holdings.area == ELSEWHERE else holdings.area
    age = unknown if holdings.adult is None else (yes if holdings.adult else no)
    days = [
        voice.text("Your first message: {day}", day=voice.date(holdings.arrived, year=True))
        if holdings.arrived
        else None,
        voice.text("You agreed: {day}", day=voice.date(holdings.agreed, year=True)) if holdings.agreed else None,
    ]
    return lines(
        voice.text("The number of this chat, so that we can write to you"),
        *(day for day in days if day),
        voice.text("Language: {language}", language=NAMES[holdings.language]),
        voice.text("Neighbourhood: {area}", area=area or unknown),
        voice.text("16 or older: {answer}", answer=age),
        voice.text("Messages from us are allowed: {answer}", answer=no if holdings.paused else yes),
    )


def _open_answers(voice: Voice, survey: OpenAnswers) -> Markup:
    # Nothing is slanted: Arabic letters are not made for it.
    answers = (lines(bold(insert(question)), insert(said)) for question, said in survey.answers)
    return blocks(bold(voice.text("Your answers: {title}", title=survey.title)), *answers)


def _ended(voice: Voice, holdings: Holdings) -> Iterable[Markup]:
    if holdings.ended:
        yield lines(
            voice.text("You took part in these surveys. They have ended:"),
            names(holdings.ended),
            voice.text("Nobody can find these answers any more, not even we."),
        )


def _events(voice: Voice, holdings: Holdings) -> Iterable[Markup]:
    if holdings.events:
        yield bold(voice.text("Your events:"))
        yield from (held(voice, card) for card in holdings.events)
        yield lines(
            voice.text("Two days after the event we delete name, number and needs."),
            voice.text("90 days after the event we delete the sign-up, too."),
        )


def _signed_up(events: Iterable[Card]) -> tuple[Card, ...]:
    """Those of events that somebody comes to, or waits for, and that are not over."""
    stands = (Standing.COMING, Standing.WAITING, Standing.OFFERED)
    return tuple(
        card
        for card in events
        if card.party.standing in stands and not card.cancelled and card.occasion.end[:10] >= card.today.isoformat()
    )


def _titles(events: Iterable[Card]) -> Markup:
    """Of many dates of a series the title stands once."""
    return names(dict.fromkeys(card.wording.title for card in events))


def _how_long(voice: Voice, holdings: Holdings) -> Markup:
    if holdings.months is None:
        return voice.text("We keep this until you delete it.")
    return voice.plural(
        "We delete this when you have not written for {n} month.",
        "We delete this when you have not written for {n} months.",
        holdings.months,
    )


def ask_to_delete(voice: Voice, holdings: Holdings, given: Input | None = None) -> tuple[Reply, ...]:
    """Say what would be deleted and what cannot be, and ask once."""
    parts = [
        bold(voice.text("Do you want to delete everything?")),
        lines(
            voice.text("We delete the number of this chat and your language."),
            voice.text("We delete your neighbourhood and your answer about your age."),
            voice.text("We delete our messages of the last two days in this chat."),
            voice.text("Your own messages and older ones stay in this chat. You can delete them in Telegram."),
        ),
    ]
    if holdings.open:
        titles = names(survey.title for survey in holdings.open)
        parts.append(lines(voice.text("We delete your answers to these surveys:"), titles))
    parts.extend(_ended(voice, holdings))
    signed_up = _signed_up(holdings.events)
    if signed_up:
        said = voice.text("Then you are no longer signed up for these events:")
        parts.append(lines(said, _titles(signed_up)))
    if others := [card for card in holdings.events if card not in signed_up]:
        parts.append(lines(voice.text("We delete your answers about these events:"), _titles(others)))
    parts.append(voice.text("Nobody can bring it back."))
    everything = (Option(DELETE_ALL, "🗑 " + voice.plain("Delete everything")),)
    nothing = (Option(DELETE_NOTHING, voice.plain("Keep it")),)
    return _at_length(message(voice, blocks(*parts), rows=(everything, nothing)), given)


def deleted(voice: Voice, before: Holdings) -> tuple[Reply, ...]:
    """Say, as a new message, what was deleted and what could not be found. ``before``: what was held until now."""
    parts = [voice.text("We have deleted your data.")]
    if before.open:
        titles = names(survey.title for survey in before.open)
        parts.append(lines(voice.text("Your answers to these surveys are deleted:"), titles))
    if before.ended:
        parts.append(
            lines(
                voice.text("These surveys have ended:"),
                names(before.ended),
                voice.text("We deleted the note that you took part. We could not find your answers."),
            )
        )
    if signed_up := _signed_up(before.events):
        parts.append(lines(voice.text("You are no longer signed up for these events:"), _titles(signed_up)))
    parts.append(voice.text("You can come back at any time."))
    return _at_length(message(voice, blocks(*parts), rows=(start_row(voice),)), None)


def nothing_held(voice: Voice) -> tuple[Reply, ...]:
    """Tell somebody of whom nothing is held that it is so: there is nothing to see and nothing to delete."""
    text = lines(
        voice.text("We hold nothing about you."),
        voice.text("We only know the number of this chat while we answer you."),
    )
    return (Say(message(voice, text, rows=(start_row(voice),))),)


def kept(voice: Voice, given: Input | None = None) -> tuple[Reply, ...]:
    """Confirm that nothing was deleted."""
    return (_put(message(voice, voice.text("We have deleted nothing.")), given),)


# --- where nothing else fits ----------------------------------------------------------------------------------------


def what_now(voice: Voice, situation: Situation) -> tuple[Reply, ...]:
    """Answer somebody who writes when nothing is asked: what can be done now."""
    said = [bold(voice.text("What do you want to do?"))]
    if not situation.interview and not situation.offers:
        said.append(voice.text("There is no new survey for you now."))
        said.append(voice.text("Write to us again later. Then you see new surveys here."))
        if not situation.paused:
            said.append(voice.text("We may write to you here about surveys and events."))
    if listed := offer_list(situation.offers, voice):
        said.append(listed)
    said.append(voice.text("Here is help: {command}", command="/help"))
    again = (Option(MESSAGES_ON, voice.plain("Get messages again"), role=Role.NAVIGATION),)
    rows = (
        *_resume(voice, situation),
        *offer_rows(situation.offers, voice),
        *((events_row(voice),) if situation.has_events else ()),
        *((again,) if situation.paused else ()),
        change_language_row(voice),
    )
    return (Say(message(voice, lines(*said), rows=rows)),)


def unknown_command(voice: Voice) -> tuple[Reply, ...]:
    """Answer a command that does not exist with those that do."""
    text = lines(voice.text("We do not know this command. You can use these:"), _command_list(voice))
    return (Say(message(voice, text)),)


def in_group(voice: Voice, town: str) -> Prompt:
    """Explain ourselves in a group chat, where we take no answers; the channel makes the button a link."""
    text = lines(
        voice.text("We ask the people in {town} about their neighbourhood.", town=town),
        voice.text("We take no answers in groups. Others can read them here."),
        voice.text("Please write to us in a private chat."),
    )
    return message(voice, text, rows=((Option(PRIVATE, voice.plain("Open private chat")),),))


def edited(voice: Voice) -> tuple[Reply, ...]:
    """Answer somebody who edits a message during an interview: the answer stays, and how it can be changed."""
    text = lines(
        voice.text("A changed message does not change your answer."),
        voice.text("To change it, tap “Back”. Or change it at the end."),
    )
    return (Say(message(voice, text)),)


def file_too_large(voice: Voice) -> tuple[Reply, ...]:
    """Answer somebody whose file would be an answer, but is larger than any that we can fetch."""
    text = lines(
        voice.text("This file is too large for us."),
        voice.text("Please send a smaller one, for example a shorter video."),
    )
    return (Say(message(voice, text)),)


def file_not_taken(voice: Voice) -> tuple[Reply, ...]:
    """Answer somebody whose file would be an answer, but is of a kind that we do not keep."""
    text = lines(
        voice.text("We cannot open files of this kind."),
        voice.text("You can send pictures, sound, videos or {kind} files.", kind="PDF"),
    )
    return (Say(message(voice, text)),)


def first_of_album_kept(voice: Voice) -> tuple[Reply, ...]:
    """Answer somebody who sends several files at once where one is asked for."""
    text = lines(
        voice.text("We kept the first photo or file."),
        voice.text("Here we can take only one."),
    )
    return (Say(message(voice, text)),)


def no_room_for_file(voice: Voice) -> tuple[Reply, ...]:
    """Answer somebody whose file would be an answer, but one more than can be kept of one person."""
    text = lines(
        voice.text("There is no room for another file."),
        voice.text("You can delete another file first and send this one again."),
    )
    return (Say(message(voice, text)),)


def survey_ended(voice: Voice, situation: Situation, *, erased: bool = False) -> tuple[Reply, ...]:
    """Answer somebody who answers a survey that has ended meanwhile: say so, and what can be done now.

    ``erased``: it was closed before this resident had sent the answers.
    """
    said = [voice.text("The survey has ended.")]
    if erased:
        said.append(voice.text("We have deleted what you did not send."))
    return (Say(message(voice, lines(*said))), *what_now(voice, situation))


def old_button(voice: Voice) -> tuple[Reply, ...]:
    """Answer a button that means nothing any more."""
    return (Toast(voice.plain("This button is old. Please use the newest message.")),)


# --- how it is said -------------------------------------------------------------------------------------------------


def _resume(voice: Voice, situation: Situation) -> tuple[Row, ...]:
    return (resume_row(voice),) if situation.interview else ()


def _notice_row(voice: Voice) -> Row:
    return (Option(NOTICE, voice.plain("What you agreed to"), role=Role.NAVIGATION),)


def _put(prompt: Prompt, given: Input | None) -> Reply:
    """Answer a tap in the place of its message, all else below."""
    return Replace(prompt) if isinstance(given, Tap) else Say(prompt)


def _at_length(prompt: Prompt, given: Input | None) -> tuple[Reply, ...]:
    """Put a prompt that may be too long for one message; its buttons stand under the last part."""
    *before, last = (lay_out(part, prompt.language) for part in split(prompt.text, MESSAGE_LIMIT - _MARK))
    if not before:
        return (_put(prompt, given),)
    return (*(Say(Prompt(part, prompt.language)) for part in before), Say(replace(prompt, text=last)))
