"""What people wrote in their own words: somebody reads it, and chooses what the results page shows."""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from babel import Locale
from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from admin.access import Right, needs
from admin.exports.codebook import Variable, in_our_words
from admin.results import book_of, shown, written
from admin.site import Site
from admin.viewing import Asking, Seen, look, note, text, texts
from storage.models import SurveyState
from storage.queries.results import FreeText, free_texts, number_of_texts
from storage.services.releases import show_texts

PAGE = 50
"""Answers on one page."""
_SECRET = secrets.token_bytes(32)


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which free texts are chosen."""

    @get("/admin/surveys/{survey_id:int}/texts", opt=needs(Right.MANAGE))
    async def choose(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen, page = await look(site, survey_id), _page_of(request.query_params.get("page", ""))
        asked = await _asked(site, seen)
        if not asked:
            return _nothing(site, request, seen)
        async with site.database.read() as connection:
            found = await free_texts(connection, survey_id, asked, shown_only=False, offset=page * PAGE, limit=PAGE + 1)
            total = await number_of_texts(connection, survey_id, asked)
        return site.page(
            request,
            "results/texts.html",
            survey=seen.survey,
            questions=_by_question(found[:PAGE], asked, site.language(request)),
            mark=mark,
            number=page,
            pages=max(1, math.ceil(total / PAGE)),
            more=len(found) > PAGE,
            language_names=Locale(site.language(request)).languages,
        )

    @post("/admin/surveys/{survey_id:int}/texts", opt=needs(Right.MANAGE))
    async def chosen(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        seen, form = await look(site, survey_id), await request.form()
        asked = await _asked(site, seen)
        if not asked:
            return _nothing(site, request, seen)
        page = _page_of(text(form, "page"))
        offered, ticked = set(texts(form, "offered")), set(texts(form, "shown"))
        async with site.database.write() as connection:
            found = await free_texts(connection, survey_id, asked, shown_only=False, offset=page * PAGE, limit=PAGE)
            read = {name: (each.response_id, each.ref) for each in found if (name := mark(each)) in offered}
            kept = [each for name, each in read.items() if name in ticked]
            await show_texts(connection, survey_id, kept, shown=True)
            await show_texts(
                connection, survey_id, [each for name, each in read.items() if name not in ticked], shown=False
            )
            await note(site, connection, request, "texts.show", survey_id, read=len(read), shown=len(kept))
        address = f"/admin/surveys/{survey_id}/texts?page={page + 1}" if text(form, "on") else ""
        _ = site.say(request)
        return site.go_to(address or f"/admin/surveys/{survey_id}/results", notice=_("Your choice has been saved."))

    return [choose, chosen]


async def _asked(site: Site, seen: Seen) -> Mapping[tuple[int, str], Variable]:
    """Where free texts of a closed survey are, and what was asked there; nothing where too few have answered."""
    if seen.survey.state != SurveyState.CLOSED:
        return {}
    async with site.database.read() as connection:
        if await shown(connection, seen.survey.id) is None:
            return {}
        book = in_our_words(await book_of(connection, seen.survey.id), site.texts, seen.town.default_language)
        return await written(connection, seen.survey.id, book)


def _nothing(site: Site, request: Asking, seen: Seen) -> Response[None]:
    _ = site.say(request)
    notice = _("There are no answers in people’s own words to read now.")
    return site.go_to(f"/admin/surveys/{seen.survey.id}/results", notice=notice)


def _by_question(
    found: Iterable[FreeText], asked: Mapping[tuple[int, str], Variable], language: str
) -> list[tuple[str, list[FreeText]]]:
    questions: dict[str, tuple[str, list[FreeText]]] = {}
    for each in found:
        variable = asked[each.version, each.ref]
        heading = variable.heading(language) or variable.name
        questions.setdefault(variable.name, (heading, []))[1].append(each)
    return list(questions.values())


def mark(each: FreeText) -> str:
    """The name of a text in a form. It says nothing of the response, which other questions have texts of, too."""
    return hmac.digest(_SECRET, f"{each.response_id} {each.ref}".encode(), "sha256").hex()[:32]


def _page_of(typed: str) -> int:
    return min(int(typed), 100_000) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
