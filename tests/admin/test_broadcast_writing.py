"""Writing a message to many, as somebody new does it: nothing typed is lost, and what is odd is said in its place."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from httpx import Response
from playwright.async_api import Page, async_playwright, expect

from admin.attachments import MAX_FILE
from admin.pages.broadcasts import MOST_BODY
from admin.site import HERE, Site
from storage.services.staff import set_translates
from tests.admin.office import Office, hire
from tests.admin.test_broadcasts import ARABIC, GERMAN, Desk, notice, picture, plain, texts_of
from tests.admin.townspeople import move_in
from tests.browser.conftest import ARGUMENTS, CHROMIUM, DESK, IS_MISSING


@pytest.fixture
async def desk(office: Office) -> Desk:
    return await Desk.at(office)


@pytest_asyncio.fixture
async def page(desk: Desk) -> AsyncIterator[Page]:
    async with opened(await desk.look()) as page:
        yield page


@asynccontextmanager
async def opened(html: str) -> AsyncIterator[Page]:
    """A form in a browser, with its own script and looks and nothing else."""
    if IS_MISSING:
        pytest.skip(f"no {CHROMIUM} here: the page was not looked at")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport=DESK)
        await page.set_content(f"<!doctype html><html lang=de>{html.partition('</head>')[2]}")
        for name in ("kern/kern.min.css", "surveys.css", "broadcasts.css"):
            await page.add_style_tag(path=HERE / "static" / name)
        await page.add_script_tag(path=HERE / "static" / "compose.js")
        yield page
        await browser.close()


# --- files that are too large ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("megabytes", [11, 16])
async def test_a_file_that_is_too_large_leaves_what_was_typed(desk: Desk, megabytes: int) -> None:
    refused = await desk.saves(text_de=GERMAN, file=("x.jpg", b"\xff" * megabytes * 1_000_000))
    assert refused.status_code == 422
    assert "Diese Datei ist zu groß. Bitte wählen Sie eine mit höchstens 10 MB." in plain(refused.text)
    assert texts_of(refused.text)["text-de"] == GERMAN


async def test_of_a_request_that_is_larger_still_the_page_names_the_limit(desk: Desk) -> None:
    refused = await desk.saves(text_de=GERMAN, file=("x.jpg", b"x" * MOST_BODY))
    assert refused.status_code == 413
    assert "Eine Datei darf höchstens 10 MB groß sein." in plain(refused.text)


async def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    words, save = page.locator("#file-too-large p"), page.get_by_role("button", name="Speichern", exact=True).last
    await page.locator("#text-de").fill("Das bleibt")
    for size, is_refused in ((MAX_FILE + 1, True), (MAX_FILE, False), (MAX_FILE + 1, True)):
        # as a browser knows a file: making one of this size takes no time there
        await page.locator("#file").evaluate(
            "(box, size) => { const all = new DataTransfer(); all.items.add(new File([new Uint8Array(size)], 'x.jpg'));"
            " box.files = all.files; box.dispatchEvent(new Event('change', { bubbles: true })); }",
            size,
        )
        assert await words.is_visible() is is_refused
    await expect(words).to_contain_text("höchstens 10 MB")
    await save.click()
    await expect(page.locator("#file")).to_be_focused()
    assert sent == []
    assert await page.locator("#text-de").input_value() == "Das bleibt"


# --- the buttons above a text ---------------------------------------------------------------------------------------


async def test_a_placeholder_stands_behind_the_word_that_is_marked(page: Page) -> None:
    box, bar = page.locator("#text-de"), page.get_by_role("toolbar", name="Gestalten: Deutsch")
    await box.fill("Fest heute")
    await box.evaluate("box => box.setSelectionRange(0, 4)")
    await bar.get_by_role("button", name="Fett (Strg+B)").click()
    await bar.get_by_role("button", name="Datum").click()
    await expect(box).to_have_value("**Fest**{Datum} heute")
    await page.keyboard.type("!")
    await expect(box).to_have_value("**Fest**{Datum}! heute")


@pytest.mark.parametrize("by", ["button", "keyboard"])
async def test_a_link_without_words_waits_for_them(page: Page, by: str) -> None:
    box, bar = page.locator("#text-de"), page.get_by_role("toolbar", name="Gestalten: Deutsch")
    for before, after in (("", "[Wörter](https://)"), ("https://a.example", "[Wörter](https://a.example)")):
        await box.fill(before)
        await box.select_text()
        await (bar.get_by_role("button", name="Link").click() if by == "button" else box.press("Control+k"))
        await expect(box).to_have_value(after)
        await page.keyboard.type("mehr")
        await expect(box).to_have_value(after.replace("Wörter", "mehr"))


# --- a text in the place of another one -----------------------------------------------------------------------------

PLACES = """bubble => {
  const places = [], walker = document.createTreeWalker(bubble, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (walker.nextNode()) [...walker.currentNode.data].forEach((letter, at) => {
    range.setStart(walker.currentNode, at); range.setEnd(walker.currentNode, at + 1);
    if (letter.trim()) places.push([letter, range.getBoundingClientRect().left]);
  });
  return places;
}"""
"""The letters of a text in reading order, and where they stand from the left."""


async def test_the_preview_draws_each_paragraph_in_its_own_direction(desk: Desk) -> None:
    await desk.writes(de="Sperrmüll kommt am *Montag*.")
    await desk.aims(fallback_ar="de")
    async with opened(await desk.look()) as page:
        bubble = page.locator("#arrives-ar .bubble")
        notice, day = bubble.locator("i").first, bubble.locator("i").last
        await expect(notice).to_have_css("font-style", "normal")
        await expect(day).to_have_css("font-style", "italic")
        await expect(bubble).to_have_attribute("dir", "rtl")
        arabic = await notice.evaluate(PLACES)
        german = (await bubble.evaluate(PLACES))[len(arabic) :]
    assert (arabic[-1][0], german[-1][0]) == (".", ".")
    assert arabic[-1][1] == min(place for _letter, place in arabic), "the full stop stands at the left"
    assert [place for _letter, place in german] == sorted(place for _letter, place in german)


# --- what is odd and what is missing --------------------------------------------------------------------------------


async def looks_after(desk: Desk, saved: Response) -> str:
    """The page that a form leads to."""
    assert saved.status_code == 303, plain(saved.text)
    return await desk.office.read(saved.headers["location"])


def box_of(page: str, language: str) -> str:
    """All that stands at the text in a language."""
    return plain("<main" + page.partition(f'id="box-{language}"')[2].partition("</section>")[0])


async def test_why_an_empty_text_is_not_released_stands_at_the_text(desk: Desk) -> None:
    page = await looks_after(desk, await desk.saves(text_de=GERMAN, released_de="yes", released_tr="yes"))
    assert "Nicht freigegeben: Türkisch." in plain(page)
    reason = "Hier steht noch kein Text, der freigegeben werden kann."
    assert [each for each in ("de", "ar", "tr") if reason in box_of(page, each)] == ["tr"]


async def test_what_was_not_released_does_not_look_like_a_success(desk: Desk) -> None:
    done = await looks_after(desk, await desk.saves(text_de=GERMAN, released_de="yes"))
    assert ("kern-alert--success" in done, "kern-alert--warning" in done) == (True, False)
    await desk.look()
    warned = await looks_after(desk, await desk.saves(text_ar="{Wort}", released_ar="yes"))
    assert ("kern-alert--success" in warned, "kern-alert--warning" in warned) == (False, True)
    assert "Gespeichert. Nicht freigegeben: Arabisch." in plain(warned)
    assert "Nicht freigegeben" not in plain(await desk.look())


async def test_who_changes_a_text_is_asked_whether_the_others_still_fit(desk: Desk) -> None:
    hint = "Freigegeben und unverändert: Arabisch und Rumänisch. Passt das noch?"
    await desk.writes(de=GERMAN, ar=ARABIC, ro="Sărbătorim")
    await desk.writes(release=False, tr="Kutluyoruz")
    saved = await desk.saves(text_de="Das Fest fällt aus.", released_de="yes", then="audience")
    assert saved.headers["location"].endswith("/audience"), "it stops nobody"
    assert hint in plain(await looks_after(desk, saved))
    await desk.look()
    assert "Passt das noch?" not in notice(await desk.saves(title="Fest"))
    await desk.look()
    desk.fields |= {f"text-{each}": f"{each} …" for each in ("de", "ar", "ro")}
    assert "Passt das noch?" not in notice(await desk.saves())


@pytest.mark.parametrize(("day", "is_over"), [("2026-11-25", True), ("2026-11-26", False)])
async def test_a_day_that_is_over_is_pointed_out(desk: Desk, day: str, is_over: bool) -> None:
    hint = "Der Tag, den die Texte nennen, ist schon vorbei."
    assert hint not in notice(await desk.saves(text_de="Kommen Sie!", released_de="yes", said_on=day))
    await desk.look()
    saved = await desk.saves(text_de="Kommen Sie am {Datum}!", released_de="yes")
    assert (hint in notice(saved)) is is_over
    assert (hint in plain(await desk.look())) is is_over
    assert desk.fields["released-de"] == "as-before"


# --- how it looks ---------------------------------------------------------------------------------------------------


async def test_a_language_without_a_text_has_a_small_box_and_an_error_is_red_with_its_icon(desk: Desk) -> None:
    await desk.saves(text_de="Hallo {Wort}\n" * 20)
    async with opened(await desk.look()) as page:
        boxes = [await page.locator(f"#arrives-{each}").bounding_box() for each in ("de", "ar")]
        icon = page.locator("#gauge-de .kern-icon").first
        colours = await icon.evaluate("each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color]")
    full, empty = (each["height"] if each else 0 for each in boxes)
    assert full > 300 > 80 > empty > 0
    assert colours[0] == colours[1] != "rgb(0, 0, 0)"


async def test_the_preview_cuts_nothing_off(desk: Desk) -> None:
    more = {"link-": "www.auenstadt.de", "place-title": "Rathaus", "place-address": "Markt 1", "point": "51.2, 6.7"}
    await desk.saves(text_de="[Fest](https://auenstadt.de)\n" * 40, file=("x.jpg", picture((900, 1600))), **more)
    async with opened(await desk.look()) as page:
        shown = page.locator("#arrives-de")
        cut = await shown.evaluate("each => each.scrollHeight - each.clientHeight")
        card, key = await page.locator("#box-de").bounding_box(), await shown.locator(".key").last.bounding_box()
        colour = await shown.locator("a").first.evaluate("each => getComputedStyle(each).color")
    assert card
    assert key
    assert (cut, key["y"] + key["height"] < card["y"] + card["height"]) == (0, True)
    assert colour == "rgb(44, 90, 64)"


async def test_the_picture_is_seen_by_who_corrects(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 5)
    await desk.saves(text_de=GERMAN, released_de="yes", file=("x.jpg", picture()))
    await desk.look()
    it = await desk.has_sent()
    await desk.writes(de="Anders")
    page = await desk.office.read(f"{it}/correct")
    pictures = re.findall(rf'<img src="({desk.here}/file\?v=\d+)"', page)
    assert len(pictures) == 2
    assert (await desk.office.get(pictures[0])).headers["content-type"] == "image/jpeg"
    saved = await desk.saves(file=("y.jpg", picture((100, 100))))
    assert saved.status_code == 303
    [other] = re.findall(rf'<img src="({desk.here}/file\?v=\d+)"', await desk.office.read(f"{it}/correct"))
    assert other not in pictures, "the one that they will have"


async def test_the_picture_is_seen_by_who_translates(desk: Desk, visitor: Office, site: Site) -> None:
    await desk.saves(text_de=GERMAN, file=("x.jpg", picture()))
    await desk.look()
    await desk.saves(ask="ro")
    translator = await hire(site, "ioana", ("translate",))
    async with site.database.write() as connection:
        await set_translates(connection, staff_id=translator, languages=["ro"])
    await visitor.enter(site, translator)
    here = desk.here.replace("broadcasts", "desk") + "/ro"
    fields = {"text": "Sărbătorim", "seen": "x"}
    preview = await visitor.send(f"{here}/preview", fields, page=here)
    found = re.search(rf'<img src="({here}/file\?v=\d+)"', preview.text)
    assert found
    assert (await visitor.get(found[1])).headers["content-type"] == "image/jpeg"
    assert (await visitor.get(f"{desk.here}/file")).status_code == 403
    assert (await visitor.get(found[1].replace("/ro/", "/tr/"))).status_code == 403


# --- words ----------------------------------------------------------------------------------------------------------


async def test_the_hint_of_a_link_and_its_error_say_the_same(desk: Desk) -> None:
    assert "zum Beispiel www.auenstadt.de/fest" in plain(await desk.look())
    refused = await desk.saves(link_="kein Link")
    assert "Das ist keine Adresse einer Webseite. Bitte schreiben Sie sie so: www.auenstadt.de/fest" in plain(
        refused.text
    )
    assert "https://" not in plain(refused.text).partition("Link zu einer Webseite")[2].partition("Ort")[0]
    await desk.saves(link_="www.auenstadt.de/fest")
    assert 'value="https://www.auenstadt.de/fest"' in await desk.look()


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://a.de/(x)", "In der Adresse steht eine Klammer, ein Leerzeichen oder ein Anführungszeichen."),
        ("https://a.de/a b", "In der Adresse steht eine Klammer, ein Leerzeichen oder ein Anführungszeichen."),
        ("https://", "Darin fehlt eine Adresse, die mit https:// beginnt."),
        ("a.de", "Darin fehlt eine Adresse, die mit https:// beginnt."),
    ],
)
async def test_what_is_wrong_with_a_link_is_said(desk: Desk, link: str, words: str) -> None:
    await desk.saves(text_de=f"[Fest]({link})")
    assert words in box_of(await desk.look(), "de")


async def test_a_faulty_link_says_of_which_language_it_is(desk: Desk) -> None:
    refused = plain((await desk.saves(link_="kein Link", link_de="kein Link", link_ar="kein Link")).text)
    for begin in (" ", "Deutsch: ", "Arabisch: "):
        assert f"{begin}Das ist keine Adresse einer Webseite." in refused


async def test_the_button_says_whether_it_is_sent_or_planned(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 5)
    await desk.writes(de=GERMAN)
    there = f"{desk.here}/send"
    assert ">Nachricht senden</span>" in await desk.office.read(there)
    later = {"begin": "later", "wall": "2026-12-01T10:00"}
    for fields, words in (({"begin": "now"}, "senden"), (later, "planen"), ({"begin": "later"}, "planen")):
        part = (await desk.office.send(f"{there}/when", fields)).text
        assert f'<span id="begins" hx-swap-oob="innerHTML">Nachricht {words}</span>' in part
    assert ">Nachricht planen</span>" in (await desk.sends(begin="later", wall="2020-01-01T10:00")).text


async def test_a_text_that_is_changed_is_no_longer_called_released(desk: Desk) -> None:
    await desk.writes(de=GERMAN)
    async with opened(await desk.look()) as page:
        badge, tick = page.locator("#state-de"), page.get_by_label("Freigegeben (Deutsch)")
        await expect(badge).to_have_text("freigegeben")
        await page.locator("#text-de").press("x")
        await expect(badge).to_have_text("nicht mehr freigegeben")
        await expect(badge).to_have_class("kern-badge kern-badge--warning")
        await tick.check()
        await expect(badge).to_have_text("freigegeben")
        await expect(badge).to_have_class("kern-badge kern-badge--success")


async def test_a_list_without_messages_says_so(office: Office) -> None:
    assert "Es gibt noch keine." in plain(await office.read("/admin/broadcasts"))
