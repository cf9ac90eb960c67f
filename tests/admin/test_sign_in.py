"""Signing in and out: sessions that begin with a password, limits, cookies, forms that nobody can forge."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http.cookiejar import Cookie
from urllib.parse import quote

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import func, select, update

from admin import sessions
from admin.access import Right
from admin.app import MOST_OLD_COOKIES, create_admin
from admin.sessions import Doorkeeper, SignedIn, compare, hash_password
from admin.site import Site
from storage.database import Database
from storage.models import FailedSignIn, Staff, StaffSession
from storage.queries.staff import digest
from storage.services.sessions import FAILURES_PER_ADDRESS, FAILURES_PER_NAME, IDLE, LONGEST, WINDOW, Wait
from storage.services.staff import NameTakenError, remove_staff, set_password
from tests.admin.office import PASSWORD, Clock, Office, heading, hire, new_site

COOKIE = "mitsprache-session"
WRONG = "Name oder Passwort stimmt nicht. Bitte prüfen Sie beides, und versuchen Sie es noch einmal."


async def count(site: Site, table: type[FailedSignIn] | type[StaffSession]) -> int:
    async with site.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(table)) or 0


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(visitor: Office, site: Site) -> None:
    await hire(site)
    sent = await visitor.get("/admin/audit?before=7")
    assert (sent.status_code, sent.headers["location"]) == (303, "/admin/sign-in?next=%2Fadmin%2Faudit%3Fbefore%3D7")
    assert 'name="next" value="/admin/audit?before=7"' in await visitor.read(sent.headers["location"])
    entered = await visitor.sign_in(next="/admin/audit?before=7")
    assert (entered.status_code, entered.headers["location"]) == (303, "/admin/audit?before=7")
    assert (await visitor.get("/admin/audit?before=7")).status_code == 200


async def test_who_sends_a_form_signed_out_learns_that_it_was_not_saved(visitor: Office) -> None:
    referer = {"referer": "http://testserver.local/admin/surveys/new?questionnaire=1"}
    fields = {"_csrf_token": await visitor.token(), "title-de": "Wohnen"}
    for more, status, header in (({}, 303, "location"), ({"hx-request": "true"}, 401, "hx-redirect")):
        headers = {**referer, **more}
        sent = await visitor.client.post("/admin/surveys/new", data=fields, headers=headers, follow_redirects=False)
        assert sent.status_code == status
        page = await visitor.read(sent.headers[header])
        assert "Was Sie gerade abgeschickt haben, wurde nicht gespeichert." in page
        assert 'name="next" value="/admin/surveys/new?questionnaire=1"' in page
    assert "nicht gespeichert" not in await visitor.read("/admin/sign-in?next=/admin/surveys/new")


async def test_a_part_of_a_page_that_is_asked_for_signed_out_leads_the_whole_page_to_the_sign_in(
    visitor: Office,
) -> None:
    answer = await visitor.get(
        "/admin/audit", HX_Request="true", HX_Current_URL="http://testserver.local/admin/audit?before=3"
    )
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/admin/sign-in?next=%2Fadmin%2Faudit%3Fbefore%3D3"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/admin", "/\\evil.example", "/chat"])
async def test_nobody_is_led_elsewhere_after_signing_in(visitor: Office, site: Site, target: str) -> None:
    await hire(site)
    assert 'name="next" value="/admin"' in await visitor.read(f"/admin/sign-in?next={quote(target)}")
    assert (await visitor.sign_in(next=target)).headers["location"] == "/admin"


async def test_a_name_may_be_typed_in_capitals_and_with_spaces(visitor: Office, site: Site) -> None:
    await hire(site, "Maria")
    assert (await visitor.sign_in(" MARIA ")).status_code == 303
    with pytest.raises(NameTakenError):
        await hire(site, "mARIA ")


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(visitor: Office, site: Site) -> None:
    await hire(site)
    answers = [await visitor.sign_in("maria", "wrong"), await visitor.sign_in("nobody", "wrong")]
    assert {answer.status_code for answer in answers} == {401}
    assert all(WRONG in answer.text for answer in answers)
    shown = [answer.text.replace('value="nobody"', 'value="maria"') for answer in answers]
    assert shown[0] == shown[1]
    assert "set-cookie" not in answers[0].headers


def test_both_take_the_same_way_through_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    class Listening(PasswordHash):
        def verify_and_update(self, password: str | bytes, hash: str | bytes) -> tuple[bool, str | None]:
            compared.append(str(hash))
            return super().verify_and_update(password, hash)

    stored = hash_password(PASSWORD)
    monkeypatch.setattr(sessions, "_passwords", Listening((Argon2Hasher(),)))
    assert compare(PASSWORD, stored).is_right
    assert not compare("wrong", stored).is_right
    assert not compare(PASSWORD, None).is_right
    assert len(compared) == 3
    costs = {text.rsplit("$", 2)[0] for text in compared}
    assert len(costs) == 1  # argon2id with the same memory, rounds and lanes


def test_nobodys_password_opens_nothing() -> None:
    assert compare("", None) == compare("x", "") == sessions.Compared(is_right=False)


async def test_a_password_under_an_old_hash_is_kept_under_one_of_today(visitor: Office, site: Site) -> None:
    staff_id = await hire(site)
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8192),)).hash(PASSWORD)
    async with site.database.write() as connection:
        await connection.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=weak))
    assert (await visitor.sign_in()).status_code == 303
    async with site.database.read() as connection:
        kept = (await connection.scalars(select(Staff.password_hash))).one()
    assert kept != weak
    assert not Argon2Hasher().check_needs_rehash(kept)


# --- sessions -------------------------------------------------------------------------------------------------------


async def test_a_cookie_from_before_the_sign_in_never_becomes_valid(visitor: Office, site: Site) -> None:
    """Whoever puts a session id into somebody's browser and waits until they sign in gets nothing."""
    await hire(site)
    planted = "planted-by-somebody-who-knows-it"
    visitor.client.cookies.set(COOKIE, planted, domain="testserver.local", path="/")
    assert (await visitor.get("/admin")).status_code == 303
    entered = await visitor.sign_in()
    assert entered.status_code == 303
    fresh = entered.cookies[COOKIE]
    assert fresh != planted
    async with Office.at(site) as attacker:
        attacker.client.cookies.set(COOKIE, planted)
        assert (await attacker.get("/admin")).status_code == 303
        attacker.client.cookies.set(COOKIE, fresh)
        assert (await attacker.get("/admin")).status_code == 200


