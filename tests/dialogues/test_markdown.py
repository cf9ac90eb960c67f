from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.markdown import from_xlsform, without_signs
from dialogues.markup import FSI, PDI, to_entities


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**a** and *b*", "<b>a</b> and <i>b</i>"),
        ("__a__ and _b_", "<b>a</b> and <i>b</i>"),
        ("# Title\nText", "<b>Title</b>\nText"),
        ("[here](https://a.de/?b&c)", '<a href="https://a.de/?b&amp;c">here</a>'),
        ("[here](javascript:alert)", "[here](javascript:alert)"),
        ("2 * 3 * 4, snake_case_name, #1", "2 * 3 * 4, snake_case_name, #1"),
        (r"\*not\* \_this\_", "*not* _this_"),
        ('<span style="color:red">red</span> <b>', "red &lt;b&gt;"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("\u202eturned", "turned"),
        ("  both ends  ", "both ends"),
    ],
)
def test_the_signs_of_xlsform(written: str, shown: str) -> None:
    assert from_xlsform(written) == shown


def test_an_answer_that_a_label_quotes_keeps_its_signs_and_its_isolates() -> None:
    assert from_xlsform(f"**Hello {FSI}<*Ana*>{PDI}**") == f"<b>Hello {FSI}&lt;*Ana*&gt;{PDI}</b>"


def test_a_button_shows_the_words_without_signs() -> None:
    assert without_signs("**Very**\ngood [x](https://a.de) & so on") == "Very good x & so on"


@given(st.lists(st.sampled_from([*"*_#[]()<>& \\ab\n", "https://a.de", FSI, PDI, "<span>", "**"])).map("".join))
def test_any_label_is_safe(text: str) -> None:
    to_entities(from_xlsform(text))
