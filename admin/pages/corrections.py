"""What was sent and is wrong: correcting it where it stands, or taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.access import Right, needs
from admin.broadcast_ready import Obstacle
from admin.broadcast_texts import Box, boxes, in_words, name_in
from admin.ledger import can_be_corrected, can_be_taken_back, is_take_back
from admin.pages.sendings import Pass, look_at_pass, shown
from admin.site import Site
from admin.viewing import Asking, note, text
from dialogues.broadcast import Content
from dialogues.texts import LANGUAGES
from storage.models import SendingKind, SendingState
from storage.queries.broadcasts import find_broadcast, find_sending, list_sendings
from storage.services.broadcasts import correct_sending, take_back_sending

_MOVING = (SendingState.PLANNED, SendingState.RUNNING)


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages that ask once more, and what they do."""
    return [*_correcting(site), *_taking_back(site)]


@dataclass(frozen=True, slots=True)
class Change:
    """A message as people have it, and as they will have it."""

    language: str
    before: Box
    after: Box


@dataclass(frozen=True, slots=True)
class Plan:
    """A correction: what it would say, what it changes, and what stands against it."""

    content: Content
    changes: tuple[Change, ...]
    obstacles: tuple[Obstacle, ...]
    changes_file: bool
    """Another file takes the place of what was sent."""
    keeps_file: bool
    """The file was taken out of the message; a correction cannot do that."""


def plan_of(site: Site, request: Asking, seen: Pass) -> Plan:
    """What correcting a pass to the texts of its broadcast would do."""
    _, sheet = site.say(request), seen.sheet
    before, written = seen.sending.content, sheet.broadcast.content(released=True)
    keeps_file = written.attachment_id is None and before.attachment_id is not None
    after = replace(written, attachment_id=before.attachment_id, is_photo=before.is_photo) if keeps_file else written
    changes_file = after.attachment_id != before.attachment_id
    around = sheet.around(site)
    old, new = boxes(before, around, _), boxes(after, around, _)
    said = [each for each in LANGUAGES if before.said_in(each) is not None]
    changes = tuple(
        Change(each, old[each], new[each])
        for each in said
        if new[each].shown and (changes_file or old[each].shown != new[each].shown)
    )
    return Plan(
        after,
        changes,
        tuple(_against(site, request, seen, after, said)),
        changes_file,
        keeps_file,
    )


def _against(site: Site, request: Asking, seen: Pass, after: Content, said: list[str]) -> list[Obstacle]:
    _, sheet = site.say(request), seen.sheet
    name, around = name_in(site.language(request)), sheet.around(site)
    found: list[Obstacle] = []
    if seen.sending.state in _MOVING:
        words = _("The message is still being sent. Pause it first, then correct it.")
        found.append(Obstacle(words, f"/admin/sendings/{seen.sending.id}"))
    if after == seen.sending.content:
        words = _("This is what people have already. Change the message first, release its texts, and come back here.")
        found.append(Obstacle(words, sheet.here))
    for each in said:
        if after.said_in(each) is None:
            words = _("{language}: people have a text, and now none is released. Please release one.")
            found.append(Obstacle(words.format(language=name(each)), f"{sheet.here}#box-{each}"))
    for each in sorted({other for code in said if (other := after.said_in(code))}):
        for problem in in_words(after, around, each, _):
            found.append(Obstacle(f"{name(each)}: {problem}", f"{sheet.here}#box-{each}"))
    return found


