"""The safe subset of markup every text is written in, and the one gate through which outside values enter a text.

Nothing here knows what a text says. A ``Markup`` is HTML of a few tags without attributes but a link's address; the
channel may turn it into whatever it speaks.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup, escape

__all__ = [
    "Entities",
    "Entity",
    "Kind",
    "Markup",
    "MarkupError",
    "Token",
    "clean",
    "direction_of",
    "escape",
    "insert",
    "lay_out",
    "lay_out_plain",
    "letters_run",
    "plain_insert",
    "plain_text",
    "to_entities",
    "tokens",
    "utf16_length",
]

FSI = "\u2068"
PDI = "\u2069"
RLM = "\u200f"
LRM = "\u200e"

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_OPEN, _CLOSE = escape(FSI), escape(PDI)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_UNWANTED = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{_BIDI_CONTROLS}\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class MarkupError(ValueError):
    """A text is not of the safe subset: an unknown tag, a wrong nesting, a bare ``<`` or ``&``."""


def clean(value: str) -> str:
    """Take out of an outside text what could disturb the text around it.

    Control characters and the bidi embeddings, overrides and isolates (UAX #9) go, line ends become ``\\n``, a tab
    becomes a space, an unpaired surrogate becomes U+FFFD. Joiners stay: Persian and emoji need them.
    """
    if value.isprintable():
        return value
    if _SURROGATE.search(value):
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", value).replace("\t", " "))


def insert(value: object) -> Markup:
    """Make an outside value fit to stand inside a text: cleaned, escaped, each line isolated from the text's direction.

    A ``Markup`` keeps its tags, since it is safe already, and is isolated only.
    """
    safe = value if isinstance(value, Markup) else escape(clean(str(value)))
    return Markup("\n").join(_isolated(line) for line in safe.split("\n"))


def _isolated(line: Markup) -> Markup:
    return _OPEN + line + _CLOSE if line else line


def plain_insert(value: object) -> str:
    """Make an outside value fit to stand inside a button's label or a toast: one line, isolated, no markup."""
    text = plain_text(value) if isinstance(value, Markup) else clean(str(value))
    text = " ".join(text.replace(FSI, "").replace(PDI, "").split("\n")).strip()
    return f"{FSI}{text}{PDI}" if text else ""


def utf16_length(text: str) -> int:
    """Return the length of a plain text in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- reading markup -------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What a piece of markup is."""

    OPEN = "open"
    CLOSE = "close"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of markup: ``raw`` as written; ``text`` what is read of it; ``tag`` and ``url`` of a tag."""

    kind: Kind
    raw: str
    text: str = ""
    tag: str = ""
    url: str = ""


_ENTITY_TYPES = {
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "s": "strikethrough",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}

_TOKEN = re.compile(
    r'<a href="(?P<url>[^"<>]*)">'
    r"|<(?P<open>b|i|u|s|code|pre|blockquote)>"
    r"|</(?P<close>b|i|u|s|a|code|pre|blockquote)>"
    r"|(?P<reference>&(?:lt|gt|amp|quot|\#[0-9]{1,7}|\#x[0-9A-Fa-f]{1,6});)"
    r"|(?P<text>[^<&]+)"
)


def tokens(markup: str) -> Iterator[Token]:
    """Read markup piece by piece; a character reference is a piece of its own.

    Raises ``MarkupError`` where the text is not of the safe subset or its tags do not nest.
    """
    opened: list[str] = []
    position = 0
    while position < len(markup):
        match = _TOKEN.match(markup, position)
        if match is None:
            raise MarkupError(f"Not of the safe subset of markup: {markup[position : position + 20]!r}")
        position = match.end()
        token = _token(match)
        if token.kind is Kind.OPEN:
            opened.append(token.tag)
        elif token.kind is Kind.CLOSE and (not opened or opened.pop() != token.tag):
            raise MarkupError(f"{token.raw} closes nothing that is open")
        yield token
    if opened:
        raise MarkupError(f"<{opened[-1]}> is never closed")


def _token(match: re.Match[str]) -> Token:
    raw = match[0]
    if match["url"] is not None:
        return Token(Kind.OPEN, raw, tag="a", url=html.unescape(match["url"]))
    if match["open"]:
        return Token(Kind.OPEN, raw, tag=match["open"])
    if match["close"]:
        return Token(Kind.CLOSE, raw, tag=match["close"])
    return Token(Kind.TEXT, raw, text=html.unescape(raw) if match["reference"] else raw)


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of a plain text with a style: type as in the Bot API, ``offset`` and ``length`` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Entities:
    """A plain text and its styles, in the order of their beginnings, outer before inner."""

    text: str
    entities: tuple[Entity, ...]


def to_entities(markup: str) -> Entities:
    """Turn markup into plain text and styled stretches. Raises ``MarkupError``. A style around nothing is left out."""
    text: list[str] = []
    found: list[Entity] = []
    opened: list[tuple[int, Token]] = []
    length = 0
    for token in tokens(markup):
        if token.kind is Kind.TEXT:
            text.append(token.text)
            length += utf16_length(token.text)
        elif token.kind is Kind.OPEN:
            opened.append((length, token))
        else:
            start, opening = opened.pop()
            if length > start:
                found.append(Entity(_ENTITY_TYPES[token.tag], start, length - start, opening.url))
    found.reverse()
    found.sort(key=lambda entity: (entity.offset, -entity.length))
    return Entities("".join(text), tuple(found))


def plain_text(markup: str) -> str:
    """Return what is read of a markup: without tags, references resolved. Raises ``MarkupError``."""
    return "".join(token.text for token in tokens(markup))


# --- direction ------------------------------------------------------------------------------------------------------


def direction_of(language: str) -> str:
    """Return ``"rtl"`` or ``"ltr"`` for a language code."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def lay_out(markup: Markup, language: str) -> Markup:
    """Make every paragraph run in its language's direction, whatever word or digit it begins with.

    A reader's device takes a paragraph's direction from its first strong character (UAX #9, P2 and P3), some devices
    passing over isolates and some not. Where either reading would turn the paragraph, or where a right-to-left one has
    no strong character, it begins with a mark. Doing it twice changes nothing.
    """
    return Markup("\n").join(
        escape(_mark(html.unescape(re.sub("<[^>]*>", "", line)), language)) + line for line in markup.split("\n")
    )


def lay_out_plain(text: str, language: str) -> str:
    """Do to a button's label or a toast what ``lay_out`` does to markup."""
    return "\n".join(_mark(line, language) + line for line in text.split("\n"))


def _mark(line: str, language: str) -> str:
    if line.isascii() and direction_of(language) == "ltr":
        return ""
    seen = {_first_strong(line, into_isolates=True), _first_strong(line, into_isolates=False)}
    if direction_of(language) == "rtl":
        return RLM if line.strip() and seen != {"rtl"} else ""
    return LRM if "rtl" in seen else ""


def letters_run(text: str) -> str | None:
    """Return the direction in which all letters outside isolates run; None where there are none, or of both kinds."""
    seen = set(_strong(text, into_isolates=False))
    return seen.pop() if len(seen) == 1 else None


def _first_strong(line: str, *, into_isolates: bool) -> str | None:
    return next(_strong(line, into_isolates=into_isolates), None)


def _strong(line: str, *, into_isolates: bool) -> Iterator[str]:
    depth = 0
    for character in line:
        if character == FSI:
            depth += 1
        elif character == PDI:
            depth = max(0, depth - 1)
        elif into_isolates or not depth:
            kind = unicodedata.bidirectional(character)
            if kind in ("R", "AL"):
                yield "rtl"
            elif kind == "L":
                yield "ltr"