async def test_signing_in_again_ends_the_session_before(office: Office, site: Site) -> None:
    old = office.client.cookies[COOKIE]
    again = await office.send("/admin/sign-in", {"name": "maria", "password": PASSWORD}, page="/admin")
    assert again.cookies[COOKIE] != old
    async with Office.at(site) as elsewhere:
        elsewhere.client.cookies.set(COOKIE, old)
        assert (await elsewhere.get("/admin")).status_code == 303
    assert await count(site, StaffSession) == 1


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(office: Office, site: Site) -> None:
    token = office.client.cookies[COOKIE]
    out = await office.send("/admin/sign-out", page="/admin")
    assert (out.status_code, out.headers["location"]) == (303, "/admin/sign-in")
    assert "Sie sind abgemeldet." in await office.read("/admin/sign-in")
    assert "Sie sind abgemeldet." not in await office.read("/admin/sign-in")
    office.client.cookies.set(COOKIE, token)
    assert (await office.get("/admin")).status_code == 303
    assert await count(site, StaffSession) == 0


async def test_the_token_itself_is_stored_nowhere(office: Office, site: Site) -> None:
    token = office.client.cookies[COOKIE]
    assert len(token) >= 43  # 32 bytes
    async with site.database.read() as connection:
        stored = (await connection.scalars(select(StaffSession.digest))).one()
    assert stored == digest(token)
    assert token.encode() not in stored


