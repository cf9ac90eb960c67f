"""The manager's path in a browser: from a spreadsheet to results and rows, with residents who answer the real bot.

The demo runs as a newcomer starts it. Nothing is read from its database: what the pages and the exported file say is
compared with what the residents' scripts answered.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from storage.services.surveys import SMALLEST_GROUP
from tests.browser.bus_questionnaire import QUESTIONS, TITLES, workbook
from tests.browser.conftest import DESK, PHONE, Pages
from tests.browser.demo import Demo, sign_in
from tests.browser.qr import wrong_modules
from tests.browser.residents import Script, answer_all
from tests.browser.visitor import Visitor, keep_picture

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEP_MS = 15_000
NORTH, HARBOUR = "Nordstadt", "Hafenviertel"
TITLE = "Bus und Wege im Herbst"
BY_BUS, STOP_LACKS, AGE, WISH = QUESTIONS


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    async with Demo.running(tmp_path) as demo:
        yield demo


# --- who answers what -----------------------------------------------------------------------------------------------

WISHES = {
    "de": ('Ein Dach; und "Licht"', "0049 ist keine Linie", "=1+1", "Erste Zeile\nzweite Zeile"),
    "ar": ("مقاعد تحت الأشجار، ومكان آمن للأطفال 🌳",),
    "bg": ("Повече пейки пред блока",),
    "tr": ("Iğdır'daki gibi ılık bir durak",),
}
"""Free texts by language; who comes later in the list of residents of a language writes none."""
HOW_MANY = {("de", NORTH): 7, ("ar", NORTH): 5, ("tr", NORTH): 5, ("bg", HARBOUR): 6, ("de", HARBOUR): 6}


def scripts() -> list[Script]:
    """Residents in all groups, and each with another mixture of answers."""
    found: list[Script] = []
    for (language, area), number in HOW_MANY.items():
        wishes = iter(WISHES[language] if area == NORTH or language == "bg" else ())
        for place in range(number):
            often, lacks = list(BY_BUS.options), list(STOP_LACKS.options)
            answers: dict[str, tuple[str, ...]] = {
                "by_bus": (often[0 if area == NORTH and place % 3 else (place + len(found)) % 3],),
                "age_group": (list(AGE.options)[(place + len(language + area)) % 2],),
            }
            if place % 4:
                answers["stop_lacks"] = tuple(lacks[place % 3 :] if place % 2 else reversed(lacks[: place % 3 + 1]))
            if wish := next(wishes, ""):
                answers["wish"] = (wish,)
            found.append(Script(language, area, answers))
    return found


AMAL = Script(
    "ar",
    NORTH,
    {
        "by_bus": ("often",),
        "stop_lacks": ("bench", "light"),
        "age_group": ("16_to_40",),
        "wish": ("حافلة في المساء أيضًا",),
    },
)
EVERYBODY = [*scripts(), AMAL]


def percent(question: str, value: str, *, area: str | None = None) -> str:
    """The share of those who answered a question that chose a value, as the pages write it in German."""
    people = [each.answers[question] for each in EVERYBODY if question in each.answers and area in (None, each.area)]
    share = round(100 * sum(value in each for each in people) / len(people))
    return "fast alle" if share >= 95 else "kaum jemand" if share <= 5 else f"{share} %"


# --- the office -----------------------------------------------------------------------------------------------------


@dataclass
class Manager:
    """Somebody in the office, at a desk; what she sees is looked at in both widths."""

    page: Page

    async def goes(self, name: str) -> None:
        """Follow a link of the page itself, not of the menu."""
        await self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    async def presses(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def reads(self, text: str) -> None:
        await expect(self.page.get_by_role("main")).to_contain_text(text)

    async def looks(self, begin: str = "", **pictures: str) -> None:
        """Nothing is wider than a phone or a desk shows. ``desk`` and ``phone``: pictures that are to be kept.

        ``begin``: what stands at the top of a picture, as a selector; without it, the top of the page.
        """
        for kind, screen in (("phone", PHONE), ("desk", DESK)):
            await self.page.set_viewport_size(screen)
            assert await self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self.page.url
            if kind in pictures:
                place = self.page.locator(begin or "body").first
                await place.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 8)")
                await keep_picture(self.page, pictures[kind])

    def chart(self, question: str) -> Locator:
        """The card of a question on the page of results."""
        return self.page.locator("section.chart", has=self.page.get_by_role("heading", name=question, exact=True))

    async def share(self, question: str, answer: str) -> str:
        row = self.chart(question).get_by_role("row").filter(has=self.page.locator("th", has_text=answer))
        return " ".join((await row.locator("td.number").inner_text()).split())


async def test_from_a_spreadsheet_to_results_and_rows(demo: Demo, pages: Pages) -> None:
    pages.forgive("401 (Unauthorized)")  # who is not signed in is shown the form for it
    pages.forgive("422 (Unprocessable Entity)")  # a form that lacks something is shown again
    page = await pages.open(f"{demo.address}/admin", screen=DESK, locale="de-DE")
    page.set_default_timeout(STEP_MS)
    manager = Manager(page)
    await sign_in(page)
    await takes_a_questionnaire_in(manager)
    await makes_a_draft(manager)
    survey = page.url
    await tries_it_in_arabic(manager)
    await page.goto(survey)
    await opens_it(manager)
    codes = await prints_poster_and_card(manager, survey)

    await page.goto(survey)
    await manager.reads("weniger als 3")
    await answer_all(demo.address, [(each, codes[each.area]) for each in scripts()], QUESTIONS)
    await amal_answers(pages, f"{demo.address}/chat?bot=mitsprache_demo_bot&start={codes[NORTH]}")
    await watches_and_closes(manager)

    await reads_results(manager)
    await reads_results_in_arabic(manager)
    await reads_results_by_area(manager)
    await shows_what_one_has_written(manager)
    await page.goto(survey)
    rows = await exports_rows(manager)
    say_the_age_of_groups_alone(rows, Counter(as_in_the_file(each) for each in EVERYBODY))


async def takes_a_questionnaire_in(manager: Manager) -> None:
    page = manager.page
    await page.get_by_role("link", name="Fragebögen").click()
    await page.set_input_files("#file", {"name": "bus.xlsx", "mimeType": "", "buffer": workbook()})
    await manager.presses("Prüfen und aufnehmen")
    await manager.reads("Der Fragebogen ist in Ordnung und aufgenommen.")
    await manager.reads("vollständig: العربية, Български, Deutsch, Română, Türkçe")
    await manager.reads("nicht vorhanden: English")
    await expect(page.locator(".questions > li")).to_have_count(len(QUESTIONS))
    await manager.looks()


async def makes_a_draft(manager: Manager) -> None:
    page = manager.page
    await manager.goes("Umfrage daraus machen")
    for language, title in TITLES.items():
        await expect(page.locator(f"#title-{language}")).to_have_value(title)
    await page.fill("#title-de", TITLE)
    for area in (NORTH, HARBOUR):
        await page.get_by_label(area).check()
    await expect(page.get_by_label("Nein, einmal am Ende (empfohlen)")).to_be_checked()
    await manager.looks()
    await manager.presses("Als Entwurf speichern")
    await manager.reads("Noch wird niemand gefragt.")
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    await manager.looks()


async def tries_it_in_arabic(manager: Manager) -> None:
    page = manager.page
    await manager.goes("Ausprobieren")
    await page.get_by_role("button", name="العربية").click()
    now = page.locator("#now")
    await expect(now).to_contain_text(BY_BUS.words["ar"])
    await expect(now).to_have_css("direction", "rtl")
    await now.get_by_role("button", name="كثيرًا").click()
    await expect(now).to_contain_text(STOP_LACKS.words["ar"])
    await now.get_by_role("button", name="سقف").click()
    await expect(now.get_by_role("button", name="سقف")).to_have_attribute("aria-pressed", "true")
    stored = page.get_by_role("region", name="Was gespeichert würde")
    await expect(stored).to_contain_text(BY_BUS.options["often"]["de"])
    await expect(stored).to_contain_text(STOP_LACKS.options["roof"]["de"])
    await manager.looks(".phone", phone="trial-390.png")


async def opens_it(manager: Manager) -> None:
    await manager.goes("Umfrage öffnen")
    await manager.reads("Zurück zum Entwurf geht es nicht.")
    await manager.looks()
    await manager.presses("Jetzt öffnen")
    await manager.reads("Die Umfrage ist geöffnet.")


async def prints_poster_and_card(manager: Manager, survey: str) -> dict[str, str]:
    """Look at a sheet for each area; returns the codes that stand on them."""
    codes, page = {}, manager.page
    for area, size, picture in ((NORTH, "Plakat, A4", "poster-a4.png"), (HARBOUR, "Karte zum Verteilen, A6", "")):
        await page.goto(f"{survey}/poster")
        await page.get_by_label(area, exact=True).check()
        await page.get_by_label(size).check()
        await manager.looks()
        await manager.presses("Blatt anzeigen")
        link = await page.locator("figcaption").inner_text()
        await expect(page.locator(".sheet")).to_contain_text(TITLES["bg"])
        await expect(page.locator(".sheet")).to_contain_text(TITLE)
        await page.set_viewport_size({"width": 1280, "height": 1400})
        if picture:
            await keep_picture(page, picture, part=page.locator(".sheet"))
        await page.evaluate("document.querySelector('main').style.zoom = 2")  # a module is more than a pixel or two
        assert wrong_modules(await page.locator(".scan svg").screenshot(), f"http://{link}") == []
        await page.set_viewport_size(DESK)
        [codes[area]] = parse_qs(urlsplit(f"http://{link}").query)["start"]
    assert codes[NORTH] != codes[HARBOUR]
    return codes


async def amal_answers(pages: Pages, link: str) -> None:
    """One of the residents holds the chat page in her hands."""
    amal = await Visitor.at(pages, link, screen=PHONE, name="أمل", language="Arabic")
    await amal.taps("✅ نعم، أوافق")
    await amal.answers("هل عمركم 16 سنة أو أكثر؟", "نعم")
    await amal.answers(BY_BUS.words["ar"], "كثيرًا")
    await amal.ticks(STOP_LACKS.words["ar"], "مقعد", "إضاءة")
    await amal.taps("✔️ تم")
    await amal.answers(AGE.words["ar"], "من 16 إلى 40 سنة")
    await amal.is_asked(WISH.words["ar"])
    await amal.writes(AMAL.answers["wish"][0])
    await amal.answers("إجاباتكم", "✅ إرسال إجاباتي")
    await amal.reads("شكرًا لكم! وصلتنا إجاباتكم.")


async def watches_and_closes(manager: Manager) -> None:
    page = manager.page
    await manager.reads(f"etwa {5 * round(len(EVERYBODY) / 5)} Menschen haben zu Ende geantwortet")
    await manager.page.reload()
    await manager.looks(desk="survey-1280.png")
    await manager.goes("Umfrage schließen")
    await manager.reads("Der Schlüssel, der Antworten mit Menschen verbindet, wird vernichtet")
    await manager.looks()
    tick = page.get_by_label("Ich habe verstanden, dass sich das nicht rückgängig machen lässt.")
    await manager.presses("Endgültig schließen")
    await expect(tick).to_be_focused()  # the browser itself asks for it: nothing is sent that "back" would send again
    assert (await tick.evaluate("each => each.validationMessage")).startswith("Bitte setzen Sie dieses Häkchen")
    await tick.check()
    await manager.presses("Endgültig schließen")
    await manager.reads("Die Umfrage ist geschlossen. Das sind die Ergebnisse.")


async def reads_results(manager: Manager) -> None:
    await manager.reads(f"{len(EVERYBODY)} Menschen haben mitgemacht")
    for question in (BY_BUS, STOP_LACKS, AGE):
        for value, words in question.options.items():
            assert await manager.share(question.words["de"], words["de"]) == percent(question.name, value), value
    for bar, svg in await places_of_bars(manager, BY_BUS.words["de"]):
        assert bar["x"] == pytest.approx(svg["x"], abs=1)
    await manager.page.reload()
    await manager.looks(desk="results-1280.png")


async def reads_results_in_arabic(manager: Manager) -> None:
    page = manager.page
    await page.get_by_role("link", name="العربية").click()
    chart = manager.chart(BY_BUS.words["ar"])
    await expect(chart.get_by_role("heading")).to_have_css("direction", "rtl")
    await expect(chart.locator("table.bars")).to_have_css("direction", "rtl")
    for value, words in BY_BUS.options.items():
        assert await manager.share(BY_BUS.words["ar"], words["ar"]) == percent("by_bus", value)
    for bar, svg in await places_of_bars(manager, BY_BUS.words["ar"]):
        assert bar["x"] + bar["width"] == pytest.approx(svg["x"] + svg["width"], abs=1)
    row = chart.get_by_role("row").nth(1)
    await expect(row.locator("td.number span")).to_have_css("direction", "ltr")  # 67 %, not % 67
    label, number = await row.locator("th").bounding_box(), await row.locator("td.number").bounding_box()
    assert label is not None
    assert number is not None
    assert label["x"] > number["x"]
    await manager.looks(".switches", phone="results-arabic-390.png")


async def places_of_bars(manager: Manager, question: str) -> list[tuple[dict[str, float], dict[str, float]]]:
    """Where the bars of a chart are, each with the place that it may fill; hardly anyone has none."""
    found: list[tuple[dict[str, float], dict[str, float]]] = (
        await manager.chart(question)
        .locator("svg.bar")
        .evaluate_all(
            "all => all.filter(each => each.querySelector('.share')).map(each => ["
            "each.querySelector('.share').getBoundingClientRect().toJSON(),"
            " each.getBoundingClientRect().toJSON()])"
        )
    )
    assert found
    return found


async def reads_results_by_area(manager: Manager) -> None:
    page = manager.page
    await page.get_by_role("link", name="Deutsch").click()
    await page.get_by_role("link", name="Nach Gebiet").click()
    groups = page.get_by_role("region", name="Nach Gebiet")
    for area in (NORTH, HARBOUR):
        row = groups.get_by_role("row").filter(has_text=area)
        await expect(row.locator(".number")).to_have_text(str(sum(each.area == area for each in EVERYBODY)))
    shown = [" ".join(each.split()) for each in await manager.chart(BY_BUS.words["de"]).locator("tr").all_inner_texts()]
    for (value, words), area in product(BY_BUS.options.items(), (NORTH, HARBOUR)):
        place = shown.index(words["de"])
        assert f"{area} {percent('by_bus', value, area=area)}" in shown[place : place + 3]
    await manager.looks()


async def shows_what_one_has_written(manager: Manager) -> None:
    page = manager.page
    await manager.goes("Antworten in eigenen Worten lesen und zum Zeigen auswählen")
    [wanted] = AMAL.answers["wish"]
    await expect(page.get_by_role("checkbox")).to_have_count(sum("wish" in each.answers for each in EVERYBODY))
    await page.get_by_label(wanted).check()
    await manager.looks()
    await manager.presses("Speichern und zu den Ergebnissen")
    await expect(page.locator(".said li")).to_have_text([wanted])
    await expect(page.locator(".said li")).to_have_css("direction", "rtl")


async def exports_rows(manager: Manager) -> Counter[tuple[str, ...]]:
    """Download the rows; returns what stands in them: language, area, then the answers in the questionnaire's order."""
    page = manager.page
    await manager.goes("Antworten als Tabelle herunterladen")
    await manager.presses("Herunterladen")
    await manager.reads("Bitte schreiben Sie mit mindestens 10 Zeichen")
    await page.fill("#purpose", "Bericht an den Stadtrat")
    await page.locator('input[name="labels"][value="codes"]').check()
    await manager.looks()
    async with page.expect_download() as started:
        await manager.presses("Herunterladen")
    content = (await (await started.value).path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    wanted = [header.index(name) for name in ("_language", "_area", *(each.name for each in QUESTIONS))]
    await page.get_by_role("link", name="Protokoll").click()
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Bericht an den Stadtrat")
    return Counter(tuple(row[place] for place in wanted) for row in rows)


WISH_AT = 2 + [each.name for each in QUESTIONS].index("wish")
"""Where what somebody wrote stands in a row."""
AGE_AT = 2 + QUESTIONS.index(AGE)
"""Where the age stands in a row, behind language and area."""


def say_the_age_of_groups_alone(rows: Counter[tuple[str, ...]], answered: Counter[tuple[str, ...]]) -> None:
    """Everything is in the rows, but for the age of those who are few in their area and language."""

    def without_age(rows: Counter[tuple[str, ...]]) -> Counter[tuple[str, ...]]:
        return Counter((*row[:AGE_AT], *row[AGE_AT + 1 :]) for row in rows.elements())

    assert without_age(rows) == without_age(answered)
    told = Counter({row: number for row, number in rows.items() if row[AGE_AT]})
    assert told <= answered
    groups = Counter((row[0], row[1], row[AGE_AT]) for row in rows.elements())
    assert all(number >= SMALLEST_GROUP for number in groups.values())


def as_in_the_file(script: Script) -> tuple[str, ...]:
    """A resident's row as it must stand in the file: of what people wrote, only what the manager has released."""
    row = list(script.row(QUESTIONS))
    if row[WISH_AT] not in AMAL.answers["wish"]:
        row[WISH_AT] = ""
    return tuple(row)


async def test_a_page_that_asks_another_host_does_not_go_unseen(pages: Pages) -> None:
    await pages.open("data:text/html,<img src='http://elsewhere.invalid/look.png'>")
    assert "a request to another host: http://elsewhere.invalid/look.png" in pages.unforgiven
    pages.forgive("elsewhere.invalid")
    pages.forgive("Failed to load resource")
