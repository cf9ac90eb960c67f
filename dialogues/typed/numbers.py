"""Reading a number as people type it: in any script, with either separator, with a unit or a word around it.

A text with two numbers, a range, a fraction, a multiplier ("4k", "2 Millionen"), or a word that adds to the number or
takes from it ("zwei und ich", "minus zwei") is not read: we ask again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from dialogues.typed.folding import fold, western_digits
from dialogues.typed.number_words import (
    DECIMAL_SIGNS,
    JOINING,
    LONGEST_NUMBER,
    MULTIPLIERS,
    NEGATIONS,
    NUMBER_WORDS,
)

__all__ = ["NUMBER_TEXT_LIMIT", "read_number"]

NUMBER_TEXT_LIMIT = 200
"""Characters; a longer text is not a number with a word or two around it."""

_DIGITS_LIMIT = 30
_WORDS_AROUND = 2

_DECIMAL_POINT_LANGUAGES = frozenset({"ar", "en"})
"""Where ``1.234`` is a decimal number and ``1,234`` has a thousand; elsewhere it is the other way round."""

_SIGNS = "+\\-"
_SAME = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "－": "-",
        "﹣": "-",
        "＋": "+",
        "．": ".",
        "，": ",",
        "،": ",",
        "’": "'",
        "ʼ": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2007": " ",
    }
)
_FIGURE = re.compile(rf"(?:(?<![\w.,'])[{_SIGNS}] ?)?(?:\d+(?:[.,٫٬' ]\d+)*|(?<![\w.,'])[.,٫]\d+)")
_OPEN_SIGN = re.compile(rf"\d[{_SIGNS}](?!\w)")
_LENGTHS = r"[kcdm]?m|[ксдм]?м|кв\.? ?м|ft|كم|سم|مم|م"
_UNIT_WITH_POWER = re.compile(rf"(?<![^\W\d_])({_LENGTHS})(?:\^?[23]|[²³])(?!\w)", re.IGNORECASE)
"""A length to the power of two or three, as in ``62m2``: its figure is no number beside the one that is meant."""
_SIGNED_WORD = re.compile(rf"(?<!\w)[{_SIGNS}]\s*[^\W\d_]")


def read_number(text: str, language: str) -> Decimal | None:
    """Return the one number in a text, or None if there is none or it is not certain which.

    A single ``.`` or ``,`` before exactly three digits is read as the language does (``1.234`` is 1234 in German and
    1.234 in English); every other use of either is clear by itself. ``²`` and ``½`` are no numbers; the power of a
    unit (``m²``, ``m3``) belongs to the unit. Figures of any script count, so do the words for 0 to 99 of the language,
    of German and of English, with the digits after a "point" that is said.
    """
    if len(text) > NUMBER_TEXT_LIMIT:
        return None
    plain = western_digits("".join(character for character in text if unicodedata.category(character) != "Cf"))
    plain = _UNIT_WITH_POWER.sub(r"\1", plain.translate(_SAME)).strip()
    if any(unicodedata.category(character) in ("No", "Nl") for character in plain):
        return None
    words = re.findall(r"[^\W\d_]+", fold(plain))
    if _any_of(MULTIPLIERS, words, language):
        return None
    spoken, rest = _spoken(words, language)
    if _any_of(JOINING, rest, language):
        return None
    if any(character.isdecimal() for character in plain):
        return None if spoken else _from_figures(plain, language)
    if _any_of(NEGATIONS, words, language) or _SIGNED_WORD.search(plain):
        return None
    if _any_of(DECIMAL_SIGNS, words, language):
        return _with_decimals(words, language)
    return Decimal(spoken[0]) if len(spoken) == 1 and len(rest) <= _WORDS_AROUND else None


def _understood(language: str) -> tuple[str, ...]:
    return (language, "de", "en")


def _any_of(table: Mapping[str, frozenset[str]], words: list[str], language: str) -> bool:
    return any(not table.get(each, frozenset()).isdisjoint(words) for each in _understood(language))


def _spoken(words: list[str], language: str) -> tuple[list[int], list[str]]:
    """Return the numbers said in words, the longest reading first, and the words that are left."""
    found: list[int] = []
    rest: list[str] = []
    position = 0
    while position < len(words):
        for length in range(min(LONGEST_NUMBER, len(words) - position), 0, -1):
            value = _word_value(" ".join(words[position : position + length]), language)
            if value is not None:
                found.append(value)
                position += length
                break
        else:
            rest.append(words[position])
            position += 1
    return found, rest


def _with_decimals(words: list[str], language: str) -> Decimal | None:
    """Return the number of "sixty-two point five", whose decimals may be said as one number or digit by digit."""
    place = next(place for place, word in enumerate(words) if _any_of(DECIMAL_SIGNS, [word], language))
    before, after = words[:place], words[place + 1 :]
    start = next((each for each in range(place) if not _spoken(before[each:], language)[1]), place)
    end = next((each for each in range(len(after), 0, -1) if not _spoken(after[:each], language)[1]), 0)
    whole, decimals = _spoken(before[start:], language)[0], _spoken(after[:end], language)[0]
    around = before[:start] + after[end:]
    if len(whole) != 1 or not decimals or _spoken(around, language)[0] or len(around) > _WORDS_AROUND:
        return None
    if _any_of(DECIMAL_SIGNS, around, language) or (len(decimals) > 1 and max(decimals) > 9):
        return None
    return Decimal(f"{whole[0]}.{''.join(map(str, decimals))}")


def _word_value(phrase: str, language: str) -> int | None:
    for spoken_language in _understood(language):
        value = NUMBER_WORDS.get(spoken_language, {}).get(phrase)
        if value is not None:
            return value
    return None


def _from_figures(plain: str, language: str) -> Decimal | None:
    figures = list(_FIGURE.finditer(plain))
    if len(figures) != 1 or _OPEN_SIGN.search(plain):
        return None
    figure = figures[0]
    if sum(character.isdecimal() for character in plain) != sum(character.isdecimal() for character in figure[0]):
        return None
    before = plain[: figure.start()][-1:]
    if before.isalpha() and unicodedata.bidirectional(before) != "AL":
        return None
    if _thousands_sign(plain[figure.end() :]):
        return None
    sign = "-" if figure[0].startswith("-") else ""
    size = _size(figure[0].lstrip("+- "), language)
    return Decimal(sign + size) if size is not None else None


def _thousands_sign(after: str) -> bool:
    return re.match(r"k\b", after, re.IGNORECASE) is not None


def _size(figure: str, language: str) -> str | None:
    """Turn digits with separators into digits with at most one point; None if they do not stand as separators do."""
    groups = re.split(r"[.,٫٬' ]", figure)
    separators = [character for character in figure if not character.isdecimal()]
    if sum(map(len, groups)) > _DIGITS_LIMIT:
        return None
    if not separators:
        return figure
    if _last_is_decimal(groups, separators, language):
        whole = _grouped(groups[:-1], separators[:-1])
        return None if whole is None else f"{whole or '0'}.{groups[-1]}"
    return _grouped(groups, separators)


def _last_is_decimal(groups: list[str], separators: list[str], language: str) -> bool:
    last = separators[-1]
    if last == "٫":
        return True
    if last not in ".," or separators.count(last) > 1:
        return False
    if len(separators) > 1 or len(groups[-1]) != 3 or groups[0] in ("", "0") or len(groups[0]) > 3:
        return True
    return last == ("." if language in _DECIMAL_POINT_LANGUAGES else ",")


def _grouped(groups: list[str], separators: list[str]) -> str | None:
    """Join digits that one kind of separator groups by thousands; None if that is not so."""
    if not separators:
        return groups[0]
    regular = (
        len(set(separators)) == 1
        and separators[0] != "٫"
        and 1 <= len(groups[0]) <= 3
        and not groups[0].startswith("0")
        and all(len(group) == 3 for group in groups[1:])
    )
    return "".join(groups) if regular else None
