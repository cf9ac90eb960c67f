"""Results of what is asked in each entry of a repeat: people are counted, not entries, and no small group comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select, update

from admin.charts import Names, questions
from admin.disclosure import Figures, Results
from admin.exports.codebook import Version, read_codebook
from admin.results import write
from admin.site import Site
from storage.models import Answer, Release, Survey, SurveyState
from storage.services.releases import claim_responses, leave_answers_out
from tests.admin.answered import Answered, survey_of, xform_of
from tests.admin.office import Office
from tests.admin.test_results import close, due, exported, more, rows_of, told

TABLE = """
| survey |
| | type | name | label | relevant | calculation |
| | select_one yn | clean | Sauber? | | |
| | begin_repeat | child | Kind | | |
| | select_one care | care | Welche Betreuung? | | |
| | select_multiple want | wishes | Was fehlt? | | |
| | integer | age | Wie alt? | | |
| | text | more | Noch etwas? | | |
| | text | why | Warum? | ${clean} = 'no' | |
| | end_repeat | | | | |
| | calculate | eldest | | | max(${age}) |
| | begin_repeat | street | Straße | ${clean} = 'no' | |
| | select_one yn | loud | Laut? | | |
| | text | called | Wie heißt sie? | | |
| | end_repeat | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | Ja |
| | yn | no | Nein |
| | care | kita | Kita |
| | care | school | Schule |
| | want | trees | Bäume |
| | want | light | Licht |
"""
Entry = Mapping[str, str]
KITA, SCHOOL = {"care": "kita"}, {"care": "school"}


def those(number: int, *children: Entry, clean: str = "yes", version: int = 0, **streets: str) -> list[Answered]:
    """That many who answer alike, each for so many children."""
    answers = {"clean": clean} if clean else {}
    for place, child in enumerate(children, 1):
        answers |= {f"/data/child[{place}]/{name}": value for name, value in child.items()}
    for name, value in streets.items():
        answers[f"/data/street[1]/{name}"] = value
    return [Answered(answers, version=version)] * number


async def opened(site: Site, responses: list[Answered], *, interim: bool = False, versions: int = 1) -> int:
    async with site.database.write() as connection:
        return await survey_of(
            connection, site.town_id, [TABLE] * versions, responses, state=SurveyState.OPEN, interim=interim
        )


async def test_who_gives_an_answer_in_several_entries_is_one_person_who_gives_it(site: Site) -> None:
    survey_id = await opened(site, those(6, KITA, KITA, SCHOOL) + those(5, SCHOOL) + those(9))
    await close(site, survey_id)
    care = (await told(site, survey_id)).questions["child/care"]
    assert (care.people, care.options) == (11, {"kita": 6, "school": 11})


async def test_so_it_is_with_several_options_and_with_numbers(site: Site) -> None:
    first, second = {"wishes": "trees light", "age": "3"}, {"wishes": "light", "age": "17"}
    survey_id = await opened(site, those(6, first, second) + those(5, second, second))
    await close(site, survey_id)
    questions = (await told(site, survey_id)).questions
    assert (questions["child/wishes"].people, questions["child/wishes"].options) == (11, {"trees": 6, "light": 11})
    assert questions["child/age"].options == {"3": 6, "10-19": 11}
    assert not {"child/more", "eldest"} & questions.keys(), "words and calculations are not counted"


async def test_whoever_has_no_entry_has_not_answered_and_few_of_them_are_not_told(site: Site) -> None:
    survey_id = await opened(site, those(4, KITA) + those(20))
    await close(site, survey_id)
    assert "child/care" not in (await told(site, survey_id)).questions


async def test_entries_that_were_given_to_two_versions_are_one_persons(site: Site) -> None:
    survey_id = await opened(site, those(8, KITA, KITA) + those(8, SCHOOL), versions=2)
    async with site.database.write() as connection:
        newest = await connection.scalar(select(Survey.questionnaire_id).where(Survey.id == survey_id))
        await connection.execute(update(Answer).where(Answer.ref.contains("[2]")).values(questionnaire_id=newest))
    await close(site, survey_id)
    care = (await told(site, survey_id)).questions["child/care"]
    assert (care.people, care.options) == (16, {"kita": 8, "school": 8})


async def test_the_page_says_that_people_are_counted_and_of_what_entry_is_spoken(site: Site, english: Office) -> None:
    survey_id = await opened(site, those(6, KITA, SCHOOL) + those(6, SCHOOL) + those(12))
    await close(site, survey_id)
    page = await english.read(f"/admin/surveys/{survey_id}/results")
    card = page.partition("Welche Betreuung?")[2].partition("</section>")[0]
    assert "Several entries were possible: each person is counted once per answer." in card
    assert "Not asked, or skipped: 50%." in card
    assert dict(rows_of(card)) == {"Kita": "50%", "Schule": "almost all"}
    assert ">Kind</span> Welche Betreuung?" in page
    assert page.count("each person is counted once") == 1
    assert "Not shown as a chart" not in page


def test_a_question_in_a_repeat_has_its_place_whoever_answered() -> None:
    book = read_codebook([Version(1, xform_of(TABLE))])
    nothing = Results(1, 5, Figures((1,), 30, {}), {})
    found = questions(nothing, book, Names(str, "de", "de", {}, book))
    assert [each.variable.name for each in found] == [
        "clean", "child/care", "child/wishes", "child/age", "child/more", "child/why", "street/loud", "street/called",
    ]  # fmt: skip


async def test_of_a_release_that_did_not_count_repeats_it_is_not_said_that_few_have_answered_them(
    site: Site, english: Office
) -> None:
    survey_id = await opened(site, those(20, KITA))
    await close(site, survey_id)
    before = replace(await told(site, survey_id), questions={})
    written = {key: value for key, value in write(before).items() if key != "all_kinds"}
    async with site.database.write() as connection:
        await connection.execute(update(Release).values(figures=written))
    page = await english.read(f"/admin/surveys/{survey_id}/results")
    assert page.count("Not shown: fewer than 5 people have answered this question.") == 1, "the first, which is in none"
    listed = page.partition("Not shown as a chart:")[2].partition("</ul>")[0]
    assert "Welche Betreuung?" in listed
    assert "Laut?" in listed


def test_a_question_for_the_age_in_a_repeat_divides_nobody() -> None:
    table = TABLE.replace("| integer | age |", "| select_one yn | age_group |").replace("max(${age})", "1")
    assert read_codebook([Version(1, xform_of(table))]).age is None


# --- what must not lead back ------------------------------------------------------------------------------------------


async def test_entries_that_came_too_late_for_their_question_are_in_no_row(site: Site) -> None:
    survey_id = await opened(site, those(40, KITA, KITA), interim=True)
    assert await due(site, survey_id)
    await more(site, survey_id, those(12) + those(3, SCHOOL, {"more": "später"}))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert results.respondents.people == 55
    assert (results.questions["child/care"].as_of, results.questions["child/care"].people) == (1, 40)
    rows = await exported(site, survey_id)
    assert len(rows) == 55
    assert Counter(row["child[1]/care"] for row in rows) == {"kita": 40, "": 15}
    assert Counter(row["child[2]/care"] for row in rows) == {"kita": 40, "": 15}


async def test_with_a_late_answer_goes_what_an_entry_tells_of_it_and_nothing_that_figures_count(site: Site) -> None:
    """Figures count the three others' children: without them the rows would tell, by subtraction, whose they are."""
    survey_id = await opened(site, those(40, KITA), interim=True)
    assert await due(site, survey_id)
    late = those(3, {"care": "kita", "why": "spät"}, clean="no", loud="no")
    await more(site, survey_id, those(12, SCHOOL, clean="") + late)
    await close(site, survey_id)
    figures = (await told(site, survey_id)).questions
    assert (figures["clean"].as_of, figures["child/care"].as_of) == (1, 2)
    rows = await exported(site, survey_id)
    assert Counter(row["clean"] for row in rows) == {"yes": 40, "": 15}
    assert Counter(row["child[1]/care"] for row in rows) == figures["child/care"].options
    assert not [name for name in rows[0] if name.endswith(("/why", "/loud"))]


