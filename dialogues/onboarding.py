"""From the first word to the first question: language, notice and consent, age, area, survey.

``step`` is a pure function of what is known and what the resident does. Every button names a fact to be reached, so a
double or outdated tap changes nothing and shows where we are. Stores nothing, starts nothing: it says what to start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum

from dialogues import sensitive
from dialogues.labels import pairable
from dialogues.layout import blocks, bold, lines, message
from dialogues.markup import Markup, lay_out
from dialogues.notice import name_legal_basis, notice, say_what_stays
from dialogues.prompts import Input, Media, Option, Prompt, Replace, Reply, Role, Say, Show, Tap, Text, Toast
from dialogues.sensitive import AGREE_PREFIX, REFUSE_PREFIX, Sensitive
from dialogues.standing import (
    AREA,
    AREA_PREFIX,
    ELSEWHERE,
    LANGUAGE,
    LANGUAGE_PREFIX,
    START,
    SURVEY_PREFIX,
    Offer,
    Row,
    change_language_row,
    language_rows,
    offer_list,
    offer_rows,
    offers_for,
    outside_label,
    resume_row,
    start_row,
)
from dialogues.texts import LANGUAGES, Texts, Voice
from dialogues.typed.first_words import typed_language, typed_yes_or_no
from dialogues.typed.folding import match_option

__all__ = [
    "ELSEWHERE",
    "Newcomer",
    "Offer",
    "Place",
    "Step",
    "Surroundings",
    "beginning",
    "explicit_question",
    "say_unknown_link",
    "step",
]

_AGREE = "ok"
_DECLINE = "no"
_ADULT = "age:yes"
_MINOR = "age:no"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is known of a resident.

    ``language``: the one we speak now. ``adult``: 16 or older; None is not asked yet. ``area``:
    an area's id, ``ELSEWHERE``, or None where not asked yet. ``survey``: the id of the survey that a link or a button
    asked for, until it starts, is declined or turns out not to be open. ``event``: of the event, until it is shown.
    """

    language: str
    language_chosen: bool = False
    consented: bool = False
    adult: bool | None = None
    area: str | None = None
    survey: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """An area to choose from. ``name`` as it is written in the town, never translated."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The town as it is now.

    ``office`` as it is written on its door. ``areas`` on the top level of the tree; none: the area is not asked.
    ``offers``: all surveys of the town that take answers, whatever area they are for. ``coming``: the ids of those that
    have not begun, with their first days if they are known. ``legal_basis``: for a later notice. ``going``: the title
    of the survey that this resident has begun and can go on with. ``invited``: the titles, by language, of the event
    that this resident comes for. ``asks``: whether a question of ours may stand in the chat.
    """

    town: str
    office: str | None = None
    areas: tuple[Place, ...] = ()
    offers: tuple[Offer, ...] = ()
    legal_basis: str | None = None
    coming: Mapping[str, date | None] = field(default_factory=dict)
    going: str | None = None
    invited: Mapping[str, str] = field(default_factory=dict)
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """What a step comes to.

    ``survey``: the id of the survey whose interview starts now, behind the replies; one that is going on already is
    only shown again. ``declined``: a survey was, and the resident shall hear what else can be done. ``event``: the id
    of the event that is shown now: whoever may be written to may be invited, whatever age and wherever at home.
    """

    newcomer: Newcomer
    replies: tuple[Reply, ...]
    survey: str | None = None
    declined: bool = False
    event: str | None = None


class _Stage(IntEnum):
    """What is asked next, in this order."""

    CONSENT = 1
    AGE = 2
    TOO_YOUNG = 3
    AREA = 4
    SENSITIVE = 5
    SURVEY = 6


