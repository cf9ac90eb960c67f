"""Letters that every system and every program can keep: those without dots and signs. Pure."""

from __future__ import annotations

import unicodedata

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ı": "i"})


def in_plain_letters(text: str) -> str:
    """A text in ASCII: umlauts spelled out, accents gone, and so is what is written in another script."""
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFKD", composed.translate(_SPELLED)).encode("ascii", "ignore").decode()
