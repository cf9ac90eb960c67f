"""Posters and cards: the code of a survey or event for an area, on one sheet in several languages, to be printed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import segno
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from admin.access import Right, needs
from admin.broadcast_form import MOST_PLACE
from admin.event_form import in_words
from admin.pages import events
from admin.poster_room import FEW, IN_ONE_COLUMN, Head, fitting
from admin.site import NoLinkYetError, Site, moment, title_in
from admin.viewing import Asking, Node, Phase, Seen, in_order, look, phase_of, text, tree
from dialogues.broadcast import Place as Spot
from dialogues.event import read_wording
from dialogues.markup import Markup as Said
from dialogues.markup import plain_text
from dialogues.poster import Words, figures, invite, words
from dialogues.splitting import shorten, visible_length
from dialogues.texts import NAMES
from storage.models import EventState
from storage.queries.links import links_of
from storage.queries.town import TownFacts
from storage.services.towns import link_to

SIZES = ("a4", "a6", "cards")
"""A poster, a card on paper of its size, and four cards on one A4 sheet to be cut."""
WHOLE = "all"
"""Stands in the place of an area's id: the chat asks where somebody lives."""
QUIET_ZONE = 4
"""Modules of white around a code, as ISO/IEC 18004 asks for."""
CARD_TITLE, EVENT_ON_CARD, EVENT_ALONE_ON_CARD = 50, 40, 80
"""Letters of a title that there is room for on a card, of an event with its date below it, in two columns or one: none
or a shorter one is better than text too small to read."""
PLACE_ON_CARD = 46
"""Letters of what a place is called, and of its address."""
SHUT, WORDLESS = "shut", "wordless"
"""Where an event stands that is open, but for which nobody can sign up any more, or of which no text is released."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area that a poster can be for, with how deep it lies; ``key`` is ``WHOLE`` or its id."""

    key: str
    name: str
    depth: int = 0

    @property
    def area_id(self) -> int | None:
        """The area; None: no area in particular."""
        return None if self.key == WHOLE else int(self.key)


