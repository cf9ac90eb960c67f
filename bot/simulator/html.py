"""Telegram's HTML: which tags there are, how they nest, and what Telegram says about mistakes.

No cleaning and no limits here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.simulator.errors import ApiError, bad_request

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
}
_PLAIN = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")
_LINK = re.compile(r"(?:https?|tg|ton|mailto|tel):", re.IGNORECASE)
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#:]|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text with a meaning; positions count characters."""

    type: str
    start: int
    end: int
    url: str = ""
    language: str = ""


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    start: int


def parse_html(source: str) -> tuple[str, list[Span]]:
    """Take the tags out of a text. Raises ApiError 400 ``can't parse entities: …``."""
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._spans: list[Span] = []

    def run(self) -> tuple[str, list[Span]]:
        source = self._source
        while self._at < len(source):
            plain = _PLAIN.match(source, self._at)
            if plain:
                self._emit(plain.group())
                self._at = plain.end()
            elif source[self._at] == "&":
                self._reference()
            elif source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return "".join(self._pieces), self._spans

    def _emit(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _reference(self) -> None:
        match = _REFERENCE.match(self._source, self._at)
        character = _decode(match) if match else ""
        self._emit(character or "&")
        self._at = match.end() if match and character else self._at + 1

    def _start_tag(self) -> None:
        begin = self._at
        name_match = _TAG_NAME.match(self._source, begin + 1)
        end = name_match.end() if name_match else begin
        if end >= len(self._source):
            raise self._error(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        tag = self._source[begin + 1 : end].lower()
        if tag not in _TYPES:
            raise self._error(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        self._at = end
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise self._error(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self._open.append(_Open(tag, argument, self._length))

    def _attributes(self, tag: str, begin: int) -> str:
        """Read up to and over the closing bracket; the one attribute that means something for this tag."""
        argument = ""
        while True:
            self._skip_space()
            if self._at >= len(self._source):
                raise self._error(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
            if self._source[self._at] == ">":
                self._at += 1
                return argument
            name_match = _ATTRIBUTE_NAME.match(self._source, self._at)
            name = name_match.group() if name_match else ""
            if not name:
                raise self._error(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
            self._at += len(name)
            self._skip_space()
            if not self._source.startswith("=", self._at):
                argument = "expandable" if (tag, name) == ("blockquote", "expandable") else argument
                continue
            self._at += 1
            self._skip_space()
            argument = _meaning(tag, name, self._value(begin)) or argument

    def _value(self, begin: int) -> str:
        quote = self._source[self._at : self._at + 1]
        if quote in {'"', "'"}:
            end = self._source.find(quote, self._at + 1)
            if end < 0:
                raise self._error(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            value = _REFERENCE.sub(lambda match: _decode(match) or match.group(), self._source[self._at + 1 : end])
            self._at = end + 1
            return value
        token = _NAME_TOKEN.match(self._source, self._at)
        value = token.group() if token else ""
        start = self._at
        self._at += len(value)
        if self._at >= len(self._source):
            raise self._error(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if self._source[self._at] != ">" and not self._source[self._at].isspace():
            raise self._error(f"Unexpected end of name token at byte offset {self._bytes(start)}")
        return value.lower()

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        name_match = _TAG_NAME.match(self._source, begin + 2)
        name = name_match.group() if name_match else ""
        self._at = begin + 2 + len(name)
        self._skip_space()
        if not self._source.startswith(">", self._at):
            raise self._error(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self._at += 1
        opened = self._open[-1]
        if name and name.lower() != opened.tag:
            raise self._error(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self._open.pop()
        if self._length > opened.start:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        kind = _TYPES[opened.tag]
        if kind == "text_link":
            url = opened.argument or "".join(self._pieces)[opened.start :]
            address = _address(url)
            if address:
                self._spans.append(Span(kind, opened.start, self._length, url=address))
            return
        if kind == "pre":
            self._close_pre(opened)
            return
        if kind == "blockquote" and opened.argument:
            kind = "expandable_blockquote"
        language = opened.argument if kind == "code" else ""
        self._spans.append(Span(kind, opened.start, self._length, language=language))

    def _close_pre(self, opened: _Open) -> None:
        """``<pre><code class="language-…">`` is one entity, a block with a language."""
        language = ""
        last = self._spans[-1] if self._spans else None
        if last and last.type == "code" and (last.start, last.end) == (opened.start, self._length):
            language = self._spans.pop().language
        self._spans.append(Span("pre", opened.start, self._length, language=language))

    def _skip_space(self) -> None:
        match = _SPACE.match(self._source, self._at)
        self._at = match.end() if match else self._at

    def _bytes(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "replace"))

    def _error(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")


def _decode(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def _meaning(tag: str, name: str, value: str) -> str:
    name = name.lower()
    if tag == "a" and name == "href":
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if tag == "blockquote" and name == "expandable":
        return "expandable"
    return ""


def _address(url: str) -> str:
    """The address as Telegram links it; nothing where it is none: then the text stays plain."""
    url = url.strip()
    if _LINK.match(url):
        return url
    return f"http://{url}" if _BARE_HOST.match(url) else ""
