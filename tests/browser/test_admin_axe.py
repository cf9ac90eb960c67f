"""No barrier that axe-core can find on any page of the admin, in either language, on a phone and at a desk.

The pages are found as a reader finds them: from the overview by links. All surveys are looked at: the demo's town has
two that run and one that is closed, and a draft is made first. Of other addresses that differ in a number only, the
first two count, and of the labels of answers those in the page's language and the Arabic ones. What no link leads to
stands in ``UNLINKED``, what comes when a form is sent in ``answers_of_forms``.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode
from collections import Counter
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, ViewportSize

from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.residents import PATIENCE, Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text("utf-8")
UNLINKED = ("/admin", "/admin/nowhere", "/admin/events/2/discard", "/admin/events/2/open")
"""Where the walk begins. Links lead to events that are open first; the second is a draft."""
MOST_PAGES = 200
LINKS = "a[href]:not([download])"
RUNNING, CLOSED, DRAFT = "/admin/surveys/1", "/admin/surveys/3", "/admin/surveys/4"
"""Surveys: one with an interim release, one with its results, and the one that is made here."""
PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
BROKEN = b"| survey |\n| | type | name | label |\n| | select_one nothing | wish | What? |\n"
MUST_BE_SEEN = {
    "/admin",
    "/admin/audit",
    "/admin/broadcasts",
    *("/admin/broadcasts/N" + page for page in ("", "/audience", "/discard", "/send")),
    "/admin/events",
    *("/admin/events/N" + page for page in ("", "/cancel", "/discard", "/edit", "/open")),
    *("/admin/events/N/poster" + page for page in ("", "?area=all&size=aN", "?area=all&size=cards")),
    *("/admin/sendings/N" + page for page in ("", "/cancel", "/correct")),
    "/admin/settings",
    "/admin/questionnaires",
    "/admin/questionnaires/N",
    "/admin/questionnaires/guide",
    "/admin/surveys",
    "/admin/surveys/new",
    "/admin/surveys/new?questionnaire=N",
    *(DRAFT + page for page in ("", "/discard", "/edit", "/open", "/poster", "/try")),
    *(
        RUNNING + page
        for page in ("", "/close", "/poster", "/poster?area=N&size=aN", "/poster?area=N&size=cards", "/results", "/try")
    ),
    *(CLOSED + page for page in ("", "/export", "/hand-over", "/results", "/texts", "/try")),
}


AT_REST = """Promise.all(document.getAnimations()
    .filter(each => each.effect?.getComputedTiming().endTime !== Infinity)
    .map(each => each.finished.catch(() => {})))"""
"""Waits for animations that come to an end."""


async def barriers(page: Page, *screens: ViewportSize) -> list[str]:
    """What axe finds, and whether the page is wider than the screen; without ``screens``, a German page on a phone and
    at a desk, an English one, which has the same parts, on a phone.

    Contrast is looked at once: a page has the same colours on each screen, and this takes longer than all the rest.
    Chromium runs it in spite of the page's policy.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    violations = []
    usual = (PHONE, DESK) if await page.evaluate("document.documentElement.lang") == "de" else (PHONE,)
    for number, screen in enumerate(screens or usual):
        await page.set_viewport_size(screen)
        await page.evaluate(AT_REST)  # what is still fading in has other colours
        found = await page.evaluate(
            "contrast => axe.run({resultTypes: ['violations'], rules: {'color-contrast': {enabled: contrast}}})"
            ".then(result => result.violations)",
            number == 0,
        )
        wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        where = f"{page.url} at {screen['width']}"
        violations += [f"{where}: {each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
        violations += [f"{where}: {wider} pixels wider than the screen"] if wider > 0 else []
    return violations


async def speak(page: Page, language: str) -> None:
    """Choose the language of the pages."""
    async with page.expect_navigation():
        await page.click(f'button[name="language"][value="{language}"]')
    await page.wait_for_selector(f'html[lang="{language}"]')


def kind_of(path: str) -> str:
    """What pages have in common that differ in a number only; each survey stands for itself."""
    survey = re.match(r"/admin/surveys/\d+", path)
    kept = survey[0] if survey else ""
    return kept + re.sub(r"\d+", "N", path.removeprefix(kept))


def is_wanted(path: str, language: str) -> bool:
    """Whether to look at a page: of the labels of answers, those in the page's language and the Arabic ones."""
    labels = re.search(r"labels=(\w+)", path)
    return labels is None or labels[1] in {language, "ar"}


def screens_for(path: str) -> tuple[ViewportSize, ...]:
    """Where to look at a page. The many pages of results are long: Arabic labels on a phone, others at a desk."""
    return () if "labels=" not in path else (PHONE,) if "labels=ar" in path else (DESK,)


async def walk(page: Page, address: str, language: str) -> tuple[list[str], set[str]]:
    """Look at all pages that links lead to; returns what was found, and the kinds of pages that were seen."""
    waiting, seen, kinds, found = list(UNLINKED), set(UNLINKED), Counter[str](), []
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        kind = kind_of(path)
        kinds[kind] += 1
        if kinds[kind] > 2:
            continue
        await page.goto(address + path)
        found += await barriers(page, *screens_for(path))
        links = await page.eval_on_selector_all(LINKS, "all => all.map(each => each.getAttribute('href'))")
        found_here = {link.partition("#")[0] for link in links if link.startswith("/admin")}
        fresh = {link for link in found_here if is_wanted(link, language)} - seen
        seen |= fresh
        waiting += sorted(fresh)
    return found, set(kinds)


async def press(page: Page, css: str = "main form .kern-btn--primary") -> None:
    """Send a form and wait for what comes."""
    async with page.expect_navigation():
        await page.click(css)


async def make_a_draft(page: Page, address: str) -> None:
    await page.goto(f"{address}/admin/surveys/new?questionnaire=1")
    await press(page)
    await page.wait_for_url(re.compile(r"/admin/surveys/\d+"))


async def write_messages(page: Page, address: str) -> list[str]:
    """A draft with a picture and faults, and a message that is planned; returns what is found on the way."""
    found, written = [], []
    for number in (1, 2):
        await page.goto(f"{address}/admin/broadcasts")
        await page.fill("#title", f"Sommerfest {number}")
        await press(page)
        written.append(page.url)
        await page.fill("#text-de", "Fest in {Quartier}!" if number == 1 else "Am {Datum}, {Name}")
        await page.fill("#text-ar", "احتفال [هنا](https://a.example)")
        await page.check("#released-de")
        if number == 2:
            await page.set_input_files("#file", {"name": "square.png", "mimeType": "", "buffer": PICTURE})
            await page.fill("#point", "nowhere")
            await press(page, ".save .kern-btn--primary")
            found += await barriers(page)
            await page.fill("#point", "")
        await press(page, ".save .kern-btn--primary")
    await page.goto(f"{written[0]}/audience")
    await page.select_option("#fallback-en", "de")
    await press(page, "button[form=audience]")
    await page.check("#begin-later")
    await page.fill("#wall", f"{date.today() + timedelta(days=2)}T10:00")  # noqa: DTZ011 (any day to come)
    await press(page, "#sending .kern-btn--primary")
    await page.wait_for_url("**/admin/sendings/*")
    return found


async def plan_events(page: Page, address: str) -> list[str]:
    """A draft, and a series that is open and is to be moved; returns what is found on the way."""
    found, day = [], date.today() + timedelta(days=3)  # noqa: DTZ011 (any day to come)
    for name in ("Treffen", "Gemeinsam essen"):
        await page.goto(f"{address}/admin/events")
        await page.fill("#title", name)
        await press(page)
    await page.fill("#day", day.isoformat())
    await page.fill("#begins", "15:00")
    await page.fill("#ends", "17:00")
    await page.select_option("#repeats", "weekly")
    await page.fill("#until", (day + timedelta(days=60)).isoformat())
    await page.fill("#without", "Heiligabend")
    for field, words in {"place-title": "Quartierszentrum", "place-address": "Weg 1", "point": "51.05, 13.73"}.items():
        await page.fill(f"#{field}", words)
    await page.wait_for_selector("#dates .lacks")
    await press(page, ".save .kern-btn--primary")
    found += await barriers(page)
    await page.fill("#without", "")
    await page.wait_for_selector("#dates li")
    found += await barriers(page)
    await press(page, ".save .kern-btn--primary")
    event = page.url
    await press(page, ".tasks li:nth-child(2) a")
    await page.fill("#text-de", "Gemeinsam essen\nWir kochen.\nℹ️ Bringen Sie einen Teller mit.")
    await page.check("#released-de")
    found += await barriers(page)
    await press(page, ".save .kern-btn--primary")
    await page.goto(f"{event}/open")
    found += await barriers(page)
    await press(page)
    found += await barriers(page)
    await press(page, ".day a")
    found += await barriers(page)
    await page.goto(f"{event}/poster")
    await press(page)
    await page.goto(f"{event}/edit")
    await page.fill("#begins", "16:00")
    await press(page, ".save .kern-btn--primary")
    return [*found, *await barriers(page)]


async def with_the_stop(page: Page, address: str) -> list[str]:
    """What is found while the bot is stopped."""
    await page.goto(f"{address}/admin")
    await press(page, "main .stop")
    found = await barriers(page)
    await press(page, ".stopped button")
    return found


async def answers_of_forms(page: Page, address: str) -> list[str]:
    """What is found on pages that only sending a form leads to."""
    found = []
    await page.goto(f"{address}/admin/questionnaires")
    await page.set_input_files("#file", {"name": "broken.md", "mimeType": "", "buffer": BROKEN})
    await press(page)
    found += await barriers(page)
    await page.goto(f"{address}/admin/surveys/new?questionnaire=1")
    await page.fill("#title-de", "")
    await page.check("#basis-own")
    await press(page)
    found += await barriers(page)
    for path in (f"{RUNNING}/close", f"{CLOSED}/export"):
        await page.goto(address + path)
        await page.locator("main form").first.evaluate("form => { form.noValidate = true; }")  # what the server says
        await press(page)
        found += await barriers(page)
    await page.goto(f"{address}{CLOSED}/texts")
    for place in range(5):
        await page.locator("main input[type=checkbox]").nth(place).check()
    await press(page)
    found += await barriers(page)
    await page.goto(f"{address}{RUNNING}/try")
    await page.click("#speak-ar")
    await page.wait_for_selector('#now[dir="rtl"]')
    await page.click("#now button")
    await page.wait_for_selector(".stored dl div")
    return [*found, *await barriers(page)]


async def test_no_page_has_a_barrier(pages: Pages, sample_town: Path, tmp_path: Path) -> None:
    """Both languages at the same time, each in a demo of its own: the browser has two cores to look with."""
    pages.forgive("404 (Not Found)")
    pages.forgive("401 (Unauthorized)")
    pages.forgive("422 (Unprocessable Entity)")

    async def no_page_in(language: str) -> None:
        folder = tmp_path / language
        folder.mkdir()
        async with Demo.running(folder, town=sample_town) as demo:
            await demo.leaves_nobody_a_phone()
            await no_page_has_a_barrier(pages, demo, language)

    async with asyncio.TaskGroup() as group:
        for language in ("de", "en"):
            group.create_task(no_page_in(language))


async def no_page_has_a_barrier(pages: Pages, demo: Demo, language: str) -> None:
    page = await pages.open(f"{demo.address}/", locale="de-DE")
    await page.add_init_script(AXE)
    await speak(page, language)
    found = await barriers(page)
    await page.goto(f"{demo.address}/admin")
    found += await barriers(page)
    await page.fill("#name", "nobody")
    await page.fill("#password", "wrong")
    await page.press("#password", "Enter")
    await page.wait_for_selector('[role="alert"]')
    found += await barriers(page)
    await sign_in(page)
    await speak(page, language)
    await make_a_draft(page, demo.address)
    async with httpx.AsyncClient(base_url=demo.address, timeout=PATIENCE) as control:
        reader = await Phone.new(control, "Somebody", "en")
        await reader.acts("send", text="/start")
        await reader.taps_key("ok")
        await reader.taps_key("age:yes")
    after_forms = await answers_of_forms(page, demo.address)
    after_forms += await write_messages(page, demo.address)
    after_forms += await plan_events(page, demo.address)
    after_forms += await with_the_stop(page, demo.address)
    walked, kinds = await walk(page, demo.address, language)
    assert [f"{language}: {each}" for each in (*found, *after_forms, *walked)] == []
    assert kinds >= MUST_BE_SEEN
    results = product((RUNNING, CLOSED), ("", "area", "language", "age"), {language, "ar"})
    assert kinds >= {f"{survey}/results?by={by}&labels={labels}" for survey, by, labels in results}
