"""The front page, the overview, and what every answer of the admin has in common."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import insert

from admin.app import create_admin
from admin.site import NoLinkYetError, Site, local_path
from storage.database import Database
from storage.models import InboxState, InboxUpdate
from storage.services.towns import found_town
from tests.admin.office import Office, heading, hire, new_site

STATIC = Path(__file__).parents[2] / "admin" / "static"


async def test_the_front_page_leads_to_the_chat_and_the_office(database: Database) -> None:
    async with Office.at(await new_site(database, chat="/chat?start=abc", is_sample=True)) as visitor:
        page = await visitor.read("/")
        assert 'href="/chat?start=abc"' in page
        assert 'href="/admin"' in page
        assert "Beispieldaten" in page


async def test_sample_data_says_so_on_every_page_and_errors_too(database: Database) -> None:
    site = await new_site(database, is_sample=True)
    await hire(site)
    async with Office.at(site) as office:
        await office.sign_in()
        for path in ("/", "/admin", "/admin/audit", "/nowhere", "/admin/nowhere"):
            assert "Beispieldaten: Stadt und Menschen sind erfunden." in (await office.get(path)).text


async def test_a_real_town_is_no_sample(office: Office) -> None:
    assert "Beispieldaten" not in await office.read("/admin")


async def test_an_empty_house_says_so(office: Office) -> None:
    page = await office.read("/admin")
    assert "Noch keine Umfrage" in page
    assert "Alles in Ordnung" in page


async def test_what_was_put_aside_is_told_in_words(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(
            insert(InboxUpdate).values(
                town_id=site.town_id,
                bot_id=1,
                update_id=1,
                state=InboxState.ASIDE,
                reason="KeyError",
                payload="{}",
                received_at=datetime(2026, 11, 26, 8, 30, tzinfo=UTC),
                lane=0,
            )
        )
    page = await office.read("/admin")
    assert "Eine Nachricht wurde beiseitegelegt" in page
    assert "26. November 2026, 09:30 Uhr" in page
    assert "Alles in Ordnung" not in page


async def test_a_towns_name_is_text_and_nothing_else(database: Database) -> None:
    site = await new_site(database)
    async with database.write() as connection:
        await found_town(
            connection, name="<b>Aue</b>", office=None, language="de", timezone="Europe/Berlin", areas=["Nord"]
        )
    await hire(site)
    async with Office.at(site) as office:
        await office.sign_in()
        page = await office.read("/admin")
    assert "&lt;b&gt;Aue&lt;/b&gt;" in page
    assert "<b>Aue" not in page


async def test_health_says_whether_the_database_answers(visitor: Office) -> None:
    answer = await visitor.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_a_database_health_is_bad_and_pages_say_it_in_words(site: Site, tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
    elsewhere = Site(away, site.town_id, site.texts, site.german, link=site.link, secure=False)
    async with Office.at(elsewhere) as visitor:
        assert (await visitor.get("/health")).status_code == 503
        visitor.client.cookies.set("mitsprache-session", "whatever")
        answer = await visitor.get("/admin")
        assert (answer.status_code, heading(answer)) == (503, "Die Datenbank antwortet nicht")
        assert "folder.sqlite" not in answer.text
    await away.close()


async def test_every_answer_is_protected_and_kept_by_nobody(office: Office, site: Site) -> None:
    paths = [
        "/",
        "/admin",
        "/admin/sign-in",
        "/admin/audit",
        "/health",
        "/nowhere",
        "/admin/nowhere",
        "/static/none.css",
    ]
    answers = [await office.get(path) for path in paths]
    answers.append(await office.client.post("/admin/sign-in", data={"name": "maria"}))  # no token
    answers.append(await office.client.post("/admin", data={"_csrf_token": await office.token("/admin")}))
    await office.send("/admin/sign-out")
    answers.append(await office.get("/admin"))
    assert [answer.status_code for answer in answers] == [200, 200, 303, 200, 200, 404, 404, 404, 403, 405, 303]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


async def test_no_page_asks_anybody_else_or_has_script_or_style_in_it(office: Office) -> None:
    for path in ("/", "/admin", "/admin/audit", "/admin/nowhere"):
        page = (await office.get(path)).text
        assert "//" not in page
        assert not re.search(r"<style|<script(?! src=\"/static/)|\sstyle=|\son\w+=", page)


async def test_a_file_of_ours_may_be_kept_and_its_address_changes_with_it(visitor: Office) -> None:
    addresses = re.findall(r'href="(/static/[^"]+\.css\?v=\w{12})"', await visitor.read("/"))
    assert len(addresses) == 3
    for address in addresses:
        answer = await visitor.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_our_stylesheets_load_only_what_lies_beside_them() -> None:
    for path in STATIC.rglob("*.css"):
        css = path.read_text("utf-8")
        assert "@import" not in css
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", css):
            assert address.startswith("data:image/svg+xml,") or (path.parent / address).is_file(), address


@pytest.mark.parametrize("folder", ["kern", "htmx", "fonts"])
def test_what_is_vendored_is_as_it_came(folder: str) -> None:
    _check_vendored(STATIC / folder)


def test_axe_is_as_it_came() -> None:
    _check_vendored(Path(__file__).parents[1] / "browser" / "axe")


def _check_vendored(folder: Path) -> None:
    listed = {
        name: digest
        for digest, name in re.findall(r"^ {4}([0-9a-f]{64})  (\S+)$", (folder / "VENDORED.md").read_text(), re.M)
    }
    theirs = {path.name for path in folder.iterdir()} - {"VENDORED.md", "fonts.css"}
    assert {name for name in theirs if not name.startswith("LICENSE")} == set(listed)
    assert any(name.startswith("LICENSE") for name in theirs)
    for name, digest in listed.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == digest


async def test_errors_say_what_to_do_in_the_readers_language_and_show_nothing_inside(
    site: Site,
) -> None:
    await hire(site, language="en")
    app = create_admin(site)
    async with Office.at(site, app) as office:
        await office.sign_in()
        missing = await office.get("/admin/nowhere")
        assert (missing.status_code, heading(missing)) == (404, "This page does not exist")
        assert 'aria-label="Main menu"' in missing.text
        wrong = await office.client.post("/admin/audit", data={"_csrf_token": await office.token("/admin")})
        assert (wrong.status_code, heading(wrong)) == (405, "This address cannot be used like that")
        large = await office.send("/admin/sign-in", {"name": "x" * 100_000})
        assert (large.status_code, heading(large)) == (413, "That is too large")


async def test_numbers_that_no_id_can_be_lead_to_not_found(office: Office) -> None:
    for number in ("0", "2147483648", "9" * 40):
        assert (await office.get(f"/admin/questionnaires/{number}")).status_code == 404


async def test_from_the_answer_to_a_form_the_choice_of_a_language_leads_to_the_forms_page(office: Office) -> None:
    async def back(path: str, came_from: str = "") -> str:
        headers = {"Referer": came_from} if came_from else {}
        data = {"_csrf_token": await office.token("/admin")}
        answer = await office.client.post(path, data=data, headers=headers, follow_redirects=False)
        found = re.search(r'name="next" value="([^"]+)"', answer.text)
        assert found, answer.status_code
        return unescape(found[1])

    ours = "http://testserver.local"
    assert await back("/admin/questionnaires") == "/admin/questionnaires"
    assert await back("/admin/questionnaires", f"{ours}/admin/questionnaires?x=1") == "/admin/questionnaires?x=1"
    assert await back("/admin/questionnaires", f"{ours}/admin/audit") == "/admin/questionnaires"
    assert (
        await back("/admin/questionnaires", "https://evil.example/admin/questionnaires?x=1") == "/admin/questionnaires"
    )


async def test_a_fault_of_ours_is_a_page_without_a_trace(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    def no_link(_: str) -> str:
        raise NoLinkYetError

    def fault() -> datetime:
        raise RuntimeError("secret words")

    broken = Site(site.database, site.town_id, site.texts, site.german, link=no_link, secure=False, now=fault)
    async with Office.at(broken) as visitor:
        answer = await visitor.send("/admin/sign-in", {"name": "maria", "password": "x"})
    assert (answer.status_code, heading(answer)) == (500, "Bei uns ist etwas schiefgegangen")
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert "secret words" not in logged.out + logged.err


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/admin", "/admin"),
        ("/admin/surveys?x=1", "/admin/surveys?x=1"),
        ("///admin", "/admin"),
        *(
            (bad, None)
            for bad in (
                None, "", "//evil.example", "https://evil.example/admin", "/admin\\@evil.example", "\\/admin",
                "//evil.example/admin", "javascript:alert(1)", "/administrator", "admin", "/admin\r\nSet-Cookie: x=1",
                "/admin/ü", "http:/admin", "/", "/chat", "//[/admin",
            )
        ),
    ],
)  # fmt: skip
def test_only_pages_of_the_admin_are_led_back_to(address: str | None, path: str | None) -> None:
    assert local_path(address) == path
