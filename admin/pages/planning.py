"""Sending a broadcast: all of it said once more, now or at a wall time; and trying it out on oneself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_ready import When, area_names, in_a_word, left_out, lines, obstacles, unsaid, when_of
from admin.broadcast_texts import boxes, listed, name_in, without_faulty
from admin.broadcast_view import Sheet, last_of, look_at, reach_of, rules_of, shared
from admin.ledger import ACTIVE
from admin.people import to_about
from admin.site import Site
from admin.viewing import Asking, note, text
from storage.models import SendingKind
from storage.queries.audience import Reach
from storage.queries.broadcasts import find_broadcast, list_sendings, staff_chat
from storage.services.broadcasts import begin_sending


def routes(site: Site) -> list[BaseRouteHandler]:
    """The last page before a broadcast goes out."""
    planning = _Planning(site)

    @get("/admin/broadcasts/{broadcast_id:int}/send", opt=needs(Right.MANAGE))
    async def look(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        return await planning.page(request, await look_at(site, broadcast_id))

    @post("/admin/broadcasts/{broadcast_id:int}/send", opt=needs(Right.MANAGE))
    async def send(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        return await planning.send(request, await look_at(site, broadcast_id))

    @post("/admin/broadcasts/{broadcast_id:int}/send/when", opt=needs(Right.MANAGE))
    async def when(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        sheet = await look_at(site, broadcast_id)
        meant = when_of(_wall(await request.form()), sheet, site.now(), site.say(request))
        return site.page(request, "broadcasts/when.html", when=meant, **shared(site, request, sheet))

    @post("/admin/broadcasts/{broadcast_id:int}/try", opt=needs(Right.MANAGE))
    async def try_out(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        return await planning.try_out(request, await look_at(site, broadcast_id))

    return [look, send, when, try_out]


def _wall(fields: Any) -> str:
    """The wall time that the form says; "now" is none."""
    return (text(fields, "wall")[:16] or "?") if text(fields, "begin") == "later" else ""


class _Planning:
    """Judges and begins passes."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def page(
        self, request: Asking, sheet: Sheet, *, status: int = 200, wall: str = "", fault: str = "", **said: bool
    ) -> Response[Any]:
        """All that there is to know before it is sent. ``said``: ``changed`` or ``unsure``."""
        site, _ = self.site, self.site.say(request)
        if sheet.active is not None:
            return self._already(request, sheet.active.id)
        page, now = site.language(request), site.now()
        when = when_of(wall, sheet, now, _)
        at = when.leaves_at if isinstance(when, When) else now
        reach = await self._reach(sheet, at)
        async with site.database.read() as connection:
            chat = await staff_chat(connection, request.user.id)
        audience, name = sheet.broadcast.audience, name_in(page)
        told = lines(sheet, audience, sheet.broadcast.fallback, reach, _) if reach else ()
        against = obstacles(sheet, sheet.around(site), reach, at, page, _)
        return site.page(
            request,
            "broadcasts/send.html",
            status=status,
            obstacles=against,
            may_plan=all(each.passes for each in against),
            total=to_about(reach.total, _, none=audience.tells_none) if reach else "",
            lines=told,
            boxes=boxes(sheet.broadcast.content(released=True), sheet.around(site), _),
            readers=listed([name(each.language) for each in told], page, any_of=True),
            left_out=left_out(reach, rules_of(sheet), _) if reach else (),
            unsaid=listed([name(each) for each in unsaid(sheet, reach)], page) if reach else "",
            areas=area_names(sheet, audience, page),
            surveys=sheet.surveys,
            when=when,
            wall="" if wall == "?" else wall,
            later=bool(wall or against),
            fault=fault,
            last=sheet.last,
            has_chat=chat is not None,
            **{"changed": False, "unsure": False, **said},
            **shared(site, request, sheet),
        )

    async def _reach(self, sheet: Sheet, at: datetime) -> Reach | None:
        """Whom it would reach if it left then, as far as is known now: a week later nobody has had their share."""
        audience = sheet.broadcast.audience
        return None if audience.is_too_narrow else await reach_of(self.site, sheet, audience, now=at)

    async def send(self, request: Asking, sheet: Sheet) -> Response[Any]:
        """Plan the pass, unless something stands against it or it was planned a moment ago."""
        site, _ = self.site, self.site.say(request)
        fields = await request.form()
        last, seen, wall = text(fields, "last"), text(fields, "seen"), _wall(fields)
        if sheet.active is not None or str(sheet.last) != last:
            return self._already(request, sheet.active.id if sheet.active else sheet.last)
        if str(sheet.broadcast.revision) != seen:
            return await self.page(request, sheet, status=409, wall=wall, changed=True)
        now = site.now()
        when = when_of(wall, sheet, now, _)
        if isinstance(when, str):
            return await self.page(request, sheet, status=422, wall=wall, fault=when)
        reach = await self._reach(sheet, when.leaves_at)
        if obstacles(sheet, sheet.around(site), reach, when.leaves_at, site.language(request), _) or reach is None:
            return await self.page(request, sheet, status=422, wall=wall)
        if sheet.passes and text(fields, "again") != "yes":
            return await self.page(request, sheet, status=422, wall=wall, unsure=True)
        sending_id = await self._begin(request, sheet, when, last)
        if sending_id is None:
            sheet = await look_at(site, sheet.broadcast.id)
            if str(sheet.last) != last:
                return self._already(request, sheet.last)
            return await self.page(request, sheet, status=409, wall=wall, changed=True)
        notice = in_a_word(when, sheet, site.language(request), _)
        return site.go_to(f"/admin/sendings/{sending_id}", notice=notice)

    async def _begin(self, request: Asking, sheet: Sheet, when: When, last: str) -> int | None:
        """Begin it; None: somebody was quicker, or a button was pressed twice."""
        site, broadcast_id = self.site, sheet.broadcast.id
        async with site.database.write() as connection:
            present = await find_broadcast(connection, site.town_id, broadcast_id, hold=True)
            if present is None or present.revision != sheet.broadcast.revision:
                return None
            sendings = await list_sendings(connection, site.town_id, broadcast_id=broadcast_id)
            is_active = any(each.kind == SendingKind.SEND and each.state in ACTIVE for each in sendings)
            if is_active or str(last_of(sendings)) != last:
                return None
            sending_id = await begin_sending(
                connection,
                town_id=site.town_id,
                broadcast_id=broadcast_id,
                kind=SendingKind.SEND,
                staff_id=request.user.id,
                content=present.content(released=True),
                audience=present.audience,
                zone=sheet.rules.timezone,
                wall=when.wall,
                due_at=when.at,
                now=site.now(),
            )
            detail = {"wall": when.wall.replace("T", " ")} if when.wall else {}
            await note(site, connection, request, "broadcast.send", None, title=present.title, **detail)
        return sending_id

    def _already(self, request: Asking, sending_id: int) -> Response[None]:
        _ = self.site.say(request)
        notice = _("This message is planned or being sent already. This is where it stands.")
        return self.site.go_to(f"/admin/sendings/{sending_id}", notice=notice)

    # --- trying it out ---

    async def try_out(self, request: Asking, sheet: Sheet) -> Response[Any]:
        """Send all texts that there are to the chat of whoever asks."""
        site, _, page = self.site, self.site.say(request), self.site.language(request)
        content, faulty = without_faulty(sheet.broadcast.content(released=False), sheet.around(site))
        back = f"{sheet.here}/send"
        if not content.texts:
            return site.go_to(back, notice=_("Nothing was sent: there is no text yet that could be sent."))
        async with site.database.write() as connection:
            if await staff_chat(connection, request.user.id) is None:
                return site.go_to(back, notice=_("Nothing was sent: your chat with the bot is not linked."))
            await find_broadcast(connection, site.town_id, sheet.broadcast.id, hold=True)
            before = await list_sendings(connection, site.town_id, broadcast_id=sheet.broadcast.id, trials=True)
            if any(each.kind == SendingKind.TRIAL and each.state in ACTIVE for each in before):
                return site.go_to(back, notice=self._tried_already(request, sheet))
            now = site.now()
            await begin_sending(
                connection,
                town_id=site.town_id,
                broadcast_id=sheet.broadcast.id,
                kind=SendingKind.TRIAL,
                staff_id=request.user.id,
                content=content,
                audience=sheet.broadcast.audience,
                zone=sheet.rules.timezone,
                wall=None,
                due_at=now,
                now=now,
            )
            await note(site, connection, request, "broadcast.try", None, title=sheet.broadcast.title)
        if sheet.rules.stopped_at is None:
            words = [_("The test message is on its way to your chat, in all languages that have a text.")]
        else:
            words = [_("The test message waits: it comes to your chat when the bot sends again (emergency stop).")]
        if faulty:
            languages = listed([name_in(page)(each) for each in faulty], page)
            words.append(
                _("Left out, since something is wrong with the text: {languages}.").format(languages=languages)
            )
        return site.go_to(back, notice=" ".join(words))

    def _tried_already(self, request: Asking, sheet: Sheet) -> str:
        _ = self.site.say(request)
        if sheet.rules.stopped_at is not None:
            return _("A test message waits already: it comes to your chat when the bot sends again (emergency stop).")
        return _("A test message is on its way already. Please look into your chat.")
