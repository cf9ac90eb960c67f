"""Posters, cards and results as they leave the printer, a survey tried out and a file sent, in a real browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from admin.app import create_admin
from admin.site import Site
from dialogues.texts import LANGUAGES
from storage.database import Database
from storage.schema import upgrade
from tests.admin.office import PASSWORD, Office, hire, new_site
from tests.admin.papers import TWO_LANGUAGES, draft, open_up
from tests.admin.test_events import Plan
from tests.admin.test_results import mixed, opened
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.qr import wrong_modules
from tests.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
SIZES = {"a4": (210.0, 297.0), "a6": (105.0, 148.0), "cards": (210.0, 297.0)}
"""Millimetres."""
LONG = "Was soll auf dem Platz zwischen Lindenstraße, Hafenweg und der alten Schule im Sommer passieren, und was nicht?"

LONG_TITLES: dict[str, Any] = {
    "ar": "احتفال كبير للجيران مع طعام وموسيقى وبرنامج للأطفال لجميع الناس الذين يسكنون في حي نوردشتات الجميل",
    "bg": "Голям квартален празник с храна, музика и програма за деца за всички хора, които живеят в Нордщат",
    "de": "Großes Nachbarschaftsfest mit Essen, Musik und Kinderprogramm für alle Menschen in der Nordstadt 2026",
    "en": "Big neighbourhood festival with food, music and a programme for children, for everybody in Nordstadt",
    "ro": "Mare sărbătoare a vecinilor cu mâncare, muzică și program pentru copii, pentru toți cei din Nordstadt",
    "tr": "Nordstadt'ta yaşayan herkes için yemekli, müzikli ve çocuk programlı büyük mahalle şenliği ve buluşma",
}

FAR: dict[str, Any] = {
    "place_title": "Begegnungszentrum im ehemaligen Güterbahnhof, großer Saal im ersten Stock, Eingang C",
    "place_address": "Bürgermeister-Wolfgang-Hermann-Straße 117a, Hinterhaus, 06844 Dessau-Roßlau, Haltestelle Museum",
}
LONGEST_ON_A_CARD = "Какво трябва да се случи на площада през лятото???"
SMALLEST = """Math.min(...[...document.querySelectorAll(".leaf *:not(svg, svg *)")]
    .filter(each => each.innerText).map(each => parseFloat(getComputedStyle(each).fontSize)))"""
TO_THE_EDGE = """(() => {
    const paper = document.querySelector(".sheet").getBoundingClientRect();
    const drawn = document.querySelectorAll(".leaf :is(h1, h2, p, figcaption, svg path:last-child, .from)");
    return Math.min(...[...drawn].map(each => {
        const box = each.getBoundingClientRect();
        return Math.min(box.left - paper.left, box.top - paper.top, paper.right - box.right, paper.bottom - box.bottom);
    }));
})()"""

TITLE_AND_OTHERS = """(() => {
    const size = each => parseFloat(getComputedStyle(each).fontSize);
    const others = [...document.querySelectorAll(".leaf *:not(svg, svg *, h1, .title)")].filter(each => each.innerText);
    return [size(document.querySelector("h1")), Math.max(...others.map(size))];
})()"""
LARGEST_HOLE = """(() => {
    const paper = document.querySelector(".leaf").getBoundingClientRect();
    const drawn = [...document.querySelectorAll(".leaf:first-child :is(.from, .scan > div, figcaption, section)")];
    const boxes = drawn.map(each => each.getBoundingClientRect()).sort((one, other) => one.top - other.top);
    let hole = 0, filled = paper.top;
    for (const box of [...boxes, {top: paper.bottom, bottom: paper.bottom}]) {
        hole = Math.max(hole, box.top - filled);
        filled = Math.max(filled, box.bottom);
    }
    return hole / paper.height;
})()"""
"""The height of the largest part of a sheet on which nothing is printed."""


def in_days(number: int) -> str:
    """A day to come."""
    return (date.today() + timedelta(days=number)).isoformat()  # noqa: DTZ011 (any will do)


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A town with an open survey, whose German title is as long as can be."""
    database = Database(f"sqlite:///{tmp_path / 'mitsprache.sqlite'}")
    await upgrade(database)
    site = await new_site(database)
    await hire(site)
    async with Office.at(site) as office:
        await office.sign_in()
        titles: dict[str, Any] = {f"title-{language}": LONG for language in ("de", "en", "ro", "tr")}
        await open_up(office, await draft(office, closes=f"{in_days(30)}T18:00", **titles))
    yield site
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def address(site: Site) -> AsyncIterator[str]:
    """Where the admin of that town answers."""
    async with served(create_admin(site)) as address:
        yield address


async def enter(pages: Pages, address: str, path: str, screen: ViewportSize = DESK) -> Page:
    """Sign in and go to a page."""
    page = await pages.open(f"{address}/admin/sign-in?next={path}", screen=screen)
    await page.fill("#name", "maria")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(f"{address}{path}")
    return page


