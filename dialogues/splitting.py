"""Cutting texts that are longer than a message may be: never inside a tag, an isolate or what is read as one letter.

Knows lengths and boundaries, not meanings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from dialogues.markup import FSI, PDI, Kind, Markup, tokens, utf16_length

__all__ = ["MESSAGE_LIMIT", "graphemes", "shorten", "split", "visible_length"]

MESSAGE_LIMIT = 4096
"""UTF-16 code units a message may have (Bot API, sendMessage, after entities parsing)."""

_ZWJ = "\u200d"
_SENTENCE_ENDS = (".", "!", "?", "…", "؟", "۔", ":", ";", "؛")


def graphemes(text: str) -> Iterator[str]:
    """Cut a text into what a reader sees as one letter or sign.

    A short form of UAX #29: marks, joiners, variation selectors, skin tones and tags stay with what they follow; two
    regional indicators are one flag.
    """
    cluster = ""
    for character in text:
        if cluster and not _belongs(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _belongs(cluster: str, character: str) -> bool:
    if cluster[-1] in "\n\r " and character != _ZWJ:
        return False
    if _is_flag_half(character):
        return len(cluster) == 1 and _is_flag_half(cluster)
    return cluster[-1] == _ZWJ or _extends(character)


def _extends(character: str) -> bool:
    return (
        character == _ZWJ
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or 0x1F3FB <= ord(character) <= 0x1F3FF
        or 0xE0020 <= ord(character) <= 0xE007F
    )


def _is_flag_half(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def visible_length(text: str) -> int:
    """Return about how many letters' room a plain text takes: marks and invisible characters none, wide ones two."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc")
        else (2 if unicodedata.east_asian_width(character) in "WF" else 1)
        for character in text
    )


def shorten(text: str, limit: int) -> str:
    """Cut a plain text to ``limit`` visible letters, the last one "…", at a word's end if one is near.

    Isolates that are cut open are closed.
    """
    if visible_length(text) <= limit:
        return text
    kept, room = "", limit - 1
    for cluster in graphemes(text):
        room -= visible_length(cluster)
        if room < 0:
            break
        kept += cluster
    head, space, _ = kept.rpartition(" ")
    if space and visible_length(head) >= limit * 2 // 3:
        kept = head
    return kept.rstrip() + "…" + PDI * (kept.count(FSI) - kept.count(PDI))


# --- messages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never cut: a grapheme, or a tag (``tag``; its ``text`` is empty, or the isolate's character)."""

    raw: str
    text: str
    kind: Kind = Kind.TEXT
    closing: str = ""

    @property
    def width(self) -> int:
        return utf16_length(self.text)

    @property
    def closing_width(self) -> int:
        return 1 if self.closing == PDI else 0


def _atoms(markup: str) -> Iterator[_Atom]:
    letters: list[tuple[str, str]] = []
    for token in tokens(markup):
        if token.kind is Kind.TEXT:
            pieces = [(token.raw, token.text)] if token.raw.startswith("&") else [(char, char) for char in token.text]
            letters.extend(pieces)
            continue
        yield from _text_atoms(letters)
        letters = []
        yield _Atom(token.raw, "", token.kind, f"</{token.tag}>" if token.kind is Kind.OPEN else "")
    yield from _text_atoms(letters)


def _text_atoms(letters: list[tuple[str, str]]) -> Iterator[_Atom]:
    position = 0
    for cluster in graphemes("".join(text for _, text in letters)):
        end = position + len(cluster)
        raw = "".join(raw for raw, _ in letters[position:end])
        position = end
        if cluster == FSI:
            yield _Atom(raw, cluster, Kind.OPEN, PDI)
        elif cluster == PDI:
            yield _Atom(raw, cluster, Kind.CLOSE)
        else:
            yield _Atom(raw, cluster)


def split(markup: Markup, limit: int = MESSAGE_LIMIT) -> list[Markup]:
    """Cut markup into messages of at most ``limit`` UTF-16 units each.

    Cuts at a paragraph if one ends in the second half of what fits, else at a line or sentence, else at a word, else
    between two letters. Tags and isolates that are open at a cut are closed before and opened again after it. White
    space at a cut is left out; a text without anything to read gives no message. Raises ``MarkupError``, and
    ``ValueError`` for a limit that is too small for one letter and its isolates (below 32).
    """
    if limit < 32:
        raise ValueError("A message needs room for at least 32 units")
    if utf16_length(markup) <= limit:  # what is read is never longer than what is written
        return [markup] if _readable(markup) else []
    atoms = list(_atoms(markup))
    parts: list[Markup] = []
    opened: list[_Atom] = []
    start = 0
    while start < len(atoms):
        end = _cut(atoms, start, opened, limit)
        parts.append(_part(atoms[start:end], opened))
        start = end
    return [part for part in parts if _readable(part)]


def _readable(part: Markup) -> bool:
    return any(token.text.translate({ord(FSI): None, ord(PDI): None}).strip() for token in tokens(part))


def _nest(opened: list[_Atom], atom: _Atom) -> None:
    if atom.kind is Kind.OPEN:
        opened.append(atom)
    elif atom.text == PDI:
        if opened and opened[-1].closing == PDI:
            opened.pop()
    elif atom.kind is Kind.CLOSE:
        while opened.pop().closing == PDI:  # an isolate nobody closed ends with its tag
            pass


def _cut(atoms: list[_Atom], start: int, opened: list[_Atom], limit: int) -> int:
    """Return where the part that begins at ``start`` ends."""
    nesting = list(opened)
    used = sum(atom.width for atom in nesting)
    best: dict[int, int] = {}
    for index in range(start, len(atoms)):
        atom = atoms[index]
        used += atom.width
        _nest(nesting, atom)
        if used + sum(each.closing_width for each in nesting) > limit and index > start:
            return _best_cut(best, start, index)
        rank = _boundary(atoms, index)
        if rank is not None:
            best[rank] = index + 1
    return len(atoms)


def _best_cut(best: dict[int, int], start: int, full: int) -> int:
    middle = start + (full - start) // 2
    good = [best[rank] for rank in sorted(best) if best[rank] > middle]
    return good[0] if good else max(best.values(), default=full)


def _boundary(atoms: list[_Atom], index: int) -> int | None:
    """Return how good a cut after this atom is: 0 a paragraph, 1 a line or sentence, 2 a word; None not at all."""
    text = atoms[index].text
    if text == "\n":
        return 0 if index and atoms[index - 1].text == "\n" else 1
    if text == " ":
        return 1 if index and atoms[index - 1].text.endswith(_SENTENCE_ENDS) else 2
    return None


def _part(atoms: list[_Atom], opened: list[_Atom]) -> Markup:
    """Write out one part and leave in ``opened`` what the next one must open again."""
    prefix = "".join(atom.raw for atom in opened)
    for atom in atoms:
        _nest(opened, atom)
    suffix = "".join(atom.closing for atom in reversed(opened))
    return Markup(prefix + _trimmed(atoms) + suffix)


def _trimmed(atoms: list[_Atom]) -> str:
    readable = [index for index, atom in enumerate(atoms) if atom.kind is Kind.TEXT and atom.text.strip()]
    if not readable:
        return "".join(atom.raw for atom in atoms if atom.kind is not Kind.TEXT)
    first, last = readable[0], readable[-1]
    return "".join(atom.raw for index, atom in enumerate(atoms) if first <= index <= last or atom.kind is not Kind.TEXT)
