"""Whether a broadcast can be sent, whom it reaches and whom not, all in words. Pure; exact numbers go no further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from admin.broadcast_texts import Surroundings, in_words, listed, name_in
from admin.broadcast_view import Sheet
from admin.event_choices import can_be_shown, keeps_sign_ups
from admin.people import STEP, about
from admin.site import moment as moment_in_words
from dialogues.texts import LANGUAGES
from dialogues.wall_clock import comes_twice, moment, wall_time
from storage.models import EventState
from storage.queries.audience import Audience, Reach, Rules

Say = Callable[[str], str]

LATEST = timedelta(days=366)
"""How far ahead a sending can be planned."""


class How(StrEnum):
    """How the readers of a language get a message."""

    OWN = "own"
    INSTEAD = "instead"
    """In another language, with a line that says so."""
    UNRELEASED = "unreleased"
    """There is a text, and nobody has released it."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Line:
    """The readers of one language. ``number``: in words; empty where it would betray people."""

    language: str
    number: str
    how: How
    other: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People of the audience who get nothing: how many, and why."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a broadcast from being sent, and where it can be mended. ``passes``: later it may be otherwise."""

    text: str
    href: str = ""
    passes: bool = False


def needed(audience: Audience, reach: Reach) -> tuple[str, ...]:
    """The languages in which a message must be said: those chosen, or else those that its audience reads."""
    return tuple(
        each for each in LANGUAGES if each in audience.languages or (not audience.languages and each in reach.languages)
    )


def lines(sheet: Sheet, audience: Audience, fallback: Mapping[str, str], reach: Reach, _: Say) -> tuple[Line, ...]:
    """The languages of an audience, the town's first, each with how its readers get the message."""
    first = sheet.town.default_language
    found = []
    for language in sorted(needed(audience, reach), key=lambda code: (code != first, code)):
        readers = reach.by_language.get(language, 0)
        number = about(readers, _, none=audience.tells_none) if audience.tells_languages else ""
        how, other = how_said(sheet, fallback, language)
        found.append(Line(language, number, how, other))
    return tuple(found)


def how_said(sheet: Sheet, fallback: Mapping[str, str], language: str) -> tuple[How, str]:
    """How the readers of a language get a message, and in which language instead of their own."""
    texts = sheet.broadcast.texts

    def released(code: str) -> bool:
        return code in texts and texts[code].released and bool(texts[code].text.strip())

    if released(language):
        return How.OWN, ""
    other = fallback.get(language, "")
    if other and other != language and released(other):
        return How.INSTEAD, other
    has_text = language in texts and bool(texts[language].text.strip())
    return (How.UNRELEASED if has_text else How.MISSING), ""


def left_out(reach: Reach, rules: Rules, _: Say) -> tuple[LeftOut, ...]:
    """Who of an audience gets nothing, with each reason that there can be: where few live, it must not be told whether
    one of them has blocked the bot."""
    reasons = [(reach.paused, _("have paused messages of the bot"))]
    if rules.weekly_share:
        enough = _("have had their share of this week ({number} messages)").format(number=rules.weekly_share)
        reasons.append((reach.had_enough, enough))
    reasons.append((reach.blocked, _("have blocked the bot or have no account any more")))
    if rules.adults:
        reasons.append((reach.too_young, _("have said that they are under 16, and get no surveys")))
    return tuple(LeftOut(about(number, _, none=False), why) for number, why in reasons)


