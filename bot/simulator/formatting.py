"""Text as Telegram keeps it: cleaned, trimmed, with entities whose offsets count UTF-16 units.

Reads Telegram's HTML by Telegram's rules, with its error messages. It shares nothing with ``dialogues.markup``, so
that a mistake there is seen here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.simulator.errors import bad_request
from bot.simulator.html import Span, parse_html

MAX_TEXT = 4096
"""UTF-16 units of a message's text, after its entities are taken out."""
MAX_CAPTION = 1024
"""UTF-16 units of a caption."""

_MAX_SOURCE = 100_000
"""Characters with all tags; no text of an allowed length needs more, and none is parsed at length that has more."""
_BECOMES_SPACE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = " \n"
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>https?://[^\s<>\"\u2066-\u2069]*[^\s<>\".,:;!?)\u2066-\u2069])"
    r"|(?P<email>(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9.+_-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}\b)"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{2,31}\b)"
    r"|(?P<hashtag>(?<!\w)#\w{1,255})"
)
_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_OPAQUE = frozenset({"code", "pre", "text_link", "url", "email", "bot_command"})
_PLAIN_TYPES = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
    }
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and the Bot API's entities of it."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()

    @property
    def length(self) -> int:
        """UTF-16 units."""
        return utf16_length(self.text)

    def fields(self, text_name: str, entities_name: str) -> dict[str, Any]:
        """The two fields of a Message; what is empty is left out."""
        fields: dict[str, Any] = {text_name: self.text} if self.text else {}
        if self.entities:
            fields[entities_name] = list(self.entities)
        return fields


def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has: one for each character, two above the basic plane."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_text(source: str, parse_mode: str, entities: list[Any] | None) -> Formatted:
    """What becomes of a text that a bot sends. Raises ApiError 400 where it cannot be parsed."""
    if len(source) > _MAX_SOURCE:
        raise bad_request("message is too long")
    mode = parse_mode.lower()
    if mode not in {"", "html"}:
        raise bad_request(
            f"parse mode {parse_mode!r} is not simulated" if mode.startswith("markdown") else "unsupported parse_mode"
        )
    if mode == "html":
        text, spans = parse_html(source)
    else:
        text, spans = source, [_span(source, entity) for entity in entities or ()]
    return _finish(text, spans)


def read_plain(source: str) -> Formatted:
    """What becomes of a text that a person types."""
    return _finish(source, [])


def _finish(text: str, spans: list[Span]) -> Formatted:
    if _has_surrogates(text):
        raise bad_request("strings must be encoded in UTF-8")
    cleaned, spans = _clean(text, spans)
    start = len(cleaned) - len(cleaned.lstrip(_BLANK))
    trimmed = cleaned.strip(_BLANK)
    spans = _merged([moved for span in spans if (moved := _cut(span, start, trimmed))])
    spans += _found(trimmed, spans)
    spans.sort(key=lambda span: (span.start, -span.end))
    return Formatted(trimmed, tuple(_entities(trimmed, spans)))


def _clean(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    text = _BECOMES_SPACE.sub(" ", text)
    gone = [match.start() for match in _REMOVED.finditer(text)]
    if not gone:
        return text, spans

    def moved(position: int) -> int:
        return position - sum(index < position for index in gone)

    return _REMOVED.sub("", text), [replace(span, start=moved(span.start), end=moved(span.end)) for span in spans]


def _cut(span: Span, start: int, trimmed: str) -> Span | None:
    begin = max(span.start - start, 0)
    end = min(span.end - start, len(trimmed))
    return replace(span, start=begin, end=end) if begin < end else None


def _merged(spans: list[Span]) -> list[Span]:
    """Stretches of the same style that touch or overlap are one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.type, span.start)):
        last = merged[-1] if merged else None
        if last and span.type in _STYLES and last.type == span.type and span.start <= last.end:
            merged[-1] = replace(last, end=max(last.end, span.end))
        else:
            merged.append(span)
    return merged


def _found(text: str, spans: Iterable[Span]) -> list[Span]:
    taken = [(span.start, span.end) for span in spans if span.type in _OPAQUE]
    return [
        Span(match.lastgroup or "", match.start(), match.end())
        for match in _FOUND.finditer(text)
        if not any(match.start() < end and start < match.end() for start, end in taken)
    ]


def _entities(text: str, spans: Iterable[Span]) -> Iterable[dict[str, Any]]:
    for span in spans:
        offset, length = utf16_length(text[: span.start]), utf16_length(text[span.start : span.end])
        entity: dict[str, Any] = {"offset": offset, "length": length, "type": span.type}
        if span.url:
            entity["url"] = span.url
        if span.language:
            entity["language"] = span.language
        yield entity


def _span(text: str, entity: Any) -> Span:
    """An entity that the bot counted itself, in character positions."""
    if not isinstance(entity, dict):
        raise bad_request("can't parse entities: expected an Object")
    kind, offset, length = entity.get("type"), entity.get("offset"), entity.get("length")
    if not isinstance(kind, str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: fields type, offset and length are needed")
    if kind not in _PLAIN_TYPES | {"text_link", "pre"}:
        raise bad_request(f"can't parse MessageEntity: entities of type {kind!r} are not simulated")
    units = text.encode("utf-16-le", "surrogatepass")
    if offset < 0 or length <= 0 or (offset + length) * 2 > len(units):
        raise bad_request(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
    start = len(units[: offset * 2].decode("utf-16-le", "replace"))
    end = len(units[: (offset + length) * 2].decode("utf-16-le", "replace"))
    return Span(kind, start, end, url=str(entity.get("url") or ""), language=str(entity.get("language") or ""))


def _has_surrogates(text: str) -> bool:
    return _SURROGATE.search(text) is not None
