"""Results as a manager sees them: counted rightly, released when the rule permits, read in people's languages."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from html import unescape
from random import Random

import pytest
from sqlalchemy import delete, func, insert, select, update

from admin.access import Right
from admin.charts import Names, questions
from admin.disclosure import GROWTH, Breakdown, Cell, Figures, Results
from admin.exports.codebook import Version, read_codebook
from admin.exports.rows import as_csv, prepare
from admin.results import bin_of, bins, close_and_release, read, release_if_due, shown, write
from admin.site import Site
from storage.database import Database
from storage.models import (
    Answer,
    Area,
    AuditEntry,
    Interview,
    Release,
    Response,
    Survey,
    SurveyArea,
    SurveyKey,
    SurveyState,
)
from storage.queries.rows import places
from storage.services.releases import claim_responses
from tests.admin.answered import Answered, put_answers, survey_of, xform_of
from tests.admin.office import Office, hire

TODAY = date(2026, 11, 26)
TABLE = """
| survey |
| | type | name | label::Deutsch (de) | label::العربية (ar) | label::Български (bg) |
| | select_one yn | clean | Sind die Straßen sauber? | هل الشوارع نظيفة؟ | Чисти ли са улиците? |
| | select_multiple want | wishes | Was fehlt? | ما الذي ينقص؟ | Какво липсва? |
| | integer | people | Wie viele wohnen bei Ihnen? | كم شخصًا يسكن معكم؟ | Колко души живеят? |
| | select_one ages | age_group | Wie alt sind Sie? | كم عمركم؟ | На колко години сте? |
| | text | idea | Was soll besser werden? | ما الذي يجب أن يتحسّن؟ | Какво да се подобри? |
| choices |
| | list_name | name | label::Deutsch (de) | label::العربية (ar) | label::Български (bg) |
| | yn | yes | Ja | نعم | Да |
| | yn | no | Nein | لا | Не |
| | want | trees | Bäume | أشجار | Дървета |
| | want | seats | Bänke | مقاعد | Пейки |
| | want | light | Licht | إضاءة | Светлина |
| | ages | young | Unter 40 | أقل من 40 | Под 40 |
| | ages | old | 40 und älter | 40 فما فوق | 40 и повече |
| settings |
| | form_title | default_language |
| | Wohnen | Deutsch (de) |
"""


def people(
    number: int,
    *,
    area: str | None = "Nordstadt",
    language: str = "de",
    age: str | None = "young",
    clean: str | None = "yes",
    idea: str = "",
) -> list[Answered]:
    """That many who answer alike."""
    answers = {"clean": clean, "wishes": "trees light", "people": "3", "age_group": age, "idea": idea}
    return [Answered({name: value for name, value in answers.items() if value}, language=language, area=area)] * number


def mixed(number: int, seed: int = 1) -> list[Answered]:
    """That many who differ in all things."""
    chance = Random(seed)
    return [
        Answered(
            {
                "clean": chance.choice(["yes", "no"]),
                "wishes": " ".join(chance.sample(["trees", "seats", "light"], chance.randint(1, 3))),
                "people": str(chance.randint(0, 12)),
                "age_group": chance.choice(["young", "old"]),
                "idea": f"Idee {at}",
            },
            language=chance.choice(["de", "ar", "bg"]),
            area=chance.choice(["Nordstadt", "Hafenviertel"]),
        )
        for at in range(number)
    ]


async def opened(site: Site, responses: Iterable[Answered], *, interim: bool = False) -> int:
    async with site.database.write() as connection:
        return await survey_of(connection, site.town_id, [TABLE], responses, state=SurveyState.OPEN, interim=interim)


async def more(site: Site, survey_id: int, responses: Sequence[Answered]) -> None:
    async with site.database.write() as connection:
        version = await connection.scalar(select(Survey.questionnaire_id).where(Survey.id == survey_id))
        assert version is not None
        await put_answers(connection, site.town_id, survey_id, [version], responses)


async def close(site: Site, survey_id: int) -> bool:
    return await close_and_release(
        site.database, town_id=site.town_id, survey_id=survey_id, staff_id=None, now=site.now(), today=TODAY
    )


async def due(site: Site, survey_id: int) -> bool:
    return await release_if_due(site.database, town_id=site.town_id, survey_id=survey_id, today=TODAY)


async def told(site: Site, survey_id: int) -> Results:
    async with site.database.read() as connection:
        found = await shown(connection, survey_id)
    assert found is not None
    return found.results


async def count(database: Database, query: object) -> int:
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(query)) or 0  # type: ignore[arg-type]


# --- counting ---------------------------------------------------------------------------------------------------------


async def test_closing_counts_every_complete_response_once(site: Site) -> None:
    crowd = people(12) + people(8, area="Hafenviertel", language="ar", age="old", clean="no")
    unfinished = [Answered({"clean": "no"}, complete=False)] * 7
    survey_id = await opened(site, crowd + unfinished)
    assert await close(site, survey_id)
    results = await told(site, survey_id)
    assert results.respondents.people == 20
    assert results.questions["clean"].options == {"yes": 12, "no": 8}
    assert results.questions["wishes"].options == {"trees": 20, "light": 20}
    assert results.questions["people"].options == {"3": 20}
    by_area = {next(iter(cell.categories)): cell.options for cell in results.questions["clean"].by["area"].cells}
    assert sorted(map(str, by_area.values())) == ["{'no': 8}", "{'yes': 12}"]
    assert "idea" not in results.questions


async def test_who_skipped_a_question_is_not_in_its_base(site: Site) -> None:
    survey_id = await opened(site, people(12) + people(8, clean=None))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert (results.respondents.people, results.questions["clean"].people) == (20, 12)


async def test_a_house_counts_as_the_quarter_it_stands_in(site: Site) -> None:
    async with site.database.write() as connection:
        quarter = await connection.scalar(select(Area.id).where(Area.name == "Nordstadt"))
        await connection.execute(
            insert(Area).values(town_id=site.town_id, parent_id=quarter, name="Lindenstraße 5", position=0)
        )
    survey_id = await opened(site, people(6, area="Lindenstraße 5") + people(6) + people(9, area="Hafenviertel"))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert sorted(cell.people for cell in results.respondents.by["area"].cells) == [9, 12]


def test_numbers_fall_into_groups_that_do_not_depend_on_the_answers() -> None:
    assert [bin_of(each) for each in ("-3", "0", "4", "5", "9", "10", "99.5", "100", "x", "", "nan")] == [
        "-0", "0", "4", "5-9", "5-9", "10-19", "50-99", "100-", None, None, None
    ]  # fmt: skip
    assert bins()[0] == "-0"
    assert bins()[-1] == "100-"


async def test_a_release_is_read_back_as_it_was_written(site: Site) -> None:
    survey_id = await opened(site, mixed(45), interim=True)
    assert await due(site, survey_id)
    results = await told(site, survey_id)
    assert results.respondents.known
    assert read(write(results)) == results


# --- releasing --------------------------------------------------------------------------------------------------------


async def test_an_interim_release_comes_with_the_thirtieth_response_and_then_with_every_tenth(site: Site) -> None:
    survey_id = await opened(site, mixed(29), interim=True)
    assert not await due(site, survey_id)
    await more(site, survey_id, mixed(1, seed=2))
    assert await due(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 30
    await more(site, survey_id, mixed(9, seed=3))
    assert not await due(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 30
    await more(site, survey_id, mixed(1, seed=4))
    assert await due(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 40
    assert not await due(site, survey_id)


async def test_a_survey_without_interim_releases_has_none_before_it_is_closed(site: Site) -> None:
    survey_id = await opened(site, mixed(100))
    assert not await due(site, survey_id)
    async with site.database.read() as connection:
        assert await shown(connection, survey_id) is None


async def test_two_who_look_at_the_same_moment_make_one_release(site: Site) -> None:
    survey_id = await opened(site, mixed(60), interim=True)
    made = await asyncio.gather(*(due(site, survey_id) for _ in range(4)))
    assert sum(made) == 1
    assert await count(site.database, Release) == 1


async def test_a_release_that_was_cut_off_is_made_of_the_same_people(site: Site) -> None:
    survey_id = await opened(site, mixed(30), interim=True)
    async with site.database.write() as connection:
        await claim_responses(connection, survey_id, 1)
    await more(site, survey_id, mixed(5, seed=2))
    assert await due(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 30


async def test_only_the_latest_release_knows_who_was_counted_when_and_the_last_one_does_not(site: Site) -> None:
    survey_id = await opened(site, mixed(40), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, mixed(40, seed=2))
    await due(site, survey_id)

    async def knowing() -> list[bool]:
        async with site.database.read() as connection:
            figures = await connection.scalars(select(Release.figures).order_by(Release.number))
            return [bool(read(each).respondents.known) for each in figures]

    assert await knowing() == [False, True]
    await close(site, survey_id)
    assert await knowing() == [False, False, False]


async def test_few_who_come_after_the_last_interim_release_are_not_counted_at_closing(site: Site) -> None:
    survey_id = await opened(site, mixed(40), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, mixed(3, seed=2))
    await close(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 40


async def test_closing_ends_the_key_the_interviews_and_the_way_back(site: Site) -> None:
    survey_id = await opened(site, people(20))
    assert await close(site, survey_id)
    assert not await close(site, survey_id)
    assert await count(site.database, SurveyKey) == 0
    assert await count(site.database, Interview) == 0
    async with site.database.read() as connection:
        rows = list(await connection.execute(select(Response.pseudonym, Response.key_id, Response.completed_on)))
        actions = list(await connection.scalars(select(AuditEntry.action)))
    assert set(rows) == {(None, None, TODAY)}
    assert actions == ["survey.close"]


async def test_closing_with_too_few_responses_shows_nothing_and_says_so(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(4))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "Zu wenige" in page
    assert 'class="bars"' not in page


# --- the page ---------------------------------------------------------------------------------------------------------


def rows_of(page: str) -> list[tuple[str, str]]:
    """What stands in the bars' tables: name and share."""
    rows = re.findall(r"<tr><th scope=\"row\"[^>]*>(.*?)</th>.*?<td class=\"number\">(.*?)</td></tr>", page, re.S)
    return [tuple(unescape(re.sub(r"<[^>]+>", "", part)).strip() for part in row) for row in rows]  # type: ignore[misc]


