"""What closing leaves in the rows of a survey that was told of before, and of which some have erased their answers."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import delete, func, select

from admin.exports.rows import Refusal, RefusedError, prepare
from admin.site import Site
from storage.models import Answer, Response, SurveyState
from storage.services.releases import claim_responses, leave_out
from tests.admin.answered import Answered, survey_of
from tests.admin.test_results import close, due, exported, more, people, told

TABLE = """
| survey |
| | type | name | label | relevant | calculation | constraint_message |
| | select_one yn | clean | Sauber? | | | |
| | text | why | Warum nicht? | ${clean} = 'no' | | |
| | begin_repeat | street | Straße | ${clean} = 'no' | | |
| | text | street_name | Wie heißt sie? | | | |
| | end_repeat | | | | | |
| | calculate | said | | | concat('c-', ${clean}) | |
| | select_one ages | age_group | Wie alt? | | | |
| | calculate | band | | | concat('b-', ${age_group}) | |
| choices |
| | list_name | name | label |
| | yn | yes | Ja |
| | yn | no | Nein |
| | ages | young | Unter 40 |
| | ages | old | 40 und älter |
"""


def those(number: int, *, clean: str | None = "yes", age: str = "young", **more: str) -> list[Answered]:
    answers = {"clean": clean, "age_group": age, "band": f"b-{age}"}
    answers["said"] = f"c-{clean or ''}"
    return [Answered({name: value for name, value in {**answers, **more}.items() if value})] * number


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


async def test_an_age_that_is_not_told_is_not_worked_out_either(site: Site) -> None:
    survey_id = await opened(site, those(30) + those(3, age="old"), interim=False)
    await close(site, survey_id)
    rows = await exported(site, survey_id)
    assert Counter((row["age_group"], row["band"]) for row in rows) == {("", ""): 33}


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
