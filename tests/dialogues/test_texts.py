from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from dialogues.markup import plain_text, to_entities
from dialogues.texts import LANGUAGES, NAMES, MissingTextError, Texts, normalise
from tests.dialogues.conftest import ARABIC_PLURALS, messages

ARABIC_QUESTIONS = f"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {ARABIC_PLURALS}\\n"

msgid "{{n}} question"
msgid_plural "{{n}} questions"
msgstr[0] "لا أسئلة"
msgstr[1] "سؤال واحد"
msgstr[2] "سؤالان"
msgstr[3] "{{n}} أسئلة"
msgstr[4] "{{n}} سؤالًا"
msgstr[5] "{{n}} سؤال"
"""


def spoken(language: str, entries: dict[str, str]) -> Texts:
    made = Catalog(locale=language)
    for msgid, msgstr in entries.items():
        made.add(msgid, msgstr)
    written = BytesIO()
    write_mo(written, made)
    return Texts({language: written.getvalue()})


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ro-MD", "ro"),
        ("ro_RU", "ro"),
        ("mo", "ro"),
        ("ar-SA", "ar"),
        ("DE", "de"),
        ("zh-hans", None),
        ("ru_RU", None),
        ("", None),
        ("  ", None),
        (None, None),
        ("deutsch", None),
        ("de" * 10_000, None),
        ("de-\x00", None),
        ("ＤＥ", None),
    ],
)
def test_what_a_client_calls_a_language(code: str | None, language: str | None) -> None:
    assert normalise(code) == language


@given(st.text())
def test_no_language_code_crashes_the_lookup(code: str) -> None:
    assert normalise(code) in (*LANGUAGES, None)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "لا أسئلة"),
        (1, "سؤال واحد"),
        (2, "سؤالان"),
        (3, "3 أسئلة"),
        (10, "10 أسئلة"),
        (11, "11 سؤالًا"),
        (99, "99 سؤالًا"),
        (100, "100 سؤال"),
        (101, "101 سؤال"),
        (102, "102 سؤال"),
        (103, "103 أسئلة"),
    ],
)
def test_arabic_counts_by_meaning(n: int, said: str) -> None:
    written = BytesIO()
    write_mo(written, read_po(BytesIO(ARABIC_QUESTIONS.encode()), locale="ar"))
    voice = Texts({"ar": written.getvalue()}).speak("ar")
    text = voice.plural("{n} question", "{n} questions", n)
    assert text.replace("\u2068", "").replace("\u2069", "") == said


def test_a_missing_text_is_never_said_in_another_language() -> None:
    voice = spoken("de", {"Back": "Zurück"}).speak("de")
    assert voice.plain("Back") == "Zurück"
    with pytest.raises(MissingTextError):
        voice.plain("Skip")
    with pytest.raises(MissingTextError):
        voice.plural("{n} day", "{n} days", 2)
    with pytest.raises(MissingTextError):
        spoken("de", {}).speak("tr")


def test_a_value_that_a_translation_names_must_be_given() -> None:
    voice = spoken("de", {"Hello {name}": "Hallo {name}"}).speak("de")
    assert voice.text("Hello {name}", name="<Ana>") == "Hallo \u2068&lt;Ana&gt;\u2069"
    assert voice.plain("Hello {name}", name="<Ana>") == "Hallo \u2068<Ana>\u2069"
    with pytest.raises(MissingTextError):
        voice.text("Hello {name}")


def test_a_value_cannot_name_another_value() -> None:
    voice = spoken("de", {"{a} {b}": "{a} {b}"}).speak("de")
    assert plain_text(voice.text("{a} {b}", a="{b}", b="x")) == "\u2068{b}\u2069 \u2068x\u2069"


def test_an_arabic_label_that_begins_with_a_latin_name_stays_right_to_left() -> None:
    voice = spoken("ar", {"{name} asks": "{name} يسأل"}).speak("ar")
    assert voice.plain("{name} asks", name="Quartiersbüro").startswith("\u200f")
    assert voice.direction == "rtl"


@pytest.mark.parametrize(
    ("language", "with_weekday", "with_year", "number"),
    [
        ("ar", "السبت 28 تشرين الثاني (نوفمبر)", "28 تشرين الثاني (نوفمبر) 2026", "1,234.5"),
        ("bg", "събота, 28 ноември", "28 ноември 2026 г.", "1\u00a0234,5"),
        ("de", "Samstag, 28. November", "28. November 2026", "1.234,5"),
        ("en", "Saturday 28 November", "28 November 2026", "1,234.5"),
        ("ro", "sâmbătă, 28 noiembrie", "28 noiembrie 2026", "1.234,5"),
        ("tr", "28 Kasım Cumartesi", "28 Kasım 2026", "1.234,5"),
    ],
)
def test_dates_and_numbers_as_each_language_writes_them(
    language: str, with_weekday: str, with_year: str, number: str
) -> None:
    voice = spoken(language, {"{value}": "{value}"}).speak(language)
    day = date(2026, 11, 28)
    assert voice.date(day) == with_weekday
    assert voice.date(day, year=True, weekday=False) == with_year
    assert voice.number(Decimal("1234.5")) == number
    assert plain_text(voice.text("{value}", value=day)) == f"\u2068{with_weekday}\u2069"
    assert plain_text(voice.text("{value}", value=Decimal("1234.5"))) == f"\u2068{number}\u2069"


def test_each_language_is_named_in_its_own_script() -> None:
    assert tuple(sorted(NAMES)) == LANGUAGES


def test_every_message_of_ours_is_safe_markup() -> None:
    for message in messages():
        for form in (message,) if isinstance(message, str) else message:
            to_entities(form)


def test_a_sentence_ends_with_one_full_stop_whatever_its_last_value_ends_with() -> None:
    voice = spoken("bg", {"For example {day}. Or {name}.": "Например {day}. Или {name}."}).speak("bg")
    said = voice.plain("For example {day}. Or {name}.", day="27 ноември 2026 г.", name="Ана")
    assert said == "Например \u206827 ноември 2026 г.\u2069 Или \u2068Ана\u2069."
