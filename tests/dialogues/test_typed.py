from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.dates_and_numbers import say_date
from dialogues.texts import LANGUAGES
from dialogues.typed.dates import FIRST_YEAR, LAST_YEAR, flaw_of, read_date
from dialogues.typed.first_words import typed_yes_or_no
from dialogues.typed.folding import fold, match_option
from dialogues.typed.number_words import NUMBER_WORDS
from dialogues.typed.numbers import read_number

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("١٢", "ar", "12"),
        ("٠٫٥", "ar", "0.5"),
        ("٠،٥", "ar", "0.5"),
        ("١٬٢٣٤٫٥", "ar", "1234.5"),
        ("\u200f١٢\u200f", "ar", "12"),
        ("۱۲", "ar", "12"),
        ("१२", "en", "12"),
        ("１２．５", "en", "12.5"),
        ("1.234,5", "de", "1234.5"),
        ("1,234.5", "de", "1234.5"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1,234", "en", "1234"),
        ("1,234", "tr", "1.234"),
        ("0.500", "de", "0.5"),
        ("1 234,5", "bg", "1234.5"),
        ("1\u00a0234", "bg", "1234"),
        ("1'234.50", "de", "1234.5"),
        ("1.234.567", "en", "1234567"),
        (".5", "en", "0.5"),
        ("-5", "de", "-5"),
        ("− 5", "de", "-5"),
        ("+49", "de", "49"),
        ("ca. 4", "de", "4"),
        ("ca.4", "de", "4"),
        ("4 Personen", "de", "4"),
        ("вече 4", "bg", "4"),
        ("Ich bin 45.", "de", "45"),
        ("4kg", "de", "4"),
        ("€ 4,50", "de", "4.5"),
        ("20 %", "tr", "20"),
        ("4️⃣", "en", "4"),
        ("ل٤ أشخاص", "ar", "4"),
        ("007", "en", "7"),
        ("vier Kinder", "de", "4"),
        ("dört kişi", "tr", "4"),
        ("on bir", "tr", "11"),
        ("Altı", "tr", "6"),
        ("أحد عشر", "ar", "11"),
        ("ثلاثة أطفال", "ar", "3"),
        ("șapte", "ro", "7"),
        ("şapte", "ro", "7"),
        ("двама", "bg", "2"),
        ("drei", "ar", "3"),
        ("٤ كم", "ar", "4"),
        ("شخصين", "ar", "2"),
        ("طفلان", "ar", "2"),
        ("ولدين فقط", "ar", "2"),
        ("واحد وعشرون", "ar", "21"),
        ("خمسة و ثلاثين سنة", "ar", "35"),
        ("двайсет и една", "bg", "21"),
        ("einundzwanzig", "de", "21"),
        ("dreißig", "de", "30"),
        ("Fünfunddreissig Jahre", "de", "35"),
        ("twenty-one", "en", "21"),
        ("ninety nine", "en", "99"),
        ("douăzeci și unu", "ro", "21"),
        ("treizeci si cinci de ani", "ro", "35"),
        ("yirmi bir", "tr", "21"),
        ("otuzbeş", "tr", "35"),
        ("fünf und dreißig", "de", "35"),
        ("twenty-one years", "en", "21"),
        ("ولد واحد", "ar", "1"),
        ("65 qm", "de", "65"),
        ("62 m²", "de", "62"),
        ("62m²", "de", "62"),
        ("62,5 m²", "de", "62.5"),
        ("62m2", "de", "62"),
        ("62 M2", "tr", "62"),
        ("62 ㎡", "de", "62"),
        ("62 m^2", "en", "62"),
        ("m² 62", "ro", "62"),
        ("m2: 62", "ro", "62"),
        ("3 m3", "de", "3"),
        ("2 km²", "de", "2"),
        ("٦٢ م٢", "ar", "62"),
        ("٦٢ م²", "ar", "62"),
        ("٦٢م٢", "ar", "62"),
        ("62 кв. м", "bg", "62"),
        ("62 кв.м", "bg", "62"),
        ("62 м2", "bg", "62"),
        ("zweiundsechzig komma fünf", "de", "62.5"),
        ("etwa zweiundsechzig Komma fünf Quadratmeter", "de", "62.5"),
        ("drei Komma null fünf", "de", "3.05"),
        ("sixty-two point two five", "en", "62.25"),
        ("șaizeci și doi virgulă cinci", "ro", "62.5"),
        ("altmış iki virgül beş", "tr", "62.5"),
        ("اثنان وستون فاصلة خمسة", "ar", "62.5"),
    ],
)
def test_a_number_as_people_type_it(typed: str, language: str, meant: str) -> None:
    assert read_number(typed, language) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "²",
        "4²",
        "½",
        "4 ½",
        "Ⅳ",
        "3-4",
        "3 4",
        "1/2",
        "10:30",
        "1.2.2020",
        "1,234,5",
        "12,34,567",
        "5+",
        "4k",
        "1e5",
        "0x10",
        "B2",
        "2 Millionen",
        "anderthalb",
        "twenty or one",
        "no one",
        "4 oder fünf",
        "nan",
        "inf",
        "--",
        ".",
        "4 " * 200,
        "9" * 31,
        "٤ أو ٥",
        "1\n2",
        "m²",
        "m2",
        "62 ²",
        "62²",
        "62 B2",
        "62 m2 3",
        "3 oder 4",
        "60-70",
        "60-70 m²",
        "zwei Komma",
        "Komma fünf",
        "zwei Komma drei Komma vier",
        "zwei Komma zwanzig drei",
        "zwei Zimmer Komma fünf",
        "zwei Komma fünf drei Zimmer vier",
    ],
)
def test_what_is_not_one_certain_number_is_asked_again(typed: str) -> None:
    assert read_number(typed, "de") is None


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("أربعة ونصف", "ar"),
        ("٤ ونصف", "ar"),
        ("أربعة وربع", "ar"),
        ("أربعة وخمسة", "ar"),
        ("ولدان وبنت", "ar"),
        ("طفلين وشخصين", "ar"),
        ("مئة وعشرون", "ar"),
        ("bir kaç", "tr"),
        ("birkaç", "tr"),
        ("birkaç kişi", "tr"),
        ("yirmi iki üç", "tr"),
        ("ein paar", "de"),
        ("vier oder fünf", "de"),
        ("a hundred and twenty", "en"),
        ("четири и половина", "bg"),
        ("patru și jumătate", "ro"),
        ("zwei und ich", "de"),
        ("zwei oder mehr", "bg"),
        ("minus zwei", "de"),
        ("- zwei", "de"),
        ("-zwei", "de"),
        ("minus 2", "tr"),
        ("2 und ich", "de"),
        ("two and me", "ar"),
        ("двама и аз", "bg"),
        ("минус два", "bg"),
        ("doi și eu", "ro"),
        ("iki ve ben", "tr"),
        ("eksi iki", "tr"),
        ("طفلان وأنا", "ar"),
        ("ناقص اثنان", "ar"),
    ],
)
def test_a_fraction_or_a_vague_number_is_asked_again(typed: str, language: str) -> None:
    assert read_number(typed, language) is None


