"""The pages on which somebody hands answers over: asking the server, letting go, watching, stopping, going on."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import ZipFile
from zlib import compress

import pytest
from httpx import Response as Answer
from sqlalchemy import func, select

from admin.handing_over.servers import BadAddress, BadAddressError, Servers, hidden
from admin.importing import Upload
from admin.judging import judge
from admin.site import Site
from storage.models import AttachmentKind, AuditEntry, HandOver, SurveyState
from storage.services.questionnaire_files import KeptFile
from storage.services.surveys import draft_survey, import_questionnaire, open_survey
from tests.admin.answered import Answered, put_answers
from tests.admin.handed_over import HERE, carrier, counts, stands
from tests.admin.office import Clock, Office, heading, hire, site_of
from tests.admin.openrosa_server import KEY, PASSWORD, TOKEN, USER, OpenRosaServer, answers, drips, hangs, raw
from tests.admin.test_handing_over import ALBUM, FORM, people
from tests.admin.test_rows import put
from tests.admin.test_rows_with_files import close as close_survey
from tests.admin.test_rows_with_files import picture
from tests.admin.test_rows_with_files import put as put_with_files

PURPOSE = "Auswertung durch die Hochschule"


@pytest.fixture
def open_site(site: Site, clock: Clock) -> Site:
    """A town that may hand over to this machine."""
    return site_of(site.database, site.town_id, clock=clock, servers=HERE)


@pytest.fixture
async def maria(open_site: Site) -> AsyncIterator[Office]:
    staff = await hire(open_site, "maria", ("export",), language="en")
    async with Office.at(open_site) as office:
        await office.enter(open_site, staff)
        yield office


@pytest.fixture
async def server() -> AsyncIterator[OpenRosaServer]:
    async with OpenRosaServer().running() as server:
        yield server


def filled(server: OpenRosaServer, **more: str) -> dict[str, str]:
    way = {"address": "address", "token": "token"}.get(server.signs_in, "password")
    secret = {"address": "", "token": TOKEN, "password": PASSWORD}[way]
    user = USER if way == "password" else ""
    return {"address": server.address, "way": way, "user": user, "secret": secret, "purpose": PURPOSE, **more}


async def closed(site: Site, *, anonymous: bool = True) -> int:
    return await put(site, people(), tables=(FORM,), anonymous=anonymous)


async def asked(office: Office, survey_id: int, server: OpenRosaServer, **more: str) -> Answer:
    return await office.send(f"/admin/surveys/{survey_id}/hand-over", filled(server, **more))


def said(answer: Answer) -> str:
    """The text of a page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


async def log_of(site: Site) -> list[tuple[str, dict[str, Any]]]:
    async with site.database.read() as connection:
        rows = await connection.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id))
        return [(row[0], row[1]) for row in rows if row[0].startswith("rows.")]


