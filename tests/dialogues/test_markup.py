from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.markup import (
    Entity,
    Markup,
    MarkupError,
    clean,
    insert,
    lay_out,
    lay_out_plain,
    plain_insert,
    plain_text,
    to_entities,
    utf16_length,
)

ANYTHING = st.text(st.characters(exclude_categories=()))


def test_a_first_name_with_a_bracket_does_not_break_the_message() -> None:
    greeting = Markup("<b>Hello {}</b>").format(insert("<Ana & 'Bo'"))
    assert to_entities(greeting).text == "Hello \u2068<Ana & 'Bo'\u2069"


def test_a_value_is_isolated_and_its_own_direction_marks_are_gone() -> None:
    assert insert("\u202eevil\u202c \u2067x\u2069\u2066") == "\u2068evil x\u2069"
    assert plain_insert("(855) 411-2372") == "\u2068(855) 411-2372\u2069"


def test_each_line_of_a_value_is_isolated_because_an_isolate_ends_with_its_paragraph() -> None:
    assert insert("one\r\ntwo\u2029three") == "\u2068one\u2069\n\u2068two\u2069\n\u2068three\u2069"


def test_halves_of_a_surrogate_pair_are_joined_or_replaced() -> None:
    assert clean("\ud83d\ude00 \ud83d. \ude00") == "😀 \ufffd. \ufffd"


def test_markup_that_is_inserted_keeps_its_tags() -> None:
    assert insert(Markup("<b>a</b>")) == "\u2068<b>a</b>\u2069"
    assert plain_insert(Markup("<b>a &amp; b</b>")) == "\u2068a & b\u2069"


@given(ANYTHING)
def test_nothing_inserted_can_leave_its_place(value: str) -> None:
    text = to_entities(Markup("<b>") + insert(value) + Markup("</b>"))
    assert len(text.entities) <= 1
    for line in text.text.split("\n"):
        assert line.count("\u2068") == line.count("\u2069") <= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in text.text.replace("\n", ""))
    assert not any(c in text.text for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


@given(ANYTHING)
def test_a_label_is_one_line(value: str) -> None:
    assert "\n" not in plain_insert(value)


def test_entities_count_in_utf_16() -> None:
    read = to_entities(Markup('😀 <b>x<i>y</i></b> <a href="https://a.de/?b&amp;c">l</a><u></u>'))
    assert read.text == "😀 xy l"
    assert read.entities == (
        Entity("bold", 3, 2),
        Entity("italic", 4, 1),
        Entity("text_link", 6, 1, "https://a.de/?b&c"),
    )
    assert utf16_length("😀") == 2


@pytest.mark.parametrize(
    "broken",
    ["<script>", "<b", "a < b", "a & b", "<b><i></b></i>", "</b>", "<b>", '<b class="x">', "<a>x</a>", "&nbsp;"],
)
def test_what_is_not_of_the_safe_subset_is_refused(broken: str) -> None:
    with pytest.raises(MarkupError):
        to_entities(Markup(broken))


@given(st.text())
def test_reading_any_text_as_markup_gives_text_or_a_clear_error(text: str) -> None:
    try:
        plain_text(text)
    except MarkupError:
        assert "<" in text or "&" in text


def test_an_arabic_paragraph_stays_right_to_left_whatever_it_begins_with() -> None:
    prompt = Markup("Quartiersbüro <b>الحي</b>\n3/9\nهل تسكنون هنا؟\nنعم.")
    assert lay_out(prompt, "ar") == "\u200fQuartiersbüro <b>الحي</b>\n\u200f3/9\nهل تسكنون هنا؟\nنعم."


def test_a_latin_name_at_the_beginning_of_an_arabic_sentence_does_not_turn_it() -> None:
    assert lay_out(insert("Anna") + Markup(" تسأل"), "ar").startswith("\u200f")


def test_a_german_sentence_is_only_marked_where_an_arabic_name_would_turn_it() -> None:
    assert lay_out(Markup("Guten Tag"), "de") == "Guten Tag"
    assert lay_out(insert("فاطمة") + Markup(" kommt"), "de").startswith("\u200e")
    assert lay_out_plain("فاطمة <3", "de") == "\u200eفاطمة <3"


@given(st.text().map(Markup.escape), st.sampled_from(["ar", "de"]))
def test_laying_out_twice_changes_nothing(text: Markup, language: str) -> None:
    once = lay_out(text, language)
    assert lay_out(once, language) == once
