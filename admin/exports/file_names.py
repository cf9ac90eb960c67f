"""What files are called that people take along: by what they are about, in letters that every system can keep. Pure."""

from __future__ import annotations

import re

from dialogues.plain_letters import in_plain_letters

_LONGEST = 60
_UNFIT = re.compile(r"[^a-z0-9]+")


def in_letters(title: str) -> str:
    """A title as a part of a file's name, for example ``wohnen-im-viertel``; empty if no such letter is in it."""
    return _UNFIT.sub("-", in_plain_letters(title).lower())[:_LONGEST].strip("-")
