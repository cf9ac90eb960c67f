from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialogues.labels import LABEL_LIMIT, fit, must_be_numbered, numbered
from dialogues.markup import Markup, insert, plain_text, to_entities, utf16_length
from dialogues.splitting import graphemes, shorten, split, visible_length

FAMILY = "👨‍👩‍👧‍👦"


def styled(pieces: list[tuple[str, str]]) -> Markup:
    """Text in nested styles and isolates, as our texts have them."""
    whole = Markup("")
    for tag, text in pieces:
        value = insert(text)
        whole += value if not tag else Markup(f"<{tag}>") + Markup.escape(text) + value + Markup(f"</{tag}>")
    return whole


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["", "b", "i", "blockquote"]),
        st.lists(
            st.sampled_from(["a", " ", "<", "&", "\n", ". ", "😀", FAMILY, "ä", "e\u0301", "ح", "🇩🇪"]), max_size=60
        ).map("".join),
    ),
    max_size=12,
)


@given(PIECES, st.integers(40, 90))
def test_every_part_is_whole_and_fits(pieces: list[tuple[str, str]], limit: int) -> None:
    whole = styled(pieces)
    parts = split(whole, limit)
    for part in parts:
        text = to_entities(part).text
        assert utf16_length(text) <= limit
        assert text.count("\u2068") == text.count("\u2069")
    marks = {ord("\u2068"): None, ord("\u2069"): None}
    read = "".join("".join(plain_text(part).translate(marks) for part in parts).split())
    assert read == "".join(plain_text(whole).translate(marks).split())


def test_a_text_that_fits_is_one_message() -> None:
    assert split(Markup("<b>a</b>")) == [Markup("<b>a</b>")]
    assert split(Markup(" \n ")) == []


def test_a_long_text_is_cut_at_a_paragraph_and_its_tag_is_opened_again() -> None:
    first, second = split(Markup("<b>" + "Eins. " * 5 + "\n\n" + "Zwei. " * 5 + "</b>"), 40)
    assert first == "<b>" + ("Eins. " * 5).strip() + "</b>"
    assert second == "<b>" + ("Zwei. " * 5).strip() + "</b>"


def test_a_text_at_the_limit_of_telegram_is_not_cut_inside_a_tag() -> None:
    parts = split(Markup("x" * 4090) + Markup("<i>") + Markup("y" * 20) + Markup("</i>"))
    assert [utf16_length(plain_text(part)) for part in parts] == [4096, 14]
    assert parts[1] == "<i>" + "y" * 14 + "</i>"


def test_what_is_read_as_one_letter_is_one() -> None:
    assert list(graphemes(f"a{FAMILY}e\u0301🇩🇪🇧🇬👍🏽")) == ["a", FAMILY, "e\u0301", "🇩🇪", "🇧🇬", "👍🏽"]


@given(st.text(), st.integers(1, 60))
def test_shortening_gives_at_most_so_many_letters(text: str, limit: int) -> None:
    assert visible_length(shorten(text, limit)) <= limit


def test_shortening_prefers_a_words_end_and_closes_isolates() -> None:
    assert shorten("Mehr Bänke und Schatten", 14) == "Mehr Bänke…"
    assert shorten(insert("x" * 50), 10).endswith("…\u2069")


def test_labels_that_a_button_would_cut_are_numbered_instead() -> None:
    same_beginning = [f"{'Die Stadt soll auf dem Platz etwas bauen, und zwar '}{what}" for what in ("A", "B", "C")]
    assert must_be_numbered(same_beginning)
    assert must_be_numbered(["Ja", "Ja "])
    assert must_be_numbered(["Ja", ""])
    assert not must_be_numbered(["Ja", "Nein", "x" * LABEL_LIMIT])
    assert numbered([Markup("A"), Markup("<b>B</b>")]) == "1. A\n2. <b>B</b>"


def test_a_label_is_never_empty_and_never_too_long() -> None:
    assert fit(" \n") == "…"
    assert visible_length(fit("x" * 100)) == LABEL_LIMIT
