"""The interview in the chat: carries its steps, keeps its answers, and says what comes after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from bot.incoming import Brought
from bot.occasions import card_of
from bot.render import Button
from bot.turn import Turn, new_id
from dialogues import interview, settings
from dialogues.forms import Form
from dialogues.forms.questions import PLACES
from dialogues.interview import Event, Stage, State, Step
from dialogues.invitation import Card
from dialogues.layout import blocks
from dialogues.prompts import Input, Replace, Reply, Say, Show, Tap, Text, asks
from dialogues.read_back import read_back
from dialogues.sensitive import AGREE_PREFIX, REFUSE_PREFIX
from dialogues.sent_files import have_room, is_name
from dialogues.settings import Holdings, OpenAnswers, Situation
from dialogues.standing import ELSEWHERE, LANGUAGE_PREFIX, RESUME, language_rows, offers_for
from dialogues.texts import LANGUAGES

LANGUAGE_MENU = "lang"


def paused(turn: Turn) -> int | None:
    """The survey that can be gone on with: the current one, or the one that was begun last and not finished."""
    going = turn.going_on
    if going is not None:
        return going
    # One that asks still, but is not the current one, was left for another survey.
    return _latest(turn, Stage.ASKING, Stage.SUMMARY, Stage.PAUSED)


def lay_aside(turn: Turn, survey_id: int) -> None:
    """Put a survey that asks something aside; what was answered stays, and its button leads back."""
    before = turn.state_of(survey_id)
    step = _step(turn, survey_id, before, Tap("later", before.revision))
    # Where its question stands we know only of the one that goes on.
    said = step.replies if survey_id == turn.going_on else [each for each in step.replies if isinstance(each, Say)]
    _keep(turn, survey_id, before, step, said, in_place=True)


def left(turn: Turn) -> int | None:
    """The survey that was stopped: nobody is reminded of it, but its button leads back."""
    return _latest(turn, Stage.LEFT)


def begun(turn: Turn, key: str) -> int | None:
    """The survey that a button of explicit consent names, if its interview has begun and is not over."""
    prefix, colon, name = key.partition(":")
    if prefix + colon not in (AGREE_PREFIX, REFUSE_PREFIX):
        return None
    going = (each for each in turn.interviews if turn.takes_answers(each) and each not in turn.completed)
    return next((each for each in going if str(each) == name), None)


def _latest(turn: Turn, *stages: Stage) -> int | None:
    there = [key for key, held in turn.interviews.items() if held.stage in stages and turn.takes_answers(key)]
    return max(there, default=None)


def begin(turn: Turn, survey_id: int) -> None:
    """Start a survey's interview, or go on with it where it was left."""
    if survey_id in turn.interviews:
        resume(turn, survey_id)
        return
    interview_id = new_id()
    form = turn.knowledge.forms[survey_id]
    step = interview.start(form, turn.resident.language, **_circumstances(turn, interview_id))
    turn.change_resident(current_survey_id=survey_id, wanted_survey_id=None)
    turn.begin_interview(survey_id, interview_id, step.state)
    turn.say(step.replies, interview=interview_id)


def resume(turn: Turn, survey_id: int) -> None:
    """Show the question that waits, at the end of the chat."""
    turn.change_resident(current_survey_id=survey_id, wanted_survey_id=None)
    take(turn, survey_id, Tap(RESUME))


def take(
    turn: Turn, survey_id: int, given: Input, *, in_place: bool = False, tells: Callable[[], bool] | None = None
) -> None:
    """Take one step of a survey's interview. Whose question stands in the chat gets what is typed next.

    ``tells``: whether it is said of a file that it cannot be an answer; None: yes. It is asked, too, where the question
    says so by itself: then nothing is to be said of the others that came with it.
    """
    before = turn.state_of(survey_id)
    step = _step(turn, survey_id, before, given)
    if (unfit := _unfit(turn, step.state)) is not None:
        if tells is None or tells():
            ask_again(turn, survey_id, unfit)
        return
    if tells is not None and (turn.brought is None or not _holds(step.state, turn.brought)):
        tells()
    _keep(turn, survey_id, before, step, step.replies, in_place=in_place)


def ask_again(turn: Turn, survey_id: int, said: Iterable[Reply]) -> None:
    """Say something in the middle of an interview: before what is asked, which comes again below."""
    before = turn.state_of(survey_id)
    opening = blocks(*(reply.prompt.text for reply in said if isinstance(reply, Say)))
    form, interview_id = turn.knowledge.forms[survey_id], turn.interviews[survey_id].id
    step = interview.ask_again(form, before, opening, **_circumstances(turn, interview_id))
    _keep(turn, survey_id, before, step, step.replies)