def _correcting(site: Site) -> list[BaseRouteHandler]:
    def is_possible(seen: Pass) -> bool:
        return _is_there(seen) and can_be_corrected(seen.sending, site.now())

    def refused(request: Asking, seen: Pass) -> Response[None]:
        if not _is_there(seen):
            return _no_more(site, request, seen)
        _ = site.say(request)
        notice = _("Seven days have passed: the bot no longer knows where the messages stand, and cannot correct them.")
        return site.go_to(f"/admin/sendings/{seen.sending.id}", notice=notice)

    def page(request: Asking, seen: Pass, *, status: int = 200, changed: bool = False) -> Response[str]:
        plan = plan_of(site, request, seen)
        more = {"plan": plan, "changed": changed}
        return site.page(request, "sendings/correct.html", status=status, **more, **shown(site, request, seen))

    @get("/admin/sendings/{sending_id:int}/correct", opt=needs(Right.MANAGE))
    async def ask(request: Asking, sending_id: FromPath[int]) -> Response[Any]:
        seen = await look_at_pass(site, request, sending_id)
        return page(request, seen) if is_possible(seen) else refused(request, seen)

    @post("/admin/sendings/{sending_id:int}/correct", opt=needs(Right.MANAGE))
    async def correct(request: Asking, sending_id: FromPath[int]) -> Response[Any]:
        _, fields = site.say(request), await request.form()
        seen = await look_at_pass(site, request, sending_id)
        if not is_possible(seen):
            return refused(request, seen)
        revisions = f"{seen.sheet.broadcast.revision}.{seen.sending.content_revision}"
        plan = plan_of(site, request, seen)
        if plan.obstacles or text(fields, "seen") != revisions:
            return page(request, seen, status=409, changed=True)
        async with site.database.write() as connection:
            present = await find_broadcast(connection, site.town_id, seen.sheet.broadcast.id, hold=True)
            held = await find_sending(connection, site.town_id, sending_id, hold=True)
            now = (present.revision if present else 0, held.content_revision if held else 0)
            is_same = now == (seen.sheet.broadcast.revision, seen.sending.content_revision)
            begun = is_same and await correct_sending(
                connection,
                town_id=site.town_id,
                sending_id=sending_id,
                content=plan.content,
                staff_id=request.user.id,
                now=site.now(),
            )
            if begun:
                await note(site, connection, request, "sending.correct", None, title=seen.sheet.broadcast.title)
        if not begun:
            return page(request, await look_at_pass(site, request, sending_id), status=409, changed=True)
        notice = _("The correction is on its way.")
        if seen.sheet.rules.stopped_at is not None:
            notice = _("The correction waits: it goes out when the bot sends again (emergency stop).")
        return site.go_to(f"/admin/sendings/{sending_id}", notice=notice)

    return [ask, correct]


def _is_there(seen: Pass) -> bool:
    return seen.sending.kind == SendingKind.SEND and not seen.sending.is_void and not seen.is_taken_back


def _no_more(site: Site, request: Asking, seen: Pass) -> Response[None]:
    _ = site.say(request)
    notice = _("That is not possible any more: the message has been taken back, or is too old for it.")
    return site.go_to(f"/admin/sendings/{seen.sending.id}", notice=notice)


def _taking_back(site: Site) -> list[BaseRouteHandler]:
    def is_possible(seen: Pass) -> bool:
        return _is_there(seen) and can_be_taken_back(seen.sending, site.now())

    def page(request: Asking, seen: Pass, *, status: int = 200, **said: bool) -> Response[str]:
        more = {"unsure": False, "runs": seen.sending.state in _MOVING, **said}
        return site.page(request, "sendings/take_back.html", status=status, **more, **shown(site, request, seen))

    @get("/admin/sendings/{sending_id:int}/take-back", opt=needs(Right.MANAGE))
    async def ask(request: Asking, sending_id: FromPath[int]) -> Response[Any]:
        seen = await look_at_pass(site, request, sending_id)
        return page(request, seen) if is_possible(seen) else _no_more(site, request, seen)

    @post("/admin/sendings/{sending_id:int}/take-back", opt=needs(Right.MANAGE))
    async def take_back(request: Asking, sending_id: FromPath[int]) -> Response[Any]:
        _, fields = site.say(request), await request.form()
        seen = await look_at_pass(site, request, sending_id)
        if not is_possible(seen):
            return _no_more(site, request, seen)
        if text(fields, "understood") != "yes":
            return page(request, seen, status=422, unsure=True)
        async with site.database.write() as connection:
            # whoever holds the broadcast sees whether somebody else has begun to take it back
            await find_broadcast(connection, site.town_id, seen.sheet.broadcast.id, hold=True)
            begun = await _take_back_once(site, connection, request, seen)
        if begun is None:
            return page(request, await look_at_pass(site, request, sending_id), status=409)
        notice = _("The message is being taken back.")
        if seen.sheet.rules.stopped_at is not None:
            notice = _("The message will be taken back when the bot sends again (emergency stop).")
        return site.go_to(f"/admin/sendings/{sending_id}", notice=notice)

    return [ask, take_back]


async def _take_back_once(site: Site, connection: AsyncConnection, request: Asking, seen: Pass) -> int | None:
    """Begin to delete what was sent, unless somebody has begun; None: it runs still."""
    sending = seen.sending
    known = await list_sendings(connection, site.town_id, broadcast_id=sending.broadcast_id)
    for each in known:
        if each.original_id == sending.id and is_take_back(each):
            return each.id
    begun = await take_back_sending(
        connection, town_id=site.town_id, sending_id=sending.id, staff_id=request.user.id, now=site.now()
    )
    if begun is not None:
        await note(site, connection, request, "sending.take_back", None, title=seen.sheet.broadcast.title)
    return begun
