"""What the page of a message says of those who have not got it yet, and to whom it goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from admin.site import Site
from storage.models import Contact, DeliveryState, Sending, SendingPace
from storage.queries.outbox import LEFT
from tests.admin.office import Clock, Office
from tests.admin.papers import draft, open_up
from tests.admin.test_broadcasts import GERMAN, Desk, notice, plain
from tests.admin.townspeople import BOT, becomes, begin, ends, move_in

HERE = "/admin/sendings/1"


@pytest.fixture
async def desk(office: Office) -> Desk:
    desk = await Desk.at(office)
    await desk.writes(de=GERMAN)
    return desk


async def all_languages(desk: Desk) -> str:
    """The last row of the ledger: what waits, what is on hold, what was sent, and so on."""
    return plain(await desk.office.read(HERE)).partition("alle Sprachen ")[2]


async def runs_and_nobody_is_in_the_outbox_yet(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 20)
    await desk.has_sent()
    await begin(site, 1, {})
    async with site.database.write() as connection:
        await connection.execute(update(Sending).values(expected=20, expanded=False))


# --- who is not in the outbox yet -----------------------------------------------------------------------------------


async def test_while_a_pass_runs_they_wait(desk: Desk, site: Site) -> None:
    await runs_and_nobody_is_in_the_outbox_yet(desk, site)
    assert (await all_languages(desk)).startswith("etwa 20 niemand ")


async def test_while_a_pass_is_paused_they_are_on_hold(desk: Desk, site: Site) -> None:
    await runs_and_nobody_is_in_the_outbox_yet(desk, site)
    await desk.office.send(f"{HERE}/pause")
    assert (await all_languages(desk)).startswith("niemand etwa 20 ")
    await desk.office.send(f"{HERE}/resume")
    assert (await all_languages(desk)).startswith("etwa 20 niemand ")


async def test_in_quiet_hours_they_are_on_hold(desk: Desk, site: Site, clock: Clock) -> None:
    await runs_and_nobody_is_in_the_outbox_yet(desk, site)
    clock.move(timedelta(hours=12))
    await desk.office.enter(site, 1)
    assert (await all_languages(desk)).startswith("niemand etwa 20 ")


# --- to whom --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("took_part", "Nur an alle, die bei dieser Umfrage mitgemacht haben:"),
        ("not_took_part", "Nur an alle, die bei dieser Umfrage nicht mitgemacht haben:"),
    ],
)
async def test_it_is_said_that_only_those_get_it_who_took_part(desk: Desk, site: Site, field: str, words: str) -> None:
    await open_up(desk.office, await draft(desk.office))
    await move_in(site, "de", 10, took_part=1)
    await move_in(site, "de", 10)
    await desk.aims(**{field: "1"})
    before = plain(await desk.office.read(f"{desk.here}/send"))
    said = before[before.index(words) :].split(".")[0].strip()
    assert len(said) > len(words) + 1
    await desk.has_sent()
    assert f"An: ganze Stadt. {said}" in plain(await desk.office.read(HERE))


async def test_of_a_message_to_everybody_no_survey_is_named(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    await desk.has_sent()
    assert "mitgemacht" not in plain(await desk.office.read(HERE))


async def test_who_wrote_to_an_earlier_bot_only_is_not_counted(desk: Desk, site: Site) -> None:
    await move_in(site, "de", 10)
    others = await move_in(site, "de", 30)
    async with site.database.write() as connection:
        await connection.execute(update(Contact).where(Contact.id.in_(others)).values(bot_id=BOT + 1))
    assert "etwa 40" in plain(await desk.office.read(f"{desk.here}/send"))
    async with site.database.write() as connection:
        for bot, ago in ((BOT, 0), (BOT + 1, 1)):
            at = site.now() - timedelta(days=ago)
            await connection.execute(insert(SendingPace).values(bot_id=bot, town_id=site.town_id, next_at=at))
    page = plain(await desk.office.read(f"{desk.here}/send"))
    assert "etwa 10" in page
    assert "etwa 40" not in page


# --- the overview ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.FAILED, DeliveryState.UNCERTAIN])
async def test_the_overview_gives_no_exact_numbers_of_those_who_get_a_message(
    desk: Desk, site: Site, state: DeliveryState
) -> None:
    await open_up(desk.office, await draft(desk.office))
    people = await move_in(site, "de", 7, took_part=1)
    await desk.aims(took_part="1")
    await desk.has_sent()
    await desk.office.read("/admin")  # the notice is gone
    before = plain(await desk.office.read("/admin"))
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, state)
    page = plain(await desk.office.read("/admin"))
    assert "7 Nachrichten" not in page
    if state != DeliveryState.UNCERTAIN:
        told = [words.partition("Nachrichten an viele")[0] for words in (before, page)]
        assert told[0] == told[1]


@pytest.mark.parametrize(
    ("field", "doubts", "is_said"), [("took_part", 4, False), ("took_part", 5, True), ("", 1, True)]
)
async def test_the_overview_says_that_somebody_has_to_decide(
    desk: Desk, site: Site, field: str, doubts: int, is_said: bool
) -> None:
    await open_up(desk.office, await draft(desk.office))
    people = await move_in(site, "de", 7, took_part=1)
    if field:
        await desk.aims(**{field: "1"})
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, DeliveryState.SENT)
    await becomes(site, 1, people[:doubts], DeliveryState.UNCERTAIN)
    await ends(site, 1)
    page = await desk.office.read("/admin")
    assert ('href="/admin/sendings/1#doubts"' in page) is is_said
    assert ("Alles in Ordnung" in page) is not is_said
    await desk.office.send(f"{HERE}/leave")
    assert "#doubts" not in await desk.office.read("/admin")


# --- what is unclear ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("doubts", "is_said"), [(4, False), (5, True)])
async def test_where_taking_part_is_hidden_a_few_doubts_are_not_spoken_of(
    desk: Desk, site: Site, doubts: int, is_said: bool
) -> None:
    await open_up(desk.office, await draft(desk.office))
    people = await move_in(site, "de", 10, took_part=1)
    await desk.aims(took_part="1")
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, DeliveryState.SENT)
    await becomes(site, 1, people[:doubts], DeliveryState.UNCERTAIN)
    await ends(site, 1)
    assert ('id="doubts"' in await desk.office.read(HERE)) is is_said
    for deed, done in (("resend", "noch einmal gesendet"), ("leave", "bleiben, wie sie sind")):
        answer = notice(await desk.office.send(f"{HERE}/{deed}"))
        assert (done in answer) is is_said, answer
        await becomes(site, 1, people[:doubts], DeliveryState.UNCERTAIN)
    await becomes(site, 1, people[:doubts], DeliveryState.UNCERTAIN, LEFT)
    assert ("Von den unklaren Nachrichten bleiben" in plain(await desk.office.read(HERE))) is is_said


async def test_of_a_message_to_everybody_each_doubt_can_be_decided(desk: Desk, site: Site) -> None:
    people = await move_in(site, "de", 10)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people[:1], DeliveryState.UNCERTAIN)
    assert 'id="doubts"' in await desk.office.read(HERE)