async def test_a_manager_reads_shares_in_whole_percent_and_vague_at_the_ends(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(30) + people(10, clean="no"))
    await close(site, survey_id)
    shares = dict(rows_of(await office.read(f"/admin/surveys/{survey_id}/results")))
    assert (shares["Ja"], shares["Nein"]) == ("75\N{NO-BREAK SPACE}%", "25\N{NO-BREAK SPACE}%")
    assert (shares["Bäume"], shares["Bänke"]) == ("fast alle", "kaum jemand")


async def test_questions_that_have_no_chart_stand_one_by_one_with_their_own_signs(site: Site, office: Office) -> None:
    dated = TABLE.replace("| | text | idea", "| | date | since | Seit wann? | منذ متى؟ | Откога? |\n| | text | idea")
    async with site.database.write() as connection:
        survey_id = await survey_of(connection, site.town_id, [dated], people(12), state=SurveyState.OPEN)
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    part = page.partition("Nicht als Diagramm gezeigt:")[2].partition("</div>")[0]
    assert re.findall(r"<li>(.*?)</li>", part) == ['<bdi lang="de" dir="ltr">Seit wann?</bdi>']
    assert "?</bdi>." not in part


async def test_what_hardly_anyone_has_chosen_has_no_bar(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(30) + people(10, clean="no"))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    drawn = {row.partition("</bdi>")[0].rpartition(">")[2]: 'class="share"' in row for row in page.split("<tr>")}
    assert (drawn["Bäume"], drawn["Bänke"]) == (True, False)


