"""The words for 0 to 99 in six languages, and the words that turn a number into another one.

Tables, and the rule by which each language puts its tens and units together; reads no text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dialogues.typed.folding import fold

__all__ = ["DECIMAL_SIGNS", "JOINING", "LONGEST_NUMBER", "MULTIPLIERS", "NEGATIONS", "NUMBER_WORDS"]

# One line a number from 0 on; several forms of a number stand beside each other, with commas.
_SPOKEN = {
    "ar": """صفر
        واحد, واحدة
        اثنان, اثنين, اثنتان, اثنتين, إثنان, إثنين, تنين, اتنين, شخصان, شخصين, طفلان, طفلين, ولدان, ولدين
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


# One line for each of 20, 30 … 90.
_TENS = {
    "ar": """عشرون, عشرين
        ثلاثون, ثلاثين, تلاتين
        أربعون, أربعين
        خمسون, خمسين
        ستون, ستين
        سبعون, سبعين
        ثمانون, ثمانين, تمانين
        تسعون, تسعين""",
    "bg": """двайсет, двадесет
        трийсет, тридесет
        четирийсет, четиридесет
        петдесет
        шейсет, шестдесет
        седемдесет
        осемдесет
        деветдесет""",
    "de": """zwanzig
        dreißig
        vierzig
        fünfzig, fuenfzig
        sechzig
        siebzig
        achtzig
        neunzig""",
    "en": """twenty
        thirty
        forty, fourty
        fifty
        sixty
        seventy
        eighty
        ninety""",
    "ro": """douăzeci
        treizeci
        patruzeci
        cincizeci
        șaizeci
        șaptezeci
        optzeci
        nouăzeci""",
    "tr": """yirmi
        otuz
        kırk
        elli
        altmış
        yetmiş
        seksen
        doksan""",
}

_TOGETHER = {
    "ar": ("{unit} و{ten}", "{unit} و {ten}"),
    "bg": ("{ten} и {unit}",),
    "de": ("{unit}und{ten}", "{unit} und {ten}"),
    "en": ("{ten} {unit}",),
    "ro": ("{ten} și {unit}",),
    "tr": ("{ten} {unit}", "{ten}{unit}"),
}
_AND_ATTACHED = "و"
"""The Arabic "and", which is written as one with the word after it."""

LONGEST_NUMBER = 3
"""Words of the longest number."""


def _forms(lines: str) -> list[list[str]]:
    return [[fold(form) for form in line.split(",")] for line in lines.splitlines()]


def _table(language: str) -> dict[str, int]:
    small, tens = _forms(_SPOKEN[language]), _forms(_TENS[language])
    table = {form: value for value, forms in enumerate(small) for form in forms}
    table |= {form: ten * 10 for ten, forms in enumerate(tens, 2) for form in forms}
    table |= dict(_compounds(language, small[1:10], tens))
    return _with_and(table) | table if language == "ar" else table


def _compounds(language: str, units: list[list[str]], tens: list[list[str]]) -> Iterator[tuple[str, int]]:
    """Give 21 to 99 without the tens, in each form of both parts."""
    patterns = [fold(pattern.format(unit="0", ten="1")) for pattern in _TOGETHER[language]]
    for ten, ten_forms in enumerate(tens, 2):
        for unit, unit_forms in enumerate(units, 1):
            for pattern in patterns:
                for unit_form in unit_forms:
                    for ten_form in ten_forms:
                        yield pattern.replace("0", unit_form).replace("1", ten_form), ten * 10 + unit


def _with_and(table: Mapping[str, int]) -> dict[str, int]:
    return {_AND_ATTACHED + form: value for form, value in table.items()}


NUMBER_WORDS: Mapping[str, Mapping[str, int]] = {language: _table(language) for language in _SPOKEN}
"""Per language: the folded words of a number, at most ``LONGEST_NUMBER`` of them, and the number."""

_MULTIPLYING = {
    "ar": "مئة, مائة, ألف, آلاف, مليون, نصف, ربع, ثلث, أرباع, بضع, بضعة, عدة",
    "bg": "сто, хиляда, хиляди, милион, милиона, половин, половина, четвърт, няколко",
    "de": "hundert, tausend, million, millionen, mio, halb, halbe, einhalb, anderthalb, eineinhalb, zweieinhalb, "
    "viertel, dutzend, paar, einige",
    "en": "hundred, thousand, million, half, quarter, dozen, couple, few, several",
    "ro": "sută, sute, mie, mii, milion, milioane, jumătate, sfert, câțiva, câteva",
    "tr": "yüz, bin, milyon, yarım, buçuk, çeyrek, kaç, birkaç, sürü, çok",
}
_NOUNS_OF_ONE = ("شخص", "طفل", "طفلة", "ولد", "بنت", "رجل", "امرأة")
"""What is one by itself in Arabic: "two boys and a girl" are three."""

_ADDING = {
    "ar": "و, أو, زائد, ناقص, سالب, أكثر, أقل, إلا, وأنا, وزوجتي, وزوجي, وابني, وابنتي, وأمي, وأبي",
    "bg": "и, или, плюс, минус, повече, освен",
    "de": "und, oder, plus, minus, mehr, weniger, außer",
    "en": "and, or, plus, minus, more, less, except",
    "ro": "și, sau, ori, plus, minus, mult, puțin",
    "tr": "ve, veya, ya, artı, eksi, fazla, az, hariç",
}
_POINTS = {
    "ar": "فاصلة, فاصل",
    "bg": "запетая",
    "de": "komma",
    "en": "point",
    "ro": "virgulă",
    "tr": "virgül",
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


def _multipliers() -> dict[str, frozenset[str]]:
    words = _words(_MULTIPLYING)
    one_more = frozenset(fold(_AND_ATTACHED + noun) for noun in _NOUNS_OF_ONE)
    return words | {"ar": words["ar"] | {_AND_ATTACHED + word for word in words["ar"]} | one_more}


MULTIPLIERS: Mapping[str, frozenset[str]] = _multipliers()
"""Per language: folded words that make another number, or no certain one, of the number beside them."""

JOINING: Mapping[str, frozenset[str]] = _words(_ADDING)
"""Per language: folded words that add to a number, take from it or leave a choice, where they are no part of it."""

DECIMAL_SIGNS: Mapping[str, frozenset[str]] = _words(_POINTS)
"""Per language: the folded word for the sign between a whole number and its decimals."""

NEGATIONS: Mapping[str, frozenset[str]] = _words(_DENYING)
"""Per language: folded words that make "no one" of "one"."""
