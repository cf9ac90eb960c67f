"""What a rule can tell about a text that a resident reads, in six languages. Names faults; judges no style."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MOST_WORDS = 14
"""The longest sentence at level A2, in words."""

_MARKUP = re.compile(r"</?[a-z]+(?:\s[^<>]*)?>")
_PLACEHOLDER = re.compile(r"\$?\{\w+\}")
_COMMAND = re.compile(r"(?<!\S)/[a-z]+")
_SENTENCE_END = re.compile(r"(?<=[.!?؟:…])\s+|\n+")
_QUOTES = {"ar": "«»", "bg": "„“", "de": "„“", "en": "“”", "ro": "„”", "tr": "“”"}
_ALL_QUOTES = '"«»„“”‘‚‹›'
_FORBIDDEN = {
    "ar": [
        (r"[?,;]", "a Latin question mark, comma or semicolon"),
        (r"[٠-٩۰-۹]", "a figure that is not Western"),
        (r"[پچڤگیک]", "a letter that is not Arabic"),
    ],
    "bg": [
        (r"\b(?:вие|ви|вас|вам|ваш(?:а|та|е|ето|и|ите|ия|ият)?)\b", "a polite pronoun without its capital"),
        (r"\b(?:ти|теб|твой|твоя|твоите)\b", "somebody addressed as ти"),
        (r"[ыэёіїєѝў]", "a letter that is not Bulgarian"),
    ],
    "de": [
        (r"\w[*:_]inn?en?\b|[a-zäöüß]Innen\b", "a gender sign inside a word"),
        (r"\b(?:[Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*|[Ee]uch|[Ee]uer|[Ee]ure\w*)\b", "somebody addressed as du"),
    ],
    "en": [],
    "ro": [
        (r"[şţŞŢ]", "s or t with cedilla"),
        (r"[ãõ]", "a letter that is not Romanian"),
        (r"(?i)\b(?:tu|tău|ta|tale|tăi)\b", "somebody addressed as tu"),
    ],
    "tr": [
        (r"[șțȘȚăĂ]", "a letter that is not Turkish"),
        (r"(?i)\b(?:sen|seni|sana|senin|sende)\b", "somebody addressed as sen"),
    ],
}
_FORBIDDEN_ANYWHERE = [
    (r"\.\.\.", "three dots in place of …"),
    (r"[^\S\n]{2,}", "a double space"),
    (r"^\s|\s$", "a space at an end"),
    (r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "an invisible direction sign"),
    (r" [?!.,؟،]", "a space before a punctuation mark"),
]
_SCRIPTS = {"ar": "ARABIC", "bg": "CYRILLIC"}


def faults(text: str, language: str, *, cheerful: bool = False) -> Iterator[str]:
    """Yield what is wrong with a text; ``cheerful`` texts (a welcome, a thank-you) may have an exclamation mark."""
    bare = _COMMAND.sub("4", _PLACEHOLDER.sub("4", _MARKUP.sub("", text)))
    if not bare.strip():
        yield "nothing is said"
    if text != unicodedata.normalize("NFC", text):
        yield "letters are not composed (NFC)"
    for pattern, fault in [*_FORBIDDEN[language], *_FORBIDDEN_ANYWHERE]:
        if re.search(pattern, bare):
            yield fault
    foreign_quotes = {letter for letter in bare if letter in _ALL_QUOTES} - set(_QUOTES[language])
    if foreign_quotes:
        yield f"quotation marks of another language: {' '.join(sorted(foreign_quotes))}"
    if "!" in bare and not cheerful:
        yield "an exclamation mark"
    yield from _mixed_scripts(bare, language)
    for sentence in _SENTENCE_END.split(bare):
        if len(words := re.findall(r"[\w'’/-]+", sentence)) > MOST_WORDS:
            yield f"a sentence of {len(words)} words"


def _mixed_scripts(text: str, language: str) -> Iterator[str]:
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter).split()[0] for letter in word if not unicodedata.combining(letter)}
        if len(scripts - {"MODIFIER"}) > 1:
            yield f"two scripts in one word: {word}"
        elif scripts & {"ARABIC", "CYRILLIC"} - {_SCRIPTS.get(language, "LATIN")}:
            yield f"a word of another script: {word}"