@given(st.text(), st.sampled_from([*LANGUAGES, "fa", ""]))
def test_reading_a_number_never_fails(text: str, language: str) -> None:
    number = read_number(text, language)
    assert number is None or number.is_finite()


@given(st.integers(-(10**12), 10**12), st.sampled_from(LANGUAGES))
def test_what_we_write_we_read(number: int, language: str) -> None:
    written = {"bg": f"{number:,}".replace(",", "\u00a0"), "en": f"{number:,}", "ar": f"{number:,}"}
    assert read_number(written.get(language, f"{number:,}".replace(",", ".")), language) == number


def test_each_language_counts_from_zero_to_ninety_nine() -> None:
    for words in NUMBER_WORDS.values():
        assert set(words.values()) == set(range(100))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3.4.2020", date(2020, 4, 3)),
        ("03/04/20", date(2020, 4, 3)),
        ("3-4-2020", date(2020, 4, 3)),
        ("2020-04-03", date(2020, 4, 3)),
        ("٣/٤/٢٠٢٠", date(2020, 4, 3)),
        ("٣\u200f/٤\u200f/٢٠٢٠", date(2020, 4, 3)),
        ("am 3.4.2020", date(2020, 4, 3)),
        ("3. April 2020", date(2020, 4, 3)),
        ("3rd of April, 2020", date(2020, 4, 3)),
        ("April 3, 2020", date(2020, 4, 3)),
        ("3 نيسان 2020", date(2020, 4, 3)),
        ("٣ أبريل ٢٠٢٠", date(2020, 4, 3)),
        ("28 تشرين الثاني (نوفمبر)", date(2025, 11, 28)),
        ("5 أوت 2020", date(2020, 8, 5)),
        ("sâmbătă, 28 noiembrie 2020", date(2020, 11, 28)),
        ("marți, 3 noiembrie 2020", date(2020, 11, 3)),
        ("събота, 28 ноември 2020 г.", date(2020, 11, 28)),
        ("5 юли 2001", date(2001, 7, 5)),
        ("28 Kasım 2020 Cumartesi", date(2020, 11, 28)),
        ("28 ARALIK 2020", date(2020, 12, 28)),
        ("5 agu 2001", date(2001, 8, 5)),
        ("1.1.46", date(1946, 1, 1)),
        ("1.1.45", date(2045, 1, 1)),
        ("25.11.", TODAY),
        ("26.11.", date(2025, 11, 26)),
        ("29.2.", date(2024, 2, 29)),
        ("heute", TODAY),
        ("غدًا", date(2026, 11, 26)),
        ("dün", date(2026, 11, 24)),
    ],
)
def test_a_date_as_people_type_it(typed: str, meant: date) -> None:
    assert read_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "31.2.2020",
        "29.2.2021",
        "12/25/2020",
        "0.1.2020",
        "15",
        "2020",
        "März 2020",
        "3.4.2020 10:00",
        "1447-03-05",
        "3 April oder 4 Mai",
        "3.4.123",
        "gestern oder heute",
        "x" * 5000,
        "²/3/2020",
        "1 tishrin 2020",
        "2020-13-01",
    ],
)
def test_what_is_not_one_certain_date_is_asked_again(typed: str) -> None:
    assert read_date(typed, TODAY) is None


