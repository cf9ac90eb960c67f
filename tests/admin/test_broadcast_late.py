"""What comes too late: a correction when nobody knows any more where the messages stand, a message whose survey is
closed by then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from admin.site import Site
from storage.models import DeliveryState, Sending, SendingState, Survey, SurveyState
from tests.admin.office import Clock, Office
from tests.admin.papers import draft, fields_of, open_up
from tests.admin.test_broadcasts import GERMAN, Desk, notice, plain, sendings
from tests.admin.townspeople import becomes, begin, ends, move_in

HERE = "/admin/sendings/1"
OVER = "Sieben Tage sind vorbei"
PARTLY = "Die Korrektur bekommen nur die, deren Nachricht nicht älter als sieben Tage ist."
NOT_SENT = "Die Nachricht wird nicht verschickt: Ihre Umfrage nimmt keine Antworten an"
WILL_NOT = "Die Nachricht wird nicht verschickt werden: Ihre Umfrage nimmt dann keine Antworten an"


@pytest.fixture
async def desk(office: Office, site: Site) -> Desk:
    desk = await Desk.at(office)
    await desk.writes(de=GERMAN)
    return desk


async def is_sent(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 10)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, DeliveryState.SENT)


async def is_later(desk: Desk, site: Site, clock: Clock, by: timedelta) -> None:
    clock.move(by)
    await desk.office.enter(site, 1)


async def test_for_seven_days_a_message_is_corrected_and_then_it_is_said_why_not(
    desk: Desk, site: Site, clock: Clock
) -> None:
    await is_sent(desk, site)
    await ends(site, 1)
    await desk.writes(de="Wir feiern doch nicht.")
    await is_later(desk, site, clock, timedelta(days=7) - timedelta(minutes=1))
    assert f'href="{HERE}/correct"' in await desk.office.read(HERE)
    page = await desk.office.read(f"{HERE}/correct")
    assert PARTLY not in page
    await is_later(desk, site, clock, timedelta(minutes=1))
    own = await desk.office.read(HERE)
    assert f'href="{HERE}/correct"' not in own
    assert OVER in own
    assert OVER in notice(await desk.office.get(f"{HERE}/correct"))
    assert OVER in notice(await desk.office.send(f"{HERE}/correct", fields_of(page)))
    assert len(await sendings(site)) == 1


async def test_when_the_first_messages_are_too_old_it_is_said_who_gets_the_correction(
    desk: Desk, site: Site, clock: Clock
) -> None:
    await is_sent(desk, site)
    await desk.writes(de="Wir feiern doch nicht.")
    await is_later(desk, site, clock, timedelta(days=5))
    await ends(site, 1)
    assert PARTLY not in plain(await desk.office.read(f"{HERE}/correct"))
    await is_later(desk, site, clock, timedelta(days=2))
    page = await desk.office.read(f"{HERE}/correct")
    assert PARTLY in plain(page)
    assert "unterwegs" in notice(await desk.office.send(f"{HERE}/correct", fields_of(page)))


async def test_a_planned_message_says_that_its_survey_is_closed_by_then(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 10)
    await desk.saves(survey="1")
    await desk.has_sent(begin="later", wall="2026-11-30T12:00")
    page = plain(await desk.office.read(HERE))
    assert "Umfrage nimmt" not in page
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(state=SurveyState.CLOSED))
    page = plain(await desk.office.read(HERE))
    assert WILL_NOT in page
    assert "Anhalten" in page
    async with site.database.write() as connection:  # what the bot does when its time has come
        await connection.execute(update(Sending).values(state=SendingState.PAUSED))
    page = await desk.office.read(HERE)
    assert NOT_SENT in plain(page)
    assert f'action="{HERE}/resume"' not in page
    assert f'href="{HERE}/cancel"' in page
    await desk.office.send(f"{HERE}/cancel")
    assert "Umfrage nimmt" not in plain(await desk.office.read(HERE))
    page = plain(await desk.office.read(f"{desk.here}/send"))  # nobody is told to open what cannot be opened
    assert "Die Umfrage hinter dem Knopf ist geschlossen. Wählen Sie eine andere" in page


async def test_a_message_that_is_being_sent_says_that_its_survey_is_closed_by_now(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    people = await move_in(site, "de", 10)
    await desk.saves(survey="1")
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(state=SurveyState.CLOSED))
        await connection.execute(update(Sending).values(state=SendingState.PAUSED))
    page = await desk.office.read(HERE)
    assert "Die Nachricht geht an niemanden mehr: Die Umfrage nimmt keine Antworten an" in plain(page)
    assert f'action="{HERE}/resume"' not in page
    assert f'href="{HERE}/correct"' in page  # the button can still be taken away where it stands


async def test_a_survey_that_ends_before_the_quiet_hours_do_is_no_button(desk: Desk, site: Site) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 10)
    await desk.office.send("/admin/settings", {"from": "20:00", "to": "08:00", "share": "0"})
    await desk.saves(survey="1")
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(closes_at=site.now() + timedelta(days=1)))  # at 10:00
    answer = await desk.sends(begin="later", wall="2026-11-27T09:00")
    assert answer.status_code == 303
    await desk.office.send(f"{HERE}/cancel")
    async with site.database.write() as connection:
        await connection.execute(update(Survey).values(closes_at=site.now() + timedelta(hours=20)))  # at 06:00
    answer = await desk.sends(begin="later", wall="2026-11-27T05:00")
    assert answer.status_code == 422
    assert "nimmt zu dieser Zeit keine Antworten an" in plain(answer.text)
