"""What became of a pass, in words and rounded: the ledger that a page shows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from admin.people import STEP, about, percent
from storage.models import SendingKind, SendingState
from storage.queries.broadcasts import Account, Ledger, SendingFacts

Say = Callable[[str], str]

RECALLED_FOR = timedelta(hours=48)
"""So long after it was sent, Telegram lets a bot delete a message."""
COLUMNS = ("queued", "held", "sent", "blocked", "failed", "uncertain")


@dataclass(frozen=True, slots=True)
class Row:
    """A language, or all of them (``language`` None), with its numbers in words, by the names of ``COLUMNS``."""

    language: str | None
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Book:
    """A pass as its page shows it. ``percent``: of the bar. ``open_doubts``: somebody has to decide about messages."""

    sending: SendingFacts
    rows: tuple[Row, ...]
    percent: int
    settled: str
    whole: str
    is_empty: bool
    open_doubts: bool
    open_doubts_number: str
    left: str


def book_of(sending: SendingFacts, ledger: Ledger, first: str, _: Say) -> Book:
    """What is shown of a pass. ``first``: the language whose row comes first."""
    total = ledger.total
    whole = total.total + ledger.to_come
    is_over = sending.state == SendingState.DONE
    none = sending.audience.tells_none
    told = [
        language
        for language, account in (ledger.by_language.items() if sending.audience.tells_languages else ())
        if none or account.total >= STEP
    ]
    codes = sorted(told, key=lambda code: (code != first, code))
    doubts = total.uncertain - total.left
    return Book(
        sending=sending,
        rows=(
            *(_row(code, ledger.by_language[code], _, none=none) for code in codes),
            _row(None, total, _, ledger.to_come, none=none),
        ),
        percent=100 if is_over else min(percent(total.settled, whole), 100 if whole == total.settled else 95),
        settled=about(total.settled, _, none=none),
        whole=about(whole, _, none=none),
        is_empty=not whole and none,
        open_doubts=doubts > 0,
        open_doubts_number=about(doubts, _),
        left=about(total.left, _) if total.left else "",
    )


def _row(language: str | None, account: Account, _: Say, more: int = 0, *, none: bool) -> Row:
    numbers = {name: getattr(account, name) for name in COLUMNS}
    numbers["queued"] += more
    return Row(language, {name: about(number, _, none=none) for name, number in numbers.items()})


def columns(kind: str, _: Say) -> dict[str, tuple[str, str]]:
    """The heading of each column, and the line that explains it."""
    done = {
        SendingKind.EDIT: (_("changed"), _("The message in the chat now reads as corrected.")),
        SendingKind.DELETE: (_("deleted"), _("The message is gone from the chat.")),
    }.get(SendingKind(kind), (_("sent"), _("Telegram has taken the message. Whether it was read, nobody is told.")))
    return {
        "queued": (_("waiting"), _("The message will be sent by itself, one after the other.")),
        "held": (_("on hold"), _("The message waits because the sending is paused.")),
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