@given(st.text(), st.dates(date(1, 1, 1)))
def test_reading_a_date_never_fails(text: str, today: date) -> None:
    assert read_date(text, today) is None or flaw_of(text) is None


@given(st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)), st.sampled_from(LANGUAGES), st.booleans())
def test_a_date_we_write_is_a_date_we_read(day: date, language: str, weekday: bool) -> None:
    assert read_date(say_date(day, language, year=True, weekday=weekday), TODAY) == day


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iași și Constanța", "IAŞI ŞI CONSTANŢA"),
        ("İstanbul", "istanbul"),
        ("Işık", "ışık"),
        ("IŞIK", "ışık"),
        ("Straße", "STRASSE"),
        ("أحمد إلى مدرسة", "احمد الي مدرسه"),
        ("مُدَرِّس", "مدرس"),
        ("محـــمد", "محمد"),
        ("Düsseldorf", "Du\u0308sseldorf"),
        ("٣ أطفال", "3 اطفال"),
        ("👍 Ja!", "ja"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_is_final(text: str) -> None:
    assert fold(fold(text)) == fold(text)


SQUARE = ["Bänke", "Bäume", "Spielplatz", "Keine Angabe"]
CHILDREN = ["0", "1 Kind", "2 Kinder", "3 oder mehr"]


@pytest.mark.parametrize(
    ("typed", "labels", "index"),
    [
        ("bänke", SQUARE, 0),
        ("BAUME", SQUARE, 1),
        ("spiel", SQUARE, 2),
        ("3", SQUARE, None),
        ("٣", SQUARE, None),
        ("5", SQUARE, None),
        ("0", SQUARE, None),
        ("ba", SQUARE, None),
        ("bän", SQUARE, 0),
        ("?", SQUARE, None),
        ("", SQUARE, None),
        ("0", CHILDREN, 0),
        ("2", CHILDREN, 2),
        ("4", CHILDREN, None),
        ("٣", ["3", "2", "1"], 0),
        ("👍", ["👍", "👎"], 0),
        ("C", ["C++", "C"], 1),
    ],
)
def test_a_typed_option(typed: str, labels: list[str], index: int | None) -> None:
    assert match_option(typed, labels) == index


def test_a_figure_means_the_place_where_the_options_are_numbered() -> None:
    assert match_option("2", CHILDREN, numbered=True) == 1
    assert match_option("٣", SQUARE, numbered=True) == 2
    assert match_option("5", SQUARE, numbered=True) is None


@pytest.mark.parametrize("typed", ["1", "١", "۱", "१", "１", "1.", "(1)", "1️⃣"])
def test_the_number_is_read_in_any_script(typed: str) -> None:
    assert match_option(typed, SQUARE, numbered=True) == 0


@pytest.mark.parametrize("typed", ["3", "٣", "۳", "3."])
def test_what_an_option_is_called_goes_before_the_number_that_it_has(typed: str) -> None:
    assert match_option(typed, ["3", "2", "1"], numbered=True) == 0
    assert match_option(typed, ["5", "4", "٣"], numbered=True) == 2
    assert match_option(typed, ["5", "4", "2"], numbered=True) == 2


@pytest.mark.parametrize(
    "typed",
    [
        "I agree",
        "✅ I agree, go on",
        "Ich stimme zu!",
        "Ja, ich bin einverstanden.",
        "نعم أوافق",
        "نعم، أوافق",
        "موافقة",
        "приемам",
        "Да, приемам",
        "Sunt de acord",
        "DA, SUNT DE ACORD",
        "kabul ediyorum",
        "EVET, KABUL EDİYORUM",
        "👍",
    ],
)
def test_a_typed_yes(typed: str) -> None:
    assert typed_yes_or_no(typed) is True


@pytest.mark.parametrize(
    "typed",
    [
        "I don’t want to",
        "I do not agree",
        "Ich möchte nicht",
        "لا أريد",
        "لا أوافق",
        "не искам",
        "nu vreau",
        "İstemiyorum",
    ],
)
def test_a_typed_no(typed: str) -> None:
    assert typed_yes_or_no(typed) is False


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "I agree but",
        "ja nein",
        "نعم لا",
        "да не",
        "yes " * 20,
        "agree to what?",
        "'",
        "✅ nein, ich nicht",
        "👍 but",
    ],
)
def test_what_is_neither_a_yes_nor_a_no_beyond_doubt(typed: str) -> None:
    assert typed_yes_or_no(typed) is None