@pytest.mark.parametrize("size", SIZES)
async def test_a_sheet_is_one_page_of_its_size_and_nothing_is_cut_off(pages: Pages, address: str, size: str) -> None:
    page = await enter(pages, address, "/admin/surveys/1/poster")
    await page.check("#area-1")
    await is_a_good_sheet(page, size)
    await is_whole_without_scripts(page)


@pytest.mark.parametrize("size", SIZES)
async def test_the_sheet_of_an_event_has_room_for_long_titles_a_series_and_six_languages(
    pages: Pages, address: str, site: Site, size: str
) -> None:
    async with Office.at(site) as office:
        await office.sign_in()
        plan = await Plan.at(office, site)
        offers = {"food": ["halal", "vegetarian"], "interpreter": list(LANGUAGES), "childcare": "yes", "free": "yes"}
        await plan.settles(day=in_days(3), repeats="weekly", until=in_days(90), **offers, **FAR)
        await (await plan.writes()).writes(**LONG_TITLES)
        assert (await plan.opens()).status_code == 303
    page = await enter(pages, address, f"{plan.it}/poster")
    await is_a_good_sheet(page, size)
    assert await page.locator(".leaf:first-child section").count() == len(LANGUAGES)
    await is_whole_without_scripts(page)


@pytest.mark.parametrize("written", [("de",), ("de", "ar"), ("de", "ar", "ro", "tr")], ids=len)
async def test_a_poster_uses_the_room_that_is_there(
    pages: Pages, address: str, site: Site, written: tuple[str, ...]
) -> None:
    titles: dict[str, Any] = {
        "de": "Gemeinsam kochen 🍲",
        "ar": "نطبخ معًا",
        "ro": "Gătim împreună",
        "tr": "Birlikte yemek yapıyoruz",
    }
    async with Office.at(site) as office:
        await office.sign_in()
        plan = await Plan.at(office, site)
        await plan.settles(day=in_days(3), food=["halal"], childcare="yes")
        desk = await plan.writes(titles["de"])
        await desk.writes(**{each: titles[each] for each in written[1:]})
        assert (await plan.opens()).status_code == 303
    page = await enter(pages, address, f"{plan.it}/poster")
    await is_a_good_sheet(page, "a4")
    await page.emulate_media(media="print")
    await page.evaluate("document.querySelector('main').style.zoom = 1")
    size = "parseFloat(getComputedStyle(document.querySelector('.how')).fontSize)"
    grown = await page.evaluate(size)
    assert grown >= 13 * 96 / 72
    await is_whole_without_scripts(page)
    assert await page.evaluate(size) < grown


async def is_whole_without_scripts(page: Page) -> None:
    """Look at the sheet on paper with letters as large as they were reckoned, and not as large as there is room for."""
    await page.emulate_media(media="print")
    await page.evaluate("document.querySelector('main').removeAttribute('style')")
    assert await cut_off(page) == []


async def is_a_good_sheet(page: Page, size: str) -> None:
    """Choose a sheet and look at it on paper and on the screen."""
    await page.check(f"#size-{size}")
    await page.click("main button")
    await page.wait_for_url(f"**?area=*&size={size}")
    printed = await page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(boxes) == 1
    assert [float(points) / 72 * 25.4 for points in boxes[0]] == pytest.approx(SIZES[size], abs=0.5)

    await page.emulate_media(media="print")
    assert await cut_off(page) == []
    assert not await page.is_visible(".tools")
    title, others = await page.evaluate(TITLE_AND_OTHERS)
    assert title > others
    assert await page.evaluate(LARGEST_HOLE) < 0.12
    if size != "a4":
        assert await page.evaluate(SMALLEST) >= 12  # 9 pt
        assert await page.evaluate(TO_THE_EDGE) >= 8 * 96 / 25.4 - 0.1  # 8 mm
    await page.emulate_media(media="screen")
    await page.evaluate(AXE)
    assert (await page.evaluate("axe.run()"))["violations"] == []
    assert await page.locator(".leaf").count() == (4 if size == "cards" else 1)
    link = await page.locator("figcaption").first.inner_text()
    await page.set_viewport_size({"width": 1800, "height": 2600})
    await page.evaluate("document.querySelector('main').style.zoom = 2")  # a module is more than a pixel or two
    for code in await page.locator(".scan svg").all():
        assert wrong_modules(await code.screenshot(), f"https://{link}") == []


async def test_a_title_stands_on_a_card_where_there_is_room_for_it(pages: Pages, address: str, site: Site) -> None:
    page = await enter(pages, address, "/admin/surveys/1/poster")
    assert "Die Karte nennt deshalb keinen Titel" in await page.inner_text("main")
    async with Office.at(site) as office:
        await office.sign_in()
        titles: dict[str, Any] = {f"title-{each}": LONGEST_ON_A_CARD for each in LANGUAGES}
        await draft(office, **titles)
    await page.goto(f"{address}/admin/surveys/2/poster")
    assert "Die Karte nennt deshalb keinen Titel" not in await page.inner_text("main")
    for size in SIZES:
        await page.goto(f"{address}/admin/surveys/2/poster")
        await page.check(f"#size-{size}")
        await page.click("main button")
        await page.wait_for_url("**?area=*")
        await page.emulate_media(media="print")
        assert await cut_off(page) == []
        assert await page.locator(".about").count() == (4 if size == "cards" else 1) * len(LANGUAGES)
        await page.emulate_media(media="screen")