async def test_no_share_is_worked_out_from_a_number_that_is_rounded(site: Site, office: Office) -> None:
    """Of 18 people 13 have answered one question and 15 another: “about 15” would give 17 %, and 28 % are true."""
    survey_id = await opened(site, people(13) + people(2, clean=None) + people(3, clean=None, age=None))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    card = page.partition("Sind die Straßen sauber?")[2].partition("</section>")[0]
    assert "Etwa 15 Menschen" in card
    assert "Keine Antwort" not in card


@pytest.mark.parametrize(("language", "yes"), [("ar", "نعم"), ("bg", "Да")])
async def test_labels_are_read_in_the_language_of_the_people(
    site: Site, office: Office, language: str, yes: str
) -> None:
    survey_id = await opened(site, people(30) + people(10, clean="no"))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results?labels={language}")
    assert dict(rows_of(page))[yes] == "75\N{NO-BREAK SPACE}%"
    assert f'<table class="bars" dir="{"rtl" if language == "ar" else "ltr"}">' in page


async def test_groups_stand_beside_each_other_and_the_page_says_what_is_held_back(site: Site, office: Office) -> None:
    crowd = people(20) + people(12, area="Hafenviertel", clean="no") + people(3, area=None, clean=None)
    survey_id = await opened(site, crowd)
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results?by=area")
    assert ("Nordstadt", "fast alle") in rows_of(page)
    assert "Alle übrigen" in page
    assert "Gebiete, Sprachen und Altersgruppen mit weniger als 5 Menschen werden nicht einzeln gezeigt." in page


async def test_a_breakdown_that_would_give_somebody_away_is_not_shown_and_the_page_says_why(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, people(30) + people(2, area="Hafenviertel"))
    await close(site, survey_id)
    address = f"/admin/surveys/{survey_id}/results"
    page = await office.read(f"{address}?by=area&labels=de")
    assert "Diese Aufteilung wird nicht gezeigt" in page
    assert rows_of(page) == rows_of(await office.read(address)), "everybody together is shown instead"
    assert page.count(f'href="{address}?labels=de"') == 1
    assert re.search(r'by=area&amp;labels=de" aria-current="true"', page)


async def test_where_nothing_can_be_broken_down_the_page_says_so_only_if_the_survey_itself_does(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, people(30))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results?by=area")
    assert "Diese Aufteilung wird nicht gezeigt" in page, "whether all are from one area is nobody's business"
    async with site.database.write() as connection:
        quarter = await connection.scalar(select(Area.id).where(Area.name == "Nordstadt"))
        added = insert(Area).values(town_id=site.town_id, parent_id=quarter, name="Lindenstraße 5", position=0)
        await connection.execute(added)
        inside = select(Area.id).where(Area.name.in_(["Nordstadt", "Lindenstraße 5"]))
        for area_id in list(await connection.scalars(inside)):
            await connection.execute(
                insert(SurveyArea).values(town_id=site.town_id, survey_id=survey_id, area_id=area_id)
            )
    page = await office.read(f"/admin/surveys/{survey_id}/results?by=area")
    assert "Diese Umfrage ist nur für Nordstadt: Es gibt nichts aufzuteilen." in page
    assert "Diese Aufteilung wird nicht gezeigt" not in page
    assert "Diese Aufteilung wird nicht gezeigt" in await office.read(f"/admin/surveys/{survey_id}/results?by=language")


BRANCHED = """
| survey |
| | type | name | label::Deutsch (de) | relevant |
| | select_one yn | clean | Sind die Straßen sauber? | |
| | text | idea | Was soll besser werden? | |
| | begin_group | more | | ${clean} = 'no' |
| | select_one yn | bins | Fehlen Mülleimer? | |
| | end_group | | | |
| | select_one yn | never | Fehlt ein Hof? | |
| | select_one yn | back | Kommen Sie wieder? | |
| choices |
| | list_name | name | label::Deutsch (de) |
| | yn | yes | Ja |
| | yn | no | Nein |
| settings |
| | form_title | default_language |
| | Wohnen | Deutsch (de) |
"""