def obstacles(
    sheet: Sheet, around: Surroundings, reach: Reach | None, at: datetime, language: str, _: Say
) -> tuple[Obstacle, ...]:
    """What keeps a broadcast from leaving at the moment ``at``. ``reach`` None: the audience must not be counted."""
    audience, broadcast = sheet.broadcast.audience, sheet.broadcast
    found = _event_obstacles(sheet, at, _)
    where = f"{sheet.here}/audience"
    if reach is None:
        found.append(Obstacle(too_narrow(_), where))
    elif not reach.total and audience.tells_none:
        if reach.had_enough:
            words = _(
                "Nobody would get this message at that time: everybody has had their share of the week. Choose a later "
                "time below, or change the share in the settings."
            )
            found.append(Obstacle(words, "/admin/settings", passes=True))
        elif reach.left_out:
            words = _("Nobody would get this message now. Below it says who is left out, and why.")
            found.append(Obstacle(words, where))
        else:
            found.append(Obstacle(_("Nobody would get this message. Please choose other recipients."), where))
    if audience.areas and not audience.areas <= frozenset(sheet.town.areas):
        found.append(Obstacle(_("Areas that were chosen are no longer there. Please choose again."), where))
    if broadcast.survey_id is not None:
        survey = sheet.town.surveys.get(broadcast.survey_id)
        if survey is None or not survey.running(at):
            if broadcast.survey_id in sheet.town.closed:
                words = _("The survey behind the button is closed. Choose another one, or take the button away.")
            else:
                words = _(
                    "The survey behind the button takes no answers at that time. Open it, or take the button away."
                )
            found.append(Obstacle(words, f"{sheet.here}#survey"))
    meant = sheet.events.get(audience.signed_up or 0)
    if audience.signed_up is not None and (meant is None or not keeps_sign_ups(meant, at)):
        words = _(
            "The event whose sign-ups were chosen is cancelled, or so long ago that they are no longer kept. Please "
            "choose again."
        )
        found.append(Obstacle(words, f"{where}#signed-up"))
    found += _button_obstacles(sheet, reach, at, language, _)
    return (*found, *_text_obstacles(sheet, around, reach, language, _))


def _button_obstacles(sheet: Sheet, reach: Reach | None, at: datetime, language: str, _: Say) -> list[Obstacle]:
    """What keeps a message with the button of an event from leaving at that moment: it would show nothing."""
    event, there = sheet.shown_event, f"{sheet.here}#event"
    if sheet.broadcast.shown_event_id is None:
        return []
    if event is None:
        return [Obstacle(_("The event behind the button is not there any more. Please choose again."), there)]
    if event.state == EventState.DRAFT:
        words = _(
            "The event behind the button is not open for sign-up yet, so nobody could see it. Open it first, or take "
            "the button away."
        )
        return [Obstacle(words, there)]
    if event.state == EventState.CANCELLED:
        words = _("The event behind the button is cancelled. Choose another one, or take the button away.")
        return [Obstacle(words, there)]
    if not can_be_shown(event, at):
        words = _("The event behind the button is over by then. Choose another one, or take the button away.")
        return [Obstacle(words, there)]
    content, name = event.broadcast.content(released=True), name_in(language)
    silent = [each for each in needed(sheet.broadcast.audience, reach) if not content.said_in(each)] if reach else []
    if silent:
        words = _(
            "The event behind the button has no released text for those who read {languages}. Release one there, or "
            "choose there which text they get instead; or take the button away."
        )
        return [Obstacle(words.format(languages=listed([name(each) for each in silent], language)), there)]
    return []


def _event_obstacles(sheet: Sheet, at: datetime, _: Say) -> list[Obstacle]:
    """What keeps an invitation from leaving at that moment: nobody could answer it."""
    event = sheet.broadcast.event
    if event is None:
        return []
    if sheet.event_state is EventState.DRAFT:
        words = _("The event is not open for sign-up yet, so nobody could answer. Please open it first.")
        return [Obstacle(words, f"{sheet.event_page}/open")]
    if event.cancelled:
        return [Obstacle(_("The event is cancelled. Nobody can be invited to it any more."), sheet.event_page)]
    if _is_too_late(sheet, at):
        words = _("Nobody can sign up any more. To invite people, add another date first.")
        return [Obstacle(words, f"{sheet.event_page}/edit#day")]
    return []


def _is_too_late(sheet: Sheet, at: datetime) -> bool:
    """Whether nobody could answer an invitation that arrives at that moment."""
    event = sheet.broadcast.event
    return event is not None and not any(event.closes_at(each) > at for each in event.coming(at))


