"""Where a pass stands and what became of it, in words and rounded: the ledger that a page shows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from admin.people import STEP, about, percent
from admin.site import day, moment
from storage.models import SendingKind, SendingState
from storage.queries.broadcasts import Account, Ledger, SendingFacts, SendingRules
from storage.queries.outbox import KEPT_BULK
from storage.services.feeding import quiet_until

Say = Callable[[str], str]

RECALLED_FOR = timedelta(hours=48)
"""So long after it was sent, Telegram lets a bot delete a message."""
COLUMNS = ("queued", "held", "sent", "blocked", "failed", "uncertain")
ACTIVE = (SendingState.PLANNED, SendingState.RUNNING, SendingState.PAUSED)
"""States of a pass that has not ended."""


class Phase(StrEnum):
    """Where a broadcast or a pass stands. Of a draft nothing was sent; one that waits runs, and nothing may leave."""

    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a pass stands, and since or from when, in words."""

    phase: Phase
    words: str


def standing(
    sending: SendingFacts, rules: SendingRules, now: datetime, language: str, _: Say, *, taken_back: bool
) -> Standing:
    """Where a pass stands. Of one that was ``taken_back``, the times are still those at which it was sent."""

    def on(value: datetime) -> str:
        return moment(value, language, rules.timezone)

    is_quiet = sending.kind == SendingKind.SEND
    began, ended, state = sending.began_at, sending.ended_at, SendingState(sending.state)
    if state == SendingState.PLANNED:
        until = quiet_until(rules, max(now, sending.due_at)) if is_quiet else None
        return Standing(Phase.PLANNED, _planned(sending.due_at, until, rules, now, language, _))
    if state == SendingState.RUNNING:
        until = quiet_until(rules, now) if is_quiet else None
        if until is not None:
            words = _("goes on from {moment} on (quiet hours)").format(moment=on(until))
            return Standing(Phase.WAITING, _if_it_goes_on(words, rules, _))
        if rules.stopped_at is not None:
            return Standing(Phase.WAITING, _("goes out when the bot sends again (emergency stop)"))
        return Standing(Phase.RUNNING, _("since {moment}").format(moment=on(began or now)))
    if state == SendingState.PAUSED:
        if began is None:
            return Standing(Phase.PAUSED, _("planned for {moment}").format(moment=on(sending.due_at)))
        return Standing(Phase.PAUSED, _("begun on {moment}").format(moment=on(began)))
    phase = Phase.TAKEN_BACK if taken_back else Phase(state)
    if began is None:
        return Standing(phase, _("on {moment}, before it began").format(moment=on(ended or sending.created_at)))
    return Standing(phase, span(began, ended or began, language, rules.timezone, _))


def _planned(
    due_at: datetime, until: datetime | None, rules: SendingRules, now: datetime, language: str, _: Say
) -> str:
    if until is not None:
        words = _("goes out from {moment} on (quiet hours)").format(moment=moment(until, language, rules.timezone))
    elif due_at > now:
        words = _("begins on {moment}").format(moment=moment(due_at, language, rules.timezone))
    elif rules.stopped_at is not None:
        return _("goes out when the bot sends again (emergency stop)")
    else:
        return _("begins in a moment")
    return _if_it_goes_on(words, rules, _)


def _if_it_goes_on(words: str, rules: SendingRules, _: Say) -> str:
    """What is still to come holds during the emergency stop on a condition only."""
    if rules.stopped_at is None:
        return words
    return _("{what}, if the emergency stop is over by then").format(what=words)


def span(start: datetime, end: datetime, language: str, timezone: str, _: Say) -> str:
    """From when to when, by the town's clock: a day is said once, and so is a time."""
    zone = ZoneInfo(timezone)
    begins, ends = moment(start, language, timezone), moment(end, language, timezone)
    if begins == ends:
        return _("on {moment}").format(moment=ends)
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() != last.date():
        return _("from {start} to {end}").format(start=begins, end=ends)
    on = day(first.date(), language)
    return _("on {day}, {start} to {end}").format(
        day=on, start=first.strftime("%H:%M"), end=ends.removeprefix(f"{on}, ")
    )


def is_on_hold(sending: SendingFacts, rules: SendingRules, now: datetime) -> bool:
    """Whether nothing of a pass leaves by itself now: it is paused, or waits for the end of the quiet hours."""
    is_quiet = sending.kind == SendingKind.SEND and quiet_until(rules, now) is not None
    return sending.state == SendingState.PAUSED or is_quiet


def is_take_back(sending: SendingFacts) -> bool:
    """Whether a pass deletes what another has sent, or has done so."""
    return sending.kind == SendingKind.DELETE and sending.state != SendingState.CANCELLED