def step(
    newcomer: Newcomer, given: Input, surroundings: Surroundings, *, texts: Texts, unknown_link: bool = False
) -> Step:
    """Take in what the resident did and ask the next thing, or name the survey that starts.

    ``Show(anew=True)`` is ``/start``: the caller has put the area and survey of its code into ``newcomer``. If nobody
    knows the code, ``unknown_link``, no survey starts by itself: it is another than the one that was meant.
    """
    situation = _Situation(newcomer, given, surroundings, texts.speak(newcomer.language))
    match given:
        case Show() if unknown_link:
            return situation.ask(say_unknown_link(situation.voice))
        case Show(anew=anew):
            return situation.go_on() if anew else situation.ask()
        case Tap(key=key):
            return situation.tapped(key, texts)
        case Text(text=text) if meant := situation.key_of(text):
            return situation.tapped(meant, texts)
        case Text() | Media():
            return situation.ask_for_a_tap()


@dataclass(frozen=True, slots=True)
class _Situation:
    """A newcomer, what they did just now, where, and in which language we answer."""

    newcomer: Newcomer
    given: Input
    surroundings: Surroundings
    voice: Voice

    # --- what the resident did --------------------------------------------------------------------------------------

    def key_of(self, text: str) -> str | None:
        """Return the button that a typed text stands for at this stage."""
        language = typed_language(text)
        if language is not None:
            return LANGUAGE_PREFIX + language
        stage = self._stage()
        if stage is _Stage.AREA:
            return self._key_of_area(text)
        answers = {
            _Stage.CONSENT: (_AGREE, _DECLINE),
            _Stage.AGE: (_ADULT, _MINOR),
            _Stage.SENSITIVE: (f"{AGREE_PREFIX}{self.newcomer.survey}", f"{REFUSE_PREFIX}{self.newcomer.survey}"),
        }.get(stage)
        said = typed_yes_or_no(text)
        if answers is None or said is None:
            return None
        return answers[0] if said else answers[1]

    def _key_of_area(self, text: str) -> str | None:
        areas = self.surroundings.areas
        chosen = match_option(text, [*(area.name for area in areas), self.voice.plain("I live somewhere else")])
        if chosen is None:
            return None
        return AREA_PREFIX + (areas[chosen].id if chosen < len(areas) else ELSEWHERE)

    def tapped(self, key: str, texts: Texts) -> Step:
        """Take a button for the fact that it names."""
        name, colon, value = key.partition(":")
        prefix = name + colon
        if prefix == LANGUAGE_PREFIX and value in LANGUAGES:
            return self._speak(value, texts)
        if key == LANGUAGE:
            return self._reply(_language_question(self.voice))
        if key == START:
            return self.go_on()
        if key in (_AGREE, _DECLINE):
            return self._consent(agreed=key == _AGREE)
        if key in (_ADULT, _MINOR):
            return self._age(adult=key == _ADULT)
        if key == AREA or prefix == AREA_PREFIX:
            return self._area(value if prefix == AREA_PREFIX else None)
        if prefix in (AGREE_PREFIX, REFUSE_PREFIX):
            return self._explicitly(value, agreed=prefix == AGREE_PREFIX)
        if prefix == SURVEY_PREFIX:
            return self._knowing(replace(self.newcomer, survey=value)).go_on()
        return self._show_again(self.voice.plain("This button is old."))

    def _speak(self, language: str, texts: Texts) -> Step:
        newcomer = replace(self.newcomer, language=language, language_chosen=True)
        return replace(self, newcomer=newcomer, voice=texts.speak(language)).ask()

    def _consent(self, *, agreed: bool) -> Step:
        if self._stage() is not _Stage.CONSENT:
            if agreed:
                return self._known_already()
            return self._show_again(
                self.voice.plain("You have agreed. You can delete your data: {command}", command="/delete")
            )
        return (
            self._knowing(replace(self.newcomer, consented=True)).go_on()
            if agreed
            else self._reply(_farewell(self.voice))
        )

    def _age(self, *, adult: bool) -> Step:
        if self._stage() is _Stage.CONSENT:
            return self.ask()
        return (
            self._knowing(replace(self.newcomer, adult=adult)).go_on()
            if self.newcomer.adult is None
            else self._known_already()
        )

    def _area(self, area: str | None) -> Step:
        if self._stage() < _Stage.AREA:
            # Where nothing was asked so far, it was a button below a list: that stays, and the question comes below.
            return self.ask() if self.surroundings.asks else replace(self, given=Show(anew=True)).ask()
        if area is None:
            return self._reply(_area_question(self.voice, self.surroundings))
        if area == self.newcomer.area:
            return self._known_already()
        if area != ELSEWHERE and area not in {place.id for place in self.surroundings.areas}:
            return self._show_again(self.voice.plain("This button is old."))
        return self._knowing(replace(self.newcomer, area=area)).go_on()

    def _explicitly(self, survey: str, *, agreed: bool) -> Step:
        if self._stage() < _Stage.AREA:
            return self.ask()
        if not agreed:
            wish = None if self.newcomer.survey == survey else self.newcomer.survey
            refusing = self._knowing(replace(self.newcomer, survey=wish))
            return replace(refusing._reply(sensitive.declined(self.voice)), declined=True)
        agreeing = self._knowing(replace(self.newcomer, survey=survey))
        if agreeing._asked_for() is None:
            return self.ask(agreeing._why_not())
        wanted = agreeing._wanted()
        return agreeing.go_on() if wanted is None else agreeing._begin(wanted)

    # --- what comes next --------------------------------------------------------------------------------------------

    def _stage(self) -> _Stage:
        newcomer = self.newcomer
        if not newcomer.consented:
            return _Stage.CONSENT
        if newcomer.adult is None:
            return _Stage.AGE
        if not newcomer.adult:
            return _Stage.TOO_YOUNG
        wanted = self._wanted()
        if wanted is None:
            return _Stage.AREA if newcomer.area is None and self.surroundings.areas else _Stage.SURVEY
        return _Stage.SENSITIVE if wanted.sensitive else _Stage.SURVEY

    def go_on(self) -> Step:
        """Ask the next thing; where nothing is left to ask, start the survey if it is clear which.

        An event that was asked for comes as soon as it may: of whoever comes for it, age and area are asked when they
        want a survey.
        """
        if self.newcomer.event is not None and self._stage() > _Stage.CONSENT:
            thanks = message(self.voice, self.voice.text("Thank you for your answer."))
            replies = (Replace(thanks),) if isinstance(self.given, Tap) else ()
            # Nothing waits behind it that has not been asked: what is typed then would be taken for its answer.
            survey = None if self.newcomer.adult is None else self.newcomer.survey
            return Step(replace(self.newcomer, event=None, survey=survey), replies, event=self.newcomer.event)
        if self._stage() is not _Stage.SURVEY:
            return self.ask()
        wanted = self._wanted()
        if wanted is not None:
            return self._begin(wanted)
        offers = self._offers()
        if self.newcomer.survey is None and len(offers) == 1:
            return self._knowing(replace(self.newcomer, survey=offers[0].id)).go_on()
        return self.ask(self._why_not())

    def ask(self, first: Markup | None = None) -> Step:
        """Show where we are: the question that waits, ``first`` before it; start nothing."""
        prompt = self._question()
        if first is not None:
            prompt = replace(prompt, text=blocks(lay_out(first, self.voice.language), prompt.text))
        asked = self._knowing(replace(self.newcomer, survey=None)) if self._stage() is _Stage.SURVEY else self
        return asked._reply(prompt)

    def ask_for_a_tap(self) -> Step:
        """Answer what we cannot take as an answer here."""
        has_buttons = bool(self._question().rows)
        return self.ask(self.voice.text("Please tap one of the buttons.") if has_buttons else None)

    def _question(self) -> Prompt:
        match self._stage():
            case _Stage.CONSENT:
                return _welcome(self.voice, self.surroundings)
            case _Stage.AGE:
                return _age_question(self.voice)
            case _Stage.TOO_YOUNG:
                return _too_young(self.voice)
            case _Stage.AREA:
                return self._with_way_back(_area_question(self.voice, self.surroundings))
            case _Stage.SENSITIVE if (offer := self._wanted()) and offer.sensitive:
                return self._with_way_back(explicit_question(self.voice, offer, offer.sensitive))
            case _:
                return _choice_of_surveys(self.voice, self._offers())

    def _with_way_back(self, prompt: Prompt) -> Prompt:
        """Let who was drawn away from a survey by another one go on with it by one button."""
        if self.surroundings.going is None:
            return prompt
        other = self.voice.text("You can still go on with your survey: {title}", title=self.surroundings.going)
        text = blocks(prompt.text, lay_out(other, self.voice.language))
        return replace(prompt, text=text, rows=(*prompt.rows, resume_row(self.voice)))

    def _begin(self, offer: Offer) -> Step:
        begun = self._knowing(replace(self.newcomer, survey=None))._reply(beginning(self.voice, offer))
        return replace(begun, survey=offer.id)

    def _wanted(self) -> Offer | None:
        """Return the survey that was asked for, if it can start now."""
        offer = self._asked_for()
        if offer is None:
            return None
        startable = offers_for((offer,), self.newcomer.area, self.newcomer.language, wanted=offer.id)
        return offer if startable else None

    def _asked_for(self) -> Offer | None:
        return next((offer for offer in self.surroundings.offers if offer.id == self.newcomer.survey), None)

    def _offers(self) -> tuple[Offer, ...]:
        return offers_for(self.surroundings.offers, self.newcomer.area, self.newcomer.language)

    def _why_not(self) -> Markup | None:
        """Say why the survey that was asked for does not start."""
        if self.newcomer.survey is None:
            return None
        offer = self._asked_for()
        if offer is None and self.newcomer.survey in self.surroundings.coming:
            return self._not_yet(self.surroundings.coming[self.newcomer.survey])
        if offer is None:
            return self.voice.text("The survey has ended.")
        if offer.taken:
            return self.voice.text("You have answered this survey. Thank you!")
        return self.voice.text("This survey is for other people.")

    def _not_yet(self, first_day: date | None) -> Markup:
        said = [self.voice.text("The survey has not begun yet.")]
        if first_day is not None:
            said.append(self.voice.text("It begins on this day: {day}", day=self.voice.date(first_day, year=True)))
        return lines(*said)

    # --- how it is said ---------------------------------------------------------------------------------------------

    def _knowing(self, newcomer: Newcomer) -> _Situation:
        return replace(self, newcomer=newcomer)

    def _reply(self, prompt: Prompt) -> Step:
        """Answer a tap in the place of its message, and a text below it."""
        in_place = isinstance(self.given, Tap) or self.given == Show(anew=False)
        return Step(self.newcomer, (Replace(prompt) if in_place else Say(prompt),))

    def _known_already(self) -> Step:
        return self._show_again(self.voice.plain("We already have your answer."))

    def _show_again(self, why: str) -> Step:
        """Answer a button that is no longer valid; behind the last question an interview may go on: leave it alone. Who
        has come for an event and is asked nothing is not asked by a second tap either."""
        if self._stage() is _Stage.SURVEY or not self.surroundings.asks:
            return Step(self.newcomer, (Toast(why),))
        shown = self.ask()
        return replace(shown, replies=(Toast(why), *shown.replies))


