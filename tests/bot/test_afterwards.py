"""When an event is over, those who have been there are asked how it was: once, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from dialogues.forms import compile_xlsform
from dialogues.sensitive import AGREE_PREFIX
from dialogues.standing import SURVEY_BELOW_PREFIX, SURVEY_PREFIX
from storage.models import Participation, Survey, SurveyState
from storage.services.asking import begin_asking
from storage.services.door import Arrival, record
from storage.services.events import cancel_event
from storage.services.sign_ups import SIGN_UPS_KEPT, forget_sign_ups
from storage.services.surveys import import_questionnaire
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.occasions import at, comes, in_days, only, opened, settled, somebody, standing
from tests.bot.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR = timedelta(hours=1)
QUESTIONS = Path(__file__).parents[2] / "dialogues" / "questionnaires" / "after_an_event.xlsx"
TITLES = {"": "After the event: Meal together"}
ASKED = "We have three short questions for you."


async def asks(town: Town, event_id: int) -> int:
    """The office wants those who come to be asked; returns the survey."""
    workbook = QUESTIONS.read_bytes()
    xform = compile_xlsform(workbook, "xlsx", name=QUESTIONS.stem).xform
    async with town.database.write() as connection:
        questionnaire_id = await import_questionnaire(
            connection,
            town_id=town.id,
            name=QUESTIONS.stem,
            file_type="xlsx",
            workbook=workbook,
            xform=xform,
            titles=TITLES,
        )
        survey_id = await begin_asking(
            connection,
            town_id=town.id,
            event_id=event_id,
            questionnaire_id=questionnaire_id,
            titles=TITLES,
        )
        again = await begin_asking(
            connection, town_id=town.id, event_id=event_id, questionnaire_id=questionnaire_id, titles=TITLES
        )
    assert survey_id is not None
    assert again is None
    return survey_id


async def test_who_was_seen_at_the_door_is_asked_three_questions_once(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    survey_id = await asks(town, event.id)
    came, absent, away = await somebody(town), await somebody(town), await somebody(town)
    await came.write("/start")
    assert TITLES[""] not in came.last().text
    assert [each.label for each in came.last().buttons if TITLES[""] in each.label] == []
    await comes(came, 2)
    await comes(absent, 1)
    await comes(away, 1)
    await away.tap("I can't come after all")
    date = only(event)
    entry = Arrival("the-key-of-it", (await standing(town, came, date)).code, 0)
    async with town.database.write() as connection:
        await record(connection, town_id=town.id, occurrence_id=date.id, entries=[entry])
    await at(town, date.ends_at + HOUR / 2)
    assert ASKED not in came.last().text
    await at(town, date.ends_at + HOUR)
    assert ASKED in came.last().text
    assert ASKED not in absent.last().text
    assert ASKED not in away.last().text
    for prefix in (SURVEY_BELOW_PREFIX, SURVEY_PREFIX, AGREE_PREFIX):  # buttons that nobody has sent them
        assert "This button is old." in await absent.press_anything(f"s:{prefix}{survey_id}")
    before = len(came.heard())
    await at(town, date.ends_at + 2 * HOUR)
    assert len(came.heard()) == before
    await came.write("/mydata")
    assert any("Counted at the door: 2" in each.text for each in came.heard())
    await came.tap("Answer the questions")
    for answer in ("Yes, very much", "Most of it", "Maybe"):
        await came.tap(answer)
    await came.tap("Send my answers")
    wanted = select(Participation.resident_id).where(Participation.survey_id == survey_id)
    assert [each.resident_id for each in await town.rows(wanted)] == [(await came.held()).id]


@ON_ONE_DATABASE
async def test_where_nobody_was_counted_all_of_the_list_are_asked_and_of_a_series_only_once(town: Town) -> None:
    event = await opened(town, settled(in_days(5), rule="FREQ=WEEKLY;COUNT=2"))
    await asks(town, event.id)
    resident = await somebody(town)
    first, second = event.occasions
    await resident.write("/events")
    for date in event.occasions:
        await resident.press_anything(f"s:date+:{date.id}:p1")
    await at(town, first.ends_at + HOUR)
    assert ASKED in resident.last().text
    before = len(resident.heard())
    await at(town, second.ends_at + HOUR)
    assert [each.text for each in resident.heard()[before:] if ASKED in each.text] == []


@ON_ONE_DATABASE
async def test_nobody_is_asked_at_night_too_late_after_saying_stop_or_when_it_did_not_take_place(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    await asks(town, event.id)
    resident, paused = await somebody(town), await somebody(town)
    await comes(resident)
    await comes(paused)
    await paused.write("/stop")
    date = only(event)
    await at(town, date.ends_at + timedelta(days=8))
    assert ASKED not in resident.last().text
    await at(town, date.ends_at + HOUR)
    assert ASKED in resident.last().text
    assert ASKED not in paused.last().text
    assert not (await standing(town, paused, date)).asked  # who comes back in time is asked
    off = await opened(town, settled(in_days(6)))
    await asks(town, off.id)
    await resident.write("/events")
    await resident.press_anything(f"s:date+:{only(off).id}:p1")
    async with town.database.write() as connection:
        assert await cancel_event(connection, town_id=town.id, event_id=off.id, now=datetime.now(UTC))
    before = len(resident.heard())
    await at(town, only(off).ends_at + HOUR)
    assert [each.text for each in resident.heard()[before:] if ASKED in each.text] == []


async def test_who_has_answered_is_kept_as_long_as_who_had_signed_up(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    survey_id = await asks(town, event.id)
    resident = await somebody(town)
    await comes(resident)
    async with town.database.write() as connection:
        held = await resident.held()
        await connection.execute(
            insert(Participation).values(town_id=town.id, survey_id=survey_id, resident_id=held.id)
        )
    over = only(event).ends_at + SIGN_UPS_KEPT + HOUR

    async def kept_after(moment: datetime) -> int:
        async with town.database.write() as connection:
            await forget_sign_ups(connection, now=moment)
        return len(await town.rows(select(Participation.resident_id).where(Participation.survey_id == survey_id)))

    assert await kept_after(over) == 1  # the survey is still open
    async with town.database.write() as connection:
        await connection.execute(update(Survey).where(Survey.id == survey_id).values(state=SurveyState.CLOSED))
    assert await kept_after(only(event).ends_at + HOUR) == 1
    assert await kept_after(over) == 0
