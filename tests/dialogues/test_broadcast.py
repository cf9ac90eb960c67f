"""What a broadcast says: safe whatever is written, counted as Telegram counts, in the reader's language or says so."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import render
from dialogues.broadcast import (
    MOST_CAPTION,
    MOST_TEXT,
    Content,
    Fault,
    Place,
    bubble,
    check,
    is_address,
    length,
    names_date,
)
from dialogues.markup import plain_text, to_entities, utf16_length
from dialogues.texts import LANGUAGES, Voice
from wiring.files import load_texts

TEXTS = load_texts()
VOICES = {language: TEXTS.speak(language) for language in LANGUAGES}
GERMAN: Voice = VOICES["de"]


def said(text: str, language: str = "de", *, area: str = "Nordstadt", **content: object) -> str:
    prompt = bubble(Content({language: text}, **content), VOICES, language, area=area, sending=7)  # type: ignore[arg-type]
    assert prompt is not None
    return str(prompt.text)


def faults(text: str, **how: object) -> list[Fault]:
    arguments: dict[str, object] = {"attachment": False, "said_on": None, **how}
    return [problem.fault for problem in check(text, GERMAN, **arguments)]  # type: ignore[arg-type]


def test_bold_italic_links_and_lists_are_what_telegram_takes() -> None:
    text = "**Fest** am *Samstag*\n- Essen\n- [Programm](https://example.org/a?b=1&c=2)"
    assert said(text) == (
        '<b>Fest</b> am <i>Samstag</i>\n• Essen\n• <a href="https://example.org/a?b=1&amp;c=2">Programm</a>'
    )


def test_the_readers_quarter_and_the_day_are_isolated_and_escaped() -> None:
    text = said("In {area} am {date}", area="<b>Am *Wall*</b>", said_on=date(2026, 11, 28))
    assert text == ("In \u2068&lt;b&gt;Am *Wall*&lt;/b&gt;\u2069 am \u2068Samstag, 28. November 2026\u2069")


@pytest.mark.parametrize("written", ["{area}", "{Quartier}", "{ quartier }", "{AREA}"])
def test_a_placeholder_may_be_written_in_german_or_english(written: str) -> None:
    assert "Nordstadt" in said(f"Hallo {written}")


def test_only_these_placeholders_are_there() -> None:
    assert faults("Hallo {name}, {Datum}", said_on=date(2026, 11, 28)) == [Fault.UNKNOWN_PLACEHOLDER]
    assert faults("Am {date}") == [Fault.NO_DATE]
    assert names_date("{datum}")
    assert not names_date("{area}")


@pytest.mark.parametrize("text", ["", "  \n", "\u202e\u2068"])
def test_an_empty_text_is_not_sent(text: str) -> None:
    assert faults(text) == [Fault.EMPTY]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "example.org", "ftp://example.org", ""])
def test_a_link_that_leads_nowhere_is_named(link: str) -> None:
    assert faults(f"[hier]({link})") == [Fault.BROKEN_LINK]


def test_a_text_is_counted_in_utf16_after_its_entities() -> None:
    assert length("**Fest** 😀", GERMAN) == len("Fest ") + 2
    assert faults("a" * MOST_TEXT) == []
    assert faults("a" * (MOST_TEXT + 1)) == [Fault.TOO_LONG]
    assert faults("a" * MOST_CAPTION, attachment=True) == []
    assert faults("a" * (MOST_CAPTION + 1), attachment=True) == [Fault.TOO_LONG]


def test_the_longest_name_of_a_quarter_is_counted() -> None:
    text = "a" * (MOST_TEXT - 20) + "{area}"
    assert faults(text, areas=("Mitte",)) == []
    assert faults(text, areas=("Mitte", "Nordstadt-Hafenviertel")) == [Fault.TOO_LONG]


def test_the_line_that_names_another_language_is_counted() -> None:
    text = "a" * (MOST_TEXT - 10)
    assert faults(text) == []
    assert faults(text, readers=(VOICES["ar"],)) == [Fault.TOO_LONG]


def test_a_text_of_another_language_says_so_in_the_readers() -> None:
    content = Content({"de": "Fest"}, fallback={"ar": "de", "tr": "bg"})
    prompt = bubble(content, VOICES, "ar", area="", sending=7)
    assert prompt is not None
    notice, _, text = str(prompt.text).partition("\n\n")
    assert plain_text(notice).lstrip("\u200f") == plain_text(VOICES["ar"].text("We have this message in German only."))
    assert text == "Fest"
    assert bubble(content, VOICES, "tr", area="", sending=7) is None  # its fallback has no text either
    assert bubble(content, VOICES, "ro", area="", sending=7) is None


def test_buttons_open_a_survey_a_place_and_a_link_of_the_readers_language() -> None:
    content = Content(
        {"ar": "حفل", "de": "Fest"},
        survey_id=3,
        survey_titles={"de": "Unser Viertel", "": "Unser Viertel"},
        links={"ar": "https://example.org/ar", "": "https://example.org/"},
        place=Place("Haus", "Lindenstraße 5", 51.2, 6.8),
    )
    for language, url in (("ar", "https://example.org/ar"), ("de", "https://example.org/")):
        prompt = bubble(content, VOICES, language, area="", sending=7)
        assert prompt is not None
        keys = [button for [button] in render.message(prompt)["reply_markup"]["inline_keyboard"]]
        assert [key.get("callback_data") or key["url"] for key in keys] == ["s:ask:3", "s:place:7", url]


def test_what_is_stored_is_what_was_written() -> None:
    content = Content(
        {"de": "Fest"},
        {"ar": "de"},
        3,
        {"": "T"},
        {"": "https://example.org"},
        Place("a", "b", 1.0, 2.0),
        date(2026, 1, 2),
        5,
        True,
    )
    assert Content.from_json(content.as_json()) == content
    assert Content.from_json(Content({}).as_json()) == Content({})


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org:8080", True),
        ("https://example", False),
        ("https://", False),
        ("javascript:alert(1)", False),
        ("https://example.org/a b", False),
        ("https://example.org:99999", False),
        ("https://[::1", False),
        ("https://example.org/" + "a" * 1_000, False),
    ],
)
def test_an_address_behind_a_button_leads_to_a_host(url: str, is_one: bool) -> None:
    assert is_address(url) is is_one


@given(st.text(alphabet="ab *_[]()#\\<>&{}\n-•\u2068\u202eابج😀https://", max_size=80))
def test_whatever_is_written_telegram_refuses_nothing(text: str) -> None:
    problems = check(text, GERMAN, attachment=False, said_on=date(2026, 11, 28))
    if not problems:
        entities = to_entities(said(text, said_on=date(2026, 11, 28)))  # raises where markup is not of the safe subset
        assert entities.text.strip()
        assert utf16_length(entities.text) <= MOST_TEXT
