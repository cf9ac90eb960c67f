"""What closing leaves in the rows of a survey that was told of before, and of which some have erased their answers."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import delete, func, select

from admin.exports.rows import Refusal, RefusedError, prepare
from admin.site import Site
from storage.models import Answer, Response, SurveyState
from storage.services.releases import claim_responses, leave_answers_out, leave_out
from tests.admin.answered import Answered, survey_of
from tests.admin.test_results import close, due, exported, more, people, told

TABLE = """
| survey |
| | type | name | label | relevant | calculation | trigger | readonly |
| | select_one yn | clean | Sauber? | | | | |
| | text | why | Warum nicht? | ${clean} = 'no' | | | |
| | begin_repeat | street | Straße | ${clean} = 'no' | | | |
| | text | street_name | Wie heißt sie? | | | | |
| | calculate | street_band | | | concat('s-', ${age_group}) | | |
| | calculate | street_when | | | now() | | |
| | end_repeat | | | | | | |
| | calculate | said | | | concat('c-', ${clean}) | | |
| | select_one ages | age_group | Wie alt? | | | | |
| | calculate | band | | | concat('b-', ${age_group}) | | |
| | calculate | set_band | | | concat('t-', ${age_group}) | ${age_group} | |
| | integer | code | Code | | if(${age_group} = 'old', 2, 1) | | yes |
| choices |
| | list_name | name | label |
| | yn | yes | Ja |
| | yn | no | Nein |
| | ages | young | Unter 40 |
| | ages | old | 40 und älter |
"""


def those(
    number: int,
    *,
    clean: str | None = "yes",
    age: str | None = "young",
    area: str = "Nordstadt",
    language: str = "de",
    **more: str,
) -> list[Answered]:
    answers = {"clean": clean, "age_group": age, "band": age and f"b-{age}"}
    answers["said"] = f"c-{clean or ''}"
    given = {name: value for name, value in {**answers, **more}.items() if value}
    return [Answered(given, area=area, language=language)] * number


async def opened(site: Site, responses: list[Answered], *, interim: bool = True) -> int:
    async with site.database.write() as connection:
        return await survey_of(connection, site.town_id, [TABLE], responses, state=SurveyState.OPEN, interim=interim)


async def erase(site: Site, survey_id: int, number: int, *, release: int | None) -> None:
    """So many of those whom a release counted first erase their answers."""
    async with site.database.write() as connection:
        of_release = Response.release.is_(None) if release is None else Response.release == release
        chosen = select(Response.id).where(Response.survey_id == survey_id, of_release).limit(number)
        gone = list(await connection.scalars(chosen))
        assert len(gone) == number
        await connection.execute(delete(Answer).where(Answer.response_id.in_(gone)))
        await connection.execute(delete(Response).where(Response.id.in_(gone)))


async def test_with_a_late_answer_goes_what_tells_of_it(site: Site) -> None:
    survey_id = await opened(site, those(37) + those(3, clean="no", why="laut"))
    await due(site, survey_id)
    late = those(3, clean="no", why="spät", **{"/data/street[1]/street_name": "Am Markt"})
    await more(site, survey_id, those(12, clean=None) + late)
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert (results.respondents.people, results.questions["clean"].people) == (55, 40)
    async with site.database.read() as connection:
        counts = {
            (row[0], row[1]): row[2]
            for row in await connection.execute(
                select(Answer.ref, Answer.value, func.count()).group_by(Answer.ref, Answer.value)
            )
        }
    assert counts["/data/clean", "no"] == 3
    assert counts["/data/why", "laut"] == 3
    assert counts["/data/said", "c-no"] == 3
    assert not {ref for ref, value in counts if value in {"spät", "Am Markt"}}


async def test_no_question_counts_people_whom_no_row_has(site: Site) -> None:
    """Three come after the last release that counts people, and would make ten with seven who came before them."""
    survey_id = await opened(site, those(40))
    assert await due(site, survey_id)
    await more(site, survey_id, those(5, clean=None) + those(7, clean="no"))
    assert await due(site, survey_id)
    await more(site, survey_id, those(3, clean="no"))
    await close(site, survey_id)
    results = await told(site, survey_id)
    assert (results.respondents.as_of, results.respondents.people) == (2, 52)
    assert (results.questions["clean"].as_of, results.questions["clean"].people) == (1, 40)
    assert Counter(row["clean"] for row in await exported(site, survey_id)) == {"yes": 40, "": 12}


def worked_out(age: str) -> dict[str, str]:
    """What the form makes of an age, wherever it does."""
    code, street = "2" if age == "old" else "1", "/data/street[1]"
    return {"set_band": f"t-{age}", "code": code, f"{street}/street_band": f"s-{age}", f"{street}/street_name": "Weg"}


async def test_an_age_that_is_not_told_is_not_worked_out_either(site: Site) -> None:
    crowd = those(30, **worked_out("young")) + those(3, age="old", **worked_out("old"))
    survey_id = await opened(site, crowd, interim=False)
    await close(site, survey_id)
    rows = await exported(site, survey_id)
    of_age = ("age_group", "band", "set_band", "code", "street[1]/street_band")
    assert {row.get(name, "") for row in rows for name in of_age} == {""}
    async with site.database.read() as connection:
        refs = set(await connection.scalars(select(Answer.ref)))
    assert refs == {"/data/clean", "/data/said", "/data/street[1]/street_name"}


async def test_moments_within_repeats_go(site: Site) -> None:
    survey_id = await opened(site, those(30, **{"/data/street[2]/street_when": "2026-11-03T10:11:12"}), interim=False)
    await close(site, survey_id)
    async with site.database.read() as connection:
        assert "/data/street[2]/street_when" not in set(await connection.scalars(select(Answer.ref)))


async def test_ages_that_came_late_are_told_with_the_others_or_not_at_all(site: Site) -> None:
    there = {"area": "Hafenviertel"}
    early = those(9) + those(15, age="old") + those(20, **there) + those(20, age="old", **there)
    survey_id = await opened(site, early + those(12, age=None) + those(12, age=None, **there))
    assert await due(site, survey_id)
    await more(site, survey_id, those(12, age=None) + those(12, age=None, **there) + those(3, language="bg", **there))
    await close(site, survey_id)
    assert (await told(site, survey_id)).questions["age_group"].as_of == 1
    rows = await exported(site, survey_id)
    sizes = Counter((row["_area"], row["_language"], row["age_group"]) for row in rows)
    assert min(sizes.values()) >= 10
    assert sizes["Hafenviertel", "", "young"] == 23


async def test_any_number_of_answers_goes_with_a_late_one(site: Site) -> None:
    survey_id = await opened(site, those(40))
    async with site.database.write() as connection:
        version = await connection.scalar(select(Answer.questionnaire_id).limit(1))
        assert version is not None
        await claim_responses(connection, survey_id, 1)
        along = {(version, f"/data/question_{number}") for number in range(5_000)}
        along |= {(version, "/data/said"), (version, "/data/street[")}
        await leave_answers_out(connection, survey_id, [(version, "/data/clean")], along, after=0, others=0)
        assert set(await connection.scalars(select(Answer.ref))) == {"/data/age_group", "/data/band"}


async def test_rows_are_a_total_that_was_shown_or_far_from_it(site: Site) -> None:
    """40 were told of, then 12 more; 11 of these have gone: the one who is left would be the 41st row."""
    survey_id = await opened(site, those(40))
    assert await due(site, survey_id)
    await more(site, survey_id, those(12, clean="no"))
    assert await due(site, survey_id)
    await erase(site, survey_id, 11, release=2)
    await close(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 52
    assert len(await exported(site, survey_id)) in (31, 21, 11), "ten are missing, or twenty"


async def test_where_all_had_to_be_left_out_there_are_no_rows_and_it_is_said_why(site: Site) -> None:
    survey_id = await opened(site, those(30))
    await close(site, survey_id)
    async with site.database.write() as connection:
        await leave_out(connection, survey_id, after=0)
    with pytest.raises(RefusedError) as refused:
        await prepare(site.database, site.town_id, survey_id)
    assert refused.value.reason is Refusal.STAND_OUT


async def test_a_release_that_lost_its_people_before_it_was_made_is_begun_again(site: Site) -> None:
    survey_id = await opened(site, people(30))
    async with site.database.write() as connection:
        await claim_responses(connection, survey_id, 1)
    await erase(site, survey_id, 25, release=1)
    assert not await due(site, survey_id)
    await more(site, survey_id, people(24))
    assert not await due(site, survey_id)
    await more(site, survey_id, people(1))
    assert await due(site, survey_id)
    assert (await told(site, survey_id)).respondents.people == 30
