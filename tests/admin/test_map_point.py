"""What people copy out of a map, and what it means: a place, or nothing."""

from __future__ import annotations

import pytest

from admin.map_point import in_right_order, point_of
from tests.admin.test_broadcasts import plain
from tests.admin.test_events import ON_ONE_DATABASE, Plan, plan

__all__ = ["plan"]

DRESDEN = (51.05, 13.73)


@pytest.mark.parametrize(
    "text",
    [
        "51.05, 13.73",
        "51.05 13.73",
        "(51.05; 13.73)",
        "51.05°, 13.73°",
        "51,05 13,73",
        "51,05, 13,73",
        "51,05; 13,73",
        "51.05° N, 13.73° E",
        "51,05° N 13,73° O",
        "N 51.05, E 13.73",
        "geo:51.05,13.73",
        "geo:51.05,13.73;u=35",
        "geo:51.05,13.73?z=18",
        "https://www.openstreetmap.org/#map=18/51.05/13.73",
        "openstreetmap.org/node/1#map=18/51.05/13.73&layers=N",
        "https://www.openstreetmap.org/?mlat=51.05&mlon=13.73#map=12/50.1/8.6",
        "https://www.openstreetmap.de/karte/?mlat=51.05&mlon=13.73",
        "https://www.google.com/maps/@51.05,13.73,17z",
        "https://www.google.de/maps/place/Altmarkt/@51.1,13.9,15z/data=!3m1!4b1!4m6!3m5!1s0x1!8m2!3d51.05!4d13.73!16s1",
        "https://www.google.com/maps?q=51.05,13.73",
        "https://maps.google.com/?q=loc:51.05,13.73",
        "https://www.google.com/maps/search/?api=1&query=51.05%2C13.73",
    ],
)
def test_what_a_map_gives_is_a_place(text: str) -> None:
    assert point_of(text) == DRESDEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "51",
        "51.05",
        "am Markt",
        "51.05, 13.73 und mehr",
        "91, 13.73",
        "51.05, 181",
        "51,05",
        "1.234.5, 6",
        "٥١, ١٣ N",
        "geo:51.05",
        "https://www.openstreetmap.org/",
        "https://www.openstreetmap.org/search?query=Markt#map=6/51.3/10.4",
        "https://www.openstreetmap.org/directions#map=18/51.05/13.73",
        "https://www.google.com/maps/dir/A/B/@51.2,6.7,17z",
        "https://www.google.com/maps/dir/A/B/data=!3d51.05!4d13.73!3d51.06!4d13.74",
        "https://www.google.com/maps/search/cafe/@51.2,6.7,17z",
        "https://www.google.com/maps/@51.2,6.7,12z",
        "1" + " " * 900 + "x",
        "https://www.openstreetmap.org/?mlat=51.05",
        "https://www.openstreetmap.org/#map=18/51.05",
        "https://maps.app.goo.gl/AbCdEf",
        "https://www.google.com/maps?q=Dresden",
        "https://google.example.org/maps/@51.05,13.73,17z",
        "https://evil.example/@51.05,13.73,17z",
        "javascript://www.google.com/maps/@51.05,13.73,17z",
        "https://[::1/@51.05,13.73,17z",
        "https://www.google.com/maps/@51.05,13.73,17z" + "x" * 1000,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert point_of(text) is None


def test_west_and_south_are_below_zero() -> None:
    assert point_of("33.86° S, 151.2° E") == (-33.86, 151.2)
    assert point_of("40.71 N 74.0 W") == (40.71, -74.0)


def test_numbers_are_swapped_where_the_other_way_round_they_lie_in_central_europe() -> None:
    assert in_right_order((6.7735, 51.2277)) == (51.2277, 6.7735)
    assert in_right_order(DRESDEN) is None
    assert in_right_order((36.2, 37.15)) is None


@ON_ONE_DATABASE
async def test_swapped_numbers_are_refused_and_shown_in_the_right_order(plan: Plan) -> None:
    refused = await plan.saves(place_title="Markt", place_address="Markt 1", point="6.7735, 51.2277")
    assert refused.status_code == 422
    assert "Die beiden Zahlen sind wohl vertauscht. Richtig herum lauten sie: 51.2277, 6.7735" in plain(refused.text)
    assert 'value="6.7735, 51.2277"' in refused.text


@ON_ONE_DATABASE
async def test_the_address_of_a_map_becomes_its_two_numbers(plan: Plan) -> None:
    await plan.settles(point="https://www.openstreetmap.org/?mlat=51.05&mlon=13.73#map=18/51.0504/13.7373")
    assert plan.fields["point"] == "51.05, 13.73"
