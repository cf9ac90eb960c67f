"""What files are called that people take along: by what they are about, in letters that every system can keep. Pure."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ı": "i"})
_UNFIT = re.compile(r"[^a-z0-9]+")


def in_letters(title: str) -> str:
    """A title as a part of a file's name, for example ``wohnen-im-viertel``; empty if no such letter is in it."""
    plain = unicodedata.normalize("NFKD", title.translate(_SPELLED)).encode("ascii", "ignore").decode().lower()
    return _UNFIT.sub("-", plain)[:_LONGEST].strip("-")
