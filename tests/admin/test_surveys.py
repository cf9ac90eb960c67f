"""Surveys in the admin: a draft from a questionnaire, opened, watched, closed; nothing typed is lost or overwritten."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, insert, select

from admin.access import Right
from admin.glance import Glance
from admin.site import Site
from admin.survey_form import Circumstances, Draft, Typed, judge
from storage.models import Area, AuditEntry, Link, Participation, Resident, Survey, SurveyArea, SurveyKey, Trial
from tests.admin.office import Clock, Office, heading, hire
from tests.admin.papers import SQUARE, TWO_LANGUAGES, draft, fields_of, open_up, take_in
from tests.admin.test_results import close, mixed, opened

BERLIN = ZoneInfo("Europe/Berlin")


async def the_survey(site: Site) -> Any:
    async with site.database.read() as connection:
        return (await connection.execute(select(*Survey.__table__.columns))).one()


async def actions(site: Site) -> list[str]:
    async with site.database.read() as connection:
        return list(await connection.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


# --- a draft --------------------------------------------------------------------------------------------------------


async def test_without_a_questionnaire_there_is_no_survey(office: Office) -> None:
    assert "Nehmen Sie zuerst einen Fragebogen auf" in await office.read("/admin/surveys/new")
    assert (await office.send("/admin/surveys/new", {"questionnaire": "7"})).headers["location"] == "/admin/surveys/new"


async def test_the_form_begins_with_the_titles_of_the_questionnaire(office: Office) -> None:
    await take_in(office, SQUARE, "square.xlsx")
    fields = fields_of(await office.read("/admin/surveys/new?questionnaire=1"))
    assert fields["title-de"] == "Was soll auf dem Platz passieren?"
    assert fields["title-ar"] == "ماذا نريد في الساحة؟"
    assert (fields["anonymous"], fields["basis"], fields["interim"]) == ("yes", "consent", "no")


async def test_a_draft_keeps_what_was_chosen(office: Office, site: Site) -> None:
    words: dict[str, Any] = {"basis-text": "§ 3 NKomVG", "title-de": "Unser  Platz"}
    where = await draft(
        office,
        opens="2026-12-01T09:00",
        closes="2026-12-24T18:30",
        area=["2"],
        anonymous="no",
        basis="own",
        interim="yes",
        **words,
    )
    survey = await the_survey(site)
    assert where == "/admin/surveys/1"
    assert survey.titles["de"] == "Unser Platz"
    assert survey.titles[""] == "Unser Platz"
    assert survey.opens_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert survey.closes_at == datetime(2026, 12, 24, 17, 30, tzinfo=UTC)
    assert (survey.state, survey.anonymous, survey.legal_basis) == ("draft", False, "§ 3 NKomVG")
    assert (survey.interim, survey.smallest_group) == (True, 10)
    async with site.database.read() as connection:
        assert list(await connection.scalars(select(SurveyArea.area_id))) == [2]
    page = await office.read(where)
    assert "Hafenviertel" in page
    assert "1. Dezember 2026, 09:00 Uhr bis 24. Dezember 2026, 18:30 Uhr" in page
    assert "Gruppen unter 10 Menschen werden nicht gezeigt" in page


async def test_what_was_typed_stays_where_something_has_to_be_mended(office: Office, site: Site) -> None:
    await take_in(office, SQUARE, "square.xlsx")
    page = "/admin/surveys/new?questionnaire=1"
    typed = {
        **fields_of(await office.read(page)),
        "title-de": "",
        "title-tr": "Bizim <meydan>",
        "closes": "2020-01-01T10:00",
        "area": ["1"],
        "basis": "own",
    }
    answer = await office.send("/admin/surveys/new", typed, page=page)
    assert answer.status_code == 422
    again = fields_of(answer.text)
    assert again["title-tr"] == "Bizim &lt;meydan&gt;"
    assert (again["closes"], again["area"], again["basis"]) == ("2020-01-01T10:00", "1", "own")
    for place, words in (
        ("title-de", "Bitte schreiben Sie einen Titel in dieser Sprache: Deutsch."),
        ("closes", "Dieser Zeitpunkt ist vorbei."),
        ("basis-text", "Bitte schreiben Sie die Rechtsgrundlage"),
    ):
        assert f'href="#{place}"' in answer.text
        assert f'aria-describedby="{place}-error"' in answer.text
        assert words in answer.text
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(Survey)) == 0


async def test_a_language_that_the_questionnaire_lacks_needs_no_title(office: Office, site: Site) -> None:
    titles: dict[str, Any] = {"title-de": "Wohnen", "title-ro": ""}
    await draft(office, TWO_LANGUAGES, "two.md", **titles)
    assert dict((await the_survey(site)).titles) == {"": "Wohnen", "ar": "السكن في الحي", "de": "Wohnen"}
    assert "Einige Texte fehlen" in await office.read("/admin/surveys/1/open")


async def test_a_draft_is_saved_with_the_titles_there_are_and_tried_but_not_opened(office: Office, site: Site) -> None:
    later: dict[str, Any] = {f"title-{language}": "" for language in ("ar", "bg", "en", "ro")}
    where = await draft(office, **later)
    assert set((await the_survey(site)).titles) == {"", "de", "tr"}
    seen = fields_of(await office.read(f"{where}/edit"))["seen"]
    for page in (where, f"{where}/open"):
        text = await office.read(page)
        assert "Einige Titel fehlen" in text
        assert re.findall(rf'href="{where}/edit#title-(..)"', text) == ["ar", "bg", "en", "ro"]
    refused = await office.send(f"{where}/open", {"seen": seen}, page=f"{where}/edit")
    assert refused.status_code == 409
    assert "Einige Titel fehlen" in refused.text
    assert (await the_survey(site)).state == "draft"

    begun = await office.send(f"{where}/try", {"speak": "ar"}, page=f"{where}/try")
    assert begun.status_code == 303
    assert "Was soll auf dem Platz passieren?" in await office.read(f"{where}/try")

    page = f"{where}/edit"
    named = {**fields_of(await office.read(page)), **dict.fromkeys(later, "Title")}
    await office.send(page, named, page=page)
    assert "Einige Titel fehlen" not in await office.read(where)
    await open_up(office, where)
    assert (await the_survey(site)).state == "open"


async def test_a_draft_can_be_changed(office: Office, site: Site) -> None:
    where = await draft(office, closes="2026-12-24T18:30", area=["1"])
    page = f"{where}/edit"
    fields = fields_of(await office.read(page))
    assert fields["closes"] == "2026-12-24T18:30"
    del fields["area"]
    answer = await office.send(page, {**fields, "title-en": "Our square", "closes": ""}, page=page)
    assert answer.headers["location"] == where
    survey = await the_survey(site)
    assert survey.titles["en"] == "Our square"
    assert survey.closes_at is None
    async with site.database.read() as connection:
        assert list(await connection.scalars(select(SurveyArea.area_id))) == []
    assert (await actions(site))[-2:] == ["survey.create", "survey.change"]


async def test_a_form_that_is_older_than_the_draft_overwrites_nothing_by_itself(office: Office, site: Site) -> None:
    page = f"{await draft(office)}/edit"
    mine = fields_of(await office.read(page))
    await office.send(page, {**mine, "title-de": "Von der Kollegin"}, page=page)

    late = await office.send(page, {**mine, "title-de": "Von mir"}, page=page)
    assert late.status_code == 409
    assert "Jemand hat diesen Entwurf inzwischen geändert" in late.text
    assert (await the_survey(site)).titles["de"] == "Von der Kollegin"

    again = fields_of(late.text)
    assert again["title-de"] == "Von mir"
    assert (await office.send(page, again, page=page)).status_code == 303
    assert (await the_survey(site)).titles["de"] == "Von mir"


async def test_mending_a_fault_does_not_hide_that_the_draft_has_changed(office: Office) -> None:
    page = f"{await draft(office)}/edit"
    mine = fields_of(await office.read(page))
    await office.send(page, {**mine, "title-de": "Von der Kollegin"}, page=page)
    faulty = await office.send(page, {**mine, "title-de": ""}, page=page)
    assert faulty.status_code == 422
    assert (await office.send(page, {**fields_of(faulty.text), "title-de": "Von mir"}, page=page)).status_code == 409


async def test_a_draft_is_deleted_with_its_codes_and_trials_and_stays_in_the_log(office: Office, site: Site) -> None:
    where = await draft(office, area=["1"])
    await office.send(f"{where}/poster", {"area": "1", "size": "a4"}, page=f"{where}/poster")
    await office.send(f"{where}/try", {"speak": "ar"}, page=f"{where}/try")
    answer = await office.send(f"{where}/discard", page=f"{where}/discard")
    assert answer.headers["location"] == "/admin/surveys"
    async with site.database.read() as connection:
        for table in (Survey, SurveyArea, Link, Trial):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
    assert (await actions(site))[-2:] == ["survey.create", "survey.discard"]


# --- open -----------------------------------------------------------------------------------------------------------


async def test_opening_asks_first_and_makes_the_key(office: Office, site: Site) -> None:
    where = await draft(office)
    page = await office.read(f"{where}/open")
    assert "Von jetzt an werden die Menschen gefragt." in page
    assert "Fragen, Titel, Gebiete und Zeitraum lassen sich nicht mehr ändern." in page
    await open_up(office, where)
    assert (await the_survey(site)).state == "open"
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(SurveyKey)) == 1
    assert (await actions(site))[-1] == "survey.open"
    assert "Die Menschen können jetzt antworten." in await office.read(where)


async def test_before_opening_one_reads_once_more_what_residents_get(office: Office) -> None:
    own: dict[str, Any] = {"basis": "own", "basis-text": "§ 5 der Satzung", "interim": "yes"}
    where = await draft(office, **own)
    page = await office.read(f"{where}/open")
    for words in ("§ 5 der Satzung", "auch während sie läuft", "Sprachen", "Niemand bekommt dadurch eine Nachricht."):
        assert words in page


async def test_opening_a_second_time_says_so(office: Office, site: Site) -> None:
    where = await draft(office)
    fields = fields_of(await office.read(f"{where}/open"))
    await open_up(office, where)
    for path in (f"{where}/open", f"{where}/edit", f"{where}/discard"):
        answer = await office.send(path, fields, page="/admin/surveys/new?questionnaire=1")
        assert answer.headers["location"] == where
        assert "Jemand hat sie inzwischen geöffnet." in await office.read(where)
        assert (await office.get(path)).headers["location"] == where
    assert (await actions(site)).count("survey.open") == 1
    assert (await the_survey(site)).state == "open"


async def test_what_is_opened_is_what_was_seen(office: Office, site: Site) -> None:
    where = await draft(office)
    seen = fields_of(await office.read(f"{where}/open"))
    page = f"{where}/edit"
    await office.send(page, {**fields_of(await office.read(page)), "title-de": "Anders"}, page=page)
    answer = await office.send(f"{where}/open", seen, page=f"{where}/open")
    assert answer.status_code == 409
    assert "Der Entwurf hat sich inzwischen geändert" in answer.text
    assert (await the_survey(site)).state == "draft"


async def test_a_survey_whose_end_has_passed_is_not_opened(office: Office, site: Site, clock: Clock) -> None:
    where = await draft(office, closes="2026-11-26T12:00")
    seen = fields_of(await office.read(f"{where}/open"))
    clock.move(timedelta(hours=3))
    assert "Das gewählte Ende ist vorbei" in await office.read(f"{where}/open")
    assert (await office.send(f"{where}/open", seen, page=where + "/edit")).status_code == 409
    assert (await the_survey(site)).state == "draft"


async def test_participation_is_rounded_and_looked_up_again_while_the_survey_runs(office: Office, site: Site) -> None:
    where = await draft(office)
    await open_up(office, where)
    assert "weniger als 3" in await office.read(f"{where}/participation")
    await participate(site, 13)
    part = await office.read(f"{where}/participation")
    assert "etwa 15" in part
    assert 'hx-trigger="every 10s"' in part
    assert "<html" not in part
    for page in (where, "/admin/surveys"):
        assert "etwa 15" in await office.read(page)
        assert "13" not in (await office.read(page)).partition("<main")[2]


async def participate(site: Site, number: int, *, start: int = 1) -> None:
    async with site.database.write() as connection:
        for resident_id in range(start, start + number):
            await connection.execute(
                insert(Resident).values(
                    id=resident_id,
                    town_id=site.town_id,
                    language="ar",
                    language_chosen=True,
                    elsewhere=False,
                    paused=False,
                    arrived_on=datetime(2026, 11, 26, tzinfo=UTC).date(),
                )
            )
            await connection.execute(
                insert(Participation).values(town_id=site.town_id, survey_id=1, resident_id=resident_id)
            )


async def test_a_survey_that_begins_later_says_when(office: Office, clock: Clock) -> None:
    where = await draft(office, opens="2026-12-01T09:00", closes="2026-12-02T09:00")
    await open_up(office, where)
    page = await office.read(where)
    assert "Sie beginnt am 1. Dezember 2026, 09:00 Uhr. Hängen Sie das Plakat erst dann auf." in page
    assert "hx-trigger" not in page
    assert "dort, wo Menschen vorbeikommen" not in page
    await badges(office, where, "planned", "geplant")
    clock.move(timedelta(days=5, hours=1))
    await office.sign_in()
    await badges(office, where, "success", "läuft")
    clock.move(timedelta(days=2))
    await office.sign_in()
    page = await office.read(where)
    assert "Zeit abgelaufen: Niemand kann mehr antworten." in page
    assert "Schließen Sie die Umfrage" in page
    assert f'href="{where}/poster"' not in page
    await badges(office, where, "danger", "Zeit abgelaufen")


async def badges(office: Office, where: str, kind: str, label: str) -> None:
    badge = f'<span class="kern-badge kern-badge--{kind}"><span class="kern-label">{label}</span></span>'
    for page in ("/admin", "/admin/surveys", where):
        assert badge in await office.read(page)


# --- close ----------------------------------------------------------------------------------------------------------


async def test_closing_says_what_it_destroys_and_needs_a_tick(office: Office, site: Site) -> None:
    where = await draft(office)
    await open_up(office, where)
    page = await office.read(f"{where}/close")
    for words in (
        "Es ist endgültig.",
        "wird vernichtet",
        "nicht abgeschickt sind, werden gelöscht",
        "Die Ergebnisse erscheinen.",
    ):
        assert words in page
    answer = await office.send(f"{where}/close", page=f"{where}/close")
    assert answer.status_code == 422
    assert "Bitte setzen Sie dieses Häkchen" in answer.text
    assert (await the_survey(site)).state == "open"


async def test_closing_destroys_the_key_and_leads_to_the_results(office: Office, site: Site) -> None:
    where = await draft(office)
    await open_up(office, where)
    await participate(site, 7)
    answer = await office.send(f"{where}/close", {"understood": "yes"}, page=f"{where}/close")
    assert answer.headers["location"] == f"{where}/results"
    survey = await the_survey(site)
    assert (survey.state, survey.closed_on) == ("closed", date(2026, 11, 26))
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(SurveyKey)) == 0
    assert (await actions(site)).count("survey.close") == 1
    page = await office.read(where)
    assert "Geschlossen am 26. November 2026." in page
    for words in (
        "Uhr bis 26. November 2026 (geschlossen)",
        "<strong>weniger als 5</strong> <span>Menschen haben mitgemacht",
        "ja: Die Verbindung zwischen Antworten und Menschen ist vernichtet",
    ):
        assert words in page
    assert "Das Schließen vernichtet" not in page
    assert f'href="{where}/results"' in page
    assert f'href="{where}/export"' in page

    again = await office.send(f"{where}/close", {"understood": "yes"}, page=f"{where}/poster?closed")
    assert again.headers["location"] == where
    assert (await actions(site)).count("survey.close") == 1


async def test_once_closed_a_survey_shows_the_number_that_its_results_count(office: Office, site: Site) -> None:
    survey = await opened(site, mixed(7))
    where = f"/admin/surveys/{survey}"
    few = await opened(site, mixed(4))
    assert await close(site, survey)
    assert await close(site, few)
    assert "<strong>7</strong>" in await office.read(f"{where}/results")
    page = await office.read(where)
    assert "<strong>7</strong> <span>Menschen haben mitgemacht" in page
    assert "etwa" not in page
    assert "alle 10 Sekunden" not in page
    assert "<strong>weniger als 5</strong>" in await office.read(f"/admin/surveys/{few}")
    for page in ("/admin", "/admin/surveys"):
        cells = re.findall(r"<td[^>]*>([^<]*)</td>", await office.read(page))
        assert [each for each in cells if each in {"7", "weniger als 5"}] == ["weniger als 5", "7"]
        assert "gerundet" not in await office.read(page)


async def test_closing_warns_of_few_answers_by_the_rounded_number_only(office: Office, site: Site) -> None:
    where = await draft(office, closes="2026-12-02T09:00")
    await open_up(office, where)
    await participate(site, 7)
    page = await office.read(f"{where}/close")
    assert "Bisher nur wenige vollständige Antworten: etwa 5" in page
    assert "Warten Sie lieber noch." in page
    assert "novalidate" not in page
    assert re.search(r'id="understood"[^>]* required data-missing="Bitte setzen', page)
    await participate(site, 18, start=8)
    page = await office.read(f"{where}/close")
    assert "etwa 20" in page or "etwa 25" in page
    assert "Warten Sie lieber noch." not in page


async def test_the_last_check_lists_titles_and_those_that_nobody_has_changed(office: Office) -> None:
    where = await draft(office)
    page = await office.read(f"{where}/open")
    for title in ("Was soll auf dem Platz passieren?", "Meydanda ne olsun?", "What should happen on the square?"):
        assert title in page
    assert "stammen noch aus dem Fragebogen" not in page
    titles: dict[str, Any] = {f"title-{each}": f"Neu {each}" for each in ("de", "ar", "bg", "tr")}
    where = await draft(office, **titles)
    page = await office.read(f"{where}/open")
    left = re.search(r"Diese Titel stammen noch aus dem Fragebogen:(.*?)</p>", page, re.S)
    assert left is not None
    assert re.findall(r'<bdi lang="(..)">', left[1]) == ["en", "ro"]
    assert f'href="{where}/edit#title-en"' in left[1]
    assert "Jetzt öffnen" in page


SOME_ASKED_MORE = b"""
| survey | | | | |
|  | type | name | label | relevant |
|  | text | wish | What do you wish for? | |
|  | begin_group | more | | ${wish} != '' |
|  | text | why | Why? | |
|  | end_group | | | |
"""


async def test_that_some_questions_are_not_for_everybody_is_said_with_their_number(office: Office) -> None:
    assert "3 Fragen</dd>" in await office.read(await draft(office, TWO_LANGUAGES, "two.md"))
    where = await draft(office, SOME_ASKED_MORE, "more.md", **{"title-de": "Wünsche"})
    for page in (where, "/admin/surveys/new"):
        assert "2 Fragen, manche nur für einige" in await office.read(page)
    for page in ("/admin/questionnaires", "/admin/questionnaires/2"):
        assert "<dd>2, manche nur für einige</dd>" in await office.read(page)


async def test_only_who_may_export_is_led_to_the_rows(office: Office, site: Site) -> None:
    where = await draft(office)
    await open_up(office, where)
    await office.send(f"{where}/close", {"understood": "yes"}, page=f"{where}/close")
    await hire(site, "paul", (Right.MANAGE,))
    async with Office.at(site) as other:
        await other.sign_in("paul")
        assert f"{where}/export" not in await other.read(where)


async def test_a_draft_cannot_be_closed(office: Office) -> None:
    where = await draft(office)
    assert (await office.get(f"{where}/close")).headers["location"] == where
    assert "Diese Umfrage ist noch nicht geöffnet." in await office.read(where)


# --- who may --------------------------------------------------------------------------------------------------------


async def test_who_may_not_manage_sees_and_changes_nothing(office: Office, site: Site) -> None:
    where = await draft(office)
    await hire(site, "paul", (Right.EXPORT,))
    async with Office.at(site) as other:
        await other.sign_in("paul")
        for path in ("", "/participation", "/edit", "/open", "/close", "/discard", "/try", "/poster"):
            assert (await other.get(where + path)).status_code == 403
        for path in ("/edit", "/open", "/close", "/discard", "/try", "/poster"):
            assert (await other.send(where + path, {"understood": "yes"}, page="/admin")).status_code == 403
    assert (await the_survey(site)).state == "draft"


async def test_a_form_without_its_token_is_refused(office: Office, site: Site) -> None:
    where = await draft(office)
    seen = fields_of(await office.read(f"{where}/open"))
    answer = await office.client.post(f"{where}/open", data=seen, follow_redirects=False)
    assert answer.status_code == 403
    assert (await the_survey(site)).state == "draft"


async def test_unknown_surveys_are_not_found(office: Office) -> None:
    for path in ("/1", "/1/edit", "/1/open", "/1/close", "/1/try", "/1/poster", "/0", "/99999999999"):
        assert (await office.get(f"/admin/surveys{path}")).status_code == 404


async def test_the_overview_has_the_newest_first_and_no_participation_in_drafts(office: Office, site: Site) -> None:
    await open_up(office, await draft(office))
    await draft(office)
    page = await office.read("/admin")
    assert page.index("/admin/surveys/2") < page.index("/admin/surveys/1")
    assert page.count("weniger als 3</td>") == 1
    assert 'href="/admin/surveys/new"' in page
    await hire(site, "ida", rights=())
    async with Office.at(site) as other:
        await other.sign_in("ida")
        assert "/admin/surveys/new" not in await other.read("/admin")


async def test_the_list_shows_every_survey_in_the_readers_language(office: Office, site: Site) -> None:
    await draft(office, area=["1"])
    await hire(site, "ada", language="en")
    async with Office.at(site) as other:
        await other.sign_in("ada")
        page = await other.get("/admin/surveys")
    assert heading(page) == "Surveys"
    assert "What should happen on the square?" in page.text
    assert "Nordstadt" in page.text


# --- the form as a function -----------------------------------------------------------------------------------------

AROUND = Circumstances(
    zone=BERLIN,
    now=datetime(2026, 11, 26, 9, tzinfo=UTC),
    parents={1: None, 2: None, 3: 1, 4: 3},
    glance=Glance(questions=3, lacking={"de": 0, "ar": 2}, absent=("bg", "en", "ro", "tr"), own="de"),
    default_language="de",
)
TITLES = {"de": "Wohnen", "ar": "السكن"}


def judged(**typed: Any) -> Draft:
    result = judge(Typed(titles=TITLES, **typed), AROUND, str)
    assert isinstance(result, Draft), result
    return result


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2027-03-28T01:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28T02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("2027-10-31T02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("2027-10-31T03:00", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
    ids=["before the gap", "in the gap: an hour later", "twice: the first", "after it"],
)
def test_a_wall_time_means_one_moment_also_when_the_clock_is_changed(wall: str, moment: datetime) -> None:
    assert judged(closes=wall).closes_at == moment


def test_an_area_inside_a_chosen_one_needs_no_row_of_its_own() -> None:
    assert judged(areas=frozenset({1, 4})).areas == (1,)
    assert judged(areas=frozenset({2, 4})).areas == (2, 4)
    assert judged().areas == ()


def test_areas_that_are_gone_never_widen_a_survey_to_the_whole_town() -> None:
    assert judge(Typed(titles=TITLES, areas=frozenset({9})), AROUND, str) == {
        "areas": "These areas are no longer there. Please choose again."
    }


@pytest.mark.parametrize("wall", ["soon", "2026-13-01T10:00", "2026-12-01", "2026-02-30T10:00", "99999-01-01T00:00"])
def test_what_is_no_time_is_asked_for_again(wall: str) -> None:
    result = judge(Typed(titles=TITLES, opens=wall), AROUND, str)
    assert isinstance(result, dict)
    assert list(result) == ["opens"]


def test_a_survey_ends_after_it_begins() -> None:
    result = judge(Typed(titles=TITLES, opens="2027-01-02T10:00", closes="2027-01-02T10:00"), AROUND, str)
    assert result == {"closes": "The end must be after the beginning."}


def test_what_has_to_be_mended_stands_in_the_order_of_the_form() -> None:
    faults = judge(Typed(titles={"bg": "x" * 121}, closes="x"), AROUND, str)
    assert isinstance(faults, dict)
    assert list(faults) == ["title-de", "title-bg", "closes"]


def test_titles_have_an_end() -> None:
    result = judge(Typed(titles={**TITLES, "en": "x" * 121}), AROUND, str)
    assert result == {"title-en": "Please write at most 120 letters."}


async def test_areas_within_areas_are_a_tree_of_boxes(office: Office, site: Site) -> None:
    async with site.database.write() as connection:
        await connection.execute(
            insert(Area).values(town_id=site.town_id, parent_id=1, name="Lindenstraße", position=0)
        )
    await take_in(office, SQUARE, "square.xlsx")
    page = await office.read("/admin/surveys/new?questionnaire=1")
    assert page.index("Nordstadt</label>") < page.index("Lindenstraße</label>") < page.index("Hafenviertel</label>")
