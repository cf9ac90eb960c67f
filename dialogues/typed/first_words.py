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
    "yes yeah y ok okay agree",
    "ja jo jawohl gerne klar einverstanden",
    "نعم اي ايوه اجل موافق موافقة اوافق تمام",
    "да добре съгласен съгласна ок",
    "da sigur bine accept",
    "evet olur tamam kabul",
)
_NO = (
    "no nope",
    "nein nee",
    "لا كلا",
    "не",
    "nu",
    "hayır yok olmaz",
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
    """Return True for a yes, False for a no, None for anything else."""
    return _yes_and_no().get(_word(text), _SIGNS.get(text.strip()[:1]))


def typed_language(text: str) -> str | None:
    """Return the language that a text names, in whichever of our languages it does so, or None."""
    return _language_names().get(_word(text))


def _word(text: str) -> str:
    return fold(text) if len(text) <= _LONGEST else ""


@cache
def _yes_and_no() -> Mapping[str, bool]:
    answers = {fold(word): True for line in _YES for word in line.split()}
    answers.update({fold(word): False for line in _NO for word in line.split()})
    return answers


@cache
def _language_names() -> Mapping[str, str]:
    return {fold(name): language for language in LANGUAGES for name in _names_of(language)}


def _names_of(language: str) -> Iterator[str]:
    yield NAMES[language]
    yield from _MORE_NAMES[language].split()
    for speaker in LANGUAGES:
        yield Locale.parse(speaker).languages[language]
