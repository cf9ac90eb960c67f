"""Whatever word or figure a paragraph begins with: in Arabic it runs from right to left."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from dialogues import interview, sensitive, settings
from dialogues.forms import compile_xlsform
from dialogues.markup import FSI, PDI, plain_text
from dialogues.onboarding import Newcomer, Offer, Place, Surroundings, step
from dialogues.prompts import Input, Prompt, Replace, Reply, Say, Show, Tap, Text
from dialogues.sensitive import TOPICS, Sensitive
from dialogues.settings import Holdings, OpenAnswers, Situation
from dialogues.texts import Texts, Voice
from tests.dialogues.conftest import marked_texts
from wiring.files import load_texts

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
NAMES = ("Auenstadt", "7. Quartier", "دمشق")


def prompts(replies: tuple[Reply, ...]) -> Iterator[Prompt]:
    return (reply.prompt for reply in replies if isinstance(reply, Say | Replace))


def of_onboarding(texts: Texts, name: str) -> Iterator[Prompt]:
    long = f"{name} " * 12
    offers = (
        Offer("1", {"": long}, legal_basis=name),
        Offer("2", {"": name}, legal_basis="consent"),
        Offer("3", {"": name}, sensitive=Sensitive(TOPICS)),
    )
    town = Surroundings(name, name, (Place("1", name), Place("2", "Ost")), offers, name)
    known = [Newcomer("ar"), Newcomer("ar", consented=True), Newcomer("ar", consented=True, adult=False)]
    known += [Newcomer("ar", consented=True, adult=True), Newcomer("ar", consented=True, adult=True, area="1")]
    does: list[Input] = [Show(), Text("?")]
    does += [Tap(key) for key in ("language", "no", "ok", "area", *(f"survey:{number}" for number in range(1, 5)))]
    does += [Tap("refuse:3"), Tap("agree:3")]
    for around in (town, replace(town, office=None, offers=(), legal_basis="consent")):
        for newcomer in known:
            for given in does:
                yield from prompts(step(newcomer, given, around, texts=texts).replies)


def of_settings(voice: Voice, name: str) -> Iterator[Prompt]:
    answers = OpenAnswers(name, tuple((f"{name}?", f"{name} <b> " * 90) for _ in range(12)))
    day = date(2026, 11, 25)
    held = Holdings("ar", name, True, arrived=day, agreed=day, open=(answers,), ended=(name,), months=12)
    offers = tuple(Offer(str(number), {"": f"{name} {number} " * 9}) for number in range(3))
    now = Situation(name, name, name, name, name, offers, paused=True)
    nothing = Situation(name, legal_basis="consent")
    for situation in (now, nothing):
        for say in (settings.explain, settings.show_notice, settings.paused, settings.unpaused, settings.what_now):
            yield from prompts(say(voice, situation))
        yield from prompts(settings.survey_ended(voice, situation))
    for holdings in (held, Holdings("ar")):
        for tell in (settings.show_data, settings.ask_to_delete, settings.deleted):
            yield from prompts(tell(voice, holdings))
    for just in (settings.languages, settings.language_changed, settings.kept, settings.unknown_command):
        yield from prompts(just(voice))
    yield settings.in_group(voice, name)
    yield sensitive.declined(voice)


def first_strong(paragraph: str) -> str | None:
    """The kind of the first letter that decides a direction, isolates passed over (UAX #9, P2)."""
    depth = 0
    for letter in paragraph:
        depth += (letter == FSI) - (letter == PDI)
        if not depth and unicodedata.bidirectional(letter) in ("L", "R", "AL"):
            return unicodedata.bidirectional(letter)
    return None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("catalogues", [marked_texts, load_texts])
def test_every_paragraph_of_an_arabic_message_runs_from_right_to_left(
    catalogues: Callable[[], Texts], name: str
) -> None:
    texts, seen = catalogues(), 0
    for prompt in (*of_onboarding(texts, name), *of_settings(texts.speak("ar"), name)):
        for paragraph in filter(str.strip, plain_text(prompt.text).split("\n")):
            assert first_strong(paragraph) in ("R", "AL"), paragraph
            seen += 1
    assert seen > 200


@pytest.mark.parametrize("name", NAMES)
def test_every_button_in_arabic_but_the_names_of_languages_runs_from_right_to_left(name: str) -> None:
    texts = load_texts()
    for prompt in (*of_onboarding(texts, name), *of_settings(texts.speak("ar"), name)):
        for option in (option for row in prompt.rows for option in row):
            if not option.key.startswith("lang:") and not option.label.isdecimal():
                assert first_strong(option.label) in ("R", "AL"), option.label


def test_a_text_that_arabic_lacks_runs_as_the_language_does_that_it_is_shown_in() -> None:
    table = """
| survey |
|        | type         | name | label::Deutsch (de) | label::العربية (ar) |
|        | select_one c | c    | Was fehlt? (1)      |                     |
| choices |
|         | list_name | name | label::Deutsch (de) | label::العربية (ar) |
|         | c         | s    | Schatten.           |                     |
|         | c         | w    | Wasser.             | ماء                 |
"""
    form = compile_xlsform(table.encode(), "md", name="lacks").form
    begun = interview.start(form, "ar", texts=load_texts(), now=NOW, random=Random(1))
    [prompt] = prompts(begun.replies)
    paragraphs = [each for each in plain_text(prompt.text).split("\n") if each.strip()]
    assert [each for each in paragraphs if first_strong(each) == "L"] == ["Was fehlt? (1)"]
    assert [option.label for option in prompt.rows[0]] == ["Schatten.", "ماء"]