def take_more(turn: Turn, survey_id: int, given: Input, *, tells: Callable[[], bool] | None = None) -> bool:
    """Take another picture of an album, if it is an answer, too; else nothing is kept. False: nothing is said.

    It is one at the end of an open repeat, where each is an entry of its own; any other question that has come since
    the first picture is one that nobody has seen yet. An album gets one reply: what is asked after this picture takes
    the place of what was asked after the one before. ``tells``: whether it is said of one that it is not kept.
    """
    before = turn.state_of(survey_id)
    if PLACES.sub("", before.cursor or "") not in turn.knowledge.forms[survey_id].open_repeats:
        if turn.brought is None or tells is None or not tells():
            return False
        ask_again(turn, survey_id, settings.first_of_album_kept(turn.voice))
        return True
    step = _step(turn, survey_id, before, given)
    if turn.brought is None or not _holds(step.state, turn.brought):
        return False
    if (unfit := _unfit(turn, step.state)) is not None:
        if tells is not None and not tells():
            return False
        ask_again(turn, survey_id, unfit)
        return True
    said = [reply for reply in step.replies if isinstance(reply, Say)]
    if len(said) == 1 and said[0].prompt.asks and not said[0].prompt.illustrations:
        _keep(turn, survey_id, before, step, [Replace(said[0].prompt)], in_place=True)
    else:
        _keep(turn, survey_id, before, step, step.replies)
    return True


def _step(turn: Turn, survey_id: int, before: State, given: Input) -> Step:
    interview_id = turn.interviews[survey_id].id
    return interview.step(turn.knowledge.forms[survey_id], before, given, **_circumstances(turn, interview_id))


def _holds(state: State, brought: Brought) -> bool:
    return brought.file.name in state.values.values()


def _unfit(turn: Turn, state: State) -> Iterable[Reply] | None:
    """What to say of a file that would be an answer and cannot be one; None: there is none such."""
    brought = turn.brought
    if brought is None or not _holds(state, brought):
        return None
    if brought.is_too_large:
        return settings.file_too_large(turn.voice)
    if not brought.is_taken:
        return settings.file_not_taken(turn.voice)
    known = turn.named.sizes
    sizes = {name: known.get(name, 0) for name in state.values.values() if is_name(name)}
    fits = have_room({**sizes, brought.file.name: brought.file.size})
    return None if fits else settings.no_room_for_file(turn.voice)


def _keep(
    turn: Turn, survey_id: int, before: State, step: Step, replies: Iterable[Reply], *, in_place: bool = False
) -> None:
    turn.keep(survey_id, before, step.state)
    turn.say(replies, interview=turn.interviews[survey_id].id, in_place=in_place)
    if step.event is not None:
        if survey_id == turn.resident.current_survey_id:
            turn.change_resident(current_survey_id=None)
    elif any(asks(reply) for reply in step.replies):
        turn.change_resident(current_survey_id=survey_id)
    if step.event is Event.COMPLETED:
        turn.say(settings.what_now(turn.voice, situation(turn)))


def repeats(turn: Turn, survey_id: int, given: Input) -> bool:
    """Whether this is the answer before once more, as people write it who hear nothing from us for a while."""
    interview_id = turn.interviews[survey_id].id
    form, state = turn.knowledge.forms[survey_id], turn.state_of(survey_id)
    return isinstance(given, Text) and interview.repeats(form, state, given, **_circumstances(turn, interview_id))


def tapped(turn: Turn, button: Button) -> None:
    """A button of an interview's message. One of another interview than the current makes that one current."""
    survey_id = turn.survey_of(button.interview) if button.interview is not None else None
    if survey_id is None and not turn.newcomer and (turn.cut_off or turn.taps_what_asks):
        end(turn, erased=True)
        return
    if survey_id is None:
        turn.say(settings.old_button(turn.voice))
        return
    if not turn.takes_answers(survey_id):
        end(turn)
        return
    held = turn.interviews[survey_id]
    over = held.stage in (Stage.COMPLETE, Stage.LEFT)
    stale = over or button.revision != held.revision
    if button.revision == held.revision - 1 and not over and turn.question_is_overlooked:
        take(turn, survey_id, Show(anew=True))
    elif not stale and button.key == LANGUAGE_MENU:
        _show_languages(turn, survey_id)
    elif not stale and button.key.startswith(LANGUAGE_PREFIX):
        speak(turn, button.key.removeprefix(LANGUAGE_PREFIX))
        take(turn, survey_id, Show(anew=False), in_place=turn.taps_what_has_moved(survey_id))
    else:
        take(turn, survey_id, Tap(button.key, button.revision), in_place=turn.taps_what_has_moved(survey_id))