async def branched(site: Site, *, never: int) -> int:
    crowd = (
        [Answered({"clean": "yes", "back": "yes", "idea": "Mehr Bäume"})] * 20
        + [Answered({"clean": "no", "more/bins": "yes", "back": "no"}, area="Hafenviertel")] * 10
        + [Answered({"clean": "no", "more/bins": "no", "never": "yes"}, area="Hafenviertel")] * never
        + [Answered({"clean": "no", "more/bins": "no"}, area="Hafenviertel")] * (10 - never)
    )
    async with site.database.write() as connection:
        survey_id = await survey_of(connection, site.town_id, [BRANCHED], crowd, state=SurveyState.OPEN)
    await close(site, survey_id)
    async with site.database.write() as connection:
        await connection.execute(update(Answer).where(Answer.value == "Mehr Bäume").values(shown=True))
    return survey_id


@pytest.mark.parametrize("by", ["", "area"])
async def test_a_question_that_too_few_have_answered_keeps_its_place_and_nothing_tells_whether_it_was_nobody(
    site: Site, office: Office, by: str
) -> None:
    nobody, few = await branched(site, never=0), await branched(site, never=4)
    pages = [await office.read(f"/admin/surveys/{each}/results?by={by}") for each in (nobody, few)]
    for page in pages:
        card = page.partition("Fehlt ein Hof?")[2].partition("</section>")[0]
        assert "Nicht gezeigt: Weniger als 5 Menschen haben diese Frage beantwortet." in card
        assert 'class="bars"' not in card
    cards = [page.partition('<section class="card')[2].partition('<div class="actions">')[0] for page in pages]
    assert cards[0].replace(f"/surveys/{nobody}/", f"/surveys/{few}/") == cards[1]


async def test_questions_and_texts_stand_in_the_order_of_the_questionnaire(site: Site, office: Office) -> None:
    page = await office.read(f"/admin/surveys/{await branched(site, never=0)}/results")
    asked = ["Sind die Straßen sauber?", "Was soll besser werden?", "Fehlen Mülleimer?", "Fehlt ein Hof?"]
    assert re.findall(r'<h2 id="q\d"[^>]*>([^<]+)</h2>', page) == [*asked, "Kommen Sie wieder?"]
    texts = page.partition("Was soll besser werden?")[2].partition("</section>")[0]
    assert texts.count("<span>Mehr Bäume</span>") == 20


async def test_without_a_question_for_the_age_group_there_is_nothing_to_break_down_by_age(
    site: Site, office: Office
) -> None:
    page = await office.read(f"/admin/surveys/{await branched(site, never=0)}/results?by=age")
    assert "Dieser Fragebogen hat keine Frage „age_group“: Es gibt nichts aufzuteilen." in page


async def test_who_was_not_asked_has_not_kept_silent(site: Site, office: Office) -> None:
    page = await office.read(f"/admin/surveys/{await branched(site, never=0)}/results")

    def card(question: str) -> str:
        return page.partition(question)[2].partition("</section>")[0]

    some = "Diese Frage wurde nur manchen gestellt. Nicht gestellt oder übersprungen: 50\N{NO-BREAK SPACE}%."
    assert some in card("Fehlen Mülleimer?")
    assert "Keine Antwort: 25\N{NO-BREAK SPACE}%." in card("Kommen Sie wieder?")
    assert "nur manchen" not in card("Kommen Sie wieder?")
    assert "gestellt" not in card("Sind die Straßen sauber?")


def test_a_question_of_an_older_version_is_not_missed() -> None:
    """That it is known at all tells that somebody has answered it."""
    older = BRANCHED.replace("| back |", "| again |")
    book = read_codebook([Version(1, xform_of(older)), Version(2, xform_of(BRANCHED))])
    assert "again" in {each.name for each in book.variables}
    nothing = Results(1, 5, Figures((1,), 30, {}), {})
    found = questions(nothing, book, Names(str, "de", "de", {}, book))
    assert [each.variable.name for each in found] == ["clean", "idea", "bins", "never", "back"]
    assert [each.variable.name for each in found if each.variable.conditional] == ["bins"]


def test_in_one_chart_all_shares_are_rounded_alike() -> None:
    cells = [("a", 43), ("b", 40), ("c", 120)]
    respondents = [("a", 43), ("b", 42), ("c", 120)]

    def groups(of: list[tuple[str, int]], chosen: int | None) -> Breakdown:
        options = None if chosen is None else {"yes": chosen, "no": 1}
        return Breakdown(1, tuple(Cell(frozenset([name]), people, options) for name, people in of))

    book = read_codebook([Version(1, xform_of(TABLE))])
    results = Results(
        1,
        5,
        Figures((1,), 205, {}, {"language": groups(respondents, None)}),
        {"clean": Figures((1,), 203, {"yes": 57, "no": 3}, {"language": groups(cells, 19)})},
    )
    [chart] = [
        each.chart for each in questions(results, book, Names(str, "de", "de", {}, book), by="language") if each.chart
    ]
    assert [column.base.about for column in chart.columns if column.base] == [False, True, False]
    assert [share.percent for share in chart.rows[0].shares if share] == [45, 50, 16]