def _text_obstacles(sheet: Sheet, around: Surroundings, reach: Reach | None, language: str, _: Say) -> list[Obstacle]:
    name, content = name_in(language), sheet.broadcast.content(released=True)
    found: list[Obstacle] = []
    said: set[str] = set()
    for code in needed(sheet.broadcast.audience, reach) if reach else ():
        how, other = how_said(sheet, sheet.broadcast.fallback, code)
        said |= {code} if how is How.OWN else {other} if other else set()
        if how is How.UNRELEASED:
            words = _("{language}: the text is not released yet.").format(language=name(code))
            found.append(Obstacle(words, f"{sheet.here}#box-{code}"))
        elif how is How.MISSING:
            words = _(
                "{language}: there is no text. Write one, or choose under “Recipients” which language they get "
                "instead, or only languages that have a text."
            )
            found.append(Obstacle(words.format(language=name(code)), f"{sheet.here}/audience#fallbacks"))
    for code in sorted(said):
        for problem in in_words(content, around, code, _):
            found.append(Obstacle(f"{name(code)}: {problem}", f"{sheet.here}#box-{code}"))
    if not content.texts:
        found.append(Obstacle(_("No text is released yet."), sheet.here))
    return found


def too_narrow(_: Say) -> str:
    """Why an audience is not counted."""
    return _(
        "Whether people took part in a survey or not can be combined with one other choice only: one area or one "
        "language. Who has signed up for an event can be combined with nothing. With more, the numbers would tell who "
        "they are. Please take a choice away."
    )


def unsaid(sheet: Sheet, reach: Reach) -> tuple[str, ...]:
    """Languages that nobody of the audience reads now, and in which nothing can be said."""
    audience = sheet.broadcast.audience
    content = sheet.broadcast.content(released=True)
    meant = audience.languages or LANGUAGES
    return tuple(
        each for each in LANGUAGES if each in meant and each not in reach.languages and content.said_in(each) is None
    )


# --- when -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """When it shall begin. ``wall``: as the town's clock shows it; None: at once. ``quiet_until``: nothing leaves
    before; None: it leaves at once. ``is_shifted``: the clock leaves that time out, so another is meant; ``is_first``:
    it comes twice, and the first is meant."""

    at: datetime
    wall: str | None
    quiet_until: datetime | None
    is_shifted: bool = False
    is_first: bool = False

    @property
    def leaves_at(self) -> datetime:
        """The first moment at which something may leave."""
        return self.quiet_until or self.at


def when_of(wall: str, sheet: Sheet, now: datetime, _: Say) -> When | str:
    """What a wall time in the form means (empty: now), or why it cannot be meant."""
    if not wall:
        return When(now, None, sheet.quiet.end_after(now, sheet.zone))
    at = moment(wall[:16], sheet.zone)
    if at is None:
        return _("Please write day and time, for example 01.12.2026, 09:00.")
    if at <= now:
        return _("This moment has passed. Please choose a later one.")
    if at > now + LATEST:
        return _("This is more than a year ahead. Please choose an earlier day.")
    quiet_until = sheet.quiet.end_after(at, sheet.zone)
    if _is_too_late(sheet, quiet_until or at) and not _is_too_late(sheet, now):
        return _("At that time nobody can sign up for the event any more. Please choose an earlier time.")
    shown = sheet.shown_event
    if shown is not None and can_be_shown(shown, now) and not can_be_shown(shown, quiet_until or at):
        return _("At that time the event behind the button is over. Please choose an earlier time.")
    return When(
        at,
        wall[:16],
        quiet_until,
        is_shifted=wall_time(at, sheet.zone) != wall[:16],
        is_first=comes_twice(at, sheet.zone),
    )


def in_a_word(when: When, sheet: Sheet, language: str, _: Say) -> str:
    """When it goes out, for whoever has just sent it: it is not on its way while nothing can leave."""
    zone, is_stopped = sheet.rules.timezone, sheet.rules.stopped_at is not None
    leaves = when.quiet_until or (when.at if when.wall else None)
    if leaves is None:
        if is_stopped:
            return _("The message waits: it goes out when the bot sends again (emergency stop).")
        return _("The message is on its way.")
    told = moment_in_words(leaves, language, zone)
    if is_stopped:
        words = _("The message is planned: it goes out from {moment} on, if the emergency stop is over by then.")
    else:
        words = _("The message is planned: it goes out from {moment} on.")
    return words.format(moment=told)


def is_small(reach: Reach) -> bool:
    """Whether so few get it that their number is not told."""
    return 0 < reach.total < STEP


def area_names(sheet: Sheet, audience: Audience, language: str) -> str:
    """The areas that were chosen, in a sentence; empty: the whole town."""
    return listed([each.name for each in sheet.town.areas.values() if each.id in audience.areas], language)
