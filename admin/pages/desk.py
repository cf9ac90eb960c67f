"""The translation desk: texts that wait in one's languages, each beside the text it is translated from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.broadcast_form import MOST_TYPED
from admin.broadcast_texts import Box, boxes, name_in, problems_of
from admin.broadcast_view import Sheet, look_at
from admin.pages.broadcasts import file_of
from admin.site import Site
from admin.viewing import Asking, in_order, note, text
from dialogues.broadcast import Content, missing
from dialogues.desk import mark, placeholders, source_of
from dialogues.markup import clean
from dialogues.texts import LANGUAGES
from storage.queries.broadcasts import TextFacts
from storage.queries.desk import languages_of, waiting_texts
from storage.queries.staff import find_profile
from storage.services.desk import put_translation

HERE = "/admin/desk"


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that was asked for, with its broadcast. ``source``: the language to translate from; None: there is no
    text."""

    sheet: Sheet
    language: str
    held: TextFacts
    source: str | None

    @property
    def here(self) -> str:
        """The address of its page."""
        return f"{HERE}/{self.sheet.broadcast.id}/{self.language}"

    @property
    def original(self) -> str:
        """The text to translate from, as it is written."""
        return self.sheet.broadcast.texts[self.source].text if self.source else ""

    @property
    def mark(self) -> str:
        """By which a form tells what it was drawn with."""
        return mark(self.held.text, is_released=self.held.released)

    def content(self, typed: str) -> Content:
        """The broadcast with this text in place of its own."""
        content = self.sheet.broadcast.content(released=False)
        return Content.from_json({**content.as_json(), "texts": {**content.texts, self.language: typed}})


def routes(site: Site) -> list[BaseRouteHandler]:
    """The list of what waits, and the page on which a text is written."""

    @get(HERE, opt=needs(Right.TRANSLATE))
    async def waiting(request: Asking) -> Response[str]:
        async with site.database.read() as connection:
            profile = await find_profile(connection, request.user.id)
            found = await waiting_texts(connection, site.town_id)
        mine = languages_of(request.user.rights, profile.translates)
        return site.page(
            request,
            "desk/list.html",
            texts=[each for each in found if each.language in mine],
            mine=mine,
            is_linked=profile.is_linked,
            own_names=in_order(site.language(request)),
            named=name_in(site.language(request)),
        )

    return [waiting, *_writing(site)]


def _writing(site: Site) -> list[BaseRouteHandler]:
    path = HERE + "/{broadcast_id:int}/{language:str}"

    @get(path, opt=needs(Right.TRANSLATE))
    async def show(request: Asking, broadcast_id: FromPath[int], language: FromPath[str]) -> Response[str]:
        wanted = await _look(site, request, broadcast_id, language)
        return _page(site, request, wanted, wanted.held.text, wanted.mark)

    @post(path, opt=needs(Right.TRANSLATE))
    async def save(request: Asking, broadcast_id: FromPath[int], language: FromPath[str]) -> Response[Any]:
        fields = await request.form()
        typed, seen = _typed(text(fields, "text")), text(fields, "seen")
        return await _save(
            site,
            request,
            await _look(site, request, broadcast_id, language),
            typed,
            seen,
            release=bool(text(fields, "release")),
        )

    @post(path + "/preview", status_code=200, opt=needs(Right.TRANSLATE))
    async def preview(request: Asking, broadcast_id: FromPath[int], language: FromPath[str]) -> Response[str]:
        wanted = await _look(site, request, broadcast_id, language)
        typed = _typed(text(await request.form(), "text"))
        return site.page(request, "desk/preview.html", **_drawn(site, request, wanted, typed))

    @get(path + "/file", opt=needs(Right.TRANSLATE))
    async def file(request: Asking, broadcast_id: FromPath[int], language: FromPath[str]) -> Response[bytes]:
        wanted = await _look(site, request, broadcast_id, language)
        return await file_of(site, wanted.sheet.broadcast.id)

    return [show, save, preview, file]


async def _look(site: Site, request: Asking, broadcast_id: int, language: str) -> _Text:
    """A text that somebody may write.

    Raises:
        NotFoundException: there is no such broadcast, or nobody asks for this language.
        PermissionDeniedException: it is none of their languages.
    """
    if language not in LANGUAGES:
        raise NotFoundException
    async with site.database.read() as connection:
        profile = await find_profile(connection, request.user.id)
    if language not in languages_of(request.user.rights, profile.translates):
        raise PermissionDeniedException("none of this person's languages")
    sheet = await look_at(site, broadcast_id)
    held = sheet.broadcast.texts.get(language)
    if held is None or held.asked_at is None:
        raise NotFoundException
    there = {each: (fact.text, fact.released) for each, fact in sheet.broadcast.texts.items()}
    return _Text(sheet, language, held, source_of(there, language, sheet.town.default_language))


async def _save(site: Site, request: Asking, wanted: _Text, typed: str, seen: str, *, release: bool) -> Response[Any]:
    """Keep what was typed, released or as a draft, or say why not; it stands in the form again then."""
    _ = site.say(request)
    if release and problems_of(wanted.content(typed), wanted.sheet.around(site), wanted.language):
        return _page(site, request, wanted, typed, seen, faulty=True)
    done = _("Released. Thank you!") if release else _("Saved.")
    there = HERE if release else wanted.here
    if (wanted.held.text, wanted.held.released) == (typed, release):
        return site.go_to(there, notice=done)  # sent twice
    async with site.database.write() as connection:
        kept = await put_translation(
            connection,
            town_id=site.town_id,
            broadcast_id=wanted.sheet.broadcast.id,
            language=wanted.language,
            seen=seen,
            text=typed,
            released_by=request.user.id if release else None,
        )
        if kept and release:
            named: Mapping[str, str] = {"title": wanted.sheet.broadcast.title, "language": wanted.language}
            await note(site, connection, request, "broadcast.release", None, **named)
    if kept:
        return site.go_to(there, notice=done)
    fresh = await _look(site, request, wanted.sheet.broadcast.id, wanted.language)
    return _page(site, request, fresh, typed, fresh.mark, stale=True)


def _page(
    site: Site, request: Asking, wanted: _Text, typed: str, seen: str, *, faulty: bool = False, stale: bool = False
) -> Response[str]:
    """The form. ``faulty``: it cannot be released as it is; ``stale``: somebody else has written this meanwhile."""
    return site.page(
        request,
        "desk/text.html",
        status=409 if stale else 422 if faulty else 200,
        wanted=wanted,
        typed=typed,
        seen=seen,
        faulty=faulty,
        stale=stale,
        kept=placeholders(wanted.original),
        **_drawn(site, request, wanted, typed),
    )


def _drawn(site: Site, request: Asking, wanted: _Text, typed: str) -> dict[str, Any]:
    box: Box = boxes(wanted.content(typed), wanted.sheet.around(site), site.say(request))[wanted.language]
    return {
        "box": replace(box, lacking=missing(wanted.original, typed) if typed.strip() else ()),
        "broadcast": wanted.sheet.broadcast,
        "file": f"{wanted.here}/file",
        "own_names": in_order(site.language(request)),
        "named": name_in(site.language(request)),
    }


def _typed(value: str) -> str:
    return clean(value).strip("\n")[:MOST_TYPED]
