"""The log: what was done stands there, newest first, and names nobody but the staff."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from admin.access import Right
from admin.pages.audit import PAGE_SIZE, says
from admin.site import Site
from storage.models import Staff
from storage.services.audit import record
from tests.admin.office import Clock, Office
from tests.admin.papers import SQUARE, take_in

ROOT = Path(__file__).parents[2]


async def write(site: Site, action: str, *, staff_id: int | None = None, **detail: Any) -> None:
    async with site.database.write() as connection:
        await record(connection, town_id=site.town_id, staff_id=staff_id, action=action, now=site.now(), **detail)


async def test_an_entry_says_who_did_what_and_when(office: Office, site: Site) -> None:
    async with site.database.read() as connection:
        staff_id = (await connection.scalars(select(Staff.id))).one()
    await write(site, "rows.export", staff_id=staff_id, purpose="<b>Bericht</b> für den Rat")
    await write(site, "staff.add", name="maria")
    page = await office.read("/admin/audit")
    assert "Antworten wurden als Tabelle heruntergeladen." in page
    assert "Zweck: <bdi>&lt;b&gt;Bericht&lt;/b&gt; für den Rat</bdi>" in page
    assert "26. November 2026, 10:00 Uhr" in page
    assert page.index("Technik (Kommandozeile)") < page.index("Antworten wurden als Tabelle heruntergeladen.")


async def test_details_are_said_in_words_and_a_questionnaire_by_its_title(office: Office, site: Site) -> None:
    await take_in(office, SQUARE, "square.xlsx")
    await write(site, "rows.export", format="csv", labels="codes", rows=12)
    await write(site, "rows.export", labels="tr")
    await write(site, "rows.export", labels="written", purpose="command line")
    await write(site, "texts.show", read=5, shown=3)
    await write(site, "staff.add", name="otto", rights=["export", "manage"])
    await write(site, "staff.add", name="anna", rights=[])
    await write(site, "questionnaire.import", questionnaire=4711)
    page = await office.read("/admin/audit")
    assert "Ein Fragebogen wurde aufgenommen." in page
    assert "Datei: <bdi>square.xlsx</bdi>" in page
    for said in ("Fragebogen: <bdi>Was soll auf dem Platz passieren?</bdi>", "Fragebogen: <bdi>4711</bdi>"):
        assert said in page
    for said in ("Format: <bdi>CSV", "Beschriftung: <bdi>keine, nur Kürzel", "Zeilen: <bdi>12"):
        assert said in page
    for said in ("Gelesene Texte: <bdi>5", "Texte, die die Ergebnisse zeigen: <bdi>3"):
        assert said in page
    for said in ("Türkçe", "Beschriftungen, wie sie geschrieben sind"):
        assert f"Beschriftung: <bdi>{said}" in page
    assert "Rechte: <bdi>Antworten als Tabelle herunterladen, Umfragen und Nachrichten verwalten</bdi>" in page
    assert "Rechte: <bdi>keine</bdi>" in page
    assert "Zweck: <bdi>nicht angegeben (Kommandozeile)</bdi>" in page


async def test_details_without_words_are_shown_as_they_are_stored(office: Office, site: Site) -> None:
    await write(site, "moon.landing", crew=["maria", "<b>"], labels="xx", rights=["fly"])
    page = await office.read("/admin/audit")
    assert "crew: <bdi>maria, &lt;b&gt;</bdi>" in page
    assert "Beschriftung: <bdi>xx</bdi>" in page
    assert "Rechte: <bdi>fly</bdi>" in page


def test_every_action_that_is_written_into_the_log_has_a_sentence() -> None:
    found = {
        action
        for folder in ("admin", "storage")
        for path in (ROOT / folder).rglob("*.py")
        for action in re.findall(r'"((?:staff|questionnaire|survey|results|texts|rows)\.[a-z_]+)"', path.read_text())
        if path.name != "audit.py" and not {"migrations", "models"} & set(path.parts)
    }
    assert "rows.export" in found
    assert found <= says(str).keys()


async def test_an_action_without_words_is_shown_by_its_name(office: Office, site: Site) -> None:
    await write(site, "moon.landing")
    assert "moon.landing" in await office.read("/admin/audit")


async def test_the_newest_stand_first_and_older_ones_on_further_pages(office: Office, site: Site, clock: Clock) -> None:
    for number in range(PAGE_SIZE + 3):
        await write(site, f"entry.{number:03}")
        clock.move(timedelta(minutes=1))
    first = await office.read("/admin/audit")
    shown = re.findall(r"entry\.(\d+)", first)
    assert shown == [f"{number:03}" for number in range(PAGE_SIZE + 2, 2, -1)]
    older = re.search(r'href="(/admin/audit\?before=\d+)"', first)
    assert older
    second = await office.read(older[1])
    assert re.findall(r"entry\.(\d+)", second) == ["002", "001", "000"]
    assert "?before=" not in second.split("<main")[1]


async def test_a_strange_page_number_is_the_first_page(office: Office, site: Site) -> None:
    await write(site, "staff.add", name="maria")
    for text in ("", "x", "-1", "1.5", "²", "9" * 30, "1;drop"):
        assert "Ein Zugang wurde angelegt." in await office.read(f"/admin/audit?before={text}")


async def test_the_log_is_for_who_manages(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(update(Staff).values(rights=[Right.EXPORT]))
    assert (await office.get("/admin/audit")).status_code == 403