async def test_from_the_first_question_to_the_last_response(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await closed(open_site)
    page = await maria.read(f"/admin/surveys/{survey_id}/hand-over")
    assert "11 complete responses" in page
    assert "<code>test</code>" in page
    answer = await asked(maria, survey_id, server)
    assert answer.status_code == 303
    there = answer.headers["location"]
    ready = await maria.get(there)
    assert heading(ready) == f"Hand over to 127.0.0.1:{server.port}?"
    assert "checked" in ready.text
    assert (server.posts, await log_of(open_site)) == ([], [])
    answer = await maria.send(f"{there}/begin", {"form": "0"})
    assert answer.headers["location"] == there
    assert await log_of(open_site) == [
        ("rows.hand_over", {"server": f"127.0.0.1:{server.port}", "purpose": PURPOSE, "rows": 11})
    ]
    running = await maria.get(there)
    assert "To come: 11" in said(running)
    assert "hx-get" in running.text
    await carrier(open_site).carry_all()
    assert (await maria.get(f"{there}/progress")).headers["HX-Refresh"] == "true"
    done = await maria.get(there)
    assert "Accepted: 11" in said(done)
    assert "finished" in said(done)
    assert "Try the rest again" not in done.text
    assert there in await maria.read(f"/admin/surveys/{survey_id}/hand-over")
    assert len(server.held) == 11


@pytest.mark.parametrize("signs_in", ["address", "basic", "digest", "token"])
async def test_what_signs_in_there_stands_on_no_page_in_no_log_and_after_the_end_nowhere(
    open_site: Site, maria: Office, signs_in: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    async with OpenRosaServer(signs_in=signs_in).running() as server:
        survey_id = await closed(open_site)
        secrets = (KEY, PASSWORD, TOKEN)
        pages = [await asked(maria, survey_id, server, purpose="x")]
        server.always = answers(500, f"no: {KEY} {PASSWORD} {TOKEN}")
        there = (await asked(maria, survey_id, server)).headers["location"]
        pages += [await maria.get(there), await maria.send(f"{there}/begin", {"form": "0"})]
        await carrier(open_site).carry_all()
        pages += [await maria.get(there), await maria.get(f"{there}/progress"), await maria.send(f"{there}/stop")]
        pages += [await maria.get(there), await maria.send(f"{there}/again", filled(server, address="ftp://x"))]
        pages.append(await maria.get(f"/admin/surveys/{survey_id}/hand-over"))
        for each in pages:
            wanted = [secret for secret in secrets if secret in unescape(each.text) + str(each.headers)]
            assert not [secret for secret in wanted if secret in str(filled(server))], each.request.url
        captured = capsys.readouterr()
        everything = caplog.text + captured.out + captured.err + str(await log_of(open_site))
        assert not any(secret in everything for secret in secrets)
        row = await stands(open_site, int(there.rpartition("/")[2]))
        kept = {name: value for name, value in vars(row).items() if not name.startswith("_")}
        assert not any(secret in str(kept) for secret in (KEY, PASSWORD, TOKEN) if secret in str(filled(server)))


async def test_switched_off_no_page_offers_it_and_none_does_it(
    site: Site, office: Office, server: OpenRosaServer
) -> None:
    survey_id = await closed(site)
    for page in (f"/admin/surveys/{survey_id}", f"/admin/surveys/{survey_id}/export"):
        assert "hand-over" not in await office.read(page)
    assert heading(await office.get(f"/admin/surveys/{survey_id}/hand-over"))
    assert (await asked(office, survey_id, server)).status_code == 409
    assert (await office.get(f"/admin/surveys/{survey_id}/hand-over/xform")).status_code == 404
    assert (server.heads, server.posts) == (0, [])


async def test_switched_on_the_pages_of_a_closed_survey_lead_to_it(open_site: Site) -> None:
    survey_id = await closed(open_site)
    staff = await hire(open_site, "jan")
    async with Office.at(open_site) as office:
        await office.enter(open_site, staff)
        for page in (f"/admin/surveys/{survey_id}", f"/admin/surveys/{survey_id}/export"):
            assert f'"/admin/surveys/{survey_id}/hand-over"' in await office.read(page)


@pytest.mark.parametrize(
    ("state", "anonymous", "number"),
    [
        (SurveyState.OPEN, True, 11),
        (SurveyState.OPEN, False, 11),
        (SurveyState.DRAFT, True, 11),
        (SurveyState.CLOSED, True, 3),
    ],
)
async def test_what_is_not_closed_or_too_few_does_not_leave(
    open_site: Site, maria: Office, server: OpenRosaServer, state: SurveyState, anonymous: bool, number: int
) -> None:
    survey_id = await put(open_site, people(number), tables=(FORM,), state=state, anonymous=anonymous)
    page = await maria.get(f"/admin/surveys/{survey_id}/hand-over")
    assert "The answers cannot be handed over" in page.text
    assert (await asked(maria, survey_id, server)).status_code == 409
    assert server.heads == 0
    async with open_site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(HandOver)) == 0


async def test_a_form_that_wants_answers_encrypted_is_not_handed_over(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    table = f"{FORM}| settings | |\n| | public_key |\n| | {'MIIBIjANBgkq' * 6} |\n"
    survey_id = await put(open_site, people(), tables=(table,))
    assert "public_key" in said(await maria.get(f"/admin/surveys/{survey_id}/hand-over"))
    assert (await asked(maria, survey_id, server)).status_code == 409
    assert server.heads == 0


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"purpose": "kurz"}, "purpose"),
        ({"way": "magic"}, "way"),
        ({"way": "password", "user": "", "secret": "x"}, "user"),
        ({"way": "token", "secret": ""}, "secret"),
        ({"address": "http://169.254.169.254/latest"}, "address"),
        ({"address": "https://evil.example.org/v1/key/x/projects/1"}, "address"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"address": ""}, "address"),
        ({"address": "http://127.0.0.1:1/v1/projects/7"}, "address"),
    ],
)
async def test_what_cannot_be_taken_is_said_beside_its_field_and_nobody_is_asked(
    open_site: Site, maria: Office, server: OpenRosaServer, fields: dict[str, str], fault: str
) -> None:
    survey_id = await closed(open_site)
    answer = await asked(maria, survey_id, server, **fields)
    assert answer.status_code == 422
    assert f'id="{fault}-error"' in answer.text
    assert server.heads == 0


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda server: setattr(server, "on_head", answers(401)), "does not let us in"),
        (lambda server: setattr(server, "on_head", answers(404)), "does not know this address"),
        (lambda server: setattr(server, "on_head", raw(200, b"<html>")), "no server of ODK or KoboToolbox"),
        (lambda server: setattr(server, "on_head", raw(302, b"", Location="http://127.0.0.1:1/")), "leads on"),
        (lambda server: setattr(server, "on_head", answers(503)), "does not answer"),
        (lambda server: setattr(server, "on_list", raw(200, b"<html>")), "no server of ODK or KoboToolbox"),
        (lambda server: setattr(server, "on_list", drips()), "no server of ODK or KoboToolbox"),
        (lambda server: setattr(server, "on_list", answers(403)), "does not let us in"),
        (lambda server: server.forms.clear(), "has no form for us yet"),
    ],
)
async def test_a_server_that_says_no_is_told_of_and_nothing_is_kept(
    open_site: Site, maria: Office, server: OpenRosaServer, prepare: Any, words: str
) -> None:
    survey_id = await closed(open_site)
    prepare(server)
    answer = await asked(maria, survey_id, server)
    assert answer.status_code == 422
    assert words in said(answer)
    async with open_site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(HandOver)) == 0


