"""What people type where a button is expected: yes, no, and the name of a language, in any of our languages.

Answers only where a short text is one of these beyond doubt; it never guesses at a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from babel import Locale

from dialogues.texts import LANGUAGES, NAMES
from dialogues.typed.folding import fold

__all__ = ["typed_language", "typed_yes_or_no"]

_LONGEST = 40

_YES = (
    "yes, yeah, y, ok, okay, agree, agreed, i agree, yes i agree, i agree go on, i agree start",
    "ja, jo, jawohl, gerne, klar, einverstanden, ich bin einverstanden, ja ich bin einverstanden",
    "ich stimme zu, ja ich stimme zu, stimme zu, einverstanden umfrage beginnen",
    "نعم, اي, ايوه, اجل, موافق, موافقة, موافقون, اوافق, انا موافق, انا موافقة, نعم اوافق, نعم موافق, نعم موافقة, تمام",
    "نعم اوافق على البدء",
    "да, добре, съгласен, съгласна, съгласни, съгласен съм, съгласна съм, да съгласен съм, да съгласна съм, ок",
    "приемам, да приемам, приемам започваме",
    "da, sigur, bine, accept, da accept, de acord, sunt de acord, da sunt de acord, sunt de acord începem",
    "evet, olur, tamam, kabul, kabul ediyorum, evet kabul ediyorum, onaylıyorum, evet onaylıyorum, katılıyorum",
    "kabul ediyorum başlayalım",
)
_NO = (
    "no, nope, i do not want to, i don't want to, i do not agree, i don't agree",
    "nein, nee, ich möchte nicht, ich will nicht, ich stimme nicht zu",
    "ich bin nicht einverstanden, nicht einverstanden",
    "لا, كلا, لا اريد, لا اوافق, غير موافق, غير موافقة",
    "не, не искам, не приемам, не съм съгласен, не съм съгласна",
    "nu, nu vreau, nu accept, nu sunt de acord",
    "hayır, yok, olmaz, istemiyorum, kabul etmiyorum, onaylamıyorum, katılmıyorum",
)
_SIGNS: Mapping[str, bool] = {"👍": True, "✅": True, "✔": True, "👎": False, "❌": False}
_MORE_NAMES: Mapping[str, str] = {
    "ar": "عربي عربية",
    "bg": "balgarski bulgarski",
    "de": "",
    "en": "",
    "ro": "romaneste moldoveneasca",
    "tr": "",
}
"""Names that CLDR does not have."""


def typed_yes_or_no(text: str) -> bool | None:
    """Return True for a yes, False for a no, None for anything else. A sign alone is one, and none beside words."""
    return _yes_and_no().get(_word(text), None if fold(text) else _SIGNS.get(text.strip()[:1]))


def typed_language(text: str) -> str | None:
    """Return the language that a text names, in whichever of our languages it does so, or None."""
    return _language_names().get(_word(text))


def _word(text: str) -> str:
    return fold(text) if len(text) <= _LONGEST else ""


@cache
def _yes_and_no() -> Mapping[str, bool]:
    answers = {fold(phrase): True for line in _YES for phrase in line.split(",")}
    answers.update({fold(phrase): False for line in _NO for phrase in line.split(",")})
    return answers


@cache
def _language_names() -> Mapping[str, str]:
    return {fold(name): language for language in LANGUAGES for name in _names_of(language)}


def _names_of(language: str) -> Iterator[str]:
    yield NAMES[language]
    yield from _MORE_NAMES[language].split()
    for speaker in LANGUAGES:
        yield Locale.parse(speaker).languages[language]