async def test_a_session_ends_over_night_and_lives_as_long_as_it_is_used(office: Office, clock: Clock) -> None:
    clock.move(IDLE - timedelta(minutes=1))
    assert (await office.get("/admin")).status_code == 200
    clock.move(IDLE - timedelta(minutes=1))
    assert (await office.get("/admin")).status_code == 200
    clock.move(IDLE + timedelta(seconds=1))
    assert (await office.get("/admin")).status_code == 303


async def test_no_session_lives_longer_than_a_week(office: Office, clock: Clock) -> None:
    for _ in range(int(LONGEST / timedelta(hours=10))):
        clock.move(timedelta(hours=10))
        assert (await office.get("/admin")).status_code == 200
    clock.move(timedelta(hours=10))
    assert (await office.get("/admin")).status_code == 303


async def test_sessions_that_ended_are_cleared(office: Office, site: Site, clock: Clock) -> None:
    clock.move(IDLE + timedelta(minutes=1))
    await office.sign_in()
    assert await count(site, StaffSession) == 1


async def test_who_is_removed_is_out_at_once_and_another_password_ends_sessions(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        assert await set_password(
            connection, town_id=site.town_id, name="Maria", password_hash=hash_password("quite another one")
        )
    assert (await office.get("/admin")).status_code == 303
    assert (await office.sign_in()).status_code == 401
    assert (await office.sign_in(password="quite another one")).status_code == 303
    async with site.database.write() as connection:
        assert await remove_staff(connection, town_id=site.town_id, name="maria")
    assert (await office.get("/admin")).status_code == 303
    assert (await office.sign_in(password="quite another one")).status_code == 401
    async with site.database.write() as connection:
        assert not await remove_staff(connection, town_id=site.town_id, name="maria")
    with pytest.raises(NameTakenError):
        await hire(site)


@pytest.mark.parametrize("secure", [False, True])
async def test_cookies_are_shut_to_scripts_other_sites_and_plain_http(database: Database, secure: bool) -> None:
    site = await new_site(database, secure=secure)
    await hire(site)
    async with Office.at(site) as visitor:
        form = await visitor.get("/admin/sign-in")
        entered = await visitor.sign_in()
    cookies = [*form.headers.get_list("set-cookie"), *entered.headers.get_list("set-cookie")]
    assert len(cookies) == 3
    for cookie in cookies:
        assert cookie.startswith("__Host-mitsprache-" if secure else "mitsprache-")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert ("Secure" in cookie) == secure
        assert "Domain" not in cookie
    assert ("strict-transport-security" in entered.headers) == secure


# --- forms ----------------------------------------------------------------------------------------------------------


async def test_a_form_that_was_open_over_a_restart_is_asked_for_once_more_and_then_works(site: Site) -> None:
    await hire(site)
    async with Office.at(site) as before:
        await before.sign_in()
        token = await before.token("/admin/audit")
        cookies = dict(before.client.cookies)
    async with Office.at(site, create_admin(site)) as after:
        after.client.cookies.update(cookies)
        answer = await after.client.post(
            "/admin/sign-out",
            data={"_csrf_token": token},
            headers={"Referer": "http://testserver.local/admin/audit?before=9"},
        )
        assert (answer.status_code, heading(answer)) == (403, "Bitte noch einmal absenden")
        assert 'href="/admin/audit?before=9"' in answer.text
        assert 'name="_csrf_token"' not in answer.text  # a form here would be refused as well
        assert (await after.get("/admin")).status_code == 200
        assert (await after.send("/admin/sign-out", page="/admin")).status_code == 303


async def test_cookies_of_many_restarts_do_not_pile_up_and_of_a_few_stay(site: Site) -> None:
    """With one more at each restart, a server in front of us would one day refuse the browser."""
    jar: list[Cookie] = []
    most = 0
    for _ in range(12):
        async with Office.at(site, create_admin(site)) as visitor:
            for cookie in jar:
                visitor.client.cookies.jar.set_cookie(cookie)
            await visitor.read("/admin/sign-in")
            assert (await visitor.send("/admin/language", {"language": "de"})).status_code == 303
            jar = list(visitor.client.cookies.jar)
            most = max(most, len(jar))
    assert MOST_OLD_COOKIES < most <= MOST_OLD_COOKIES + 3


async def test_a_page_of_another_site_is_no_way_back(site: Site, visitor: Office) -> None:
    answer = await visitor.client.post("/admin/language", headers={"Referer": "https://evil.example/admin/audit"})
    assert heading(answer) == "Bitte noch einmal absenden"
    assert "/admin/audit" not in answer.text


async def test_the_token_of_somebody_else_is_refused(site: Site) -> None:
    app = create_admin(site)
    async with Office.at(site, app) as other:
        foreign = await other.token()
    async with Office.at(site, app) as one:
        await one.token()
        answer = await one.client.post("/admin/language", data={"_csrf_token": foreign, "language": "en"})
    assert (answer.status_code, heading(answer)) == (403, "Bitte noch einmal absenden")


# --- languages ------------------------------------------------------------------------------------------------------


async def test_before_the_sign_in_the_browser_says_which_language(visitor: Office) -> None:
    assert heading(await visitor.get("/admin/sign-in", Accept_Language="en-GB,en;q=0.9")) == "Sign in"
    assert heading(await visitor.get("/admin/sign-in", Accept_Language="tr")) == "Anmelden"


async def test_a_chosen_language_goes_before_the_browsers_and_stays_with_the_person(
    site: Site, visitor: Office
) -> None:
    await hire(site)
    chosen = await visitor.send("/admin/language", {"language": "en", "next": "/admin/sign-in?next=/admin/audit"})
    assert chosen.headers["location"] == "/admin/sign-in?next=/admin/audit"
    assert heading(await visitor.get("/admin/sign-in", Accept_Language="de")) == "Sign in"
    await visitor.sign_in()
    assert heading(await visitor.get("/admin")) == "Übersicht"  # Maria's own language
    await visitor.send("/admin/language", {"language": "en"}, page="/admin")
    assert heading(await visitor.get("/admin")) == "Overview"
    async with Office.at(site) as elsewhere:
        await elsewhere.sign_in()
        assert heading(await elsewhere.get("/admin", Accept_Language="de")) == "Overview"


async def test_a_language_that_we_have_not_changes_nothing(office: Office) -> None:
    await office.send("/admin/language", {"language": "../../etc"}, page="/admin")
    assert heading(await office.get("/admin")) == "Übersicht"


# --- limits ---------------------------------------------------------------------------------------------------------


async def test_after_five_failures_even_the_right_password_has_to_wait(
    visitor: Office, site: Site, clock: Clock
) -> None:
    await hire(site)
    for _ in range(FAILURES_PER_NAME):
        assert (await visitor.sign_in(password="wrong")).status_code == 401
        clock.move(timedelta(minutes=1))
    refused = await visitor.sign_in()
    assert refused.status_code == 429
    assert "Bitte versuchen Sie es in 10 Minuten noch einmal (ab 1" in refused.text
    assert "auch mit dem richtigen Passwort" in refused.text
    clock.move(timedelta(minutes=9, seconds=30))
    assert "in einer Minute noch einmal" in (await visitor.sign_in()).text
    clock.move(timedelta(seconds=31))
    assert (await visitor.sign_in()).status_code == 303


async def test_the_limit_is_the_same_for_names_that_nobody_has(visitor: Office) -> None:
    answers = [await visitor.sign_in("nobody", "wrong") for _ in range(FAILURES_PER_NAME + 1)]
    assert [answer.status_code for answer in answers] == [401] * FAILURES_PER_NAME + [429]


async def test_somebody_elses_failures_keep_nobody_out(visitor: Office, site: Site) -> None:
    await hire(site)
    for _ in range(FAILURES_PER_NAME + 1):
        await visitor.sign_in("nobody", "wrong")
    assert (await visitor.sign_in()).status_code == 303


async def test_a_right_password_wipes_the_failures_of_its_name(visitor: Office, site: Site) -> None:
    await hire(site)
    for _ in range(2):
        for _ in range(FAILURES_PER_NAME - 1):
            await visitor.sign_in(password="wrong")
        assert (await visitor.sign_in()).status_code == 303
        await visitor.send("/admin/sign-out", page="/admin")


async def try_in(site: Site, name: str, password: str, address: str = "192.0.2.1") -> SignedIn | Wait | None:
    return await Doorkeeper(site).sign_in(name=name, password=password, address=address, old_token=None, now=site.now())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are compared at once: these tests count attempts."""
    monkeypatch.setattr(sessions, "compare", lambda password, _: sessions.Compared(password == PASSWORD))


@pytest.mark.usefixtures("quick")
async def test_many_names_from_one_address_are_too_many_too(site: Site) -> None:
    await hire(site)
    for number in range(FAILURES_PER_ADDRESS):
        assert await try_in(site, f"guess {number}", "wrong") is None
    assert isinstance(await try_in(site, "maria", PASSWORD), Wait)
    assert isinstance(await try_in(site, "maria", PASSWORD, address="192.0.2.2"), SignedIn)


@pytest.mark.usefixtures("quick")
async def test_signing_in_with_an_own_account_buys_no_more_guesses(site: Site) -> None:
    await hire(site)
    for number in range(FAILURES_PER_ADDRESS):
        await try_in(site, f"guess {number}", "wrong")
        if number % 10 == 0:
            await try_in(site, "maria", PASSWORD)
    assert isinstance(await try_in(site, "guess", "wrong"), Wait)


@pytest.mark.usefixtures("quick")
async def test_attempts_side_by_side_and_from_several_processes_are_not_more_than_the_limit(
    site: Site, database_url: str
) -> None:
    await hire(site)
    other = Database(database_url)
    elsewhere = Site(other, site.town_id, site.texts, site.german, link=site.link, now=site.now)
    tries = [try_in(each, "maria", f"wrong {n}") for n in range(10) for each in (site, elsewhere)]
    answers = await asyncio.gather(*tries)
    await other.close()
    assert sum(answer is None for answer in answers) == FAILURES_PER_NAME
    assert sum(isinstance(answer, Wait) for answer in answers) == 20 - FAILURES_PER_NAME


@pytest.mark.usefixtures("quick")
async def test_old_failures_are_cleared_and_no_name_is_kept_in_clear(site: Site, clock: Clock) -> None:
    await try_in(site, "my secret password", "oops")
    async with site.database.read() as connection:
        kept = list(await connection.scalars(select(FailedSignIn.subject)))
    assert len(kept) == 2
    assert all(len(subject) == 32 and b"secret" not in subject for subject in kept)
    clock.move(WINDOW)
    await try_in(site, "somebody", "else")
    assert await count(site, FailedSignIn) == 2


async def test_a_forwarded_address_is_not_believed(visitor: Office, site: Site) -> None:
    token = await visitor.token()
    for number in range(3):
        await visitor.client.post(
            "/admin/sign-in",
            data={"name": f"n{number}", "password": "x", "_csrf_token": token},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    async with site.database.read() as connection:
        subjects = list(await connection.scalars(select(FailedSignIn.subject)))
    assert len(set(subjects)) == 4  # three names, one address


@pytest.mark.parametrize(
    ("name", "password"), [("", ""), ("x" * 101, "x"), ("maria", "x" * 1001), ("a\x00b", "\x00"), ("\ud800", "ü")]
)
async def test_strange_input_is_simply_wrong(visitor: Office, site: Site, name: str, password: str) -> None:
    await hire(site)
    answer = await visitor.sign_in(name.encode("utf-8", "replace").decode(), password)
    assert answer.status_code == 401
    assert WRONG in answer.text


async def test_a_file_instead_of_a_name_is_simply_wrong(visitor: Office) -> None:
    answer = await visitor.send("/admin/sign-in", {"password": "x"}, files={"name": ("a.txt", b"hello")})
    assert answer.status_code == 401


async def test_rights_of_the_signed_in_are_read_anew_with_every_page(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(update(Staff).values(rights=[Right.EXPORT]))
    assert (await office.get("/admin/audit")).status_code == 403
