"""How a text becomes what Telegram keeps of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.simulator.errors import ApiError
from bot.simulator.formatting import read_plain, read_text, utf16_length
from dialogues.markup import insert, to_entities


def _pieces(html: str) -> list[tuple[str, str]]:
    """Each entity's type, and the very stretch of text its offsets mean."""
    formatted = read_text(html, "HTML", None)
    units = formatted.text.encode("utf-16-le")
    return [
        (each["type"], units[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le"))
        for each in formatted.entities
    ]


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("<b>a</b>b", [("bold", "a")]),
        ("<B>a</B>", [("bold", "a")]),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>", None),
        ("<b>a</b><b>b</b>", [("bold", "ab")]),
        ("<b>a<strong>b</strong></b>", [("bold", "ab")]),
        ("<b></b>x", []),
        ("  <b> x </b>  ", [("bold", "x")]),
        ('<span class="tg-spoiler">x</span>', [("spoiler", "x")]),
        ("<blockquote expandable>x</blockquote>", [("expandable_blockquote", "x")]),
        ('<a href="tg://user?id=5">x</a>', [("text_link", "x")]),
        ("<a href='example.org'>x</a>", [("text_link", "x")]),
        ("<a>https://example.org/</a>", [("text_link", "https://example.org/")]),
        ('<a href="nothing">x</a>', []),
        ("<code>/start</code> /help", [("code", "/start"), ("bot_command", "/help")]),
        ("🏘️<i>🏘️</i>", [("italic", "🏘️")]),
        ("a@b.example, #مرحبا @somebody", [("email", "a@b.example"), ("hashtag", "#مرحبا"), ("mention", "@somebody")]),
        ("3/4 and/or", []),
        ("&lt;b&gt; &amp;&quot;&#x1F600;&#228;&nbsp;&", []),
    ],
)
def test_tags_become_entities(html: str, pieces: list[tuple[str, str]] | None) -> None:
    if pieces is None:
        pieces = [("bold", "a"), ("italic", "b"), ("underline", "c"), ("strikethrough", "de")]
    assert sorted(_pieces(html)) == sorted(pieces)


def test_references_are_read_as_telegram_reads_them() -> None:
    assert read_text("&lt;b&gt; &amp;&quot;&#x1F600;&#228; &nbsp; &", "html", None).text == '<b> &"😀ä &nbsp; &'


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("ä<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("<", "Unclosed start tag at byte offset 0"),
        ("a <3", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ('<a ="x">', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
    ],
)
def test_mistakes_are_named_with_their_place(html: str, reason: str) -> None:
    with pytest.raises(ApiError) as caught:
        read_text(html, "HTML", None)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


def test_what_nobody_sees_is_taken_out_and_offsets_follow() -> None:
    formatted = read_text("a\u202e\r<b>b\x0bc</b>\u2028d", "HTML", None)
    assert formatted.text == "ab cd"
    assert formatted.entities == ({"offset": 1, "length": 3, "type": "bold"},)


def test_isolates_stay() -> None:
    assert read_plain("\u2068Ana\u2069!").text == "\u2068Ana\u2069!"


@pytest.mark.parametrize(
    ("entity", "shown"),
    [
        ({"type": "bold", "offset": 3, "length": 1}, {"type": "bold", "offset": 3, "length": 1}),
        (
            {"type": "pre", "offset": 0, "length": 2, "language": "c"},
            {"type": "pre", "offset": 0, "length": 2, "language": "c"},
        ),
    ],
)
def test_a_bot_may_count_entities_itself(entity: dict[str, Any], shown: dict[str, Any]) -> None:
    assert read_text("😀 x", "", [entity]).entities == (shown,)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_sent_escaped(text: str) -> None:
    formatted = read_text(f"<b>x</b>{escape(text)}<i>y</i>", "HTML", None)
    bold, italic = [each for each in formatted.entities if each["type"] in {"bold", "italic"}]
    assert (bold["offset"], bold["length"]) == (0, 1)
    assert (italic["offset"] + 1, italic["length"]) == (utf16_length(formatted.text), 1)


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        formatted = read_text(text, "HTML", None)
    except ApiError:
        return
    length = utf16_length(formatted.text)
    assert all(0 <= each["offset"] < each["offset"] + each["length"] <= length for each in formatted.entities)


@given(st.text("aü😀ب ", min_size=1, max_size=10), st.sampled_from(["b", "i", "u", "s", "code", "blockquote"]))
def test_two_readers_of_markup_agree(text: str, tag: str) -> None:
    """The preview reads our markup with a parser of its own; what it shows is what is sent."""
    markup = f"x <{tag}>{insert(text)}</{tag}> y"
    ours, theirs = to_entities(markup), read_text(markup, "HTML", None)
    assert ours.text == theirs.text
    assert [(each.type, each.offset, each.length) for each in ours.entities] == [
        (each["type"], each["offset"], each["length"]) for each in theirs.entities
    ]


def test_a_text_is_not_parsed_at_any_length() -> None:
    with pytest.raises(ApiError, match="message is too long"):
        read_text("<a>x</a>" * 20_000, "HTML", None)
