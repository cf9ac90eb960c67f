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
