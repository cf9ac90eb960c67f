"""Residents are invited, sign up in two taps, wait for a place, and are told what they have to know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.occasions import Host
from dialogues.broadcast import Place
from dialogues.event import Offers
from dialogues.standing import SURVEY_BELOW_PREFIX
from storage.models import Interview, Sending, SendingKind, SignUp
from storage.queries.broadcasts import sending_rules
from storage.queries.events import EventFacts
from storage.services.broadcasts import begin_sending, go_on, stop_everything
from storage.services.events import cancel_date, cancel_event
from storage.services.towns import link_to
from tests.bot.chat import Message
from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.occasions import (
    CENTRE,
    TEXTS,
    ZONE,
    at,
    begun,
    calendar_of,
    changed,
    comes,
    event_now,
    in_days,
    only,
    opened,
    settled,
    somebody,
    standing,
)
from tests.bot.papers import TWO
from tests.bot.resident import Resident
from tests.bot.town import Town, table

pytestmark = pytest.mark.asyncio(loop_scope="session")
HOUR = timedelta(hours=1)


async def test_two_taps_and_somebody_is_expected(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=40))
    resident = await somebody(town)
    await resident.write("/events")
    await resident.tap("Meal together")
    invitation = resident.last()
    assert "Please bring a plate." in invitation.text
    assert "Quartierszentrum" in invitation.text
    assert "At most 40 people can come." in invitation.text
    await resident.tap("I'll come")
    assert "free now" not in resident.last().text
    await resident.tap("3")
    card = resident.last()
    assert "You are on the list." in card.text
    row = await standing(town, resident, only(event))
    assert (row.state, row.persons, row.number) == ("coming", 3, 1)
    assert row.code in card.text


@ON_ONE_DATABASE
async def test_the_invitation_stays_and_the_answer_comes_below_it(town: Town) -> None:
    await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await resident.write("/events")
    await resident.tap("Meal together")
    before = len(resident.heard())
    await resident.tap("I'll come")
    await resident.tap("2")
    assert len(resident.heard()) == before + 1


@ON_ONE_DATABASE
async def test_a_double_tap_signs_up_once(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=2))
    resident = await somebody(town)
    await resident.write("/events")
    await resident.tap("Meal together")
    await resident.tap("I'll come")
    await resident.tap_twice("2")
    row = await standing(town, resident, only(event))
    assert (row.state, row.persons, row.number) == ("coming", 2, 1)


@ON_ONE_DATABASE
async def test_children_needs_and_a_name_are_told_by_buttons_and_can_be_changed(town: Town) -> None:
    event = await opened(town, settled(in_days(5), offers=Offers(interpreters=("en",), childcare=True)))
    resident = await somebody(town)
    await comes(resident, 4)
    await resident.tap("Children: {n}", n=0)
    await resident.tap("2")
    await resident.tap("I need an interpreter")
    await resident.tap("I come with a wheelchair")
    await resident.tap("I come with a wheelchair")
    await resident.tap("Give a first name")
    await resident.write("Amina <b>\u202e")
    row = await standing(town, resident, only(event))
    assert (row.persons, row.children, row.needs, row.name) == (4, 2, ["interpreter"], "Amina <b>")
    assert "Amina <b>" in resident.last().text
    await resident.tap("Change the first name")
    await resident.tap("Give no name")
    assert (await standing(town, resident, only(event))).name is None
    assert (await resident.held()).naming_id is None


async def test_who_waits_is_offered_the_place_that_somebody_gives_back(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=2))
    first, second = await somebody(town), await somebody(town)
    await comes(first, 2)
    await comes(second, 1)
    assert "You are on the waiting list." in second.last().text
    assert "Your place on this list: 1" in second.last().text
    await gives_back(first)
    assert (await standing(town, second, only(event))).state == "offered"
    now = datetime.now(UTC)
    await at(town, now)
    assert "There is 1 place for you now." in second.last().text
    await at(town, now)
    offers = [each for each in second.heard() if "place for you now" in each.text]
    assert len(offers) == 1
    await second.tap("I'll come", second.last())
    assert (await standing(town, second, only(event))).state == "coming"


async def test_a_place_that_others_wait_for_is_not_gone_by_one_tap(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=2))
    first, second = await somebody(town), await somebody(town)
    await comes(first, 2)
    await first.tap("Children: {n}", n=0)
    await first.tap("1")
    card = first.last()
    await comes(second)
    before = await standing(town, first, only(event))
    await first.tap("I can't come after all")
    asked = first.last()
    assert "Other people are waiting.\nYour places then go to them." in asked.text
    await first.tap("No, I'm coming")
    assert "You are on the list." in first.last().text
    await at(town, only(event).starts_at - 23 * HOUR)
    reminder = first.last()
    await first.tap("I can't come after all", reminder)
    assert "Other people are waiting." in first.last().text
    assert card_now(first, reminder.id).text == reminder.text
    after = await standing(town, first, only(event))
    assert (after.state, after.persons, after.code) == ("coming", 2, before.code)
    await first.tap("Yes, I can't come")
    assert (await standing(town, first, only(event))).state == "declined"
    assert (await standing(town, second, only(event))).state == "offered"
    await first.press_as_it_was(card, next(each for each in card.buttons if "after all" in each.name))
    assert "You are not coming." in card_now(first, card.id).text


@ON_ONE_DATABASE
async def test_an_offer_that_is_accepted_too_late_has_gone_on(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=1))
    first, second, third = [await somebody(town) for _ in range(3)]
    for resident in (first, second, third):
        await comes(resident)
    await gives_back(first)
    now = datetime.now(UTC)
    await at(town, now)
    offer = second.last()
    await at(town, now + 3 * HOUR)
    assert "The time for your answer is over." in second.last().text
    await at(town, now)  # by the host's own clock: who is told by that is not to lapse three hours later
    assert "There is 1 place for you now." in third.last().text
    await second.press_as_it_was(offer, next(offer.buttons))
    assert "You are on the waiting list." in second.last().text or "You are on the waiting list." in offer_now(
        second, offer.id
    )
    states = [(await standing(town, each, only(event))).state for each in (first, second, third)]
    assert states == ["declined", "waiting", "offered"]


async def gives_back(resident: Resident) -> None:
    """Give a place back that others wait for."""
    await resident.tap("I can't come after all")
    await resident.tap("Yes, I can't come")


def offer_now(resident: Resident, number: int) -> str:
    return next(each.text for each in resident.heard() if each.id == number)


@ON_ONE_DATABASE
async def test_a_party_of_six_for_five_places_comes_with_five_or_waits(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=5))
    family, other = await somebody(town), await somebody(town)
    await comes(family, 6)
    assert "There are only 5 places." in family.last().text
    await comes(other, 1)
    assert "You are on the waiting list." in other.last().text
    await family.tap("Wait for more places: {n}", n=6)
    assert "You are on the waiting list." in family.last().text
    await at(town, datetime.now(UTC))
    assert "There is 1 place for you now." in other.last().text
    assert (await standing(town, family, only(event))).state == "waiting"


@ON_ONE_DATABASE
async def test_after_the_end_of_signing_up_an_old_button_says_so_and_cancelling_stays_possible(town: Town) -> None:
    event = await opened(town, settled(in_days(2)))
    early, late = await somebody(town), await somebody(town)
    await comes(early, 2)
    await late.write("/events")
    await late.tap("Meal together")
    await late.tap("I'll come")
    question = late.last()
    await changed(town, event, settled(in_days(2), closes_before=3 * 24 * 60))
    await late.tap("2", question)
    assert "Nobody can sign up any more." in late.last().text
    assert await standing(town, late, only(event)) is None
    await early.tap("I can't come after all")
    assert (await standing(town, early, only(event))).state == "declined"


async def test_a_moved_event_is_told_once_to_whom_it_concerns_also_while_an_offer_is_open(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=1))
    first, second, away = [await somebody(town) for _ in range(3)]
    await comes(first)
    await comes(second)
    await away.write("/events")
    await away.tap("Meal together")
    await away.tap("I can't come")
    await gives_back(first)
    now = datetime.now(UTC)
    await at(town, now)
    await changed(town, event, settled(in_days(6, "16:00"), capacity=1))
    heard = len(away.heard())
    for _ in range(2):
        await at(town, now)
    told = [each for each in second.heard() if "Something has changed." in each.text]
    assert len(told) == 1
    assert "16:00" in told[0].text
    assert len(away.heard()) == heard
    row = await standing(town, second, only(event))
    assert row.state == "offered"
    await second.tap("I'll come")
    assert (await standing(town, second, only(event))).state == "coming"


@ON_ONE_DATABASE
async def test_a_cancelled_event_is_told_and_its_buttons_say_so(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    card = resident.last()
    async with town.database.write() as connection:
        assert await cancel_event(connection, town_id=town.id, event_id=event.id, now=datetime.now(UTC))
    await at(town, datetime.now(UTC))
    assert "This event does not take place." in resident.last().text
    await resident.press_as_it_was(card, next(card.buttons))
    assert "This event does not take place." in offer_now(resident, card.id)
    await resident.tap("For my calendar")
    document = town.calls("sendDocument")[-1]
    assert document["ok"] is not False


async def test_reminders_come_the_day_before_and_two_hours_before_and_no_other_time(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident, 2)
    starts = only(event).starts_at

    async def reminders() -> int:
        return sum("Please bring a plate." in each.text and "It is" in each.text for each in resident.heard())

    await at(town, starts - 25 * HOUR)
    assert await reminders() == 0
    for _ in range(2):
        await at(town, starts - 23 * HOUR)
    assert await reminders() == 1
    assert "It is tomorrow:" in resident.last().text
    for _ in range(2):
        await at(town, starts - HOUR)
    assert await reminders() == 2
    assert "It is today:" in resident.last().text
    await resident.tap("I can't come after all", resident.last())
    assert (await standing(town, resident, only(event))).state == "declined"


@ON_ONE_DATABASE
@pytest.mark.parametrize("day", ["2027-03-28", "2027-10-31"])
async def test_a_day_before_is_the_same_time_on_the_wall_though_the_clocks_are_changed(town: Town, day: str) -> None:
    """Case 23: the day between has 23 hours, or 25."""
    event = await opened(town, settled(f"{day}T15:00", reminders=(1440,)))
    resident = await somebody(town)
    await comes(resident)
    due = only(event).starts_at.astimezone(ZONE) - timedelta(days=1)  # on the wall
    assert due.hour == 15
    await at(town, due.astimezone(UTC) - timedelta(minutes=1))
    assert "It is tomorrow:" not in resident.last().text
    await at(town, due.astimezone(UTC))
    assert "It is tomorrow:" in resident.last().text


async def test_who_cancels_while_reminders_are_on_their_way_gets_none(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    async with town.database.write() as connection:
        await stop_everything(connection, town_id=town.id, now=datetime.now(UTC))
    await town.service.host.tick(only(event).starts_at - 23 * HOUR)
    await resident.push(*resident.find("I can't come after all"))
    await town.until(town.all_worked_off)
    async with town.database.write() as connection:
        await go_on(connection, town_id=town.id)
    await town.settled()
    assert not any("It is tomorrow:" in each.text for each in resident.heard())
    heard = len(resident.heard())
    await at(town, only(event).starts_at - 23 * HOUR)
    assert len(resident.heard()) == heard


@ON_ONE_DATABASE
async def test_a_reminder_never_comes_at_night_but_before_it_or_not_at_all(town: Town) -> None:
    event = await opened(town, settled(in_days(5, "07:00"), reminders=(120,)), quiet=True)
    resident = await somebody(town)
    await comes(resident)
    starts = only(event).starts_at
    heard = len(resident.heard())
    await at(town, starts - 12 * HOUR)  # 19:00
    assert len(resident.heard()) == heard
    await at(town, starts - 2 * HOUR)
    assert len(resident.heard()) == heard
    await at(town, starts - 11 * HOUR - timedelta(minutes=5))  # 19:55, before the night begins
    assert "It is tomorrow:" in resident.last().text


@ON_ONE_DATABASE
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_poster_leads_to_its_event_and_nothing_is_asked_first_but_what_must_be(
    town: Town, language: str
) -> None:
    event, resident = await reached_by_poster(town, language)
    assert resident.taps == 2
    await resident.tap("I'll come")
    await resident.tap("1")
    assert (await standing(town, resident, only(event))).state == "coming"
    held = await resident.held()
    assert (held.wanted_event_id, held.adult, held.area_id) == (None, None, None)


async def reached_by_poster(town: Town, language: str = "en") -> tuple[EventFacts, Resident]:
    """Somebody who has come by the poster of an event, and sees it."""
    event = await opened(town, settled(in_days(5)))
    async with town.database.write() as connection:
        code = await link_to(connection, town_id=town.id, event_id=event.id)
    resident = await town.resident(language)
    await resident.start(code)
    title, description = TEXTS[language].split("\n")[:2]
    assert title in resident.last().text
    assert resident.says("You can sign up here.") in resident.last().text
    await resident.tap("I agree, go on")
    assert description in resident.last().text
    return event, resident


@ON_ONE_DATABASE
async def test_who_agrees_by_two_taps_to_come_to_an_event_is_asked_no_more_than_by_one(town: Town) -> None:
    _, resident = await reached_by_poster(town)
    heard = resident.heard()
    await resident.press_anything("s:ok", heard[0])
    assert [each.text for each in resident.heard()] == [each.text for each in heard]


@ON_ONE_DATABASE
@pytest.mark.parametrize(("answer", "is_asked"), [("Yes", True), ("No", False)])
async def test_whoever_came_for_an_event_is_asked_for_the_age_before_a_survey_and_not_by_the_way(
    town: Town, answer: str, is_asked: bool
) -> None:
    survey = await town.open_survey(table(TWO))
    _, resident = await reached_by_poster(town)
    await resident.write(answer)  # what nobody has asked is not answered
    assert "What do you want to do?" in resident.last().text
    assert (await resident.held()).adult is None
    await resident.press(resident.last(), next(resident.last().buttons))
    assert "Are you 16 or older?" in resident.last().text
    await resident.tap(answer)
    assert (await resident.held()).adult is is_asked
    assert ("How is it here?" in resident.last().text) is is_asked
    begun_by = select(Interview).where(Interview.survey_id == survey.id)
    assert bool(await town.rows(begun_by)) is is_asked


@ON_ONE_DATABASE
async def test_whoever_came_for_an_event_can_say_where_they_live_to_see_what_is_on_there(town: Town) -> None:
    _, resident = await reached_by_poster(town)
    await resident.write("/events")
    await resident.tap("Where do you live?")
    assert any("Meal together" in each.text for each in resident.heard()[-2:-1])
    assert "Are you 16 or older?" in resident.last().text
    await resident.write("Yes")
    assert (await resident.held()).adult is True
    await resident.tap("Nordstadt")
    assert (await resident.held()).area_id == town.areas["Nordstadt"]
    await resident.write("/events")
    assert not [each for each in resident.last().buttons if "Where do you live?" in each.label]


@ON_ONE_DATABASE
async def test_whoever_came_for_an_event_and_gets_a_survey_by_a_message_is_asked_for_the_age_too(town: Town) -> None:
    survey = await town.open_survey(table(TWO))
    _, resident = await reached_by_poster(town)
    await resident.press_anything(f"s:{SURVEY_BELOW_PREFIX}{survey.id}")
    assert "Are you 16 or older?" in resident.last().text
    await resident.write("no")
    assert (await resident.held()).adult is False
    assert "Surveys are for people who are 16 or older." in resident.last().text


@ON_ONE_DATABASE
async def test_whoever_came_for_an_event_is_asked_all_else_by_start_and_can_change_the_language(town: Town) -> None:
    _, resident = await reached_by_poster(town)
    await resident.write("/language")
    await resident.tap("Türkçe")
    resident.language = "tr"
    assert resident.says("Are you 16 or older?") not in resident.last().text
    await resident.start()
    assert resident.says("Are you 16 or older?") in resident.last().text
    await resident.write("Evet")
    assert resident.says("Where do you live?") in resident.last().text


@ON_ONE_DATABASE
async def test_the_poster_of_an_event_that_is_over_invites_to_nothing(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    async with town.database.write() as connection:
        code = await link_to(connection, town_id=town.id, event_id=event.id)
    await begun(town, event, 3 * HOUR)
    resident = await town.resident("en")
    await resident.start(code)
    assert "invites" not in resident.last().text
    await resident.tap("I agree, go on")
    assert resident.last().text == "Meal together\nThis event is over."


async def test_erasing_frees_the_place_and_the_own_data_name_the_event(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=1))
    first, second = await somebody(town), await somebody(town)
    await comes(first)
    await comes(second)
    await first.write("/mydata")
    assert "Meal together" in first.last().text
    await first.write("/delete")
    await first.tap("Delete everything")
    await at(town, datetime.now(UTC))
    await at(town, datetime.now(UTC))
    assert "There is 1 place for you now." in second.last().text
    assert await town.count(SignUp.__table__.select().where(SignUp.occurrence_id == only(event).id)) == 1


async def test_a_series_asks_for_the_day_and_each_date_has_its_own_list(town: Town) -> None:
    starts = in_days(3)
    last = in_days(24).replace("-", "")[:8]
    event = await opened(town, settled(starts, rule=f"FREQ=WEEKLY;UNTIL={last}", contact="Frau Yılmaz"))
    assert len(event.occasions) == 4
    resident = await somebody(town)
    await resident.write("/events")
    await resident.tap("Meal together")
    await resident.tap("Choose a day")
    day = next(iter(resident.last().buttons))
    await resident.press(resident.last(), day)
    await resident.tap("2")
    assert (await standing(town, resident, event.occasions[0])).persons == 2
    assert await standing(town, resident, event.occasions[1]) is None
    async with town.database.write() as connection:
        assert await cancel_date(
            connection,
            town_id=town.id,
            event_id=event.id,
            occurrence_id=event.occasions[0].id,
            now=datetime.now(UTC),
        )
    await at(town, datetime.now(UTC))
    told = resident.last()
    assert "It does not take place on this day." in told.text
    assert "This event does not take place." not in told.text
    assert "The other days take place." in told.text
    assert "Ask here: Frau Yılmaz" in told.text
    await resident.tap("See the other days", told)
    assert next(button.data for button in resident.last().buttons) == f"s:date:{event.occasions[1].id}:yes"
    await resident.press_anything(f"s:date:{event.occasions[0].id}:card", on=told)
    assert "It does not take place on this day." in offer_now(resident, told.id)


async def test_once_it_has_begun_the_number_stays_whatever_is_tapped_until_it_is_over(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident, other = await somebody(town), await somebody(town)
    await comes(resident, 2)
    card = resident.last()
    await other.write("/events")
    await other.tap("Meal together")
    invitation = other.last()
    before = await standing(town, resident, only(event))
    await begun(town, event, HOUR)
    for button in card.buttons:
        await resident.press_as_it_was(card, button)
        assert before.code in card_now(resident, card.id).text
    shown = card_now(resident, card.id)
    assert "It is on now.\nNothing can be changed any more." in shown.text
    assert [button.name for button in shown.buttons] == ["📍 Show on the map"]
    after = await standing(town, resident, only(event))
    assert (after.state, after.persons, after.needs, after.name) == ("coming", 2, [], None)
    await other.press_as_it_was(invitation, next(invitation.buttons))
    assert "Nobody can sign up any more." in other.last().text
    assert await standing(town, other, only(event)) is None
    await begun(town, event, 3 * HOUR)
    await resident.press_as_it_was(card, next(card.buttons))
    assert "This event is over." in card_now(resident, card.id).text
    assert before.code not in card_now(resident, card.id).text


@ON_ONE_DATABASE
async def test_what_is_on_now_is_listed_with_its_map_until_it_is_over(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident, other = await somebody(town), await somebody(town)
    await comes(resident)
    row = await standing(town, resident, only(event))
    await begun(town, event, HOUR)
    await other.write("/events")
    assert "It is on now." in other.last().text
    await other.tap("Meal together")
    assert "It is on now.\nNobody can sign up any more." in other.last().text
    assert "We cook and eat." in other.last().text
    assert [button.name for button in other.last().buttons] == ["📍 Show on the map"]
    await resident.write("/events")
    await resident.tap("Meal together", resident.last())
    assert row.code in resident.last().text
    await resident.tap("My events")
    assert "It is on now." in resident.last().text
    await resident.tap("Meal together", resident.last())
    assert row.code in resident.last().text
    await begun(town, event, 3 * HOUR)
    for again in (resident, other):
        await again.write("/events")
        assert "There is no event for you now." in again.last().text


@ON_ONE_DATABASE
async def test_the_button_of_an_event_that_is_over_says_so_and_leads_to_the_others(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await begun(town, event, 3 * HOUR)
    await resident.press_anything(f"s:event:{event.id}:show")
    assert resident.last().text == "Meal together\nThis event is over."
    await resident.tap("Events")
    assert "There is no event for you now." in resident.last().text


@ON_ONE_DATABASE
async def test_a_name_that_is_written_after_the_beginning_changes_nothing(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    await resident.tap("Give a first name")
    await begun(town, event, HOUR)
    await resident.write("Amina")
    row = await standing(town, resident, only(event))
    assert row.name is None
    assert row.code in resident.last().text


@ON_ONE_DATABASE
async def test_an_event_of_another_quarter_is_not_listed_and_none_is_said_kindly(town: Town) -> None:
    resident = await somebody(town, quarter="Hafenviertel")
    await resident.write("/events")
    assert "There is no event for you now." in resident.last().text


@ON_ONE_DATABASE
async def test_the_map_and_the_list_of_own_events(town: Town) -> None:
    await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    await resident.tap("Show on the map")
    [venue] = [call["parameters"] for call in town.calls("sendVenue")]
    assert venue["title"] == CENTRE.title
    await resident.write("/events")
    await resident.tap("My events")
    assert "You are on the list." in resident.last().text
    await resident.press(resident.last(), next(resident.last().buttons))
    assert "People: 1" in resident.last().text


@ON_ONE_DATABASE
async def test_the_list_of_events_says_what_one_has_said_about_each(town: Town) -> None:
    last = in_days(24).replace("-", "")[:8]
    await opened(town, settled(in_days(3), rule=f"FREQ=WEEKLY;UNTIL={last}"))
    await opened(town, settled(in_days(5)), texts={"en": "Garden\nWe plant."})
    resident = await somebody(town)
    await resident.write("/events")
    assert "You are on the list." not in resident.last().text
    await resident.tap("Garden")
    await resident.tap("Maybe")
    await resident.write("/events")
    await resident.tap("Meal together")
    await resident.tap("Choose a day")
    await resident.press(resident.last(), list(resident.last().buttons)[1])
    await resident.tap("2")
    await resident.write("/events")
    meal, garden = resident.last().text.split("2. ")
    assert "Your next day:" in meal
    assert "You are on the list." in meal
    assert "You said: maybe." in garden
    assert "Your next day:" not in garden


@ON_ONE_DATABASE
async def test_how_many_places_are_free_is_said_where_they_are_few(town: Town) -> None:
    await opened(town, settled(in_days(5), capacity=3))
    first, second, third = [await somebody(town) for _ in range(3)]
    await first.write("/events")
    await first.tap("Meal together")
    await first.tap("I'll come")
    assert "3 places are free now." in first.last().text
    await first.tap("2")
    await second.write("/events")
    await second.tap("Meal together")
    await second.tap("I'll come")
    assert "1 place is free now." in second.last().text
    await first.tap("People: {n}", n=2)
    assert "1 more place is free now." in first.last().text
    await second.tap("1")
    await third.write("/events")
    await third.tap("Meal together")
    await third.tap("I'll come")
    assert "No place is free now.\nYou can wait for one." in third.last().text


@ON_ONE_DATABASE
async def test_the_file_for_the_calendar_says_what_the_invitation_says(town: Town) -> None:
    event = await opened(town, settled(in_days(5), contact="Frau Yılmaz"))
    resident = await somebody(town)
    await comes(resident)
    await resident.tap("For my calendar")
    assert resident.last().json["document"]["file_name"] == "Meal-together.ics"
    [entry] = calendar_of(town, resident.last()).events
    assert (entry.uid, entry.summary) == (f"{event.uid}-{only(event).id}", "Meal together")
    assert (entry.description or "").split("\n\n") == [
        "We cook and eat.",
        "Good to know: Please bring a plate.",
        "Without stairs: Take the entrance in the yard.",
        "Do you have questions? Ask here: Frau Yılmaz",
    ]


@ON_ONE_DATABASE
async def test_of_many_days_all_can_be_reached_and_all_fit_into_the_calendar(town: Town) -> None:
    last = in_days(3 + 7 * 23).replace("-", "")[:8]
    event = await opened(town, settled(in_days(3), rule=f"FREQ=WEEKLY;UNTIL={last}"))
    resident = await somebody(town)
    await resident.write("/events")
    await resident.tap("Meal together")
    await resident.tap("Choose a day")
    chooser, seen_days = resident.last(), []
    for first, until in ((1, 10), (11, 20), (21, 24)):
        now = card_now(resident, chooser.id)
        assert f"Day {first} to {until} of 24" in now.text
        seen_days += [button.data for button in now.buttons if button.data.endswith(":yes")]
        if until < 24:
            await resident.tap("Later days", now)
    assert seen_days == [f"s:date:{each.id}:yes" for each in event.occasions]
    async with town.database.write() as connection:
        gone = event.occasions[1].id
        now_ = datetime.now(UTC)
        assert await cancel_date(connection, town_id=town.id, event_id=event.id, occurrence_id=gone, now=now_)
    await resident.tap("All days for my calendar", card_now(resident, chooser.id))
    shown = list(calendar_of(town, resident.last()).timeline)
    coming = [each for each in event.occasions if each.id != gone]
    assert [each.uid for each in shown] == [f"{event.uid}-{each.id}" for each in coming]
    assert [each.dtstart for each in shown] == [each.starts_at for each in coming]
    await resident.press_anything(f"s:event:{event.id}:dates20", on=chooser)
    await resident.tap("Earlier days", card_now(resident, chooser.id))
    assert "Day 11 to 20 of 23" in card_now(resident, chooser.id).text


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    "data", ["s:date:99999999:yes", "s:date:abc:yes", "s:event:1:drop", "s:date+:1:p99999", "s:event:"]
)
async def test_buttons_that_nobody_made_are_answered(town: Town, data: str) -> None:
    await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    assert await resident.press_anything(data)


async def test_who_has_blocked_us_is_told_of_a_change_when_they_are_back_and_nobody_is_looked_for_meanwhile(
    town: Town,
) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    await resident.block()
    await changed(town, event, settled(in_days(6)))
    host: Host = town.service.host
    moved = only(await event_now(town, event.id))
    for moment in (datetime.now(UTC), moved.starts_at - 23 * HOUR):
        await at(town, moment)
        async with town.database.read() as connection:
            rules = await sending_rules(connection, town.id)
            assert not (await host._due(connection, rules, moment, None)).dates
    await resident.unblock()
    for _ in range(2):
        await at(town, datetime.now(UTC))
    assert sum("Something has changed." in each.text for each in resident.heard()) == 1
    await at(town, moved.starts_at - 23 * HOUR)
    assert "It is tomorrow:" in resident.last().text


async def test_an_offer_to_who_has_blocked_us_goes_on_after_its_time_and_says_nothing_of_a_change(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=1))
    first, away, third = [await somebody(town) for _ in range(3)]
    for resident in (first, away, third):
        await comes(resident)
    await away.block()
    await changed(town, event, settled(in_days(6), capacity=1))
    await gives_back(first)
    now = datetime.now(UTC)
    await at(town, now)
    row = await standing(town, away, only(event))
    assert (row.state, row.told_sequence) == ("offered", 0)
    assert row.offered_until > now
    await at(town, now + 3 * HOUR)
    await at(town, now + 3 * HOUR)
    assert (await standing(town, away, only(event))).state == "lapsed"
    assert "There is 1 place for you now." in third.last().text


@ON_ONE_DATABASE
@pytest.mark.parametrize(("clock", "is_told"), [("07:30", True), ("15:00", False)])
async def test_at_night_it_is_told_that_a_date_is_moved_away_from_the_early_morning(
    town: Town, clock: str, is_told: bool
) -> None:
    event = await opened(town, settled(in_days(5, clock), reminders=()), quiet=True)
    resident = await somebody(town)
    await comes(resident)
    morning = only(event).starts_at.astimezone(ZONE).replace(hour=7, minute=30)
    await changed(town, event, settled(in_days(12, clock), reminders=()))
    await changed(town, event, settled(in_days(13, clock), reminders=()))
    await at(town, morning - 9 * HOUR)
    assert ("Something has changed." in resident.last().text) is is_told
    await at(town, morning + HOUR)
    told = resident.last().text
    assert "Something has changed." in told
    day = town.texts.speak("en").date(date.fromisoformat(in_days(5)[:10]))
    now = town.texts.speak("en").date(date.fromisoformat(in_days(13)[:10]))
    assert f"Until now it was to be: {day}, {clock}\nNow it is: {now}, {clock} to " in told
    assert "your phone's calendar" in told
    assert "The new place:" not in told


@ON_ONE_DATABASE
async def test_another_place_is_told_too(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    await changed(town, event, settled(in_days(5), place=Place("Aula", "Hafenstraße 1", 51.0, 13.7)))
    await at(town, datetime.now(UTC))
    told = resident.last().text
    assert told.startswith("Something has changed.\nThe new place: Aula, Hafenstraße 1\n")
    assert "Now it is:" not in told
    assert "your phone's calendar" not in told
    await changed(town, event, settled(in_days(5), place=CENTRE))
    await changed(town, event, settled(in_days(6), place=CENTRE))
    await at(town, datetime.now(UTC))
    told = resident.last().text
    assert "Until now it was to be:" in told
    assert "Now it is:" in told
    assert "The new place: Quartierszentrum, Lindenstraße 5" in told
    await changed(town, event, settled(in_days(6), ends=in_days(6, "19:00")))
    await at(town, datetime.now(UTC))
    told = resident.last().text
    assert "15:00 to 19:00" in told.split("\n")[1]
    assert "Until now it was to be:" not in told
    assert "The new place:" not in told


@ON_ONE_DATABASE
async def test_who_gets_a_place_late_is_not_reminded_of_what_they_have_just_said(town: Town) -> None:
    event = await opened(town, settled(in_days(1, "12:00"), capacity=1, reminders=(3 * 1440, 2 * 1440)))
    first, second = await somebody(town), await somebody(town)
    await comes(first)
    await comes(second)
    await gives_back(first)
    await at(town, datetime.now(UTC))
    await second.tap("I'll come")
    assert (await standing(town, second, only(event))).state == "coming"
    await at(town, datetime.now(UTC))
    assert not any("It is tomorrow:" in each.text for each in second.heard())


@ON_ONE_DATABASE
async def test_an_open_offer_ends_silently_with_the_event(town: Town) -> None:
    event = await opened(town, settled(in_days(5), capacity=1))
    first, second = await somebody(town), await somebody(town)
    await comes(first)
    await comes(second)
    await gives_back(first)
    now = datetime.now(UTC)
    await at(town, now)
    async with town.database.write() as connection:
        assert await cancel_event(connection, town_id=town.id, event_id=event.id, now=now)
    for moment in (now, now + 3 * HOUR):
        await at(town, moment)
    assert sum("This event does not take place." in each.text for each in second.heard()) == 1


@ON_ONE_DATABASE
async def test_a_move_brings_the_reminders_back_for_who_answers_before_hearing_of_it(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    card = resident.last()
    await at(town, only(event).starts_at - HOUR)  # both reminders are over
    await changed(town, event, settled(in_days(12)))
    size = next(button for button in card.buttons if "People:" in button.name)
    await resident.press_as_it_was(card, size)
    await resident.tap("2", card_now(resident, card.id))
    moved = only(await event_now(town, event.id))
    await at(town, moved.starts_at - 30 * HOUR)
    await at(town, moved.starts_at - 23 * HOUR)
    assert "It is" in resident.last().text


@ON_ONE_DATABASE
async def test_how_many_come_can_be_written_in_any_figures_and_is_no_answer_to_a_survey(town: Town) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    event = await opened(town, settled(in_days(5)))
    await resident.write("/events")
    await resident.tap("Meal together")
    await resident.tap("I'll come")
    for nothing in ("What?", "12", "0"):
        await resident.write(nothing)
        assert "How many people will come?" in resident.last().text
        assert "Please choose a number from 1 to 8." in resident.last().text
    await resident.write("٣")
    assert "People: 3" in resident.last().text
    assert (await standing(town, resident, only(event))).persons == 3
    assert await resident.answers(survey) == {"mood": "good"}
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


@ON_ONE_DATABASE
@pytest.mark.parametrize("asked", ["People: {n}", "Children: {n}", "Give a first name"])
async def test_a_number_below_a_question_about_an_event_is_no_answer_to_a_survey(town: Town, asked: str) -> None:
    resident, survey = await town.interview(table(TWO))
    await resident.tap("Good")
    event = await opened(town, settled(in_days(5)))
    await comes(resident, 2)
    await resident.tap(asked, n=2 if "People" in asked else 0)
    await resident.write("1")
    assert await resident.answers(survey) == {"mood": "good"}
    row = await standing(town, resident, only(event))
    assert (row.persons, row.children, row.name) == (2, 0, None)
    if "name" in asked:
        assert "Please write a first name." in resident.last().text
    else:
        await resident.tap("Go on with the survey", resident.last())
        await resident.write("Shade")
        assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


@ON_ONE_DATABASE
async def test_a_first_name_is_awaited_only_from_who_comes_and_not_after_start(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    resident = await somebody(town)
    await comes(resident)
    card = resident.last()
    name = next(button for button in card.buttons if "first name" in button.name)
    await resident.press_as_it_was(card, name)
    assert (await resident.held()).naming_id == only(event).id
    await resident.start()
    assert (await resident.held()).naming_id is None
    await resident.press_anything(f"s:date:{only(event).id}:no")
    await resident.press_as_it_was(card, name)
    assert (await resident.held()).naming_id is None


def card_now(resident: Resident, number: int) -> Message:
    return next(each for each in resident.heard() if each.id == number)


@ON_ONE_DATABASE
async def test_an_invitation_that_is_planned_waits_for_the_office_when_the_event_moves(town: Town) -> None:
    event = await opened(town, settled(in_days(5)))
    now = datetime.now(UTC)
    async with town.database.write() as connection:
        await begin_sending(
            connection,
            town_id=town.id,
            broadcast_id=event.broadcast_id,
            kind=SendingKind.SEND,
            staff_id=None,
            content=event.broadcast.content(released=True),
            audience=event.broadcast.audience,
            zone="Europe/Berlin",
            wall=None,
            due_at=now + 24 * HOUR,
            now=now,
        )
    states = select(Sending.state).where(Sending.broadcast_id == event.broadcast_id)
    await changed(town, event, settled(in_days(5), capacity=7))
    assert await town.rows(states) == [("planned",)]
    await changed(town, event, settled(in_days(6), capacity=7))
    assert await town.rows(states) == [("paused",)]
