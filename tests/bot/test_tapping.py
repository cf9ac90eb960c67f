"""Buttons as people press them: twice, too late, after a restart, on messages from long ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.bot.conftest import ON_ONE_DATABASE
from tests.bot.town import Town, table

pytestmark = [pytest.mark.asyncio(loop_scope="session"), ON_ONE_DATABASE]

THREE = """
| survey  |                    |        |                  |
|         | type               | name   | label            |
|         | select_one mood    | mood   | How is it here?  |
|         | select_multiple go | places | Where do you go? |
|         | text               | wish   | What is missing? |
| choices |           |      |          |
|         | list_name | name | label    |
|         | mood      | good | Good     |
|         | mood      | bad  | Bad      |
|         | go        | park | The park |
|         | go        | pool | The pool |
"""


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged meanwhile."""
    with capture_logs() as lines:
        yield lines


async def test_a_double_tap_answers_once(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    number = len(resident.heard())
    assert await resident.tap_twice("Good") == ["", ""]
    assert await resident.answers(survey) == {"mood": "good"}
    assert len(resident.heard()) == number + 1
    assert "Where do you go?" in resident.last().text


async def test_two_different_answers_at_once_are_the_first(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    message, good = resident.find("Good")
    _, bad = resident.find("Bad")
    for button in (good, bad):
        await resident.push(message, button)
    await town.settled()
    assert await resident.answers(survey) == {"mood": "good"}


async def test_a_button_that_was_pressed_before_its_question_moved_down_counts(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    question, button = resident.find("Good")
    await town.close_doors()
    await resident.act("send", text="Hm")
    await resident.push(question, button)
    await town.open_doors()
    await town.settled()
    assert await resident.answers(survey) == {"mood": "good"}
    assert [message.text for message in resident.heard() if "How is it here?" in message.text] == [
        "How is it here?\n✓ Good"
    ]
    assert "Where do you go?" in resident.last().text
    assert [bool(message.keyboard) for message in resident.heard()[-2:]] == [False, True]


async def test_the_buttons_of_a_question_that_telegram_does_not_take_back_lead_to_where_it_has_moved(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident, survey = await town.interview(table(THREE))
    old, good = resident.find("Good")
    monkeypatch.setattr(town.telegram, "limits", replace(town.telegram.limits, delete_age=-1.0))
    await resident.write("Hm")
    below = resident.last()
    assert below.id != old.id
    await resident.press_as_it_was(old, good)
    texts = {message.id: message.text for message in resident.heard()}
    assert texts[old.id] == old.text
    assert texts[below.id] == "How is it here?\n✓ Good"
    await resident.press_as_it_was(old, good)
    assert "Where do you go?" in resident.last().text
    assert await resident.answers(survey) == {"mood": "good"}


def said_of_taps(logged: list[Any]) -> list[Any]:
    """What the log says; but not that a busy database was not scrubbed at once, which has nothing to do with taps."""
    return [
        line
        for line in logged
        if line["log_level"] != "debug" and line["event"] != "what was wiped is still on the disk"
    ]


async def test_one_of_several_that_is_tapped_twice_is_chosen_once_and_floods_no_log(
    town: Town, logged: list[Any]
) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.tap_twice("The park")
    assert resident.asked().chosen == ["The park"]
    await resident.tap("Done")
    assert (await resident.answers(survey))["places"] == "park"
    assert said_of_taps(logged) == []


async def test_a_redraw_that_changes_nothing_floods_no_log(town: Town, logged: list[Any]) -> None:
    resident, _ = await town.interview(table(THREE))
    await resident.tap_twice("Language")
    await resident.tap_twice("English")
    assert any(call["description"] and "not modified" in call["description"] for call in town.calls())
    assert said_of_taps(logged) == []


async def test_done_tapped_twice_sends_the_answers_once_and_leads_nowhere_strange(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    await resident.tap("Good")
    await resident.tap("Done")
    await resident.write("Shade")
    await resident.tap_twice("Send my answers")
    thanks = [message for message in resident.heard() if message.text == "Thank you! Your answers have arrived."]
    assert len(thanks) == 1
    await resident.write("And now?")
    assert "What do you want to do?" in resident.last().text
    assert (await resident.response(survey)).complete


async def test_an_old_button_changes_nothing_and_shows_where_we_are(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    first = resident.asked()
    bad = next(button for button in first.buttons if button.name == "Bad")
    await resident.tap("Good")
    await resident.tap("The park")
    await resident.tap("Done")
    assert "old" in await resident.press_as_it_was(first, bad)
    assert "What is missing?" in resident.last().text
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "places": "park", "wish": "Shade"}


async def test_after_a_restart_an_old_button_is_answered_and_nobody_is_stuck(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    first = resident.asked()
    good, bad = (next(button for button in first.buttons if button.name == name) for name in ("Good", "Bad"))
    await resident.tap("Good")
    await resident.tap("Done")
    await town.restart()
    assert "old" in await resident.press_as_it_was(first, bad)
    assert "What is missing?" in resident.last().text
    await resident.press_as_it_was(first, good)
    await resident.write("Shade")
    assert await resident.answers(survey) == {"mood": "good", "wish": "Shade"}


async def test_a_tap_that_is_answered_too_late_still_counts(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    message, good = resident.find("Good")
    await town.close_doors()
    query = await resident.push(message, good)
    town.telegram.database.execute("UPDATE query SET asked = asked - 3600 WHERE id = ?", (query,))
    await town.open_doors()
    await town.settled()
    assert await resident.answers(survey) == {"mood": "good"}
    assert "Where do you go?" in resident.last().text


async def test_a_button_that_nobody_of_us_made_is_answered(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    for data in (
        "",
        "x",
        "q:",
        "q:1:2",
        "q:zz:!:a0",
        "s:",
        "s:nothing",
        "s:survey:²",
        "s:area:0",
        "s:lang:xx",
        "q:1:1:a0",
    ):
        said = len(town.calls("sendMessage")) + len(town.calls("editMessageText"))
        toast = await resident.press_anything(data)
        assert toast or len(town.calls("sendMessage")) + len(town.calls("editMessageText")) > said, data
    await resident.tap("Good")
    assert await resident.answers(survey) == {"mood": "good"}


async def test_somebody_elses_button_opens_nothing(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    stranger = await town.resident("en")
    await stranger.arrive(survey.code)
    _, bad = resident.find("Bad")
    await stranger.press_anything(bad.data)
    assert await resident.answers(survey) == {}
    assert await stranger.answers(survey) == {}


async def test_buttons_of_the_beginning_stay_harmless_in_an_interview(town: Town) -> None:
    resident, survey = await town.interview(table(THREE))
    for key in ("s:ok", "s:no", "s:age:yes", "s:age:no", "s:start", "s:resume"):
        await resident.press_anything(key)
    held = await resident.held()
    assert held.adult
    assert held.consented_on is not None
    await resident.tap("Good")
    assert await resident.answers(survey) == {"mood": "good"}
