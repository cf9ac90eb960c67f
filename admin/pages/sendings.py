"""A pass over the people of a broadcast: how far it is, what became of each message, and what can be done about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.broadcast_ready import area_names
from admin.broadcast_view import Sheet, look_at, shared, standings
from admin.event_choices import can_be_shown
from admin.ledger import (
    ACTIVE,
    Book,
    book_of,
    can_be_corrected,
    can_be_taken_back,
    columns,
    is_on_hold,
    is_partly_forgotten,
    is_partly_too_old,
    is_take_back,
)
from admin.site import Site
from admin.viewing import Asking, note
from storage.models import EventState, SendingKind, SendingState
from storage.queries.broadcasts import SendingFacts, find_broadcast, find_sending, load_ledger
from storage.queries.outbox import is_held_up
from storage.services.broadcasts import (
    cancel_sending,
    leave_uncertain,
    pause_sending,
    resend_uncertain,
    resume_sending,
)

SOON_SECONDS = 60
"""A pass whose time comes within it is watched as closely as one that runs."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass with its broadcast and ledger, and the corrections and take-backs of it, newest first.

    ``is_held_up``: Telegram has lately taken nothing from the bot.
    """

    sheet: Sheet
    book: Book
    later: tuple[Book, ...]
    is_held_up: bool

    @property
    def sending(self) -> SendingFacts:
        """The pass itself."""
        return self.book.sending

    @property
    def is_taken_back(self) -> bool:
        """Whether somebody has begun to delete what was sent."""
        return any(is_take_back(each.sending) for each in self.later)

    @property
    def signature(self) -> str:
        """Changes when the page must be drawn anew, not only its numbers."""
        parts = [self.book, *self.later]
        return "-".join(f"{each.sending.id}.{each.sending.state}.{int(each.open_doubts)}" for each in parts)


async def look_at_pass(site: Site, request: Asking, sending_id: int) -> Pass:
    """A pass of the town with what its page says.

    Raises:
        NotFoundException: there is none.
    """
    async with site.database.read() as connection:
        sending = await find_sending(connection, site.town_id, sending_id)
    if sending is None:
        raise NotFoundException
    sheet, _ = await look_at(site, sending.broadcast_id), site.say(request)
    first = sheet.town.default_language
    later = [each for each in sheet.sendings if each.original_id == sending.id]
    async with site.database.read() as connection:
        book, *books = [
            book_of(
                each,
                await load_ledger(connection, each),
                first,
                _,
                on_hold=is_on_hold(each, sheet.rules, site.now()),
            )
            for each in (sending, *later)
        ]
        held_up = await is_held_up(connection, now=site.now())
    return Pass(sheet, book, tuple(books), held_up)


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page of a pass, its moving part, and its buttons."""
    return [*_watching(site), *_deciding(site), *_cancelling(site)]