async def test_a_form_that_kobo_has_given_another_id_is_chosen(open_site: Site, maria: Office) -> None:
    async with OpenRosaServer(flavour="kobo", signs_in="token", forms={"aBcD": ("Wohnen", "v1")}).running() as server:
        survey_id = await closed(open_site)
        there = (await asked(maria, survey_id, server)).headers["location"]
        page = await maria.get(there)
        assert "No form there has the id test" in said(page)
        assert 'value="0" checked' not in page.text
        assert (await maria.send(f"{there}/begin", {})).status_code == 422
        assert (await maria.send(f"{there}/begin", {"form": "7"})).status_code == 422
        await maria.send(f"{there}/begin", {"form": "0"})
        await carrier(open_site).carry_all()
        assert len(server.held) == 11
        assert all(b'id="aBcD" version="v1"' in each for each in server.held.values())


async def test_another_version_there_is_told_of(open_site: Site, maria: Office, server: OpenRosaServer) -> None:
    server.forms = {"test": ("Wohnen", "2019")}
    there = (await asked(maria, await closed(open_site), server)).headers["location"]
    assert "another version of the form" in said(await maria.get(there))


async def test_what_nobody_has_begun_is_forgotten(
    open_site: Site, maria: Office, server: OpenRosaServer, clock: Clock
) -> None:
    survey_id = await closed(open_site)
    there = (await asked(maria, survey_id, server)).headers["location"]
    clock.move(timedelta(minutes=16))
    answer = await maria.send(f"{there}/begin", {"form": "0"})
    assert answer.headers["location"] == f"/admin/surveys/{survey_id}/hand-over"
    await carrier(open_site).carry_all()
    assert (await maria.get(there)).status_code == 404
    assert (server.posts, await log_of(open_site)) == ([], [])


async def test_who_thinks_better_of_it_sends_nothing(open_site: Site, maria: Office, server: OpenRosaServer) -> None:
    there = (await asked(maria, await closed(open_site), server)).headers["location"]
    assert (await maria.send(f"{there}/discard")).status_code == 303
    assert (await maria.send(f"{there}/begin", {"form": "0"})).status_code == 404
    assert server.posts == []


