"""What an invitation says: its text in parts, what is certain of the event, and what its buttons mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.broadcast import Content, Fault, Place, bubble, check
from dialogues.event import Event, Occasion, Offers, Wording, read_wording
from dialogues.invitation import (
    Act,
    Card,
    Doing,
    Note,
    ask_if_surely_not,
    choose_day,
    cleaned_name,
    moved,
    read,
    reminder,
    show,
)
from dialogues.markup import plain_text
from dialogues.texts import LANGUAGES, Texts
from dialogues.waiting_list import Party, Standing
from dialogues.wall_clock import moment
from tests.bot.chat import seen

ZONE = ZoneInfo("Europe/Berlin")
PLACE = Place("Quartierszentrum", "Lindenstraße 5", 51.05, 13.73)
TEXT = "**Fest** im Hof\n\nWir essen zusammen.\n- Suppe\nℹ️ Bitte einen Teller mitbringen.\n♿ Eingang im Hof."


def on(start: str, end: str, number: int = 1, **more: object) -> Occasion:
    starts_at, ends_at = moment(start, ZONE), moment(end, ZONE)
    assert starts_at is not None
    assert ends_at is not None
    return replace(Occasion(number, start, end, starts_at, ends_at), **more)  # type: ignore[arg-type]


SATURDAY = on("2026-11-28T15:00", "2026-11-28T18:00")


def event(*occasions: Occasion, **more: object) -> Event:
    return replace(Event(7, "u", "Europe/Berlin", occasions or (SATURDAY,)), **more)  # type: ignore[arg-type]


def invited(texts: Texts, language: str, happening: Event, text: str = TEXT, **more: object) -> str:
    content = replace(Content({language: text}, place=PLACE, event=happening), **more)  # type: ignore[arg-type]
    voices = {each: texts.speak(each) for each in LANGUAGES}
    prompt = bubble(content, voices, language, area="Nordstadt", sending=3)
    assert prompt is not None
    return seen(plain_text(prompt.text))


# --- the text -------------------------------------------------------------------------------------------------------


def test_the_first_line_is_the_title_and_signed_lines_are_notes_and_the_way() -> None:
    assert read_wording(TEXT) == Wording(
        "Fest im Hof", "Wir essen zusammen.\n- Suppe", "Bitte einen Teller mitbringen.", "Eingang im Hof."
    )


@pytest.mark.parametrize("text", ["", "  \n ", "ℹ️ Nur ein Hinweis", "♿"])
def test_a_text_without_a_title_is_no_invitation(texts: Texts, text: str) -> None:
    assert read_wording(text).title == ""
    problems = check(text, texts.speak("de"), attachment=False, said_on=None, event=event(), place=PLACE)
    assert [each.fault for each in problems] == [Fault.EMPTY]


@pytest.mark.parametrize("sign", ["{Quartier}", "{area}", "{Datum}"])
def test_a_text_that_stands_in_lists_and_reminders_too_has_no_placeholder(texts: Texts, sign: str) -> None:
    text = f"Fest in {sign}"
    problems = check(text, texts.speak("de"), attachment=False, said_on=None, event=event(), place=PLACE)
    assert [(each.fault, each.what) for each in problems] == [(Fault.UNKNOWN_PLACEHOLDER, sign)]


def test_signs_are_taken_with_and_without_their_variant_and_in_any_place() -> None:
    assert read_wording("ℹ Erst\nFest\n  ℹ️Dann") == Wording("Fest", "", "Erst\nDann")


@given(st.text())
def test_whatever_is_written_can_be_taken_apart(text: str) -> None:
    assert "\n" not in read_wording(text).title


# --- what is certain ------------------------------------------------------------------------------------------------


def test_a_date_is_written_as_each_language_writes_it(texts: Texts) -> None:
    said = {language: invited(texts, language, event()) for language in LANGUAGES}
    assert "Samstag, 28. November, 15:00" in said["de"]
    assert "السبت 28 تشرين الثاني (نوفمبر)" in said["ar"]
    assert "28 Kasım Cumartesi" in said["tr"]
    assert "sâmbătă, 28 noiembrie" in said["ro"]
    assert "събота, 28 ноември" in said["bg"]


def test_over_midnight_is_one_day_and_over_a_weekend_are_two(texts: Texts) -> None:
    night = event(on("2026-11-28T20:00", "2026-11-29T01:00"))
    weekend = event(on("2026-11-28T10:00", "2026-11-29T17:00"))
    assert "Sonntag" not in invited(texts, "de", night)
    assert "Sonntag" in invited(texts, "de", weekend)


def test_a_series_names_its_dates_but_not_all_of_many_and_none_that_is_cancelled(texts: Texts) -> None:
    dates = [on(f"2026-12-{day:02}T15:00", f"2026-12-{day:02}T17:00", day) for day in range(1, 10)]
    dates[1] = replace(dates[1], cancelled=True)
    said = invited(texts, "en", event(*dates))
    assert said.count("December") == 6
    assert "2 December" not in said
    assert "And on 2 more days." in said
    assert "And on one more day." in invited(texts, "en", event(*dates[:8]))


def test_offers_are_said_only_where_they_are_there(texts: Texts) -> None:
    bare = invited(texts, "en", event())
    full = invited(
        texts,
        "en",
        event(
            offers=Offers(("halal", "vegetarian"), ("ar", "tr"), True, True, True), capacity=40, areas=("Nordstadt",)
        ),
    )
    for sentence in ("It costs nothing.", "There is halal food.", "Somebody looks after the children.", "العربية"):
        assert sentence in full
        assert sentence not in bare
    assert "Everybody is welcome." in bare
    assert "Nordstadt" in full


def test_until_when_one_can_sign_up_is_said_where_it_is_one_date_and_not_its_beginning(texts: Texts) -> None:
    assert "Freitag, 27. November, 15:00" in invited(texts, "de", event(closes_before=24 * 60))
    assert "anmelden bis" not in invited(texts, "de", event())
    series = event(SATURDAY, on("2026-12-05T15:00", "2026-12-05T18:00", 2), closes_before=24 * 60)
    assert "anmelden bis" not in invited(texts, "de", series)


def test_an_event_that_is_cancelled_says_so_first_and_has_no_buttons(texts: Texts) -> None:
    content = Content({"en": TEXT}, place=PLACE, event=event(cancelled=True))
    prompt = bubble(content, {each: texts.speak(each) for each in LANGUAGES}, "en", area="", sending=1)
    assert prompt is not None
    assert seen(plain_text(prompt.text)).startswith("This event does not take place.")
    assert prompt.rows == ()


def test_who_reads_another_language_gets_what_is_certain_in_the_own_one(texts: Texts) -> None:
    content = Content({"de": TEXT}, fallback={"tr": "de"}, place=PLACE, event=event())
    prompt = bubble(content, {each: texts.speak(each) for each in LANGUAGES}, "tr", area="", sending=1)
    assert prompt is not None
    said = seen(plain_text(prompt.text))
    assert "Wir essen zusammen." in said
    assert "28 Kasım Cumartesi" in said


def test_what_is_certain_counts_for_the_length(texts: Texts) -> None:
    text = "Fest\n" + "x" * 900
    assert not check(text, texts.speak("de"), attachment=True, said_on=None)
    problems = check(text, texts.speak("de"), attachment=True, said_on=None, event=event(), place=PLACE)
    assert [each.fault for each in problems] == [Fault.TOO_LONG]


def test_an_invitation_is_stored_and_read_back_whole() -> None:
    happening = event(
        SATURDAY,
        replace(SATURDAY, id=2, cancelled=True, sequence=3),
        offers=Offers(("halal",), ("ar",), True),
        areas=("Nord",),
        contact="Büro",
        capacity=3,
        closes_before=60,
        changed_at=datetime(2026, 11, 25, 12, tzinfo=UTC),
    )
    content = Content({"de": TEXT}, place=PLACE, event=happening)
    assert Content.from_json(content.as_json()) == content
    old = content.as_json()
    del old["event"]
    assert Content.from_json(old).event is None


# --- buttons --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "act"),
    [
        ("event:list", Act(Doing.LIST)),
        ("event:7:map", Act(Doing.MAP, event=7)),
        ("event:7:ics", Act(Doing.CALENDAR, event=7)),
        ("event:7:dates20", Act(Doing.DATES, event=7, number=20, below=False)),
        ("date+:3:yes", Act(Doing.YES, occasion=3)),
        ("date:3:p6", Act(Doing.PERSONS, occasion=3, number=6, below=False)),
        ("date:3:c0", Act(Doing.CHILDREN, occasion=3, below=False)),
        ("date:3:wheelchair-", Act(Doing.NEED, occasion=3, need="wheelchair", below=False)),
    ],
)
def test_a_button_names_a_fact(key: str, act: Act) -> None:
    assert read(key) == act


@pytest.mark.parametrize(
    "key", ["", "event:", "event:7:map2", "date:3:p", "date:3:p100", "date:99999999999:yes", "date:3:wings+"]
)
def test_what_we_never_wrote_means_nothing(key: str) -> None:
    assert read(key) is None


def card(standing: Standing, persons: int = 2, **more: object) -> Card:
    plain = Card(
        event=7,
        occasion=SATURDAY,
        wording=read_wording(TEXT),
        place=PLACE,
        offers=Offers(interpreters=("ar",), childcare=True),
        party=Party(standing, persons, 1),
        closes="2026-11-27T15:00",
        today=date(2026, 11, 27),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def every_card() -> list[Card]:
    partly = Party(Standing.OFFERED, 6, 1, offered=5)
    wholly = Party(Standing.OFFERED, 2, 1, offered=2)
    return [
        *(card(standing) for standing in Standing),
        card(Standing.COMING, children=1, needs=("childcare",), code="4711", name="Amina", at_start=False),
        card(Standing.OFFERED, party=partly, until="2026-11-26T12:00"),
        card(Standing.OFFERED, party=wholly, until="2026-11-26T12:00"),
        card(Standing.WAITING, position=3),
        card(Standing.COMING, cancelled=True, code="4711"),
        card(Standing.COMING, cancelled=True, code="4711", is_one_day=True, days_left=True, contact="Büro"),
        card(Standing.COMING, before="2026-11-27T15:00"),
        card(Standing.COMING, is_elsewhere=True),
        card(Standing.COMING, code="4711", begun=True),
        card(Standing.MAYBE, begun=True),
        card(Standing.COMING, code="4711", begun=True, over=True),
        card(Standing.COMING, code="4711", begun=True, over=True, days_left=True),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_can_be_said_in_every_language_and_its_buttons_are_understood(texts: Texts, language: str) -> None:
    voice = texts.speak(language)
    for each in every_card():
        for note in (None, *Note):
            for prompt in (
                show(voice, each, note=note, room=5),
                moved(voice, each),
                reminder(voice, each),
                ask_if_surely_not(voice, each),
            ):
                assert "Fest im Hof" in seen(plain_text(prompt.text))
                keys = [option.key for row in prompt.rows for option in row]
                assert all(read(key) is not None and len(f"s:{key}".encode()) <= 64 for key in keys)
                assert len(set(keys)) == len(keys)


def test_what_is_on_now_shows_the_number_and_no_button_that_can_do_nothing(texts: Texts) -> None:
    def said(each: Card) -> tuple[str, list[str]]:
        prompt = show(texts.speak("en"), each)
        return seen(plain_text(prompt.text)), [option.key for row in prompt.rows for option in row]

    text, keys = said(card(Standing.COMING, code="4711", begun=True))
    assert "It is on now.\nNothing can be changed any more." in text
    assert "4711" in text
    assert "until it begins" not in text
    assert keys == ["event:7:map"]
    text, keys = said(card(Standing.WAITING, begun=True))
    assert "Nobody can sign up any more." in text
    assert "waiting list" not in text
    assert keys == ["event:7:map"]
    text, keys = said(card(Standing.COMING, code="4711", begun=True, over=True))
    assert "This event is over." in text
    assert "4711" not in text
    assert keys == []
    text, keys = said(card(Standing.COMING, begun=True, over=True, days_left=True))
    assert "This day is over." in text
    assert keys == ["event:7:dates"]


def test_a_wheelchair_without_a_promised_way_is_seen_by_the_office_which_is_said(texts: Texts) -> None:
    def said(**more: object) -> str:
        return seen(plain_text(show(texts.speak("en"), card(Standing.COMING, 2, **more)).text))

    line = "The office sees that you come with a wheelchair."
    plain = read_wording("Fest im Hof")
    assert line in said(needs=("wheelchair",), wording=plain, offers=Offers())
    assert line not in said(wording=plain, offers=Offers())
    assert line not in said(needs=("wheelchair",), wording=plain, offers=Offers(step_free=True))


def test_of_a_series_it_is_said_that_so_many_can_come_on_each_day(texts: Texts) -> None:
    dates = [on("2026-12-01T15:00", "2026-12-01T17:00", 4), on("2026-12-02T15:00", "2026-12-02T17:00", 5)]
    assert "On each day at most 9 people can come." in invited(texts, "en", event(*dates, capacity=9))
    assert "At most 9 people can come." in invited(texts, "en", event(dates[0], capacity=9))


def test_an_interpreter_can_be_asked_for_only_in_a_language_that_there_is_one_for(texts: Texts) -> None:
    def keys(language: str) -> set[str]:
        prompt = show(texts.speak(language), card(Standing.COMING))
        return {option.key for row in prompt.rows for option in row}

    assert "date:1:interpreter+" in keys("ar")
    assert "date:1:interpreter+" not in keys("bg")


def test_the_days_of_a_series_are_buttons_with_their_time(texts: Texts) -> None:
    dates = [on("2026-12-01T15:00", "2026-12-01T17:00", 4), on("2027-01-05T15:00", "2027-01-05T17:00", 5)]
    *days, calendar = choose_day(texts.speak("de"), 7, "Café", dates, default_year=2026).rows
    labels = [seen(row[0].label).removeprefix("[de] ") for row in days]
    assert labels == ["Dienstag, 1. Dezember, 15:00", "Dienstag, 5. Januar 2027, 15:00"]
    assert [row[0].key for row in days] == ["date:4:yes", "date:5:yes"]
    assert calendar[0].key == "event:7:ics"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Amina\n K. ", "Amina K."),
        ("\u202e\x00", ""),
        ("3", ""),
        ("x" * 99, "x" * 29 + "…"),
        ("Maria Magdalena Konstantinopoulou", "Maria Magdalena"),
    ],
)
def test_a_first_name_is_one_short_line_of_whole_words(written: str, kept: str) -> None:
    assert cleaned_name(written) == kept
