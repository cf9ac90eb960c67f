"""Catalogues in which every text says its English self, for whatever texts the dialogues have now."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from dialogues.texts import LANGUAGES, Texts

KEYWORDS = {"text": None, "plain": None, "plural": (1, 2)}
DIALOGUES = Path(__file__).parents[2] / "dialogues"


@cache
def identity_texts() -> Texts:
    messages = {
        message
        for _, _, message, _, _ in extract_from_dir(DIALOGUES, method_map=[("**.py", "python")], keywords=KEYWORDS)
    }
    return Texts({language: _catalogue(language, messages) for language in LANGUAGES})


def _catalogue(language: str, messages: set[str | tuple[str, ...]]) -> bytes:
    catalogue = Catalog(locale=language)
    for message in messages:
        if isinstance(message, str):
            catalogue.add(message, message)
        else:
            catalogue.add(message, tuple(message[min(form, 1)] for form in range(catalogue.num_plurals)))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()
