"""Why a file from outside is not taken."""

from __future__ import annotations

from enum import StrEnum


class Refused(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    ANOTHER_KIND = "another kind"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_LONG = "too long"
    """A strip that Telegram does not take for a picture."""


class RefusedFileError(ValueError):
    """A file is not taken; ``why`` says it."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.value)
        self.why = why