@dataclass(frozen=True, slots=True)
class Row:
    """A language, or all of them (``language`` None), with its numbers in words, by the names of ``COLUMNS``."""

    language: str | None
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Book:
    """A pass as its page shows it. ``percent``: of the bar, which one that is over has no more. ``open_doubts``:
    somebody has to decide about messages. ``is_unclear``: some may stand in chats where nobody knows of them, decided
    or not."""

    sending: SendingFacts
    is_over: bool
    rows: tuple[Row, ...]
    percent: int
    settled: str
    whole: str
    is_empty: bool
    open_doubts: bool
    open_doubts_number: str
    left: str
    is_unclear: bool


def fewest_told(sending: SendingFacts) -> int:
    """From how many messages on it is told that some are unclear: where nobody must be told from a few, a few are not
    spoken of."""
    return 1 if sending.audience.tells_none else STEP


def book_of(sending: SendingFacts, ledger: Ledger, first: str, _: Say, *, on_hold: bool) -> Book:
    """What is shown of a pass. ``first``: the language whose row comes first. ``on_hold``: ``is_on_hold``."""
    total = ledger.total
    whole = total.total + ledger.to_come
    none = sending.audience.tells_none
    told = [
        language
        for language, account in (ledger.by_language.items() if sending.audience.tells_languages else ())
        if none or account.total >= STEP
    ]
    codes = sorted(told, key=lambda code: (code != first, code))
    doubts = total.uncertain - total.left
    fewest = fewest_told(sending)
    return Book(
        sending=sending,
        is_over=sending.state not in ACTIVE,
        rows=(
            *(_row(code, ledger.by_language[code], _, none=none) for code in codes),
            _row(None, _with(total, ledger.to_come, on_hold=on_hold), _, none=none),
        ),
        percent=min(percent(total.settled, whole), 100 if whole == total.settled else 95),
        settled=about(total.settled, _, none=none),
        whole=about(whole, _, none=none),
        is_empty=not whole and none,
        open_doubts=doubts >= fewest,
        open_doubts_number=about(doubts, _),
        left=about(total.left, _) if total.left >= fewest else "",
        is_unclear=total.uncertain >= fewest,
    )


def _with(account: Account, to_come: int, *, on_hold: bool) -> Account:
    """Whoever is not in the outbox yet waits for the same as those who are."""
    return account + (Account(held=to_come) if on_hold else Account(queued=to_come))


def _row(language: str | None, account: Account, _: Say, *, none: bool) -> Row:
    numbers = {name: getattr(account, name) for name in COLUMNS}
    return Row(language, {name: about(number, _, none=none) for name, number in numbers.items()})


def columns(kind: str, _: Say) -> dict[str, tuple[str, str]]:
    """The heading of each column, and the line that explains it."""
    done = {
        SendingKind.EDIT: (_("changed"), _("The message in the chat now reads as corrected.")),
        SendingKind.DELETE: (_("deleted"), _("The message is gone from the chat.")),
    }.get(SendingKind(kind), (_("sent"), _("Telegram has taken the message. Whether it was read, nobody is told.")))
    return {
        "queued": (_("waiting"), _("The message will be sent by itself, one after the other.")),
        "held": (_("on hold"), _("The message waits because the sending is paused, or because of the quiet hours.")),
        "sent": done,
        "blocked": (_("blocked"), _("The person has blocked the bot or has no account any more. Nothing can be done.")),
        "failed": (_("failed"), _("Telegram has refused the message. It will not be tried again.")),
        "uncertain": (_("unclear"), _("The connection broke off: perhaps the message arrived, perhaps not.")),
    }  # fmt: skip


def can_be_taken_back(sending: SendingFacts, now: datetime) -> bool:
    """Whether Telegram may still delete some of what was sent."""
    return sending.began_at is not None and now < (sending.ended_at or now) + RECALLED_FOR


def is_partly_too_old(sending: SendingFacts, now: datetime) -> bool:
    """Whether the first messages are too old to be deleted."""
    return sending.began_at is not None and now >= sending.began_at + RECALLED_FOR


def can_be_corrected(sending: SendingFacts, now: datetime) -> bool:
    """Whether it is still kept where some of what was sent stands, or some is still to be sent."""
    return now < (sending.ended_at or now) + KEPT_BULK


def is_partly_forgotten(sending: SendingFacts, now: datetime) -> bool:
    """Whether it is no longer kept where the first messages stand: a correction leaves them as they are."""
    return sending.began_at is not None and now >= sending.began_at + KEPT_BULK
