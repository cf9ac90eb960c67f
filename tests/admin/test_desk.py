"""The translation desk in the admin: what waits in one's languages, writing it, releasing it, and who is quicker."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select

from admin.site import Site
from storage.models import AuditEntry, BroadcastText
from storage.services.broadcasts import ask_for_translation, discard_broadcast, draft_broadcast, put_text
from storage.services.staff import set_translates
from tests.admin.office import Office, heading, hire

DESK = "/admin/desk"
GERMAN = "Kommen Sie zum **Fest** in {Quartier}, <b>alle</b>."


async def broadcast(site: Site, *asked: str, title: str = "Fest <1>", german: str = GERMAN) -> int:
    async with site.database.write() as connection:
        number = await draft_broadcast(connection, town_id=site.town_id, title=title, now=site.now())
        await put_text(
            connection, town_id=site.town_id, broadcast_id=number, language="de", text=german, released_by=None
        )
        await ask_for_translation(
            connection, town_id=site.town_id, broadcast_id=number, languages=list(asked or ("ro",)), now=site.now()
        )
    return number


async def write(site: Site, number: int, text: str, *, released_by: int | None = None, language: str = "ro") -> None:
    """What a colleague does."""
    async with site.database.write() as connection:
        await put_text(
            connection,
            town_id=site.town_id,
            broadcast_id=number,
            language=language,
            text=text,
            released_by=released_by,
        )


async def held(site: Site, number: int, language: str = "ro") -> Any:
    async with site.database.read() as connection:
        return (
            await connection.execute(
                select(BroadcastText).where(BroadcastText.broadcast_id == number, BroadcastText.language == language)
            )
        ).one()


@pytest.fixture
async def ioana(site: Site) -> int:
    """A mediator for Romanian, and nothing else."""
    staff_id = await hire(site, "ioana", ("translate",))
    async with site.database.write() as connection:
        await set_translates(connection, staff_id=staff_id, languages=["ro"])
    return staff_id


@pytest.fixture
async def desk(visitor: Office, site: Site, ioana: int) -> Office:
    await visitor.enter(site, ioana)
    return visitor


async def save(desk: Office, number: int, text: str, *, release: bool = False, page: str = "") -> Response:
    """Send the form as ``page`` drew it, else as it is drawn now."""
    here = f"{DESK}/{number}/ro"
    drawn = page or await desk.read(here)
    seen = re.search(r'name="seen" value="(\w+)"', drawn)
    assert seen
    return await desk.send(here, {"text": text, "seen": seen[1], **({"release": "yes"} if release else {})}, page=here)


async def test_a_mediator_sees_the_desk_and_nothing_of_the_managers(desk: Office, site: Site) -> None:
    page = await desk.read(DESK)
    assert re.findall(r'<li><a href="(/admin[^"]*)"', page) == ["/admin", "/admin/desk", "/admin/profile"]
    assert "Zurzeit wartet kein Text auf Sie." in page
    number = await broadcast(site)
    for path in ("/admin/broadcasts", f"/admin/broadcasts/{number}", "/admin/surveys", "/admin/audit"):
        assert (await desk.get(path)).status_code == 403


async def test_only_texts_in_ones_languages_wait(desk: Office, site: Site) -> None:
    number = await broadcast(site, "ro", "tr")
    page = await desk.read(DESK)
    assert re.findall(rf'href="({DESK}/[^"]+)"', page) == [f"{DESK}/{number}/ro"]
    assert "Fest &lt;1&gt;" in page
    assert (await desk.get(f"{DESK}/{number}/tr")).status_code == 403
    assert (await desk.send(f"{DESK}/{number}/tr", {"text": "Gelin", "seen": ""}, page=DESK)).status_code == 403
    assert (await held(site, number, "tr")).text == ""


async def test_who_has_chosen_no_language_is_led_to_the_profile(office: Office, site: Site) -> None:
    await broadcast(site)
    page = await office.read(DESK)
    assert "Wählen Sie zuerst aus, in welche Sprachen Sie übersetzen." in page


async def test_the_source_stands_beside_the_box_as_it_is_written(desk: Office, site: Site) -> None:
    number = await broadcast(site)
    page = await desk.read(f"{DESK}/{number}/ro")
    assert GERMAN in unescape(page)
    assert "<b>alle</b>" not in page
    assert '<code dir="ltr">{Quartier}</code>' in page
    assert re.search(r'<textarea id="text"[^>]*lang="ro" dir="ltr"', page)


async def test_a_text_is_saved_as_a_draft_and_released(desk: Office, site: Site, ioana: int) -> None:
    number = await broadcast(site)
    assert (await save(desk, number, "Veniți la **sărbătoare**!")).status_code == 303
    row = await held(site, number)
    assert (row.text, row.released) == ("Veniți la **sărbătoare**!", False)
    page = await desk.read(f"{DESK}/{number}/ro")
    assert "<b>sărbătoare</b>" in page
    assert "ein Entwurf liegt vor" in await desk.read(DESK)
    answer = await save(desk, number, "Veniți la **sărbătoare**!", release=True)
    assert answer.headers["location"] == DESK
    row = await held(site, number)
    assert (row.released, row.released_by) == (True, ioana)
    assert "Zurzeit wartet kein Text auf Sie." in await desk.read(DESK)
    async with site.database.read() as connection:
        entry = (await connection.execute(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert entry is not None
    assert (entry.action, entry.staff_id, entry.detail) == (
        "broadcast.release",
        ioana,
        {"title": "Fest <1>", "language": "ro"},
    )


async def test_the_log_says_it_in_words(office: Office, desk: Office, site: Site) -> None:
    number = await broadcast(site)
    await save(desk, number, "Veniți!", release=True)
    manager = await hire(site, "anna")
    await desk.enter(site, manager)
    page = await desk.read("/admin/audit")
    assert "Eine Übersetzung wurde freigegeben." in page
    assert "Română" in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Der Text ist leer."),
        ("Veniți la {cartier}", "{cartier}"),
        ("x" * 4097, "Der Text ist um 1 Zeichen zu lang."),
    ],
)
async def test_what_cannot_be_sent_is_not_released_and_stays_in_the_box(
    desk: Office, site: Site, text: str, why: str
) -> None:
    number = await broadcast(site)
    answer = await save(desk, number, text, release=True)
    assert answer.status_code == 422
    assert "Noch nicht freigegeben und nicht gespeichert" in answer.text
    assert why in unescape(answer.text)
    assert f">\n{text}</textarea>" in unescape(answer.text)
    assert not (await held(site, number)).released


@pytest.mark.parametrize("release", [False, True])
async def test_who_is_slower_sees_both_texts_and_overwrites_only_knowingly(
    desk: Office, site: Site, release: bool
) -> None:
    number = await broadcast(site)
    page = await desk.read(f"{DESK}/{number}/ro")
    await write(site, number, "De la altcineva")
    answer = await save(desk, number, "Al meu", release=release, page=page)
    assert answer.status_code == 409
    assert "De la altcineva" in answer.text
    assert ">\nAl meu</textarea>" in answer.text
    assert (await held(site, number)).text == "De la altcineva"
    assert (await save(desk, number, "Al meu", release=release, page=answer.text)).status_code == 303
    row = await held(site, number)
    assert (row.text, row.released) == ("Al meu", release)


async def test_what_was_released_meanwhile_is_not_taken_back_unseen(desk: Office, site: Site, ioana: int) -> None:
    number = await broadcast(site)
    await write(site, number, "Veniți")
    page = await desk.read(f"{DESK}/{number}/ro")
    await write(site, number, "Veniți", released_by=ioana)
    assert (await save(desk, number, "Veniți!", page=page)).status_code == 409
    assert (await held(site, number)).released


async def test_a_form_that_is_sent_twice_is_kept_once(desk: Office, site: Site) -> None:
    number = await broadcast(site)
    page = await desk.read(f"{DESK}/{number}/ro")
    for _ in range(2):
        assert (await save(desk, number, "Veniți!", release=True, page=page)).status_code == 303
    async with site.database.read() as connection:
        entries = (await connection.execute(select(AuditEntry))).all()
    assert len(entries) == 1


async def test_a_message_that_is_gone_or_not_asked_for_is_not_found(desk: Office, site: Site) -> None:
    number = await broadcast(site, "tr")
    for path in (f"{DESK}/{number}/ro", f"{DESK}/999/ro", f"{DESK}/{number}/fr", f"{DESK}/x/ro"):
        assert (await desk.get(path)).status_code == 404, path
    number = await broadcast(site)
    page = await desk.read(f"{DESK}/{number}/ro")
    async with site.database.write() as connection:
        await discard_broadcast(connection, town_id=site.town_id, broadcast_id=number)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    answer = await desk.send(f"{DESK}/{number}/ro", {"text": "Veniți", "seen": seen[1]}, page=DESK)
    assert answer.status_code == 404
    assert heading(answer)


async def test_the_preview_says_how_it_arrives(desk: Office, site: Site) -> None:
    number = await broadcast(site)
    here = f"{DESK}/{number}/ro"
    answer = await desk.send(f"{here}/preview", {"text": "Veniți la **noi** în {area} și {cartier}"}, page=here)
    assert answer.status_code == 200
    assert "<b>noi</b>" in answer.text
    assert "Nordstadt" in answer.text
    assert "{cartier}" in answer.text
    assert "Fehlt noch in Ihrem Text" not in answer.text
    assert (await held(site, number)).text == ""


async def test_what_the_text_lacks_is_named_before_it_is_released(desk: Office, site: Site) -> None:
    number = await broadcast(site)
    here = f"{DESK}/{number}/ro"
    assert "Fehlt noch in Ihrem Text" not in await desk.read(here)  # nothing is written: nobody is reproached
    answer = await desk.send(f"{here}/preview", {"text": "Veniți la petrecere"}, page=here)
    assert re.search(r"Fehlt noch in Ihrem Text:\s*<code[^>]*>\{Quartier\}</code>", answer.text)
    assert (await save(desk, number, "Veniți la petrecere", release=True)).status_code == 303  # it may be meant
