"""Posters and cards of events: the next date, where, and what is offered, in the languages whose text is released."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import segno
from sqlalchemy import select

from admin.site import Site
from dialogues.event import read_wording
from dialogues.markup import plain_text
from dialogues.poster import invite
from storage.models import Link
from tests.admin.office import Clock, Office
from tests.admin.papers import fields_of
from tests.admin.test_broadcasts import plain
from tests.admin.test_events import ON_ONE_DATABASE, Plan
from tests.admin.test_posters import headline, modules

ARABIC = "وجبة مشتركة\nنطبخ معًا."
OFFERS: dict[str, Any] = {"food": ["halal"], "interpreter": ["ar", "tr"], "childcare": "yes"}
SERIES: dict[str, Any] = {"repeats": "weekly", "until": "2026-12-20"}


@pytest.fixture
async def plan(office: Office, site: Site) -> Plan:
    return await Plan.at(office, site)


async def invites(plan: Plan, **more: Any) -> None:
    """Open the event, with released texts in German and Arabic and one in Turkish that is not."""
    await plan.settles(**more)
    desk = await plan.writes()
    await desk.writes(ar=ARABIC)
    await desk.writes(release=False, tr="Birlikte yemek")
    assert (await plan.opens()).status_code == 303
    await plan.look()


async def makes(plan: Plan, area: str = "all", size: str = "a4") -> str:
    """Choose a sheet; returns its address."""
    page = f"{plan.it}/poster"
    answer = await plan.office.send(page, {"area": area, "size": size}, page=page)
    assert answer.status_code == 303
    return str(answer.headers["location"])


async def links(site: Site) -> list[tuple[int | None, int | None]]:
    async with site.database.read() as connection:
        rows = await connection.execute(select(Link.area_id, Link.event_id).order_by(Link.id))
        return [(row[0], row[1]) for row in rows]


def parts(page: str) -> dict[str, str]:
    """What the sheet says, by language and direction."""
    found = re.findall(r'<section lang="(..)" dir="(...)">(.*?)</section>', page, re.S)
    return {f"{language} {direction}": part for language, direction, part in found}


async def test_a_poster_carries_the_link_of_its_event_and_area(plan: Plan, site: Site) -> None:
    await invites(plan)
    sheet = await makes(plan)
    assert sheet == f"{plan.it}/poster?area=all&size=a4"
    await makes(plan, size="cards")
    await makes(plan, area="2")
    assert await links(site) == [(None, plan.id), (2, plan.id)]
    async with site.database.read() as connection:
        code = await connection.scalar(select(Link.code).order_by(Link.id).limit(1))
    page = await plan.office.read(sheet)
    assert modules(page) == [list(row) for row in segno.make(site.link(str(code)), error="q", micro=False).matrix]


@ON_ONE_DATABASE
async def test_it_says_what_when_where_and_what_is_offered_in_the_languages_that_are_released(
    plan: Plan, site: Site
) -> None:
    await invites(plan, **OFFERS)
    event = await plan.event()
    for size in ("a4", "a6", "cards"):
        page = unescape(await plan.office.read(await makes(plan, size=size)))
        said = parts(page)
        assert list(said) == ["de ltr", "ar rtl"]
        for key, part in said.items():
            language = key[:2]
            title = read_wording(event.broadcast.texts[language].text).title
            voice, happening = site.texts.speak(language), event.happening
            words = invite(voice, title=title, event=happening, occasion=event.occasions[0], more=0)
            for line in (*words.about, *words.facts, words.how, words.promise):
                assert plain_text(line) in part
            assert (plain_text(words.call) in part) == (language != "de")
        assert headline(page) == "de ltr Gemeinsam essen"
        for words_ in ("5.12.", "15:00 – 17:00", "<strong>Quartierszentrum</strong>", "Lindenstraße 5"):
            assert words_ in page
    german = plain(page)
    assert "Samstag, 5. Dezember, 15:00 bis 17:00 Uhr" in german
    assert "Es gibt Halal-Essen." in german
    assert "ohne Namen" in german


@ON_ONE_DATABASE
async def test_who_chooses_a_sheet_reads_which_languages_are_left_out_and_that_paper_does_not_change(
    plan: Plan,
) -> None:
    await invites(plan)
    assert f'href="{plan.it}/poster"' in await plan.office.read(plan.it)
    page = plain(await plan.office.read(f"{plan.it}/poster"))
    assert "Български , English , Română , Türkçe : Diese Sprachen lässt das Blatt weg." in page
    assert "Wenn sich Termin oder Ort ändern, drucken Sie sie bitte neu." in page
    assert 'value="all" checked' in await plan.office.read(f"{plan.it}/poster")


@ON_ONE_DATABASE
async def test_a_sheet_is_drawn_from_what_is_settled_now_with_the_same_code(plan: Plan, site: Site) -> None:
    await invites(plan)
    sheet = await makes(plan)
    before = modules(await plan.office.read(sheet))
    moved = {"day": "2026-12-06", "place_title": "Alte Schule", "point_is_right": "yes"}
    asked = await plan.saves(**moved)
    assert (await plan.office.send(f"{plan.it}/edit", fields_of(asked.text) | {"sure": "yes"})).status_code == 303
    page = await plan.office.read(sheet)
    assert "Sonntag, 6. Dezember" in plain(page)
    assert "Alte Schule" in page
    assert modules(page) == before


@ON_ONE_DATABASE
async def test_a_series_names_its_next_date_and_how_many_follow(plan: Plan, clock: Clock) -> None:
    await invites(plan, **SERIES)
    sheet = await makes(plan)
    page = plain(await plan.office.read(sheet))
    assert "Samstag, 5. Dezember, 15:00 bis 17:00 Uhr" in page
    assert "Und an 2 weiteren Tagen." in page
    assert "Das Plakat nennt den nächsten Termin." in plain(await plan.office.read(f"{plan.it}/poster"))
    await plan.waits(clock, 17)
    page = plain(await plan.office.read(sheet))
    assert "Samstag, 19. Dezember, 15:00 bis 17:00 Uhr" in page
    assert "weiteren" not in page


@ON_ONE_DATABASE
async def test_only_an_event_that_people_can_come_to_gets_a_poster(plan: Plan, site: Site, clock: Clock) -> None:
    async def refuses(why: str) -> None:
        said = plain(await plan.office.read(f"{plan.it}/poster"))
        assert why in said
        assert "Wo wird es hängen?" not in said
        assert await makes(plan) == f"{plan.it}/poster"
        assert 'class="sheet a4"' not in await plan.office.read(f"{plan.it}/poster?area=all&size=a4")

    await refuses("Bitte öffnen Sie zuerst die Veranstaltung.")
    assert await links(site) == []
    await invites(plan, closes="1440")
    sheet = await makes(plan)
    clock.move((await plan.event()).occasions[0].starts_at - clock.time)
    await plan.waits(clock, -1)
    assert sheet == f"{plan.it}/poster?area=all&size=a4"
    await refuses("Man kann sich nicht mehr anmelden")
    await plan.waits(clock, 2)
    await refuses("Alle Termine sind vorbei")


@ON_ONE_DATABASE
async def test_a_cancelled_event_says_that_posters_are_to_be_taken_down(plan: Plan) -> None:
    await invites(plan)
    sheet = await makes(plan)
    cancelled = await plan.office.send(f"{plan.it}/cancel", page=f"{plan.it}/cancel")
    assert cancelled.status_code == 303
    said = plain(await plan.office.read(sheet))
    assert "Diese Veranstaltung findet nicht statt" in said
    assert "Bitte nehmen Sie die ab, die noch hängen." in said


@ON_ONE_DATABASE
async def test_a_card_shortens_a_long_title_and_the_page_says_so(plan: Plan) -> None:
    await plan.settles()
    long = "Ein sehr großes Fest mit Essen, Musik, Tanz und <b>Spielen</b> für alle, die hier wohnen"
    desk = await plan.writes(long)
    await plan.opens()
    assert "Titel mit höchstens 80 Zeichen" in plain(await plan.office.read(f"{plan.it}/poster"))
    page = await plan.office.read(await makes(plan, size="a6"))
    assert "Tanz und &lt;b&gt;Spielen&lt;/b&gt; für alle, die…" in page
    assert "für alle, die hier wohnen" in await plan.office.read(await makes(plan))
    await desk.look()
    others: dict[str, Any] = dict.fromkeys(("ar", "en", "ro", "tr"), long)
    await desk.writes(**others)  # two columns
    assert "Titel mit höchstens 40 Zeichen" in plain(await plan.office.read(f"{plan.it}/poster"))
    assert "Ein sehr großes Fest mit Essen, Musik" in await plan.office.read(await makes(plan, size="a6"))


@ON_ONE_DATABASE
async def test_a_poster_cuts_no_title_because_of_a_sign_that_is_as_wide_as_two_letters(plan: Plan) -> None:
    await plan.settles()
    desk = await plan.writes("Gemeinsam kochen 🍲")
    await desk.writes(tr="Birlikte yemek yapıyoruz 🍲")
    await plan.opens()
    assert "Birlikte yemek yapıyoruz 🍲" in await plan.office.read(await makes(plan))