async def test_stopped_and_taken_up_again_with_what_signs_in_typed_anew(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await closed(open_site)
    there = (await asked(maria, survey_id, server)).headers["location"]
    await maria.send(f"{there}/begin", {"form": "0"})
    await maria.send(f"{there}/stop")
    page = await maria.get(there)
    assert "Somebody stopped it." in said(page)
    assert "goes again: 11" in said(page)
    elsewhere = await maria.send(f"{there}/again", filled(server, address=server.address.replace("/7", "/8")))
    assert elsewhere.status_code == 422
    assert "another place than before" in said(elsewhere)
    wrong = await maria.send(f"{there}/again", filled(server, address=server.address.replace(KEY, "x" * 30)))
    assert wrong.status_code == 422
    assert (await maria.send(f"{there}/again", filled(server))).status_code == 303
    await carrier(open_site).carry_all()
    assert await counts(open_site, int(there.rpartition("/")[2])) == {"accepted": 11}
    assert [each[0] for each in await log_of(open_site)] == ["rows.hand_over", "rows.hand_over_stop", "rows.hand_over"]


async def test_only_one_hand_over_of_a_survey_to_a_place_runs_at_a_time(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await closed(open_site)
    first = (await asked(maria, survey_id, server)).headers["location"]
    second = (await asked(maria, survey_id, server)).headers["location"]
    await maria.send(f"{first}/begin", {"form": "0"})
    answer = await maria.send(f"{second}/begin", {"form": "0"})
    assert answer.status_code == 422
    assert "Another hand-over of this survey to this place is running" in said(answer)
    await maria.send(f"{first}/stop")
    assert (await maria.send(f"{second}/begin", {"form": "0"})).status_code == 303
    answer = await maria.send(f"{first}/again", filled(server))
    assert (answer.status_code, "is running" in said(answer)) == (422, True)
    await carrier(open_site).carry_all()
    assert await counts(open_site, int(second.rpartition("/")[2])) == {"accepted": 11}


async def test_who_taps_twice_lets_it_begin_once_and_is_told_nothing_else(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await closed(open_site)
    there = (await asked(maria, survey_id, server)).headers["location"]
    both = await asyncio.gather(*(maria.send(f"{there}/begin", {"form": "0"}) for _ in range(4)))
    assert {each.headers["location"] for each in both} == {there}, "never: nothing was sent"
    assert [action for action, _ in await log_of(open_site)] == ["rows.hand_over"]
    await carrier(open_site).carry_all()
    assert len(server.posts) == 11


async def test_of_two_at_once_to_one_place_one_begins(open_site: Site, maria: Office, server: OpenRosaServer) -> None:
    survey_id = await closed(open_site)
    prepared = [(await asked(maria, survey_id, server)).headers["location"] for _ in range(3)]
    answers_given = await asyncio.gather(*(maria.send(f"{each}/begin", {"form": "0"}) for each in prepared))
    assert sorted(each.status_code for each in answers_given) == [303, 422, 422]


async def test_reasons_of_the_server_are_grouped_and_its_words_are_no_markup(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    server.always = answers(400, "<script>alert(1)</script> is missing")
    there = (await asked(maria, await closed(open_site), server)).headers["location"]
    await maria.send(f"{there}/begin", {"form": "0"})
    await carrier(open_site).carry_all()
    page = await maria.get(there)
    assert "Refused: 11" in said(page)
    assert "11 × <script>alert(1)</script> is missing" in said(page).replace("× ", "× ").replace("  ", " ")
    assert "<script>alert" not in page.text


async def test_a_server_that_is_down_is_told_of_with_the_time_of_the_next_attempt(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    server.always = hangs
    there = (await asked(maria, await closed(open_site), server)).headers["location"]
    await maria.send(f"{there}/begin", {"form": "0"})
    await carrier(open_site, patience=0.2).carry_all()
    page = said(await maria.get(there))
    assert "does not answer as it should. We try again at" in page
    assert "Unclear: 4" in page


async def test_the_form_can_be_taken_along(open_site: Site, maria: Office) -> None:
    survey_id = await closed(open_site)
    xform = await maria.get(f"/admin/surveys/{survey_id}/hand-over/xform")
    assert xform.headers["content-disposition"] == 'attachment; filename="test.xml"'
    assert b'id="test"' in xform.content
    table = await maria.get(f"/admin/surveys/{survey_id}/hand-over/xlsform")
    assert table.headers["content-disposition"] == 'attachment; filename="test.xlsx"', (
        "what came as text no server takes"
    )
    assert judge(table.content, "xlsx", "test").xform == judge(FORM.encode(), "md", "test").xform
    assert f"{survey_id}/hand-over/zip" not in await maria.read(f"/admin/surveys/{survey_id}/hand-over")


async def test_who_may_only_export_gets_the_form_with_the_files_that_belong_to_it(
    open_site: Site, maria: Office
) -> None:
    """Without them the server there asks for a list of streets that nobody has."""
    table = "| survey | | | |\n| | type | name | label |\n| | select_one_from_file streets.csv | street | Wo? |\n"
    streets = b"name,label\nlinden,Linden\n"
    async with open_site.database.write() as connection:
        questionnaire_id = await import_questionnaire(
            connection,
            town_id=open_site.town_id,
            name="streets",
            file_type="md",
            workbook=table.encode(),
            xform=judge(table.encode(), "md", "streets", files=[Upload("streets.csv", streets)]).xform,
            titles={"": "Straßen"},
            files=[KeptFile("streets.csv", AttachmentKind.DATA, streets)],
        )
        survey_id = await draft_survey(connection, town_id=open_site.town_id, questionnaire_id=questionnaire_id)
        await open_survey(connection, town_id=open_site.town_id, survey_id=survey_id)
        some = [Answered({"street": "linden"}) for _ in range(6)]
        await put_answers(connection, open_site.town_id, survey_id, [questionnaire_id], some)
    await close_survey(open_site, survey_id)
    page = await maria.read(f"/admin/surveys/{survey_id}/hand-over")
    assert f'href="/admin/surveys/{survey_id}/hand-over/zip"' in page
    assert "streets.csv" in page
    given = await maria.get(f"/admin/surveys/{survey_id}/hand-over/zip")
    assert given.headers["content-disposition"] == 'attachment; filename="streets.zip"'
    with ZipFile(BytesIO(given.content)) as inside:
        assert set(inside.namelist()) == {"streets.xml", "streets.xlsx", "streets-media/streets.csv"}
        assert inside.read("streets-media/streets.csv") == streets
        assert b"streets.csv" in inside.read("streets.xml")
    assert (await maria.get("/admin/surveys/999/hand-over/zip")).status_code == 404


async def test_files_that_go_along_are_told_of_before_and_in_the_log(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    everybody = [Answered({"p0": picture(place)}) for place in range(6)]
    survey_id = await put_with_files(open_site, everybody, table=ALBUM, failed=[picture(0)])
    page = await maria.get(f"/admin/surveys/{survey_id}/hand-over")
    assert "stay here unless you choose otherwise below: 5." in said(page)
    assert 'id="files" value="yes" aria' in page.text, "nothing is ticked beforehand"
    there = (await asked(maria, survey_id, server, files="yes")).headers["location"]
    assert "documents go along: 5." in said(await maria.get(there))
    await maria.send(f"{there}/begin", {"form": "0"})
    await carrier(open_site).carry_all()
    assert "documents go along: 5." in said(await maria.get(there))
    assert sum(map(len, server.files.values())) == 5
    ((_, detail),) = await log_of(open_site)
    assert (detail["rows"], detail["files"]) == (6, 5)


async def test_unasked_files_stay_here_and_that_is_told_of_before_after_and_in_the_log(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await put_with_files(
        open_site, [Answered({"p0": picture(place)}) for place in range(6)], table=ALBUM, failed=[picture(0)]
    )
    there = (await asked(maria, survey_id, server)).headers["location"]
    assert "documents stay here: 5." in said(await maria.get(there))
    await maria.send(f"{there}/begin", {"form": "0"})
    await maria.send(f"{there}/stop")
    await maria.send(f"{there}/again", filled(server, files="yes"))
    await carrier(open_site).carry_all()
    assert "documents stay here: 5." in said(await maria.get(there)), "what was chosen at first holds"
    assert (len(server.held), server.files and any(server.files.values())) == (6, False)
    entries = [detail for action, detail in await log_of(open_site) if action == "rows.hand_over"]
    assert [each["files"] for each in entries] == [0, 0]


async def test_what_was_ticked_stays_ticked_where_something_is_still_wrong(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    survey_id = await put_with_files(open_site, [Answered({"p0": picture(place)}) for place in range(6)], table=ALBUM)
    answer = await asked(maria, survey_id, server, purpose="x", files="yes")
    assert 'id="files" value="yes" checked' in answer.text


async def test_only_who_typed_what_signs_in_can_let_it_begin(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    there = (await asked(maria, await closed(open_site), server)).headers["location"]
    other = await hire(open_site, "jan", ("export",), language="en")
    async with Office.at(open_site) as office:
        await office.enter(open_site, other)
        assert (await office.get(there)).status_code == 404
        assert (await office.send(f"{there}/begin", {"form": "0"})).status_code == 404
        assert (await office.send(f"{there}/discard")).status_code == 404
        assert server.posts == []
        await maria.send(f"{there}/begin", {"form": "0"})
        assert "11" in said(await office.get(there)), "what runs, all see"


async def test_the_log_says_it_in_words(open_site: Site, server: OpenRosaServer) -> None:
    survey_id = await closed(open_site)
    staff = await hire(open_site, "jan", language="en")
    async with Office.at(open_site) as office:
        await office.enter(open_site, staff)
        there = (await asked(office, survey_id, server)).headers["location"]
        await office.send(f"{there}/begin", {"form": "0"})
        page = said(await office.get("/admin/audit"))
    assert "Answers were handed over to another server." in page
    assert PURPOSE in page


# --- addresses --------------------------------------------------------------------------------------------------------

NAMED = Servers.named("central.example.org, https://kc.kobotoolbox.org/ odk.intern:8443")


def test_servers_are_named_in_one_line() -> None:
    assert NAMED.names == ("central.example.org", "kc.kobotoolbox.org", "odk.intern:8443")
    assert not Servers.named("  ")
    assert not Servers.named(None)
    for text in ("http://a@b", "*", "-x", "a:b"):
        with pytest.raises(ValueError, match=r".+"):
            Servers.named(text)


@pytest.mark.parametrize(
    ("typed", "address", "bare"),
    [
        (
            "https://central.example.org/v1/key/abc/projects/3/submission",
            "https://central.example.org/v1/key/abc/projects/3",
            "https://central.example.org/v1/key/…/projects/3",
        ),
        (" HTTPS://KC.KoboToolbox.org:443/name/ ", "https://kc.kobotoolbox.org/name", "https://kc.kobotoolbox.org/name"),
        ("https://odk.intern:8443/v1/projects/3/formList", "https://odk.intern:8443/v1/projects/3", None),
        ("https://kc.kobotoolbox.org/collector/tok", "https://kc.kobotoolbox.org/collector/tok", "https://kc.kobotoolbox.org/collector/…"),
    ],
)  # fmt: skip
def test_an_address_is_taken_as_it_is_pasted(typed: str, address: str, bare: str | None) -> None:
    place = NAMED.place(typed)
    assert (place.address, place.bare) == (address, bare or address)
    assert "key/abc" not in repr(place)


def test_the_text_of_a_code_for_the_phone_is_taken_too() -> None:
    address = "https://central.example.org/v1/key/abc/projects/3"
    text = b64encode(compress(json.dumps({"general": {"server_url": address}, "admin": {}}).encode())).decode()
    assert NAMED.place(f"{text[:20]}\n{text[20:]}").address == address
    bomb = b64encode(compress(b"[" * 5_000_000)).decode()
    for hostile in (
        bomb[:9_000],
        b64encode(compress(b"[" * 90_000)).decode(),
        b64encode(compress(b"[]")).decode(),
        "eJ",
    ):
        with pytest.raises(BadAddressError):
            NAMED.place(hostile)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("http://central.example.org/v1/projects/3", BadAddress.NOT_HTTPS),
        ("https://central.example.org:8443/v1", BadAddress.NOT_ALLOWED),
        ("https://central.example.org.evil.net/", BadAddress.NOT_ALLOWED),
        ("https://user:password@central.example.org/", BadAddress.NAMES_SOMEBODY),
        ("https://central.example.org/../x", BadAddress.NONE),
        ("https://central.example.org/v1/%2e%2e/x", BadAddress.NONE),
        ("https://central.example.org/v1%2fkey%2fx", BadAddress.NONE),
        ("https://central.example.org/v1/%0d%0a/%2f", BadAddress.NONE),
        ("https://central.example.org/x?y=1", BadAddress.NONE),
        ("https://127.0.0.1/", BadAddress.NOT_ALLOWED),
        ("https://[::1]/", BadAddress.NONE),
        ("https://2130706433/", BadAddress.NOT_ALLOWED),
        ("//central.example.org/x", BadAddress.NONE),
        ("https://central.example.org\\@evil.net/", BadAddress.NAMES_SOMEBODY),
        ("https://central。example。org/", BadAddress.NONE),
        ("javascript:alert(1)", BadAddress.NONE),
        ("https://central.example.org:99999/", BadAddress.NONE),
        ("https://" + "a" * 3_000, BadAddress.NONE),
    ],
)
def test_an_address_that_leads_elsewhere_is_not_taken(typed: str, reason: BadAddress) -> None:
    with pytest.raises(BadAddressError) as error:
        NAMED.place(typed)
    assert error.value.reason is reason


def test_without_encryption_only_this_machine_is_reached() -> None:
    both = Servers.named("127.0.0.1:5000 odk.intern:80")
    assert both.place("http://127.0.0.1:5000/x").address == "http://127.0.0.1:5000/x"
    with pytest.raises(BadAddressError):
        both.place("http://odk.intern/x")


def test_of_this_machine_too_only_the_ports_that_are_named_are_reached() -> None:
    """Whoever may export could otherwise knock at everything that answers beside us."""
    for port in ("5432", "22", "8000"):
        with pytest.raises(BadAddressError):
            Servers.named("localhost 127.0.0.1").place(f"http://localhost:{port}/x")
    assert Servers.named("localhost", any_port=True).place("http://localhost:8000/x").host == "localhost:8000"


CENTRAL = "https://central.example.org/v1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{CENTRAL}/key/{'a' * 64}/projects/3", f"{CENTRAL}/key/{'a' * 64}/projects/4"),
        (f"{CENTRAL}/key/{'a' * 64}/projects/3", f"{CENTRAL}/key/{'b' * 64}/projects/4"),
        (f"{CENTRAL}/key/{'a' * 64}/projects/3", f"https://odk.intern:8443/v1/key/{'a' * 64}/projects/3"),
        (f"{CENTRAL}/projects/3", f"{CENTRAL}/test/{'a' * 64}/projects/3/forms/x/draft"),
        (f"https://kc.kobotoolbox.org/collector/{'a' * 40}", f"https://kc.kobotoolbox.org/collector/{'b' * 40}"),
        (f"https://kc.kobotoolbox.org/{'hochschule' * 3}_eins", f"https://kc.kobotoolbox.org/{'hochschule' * 3}_zwei"),
    ],
)
def test_two_places_are_told_apart_also_where_they_look_the_same(one: str, other: str) -> None:
    assert NAMED.place(one).digest != NAMED.place(other).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{CENTRAL}/key/{'a' * 64}/projects/3", f"{CENTRAL}/key/{'b' * 64}/projects/3"),
        (f"{CENTRAL}/key/{'a' * 64}/projects/3", f"{CENTRAL}/projects/3/submission"),
        (f"{CENTRAL}/test/{'a' * 64}/projects/3/forms/x/draft", f"{CENTRAL}/test/{'b' * 64}/projects/3/forms/x/draft"),
        ("https://kc.kobotoolbox.org/name", "HTTPS://KC.kobotoolbox.org:443/name/formList"),
        (f"{CENTRAL}/projects/3", f"{CENTRAL}//projects/%33/"),
        (f"{CENTRAL}/projects/3/forms/b%c3%a4ume/draft", f"{CENTRAL}/projects/3/forms/b%C3%A4ume/draft"),
    ],
)
def test_a_project_is_one_place_whoever_signs_in_there(one: str, other: str) -> None:
    assert NAMED.place(one).digest == NAMED.place(other).digest


def test_what_a_place_is_known_by_does_not_tell_what_signs_in() -> None:
    place = NAMED.place(f"https://kc.kobotoolbox.org/collector/{'a' * 40}")
    assert "a" * 40 not in place.digest + place.bare
    assert len(place.digest) == 64


async def test_another_app_user_of_the_same_project_is_no_second_place(
    open_site: Site, maria: Office, server: OpenRosaServer
) -> None:
    """A new App User each time is what ODK Central proposes; nothing may arrive twice for that."""
    survey_id = await closed(open_site)
    for key in (KEY, "anotherAppUserKey" * 4):
        server.key = key
        there = (await asked(maria, survey_id, server)).headers["location"]
        await maria.send(f"{there}/begin", {"form": "0"})
        await carrier(open_site).carry_all()
    assert len(server.posts) == 22
    assert len(server.held) == 11


def test_secrets_are_taken_out_of_what_a_server_says() -> None:
    assert hidden("no key abcdef, abc", ["abc", "abcdef", ""]) == "no key …, …"