async def test_a_running_survey_with_interim_releases_makes_the_next_one_when_it_is_looked_at(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, mixed(29), interim=True)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "30" in page
    assert 'class="bars"' not in page
    await more(site, survey_id, mixed(1, seed=2))
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert 'class="bars"' in page
    assert await count(site.database, Release) == 1


async def test_results_need_the_right_to_manage(site: Site, visitor: Office) -> None:
    survey_id = await opened(site, people(30))
    await close(site, survey_id)
    await hire(site, "jan", (Right.EXPORT,))
    await visitor.sign_in("jan")
    for page in ("results", "texts"):
        assert (await visitor.get(f"/admin/surveys/{survey_id}/{page}")).status_code == 403


# --- free texts -------------------------------------------------------------------------------------------------------


async def test_what_people_wrote_is_shown_only_after_somebody_has_released_it(site: Site, office: Office) -> None:
    survey_id = await opened(
        site, people(9) + people(1, idea="Mehr <b>Bäume</b>") + people(1, idea="Herr Meier ist laut")
    )
    await close(site, survey_id)
    results, texts = f"/admin/surveys/{survey_id}/results", f"/admin/surveys/{survey_id}/texts"
    assert "Herr Meier" not in await office.read(results)
    page = await office.read(texts)
    assert "Mehr &lt;b&gt;Bäume" in page
    offered = re.findall(r'name="offered" value="([^"]+)"', page)
    good = next(each for each in offered if f'value="{each}"' in page.split("Mehr &lt;b&gt;")[0].rsplit("<li>", 1)[1])
    sent = await office.send(texts, {"offered": offered, "shown": [good], "page": "0"}, page=texts)
    assert sent.status_code == 303
    page = await office.read(results)
    assert "Mehr &lt;b&gt;Bäume" in page
    assert "Herr Meier" not in page