def _nothing(_most: int) -> tuple[Words, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a poster leads to.

    ``it``: the address of its page; ``chooser``: the template that chooses a sheet; ``aim``: what a link to it names;
    ``areas``: those it is for, none: the whole town; ``say``: what a sheet says on which titles have room for so many
    letters, nothing if there can be none; ``lacking``: the languages for which something is missing; ``longest``:
    letters of its longest title; ``most_on_card``: those there is room for; ``first``: the place that is suggested,
    empty: the first one; ``hint``: what has to be known before a poster hangs. Of an event: ``figures``: day and hours,
    ``spot``: where, ``when``: the date in words, ``more``: on so many days it is besides, ``text_page``: the address of
    its texts.
    """

    it: str
    chooser: str
    name: str
    town: TownFacts
    aim: Mapping[str, int]
    areas: frozenset[int]
    phase: str
    is_printable: bool = False
    say: Callable[[int], tuple[Words, ...]] = _nothing
    lacking: tuple[str, ...] = ()
    longest: int = 0
    most_on_card: int = CARD_TITLE
    first: str = ""
    hint: str = ""
    figures: tuple[str, str] | None = None
    spot: Spot | None = None
    when: str = ""
    more: int = 0
    text_page: str = ""

    @property
    def places(self) -> tuple[Place, ...]:
        """What a poster can be for: each area that it is for and what lies in it, or no area in particular."""
        town = self.town
        inside = [each for each in _flat(tree(town.areas)) if not self.areas or town.within(each.area_id) & self.areas]
        return (*inside, Place(WHOLE, ""))


def routes(site: Site) -> list[BaseRouteHandler]:
    """The pages on which a sheet is chosen, and the sheets themselves."""
    return [*_pages(site, "surveys", survey_of), *_pages(site, "events", event_of)]


def _pages(
    site: Site, kind: str, find: Callable[[Site, Asking, int], Awaitable[Subject]]
) -> tuple[BaseRouteHandler, BaseRouteHandler]:
    @get(f"/admin/{kind}/{{subject_id:int}}/poster", opt=needs(Right.MANAGE))
    async def show(request: Asking, subject_id: FromPath[int]) -> Response[str]:
        subject = await find(site, request, subject_id)
        places = subject.places
        wanted, size = request.query_params.get("area", ""), request.query_params.get("size", "")
        place = next((each for each in places if each.key == wanted), None)
        async with site.database.read() as connection:
            codes = await links_of(connection, town_id=site.town_id, **subject.aim)
        said = subject.say(subject.most_on_card if size != "a4" else subject.longest)
        if said and place is not None and size in SIZES and place.area_id in codes:
            return _sheet(site, request, subject, said, place, size, site.link(codes[place.area_id]))
        return site.page(
            request,
            subject.chooser,
            subject=subject,
            phase=subject.phase,
            places=places,
            wanted=place.key if place else subject.first or places[0].key,
            size=size if size in SIZES else SIZES[0],
            small=any(each.depth for each in places),
            language_names=NAMES,
            too_long=subject.most_on_card if subject.longest > subject.most_on_card else None,
            made=[(each, _address(site, codes[each.area_id])) for each in places if each.area_id in codes],
        )

    @post(f"/admin/{kind}/{{subject_id:int}}/poster", opt=needs(Right.MANAGE))
    async def make(request: Asking, subject_id: FromPath[int]) -> Response[Any]:
        fields = await request.form()
        subject = await find(site, request, subject_id)
        place = next((each for each in subject.places if each.key == text(fields, "area")), None)
        size, here = text(fields, "size"), f"{subject.it}/poster"
        if place is None or size not in SIZES or not subject.is_printable:
            return site.go_to(here)
        async with site.database.write() as connection:
            await link_to(connection, town_id=site.town_id, area_id=place.area_id, **subject.aim)
        return site.go_to(f"{here}?area={place.key}&size={size}")

    return show, make


def _flat(nodes: tuple[Node, ...], depth: int = 0) -> list[Place]:
    return [
        place for node in nodes for place in (Place(str(node.id), node.name, depth), *_flat(node.children, depth + 1))
    ]


# --- what they lead to ----------------------------------------------------------------------------------------------


async def survey_of(site: Site, request: Asking, survey_id: int) -> Subject:
    """A survey; it may have posters before it is open, so that they can be printed in time."""
    seen = await look(site, survey_id)
    if seen.survey.event_id is not None:  # only who has been there is asked, by a message
        raise NotFoundException
    survey, phase = seen.survey, phase_of(seen.survey, site.now())
    zone = ZoneInfo(seen.town.timezone)
    # What ends at midnight ends on the day before.
    last_day = survey.closes_at and (survey.closes_at - timedelta(seconds=1)).astimezone(zone).date()
    titles = {language: _title(seen, language) for language in in_order(seen.town.default_language)}
    longest = max(map(visible_length, survey.titles.values()), default=0)

    def say(most: int) -> tuple[Words, ...]:
        return tuple(
            words(site.texts.speak(language), title=title if longest <= most else "", last_day=last_day)
            for language, title in titles.items()
        )

    return Subject(
        it=f"/admin/surveys/{survey.id}",
        chooser="posters/survey.html",
        name=title_in(site.language(request))(survey.titles),
        town=seen.town,
        aim={"survey_id": survey.id},
        areas=frozenset(survey.areas),
        phase=phase,
        is_printable=phase is not Phase.CLOSED,
        say=say,
        lacking=tuple(language for language, title in titles.items() if not title),
        longest=longest,
        hint=_hint(site, request, seen, phase),
    )


def _title(seen: Seen, language: str) -> str:
    """The title in a language, or ""; one of another language would not be understood. ``""`` is in the form's own."""
    titles, own = seen.survey.titles, seen.glance.own or seen.town.default_language
    return titles.get(language) or (titles.get("", "") if language == own else "")


def _hint(site: Site, request: Asking, seen: Seen, phase: Phase) -> str:
    _ = site.say(request)
    if phase is Phase.OVER:
        return _("The survey’s time is over")
    if phase is not Phase.PLANNED or seen.survey.opens_at is None:
        return ""
    start = moment(seen.survey.opens_at, site.language(request), seen.town.timezone)
    return _("It begins on %(start)s. Hang up the poster only then.") % {"start": start}


async def event_of(site: Site, request: Asking, event_id: int) -> Subject:
    """An event; it has posters as long as people can sign up for one of its dates, and they name the next one."""
    seen, now = await events.look(site, event_id), site.now()
    event, town, happening = seen.event, seen.sheet.town, seen.event.happening
    coming = [each for each in happening.coming(now) if happening.closes_at(each) > now]
    phase = events.state_of(event, now)
    spot = event.broadcast.place
    subject = Subject(
        it=seen.it,
        chooser="posters/event.html",
        name=event.broadcast.title,
        town=town,
        aim={"event_id": event.id},
        areas=frozenset(event.broadcast.audience.areas),
        phase=SHUT if phase == EventState.OPEN and not coming else phase,
        first=WHOLE,
        text_page=seen.sheet.here,
    )
    if event.state != EventState.OPEN or not coming or spot is None:
        return subject
    first, more = coming[0], len(coming) - 1
    written = {each: read_wording(event.broadcast.texts[each].text).title for each in seen.released}
    titles = {each: written[each] for each in in_order(town.default_language) if written.get(each)}
    if not titles:
        return replace(subject, phase=WORDLESS)

    def say(most: int) -> tuple[Words, ...]:
        return tuple(
            invite(site.texts.speak(language), title=shorten(title, most), event=happening, occasion=first, more=more)
            for language, title in titles.items()
        )

    return replace(
        subject,
        is_printable=True,
        say=say,
        lacking=tuple(each for each in in_order(town.default_language) if each not in titles),
        most_on_card=EVENT_ALONE_ON_CARD if len(titles) <= IN_ONE_COLUMN else EVENT_ON_CARD,
        longest=max(map(visible_length, titles.values())),
        figures=figures(first),
        spot=spot,
        when=in_words((first.start, first.end), site.language(request), site.say(request)),
        more=more,
    )


# --- the sheet ------------------------------------------------------------------------------------------------------


def _sheet(
    site: Site, request: Asking, subject: Subject, said: tuple[Words, ...], place: Place, size: str, link: str
) -> Response[str]:
    office, readable = subject.town.office or subject.town.name, link.removeprefix("https://").removeprefix("http://")
    where = _where(subject.spot, size) if subject.spot else ()
    first, *others = said
    head = Head(office, plain_text(first.call), first.language, len(said) <= FEW, readable, where)
    level, tongues = fitting((replace(first, call=Said()), *others), size, head)
    return site.page(
        request,
        "posters/sheet.html",
        subject=subject,
        place=place,
        size=size,
        town=subject.town.name,
        office=office,
        where=where,
        is_far=head.is_far,
        title=first.call,
        headline=head.headline(size),
        tongues=tongues,
        is_wide=len(said) <= IN_ONE_COLUMN,
        level=level,
        link=link,
        readable=readable,
        code=code_of(link),
    )


def _where(spot: Spot, size: str) -> tuple[str, ...]:
    """The lines of a place: what it is called and its address, if that is another one."""
    most = MOST_PLACE if size == "a4" else PLACE_ON_CARD
    return tuple(shorten(each, most) for each in dict.fromkeys((spot.title, spot.address)) if each)


def _address(site: Site, code: str) -> str:
    """The address that a code leads to; empty as long as the bot's own is not known."""
    try:
        return site.link(code)
    except NoLinkYetError:
        return ""


def code_of(link: str) -> Markup:
    """The QR code of a link as SVG, with a quarter of it redundant: it is still read where the poster is scratched."""
    code = segno.make(link, error="q", micro=False)
    svg = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass="code", lineclass=None, light="#fff")
    return Markup(svg)  # noqa: S704 (drawn by the library from numbers)
