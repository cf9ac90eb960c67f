"""Regular expressions as questionnaires write them."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.forms.xpath.context import Meter
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.patterns import compile_pattern


def free(_cost: int) -> None:
    """Counts nothing."""


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"^[0-9]{5}$", ["44135"], ["4413", "441355", "٤٤١٣٥", ""]),
        (r"[\w-\.]+@[\w]+", ["a.b-c@town"], ["@town", "a b"]),
        (r"^[a-zA-Z\s\-']+$", ["Anna-Lena O'Hara"], ["Anna1", ""]),
        (r"^\+?\d{2,3}[ /]?\d{4,}$", ["+49 2304", "023/5012", "02315012345"], ["49", "+4 2304"]),
        (r"^(yes|no|maybe)$", ["yes", "maybe"], ["yesno", "yes "]),
        (r"^\p{L}+$", ["Öztürk", "علي", "Ștefan"], ["a1", ""]),
        (r"^\p{Lu}\p{Ll}*$", ["Ștefan"], ["ștefan"]),
        (r"^\p{IsArabic}+$", ["علي"], ["Ali"]),
        (r"^\P{L}+$", ["123"], ["a"]),
        (r"^(?i)ja$", ["JA", "ja"], ["jaja"]),
        (r"^(?=.*\d)(?=.*[a-z]).{4,}$", ["ab12"], ["abcd", "1234", "a1"]),
        (r"^(?!.*test).*$", ["fine"], ["a test"]),
        (r"^(?:a|b)+?c*+$", ["abcc"], ["c"]),
        (r"^(?<year>[0-9]{4})-(?P<month>\d\d)$", ["2026-11"], ["26-11"]),
        (r"\bhaus\b", ["das haus hier"], ["haushalt"]),
        (r"a\Bb", ["ab"], ["a b"]),
        (r"^[^\d]+$", ["abc"], ["a1"]),
        (r"^[]a]+$", ["]a"], ["b"]),
        (r"^[a\]b]+$", ["]"], ["c"]),
        (r"^a{,3}$", ["a{,3}"], ["aa"]),
        (r"^\Qa.b\E$", ["a.b"], ["axb"]),
        (r"^\u0041\x42\t$", ["AB\t"], ["ab"]),
        (r"^[\u0600-\u06FF]+$", ["سلام"], ["salam"]),
        (r"\A\d\z", ["1"], ["11"]),
        (r"^.$", ["x", " "], ["\n", ""]),
        ("", ["", "anything"], []),
        (r"[[:digit:]]", ["d]"], ["1"]),
    ],
)
def test_a_pattern_means_what_it_means_in_java_and_javascript(pattern: str, yes: list[str], no: list[str]) -> None:
    compiled = compile_pattern(pattern)
    assert [text for text in yes if not compiled.found_in(text, free)] == []
    assert [text for text in no if compiled.found_in(text, free)] == []


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "*", "a)", "(a", "[b-a]", "(?<=a)b", r"(a)\1", "(?z)", "\\", r"\y", r"\p{L", "x" * 2_001,
     "(a{1000}){1000}", "a{99999}", "(" * 60 + ")" * 60, r"\xzz", "(?", "(?<a", "((?=(a{999})){999}){999}",
     "((a{0}){9999}){9999}", "((){9999}){9999}", "(?=(){9999}){9999}"],
)  # fmt: skip
def test_a_pattern_we_cannot_use_is_refused(pattern: str) -> None:
    with pytest.raises(EvaluationError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(.*a){12}b", r"(?=(a+)+b)a*b", r"a*a*a*a*a*b"])
def test_what_takes_for_ever_elsewhere_is_answered_or_refused_soon(pattern: str) -> None:
    begun = time.perf_counter()
    with suppress(EvaluationError):
        assert not compile_pattern(pattern).found_in("a" * 3_000 + "c", Meter().spend)
    assert time.perf_counter() - begun < 20


pieces = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", r"\.", r"\s", "1", "^", "$", r"\b"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?!{one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(pieces, st.text(alphabet="ab1 .", max_size=6))
def test_we_find_what_python_finds(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).found_in(text, free) is (re.search(pattern, text, re.ASCII) is not None)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab()[]{}|*+?\\^$.,-:=!<>pLQE1 ", max_size=25), st.text(max_size=20))
def test_any_pattern_is_either_used_or_refused(pattern: str, text: str) -> None:
    with suppress(EvaluationError):
        compile_pattern(pattern).found_in(text, free)
