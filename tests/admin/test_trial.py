"""Trying a survey out in the office: the same conversation as in the chat, counted nowhere."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from admin.site import Site
from admin.trial import (
    MOST_BUBBLES,
    MOST_LETTERS,
    Surroundings,
    Trial,
    begin,
    read,
    safe_html,
    speak,
    stored,
    tap,
    write,
)
from dialogues.forms import compile_xlsform
from dialogues.texts import LANGUAGES, Texts
from storage.models import Answer, Interview, Participation, Resident, Response
from storage.models import Trial as KeptTrial
from tests.admin.office import Office, compiled, hire
from tests.admin.papers import ABOUT_HEALTH, TWO_LANGUAGES, draft, open_up

TEXTS = Texts({language: compiled(language, "mitsprache") for language in LANGUAGES})


async def press(office: Office, where: str, label: str) -> str:
    """Press the last button with these words; returns the page that follows."""
    page = await office.read(f"{where}/try")
    found = [value for value, words in buttons(page) if words == label]
    assert found, (label, buttons(page))
    return await step(office, where, tap=found[-1])


def buttons(page: str) -> list[tuple[str, str]]:
    """What each button of the conversation sends, and its words."""
    found = re.findall(r'<button name="tap" value="([^"]+)"[^>]*>(.*?)</button>', page)
    return [(value, unescape(re.sub(r"<span aria-hidden.*?</span>", "", words))) for value, words in found]


async def step(office: Office, where: str, **fields: str) -> str:
    answer = await office.send(f"{where}/try", fields, page=f"{where}/try")
    assert answer.status_code == 303
    return await office.read(answer.headers["location"].partition("#")[0])


async def test_a_manager_answers_as_a_resident_would_and_sees_what_would_be_stored(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    assert "Wohnen Sie gern hier?" in await office.read(f"{where}/try")
    page = await press(office, where, "1")
    assert '<dt dir="auto">Wohnen Sie gern hier?</dt>' in page
    assert '<dd><span dir="auto">\u2068Ja\u2069</span></dd>' in page
    assert "data = yes" not in page
    page = await step(office, where, text="Mehr <b>Bäume</b> & Bänke")
    assert "Mehr &lt;b&gt;Bäume&lt;/b&gt; &amp; Bänke" in page
    page = await step(office, where, text="vier")
    assert '<dd><span dir="auto">\u20684\u2069</span></dd>' in page
    page = await press(office, where, "✅ Meine Antworten senden")
    assert "Das Gespräch ist zu Ende." in page


ROOMS = b"""
| survey |              |       |                     |              |
|        | type         | name  | label::Deutsch (de) | calculation  |
|        | begin_repeat | room  | Zimmer              |              |
|        | integer      | size  | Wie gro\xc3\x9f?       |              |
|        | end_repeat   |       |                     |              |
|        | calculate    | whole |                     | sum(${size}) |
"""


async def test_entries_and_what_is_worked_out_are_among_what_would_be_stored_at_the_end_too(office: Office) -> None:
    where = await draft(office, ROOMS, "rooms.md")
    await press(office, where, "➕ " + TEXTS.speak("de").plain("Add one"))
    await step(office, where, text="12")
    await press(office, where, "⏩ " + TEXTS.speak("de").plain("Next"))
    page = await press(office, where, "✅ Meine Antworten senden")
    assert "Das Gespräch ist zu Ende." in page
    assert '<dt dir="auto">Wie groß? (1)</dt>' in page
    assert '<dt dir="auto">whole</dt><dd><span dir="auto">12</span></dd>' in page


async def test_what_is_no_answer_leaves_the_question_there_once_and_below(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    asked_once = (await office.read(f"{where}/try")).count("Wohnen Sie gern hier?")
    for text in ("vielleicht", "manchmal"):
        page = await step(office, where, text=text)
        assert page.count("Wohnen Sie gern hier?") == asked_once
        assert (
            page.index(text)
            < page.index("Bitte tippen Sie auf einen der Knöpfe.")
            < page.index("Wohnen Sie gern hier?")
        )


PHOTO_AND_PLACE = b"""
| survey |          |       |                    |
|        | type     | name  | label::Deutsch (de) |
|        | image    | photo | Ein Foto?          |
|        | geopoint | where | Wo ist das?        |
"""


async def test_photos_and_places_are_sent_as_if_and_what_does_not_fit_is_said(office: Office) -> None:
    where = await draft(office, PHOTO_AND_PLACE, "photo.md")
    assert "Das k\u00f6nnen wir hier nicht lesen." in await step(office, where, send="place")
    page = await step(office, where, send="photo")
    assert "Wo ist das?" in page
    page = await step(office, where, send="place")
    assert '<dt dir="auto">Ein Foto?</dt>' in page
    assert "52.51628, 13.3777" in page
    assert "Das Gespr\u00e4ch" not in await step(office, where, send="nothing of the kind")


async def test_another_language_in_the_middle_keeps_the_answers(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    await press(office, where, "1")
    page = await step(office, where, speak="ar")
    assert re.search(r'<div class="message ours" id="now"[^>]* dir="rtl" lang="ar">', page)
    assert "ماذا تتمنون؟" in page
    assert '<dd><span dir="auto">\u2068Ja\u2069</span></dd>' in page
    assert '<dt dir="auto">Wohnen Sie gern hier?</dt>' in page


async def test_the_notice_that_comes_before_is_shown_in_the_language_of_the_chat(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    assert "Sie machen freiwillig mit." in await office.read(f"{where}/try")
    page = await step(office, where, speak="ar")
    assert re.search(r'<div class="bubble" lang="ar" dir="rtl">.*المشاركة اختيارية', page, re.S)


async def test_nothing_of_it_is_counted(office: Office, site: Site) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    await open_up(office, where)
    await press(office, where, "1")
    await step(office, where, text="Bäume")
    await step(office, where, text="4")
    await press(office, where, "✅ Meine Antworten senden")
    async with site.database.read() as connection:
        for table in (Response, Answer, Interview, Participation, Resident):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0
    assert "weniger als 3" in await office.read(where)


async def test_looking_alone_keeps_nothing(office: Office, site: Site) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    await office.read(f"{where}/try")
    async with site.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(KeptTrial)) == 0


async def test_everybody_tries_alone_and_can_start_again(office: Office, site: Site) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    await press(office, where, "1")
    await hire(site, "ada", language="en")
    async with Office.at(site) as other:
        await other.sign_in("ada")
        assert "Nothing yet. Each answer appears here at once." in await other.read(f"{where}/try")
    page = await step(office, where, reset="yes")
    assert "data = yes" not in page
    assert "Jede Antwort erscheint hier sofort." in page


async def test_an_old_or_invented_button_does_no_harm(office: Office) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    first = buttons(await office.read(f"{where}/try"))[0][0]
    await step(office, where, tap=first)
    page = await step(office, where, tap=first)
    assert page.count('<dd><span dir="auto">\u2068Ja\u2069</span></dd>') == 1
    for nonsense in ("", ":", "2:", "99:a0", "x:a0", "²:a0", "2:" + "a" * 5000, "-1:a0"):
        assert "Was wünschen Sie sich?" in await step(office, where, tap=nonsense)
    for nonsense in ("xx", "de'--", ""):
        assert "Was wünschen Sie sich?" in await step(office, where, speak=nonsense)


async def test_a_trial_of_an_older_program_begins_anew(office: Office, site: Site) -> None:
    where = await draft(office, TWO_LANGUAGES, "two.md")
    async with site.database.write() as connection:
        await connection.execute(
            insert(KeptTrial).values(town_id=site.town_id, staff_id=1, survey_id=1, state={"language": 7})
        )
    assert "Wohnen Sie gern hier?" in await office.read(f"{where}/try")


async def test_a_closed_conversation_can_be_read_without_scripts(office: Office) -> None:
    """Every button is a form of its own that works by itself; scripts only make it smooth."""
    where = await draft(office, TWO_LANGUAGES, "two.md")
    page = await office.read(f"{where}/try")
    forms = re.findall(r"<form[^>]*>", page.partition('id="trial"')[2])
    assert forms
    assert all(f'method="post" action="{where}/try"' in form for form in forms)


# --- as a function --------------------------------------------------------------------------------------------------


def about(table: bytes = TWO_LANGUAGES, *, anonymous: bool = True) -> Surroundings:
    return Surroundings(
        survey_id=1,
        questionnaire_id=1,
        titles={"": "Wohnen", "ar": "السكن"},
        legal_basis="consent",
        anonymous=anonymous,
        form=compile_xlsform(table, "md", name="a_questionnaire").form,
        texts=TEXTS,
        now=datetime(2026, 11, 26, 10, tzinfo=UTC),
    )


def kept(trial: Trial, survey: Surroundings) -> Trial:
    """As it comes back from the database."""
    data: Any = json.loads(json.dumps(trial.as_data()))
    again = read(data, survey)
    assert again == trial
    return trial


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_trial_comes_back_as_it_was_kept(language: str) -> None:
    survey = about()
    trial = kept(begin(survey, language, seed=1), survey)
    trial = kept(tap(trial, survey, trial.written, "a0"), survey)
    assert [each.answer for each in stored(trial, survey, "de")] == ["\u2068Ja\u2069"]
    kept(write(trial, survey, "؟" * 3), survey)


def test_what_is_sensitive_needs_consent_first() -> None:
    survey = about(ABOUT_HEALTH)
    asked = begin(survey, "de", seed=1)
    assert asked.state is None
    agree, refuse, language = (row[0].key for row in asked.bubbles[-1].rows)
    assert "lang:ro" in {button.key for row in tap(asked, survey, 1, language).bubbles[-1].rows for button in row}
    assert tap(asked, survey, 1, refuse).state is None
    assert write(asked, survey, "ja").state is None
    assert speak(asked, survey, "tr").language == "tr"
    begun = tap(asked, survey, 1, agree)
    assert begun.state is not None
    assert "How do you feel?" in begun.bubbles[-1].text


@pytest.mark.parametrize("table", [TWO_LANGUAGES, ABOUT_HEALTH])
def test_what_stays_of_a_survey_that_is_not_anonymous_is_said_before_its_first_question(table: bytes) -> None:
    openings = [begin(about(table, anonymous=anonymous), "de", seed=1).bubbles[0].text for anonymous in (True, False)]
    assert len(openings[1]) > len(openings[0])


def test_a_long_conversation_is_bounded() -> None:
    survey = about()
    trial = begin(survey, "de", seed=1)
    for _ in range(MOST_BUBBLES):
        trial = write(trial, survey, "x" * (MOST_LETTERS + 1))
    assert len(trial.bubbles) == MOST_BUBBLES
    assert all(len(bubble.text) <= MOST_LETTERS for bubble in trial.bubbles)


def test_the_languages_are_on_a_button_too() -> None:
    survey = about()
    trial = begin(survey, "de", seed=1)
    menu = tap(trial, survey, trial.written, "lang")
    assert "lang:ar" in {button.key for row in menu.bubbles[-1].rows for button in row}
    arabic = tap(menu, survey, menu.written, "lang:ar")
    assert arabic.language == "ar"
    assert arabic.bubbles[-1].direction == "rtl"
    assert len(arabic.bubbles) == len(trial.bubbles)


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<b>Fett</b> &lt;script&gt; &amp;", "<b>Fett</b> &lt;script&gt; &amp;"),
        ('<a href="javascript:alert(1)">hier</a>', "hier"),
        (
            '<a href="https://aue.example/?a=1&amp;b=2">hier</a>',
            '<a href="https://aue.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow" target="_blank">hier</a>',
        ),
        ('<a href="http://[">hier</a>', "hier"),
    ],
)
def test_only_the_few_safe_tags_reach_the_page(markup: str, html: str) -> None:
    assert str(safe_html(markup)) == html