def end(turn: Turn, *, erased: bool = False) -> None:
    """Say that the survey of which an answer came takes none any more, and what can be done instead.

    ``erased``: the answers were not sent before it was closed.
    """
    turn.change_resident(current_survey_id=None)
    turn.say(settings.survey_ended(turn.voice, situation(turn), erased=erased))


def speak(turn: Turn, language: str) -> None:
    """Take over a language that was chosen."""
    if language in LANGUAGES:
        turn.change_resident(language=language, language_chosen=True)
        turn.set_commands(settings.commands(turn.voice))


def _show_languages(turn: Turn, survey_id: int) -> None:
    """Put the languages under the question that stands; choosing the present one puts its answers back."""
    interview_id = turn.interviews[survey_id].id
    form, state = turn.knowledge.forms[survey_id], turn.state_of(survey_id)
    question = interview.present(form, state, **_circumstances(turn, interview_id))
    rows = tuple(tuple(replace(option, standing=False) for option in row) for row in language_rows(turn.voice))
    menu = replace(question, rows=rows)
    turn.say([Replace(menu)], interview=interview_id, in_place=turn.taps_what_has_moved(survey_id))


# --- what can be said of a resident's surveys -----------------------------------------------------------------------


def situation(turn: Turn) -> Situation:
    """What this resident could do now."""
    facts = turn.surroundings
    going = paused(turn)
    area = None if turn.resident.area_id is None else str(turn.resident.area_id)
    # Of whoever came for an event the age is asked as soon as they want one of these.
    may = turn.resident.consented_on is not None and turn.resident.adult is not False
    offers = offers_for(facts.offers, area, turn.resident.language) if may else ()
    return Situation(
        town=facts.town,
        office=facts.office,
        contact=turn.knowledge.town.contact,
        legal_basis=facts.legal_basis,
        interview=None if going is None else title(turn, going),
        offers=tuple(offer for offer in offers if offer.id != str(going)),
        paused=turn.resident.paused,
        has_events=bool(turn.knowledge.events_for(turn.resident.area_id, turn.resident.language, turn.now)),
    )


def holdings(turn: Turn) -> Holdings:
    """Everything we hold on this resident."""
    resident = turn.resident
    areas = turn.knowledge.town.areas
    area = areas.get(resident.area_id) if resident.area_id is not None else None
    closed = turn.knowledge.town.closed
    return Holdings(
        language=resident.language,
        area=ELSEWHERE if resident.elsewhere else area.name if area else None,
        adult=resident.adult,
        paused=resident.paused,
        arrived=resident.arrived_on,
        agreed=resident.consented_on,
        open=tuple(_open_answers(turn, key) for key in turn.interviews if _form(turn, key)),
        ended=tuple(
            closed[key].title(resident.language)
            for key in sorted(turn.took_part)
            if key in closed and key not in turn.interviews
        ),
        events=tuple(_sign_ups(turn)),
    )


def _sign_ups(turn: Turn) -> Iterable[Card]:
    """The dates of events that this resident has said something about."""
    language, default = turn.resident.language, turn.knowledge.town.default_language
    for each in turn.sign_ups:
        if known := turn.knowledge.occasion(each.occurrence_id):
            yield card_of(*known, each, language, default=default, now=turn.now)


def title(turn: Turn, survey_id: int) -> str:
    """The title of an open or closed survey in the language we speak."""
    town = turn.knowledge.town
    return (town.surveys.get(survey_id) or town.closed[survey_id]).title(turn.resident.language)


def _form(turn: Turn, survey_id: int) -> Form | None:
    """What was asked, of a survey whose answers can be found."""
    return turn.knowledge.forms.get(survey_id) or turn.knowledge.closed_forms.get(survey_id)


def _open_answers(turn: Turn, survey_id: int) -> OpenAnswers:
    interview_id = turn.interviews[survey_id].id
    form, state = _form(turn, survey_id), turn.state_of(survey_id)
    assert form is not None  # noqa: S101 (the caller looked)
    return OpenAnswers(title(turn, survey_id), read_back(form, state, **_circumstances(turn, interview_id)))


def _circumstances(turn: Turn, interview_id: int) -> Mapping[str, Any]:
    """What a step needs beside its form and state: the texts, the town's clock, and chance that repeats itself."""
    now: datetime = turn.knowledge.local(turn.now)
    return {"texts": turn.knowledge.texts, "now": now, "random": Random(interview_id)}  # noqa: S311 (no secret)