def _welcome(voice: Voice, surroundings: Surroundings) -> Prompt:
    invited = surroundings.invited.get(voice.language)
    content = notice(voice, town=surroundings.town, office=surroundings.office, invited=invited)
    text = blocks(lines(bold(voice.text("Welcome!")), content), bold(voice.text("Do you agree?")))
    agree = (Option(_AGREE, "✅ " + voice.plain("I agree, go on")),)
    decline = (Option(_DECLINE, voice.plain("I do not want to")),)
    return message(voice, text, rows=(agree, decline, *language_rows(voice)), asks=True)


def _farewell(voice: Voice) -> Prompt:
    text = lines(
        voice.text("That is fine. We will not write to you."),
        voice.text("You can come back at any time."),
    )
    return message(voice, text, rows=(start_row(voice),))


def _age_question(voice: Voice) -> Prompt:
    text = lines(
        bold(voice.text("Are you 16 or older?")),
        voice.text("Only people who are 16 or older can answer surveys."),
    )
    yes, no = (Option(_ADULT, voice.plain("Yes")),), (Option(_MINOR, voice.plain("No")),)
    return message(voice, text, rows=(yes, no, change_language_row(voice)), asks=True)


def _too_young(voice: Voice) -> Prompt:
    text = lines(
        voice.text("Thank you for your answer."),
        voice.text("Surveys are for people who are 16 or older."),
        voice.text("We may write to you here about events."),
        voice.text("You can stop messages at any time: {command}", command="/stop"),
        Markup(),
        voice.text("Was it the wrong button? Then delete your answer and start again: {command}", command="/delete"),
    )
    return message(voice, text)