async def test_each_text_says_its_language_and_the_pages_are_counted(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey_id = await opened(site, people(10, idea="ein Satz"))
    await close(site, survey_id)
    texts = f"/admin/surveys/{survey_id}/texts"
    first = await office.read(texts)
    assert '<small class="small">(Deutsch)</small>' in first
    assert "Seite 1" not in first
    monkeypatch.setattr("admin.pages.texts.PAGE", 4)
    assert "Seite 1 von 3" in await office.read(texts)
    last = await office.read(f"{texts}?page=2")
    assert "Seite 3 von 3" in last
    assert f'href="{texts}?page=1"' in last
    assert "weiterlesen" not in last


async def test_texts_of_another_survey_cannot_be_released_through_this_one(site: Site, office: Office) -> None:
    mine = await opened(site, people(9) + people(1, idea="hier"))
    other = await opened(site, people(9) + people(1, idea="dort"))
    await close(site, mine)
    await close(site, other)
    page = await office.read(f"/admin/surveys/{other}/texts")
    foreign = re.findall(r'name="offered" value="([^"]+)"', page)
    texts = f"/admin/surveys/{mine}/texts"
    await office.send(texts, {"offered": foreign, "shown": [*foreign, "nonsense", ""]}, page=texts)
    assert await count(site.database, select(Answer).where(Answer.shown).subquery()) == 0


async def test_texts_of_a_running_survey_cannot_be_read(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(20, idea="ein Satz"), interim=True)
    assert (await office.get(f"/admin/surveys/{survey_id}/texts")).status_code == 303


async def test_groups_stand_in_the_order_of_the_town_and_of_the_ages(site: Site, office: Office) -> None:
    crowd = people(8, area="Hafenviertel", age="old") + people(6, age="young") + people(7, age="old")
    survey_id = await opened(site, crowd)
    await close(site, survey_id)

    async def groups(by: str) -> list[str]:
        page = await office.read(f"/admin/surveys/{survey_id}/results?by={by}")
        table = page.partition('<table class="kern-table groups">')[2].partition("</table>")[0]
        return re.findall(r'<th scope="row"><bdi[^>]*>([^<]+)</bdi></th>', table)

    assert await groups("area") == ["Nordstadt", "Hafenviertel"]
    assert await groups("age") == ["Unter 40", "40 und älter"]


async def test_groups_stand_in_the_same_order_in_all_questions(site: Site, office: Office) -> None:
    crowd = people(9, language="bg", clean=None) + people(11, language="bg") + people(14, language="ar")
    survey_id = await opened(site, crowd + people(30) + people(2, language="tr") + people(4, language="ro"))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results?by=language")
    said = ["Arabisch", "Bulgarisch", "Deutsch", "Alle übrigen"]
    names = [name for name, _ in rows_of(page) if name in said]
    assert names
    assert names == said * (len(names) // 4)


async def test_a_view_says_whom_it_counts_and_its_numbers_are_of_one_release(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(20) + people(20, area="Hafenviertel"), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, people(14) + people(1, area="Hafenviertel"))
    await close(site, survey_id)
    everybody = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "<strong>55</strong>" in everybody
    assert "Stand: Ende der Umfrage am 26. November 2026." in everybody
    assert "Spätere Änderungen" not in everybody
    groups = await office.read(f"/admin/surveys/{survey_id}/results?by=area")
    assert "<strong>40</strong>" in groups
    assert "Stand: Zwischenergebnis 1 vom 26. November 2026." in groups
    assert "<strong>55</strong> <span>Menschen haben mitgemacht" in everybody
    assert "<strong>40</strong> <span>Menschen sind hier gezählt" in groups
    assert "Diese Aufteilung ist noch von vorher: 40 Menschen, Stand 26. November 2026" in groups
    assert "wären die Veränderungen in einzelnen Gruppen so klein, dass jemand auffallen könnte" in groups
    assert "noch von vorher" not in everybody
    assert "Insgesamt sind 55 Menschen gezählt" in groups
    assert set(re.findall(r"(\d+) Menschen haben geantwortet", groups)) == {"40"}


async def test_a_question_of_an_earlier_release_says_so_where_it_stands(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(40), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, people(12, clean=None) + people(3, clean="no"))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    question = page.partition("Sind die Straßen sauber?")[2].partition("</section>")[0]
    assert "40 Menschen haben geantwortet." in question
    assert "Stand: Zwischenergebnis 1 vom 26. November 2026." in question
    assert "Spätere Änderungen sind nicht mitgezählt" in question
    assert "Keine Antwort" not in question, "who is missing cannot be said of two releases"
    assert page.count("Zwischenergebnis 1") == 1


async def test_a_view_of_earlier_groups_does_not_say_that_it_is_new(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(80) + people(40, area="Hafenviertel"), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, people(11) + people(2, area="Hafenviertel"))
    everybody = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "Es zählt 13 Menschen mehr als das vorige." in everybody
    assert "<strong>133</strong> <span>Menschen sind hier gezählt" in everybody, "more may have taken part since"
    groups = await office.read(f"/admin/surveys/{survey_id}/results?by=area")
    assert "<strong>120</strong>" in groups
    assert "noch von vorher: 120 Menschen" in groups
    assert "Dieses Ergebnis ist neu" not in groups


async def test_why_the_next_interim_result_needs_more_than_the_smallest_group_is_said(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, mixed(120), interim=True)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "wenn mindestens 10 weitere Menschen bis zum Ende geantwortet haben." in page
    assert "Zwölftel" not in page
    await more(site, survey_id, mixed(12, seed=2))
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert (
        "mindestens 11 weitere Menschen bis zum Ende geantwortet haben: Jedes braucht mindestens ein Zwölftel" in page
    )
    assert GROWTH == 12, "as the sentence has it"


async def test_nothing_is_gained_where_more_people_left_than_came(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(60), interim=True)
    await due(site, survey_id)
    for _ in range(15):
        await erase_one(site, survey_id, "yes")
    await more(site, survey_id, people(12, clean="no"))
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert (await told(site, survey_id)).respondents.people == 57
    assert "<strong>57</strong>" in page
    assert "mehr als das vorige" not in page
    assert "-3" not in page


async def test_what_the_questionnaire_says_is_marked_as_its_language_and_the_rest_is_the_pages(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, people(30) + people(20, age="old"))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results?by=age&labels=ar")
    assert '<h2 id="q1" lang="ar" dir="rtl">هل الشوارع نظيفة؟</h2>' in page
    assert '<bdi lang="ar" dir="rtl">أقل من 40</bdi>' in page
    assert '<bdi dir="ltr">3</bdi>' in page


async def test_a_printed_page_says_whose_it_is(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(30))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    head = page.partition('<div class="letterhead">')[2].partition("</div>")[0]
    assert "Auenstadt" in head
    assert "Quartiersbüro Nordstadt" in head
    assert "gedruckt am" in head


async def test_the_language_of_the_page_is_changed_where_one_is(site: Site, office: Office) -> None:
    survey_id = await opened(site, people(30))
    await close(site, survey_id)
    path = f"/admin/surveys/{survey_id}/results?by=area&labels=ar"
    page = await office.read(path)
    back = re.search(r'name="next" value="([^"]+)"', page)
    assert back
    assert unescape(back[1]) == path
    answer = await office.send("/admin/language", {"language": "en", "next": path}, page=path)
    assert answer.headers["location"] == path
    assert "<h1>Results</h1>" in await office.read(path)


async def test_how_many_answered_is_said_roughly_where_the_exact_number_would_tell_of_few(
    site: Site, office: Office
) -> None:
    survey_id = await opened(site, people(39) + people(2, clean=None))
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    assert "Etwa 40 Menschen haben geantwortet." in page
    assert "Keine Antwort: weniger als 5 Menschen." in page
    assert page.count("41 Menschen haben geantwortet.") == 3
    assert "39 Menschen" not in page


async def test_who_answers_in_two_languages_counts_once_and_by_the_option_not_by_its_wording(site: Site) -> None:
    survey_id = await opened(site, people(8) + people(7, language="ar"))
    async with site.database.write() as connection:  # the first answer was given before the language was changed
        await connection.execute(update(Answer).where(Answer.ref == "/data/clean").values(language="tr"))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert results.questions["clean"].options == {"yes": 15}
    assert sorted(cell.people for cell in results.respondents.by["language"].cells) == [7, 8]


# --- what must not lead back ------------------------------------------------------------------------------------------


async def test_rows_hold_nobody_whom_no_figure_counts(site: Site, office: Office) -> None:
    survey_id = await opened(site, mixed(40), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, people(1, language="bg", clean="no", idea="Ich bin die Letzte"))
    await close(site, survey_id)
    async with site.database.write() as connection:  # somebody has released all texts
        await connection.execute(update(Answer).values(shown=True))
    assert (await told(site, survey_id)).respondents.people == 40
    page = f"/admin/surveys/{survey_id}/export"
    sent = await office.send(page, {"purpose": "Bericht an den Rat", "labels": "codes"}, page=page)
    assert sent.status_code == 200
    assert "Idee 7" in sent.text
    assert "Ich bin die Letzte" not in sent.text
    assert "Ich bin die Letzte" not in await office.read(f"/admin/surveys/{survey_id}/texts")


async def exported(site: Site, survey_id: int) -> list[dict[str, str]]:
    export = await prepare(site.database, site.town_id, survey_id)
    assert export is not None
    file = b"".join([piece async for piece in as_csv(site.database, export, labels=None, say=str)])
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig")), delimiter=";"))


async def test_answers_that_came_too_late_for_their_question_are_in_no_row(site: Site) -> None:
    survey_id = await opened(site, people(40), interim=True)
    await due(site, survey_id)
    await more(site, survey_id, people(12, clean=None) + people(3, clean="no"))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert results.respondents.people == 55
    assert (results.questions["clean"].as_of, results.questions["clean"].people) == (1, 40)
    rows = await exported(site, survey_id)
    assert len(rows) == 55
    assert Counter(row["clean"] for row in rows) == {"yes": 40, "": 15}


async def erase_one(site: Site, survey_id: int, value: str) -> None:
    """Somebody who answered so erases their answers."""
    chosen = select(Response.id).join(Answer, Answer.response_id == Response.id)
    async with site.database.write() as connection:
        gone = await connection.scalar(
            chosen.where(Response.survey_id == survey_id, Answer.ref == "/data/clean", Answer.value == value).limit(1)
        )
        await connection.execute(delete(Answer).where(Answer.response_id == gone))
        await connection.execute(delete(Response).where(Response.id == gone))


async def test_whoever_erased_their_answers_cannot_be_found_by_taking_the_rows_from_the_results(site: Site) -> None:
    survey_id = await opened(site, people(37) + people(3, clean="no"), interim=True)
    await due(site, survey_id)
    await erase_one(site, survey_id, "no")
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert (results.respondents.as_of, results.respondents.people) == (1, 40)
    assert len(await exported(site, survey_id)) == 30, "ten are missing, and who knows which of them has gone"


async def test_nor_by_the_rows_of_a_question_that_stayed_behind(site: Site) -> None:
    survey_id = await opened(site, people(37) + people(3, clean="no"), interim=True)
    await due(site, survey_id)
    await erase_one(site, survey_id, "no")
    await more(site, survey_id, people(12, clean=None))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert (results.respondents.people, results.questions["clean"].people) == (51, 40)
    rows = await exported(site, survey_id)
    assert len(rows) == 51
    assert sum(bool(row["clean"]) for row in rows) == 30


async def test_an_age_that_few_have_is_in_no_row(site: Site) -> None:
    survey_id = await opened(
        site, people(20) + people(8, age="old") + people(20, language="ar") + people(2, age="old", language="ar")
    )
    await close(site, survey_id)
    ages = Counter((row["_language"], row["age_group"]) for row in await exported(site, survey_id))
    assert min(ages.values()) >= 5
    assert ages["ar", "old"] == 0


async def test_rows_hold_everybody_whom_the_last_release_counts_also_after_one_that_was_cut_off(site: Site) -> None:
    survey_id = await opened(site, mixed(30), interim=True)
    async with site.database.write() as connection:
        await claim_responses(connection, survey_id, 1)
    await more(site, survey_id, mixed(15, seed=2))
    await close(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 45
    async with site.database.read() as connection:
        assert sum((await places(connection, survey_id, counted=True)).values()) == 45


async def test_closing_takes_away_what_the_form_itself_has_put_in(site: Site) -> None:
    survey_id = await opened(site, people(12))
    async with site.database.write() as connection:
        version = await connection.scalar(select(Survey.questionnaire_id).where(Survey.id == survey_id))
        for response_id in list(await connection.scalars(select(Response.id))):
            shared = {"response_id": response_id, "town_id": site.town_id, "language": "de"}
            traced = {**shared, "ref": "/data/meta/instanceID", "value": f"uuid:{response_id}"}
            await connection.execute(insert(Answer).values(**traced, questionnaire_id=version))
    await close(site, survey_id)
    async with site.database.read() as connection:
        refs = set(await connection.scalars(select(Answer.ref)))
    assert refs == {"/data/clean", "/data/wishes", "/data/people", "/data/age_group"}


async def test_the_texts_of_two_questions_cannot_be_put_together_by_their_places(site: Site, office: Office) -> None:
    survey_id = await opened(site, [Answered({"clean": "yes", "idea": f"{9 - at} Sätze"}) for at in range(8)])
    await close(site, survey_id)
    page = await office.read(f"/admin/surveys/{survey_id}/texts")
    assert re.findall(r"(\d) Sätze", page) == [str(at) for at in range(2, 10)]
    async with site.database.read() as connection:
        ids = [str(each) for each in await connection.scalars(select(Response.id))]
    assert not [each for each in ids if each in page or each.replace("-", "") in page]


# --- scales, orders, long lists ---------------------------------------------------------------------------------------

SCALES = """
| survey |
| | type | name | label | parameters |
| | range | happy | Wie zufrieden? | start=1 end=10 step=1 |
| | range | share | Wie viel? | start=0 end=1 step=0.25 |
| | range | far | Wie weit? | start=0 end=500 step=1 |
| | rank wish | first | Was zuerst? | |
| | select_one street | street | Welche Straße? | |
| choices |
| | list_name | name | label |
| | wish | trees | Bäume |
| | wish | light | Licht |
""" + "".join(f"| | street | s{number} | Straße {number} |\n" for number in range(40))


async def scaled(site: Site, responses: Iterable[Answered]) -> int:
    async with site.database.write() as connection:
        return await survey_of(connection, site.town_id, [SCALES], responses, state=SurveyState.OPEN)


async def test_of_a_range_each_number_that_it_offers_is_shown_and_of_a_long_one_groups(
    site: Site, office: Office
) -> None:
    survey_id = await scaled(
        site,
        [Answered({"happy": "7", "share": "0.5", "far": "7"})] * 12
        + [Answered({"happy": "10", "share": "1", "far": "70"})] * 8,
    )
    await close(site, survey_id)
    figures = (await told(site, survey_id)).questions
    assert figures["happy"].options == {"7": 12, "10": 8}
    assert figures["far"].options == {"5-9": 12, "50-99": 8}
    page = await office.read(f"/admin/surveys/{survey_id}/results")
    happy, share = (rows_of(page.partition(each)[2].partition("</section>")[0]) for each in ("zufrieden?", "viel?"))
    assert [name for name, _ in happy] == [str(number) for number in range(1, 11)]
    assert dict(happy)["7"] == "60\N{NO-BREAK SPACE}%"
    assert [name for name, _ in share] == ["0", "0,25", "0,5", "0,75", "1"]


def test_a_release_that_has_put_the_numbers_of_a_range_into_groups_is_still_read() -> None:
    book = read_codebook([Version(1, xform_of(SCALES))])
    earlier = Results(1, 5, Figures((1,), 30, {}), {"happy": Figures((1,), 30, {"5-9": 20, "3": 10})})
    [chart] = [each.chart for each in questions(earlier, book, Names(str, "de", "de", {}, book)) if each.chart]
    assert [row.label.text for row in chart.rows] == ["3", "5–9"]


async def test_of_an_order_is_counted_what_comes_first(site: Site, english: Office) -> None:
    survey_id = await scaled(site, [Answered({"first": "light trees"})] * 12 + [Answered({"first": "trees light"})] * 8)
    await close(site, survey_id)
    assert (await told(site, survey_id)).questions["first"].options == {"light": 12, "trees": 8}
    page = await english.read(f"/admin/surveys/{survey_id}/results")
    assert ("Licht", "60%") in rows_of(page)
    assert "Counted is what people put in first place." in page


async def test_of_a_long_list_the_largest_shares_come_first_and_the_others_are_folded(
    site: Site, english: Office
) -> None:
    crowd = [Answered({"street": f"s{number}"}) for number in (30, 31) for _ in range(number - 10)]
    survey_id = await scaled(site, crowd + [Answered({"street": "s39"})] * 60)
    await close(site, survey_id)
    page = await english.read(f"/admin/surveys/{survey_id}/results")
    seen, _, folded = page.partition("Welche Straße?")[2].partition("</section>")[0].partition("<details")
    assert [name for name, _ in rows_of(seen)] == [
        "Straße 39", "Straße 31", "Straße 30", *(f"Straße {number}" for number in range(7)),
    ]  # fmt: skip
    assert len(rows_of(folded)) == 30
    assert "Show 30 more answers" in folded


def test_options_of_a_long_list_that_are_called_alike_are_all_shown() -> None:
    book = read_codebook([Version(1, xform_of(SCALES.replace("| s9 | Straße 9 |", "| s9 | Straße 8 |")))])
    results = Results(1, 5, Figures((1,), 30, {}), {"street": Figures((1,), 30, {"s39": 30})})
    [chart] = [each.chart for each in questions(results, book, Names(str, "de", "de", {}, book)) if each.chart]
    assert len(chart.rows) + len(chart.folded) == 40


async def test_which_of_two_options_that_are_said_alike_has_more_is_not_told_by_their_order(site: Site) -> None:
    """Both are "hardly anyone"."""
    crowd = [Answered({"street": "s5"})] * 2 + [Answered({"street": "s20"})] * 4
    survey_id = await scaled(site, crowd + [Answered({"street": "s39"})] * 100)
    await close(site, survey_id)
    book = read_codebook([Version(1, xform_of(SCALES))])
    results = await told(site, survey_id)
    [chart] = [each.chart for each in questions(results, book, Names(str, "de", "de", {}, book)) if each.chart]
    assert [row.label.text for row in chart.rows] == ["Straße 39", *(f"Straße {number}" for number in range(9))]