def _watching(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/sendings/{sending_id:int}", opt=needs(Right.MANAGE))
    async def one(request: Asking, sending_id: FromPath[int]) -> Response[str]:
        seen = await look_at_pass(site, request, sending_id)
        return site.page(request, "sendings/one.html", **shown(site, request, seen))

    @get("/admin/sendings/{sending_id:int}/progress", opt=needs(Right.MANAGE))
    async def progress(request: Asking, sending_id: FromPath[int]) -> Response[str]:
        seen = await look_at_pass(site, request, sending_id)
        answer = site.page(request, "sendings/progress.html", **shown(site, request, seen))
        if request.query_params.get("seen") != seen.signature:
            answer.headers["HX-Refresh"] = "true"
        return answer

    return [one, progress]


def shown(site: Site, request: Asking, seen: Pass) -> dict[str, Any]:
    """What the pages of a pass are drawn with."""
    now, sheet, _ = site.now(), seen.sheet, site.say(request)
    states = [each.sending for each in (seen.book, *seen.later)]
    soon = [each for each in states if each.state == SendingState.PLANNED]
    leave = [sheet.quiet.end_after(max(now, each.due_at), sheet.zone) or each.due_at for each in soon]
    is_moving = any(each.state == SendingState.RUNNING for each in states) or any(
        (each - now).total_seconds() < SOON_SECONDS for each in leave
    )
    return {
        "seen": seen,
        "sending": seen.sending,
        "book": seen.book,
        "every": "2s" if is_moving else "30s" if any(each.state in ACTIVE for each in states) else "",
        "columns": {kind.value: columns(kind, _) for kind in SendingKind},
        "areas": area_names(sheet, seen.sending.audience, site.language(request)),
        "surveys": sheet.surveys,
        "can_take_back": (
            seen.sending.kind == SendingKind.SEND and not seen.is_taken_back and can_be_taken_back(seen.sending, now)
        ),
        "is_partly_too_old": is_partly_too_old(seen.sending, now),
        "can_correct": can_be_corrected(seen.sending, now),
        "is_partly_forgotten": is_partly_forgotten(seen.sending, now),
        "leads_nowhere": leads_nowhere(seen, now),
        **shared(site, request, sheet),
        "standings": standings(site, request, (*sheet.sendings, seen.sending), sheet.rules),
    }


def leads_nowhere(seen: Pass, now: datetime) -> str:
    """Why a message will not begin, or not go on: ``survey``, its button leads to one that takes no answers at that
    time; ``event``, to one that is cancelled or over by then; ``signed-up``, it goes to those who have signed up for an
    event that is cancelled. Empty: nothing keeps it."""
    sending, sheet = seen.sending, seen.sheet
    if sending.kind != SendingKind.SEND or sending.state not in ACTIVE:
        return ""
    due = max(now, sending.due_at)
    at = sheet.quiet.end_after(due, sheet.zone) or due
    survey_id, event_id = sending.content.survey_id, sending.content.shown_event_id
    if (meant := sending.audience.signed_up) is not None:
        event = sheet.events.get(meant)
        if event is None or event.state != EventState.OPEN:
            return "signed-up"
    if survey_id is not None:
        survey = sheet.town.surveys.get(survey_id)
        if survey is None or not survey.running(at):
            return "survey"
    if event_id is not None:
        event = sheet.events.get(event_id)
        if event is None or not can_be_shown(event, at):
            return "event"
    return ""


Deed = Callable[[AsyncConnection, int], Awaitable[Any]]


async def act(site: Site, request: Asking, sending_id: int, action: str, deed: Deed, said: str) -> Response[None]:
    """Do something about a pass, write it down, and show the pass again."""
    async with site.database.write() as connection:
        sending = await find_sending(connection, site.town_id, sending_id, hold=True)
        if sending is None:
            raise NotFoundException
        broadcast = await find_broadcast(connection, site.town_id, sending.broadcast_id)
        is_done = bool(await deed(connection, sending_id))
        if is_done:
            await note(site, connection, request, action, None, title=broadcast.title if broadcast else "")
    return site.go_to(f"/admin/sendings/{sending_id}", notice=said) if is_done else _quicker(site, request, sending_id)


def _quicker(site: Site, request: Asking, sending_id: int) -> Response[None]:
    """Nothing is done: somebody was quicker."""
    _ = site.say(request)
    notice = _("Nothing was changed: it stands differently by now. This is how it stands.")
    return site.go_to(f"/admin/sendings/{sending_id}", notice=notice)


def _deciding(site: Site) -> list[BaseRouteHandler]:
    town_id = site.town_id

    @post("/admin/sendings/{sending_id:int}/pause", opt=needs(Right.MANAGE))
    async def pause(request: Asking, sending_id: FromPath[int]) -> Response[None]:
        _ = site.say(request)

        async def deed(connection: AsyncConnection, number: int) -> bool:
            return await pause_sending(connection, town_id=town_id, sending_id=number)

        return await act(site, request, sending_id, "sending.pause", deed, _("Paused."))

    @post("/admin/sendings/{sending_id:int}/resume", opt=needs(Right.MANAGE))
    async def resume(request: Asking, sending_id: FromPath[int]) -> Response[None]:
        _ = site.say(request)

        async def deed(connection: AsyncConnection, number: int) -> bool:
            return await resume_sending(connection, town_id=town_id, sending_id=number)

        return await act(site, request, sending_id, "sending.resume", deed, _("No longer paused."))

    @post("/admin/sendings/{sending_id:int}/leave", opt=needs(Right.MANAGE))
    async def leave(request: Asking, sending_id: FromPath[int]) -> Response[None]:
        _ = site.say(request)
        if not (await look_at_pass(site, request, sending_id)).book.open_doubts:
            return _quicker(site, request, sending_id)

        async def deed(connection: AsyncConnection, number: int) -> int:
            return await leave_uncertain(connection, sending_id=number)

        return await act(site, request, sending_id, "sending.leave", deed, _("The unclear messages stay as they are."))

    @post("/admin/sendings/{sending_id:int}/resend", opt=needs(Right.MANAGE))
    async def resend(request: Asking, sending_id: FromPath[int]) -> Response[None]:
        _ = site.say(request)
        if not (await look_at_pass(site, request, sending_id)).book.open_doubts:
            return _quicker(site, request, sending_id)

        async def deed(connection: AsyncConnection, number: int) -> int:
            return await resend_uncertain(connection, town_id=town_id, sending_id=number, now=site.now())

        return await act(site, request, sending_id, "sending.resend", deed, _("The unclear messages are sent again."))

    return [pause, resume, leave, resend]


def _cancelling(site: Site) -> list[BaseRouteHandler]:
    @get("/admin/sendings/{sending_id:int}/cancel", opt=needs(Right.MANAGE))
    async def ask(request: Asking, sending_id: FromPath[int]) -> Response[Any]:
        seen = await look_at_pass(site, request, sending_id)
        if seen.sending.state not in ACTIVE:
            return site.go_to(f"/admin/sendings/{sending_id}")
        return site.page(request, "sendings/cancel.html", **shown(site, request, seen))

    @post("/admin/sendings/{sending_id:int}/cancel", opt=needs(Right.MANAGE))
    async def cancel(request: Asking, sending_id: FromPath[int]) -> Response[None]:
        _ = site.say(request)

        async def deed(connection: AsyncConnection, number: int) -> bool:
            return await cancel_sending(connection, town_id=site.town_id, sending_id=number, now=site.now())

        return await act(site, request, sending_id, "sending.cancel", deed, _("Cancelled."))

    return [ask, cancel]