async def cut_off(page: Page) -> list[str]:
    """What of the sheet does not fit into its place."""
    found: list[str] = await page.eval_on_selector_all(
        ".sheet, .sheet *:not(svg, svg *)",
        """all => all.filter(each => getComputedStyle(each).overflow !== "visible")
            .filter(each => each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)
            .map(each => each.outerHTML.slice(0, 200))""",
    )
    return found


async def test_results_are_printed_without_the_menu_and_no_chart_is_broken(
    pages: Pages, address: str, site: Site
) -> None:
    survey = await opened(site, mixed(60), interim=True)
    page = await enter(pages, address, f"/admin/surveys/{survey}/results")
    await page.goto(f"{address}/admin/surveys/{survey}/results?by=language")
    await page.evaluate("window.print = () => { window.printed = true; }")
    await page.click("#print")
    assert await page.evaluate("window.printed") is True
    await page.set_viewport_size({"width": 680, "height": 1000})  # what A4 leaves between its margins
    await page.emulate_media(media="print")
    for hidden in (".side", ".switches", "#print"):
        assert not await page.is_visible(hidden)
    charts = await page.eval_on_selector_all(
        ".chart", "all => all.map(each => [getComputedStyle(each).breakInside, each.offsetHeight])"
    )
    assert len(charts) == 4
    assert all(kept == "avoid" and height < 1000 for kept, height in charts), charts
    assert await page.locator(".chart td.number:visible").count() > 20


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["390", "1280"])
async def test_a_survey_is_tried_without_the_page_being_loaded_anew(
    pages: Pages, address: str, screen: ViewportSize
) -> None:
    page = await enter(pages, address, "/admin/surveys/1/try", screen)
    await page.evaluate("window.same = true")
    await page.click(".keys button")
    await expect(page.locator(".stored dl div")).to_have_count(1)
    assert await page.evaluate("document.activeElement.id") == "now"
    await page.click("#speak-ar")
    await expect(page.locator("#now")).to_have_attribute("dir", "rtl")
    await expect(page.locator("#speak-ar")).to_be_focused()
    last_row = await page.locator("#now .row").last.locator("button").all()
    places = [await button.bounding_box() for button in last_row]
    assert places[0] is not None
    assert places[-1] is not None
    assert places[0]["x"] > places[-1]["x"]
    await page.fill("#text", "؟")
    await page.press("#text", "Enter")
    await expect(page.locator(".theirs")).to_have_count(1)
    await expect(page.locator("#text")).to_be_focused()
    assert await page.evaluate("window.same") is True
    assert await page.locator("#now").is_visible()
    await page.evaluate(AXE)
    assert (await page.evaluate("axe.run()"))["violations"] == []


async def test_an_upload_says_that_it_is_checked_and_is_sent_once(pages: Pages, address: str) -> None:
    page = await enter(pages, address, "/admin/questionnaires")
    button, status = page.locator("form[data-busy] button"), page.locator("form[data-busy] [role=status]")
    await page.set_input_files("#file", {"name": "two.md", "mimeType": "", "buffer": TWO_LANGUAGES})
    await page.evaluate("""() => {
        const form = document.querySelector("form[data-busy]");
        const seen = () => [form.querySelector("[role=status]").textContent, form.querySelector("button").disabled];
        form.addEventListener("submit", () => { sessionStorage.seen = JSON.stringify(seen()); });
    }""")
    await button.click()
    await page.wait_for_url("**/admin/questionnaires/2")
    assert await page.evaluate("JSON.parse(sessionStorage.seen)") == ["Die Datei wird geprüft …", True]
    await page.go_back()
    await expect(button).to_be_enabled()
    await expect(status).to_be_empty()


async def test_the_question_that_is_asked_now_begins_in_view_on_a_small_phone(pages: Pages, address: str) -> None:
    page = await enter(pages, address, "/admin/surveys/1/try", {"width": 390, "height": 560})
    for number in range(1, 3):
        answer = "#now .keys .row:nth-child(2) button"
        await page.evaluate("answer => document.querySelector(answer).click()", answer)  # scrolls nothing by itself
        await expect(page.locator(".stored dl div")).to_have_count(number)
        await expect(page.locator("#now")).to_be_in_viewport()
        begins = "document.querySelector('#now').getBoundingClientRect().top - Math.max(0, %s)"
        log = "document.querySelector('.log').getBoundingClientRect().top"
        assert await page.evaluate(begins % log) >= 0


async def test_a_survey_can_be_tried_without_scripts(pages: Pages, address: str) -> None:
    page = await enter(pages, address, "/admin/surveys/1/try")
    state = await page.context.storage_state()
    plain = await pages.open(f"{address}/admin/sign-in", java_script_enabled=False, storage_state=state)
    await plain.goto(f"{address}/admin/surveys/1/try")
    await plain.click(".keys button")
    await plain.wait_for_url("**/try?tapped=1#now")
    await expect(plain.locator(".stored dl div")).to_have_count(1)
