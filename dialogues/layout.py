"""Putting sentences together to a message: headings, lists, lines, blocks with an empty line between, its direction.

Writes no words of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from dialogues.markup import Markup, insert, lay_out
from dialogues.prompts import Option, Prompt
from dialogues.texts import Voice

__all__ = ["blocks", "bold", "bullets", "lines", "message", "names"]


def message(voice: Voice, text: Markup, *, rows: tuple[tuple[Option, ...], ...] = (), asks: bool = False) -> Prompt:
    """Return a prompt whose every paragraph runs in the voice's direction. ``rows`` and ``asks`` as in ``Prompt``."""
    return Prompt(lay_out(text, voice.language), voice.language, rows=rows, asks=asks)


def bold(text: Markup) -> Markup:
    """Return a heading."""
    return Markup("<b>{}</b>").format(text)


def lines(*texts: Markup) -> Markup:
    """Put texts one below the other."""
    return Markup("\n").join(texts)


def blocks(*texts: Markup) -> Markup:
    """Put texts one below the other with an empty line between."""
    return Markup("\n\n").join(texts)


def bullets(*texts: Markup) -> Markup:
    """Return a list."""
    return lines(*(Markup("• ") + text for text in texts))


def names(outside: Iterable[str]) -> Markup:
    """Return a list of names or titles from outside, each inserted safely."""
    return bullets(*(insert(name) for name in outside))
