"""Posters and cards: a survey's code for an area, on one sheet in six languages, made to be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import segno
from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from admin.access import Right, needs
from admin.site import NoLinkYetError, Site
from admin.viewing import Asking, Node, Seen, in_order, look, phase_of, text, tree
from dialogues.poster import words
from dialogues.texts import NAMES
from storage.models import SurveyState
from storage.queries.links import links_of
from storage.queries.town import TownFacts
from storage.services.towns import link_to

SIZES = ("a4", "a6", "cards")
"""A poster, a card on paper of its size, and four cards on one A4 sheet to be cut."""
WHOLE = "all"
"""Stands in the place of an area's id: the chat asks where somebody lives."""
QUIET_ZONE = 4
"""Modules of white around a code, as ISO/IEC 18004 asks for."""

LONG_TITLE = 36
"""Letters from which on a title may need more than a line, and everything else on the poster less room."""
CARD_TITLE = 50
"""Letters that there is room for on a card: no title is better than text too small to read."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area that a poster can be for, with how deep it lies; ``key`` is ``WHOLE`` or its id."""

    key: str
    name: str
    depth: int = 0


def routes(site: Site) -> list[BaseRouteHandler]:
    """The page on which a sheet is chosen, and the sheet itself."""

    @get("/admin/surveys/{survey_id:int}/poster", opt=needs(Right.MANAGE))
    async def show(request: Asking, survey_id: FromPath[int]) -> Response[str]:
        seen = await look(site, survey_id)
        places = places_of(seen)
        wanted = request.query_params.get("area", "")
        size = request.query_params.get("size", "")
        place = next((each for each in places if each.key == wanted), None)
        async with site.database.read() as connection:
            codes = await links_of(connection, town_id=site.town_id, survey_id=survey_id)
        if place is not None and size in SIZES and _area_id(place) in codes:
            return _sheet(site, request, seen, place, size, site.link(codes[_area_id(place)]))
        return site.page(
            request,
            "posters/choose.html",
            seen=seen,
            survey=seen.survey,
            places=places,
            wanted=place.key if place else places[0].key,
            size=size if size in SIZES else SIZES[0],
            small=any(each.depth for each in places),
            untitled=[language for language in in_order(seen.town.default_language) if not _title(seen, language)],
            language_names=NAMES,
            too_long=CARD_TITLE if _longest(seen) > CARD_TITLE else None,
            made=[(each, _address(site, codes[_area_id(each)])) for each in places if _area_id(each) in codes],
            phase=phase_of(seen.survey, site.now()),
        )

    @post("/admin/surveys/{survey_id:int}/poster", opt=needs(Right.MANAGE))
    async def make(request: Asking, survey_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        seen = await look(site, survey_id)
        place = next((each for each in places_of(seen) if each.key == text(fields, "area")), None)
        size = text(fields, "size")
        here = f"/admin/surveys/{survey_id}/poster"
        if place is None or size not in SIZES or seen.survey.state == SurveyState.CLOSED:
            return site.go_to(here)
        async with site.database.write() as connection:
            await link_to(connection, town_id=site.town_id, area_id=_area_id(place), survey_id=survey_id)
        return site.go_to(f"{here}?area={place.key}&size={size}")

    return [show, make]


def places_of(seen: Seen) -> list[Place]:
    """What a poster of a survey can be for: each area it asks and what lies in it, or no area in particular."""
    asked = seen.survey.areas
    inside = [place for place in _flat(tree(seen.town.areas)) if not asked or seen.town.within(int(place.key)) & asked]
    return [*inside, Place(WHOLE, "")]


def _flat(nodes: tuple[Node, ...], depth: int = 0) -> list[Place]:
    return [
        place for node in nodes for place in (Place(str(node.id), node.name, depth), *_flat(node.children, depth + 1))
    ]


def _area_id(place: Place) -> int | None:
    return None if place.key == WHOLE else int(place.key)


def _sheet(site: Site, request: Asking, seen: Seen, place: Place, size: str, link: str) -> Response[str]:
    languages = in_order(seen.town.default_language)
    return site.page(
        request,
        "posters/sheet.html",
        survey=seen.survey,
        place=place,
        size=size,
        town=seen.town.name,
        office=_office(seen.town),
        tongues=[words(site.texts.speak(language), title=_title(seen, language)) for language in languages],
        is_long=size == "a4" and _longest(seen) > LONG_TITLE,
        is_untitled=size != "a4" and _longest(seen) > CARD_TITLE,
        link=link,
        readable=link.removeprefix("https://").removeprefix("http://"),
        code=code_of(link),
        phase=phase_of(seen.survey, site.now()),
    )


def _longest(seen: Seen) -> int:
    return max((len(title) for title in seen.survey.titles.values()), default=0)


def _title(seen: Seen, language: str) -> str:
    """The title in a language, or ""; one of another language would not be understood. ``""`` is in the form's own."""
    titles, own = seen.survey.titles, seen.glance.own or seen.town.default_language
    return titles.get(language) or (titles.get("", "") if language == own else "")


def _address(site: Site, code: str) -> str:
    """The address that a code leads to; empty as long as the bot's own is not known."""
    try:
        return site.link(code)
    except NoLinkYetError:
        return ""


def _office(town: TownFacts) -> str:
    return town.office or town.name


def code_of(link: str) -> Markup:
    """The QR code of a link as SVG, with a quarter of it redundant: it is still read where the poster is scratched."""
    code = segno.make(link, error="q", micro=False)
    svg = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass="code", lineclass=None, light="#fff")
    return Markup(svg)  # noqa: S704 (drawn by the library from numbers)
