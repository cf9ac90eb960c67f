"""A message that speaks of an event: its button is chosen, seen and kept; who has signed up can be written to, and
nobody can be made out."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, update

from admin.site import Site
from dialogues.waiting_list import Standing
from storage.models import Broadcast, Event, EventState, Sending, SendingState, SignUp, Survey, SurveyState
from storage.queries.audience import Audience
from storage.queries.broadcasts import find_broadcast, find_sending
from storage.services.events import cancel_event, draft_event
from storage.services.sign_ups import sign_up
from tests.admin.office import Clock, Office
from tests.admin.papers import draft, fields_of, open_up
from tests.admin.test_broadcasts import GERMAN, Desk, notice, plain
from tests.admin.test_events import ON_ONE_DATABASE, Plan
from tests.admin.townspeople import begin, move_in

PASS = "/admin/sendings/1"
LABEL = "📅 Veranstaltung: Gemeinsam essen"


@pytest.fixture
async def plan(office: Office, site: Site) -> Plan:
    """An event on the fifth of December that is open, with a German text."""
    plan = await Plan.at(office, site, "Essen intern")
    await plan.is_open()
    return plan


@pytest.fixture
async def desk(plan: Plan) -> Desk:
    desk = await Desk.at(plan.office)
    await desk.writes(de=GERMAN)
    return desk


async def is_cancelled(site: Site, event_id: int = 1) -> None:
    async with site.database.write() as connection:
        assert await cancel_event(connection, town_id=site.town_id, event_id=event_id, now=site.now())


async def chosen(site: Site, desk: Desk) -> int | None:
    async with site.database.read() as connection:
        found = await find_broadcast(connection, site.town_id, int(desk.here.rpartition("/")[2]))
    assert found is not None
    return found.shown_event_id


# --- the button -----------------------------------------------------------------------------------------------------


async def test_a_message_is_written_with_the_button_and_sent_with_it(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 5)
    assert "Gemeinsam essen, 5. Dezember 2026" in plain(await desk.look())
    preview = await desk.office.send(f"{desk.here}/preview", {**desk.fields, "event": "1"})
    assert LABEL in plain(f"<main>{preview.text}")
    assert (await desk.saves(event="1")).status_code == 303
    assert LABEL in plain(await desk.look())
    assert desk.fields["event"] == "1"
    ready = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Knopf: Veranstaltung Gemeinsam essen" in ready
    await desk.has_sent()
    async with site.database.read() as connection:
        sending = await find_sending(connection, site.town_id, 1)
    assert sending is not None
    assert (sending.content.shown_event_id, sending.content.shown_event_titles) == (1, {"de": "Gemeinsam essen"})


async def test_saving_twice_counts_once_and_taking_the_button_away_counts(desk: Desk, site: Site) -> None:
    await desk.saves(event="1")
    async with site.database.read() as connection:
        revision = await connection.scalar(select(Broadcast.revision).where(Broadcast.shows_event_id == 1))
    assert (await desk.saves()).status_code == 303
    async with site.database.read() as connection:
        again = await connection.scalar(select(Broadcast.revision).where(Broadcast.shows_event_id == 1))
    assert again == revision
    await desk.look()
    await desk.saves(event="")
    assert await chosen(site, desk) is None


@ON_ONE_DATABASE
async def test_a_message_can_carry_a_survey_and_an_event(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await desk.saves(event="1", survey="1")
    page = plain(await desk.look())
    assert LABEL in page
    assert "📋" in page
    await desk.aims(language="de")  # choosing recipients leaves the buttons as they are
    assert await chosen(site, desk) == 1


@ON_ONE_DATABASE
async def test_two_who_choose_another_event_are_told(desk: Desk, plan: Plan) -> None:
    other = await Plan.at(plan.office, plan.site)
    await other.is_open(day="2026-12-12")
    second = Desk(desk.office, desk.here)
    await second.look()
    await desk.saves(event="1")
    answer = await second.saves(event="2")
    assert answer.status_code == 409
    assert "die Veranstaltung" in plain(answer.text)


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["2", "99", "x", "-1", "99999999999"])
async def test_what_cannot_be_shown_is_no_choice(desk: Desk, site: Site, typed: str) -> None:
    async with site.database.write() as connection:
        await draft_event(connection, town_id=site.town_id, title="Skizze", zone="Europe/Berlin", now=site.now())
    assert "Skizze" not in plain(await desk.look())
    answer = await desk.saves(event=typed)
    assert answer.status_code == 422
    assert "Diese Veranstaltung gibt es nicht." in plain(answer.text)


@ON_ONE_DATABASE
async def test_the_texts_of_an_event_carry_no_other_event(plan: Plan, site: Site) -> None:
    own = Desk(plan.office, f"/admin/broadcasts/{(await plan.event()).broadcast_id}")
    assert 'name="event"' not in await own.look()
    await own.saves(event="1")
    assert await chosen(site, own) is None


async def test_a_draft_that_is_deleted_takes_the_choice_along(desk: Desk, plan: Plan, site: Site) -> None:
    await desk.saves(event="1")
    async with site.database.write() as connection:
        await connection.execute(update(Event).values(state=EventState.DRAFT))
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Die Veranstaltung hinter dem Knopf ist noch nicht für Anmeldungen geöffnet" in page
    await plan.office.send(f"{plan.it}/discard")
    assert await chosen(site, desk) is None
    assert "hinter dem Knopf" not in plain(await desk.office.read(f"{desk.here}/send"))


# --- what keeps it from leaving -------------------------------------------------------------------------------------


async def test_a_cancelled_event_is_marked_and_keeps_the_message_back(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 5)
    await desk.saves(event="1")
    await is_cancelled(site)
    assert "Gemeinsam essen, 5. Dezember 2026 (abgesagt oder vorbei)" in plain(await desk.look())
    assert (await desk.saves()).status_code == 303, "what was chosen before may stay"
    page = await desk.office.read(f"{desk.here}/send")
    assert "Die Veranstaltung hinter dem Knopf ist abgesagt." in plain(page)
    assert f'href="{desk.here}#event"' in page
    await desk.look()
    tried = await desk.office.send(f"{desk.here}/send", {"begin": "now", "last": "0", "seen": desk.fields["seen"]})
    assert tried.status_code == 422
    await desk.saves(event="")
    await desk.has_sent()


@ON_ONE_DATABASE
async def test_after_the_event_it_is_too_late(desk: Desk, plan: Plan, site: Site, clock: Clock) -> None:
    await move_in(site, "de", 5)
    await desk.saves(event="1")
    late = await desk.sends(begin="later", wall="2026-12-05T15:00")
    assert late.status_code == 422
    assert "Zu dieser Zeit ist die Veranstaltung hinter dem Knopf schon vorbei." in plain(late.text)
    await plan.waits(clock, 20)
    assert "ist dann schon vorbei" in plain(await desk.office.read(f"{desk.here}/send"))
    assert "(abgesagt oder vorbei)" in plain(await desk.look())


@ON_ONE_DATABASE
async def test_whoever_the_event_says_nothing_to_keeps_the_message_back(desk: Desk, plan: Plan, site: Site) -> None:
    await move_in(site, "de", 5)
    await move_in(site, "tr", 5)
    await desk.writes(tr="Bir şenlik var.")
    await desk.saves(event="1")
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "hat keinen freigegebenen Text für alle, die Türkisch lesen." in page
    own = Desk(plan.office, f"/admin/broadcasts/{(await plan.event()).broadcast_id}")
    await own.look()
    await own.writes(tr="Birlikte yemek")
    assert "hinter dem Knopf" not in plain(await desk.office.read(f"{desk.here}/send"))
    assert "📅 Etkinlik: Birlikte yemek" in plain(await desk.look())


async def test_a_planned_message_says_that_its_event_is_off(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 5)
    await desk.saves(event="1")
    await desk.has_sent(begin="later", wall="2026-11-30T12:00")
    assert "abgesagt oder vorbei" not in plain(await desk.office.read(PASS))
    await is_cancelled(site)
    assert "wird nicht verschickt werden: Ihre Veranstaltung ist dann abgesagt" in plain(await desk.office.read(PASS))
    async with site.database.write() as connection:  # what the bot does when its time has come
        await connection.execute(update(Sending).values(state=SendingState.PAUSED))
    page = await desk.office.read(PASS)
    assert "wird nicht verschickt: Ihre Veranstaltung ist abgesagt" in plain(page)
    assert f'action="{PASS}/resume"' not in page
    await begin(site, 1, {"de": people})
    assert "geht an niemanden mehr: Ihre Veranstaltung ist abgesagt" in plain(await desk.office.read(PASS))


@ON_ONE_DATABASE
async def test_another_event_is_a_correction(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 5)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    async with site.database.write() as connection:
        await connection.execute(update(Sending).values(state=SendingState.PAUSED))
    assert "Das ist, was die Menschen schon haben." in plain(await desk.office.read(f"{PASS}/correct"))
    await desk.saves(event="1")
    page = await desk.office.read(f"{PASS}/correct")
    assert LABEL in plain(page)
    assert "Korrektur" in notice(await desk.office.send(f"{PASS}/correct", fields_of(page)))


# --- those who have signed up ---------------------------------------------------------------------------------------


@dataclass
class Crowd:
    """People of whom some have signed up for the first date of an event."""

    plan: Plan
    rows: list[int] = field(default_factory=list)

    async def signs_up(self, language: str, number: int, *, area: int = 1) -> None:
        people = await move_in(self.plan.site, language, number, area=area)
        occasion = (await self.plan.event()).occasions[0]
        async with self.plan.site.database.write() as connection:
            now = self.plan.site.now()
            for resident in people:
                await sign_up(connection, occurrence_id=occasion.id, resident_id=resident, persons=1, now=now)


async def size(desk: Desk, **fields: object) -> str:
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return plain(f"<main>{(await desk.office.send(f'{desk.here}/audience/size', named)).text}")


async def test_who_has_signed_up_can_be_written_to(desk: Desk, plan: Plan, site: Site) -> None:
    await Crowd(plan).signs_up("de", 10)
    await move_in(site, "de", 20)
    assert "etwa 10 würden" in await size(desk, signed_up="1")
    assert "Gemeinsam essen, 5. Dezember 2026" in plain(await desk.office.read(f"{desk.here}/audience"))
    assert (await desk.aims(signed_up="1")).status_code == 303
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "Nur an alle, die zu dieser Veranstaltung angemeldet sind: Gemeinsam essen ." in page
    assert "an etwa 10 Menschen" in page
    await desk.has_sent()
    assert "angemeldet sind: Gemeinsam essen" in plain(await desk.office.read(PASS))


@ON_ONE_DATABASE
async def test_signed_up_goes_with_no_other_choice(desk: Desk, plan: Plan) -> None:
    await open_up(desk.office, await draft(desk.office))
    await Crowd(plan).signs_up("de", 10)
    assert "Deutsch : etwa 10" in await size(desk, signed_up="1")
    refused = await size(desk, signed_up="1", area="1")
    assert "Wer zu einer Veranstaltung angemeldet ist, lässt sich mit nichts verbinden." in refused
    assert refused == await size(desk, signed_up="1", language="de")
    assert refused == await size(desk, signed_up="1", took_part="1")
    assert refused == await size(desk, signed_up="1", not_took_part="1")
    answer = await desk.aims(signed_up="1", area="1")
    assert (answer.status_code, "Noch nicht gespeichert" in answer.text) == (422, True)


@ON_ONE_DATABASE
async def test_whether_any_of_a_few_has_signed_up_is_not_told(desk: Desk, plan: Plan, site: Site) -> None:
    await move_in(site, "de", 2)
    await move_in(site, "ro", 1)
    nobody = await size(desk, signed_up="1")
    assert "weniger als 5 würden" in nobody
    assert "Rumänisch" in nobody, "languages are those of all who live there"
    await Crowd(plan).signs_up("ro", 1)
    assert await size(desk, signed_up="1") == nobody


@ON_ONE_DATABASE
async def test_a_planned_message_says_that_the_event_is_off_whose_sign_ups_it_goes_to(
    desk: Desk, plan: Plan, site: Site
) -> None:
    await Crowd(plan).signs_up("de", 10)
    await desk.aims(signed_up="1")
    await desk.has_sent(begin="later", wall="2026-11-30T12:00")
    assert "die Veranstaltung ist abgesagt" not in plain(await desk.office.read(PASS))
    await is_cancelled(site)
    assert "Die Nachricht geht an niemanden: die Veranstaltung ist abgesagt" in plain(await desk.office.read(PASS))


async def test_who_waits_or_is_offered_a_place_is_not_meant(desk: Desk, plan: Plan, site: Site) -> None:
    await Crowd(plan).signs_up("de", 10)
    async with site.database.write() as connection:
        for state, number in ((Standing.WAITING, 2), (Standing.OFFERED, 2), (Standing.MAYBE, 1)):
            some = select(SignUp.id).where(SignUp.state == Standing.COMING).order_by(SignUp.id).limit(number)
            ids = list(await connection.scalars(some))
            await connection.execute(update(SignUp).where(SignUp.id.in_(ids)).values(state=state))
        assert await connection.scalar(select(func.count()).where(SignUp.state == Standing.COMING)) == 5
    assert "etwa 5 würden" in await size(desk, signed_up="1")


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["2", "99", "x"])
async def test_an_event_that_is_not_there_is_refused_and_not_taken_for_everybody(
    desk: Desk, site: Site, typed: str
) -> None:
    async with site.database.write() as connection:
        await draft_event(connection, town_id=site.town_id, title="Skizze", zone="Europe/Berlin", now=site.now())
    await move_in(site, "de", 10)
    assert "Was ausgewählt war, gibt es nicht mehr." in await size(desk, signed_up=typed)
    assert (await desk.aims(signed_up=typed)).status_code == 422


@ON_ONE_DATABASE
async def test_when_the_event_is_cancelled_its_sign_ups_are_to_be_chosen_again(desk: Desk, site: Site) -> None:
    await desk.aims(signed_up="1")
    await is_cancelled(site)
    page = await desk.office.read(f"{desk.here}/send")
    assert "Die Veranstaltung, deren Angemeldete ausgewählt sind, ist abgesagt" in plain(page)
    assert f'href="{desk.here}/audience#signed-up"' in page
    assert "(abgesagt oder zu lange her)" in plain(await desk.office.read(f"{desk.here}/audience"))


@ON_ONE_DATABASE
async def test_an_event_that_is_over_can_be_chosen_as_long_as_its_sign_ups_are_kept(
    desk: Desk, plan: Plan, clock: Clock
) -> None:
    await plan.waits(clock, 60)
    assert "Gemeinsam essen, 5. Dezember 2026" in plain(await desk.office.read(f"{desk.here}/audience"))
    await plan.waits(clock, 60)
    assert 'name="signed-up"' not in await desk.office.read(f"{desk.here}/audience")


@ON_ONE_DATABASE
@pytest.mark.parametrize("state", [SurveyState.OPEN, SurveyState.CLOSED])
async def test_the_survey_after_an_event_is_no_choice(office: Office, site: Site, state: SurveyState) -> None:
    plan = await Plan.at(office, site)
    await plan.settles()
    await plan.writes()
    page = f"{plan.it}/open"
    await office.send(page, {**fields_of(await office.read(page)), "ask": "yes"})
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(state=state))
    desk = await Desk.at(office)
    assert 'name="took-part"' not in await office.read(f"{desk.here}/audience")
    for name in ("took_part", "not_took_part"):
        assert "Was ausgewählt war, gibt es nicht mehr." in await size(desk, **{name: "1"})
        assert (await desk.aims(**{name: "1"})).status_code == 422


def test_an_audience_that_was_stored_before_is_read() -> None:
    stored = {"areas": [2, 1], "languages": ["de"], "took_part": 3, "not_took_part": None}
    audience = Audience(areas=frozenset({1, 2}), languages=frozenset({"de"}), took_part=3)
    assert Audience.from_json(stored) == audience
    later = Audience(signed_up=4)
    assert Audience.from_json(later.as_json()) == later
    assert (later.is_too_narrow, later.tells_none, later.tells_languages) == (False, False, True)
    assert later.whoever == Audience()
