"""The profile: the code that links one's own chat, its end, and the languages of a mediator."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import segno
from sqlalchemy import insert, select, update

from admin.site import NoLinkYetError, Site
from storage.database import Database
from storage.models import Contact, Staff, StaffLink
from storage.queries.desk import find_codes
from storage.queries.staff import digest
from tests.admin.office import Clock, Office, hire, new_site
from tests.admin.test_posters import modules

PROFILE = "/admin/profile"


async def staff(site: Site) -> Any:
    async with site.database.read() as connection:
        return (await connection.execute(select(Staff))).one()


async def links(site: Site) -> list[Any]:
    async with site.database.read() as connection:
        return list(await connection.execute(select(StaffLink)))


async def link(site: Site) -> None:
    """Let a chat belong to the only one of the staff."""
    async with site.database.write() as connection:
        await connection.execute(
            insert(Contact).values(id=5, town_id=site.town_id, bot_id=1, chat_id=77, resident_id=None, prompt=0)
        )
        await connection.execute(update(Staff).values(contact_id=5, translating_into="ro:00000000"))


async def code(office: Office) -> tuple[str, str]:
    """Make a code; returns it and the page that shows it."""
    answer = await office.send(f"{PROFILE}/code", page=PROFILE)
    assert answer.status_code == 200
    found = re.search(r'href="https://t\.me/the_bot\?start=(staff-[A-Za-z0-9_-]+)"', answer.text)
    assert found
    return found[1], answer.text


async def test_a_code_is_shown_as_link_and_drawn_and_only_its_digest_is_kept(office: Office, site: Site) -> None:
    page = await office.read(PROFILE)
    assert "Mit Ihrem Zugang ist noch kein Chat verbunden." in page
    made, page = await code(office)
    assert len(made) <= 64
    assert modules(page) == [list(row) for row in segno.make(site.link(made), error="q", micro=False).matrix]
    [row] = await links(site)
    assert bytes(row.digest) == digest(made)
    assert row.ends_at == site.now() + timedelta(minutes=15)
    assert "staff-" not in await office.read(PROFILE)


async def test_only_the_latest_code_works_and_not_for_long(office: Office, site: Site, clock: Clock) -> None:
    first, _ = await code(office)
    second, _ = await code(office)

    async def works() -> list[str]:
        async with site.database.read() as connection:
            found = await find_codes(connection, town_id=site.town_id, codes=[first, second], now=site.now())
        return list(found)

    assert await works() == [second]
    clock.move(timedelta(minutes=15))
    assert await works() == []


async def test_a_linked_chat_is_shown_and_can_be_unlinked(office: Office, site: Site) -> None:
    await link(site)
    await code(office)
    page = await office.read(PROFILE)
    assert "Mit Ihrem Zugang ist ein Chat verbunden." in page
    assert "77" not in re.sub(r"<[^>]*>", "", page)
    answer = await office.send(f"{PROFILE}/unlink", page=PROFILE)
    assert answer.status_code == 303
    held = await staff(site)
    assert (held.contact_id, held.translating_into) == (None, None)
    assert await links(site) == []
    page = await office.read(PROFILE)
    assert "Ihr Chat ist nicht mehr verbunden." in page
    assert "noch kein Chat verbunden" in page
    assert (await office.send(f"{PROFILE}/unlink", page=PROFILE)).status_code == 303
    log = (await office.read("/admin/audit")).partition("<tbody")[2]
    assert log.count("Die Verbindung eines Chats mit einem Zugang wurde gelöst.") == 1, (
        "once: then there was nothing to unlink"
    )
    assert "Name: <bdi>maria</bdi>" in log


async def test_without_the_bots_address_there_is_no_code(database: Database) -> None:
    site = await new_site(database)

    def unknown(_code: str) -> str:
        raise NoLinkYetError

    object.__setattr__(site, "link", unknown)
    somebody = await hire(site)
    async with Office.at(site) as office:
        await office.enter(site, somebody)
        answer = await office.send(f"{PROFILE}/code", page=PROFILE)
        assert answer.status_code == 303
        assert "Die Adresse des Bots ist noch nicht bekannt." in await office.read(PROFILE)
    assert await links(site) == []


async def test_languages_are_chosen_by_who_may_translate(visitor: Office, site: Site) -> None:
    await visitor.enter(site, await hire(site, "ioana", ("translate",)))
    answer = await visitor.send(f"{PROFILE}/languages", {"language": ["tr", "ro", "xx", "ro"]}, page=PROFILE)
    assert answer.status_code == 303
    assert (await staff(site)).translates == ["ro", "tr"]
    page = unescape(await visitor.read(PROFILE))
    assert re.findall(r'value="(\w\w)" checked', page) == ["ro", "tr"]
    await visitor.send(f"{PROFILE}/languages", {}, page=PROFILE)
    assert (await staff(site)).translates == []


async def test_who_may_not_translate_chooses_no_languages(visitor: Office, site: Site) -> None:
    await visitor.enter(site, await hire(site, "clerk", ("export",)))
    assert "Sprachen, in die Sie übersetzen" not in await visitor.read(PROFILE)
    answer = await visitor.send(f"{PROFILE}/languages", {"language": "ro"}, page=PROFILE)
    assert answer.status_code == 403
    assert (await staff(site)).translates == []


async def test_the_menu_leads_to_the_profile(office: Office) -> None:
    assert '<li><a href="/admin/profile"' in await office.read("/admin")
