"""What a correction would change is seen before it is sent: words, where buttons lead, and the file."""

from __future__ import annotations

import re

import pytest

from admin.site import Site
from storage.models import DeliveryState
from tests.admin.office import Office
from tests.admin.papers import fields_of
from tests.admin.test_broadcasts import GERMAN, Desk, notice, picture, plain, sendings
from tests.admin.townspeople import becomes, begin, ends, move_in

HERE = "/admin/sendings/1"
CORRECT = f"{HERE}/correct"


@pytest.fixture
async def desk(office: Office) -> Desk:
    desk = await Desk.at(office)
    await desk.writes(de=GERMAN)
    return desk


async def is_sent(desk: Desk, site: Site, *, unclear: int = 0) -> None:
    people = await move_in(site, "de", 10)
    await desk.has_sent()
    await begin(site, 1, {"de": people})
    await becomes(site, 1, people, DeliveryState.SENT)
    await becomes(site, 1, people[:unclear], DeliveryState.UNCERTAIN)
    await ends(site, 1)


def before_and_after(page: str) -> tuple[str, str]:
    [section] = re.findall(r'<section class="card" aria-labelledby="change-de">(.*?)</section>', page, re.S)
    _, before, after = section.split("<h3>")
    return before, after


async def test_another_address_behind_a_button_is_shown_beside_the_old_one(desk: Desk, site: Site) -> None:
    await desk.saves(link_="https://example.org/b")
    await is_sent(desk, site)
    await desk.look()
    await desk.saves(link_="https://example.org/c")
    before, after = before_and_after(await desk.office.read(CORRECT))
    assert "Die Knöpfe führen zu:" in before
    assert ("https://example.org/b" in before, "https://example.org/c" in before) == (True, False)
    assert ("https://example.org/b" in after, "https://example.org/c" in after) == (False, True)


async def test_another_place_is_shown_beside_the_old_one(desk: Desk, site: Site) -> None:
    await desk.saves(place_title="Bürgerhaus", place_address="Hauptstr. 1", point="51.21, 6.77")
    await is_sent(desk, site)
    await desk.look()
    await desk.saves(point="51.22, 6.77")
    before, after = before_and_after(await desk.office.read(CORRECT))
    assert "Bürgerhaus, Hauptstr. 1 (51.21, 6.77)" in before
    assert "Bürgerhaus, Hauptstr. 1 (51.22, 6.77)" in after


async def test_another_picture_takes_the_place_of_what_was_sent(desk: Desk, site: Site) -> None:
    await desk.saves(file=("Fest.jpg", picture()))
    await is_sent(desk, site)
    await desk.look()
    await desk.saves(file=("Fest neu.jpg", picture((2000, 1000))))
    page = await desk.office.read(CORRECT)
    assert "Die Datei der Nachricht tritt an die Stelle dessen, was verschickt wurde." in page
    before, after = before_and_after(page)
    assert ("<img" in before, "<img" in after) == (False, True)
    assert "unterwegs" in notice(await desk.office.send(CORRECT, fields_of(page)))
    first, second = await sendings(site)
    assert first.content["attachment_id"] == second.content["attachment_id"] == 2


async def test_a_file_that_was_taken_out_stays_where_it_was_sent(desk: Desk, site: Site) -> None:
    await desk.saves(file=("Fest.jpg", picture()))
    await is_sent(desk, site)
    await desk.look()
    await desk.writes(de="Wir feiern doch nicht.", release=False)
    await desk.saves(drop_file="yes", released_de="yes")
    page = await desk.office.read(CORRECT)
    assert "Telegram setzt eine andere an ihre Stelle, nimmt aber keine weg." in plain(page)
    await desk.office.send(CORRECT, fields_of(page))
    assert [each.content["attachment_id"] for each in await sendings(site)] == [1, 1]


async def test_what_is_unclear_is_not_promised_to_be_corrected_or_taken_back(desk: Desk, site: Site) -> None:
    await is_sent(desk, site, unclear=2)
    await desk.writes(de="Wir feiern doch nicht.")
    assert "kommt die Korrektur nicht an" in await desk.office.read(CORRECT)
    assert "bleibt sie vielleicht stehen" in await desk.office.read(f"{HERE}/take-back")
    await desk.office.send(f"{HERE}/take-back", {"understood": "yes"})
    assert "steht sie vielleicht noch im Chat" in plain(await desk.office.read(HERE))


async def test_where_nothing_is_unclear_nothing_is_said_of_it(desk: Desk, site: Site) -> None:
    await is_sent(desk, site)
    await desk.writes(de="Wir feiern doch nicht.")
    for page in (CORRECT, f"{HERE}/take-back", HERE):
        assert not re.search("unklar (ist|war)", plain(await desk.office.read(page)))
