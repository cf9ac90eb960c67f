"""How a file that cannot be taken is refused, and what all formats are bounded by."""

from dialogues.forms import problems
from dialogues.forms.problems import FormError
from dialogues.forms.reasons import Reason

MAX_ROWS = 100_000
"""Rows of one file."""

MAX_CELLS = 500_000
"""Fields of one file, over all its rows."""


def refusal(name: str, template: str, /, **values: object) -> FormError:
    """The refusal of a file; ``template`` and ``values`` as in `Reason`."""
    return problems.refusal("The file “{file}”: {reason}", file=name, reason=Reason.of(template, **values))


def decoded(name: str, data: bytes) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        FormError: it is not UTF-8.
    """
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(name, "It is not written in UTF-8. Please save it as “CSV UTF-8”.") from None
    if "\0" in text:
        raise refusal(name, "It contains null characters, so it is no text.")
    return text
