"""The options of a question as a chat shows them, and what takes a look at all of them: worked out once for a list.

A list from a file may have tens of thousands; whoever answers must not wait for them at every step.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from dialogues.forms import Choice
from dialogues.labels import must_be_numbered, pairable
from dialogues.typed.folding import find_options, fold, match_option

__all__ = ["OptionList"]

MOST_ILLUSTRATED = 10
"""Options whose pictures are sent: more would bury the question."""


class OptionList:
    """Options in their order; the labels are plain text."""

    def __init__(self, choices: Iterable[Choice]) -> None:
        self.choices = tuple(choices)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What is read, in order."""
        return tuple(choice.label for choice in self.choices)

    @cached_property
    def label_of(self) -> dict[str, str]:
        """What is read of each value."""
        return {choice.value: choice.label for choice in self.choices}

    @cached_property
    def illustrated(self) -> tuple[Choice, ...]:
        """The options with something to show or to play, in order; a screen has room for some of them."""
        return tuple(choice for choice in self.choices if choice.media)[:MOST_ILLUSTRATED]

    @cached_property
    def by_number(self) -> bool:
        """Whether the options stand numbered in the text, because buttons cannot carry them."""
        return must_be_numbered(self.labels)

    @cached_property
    def in_pairs(self) -> bool:
        """Whether two buttons fit beside each other."""
        return pairable(self.labels)

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(label) for label in self.labels)

    def match(self, text: str) -> int | None:
        """Return the index of the option that a text means: by its label, its beginning or, where shown, its number."""
        return match_option(text, self.labels, self._folded, numbered=self.by_number)

    def find(self, text: str) -> tuple[int, ...]:
        """Return the indexes of the options that a text may mean, the likeliest first."""
        return find_options(text, self._folded)
