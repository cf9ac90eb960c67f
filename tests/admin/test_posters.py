"""Posters and cards: one code a survey and area, drawn exactly, in six languages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import segno
from sqlalchemy import insert, select, update

from admin.pages.posters import QUIET_ZONE, code_of
from admin.site import Site
from dialogues.markup import plain_text
from dialogues.poster import words
from dialogues.texts import LANGUAGES
from storage.models import Area, Link, Survey, SurveyState
from tests.admin.office import Clock, Office
from tests.admin.papers import TWO_LANGUAGES, draft, open_up
from tests.admin.test_broadcasts import plain

ON_ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is said rather than stored."""
LINK = "https://t.me/the_bot?start=AbCdEfGhIjKl"


async def links(site: Site) -> list[tuple[str, int | None, int | None]]:
    async with site.database.read() as connection:
        rows = await connection.execute(select(Link.code, Link.area_id, Link.survey_id).order_by(Link.id))
        return [(row[0], row[1], row[2]) for row in rows]


async def make(office: Office, where: str, area: str = "1", size: str = "a4") -> str:
    """Choose a sheet; returns its address."""
    answer = await office.send(f"{where}/poster", {"area": area, "size": size}, page=f"{where}/poster")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def modules(svg: str) -> list[list[int]]:
    """The dark modules of a code, read back from its drawing, without the quiet zone."""
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    drawn = [[0] * size for _ in range(size)]
    x, y = 0.0, 0.0
    for command, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", max(re.findall(r' d="([^"]+)"', svg), key=len)
    ):
        if command == "h":
            for column in range(int(x), int(x) + int(first)):
                drawn[int(y)][column] = 1
            x += float(first)
        elif command == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    assert not any(any(row) for row in drawn[:QUIET_ZONE] + drawn[-QUIET_ZONE:])
    return [row[QUIET_ZONE:-QUIET_ZONE] for row in drawn[QUIET_ZONE:-QUIET_ZONE]]


def headline(page: str) -> str:
    """What stands largest above all languages, with its own language and direction."""
    found = re.findall(r'<h1 lang="(..)" dir="(...)">(.*?)</h1>', page)
    return " ".join(found[0]).replace("\u2068", "").replace("\u2069", "")


def test_the_code_is_drawn_as_it_is_with_white_around_it() -> None:
    code = segno.make(LINK, error="q", micro=False)
    assert code.error in {"Q", "H"}
    assert modules(code_of(LINK)) == [list(row) for row in code.matrix]


async def test_a_poster_carries_the_link_of_its_survey_and_area(office: Office, site: Site) -> None:
    where = await draft(office, area=["1"])
    await open_up(office, where)
    sheet = await make(office, where)
    assert sheet == f"{where}/poster?area=1&size=a4"
    code, *aim = (await links(site))[0]
    assert aim == [1, 1]
    page = await office.read(sheet)
    assert modules(page) == [list(row) for row in segno.make(site.link(code), error="q", micro=False).matrix]
    assert f"t.me/the_bot?start={code}</figcaption>" in page
    assert f'role="img" aria-label="QR-Code, der zu t.me/the_bot?start={code} führt"' in page


async def test_the_same_sheet_has_the_same_code_and_another_area_another(office: Office, site: Site) -> None:
    where = await draft(office)
    await make(office, where, "1")
    await make(office, where, "1", "a6")
    await make(office, where, "2")
    await make(office, where, "all")
    assert [aim for _, *aim in await links(site)] == [[1, 1], [2, 1], [None, 1]]


async def test_what_was_made_is_listed_with_its_address_to_copy(office: Office, site: Site) -> None:
    where = await draft(office)
    await make(office, where, "2")
    page = unescape(await office.read(f"{where}/poster"))
    assert f'<code dir="ltr">{site.link((await links(site))[0][0])}</code>' in page
    assert f'href="{where}/poster?area=2&size=a6"' in page
    assert f'href="{where}/poster?area=1&size=a6"' not in page


async def test_looking_alone_makes_no_code(office: Office, site: Site) -> None:
    where = await draft(office)
    for query in ("", "?area=1&size=a4", "?area=all&size=a6", "?area=x&size=y"):
        assert "Wo wird es hängen?" in await office.read(f"{where}/poster{query}")
    assert await links(site) == []


async def test_a_poster_speaks_six_languages_each_in_its_direction(office: Office, site: Site) -> None:
    where = await draft(office)
    for size in ("a4", "a6", "cards"):
        page = unescape(await office.read(await make(office, where, size=size)))
        for language in LANGUAGES:
            said = words(site.texts.speak(language), title="")
            part = re.search(rf'<section lang="{language}" dir="(ltr|rtl)">(.*?)</section>', page, re.S)
            assert part is not None
            assert part[1] == ("rtl" if language == "ar" else "ltr")
            for text in (said.call, said.how, said.promise):
                assert plain_text(text) in part[2]
        assert unescape(headline(page)) == "de ltr Was soll auf dem Platz passieren?"
        assert "Was soll auf dem Platz passieren?" in page
        assert "Meydanda ne olsun?" in page
        assert "Quartiersbüro Nordstadt" in page


async def test_a_poster_can_hang_in_every_area_that_is_asked_and_in_no_other(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(
            insert(Area).values(town_id=site.town_id, parent_id=1, name="Lindenstraße", position=0)
        )
    where = await draft(office, area=["1"])
    page = await office.read(f"{where}/poster")
    assert re.findall(r'name="area" id="[^"]+" value="([^"]+)"', page) == ["1", "3", "all"]
    assert await make(office, where, "2") == f"{where}/poster"
    assert await links(site) == []


async def test_a_language_without_a_title_gets_none_and_the_page_says_so(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    page = await office.read(f"{where}/poster")
    assert re.search(r'lang="bg">Български</bdi>.*: Dort nennt das Blatt keinen Titel', page, re.S)
    sheet = unescape(await office.read(await make(office, where)))
    parts = dict(re.findall(r'<section lang="(..)"[^>]*>(.*?)</section>', sheet, re.S))
    assert {language for language, part in parts.items() if 'class="about"' in part} == {"de", "ar"}
    assert headline(sheet) == "de ltr Wohnen im Viertel"
    assert "Wohnen im Viertel" not in parts["de"]
    whole = await draft(office)
    assert "Dort nennt das Blatt keinen Titel" not in await office.read(f"{whole}/poster")


async def test_that_a_code_tells_where_somebody_lives_is_said_of_what_is_smaller_than_a_quarter(
    office: Office, site: Site
) -> None:
    where = await draft(office, area=["1"])
    assert "wo jemand wohnt" not in await office.read(f"{where}/poster")
    async with site.database.write() as connection:
        await connection.execute(
            insert(Area).values(town_id=site.town_id, parent_id=1, name="Lindenstraße 5", position=0)
        )
    page = await office.read(f"{where}/poster")
    assert "wo jemand wohnt" in page
    assert re.findall(r'value="(\d+)" aria-describedby="small"', page) == ["3"]


async def test_titles_are_text_and_nothing_else(office: Office) -> None:
    title: dict[str, Any] = {"title-de": "<b>Platz</b> & mehr"}
    where = await draft(office, **title)
    page = await office.read(await make(office, where))
    assert "&lt;b&gt;Platz&lt;/b&gt; &amp; mehr" in page
    assert "<b>Platz" not in page


async def test_a_poster_says_when_the_survey_begins_and_that_its_time_is_over(office: Office, clock: Clock) -> None:
    where = await draft(office, opens="2026-12-01T10:00", closes="2026-12-02T10:00")
    await open_up(office, where)
    hint = "Sie beginnt am 1. Dezember 2026, 10:00 Uhr. Hängen Sie das Plakat erst dann auf."
    sheet = await make(office, where)
    assert hint in await office.read(f"{where}/poster")
    assert hint in await office.read(sheet)
    clock.move(timedelta(days=5, hours=2))
    await office.sign_in()
    assert "Hängen Sie" not in await office.read(f"{where}/poster")
    clock.move(timedelta(days=2))
    await office.sign_in()
    for page in (f"{where}/poster", sheet):
        assert "Die Zeit der Umfrage ist abgelaufen" in await office.read(page)


@ON_ONE_DATABASE
async def test_a_poster_names_the_last_day_on_which_one_can_answer(office: Office) -> None:
    where = await draft(office, closes="2026-12-03T00:00")
    page = plain(await office.read(await make(office, where)))
    assert "Letzter Tag: 2. Dezember" in page
    assert "آخر يوم: 2 كانون الأول (ديسمبر)" in page
    assert "Letzter Tag" not in plain(await office.read(await make(office, await draft(office))))


async def test_a_closed_survey_gets_no_poster(office: Office, site: Site) -> None:
    where = await draft(office)
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(state=SurveyState.CLOSED))
    assert "Ein Plakat würde ins Leere führen." in await office.read(f"{where}/poster")
    assert await make(office, where) == f"{where}/poster"
    assert await links(site) == []
