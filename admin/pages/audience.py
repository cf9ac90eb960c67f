"""Whom a broadcast is for: choosing, with the rounded size and who is left out beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
from admin.people import about
from admin.site import Site
from admin.viewing import Asking, note, text, texts, tree
from dialogues.texts import LANGUAGES
from storage.queries.audience import Audience
from storage.queries.broadcasts import find_broadcast


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says: whom it is for, and by language in which one its readers get it instead."""

    audience: Audience
    fallback: Mapping[str, str]


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
            lacking=[each for each in LANGUAGES if how_said(sheet, {}, each)[0] is not How.OWN],
            released=[each for each in LANGUAGES if how_said(sheet, {}, each)[0] is How.OWN],
            **await size(request, sheet, choice),
            **shared(site, request, sheet),
        )

    async def size(request: Asking, sheet: Sheet, choice: Choice) -> dict[str, Any]:
        _ = site.say(request)
        if choice.audience.is_too_narrow:
            return {"narrow": too_narrow(_), "total": "", "lines": (), "left_out": ()}
        reach = await reach_of(site, sheet, choice.audience, now=site.now())
        return {
            "narrow": "",
            "total": about(reach.total, _, none=choice.audience.tells_none),
            "lines": lines(sheet, choice.audience, choice.fallback, reach, _),
            "left_out": left_out(reach, rules_of(sheet), _),
        }

    @get("/admin/broadcasts/{broadcast_id:int}/audience", opt=needs(Right.MANAGE))
    async def choose(request: Asking, broadcast_id: FromPath[int]) -> Response[str]:
        sheet = await look_at(site, broadcast_id)
        choice = Choice(sheet.broadcast.audience, sheet.broadcast.fallback)
        return await page(request, sheet, choice, seen=sheet.broadcast.revision)

    @post("/admin/broadcasts/{broadcast_id:int}/audience", opt=needs(Right.MANAGE))
    async def keep(request: Asking, broadcast_id: FromPath[int]) -> Response[Any]:
        fields, sheet = await request.form(), await look_at(site, broadcast_id)
        choice, seen = _read(fields, sheet), text(fields, "seen")
        if choice.audience.is_too_narrow:
            fault = too_narrow(site.say(request))
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
        choice = _read(await request.form(), sheet)
        counted = await size(request, sheet, choice)
        return site.page(request, "broadcasts/size.html", **counted, **shared(site, request, sheet))

    return [choose, keep, count]


def _surveys(sheet: Sheet) -> list[tuple[int, Mapping[str, str]]]:
    """The surveys in which somebody can have taken part, newest first."""
    return sorted(sheet.surveys.items(), reverse=True, key=itemgetter(0))


def _read(fields: FormMultiDict, sheet: Sheet) -> Choice:
    """What was chosen. What is not there (any more) does not count as chosen."""
    surveys = {number for number, _titles in _surveys(sheet)}

    def survey(name: str) -> int | None:
        number = _number(text(fields, name))
        return number if number in surveys else None

    areas = {_number(each) for each in texts(fields, "area")}
    chosen = {language: text(fields, f"fallback-{language}") for language in LANGUAGES}
    return Choice(
        Audience(
            areas=frozenset(each for each in areas if each is not None and each in sheet.town.areas),
            languages=frozenset(each for each in texts(fields, "language") if each in LANGUAGES),
            took_part=survey("took-part"),
            not_took_part=survey("not-took-part"),
        ),
        {each: other for each, other in chosen.items() if other in LANGUAGES and other != each},
    )


def _number(value: str) -> int | None:
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None
