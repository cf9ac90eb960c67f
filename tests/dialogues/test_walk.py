from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.walk import Final, Walked, WalkError, converse, walk
from tests.dialogues.chat import NOW, form
from tests.dialogues.conftest import marked_texts
from tests.dialogues.question_types.test_repeat import NESTED, ROOMS
from tests.dialogues.test_interview import ALIKE, HOUSE, MANY, WHEN


def replay(table: str, answers: Iterable[Mapping[str, object]], language: str = "en") -> tuple[list[Walked], Final]:
    *walked, final = walk(form(table), language, answers, texts=marked_texts(), now=NOW, random=Random(1))
    assert isinstance(final, Final)
    return [each for each in walked if isinstance(each, Walked)], final


def hold(table: str, lines: Iterable[str], language: str = "en") -> tuple[list[str], Final]:
    *shown, final = converse(form(table), language, lines, texts=marked_texts(), now=NOW, random=Random(1))
    assert isinstance(final, Final)
    return [each for each in shown if isinstance(each, str)], final


def values(final: Final) -> dict[str, str]:
    return {ref: value for ref, value in final.values.items() if "/meta/" not in ref}


def test_recorded_answers_give_their_prompts_and_the_final_instance() -> None:
    lines = """
        {"question": "garden", "value": "yes"}
        {"question": "/data/home/trees", "value": 7}
        {"question": "wishes", "value": ["bench", "light"]}
        {"question": "name", "value": "Am Bach"}
    """
    walked, final = replay(HOUSE, map(json.loads, lines.strip().splitlines()))
    assert walked[0].prompt.startswith("1 of 3\n\nA few questions.\n\nYour home\nDo you have a garden?")
    assert "  1. Yes\n  2. No" in walked[0].prompt
    assert [each.value for each in walked] == ["yes", "7", "bench light", "Am Bach"]
    assert values(final) == {
        "/data/home/garden": "yes",
        "/data/home/trees": "7",
        "/data/wishes": "bench light",
        "/data/name": "Am Bach",
    }
    assert (final.missing, final.unfitting) == ((), ())


def test_a_recorded_answer_that_does_not_fit_is_kept_and_told() -> None:
    walked, final = replay(HOUSE, [{"question": "garden", "value": "yes"}, {"question": "trees", "value": "21"}], "ar")
    assert walked[1].problem == "20 على الأكثر."
    assert values(final)["/data/home/trees"] == "21"
    assert final.unfitting == ("/data/home/trees",)
    assert final.missing == ("/data/name",)


def test_an_answer_to_a_question_that_is_not_asked_is_passed_over() -> None:
    walked, final = replay(HOUSE, [{"question": "trees", "value": "3"}])
    assert walked[0].problem == "This question is not asked now."
    assert values(final) == {}


@pytest.mark.parametrize("line", [{"question": "nothing", "value": 1}, {"value": 1}, {"question": "name", "value": {}}])
def test_a_record_of_another_form_is_refused(line: Mapping[str, object]) -> None:
    with pytest.raises(WalkError):
        replay(HOUSE, [line])


def test_a_kind_that_a_chat_does_not_ask_can_be_replayed() -> None:
    table = "| survey | | | |\n| | type | name | label |\n| | geotrace | way | Which way? |\n"
    walked, _ = replay(table, [{"question": "way", "value": "1 2 0 0;1 3 0 0"}])
    assert walked == [Walked("/data/way", "Which way?", "1 2 0 0;1 3 0 0")]


def test_an_open_repeat_is_given_so_many_entries() -> None:
    table = """
| survey |              |       |          |
|        | type         | name  | label    |
|        | begin_repeat | child | Children |
|        | integer      | age   | Age      |
|        | end_repeat   |       |          |
"""
    answers = [("/data/child", 3), ("/data/child[3]/age", 7), ("/data/child", 2), ("/data/child", "many")]
    walked, final = replay(table, [{"question": ref, "value": value} for ref, value in answers])
    assert [each.value for each in walked] == ["3", "7", "2", "2"]
    assert values(final) == {}


def test_what_was_recorded_finds_the_entry_that_the_form_begins_with() -> None:
    walked, _ = replay(NESTED, [{"question": name, "value": "7"} for name in ("no", "name")])
    assert [(each.question, each.problem) for each in walked] == [
        ("/data/house[1]/no", ""),
        ("/data/house[1]/flat[1]/name", ""),
    ]
    walked, _ = replay(ROOMS, [{"question": "floors", "value": 1}, {"question": "name", "value": "Kitchen"}])
    assert [each.problem for each in walked] == ["", ""]


def test_an_interview_in_the_terminal() -> None:
    shown, final = hold(HOUSE, ["1", "many", "٧", "1 3", "", "Am Bach", ""])
    assert "  1. Yes\n  2. No\n\n[-] ⏭️ Skip   [>] ⏸️ Continue later" in shown[0]
    assert shown[2].startswith("Please write a whole number, for example 4.\n\n2 of 4\nHow many trees?")
    assert "  1. [x] Benches\n  2. [ ] Trees\n  3. [x] Light" in shown[4]
    assert "[Enter] ✅ Send my answers" in shown[-2]
    assert shown[-1] == "Thank you! Your answers have arrived."
    assert values(final)["/data/wishes"] == "bench light"


def test_signs_in_the_terminal_lead_back_and_out() -> None:
    shown, final = hold(HOUSE, ["1", "<", "2", "-", "!", "", ">"])
    assert "Do you have a garden?" in shown[2]
    assert "* No" not in shown[2]
    assert "Do you want to stop this survey?" in shown[5]
    assert shown[-1].startswith("We keep your answers.")
    assert values(final) == {"/data/home/garden": "no"}


def test_options_numbered_in_the_text_are_not_listed_twice() -> None:
    shown, final = hold(ALIKE, ["2"])
    assert shown[0].count("that we call B") == 1
    assert values(final) == {"/data/q": "oB"}


def test_a_long_list_in_the_terminal() -> None:
    shown, final = hold(MANY, ["+", "14"])
    assert "  13. A country called 12" in shown[1]
    assert values(final) == {"/data/q": "o13"}


LINES = st.one_of(st.sampled_from(["1", "1 2", "<", "-", "+", ">", "!", "", "3.4.2020"]), st.text(max_size=20))


@settings(max_examples=30, deadline=None)
@given(st.lists(LINES, max_size=12))
def test_no_line_breaks_a_conversation(lines: list[str]) -> None:
    for table in (HOUSE, WHEN):
        hold(table, lines)
