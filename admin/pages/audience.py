"""Whom a broadcast is for: choosing, with the rounded size and who is left out beside it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_ready import How, how_said, left_out, lines, too_narrow
from admin.broadcast_view import Sheet, look_at, put, reach_of, rules_of, shared
from admin.event_choices import EventChoice, to_reach
from admin.people import about
from admin.site import Site
from admin.viewing import Asking, note, text, texts, tree
from dialogues.texts import LANGUAGES
from storage.queries.audience import Audience
from storage.queries.broadcasts import find_broadcast


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says: whom it is for, and by language in which one its readers get it instead. ``is_gone``: a
    survey or event that was chosen cannot be chosen (any more)."""

    audience: Audience
    fallback: Mapping[str, str]
    is_gone: bool = False


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which recipients are chosen."""

    async def page(
        request: Asking, sheet: Sheet, choice: Choice, *, seen: int, fault: str = "", stale: bool = False
    ) -> Response[str]:
        return site.page(
            request,
            "broadcasts/audience.html",
            status=409 if stale else 422 if fault else 200,
            choice=choice,
            seen=seen,
            fault=fault,
            stale=stale,
            tree=tree(sheet.town.areas),
            surveys=_surveys(sheet),
            events=events(request, sheet),
            lacking=[each for each in LANGUAGES if how_said(sheet, {}, each)[0] is not How.OWN],
            released=[each for each in LANGUAGES if how_said(sheet, {}, each)[0] is How.OWN],
            **await size(request, sheet, choice),
            **shared(site, request, sheet),
        )

    async def size(request: Asking, sheet: Sheet, choice: Choice) -> dict[str, Any]:
        _ = site.say(request)
        if fault := fault_of(request, choice):
            return {"narrow": fault, "total": "", "lines": (), "left_out": ()}
        reach = await reach_of(site, sheet, choice.audience, now=site.now())
        return {
            "narrow": "",
            "total": about(reach.total, _, none=choice.audience.tells_none),
            "lines": lines(sheet, choice.audience, choice.fallback, reach, _),
            "left_out": left_out(reach, rules_of(sheet), _),
        }

    def fault_of(request: Asking, choice: Choice) -> str:
        _ = site.say(request)
        if choice.is_gone:
            return _("What was chosen is not there any more. Please choose again.")
        return too_narrow(_) if choice.audience.is_too_narrow else ""

    def events(request: Asking, sheet: Sheet) -> tuple[EventChoice, ...]:
        """The events on whose lists the recipients can be."""
        chosen = sheet.broadcast.audience.signed_up
        return to_reach(sheet.events.values(), chosen, site.now(), site.language(request))

    def read(request: Asking, fields: FormMultiDict, sheet: Sheet) -> Choice:
        return _read(fields, sheet, {each.id for each in events(request, sheet)})

    @get("/admin/broadcasts/{broadcast_id:int}/audience", opt=needs(Right.MANAGE))
    async def choose(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        sheet = await look_at(site, broadcast_id)
        choice = Choice(sheet.broadcast.audience, sheet.broadcast.fallback)
        return await page(request, sheet, choice, seen=sheet.broadcast.revision)

    @post("/admin/broadcasts/{broadcast_id:int}/audience", opt=needs(Right.MANAGE))
    async def keep(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        fields, sheet = await request.form(), await look_at(site, broadcast_id)
        choice, seen = read(request, fields, sheet), text(fields, "seen")
        if fault := fault_of(request, choice):
            return await page(request, sheet, choice, seen=sheet.broadcast.revision, fault=fault)
        if choice == Choice(sheet.broadcast.audience, dict(sheet.broadcast.fallback)):
            return site.go_to(f"{sheet.here}/send")
        async with site.database.write() as connection:
            present = await find_broadcast(connection, site.town_id, broadcast_id, hold=True)
            is_same = present is not None and str(present.revision) == seen
            if present is not None and is_same:
                await put(connection, site, present, audience=choice.audience, fallback=choice.fallback)
                await note(site, connection, request, "broadcast.audience", None, title=present.title)
        if is_same:
            return site.go_to(f"{sheet.here}/send")
        sheet = await look_at(site, broadcast_id)
        return await page(request, sheet, choice, seen=sheet.broadcast.revision, stale=True)

    @post("/admin/broadcasts/{broadcast_id:int}/audience/size", opt=needs(Right.MANAGE))
    async def count(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        sheet = await look_at(site, broadcast_id)
        choice = read(request, await request.form(), sheet)
        counted = await size(request, sheet, choice)
        return site.page(request, "broadcasts/size.html", **counted, **shared(site, request, sheet))

    return [choose, keep, count]


def _surveys(sheet: Sheet) -> list[tuple[int, Mapping[str, str]]]:
    """The surveys in which somebody can have taken part, newest first. None of those that ask how an event was: who has
    been there is found by the event."""
    town = sheet.town
    after = {each.id for each in town.surveys.values() if each.event_id is not None}
    after |= {each.id for each in town.closed.values() if each.event_id is not None}
    found = [(number, titles) for number, titles in sheet.surveys.items() if number not in after]
    return sorted(found, reverse=True, key=itemgetter(0))


def _read(fields: FormMultiDict, sheet: Sheet, events: Collection[int]) -> Choice:
    """What was chosen. Areas and languages that are not there (any more) do not count as chosen; ``events``: those that
    can be."""
    surveys = {number for number, _titles in _surveys(sheet)}
    among = {"took-part": surveys, "not-took-part": surveys, "signed-up": events}
    number = {name: _number(text(fields, name)) for name in among}
    chosen_of = {name: number[name] if number[name] in known else None for name, known in among.items()}

    areas = {_number(each) for each in texts(fields, "area")}
    chosen = {language: text(fields, f"fallback-{language}") for language in LANGUAGES}
    return Choice(
        Audience(
            areas=frozenset(each for each in areas if each is not None and each in sheet.town.areas),
            languages=frozenset(each for each in texts(fields, "language") if each in LANGUAGES),
            took_part=chosen_of["took-part"],
            not_took_part=chosen_of["not-took-part"],
            signed_up=chosen_of["signed-up"],
        ),
        {each: other for each, other in chosen.items() if other in LANGUAGES and other != each},
        is_gone=any(text(fields, name) and chosen_of[name] is None for name in among),
    )


def _number(value: str) -> int | None:
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None
