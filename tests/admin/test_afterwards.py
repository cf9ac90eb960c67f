"""The office has those who come to an event asked three questions: by one tick, once, and by nobody's poster."""

from __future__ import annotations

from admin.site import Site
from storage.queries.surveys import list_surveys
from tests.admin.office import Office
from tests.admin.papers import fields_of
from tests.admin.test_broadcasts import plain
from tests.admin.test_events import ON_ONE_DATABASE, Plan


async def test_opening_an_event_has_those_asked_who_come(office: Office, site: Site) -> None:
    plan = await Plan.at(office, site)
    await plan.settles()
    await plan.writes()
    page = f"{plan.it}/open"
    shown = await office.read(page)
    assert 'name="ask" id="ask" value="yes" checked' in shown
    await office.send(page, {**fields_of(shown), "ask": "yes"})
    survey_id = (await plan.event()).survey_id
    async with site.database.read() as connection:
        [survey] = await list_surveys(connection, site.town_id)
    assert (survey.id, survey.state, survey.anonymous, survey.event_id) == (survey_id, "open", True, plan.id)
    assert survey.titles["de"] == "Nach der Veranstaltung: Gemeinsam essen"
    assert survey.titles["tr"] == "Etkinlikten sonra"
    assert f"/admin/surveys/{survey_id}" in await office.read(plan.it)
    about = await office.read(f"/admin/surveys/{survey_id}")
    assert "Wer bei der Veranstaltung war" in plain(about)
    assert "/poster" not in about
    assert (await office.get(f"/admin/surveys/{survey_id}/poster")).status_code == 404
    await office.send(f"{plan.it}/ask", {})
    async with site.database.read() as connection:
        assert len(await list_surveys(connection, site.town_id)) == 1
    # What does not take place is not asked about.
    await office.send(f"{plan.it}/cancel", {})
    assert (await plan.event()).survey_id is None
    async with site.database.read() as connection:
        assert await list_surveys(connection, site.town_id) == ()


@ON_ONE_DATABASE
async def test_who_did_not_tick_it_can_have_it_done_later(office: Office, site: Site) -> None:
    plan = await Plan.at(office, site)
    assert (await office.send(f"{plan.it}/ask", {})).headers["location"] == plan.it
    await plan.is_open()
    assert (await plan.event()).survey_id is None
    assert "Danach wird niemand gefragt." in plain(await office.read(plan.it))
    await office.send(f"{plan.it}/ask", {})
    assert (await plan.event()).survey_id is not None
    assert "Danach wird niemand gefragt." not in plain(await office.read(plan.it))


@ON_ONE_DATABASE
async def test_when_its_survey_is_closed_the_event_promises_no_questions(office: Office, site: Site) -> None:
    plan = await Plan.at(office, site)
    await plan.is_open()
    await office.send(f"{plan.it}/ask", {})
    survey = f"/admin/surveys/{(await plan.event()).survey_id}"
    assert "Wer bei der Veranstaltung war" in plain(await office.read("/admin/surveys"))
    before = plain(await office.read(f"{survey}/close"))
    assert "Nach späteren Tagen der Veranstaltung wird niemand mehr gefragt." in before
    assert "Sind es weniger als 5, wird nie etwas gezeigt" in before
    await office.send(f"{survey}/close", {"understood": "yes"})
    page = plain(await office.read(plan.it))
    assert "Die Umfrage ist geschlossen: Niemand wird mehr gefragt." in page
    assert "drei kurze Fragen" not in page


@ON_ONE_DATABASE
async def test_before_an_event_opens_it_is_said_who_could_not_read_it(office: Office, site: Site) -> None:
    plan = await Plan.at(office, site)
    await plan.settles()
    await plan.writes()
    page = plain(await office.read(f"{plan.it}/open"))
    assert "Für diese Sprachen ist kein Text freigegeben:" in page
    assert "Bulgarisch" in page.partition("kein Text freigegeben:")[2][:120]
    audience = f"/admin/broadcasts/{(await plan.event()).broadcast_id}/audience"
    instead = {f"fallback-{language}": "de" for language in ("ar", "bg", "en", "ro", "tr")}
    await office.send(audience, fields_of(await office.read(audience)) | instead)
    assert "kein Text freigegeben" not in plain(await office.read(f"{plan.it}/open"))
