"""The words for 0 to 20 in six languages, and the words that turn a number into another one. Tables only."""

from __future__ import annotations

from collections.abc import Mapping

from dialogues.typed.folding import fold

__all__ = ["MULTIPLIERS", "NEGATIONS", "NUMBER_WORDS"]

# One line a number from 0 on; several forms of a number stand beside each other, with commas.
_SPOKEN = {
    "ar": """صفر
        واحد, واحدة
        اثنان, اثنين, اثنتان, اثنتين, إثنان, إثنين, تنين, اتنين
        ثلاثة, ثلاث, تلاتة
        أربعة, أربع
        خمسة, خمس
        ستة, ست
        سبعة, سبع
        ثمانية, ثماني, ثمان, تمانية, تمنية
        تسعة, تسع
        عشرة, عشر
        أحد عشر, إحدى عشرة, حداشر
        اثنا عشر, اثني عشر, اثنتا عشرة, اثنتي عشرة, اتناشر, طناشر
        ثلاثة عشر, ثلاث عشرة, تلتاشر
        أربعة عشر, أربع عشرة, أربعتاشر
        خمسة عشر, خمس عشرة, خمستاشر
        ستة عشر, ست عشرة, ستاشر
        سبعة عشر, سبع عشرة, سبعتاشر
        ثمانية عشر, ثماني عشرة, ثمان عشرة, تمنتاشر
        تسعة عشر, تسع عشرة, تسعتاشر
        عشرون, عشرين""",
    "bg": """нула
        един, една, едно
        два, две, двама
        три, трима
        четири, четирима
        пет, петима
        шест, шестима
        седем
        осем
        девет
        десет
        единайсет, единадесет
        дванайсет, дванадесет
        тринайсет, тринадесет
        четиринайсет, четиринадесет
        петнайсет, петнадесет
        шестнайсет, шестнадесет
        седемнайсет, седемнадесет
        осемнайсет, осемнадесет
        деветнайсет, деветнадесет
        двайсет, двадесет""",
    "de": """null
        eins, ein, eine, einen, einer, eines
        zwei, zwo
        drei
        vier
        fünf, fuenf
        sechs
        sieben
        acht
        neun
        zehn
        elf
        zwölf, zwoelf
        dreizehn
        vierzehn
        fünfzehn, fuenfzehn
        sechzehn
        siebzehn
        achtzehn
        neunzehn
        zwanzig""",
    "en": """zero
        one
        two
        three
        four
        five
        six
        seven
        eight
        nine
        ten
        eleven
        twelve
        thirteen
        fourteen
        fifteen
        sixteen
        seventeen
        eighteen
        nineteen
        twenty""",
    "ro": """zero
        unu, una, un, o
        doi, două
        trei
        patru
        cinci
        șase
        șapte
        opt
        nouă
        zece
        unsprezece, unșpe
        doisprezece, douăsprezece, doișpe
        treisprezece, treișpe
        paisprezece, patrusprezece, paișpe
        cincisprezece, cinșpe
        șaisprezece, șaișpe
        șaptesprezece, șapteșpe
        optsprezece, optișpe
        nouăsprezece, nouășpe
        douăzeci""",
    "tr": """sıfır
        bir
        iki
        üç
        dört
        beş
        altı
        yedi
        sekiz
        dokuz
        on
        on bir, onbir
        on iki, oniki
        on üç, onüç
        on dört, ondört
        on beş, onbeş
        on altı, onaltı
        on yedi, onyedi
        on sekiz, onsekiz
        on dokuz, ondokuz
        yirmi""",
}


def _table(lines: str) -> dict[str, int]:
    return {fold(form): value for value, line in enumerate(lines.splitlines()) for form in line.split(",")}


NUMBER_WORDS: Mapping[str, Mapping[str, int]] = {language: _table(lines) for language, lines in _SPOKEN.items()}
"""Per language: the folded word or two words of a number, and the number."""

_MULTIPLYING = {
    "ar": "مئة, مائة, ألف, آلاف, مليون, نصف",
    "bg": "сто, хиляда, хиляди, милион, милиона, половин, половина",
    "de": "hundert, tausend, million, millionen, mio, halb, halbe, anderthalb, eineinhalb, zweieinhalb, dutzend",
    "en": "hundred, thousand, million, half, dozen",
    "ro": "sută, sute, mie, mii, milion, milioane, jumătate",
    "tr": "yüz, bin, milyon, yarım, buçuk",
}
_DENYING = {
    "ar": "لا, ليس, ولا",
    "bg": "не, няма, нито, ни",
    "de": "nicht, kein, keine, keiner",
    "en": "no, not",
    "ro": "nu, nici, nicio",
    "tr": "değil, hiç, yok",
}


def _words(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(fold(word) for word in words.split(",")) for language, words in table.items()}


MULTIPLIERS: Mapping[str, frozenset[str]] = _words(_MULTIPLYING)
"""Per language: folded words that make another number of the number beside them."""

NEGATIONS: Mapping[str, frozenset[str]] = _words(_DENYING)
"""Per language: folded words that make "no one" of "one"."""
