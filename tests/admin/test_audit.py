"""The log: what was done stands there, newest first, and names nobody but the staff."""

from __future__ import annotations

import ast
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from admin.access import Right
from admin.pages.audit import PAGE_SIZE, says
from admin.site import Site
from storage.models import Contact, DeliveryState, Staff
from storage.queries.staff import Entry, list_entries
from storage.services.audit import record
from tests.admin.office import Clock, Office, hire
from tests.admin.papers import SQUARE, fields_of, take_in
from tests.admin.test_broadcasts import GERMAN, Desk
from tests.admin.townspeople import BOT, becomes, begin, ends, move_in

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


def test_every_action_that_is_written_into_the_log_has_a_sentence_and_no_other_has() -> None:
    """What the code writes: the words that it hands to whatever takes an ``action``, and those in rows of the bot."""
    trees = [
        ast.parse(path.read_text())
        for folder in ("admin", "bot", "storage", "wiring")
        for path in (ROOT / folder).rglob("*.py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    writing = {each.name for each in nodes if isinstance(each, FUNCTIONS) and "action" in names_of(each)}
    assert {"record", "note", "act"} <= writing
    found = {word for node in nodes for word in words_of(node, writing) if ACTION.fullmatch(word)}
    assert found == says(str).keys()


ACTION = re.compile(r"[a-z]+\.[a-z_]+")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def names_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    return {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}


def words_of(node: ast.AST, writing: set[str]) -> list[str]:
    """The words that a piece of code hands to one of these functions, or keeps as an action."""
    given: list[ast.expr | None] = []
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in writing:
            given = [*node.args, *(each.value for each in node.keywords)]
        case ast.Assign(targets=[ast.Name(id="action")]):
            given = [node.value]
        case ast.Dict():
            given = [value for key, value in zip(node.keys, node.values, strict=True) if is_text(key, "action")]
    return [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def is_text(node: ast.AST | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


@dataclass
class Log:
    """What comes into the log while somebody does something."""

    site: Site

    async def entries(self) -> list[Entry]:
        async with self.site.database.read() as connection:
            found = await list_entries(connection, town_id=self.site.town_id, before=None, limit=1000)
        return found[::-1]

    async def gains(self, deed: Awaitable[Any], *, staff: str = "maria") -> list[str]:
        """The new entries, each as its action with its details; all of them are of this person."""
        before = len(await self.entries())
        await deed
        new = (await self.entries())[before:]
        assert {each.name for each in new} <= {staff}
        return [" ".join([each.action, *(f"{name}={value}" for name, value in each.detail.items())]) for each in new]


@pytest.fixture
async def log(site: Site) -> Log:
    return Log(site)


@pytest.fixture
async def desk(office: Office) -> Desk:
    return await Desk.at(office)


async def test_what_is_done_to_a_message_before_it_is_sent_is_logged_once_and_what_is_refused_is_not(
    desk: Desk, site: Site, log: Log
) -> None:
    office, here = desk.office, desk.here

    async def asks() -> None:
        await office.send(here, {**desk.fields, "ask": "ro"}, files={"file": ("", b"")})

    assert await log.gains(asks()) == []  # there is nothing to translate
    await desk.writes(de=GERMAN)
    assert await log.gains(asks()) == ["broadcast.ask title=Sommerfest language=ro"]
    await desk.look()

    assert await log.gains(desk.aims()) == []  # as it is
    assert await log.gains(desk.aims(fallback_ar="de")) == ["broadcast.audience title=Sommerfest"]
    stale = {"seen": "0", "fallback-tr": "de"}
    assert await log.gains(office.send(f"{here}/audience", stale)) == []

    assert await log.gains(office.send(f"{here}/try")) == []  # no chat is linked
    async with site.database.write() as connection:
        await connection.execute(insert(Contact).values(id=999, town_id=site.town_id, bot_id=BOT, chat_id=999))
        await connection.execute(update(Staff).values(contact_id=999))
    assert await log.gains(office.send(f"{here}/try")) == ["broadcast.try title=Sommerfest"]
    assert await log.gains(office.send(f"{here}/try")) == []  # it is still on its way

    other = await Desk.at(office, "Entwurf")
    assert await log.gains(office.send(f"{other.here}/discard")) == ["broadcast.discard title=Entwurf"]
    assert await log.gains(office.send(f"{other.here}/discard")) == []  # it has gone
    await move_in(site, "de", 10)
    assert await log.gains(desk.has_sent()) == ["broadcast.send title=Sommerfest"]
    assert await log.gains(office.send(f"{here}/discard")) == []


async def test_what_is_done_about_a_sending_is_logged_once_and_what_is_refused_is_not(
    desk: Desk, site: Site, log: Log
) -> None:
    office, people = desk.office, await move_in(site, "de", 10)
    await desk.writes(de=GERMAN)
    await desk.has_sent()
    await begin(site, 1, {"de": people})

    async def does(what: str, fields: dict[str, Any] | None = None, *, number: int = 1) -> list[str]:
        return await log.gains(office.send(f"/admin/sendings/{number}/{what}", fields))

    async def is_unclear() -> None:
        await becomes(site, 1, people, DeliveryState.UNCERTAIN)
        await ends(site, 1)

    assert await does("resume") == []
    assert await does("pause") == ["sending.pause title=Sommerfest"]
    assert await does("pause") == []
    assert await does("resume") == ["sending.resume title=Sommerfest"]
    for what in ("leave", "resend"):  # nothing is unclear
        assert await does(what) == []
    await is_unclear()
    assert await does("cancel") == []
    assert await does("resend") == ["sending.resend title=Sommerfest"]
    assert await does("resend") == []
    await is_unclear()
    assert await does("leave") == ["sending.leave title=Sommerfest"]
    assert await does("leave") == []

    await becomes(site, 1, people, DeliveryState.SENT)
    await desk.writes(de="Wir feiern doch nicht.")
    form = fields_of(await office.read("/admin/sendings/1/correct"))
    assert await does("correct", {"seen": "0.0"}) == []
    assert await does("correct", form) == ["sending.correct title=Sommerfest"]
    assert await does("correct", form) == []
    assert await does("take-back") == []  # not understood
    assert await does("take-back", {"understood": "yes"}) == ["sending.take_back title=Sommerfest"]
    assert await does("take-back", {"understood": "yes"}) == []
    assert await does("cancel", number=3) == ["sending.cancel title=Sommerfest"]
    assert await does("cancel", number=3) == []


async def test_the_emergency_stop_and_the_settings_are_logged_once_and_what_changes_nothing_is_not(
    office: Office, log: Log
) -> None:
    assert await log.gains(office.send("/admin/go-on")) == []
    assert await log.gains(office.send("/admin/stop")) == ["bot.stop"]
    assert await log.gains(office.send("/admin/stop")) == []
    assert await log.gains(office.send("/admin/go-on")) == ["bot.go_on"]
    assert await log.gains(office.send("/admin/go-on")) == []
    rules = {"from": "21:00", "to": "07:30", "share": "3"}
    for faulty in ({"from": "25:00"}, {"to": ""}, {"share": "51"}):
        assert await log.gains(office.send("/admin/settings", {**rules, **faulty})) == []
    assert await log.gains(office.send("/admin/settings", rules)) == ["settings.change quiet=21:00–07:30 share=3"]


async def test_whose_right_is_missing_leaves_nothing_in_the_log(office: Office, site: Site, log: Log) -> None:
    desk = await Desk.at(office)
    await desk.writes(de=GERMAN)
    await move_in(site, "de", 10)
    form = await desk.form_to_send()
    await desk.has_sent()
    await office.enter(site, await hire(site, "clerk", (Right.EXPORT, Right.TRANSLATE)))
    deeds = {f"{desk.here}/{each}" for each in ("try", "discard", "audience", "send")} | {desk.here}
    deeds |= {f"/admin/sendings/1/{each}" for each in ("pause", "cancel", "correct", "take-back", "leave", "resend")}
    deeds |= {"/admin/stop", "/admin/settings"}
    fields = {**desk.fields, **form, "ask": "ro", "understood": "yes", "from": "21:00", "to": "07:00", "share": "3"}

    async def does(path: str) -> None:
        assert (await office.send(path, fields, page="/admin/profile")).status_code == 403, path

    for path in sorted(deeds):
        assert await log.gains(does(path)) == []


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


async def test_which_languages_somebody_translates_into_is_said_in_words(office: Office, site: Site) -> None:
    await write(site, "staff.translates", languages=["bg", "en"])
    await write(site, "staff.translates", languages=[])
    page = await office.read("/admin/audit")
    assert "Übersetzt in: <bdi>Български, English</bdi>" in page
    assert "Übersetzt in: <bdi>keine</bdi>" in page
