"""Catalogues for tests that do not depend on the translations: English says the message itself, the others mark it."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo

from dialogues.texts import LANGUAGES, Texts

KEYWORDS = {"text": None, "plain": None, "plural": (1, 2)}
ARABIC_PLURALS = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"


@cache
def messages() -> tuple[str | tuple[str, str], ...]:
    """Every message that the dialogues say, as extraction for the catalogues finds it."""
    found: dict[str | tuple[str, str], None] = {}
    for source in sorted(Path("dialogues").rglob("*.py")):
        with source.open("rb") as lines:
            for _, message, _, _ in extract("python", lines, keywords=KEYWORDS):
                found[message if isinstance(message, str) else tuple(message)] = None  # type: ignore[index]
    return tuple(found)


def catalogue(language: str) -> bytes:
    made = Catalog(locale=language)
    sign = "" if language == "en" else f"[{language}] "
    for message in messages():
        if isinstance(message, str):
            made.add(message, sign + message)
        else:
            forms = [sign + message[0]] + [sign + message[1]] * (made.num_plurals - 1)
            made.add(message, tuple(forms) if made.num_plurals > 1 else (forms[-1],))
    written = BytesIO()
    write_mo(written, made)
    return written.getvalue()


@cache
def marked_texts() -> Texts:
    return Texts({language: catalogue(language) for language in LANGUAGES})


@pytest.fixture
def texts() -> Texts:
    return marked_texts()