def _area_question(voice: Voice, surroundings: Surroundings) -> Prompt:
    text = lines(
        bold(voice.text("Where do you live?")),
        voice.text("Please choose your neighbourhood."),
    )
    options = [Option(AREA_PREFIX + area.id, outside_label(area.name, voice)) for area in surroundings.areas]
    elsewhere = (Option(AREA_PREFIX + ELSEWHERE, voice.plain("I live somewhere else"), role=Role.NAVIGATION),)
    rows = (*_rows_of(options), elsewhere, change_language_row(voice))
    return message(voice, text, rows=rows, asks=True)


def _rows_of(options: list[Option]) -> tuple[Row, ...]:
    width = 2 if pairable([option.label for option in options]) else 1
    return tuple(tuple(options[start : start + width]) for start in range(0, len(options), width))


def _choice_of_surveys(voice: Voice, offers: tuple[Offer, ...]) -> Prompt:
    if not offers:
        text = lines(
            voice.text("There is no new survey for you now."),
            voice.text("Write to us again later. Then you see new surveys here."),
            voice.text("We may write to you here about surveys and events."),
            voice.text("You can stop messages at any time: {command}", command="/stop"),
        )
        return message(voice, text)
    heading = voice.plural(
        "{n} survey is open for you.", "{n} surveys are open for you. Which one do you want to answer?", len(offers)
    )
    listed = offer_list(offers, voice)
    text = blocks(heading, listed) if listed else heading
    return message(voice, text, rows=(*offer_rows(offers, voice), change_language_row(voice)), asks=True)


def say_unknown_link(voice: Voice) -> Markup:
    """Say that a link leads nowhere, before what can be done all the same."""
    return voice.text("We do not know this link.") + " " + voice.text("But you are in the right place.")


def explicit_question(voice: Voice, offer: Offer, part: Sensitive) -> Prompt:
    """Ask for explicit consent, where a survey needs it before its first question."""
    stays = None if offer.anonymous else say_what_stays(voice)
    prompt = sensitive.ask(voice, survey=offer.id, title=offer.title(voice.language) or "", part=part, stays=stays)
    return replace(prompt, rows=(*prompt.rows, change_language_row(voice)))


def beginning(voice: Voice, offer: Offer) -> Prompt:
    """Say that a survey begins, before its first question; and what of it is different, unless it was said already."""
    said = [voice.text("Thank you. The survey begins now: {title}", title=offer.title(voice.language))]
    if offer.legal_basis:
        said.append(name_legal_basis(voice, offer.legal_basis))
    if not offer.anonymous and not offer.sensitive:
        said.append(say_what_stays(voice))
    return message(voice, lines(*said))


def _language_question(voice: Voice) -> Prompt:
    text = voice.text("Which language do you want to use?")
    return message(voice, text, rows=language_rows(voice), asks=True)