async def test_any_number_of_entries_goes_with_a_late_one(site: Site) -> None:
    survey_id = await opened(site, those(40, KITA))
    async with site.database.write() as connection:
        version = await connection.scalar(select(Answer.questionnaire_id).limit(1))
        assert version is not None
        await claim_responses(connection, survey_id, 1)
        entries = {(version, f"/data/child[{place}]/care") for place in range(70_000)}
        await leave_answers_out(connection, survey_id, entries, (), after=0, others=0)
        assert set(await connection.scalars(select(Answer.ref))) == {"/data/clean"}


async def test_words_in_an_entry_are_read_and_released_like_others(site: Site, office: Office) -> None:
    survey_id = await opened(site, those(6, {"more": "Ein Spielplatz"}, {"more": "Mehr Bäume"}) + those(6))
    await close(site, survey_id)
    path = f"/admin/surveys/{survey_id}/texts"
    page = await office.read(path)
    assert page.count("<h2") == 1
    assert "Kind: Noch etwas?" in page
    marks = [part.partition('"')[0] for part in page.split('name="offered" value="')[1:]]
    assert len(marks) == 12
    shown = [
        mark
        for mark in marks
        if "Spielplatz" in page.partition(f'name="shown" value="{mark}"')[2].partition("</label>")[0]
    ]
    await office.send(path, {"page": "0", "offered": marks, "shown": shown}, page=path)
    results = await office.read(f"/admin/surveys/{survey_id}/results")
    assert results.count("Ein Spielplatz") == 6
    assert "Mehr Bäume" not in results
    texts = Counter(row[f"child[{place}]/more"] for row in await exported(site, survey_id) for place in (1, 2))
    assert texts == {"Ein Spielplatz": 6, "": 18}
