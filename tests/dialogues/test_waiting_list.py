"""Who gets a place, who waits, and to whom a free place goes: each rule by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.waiting_list import Party, Standing, advance, come, expire, leave, wait_for_all

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=12)
NUMBER = 41
"""The next number that is given out."""


def says(party: Party, persons: int, free: int | None, *, until: datetime = NOON) -> Party:
    return come(party, persons, free=free, number=NUMBER, until=until)


def coming(persons: int, number: int = 7) -> Party:
    return Party(Standing.COMING, persons, number)


def waiting(persons: int, number: int = 7, *, refused: int = 0) -> Party:
    return Party(Standing.WAITING, persons, number, refused=refused)


def offered(places: int, *, of: int, number: int = 7, until: datetime | None = NOON) -> Party:
    return Party(Standing.OFFERED, of, number, offered=places, until=until)


# --- who wants to come ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("free", [2, 5, None])
def test_whoever_fits_comes_and_gets_the_next_number(free: int | None) -> None:
    assert says(Party(), 2, free) == coming(2, NUMBER)


@pytest.mark.parametrize("free", [0, -3])
def test_whoever_finds_no_place_waits_with_the_next_number(free: int) -> None:
    assert says(Party(), 1, free) == waiting(1, NUMBER)


def test_a_party_for_which_there_are_too_few_places_is_offered_these_at_once() -> None:
    assert says(Party(), 6, 5) == offered(5, of=6, number=NUMBER)


@pytest.mark.parametrize("before", [Party(), Party(Standing.MAYBE, 2), Party(Standing.LAPSED, 2)])
def test_whoever_neither_comes_nor_waits_has_no_turn_and_gets_a_new_number(before: Party) -> None:
    assert says(before, 2, 0).number == NUMBER


@pytest.mark.parametrize("before", [coming(4), waiting(4), waiting(4, refused=3), offered(4, of=4), offered(3, of=4)])
@pytest.mark.parametrize("persons", range(1, 7))
@pytest.mark.parametrize("free", [0, 1, None])
def test_whoever_comes_or_waits_keeps_the_number_whatever_the_size(
    before: Party, persons: int, free: int | None
) -> None:
    assert says(before, persons, free).number == 7


def test_what_a_party_holds_already_is_room_for_it() -> None:
    assert says(coming(2), 4, 2) == coming(4)
    assert says(offered(3, of=6), 4, 1) == coming(4)


def test_whoever_comes_and_wants_more_than_there_is_room_for_stays_as_is() -> None:
    assert says(coming(2), 5, 2) == coming(2)


@pytest.mark.parametrize("free", [0, -4])
def test_whoever_comes_may_always_bring_fewer(free: int) -> None:
    assert says(coming(4), 1, free) == coming(1)


def test_an_offer_is_accepted_whole_or_with_fewer_also_when_places_were_taken_away_meanwhile() -> None:
    assert says(offered(5, of=6), 5, -2) == coming(5)
    assert says(offered(5, of=6), 2, -2) == coming(2)


def test_asking_again_for_more_than_is_offered_makes_the_offer_no_longer() -> None:
    assert says(offered(5, of=6), 6, 0, until=LATER) == offered(5, of=6)
    assert says(offered(5, of=6), 8, 0, until=LATER) == offered(5, of=8)


def test_an_offer_that_nobody_was_told_of_begins_when_its_party_asks() -> None:
    assert says(offered(5, of=6, until=None), 6, 0, until=LATER) == offered(5, of=6, until=LATER)


def test_who_waits_for_all_is_not_asked_again_for_so_few() -> None:
    assert says(waiting(6, refused=5), 6, 5) == waiting(6, refused=5)
    assert says(waiting(6, refused=5), 7, 5) == waiting(7, refused=5)
    assert says(waiting(7, refused=5), 7, 6) == offered(6, of=7)


def test_who_waits_for_all_comes_when_fewer_fit() -> None:
    assert says(waiting(6, refused=5), 5, 5) == coming(5)


def test_who_becomes_a_smaller_party_has_not_refused_what_was_too_few_for_the_larger_one() -> None:
    assert says(waiting(6, refused=5), 2, 0) == waiting(2)
    assert says(waiting(6, refused=2), 3, 0) == waiting(3, refused=2)


# --- what is said to an offer ---------------------------------------------------------------------------------------


def test_who_waits_for_all_lets_the_few_places_go_and_keeps_the_turn() -> None:
    assert wait_for_all(offered(5, of=6)) == waiting(6, refused=5)


@pytest.mark.parametrize("party", [Party(), coming(3), waiting(3), offered(3, of=3), Party(Standing.LAPSED, 2)])
def test_there_is_nothing_to_wait_for_when_no_fewer_were_offered(party: Party) -> None:
    assert wait_for_all(party) == party


def test_an_offer_of_too_few_that_nobody_answers_ends_as_if_they_waited_for_all() -> None:
    assert expire(offered(5, of=6)) == waiting(6, refused=5)


def test_who_does_not_answer_an_offer_of_all_waits_no_more() -> None:
    assert expire(offered(3, of=3)) == Party(Standing.LAPSED, 3)


@pytest.mark.parametrize("party", [Party(), coming(3), waiting(3), Party(Standing.MAYBE, 3)])
def test_only_offers_expire(party: Party) -> None:
    assert expire(party) == party


@pytest.mark.parametrize("party", [coming(3), waiting(3, refused=2), offered(2, of=3)])
def test_who_does_not_come_or_perhaps_holds_nothing_and_has_no_turn(party: Party) -> None:
    assert leave(party, Standing.DECLINED) == Party()
    assert leave(party, Standing.MAYBE) == Party(Standing.MAYBE, 3)


def test_places_are_held_by_who_comes_and_by_who_is_offered_some() -> None:
    parties = (Party(), coming(3), waiting(3), offered(2, of=3), Party(Standing.MAYBE, 3), Party(Standing.LAPSED, 3))
    assert [party.held for party in parties] == [0, 3, 0, 2, 0, 0]


# --- what is offered to whom ----------------------------------------------------------------------------------------


def told(*waits: Party, free: int | None) -> dict[int, tuple[int, int]]:
    """By place in the list, how many places are kept, of how many."""
    return {place: (party.offered, party.persons) for place, party in advance(waits, free).items()}


def test_a_free_place_goes_to_the_lowest_number() -> None:
    assert told(waiting(1, 3), waiting(1, 4), free=1) == {0: (1, 1)}


def test_nobody_has_been_told_yet_when_something_is_offered() -> None:
    assert advance([waiting(1, 3)], 1) == {0: offered(1, of=1, number=3, until=None)}


def test_several_places_go_to_several_parties_in_turn() -> None:
    assert told(waiting(2, 3), waiting(1, 4), waiting(1, 5), free=3) == {0: (2, 2), 1: (1, 1)}


def test_a_party_that_does_not_fit_is_asked_first_and_those_behind_it_get_nothing_meanwhile() -> None:
    assert told(waiting(6, 3), waiting(1, 4), free=5) == {0: (5, 6)}


def test_a_party_that_waits_for_all_lets_those_behind_it_pass() -> None:
    assert told(waiting(6, 3, refused=5), waiting(2, 4), waiting(4, 5), free=5) == {1: (2, 2), 2: (3, 4)}


def test_a_party_that_waits_for_all_is_asked_for_more_than_it_refused() -> None:
    assert told(waiting(6, 3, refused=3), waiting(1, 4), free=4) == {0: (4, 6)}
    assert told(waiting(6, 3, refused=3), waiting(1, 4), free=3) == {1: (1, 1)}


def test_where_there_is_room_for_all_everybody_who_waits_is_offered_all() -> None:
    assert told(waiting(6, 3, refused=5), waiting(2, 4), free=None) == {0: (6, 6), 1: (2, 2)}


@pytest.mark.parametrize("free", [0, -1])
def test_where_nothing_is_free_nothing_is_offered(free: int) -> None:
    assert told(waiting(1, 3), free=free) == {}


PARTIES = st.integers(1, 6).flatmap(lambda persons: st.builds(waiting, st.just(persons), refused=st.integers(0, 5)))


@given(st.lists(PARTIES, max_size=8), st.integers(0, 12))
def test_nothing_stays_free_that_somebody_wants_and_nobody_gets_what_another_before_wanted(
    waits: list[Party], free: int
) -> None:
    waits = [replace(party, number=number) for number, party in enumerate(waits)]
    offers = advance(waits, free)
    left = free - sum(party.held for party in offers.values())
    assert left >= 0
    for place, party in enumerate(waits):
        behind = sum(offer.held for at, offer in offers.items() if at > place)
        if place not in offers:  # not even with all that those behind it got
            assert party.persons > left + behind
            assert left + behind == 0 or party.refused >= left + behind
        elif offers[place].held < party.persons:
            assert left + behind == 0
