"""Carries „…“ and „…” through pyxform, which makes a straight quote of each of “ ” ‘ ’ and leaves „ and ‚ as they are.

Where no low quote opens, straight quotes are what ODK shows too, and in expressions they are what is meant.
"""

import re

from pyxform.xls2json_backends import DefinitionData

__all__ = ["protect_quotes", "restore_quotes"]

_STAND_INS = {quote: chr(0xF8E0 + place) for place, quote in enumerate("“”‘’")}
"""Each quote and the character of the private use area that stands for it meanwhile."""
_PROTECT = str.maketrans(_STAND_INS)
_RESTORE = str.maketrans({stand_in: quote for quote, stand_in in _STAND_INS.items()})
_TEXT_COLUMN = re.compile(
    r"(label|caption|hint|guidance[ _]hint|constrain(t|ing)[ _]message|required[ _]message|requiredmsg"
    r"|bind\s*::?\s*jr:(constraint|required)msg|(set[ _])?form[ _]title|title)\s*(:|$)",
    re.IGNORECASE,
)
"""A column with what people read, in whatever language: ``label::Deutsch (de)``."""
_LOW_QUOTE = re.compile("[„‚]")


def protect_quotes(definition: DefinitionData) -> None:
    """Put stand-ins for the quotes of every text that people read and in which a low quote opens."""
    for sheet in ("survey", "choices", "settings"):
        for row in getattr(definition, sheet) or ():
            for column, text in row.items():
                if isinstance(text, str) and _LOW_QUOTE.search(text) and _TEXT_COLUMN.match(str(column).strip()):
                    row[column] = text.translate(_PROTECT)


def restore_quotes(text: str) -> str:
    """Put the quotes back."""
    return text.translate(_RESTORE)
