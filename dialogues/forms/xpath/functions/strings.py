"""Functions on strings: comparing, cutting, joining, digests."""

import base64
import binascii
import hashlib
import re

from dialogues.forms.xpath.context import Context
from dialogues.forms.xpath.errors import EvaluationError
from dialogues.forms.xpath.functions.registry import function
from dialogues.forms.xpath.patterns import compile_pattern
from dialogues.forms.xpath.values import Value, collapse, to_boolean

_SPACE = re.compile("[ \\t\\r\\n]+")
"""What counts as white space in XML: not the space that holds words together."""
_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@function("string", "any?", "string", section="#fn:string", in_context=True)
def string(context: Context, *value: Value) -> str:
    """The value as a string; of the context node without argument."""
    return context.text(value[0]) if value else context.node.text()


@function("concat", "any*", "string", section="#fn:concat", in_context=True)
def concat(context: Context, *values: Value) -> str:
    """All arguments one after the other; every node of a node-set counts."""
    return join(context, "", *values)


@function("join", "string any*", "string", section="#fn:join", in_context=True)
def join(context: Context, separator: str, *values: Value) -> str:
    """The arguments, and every node of a node-set, with the separator between them."""
    parts: list[str] = []
    for value in values:
        for text in collapse(value) if isinstance(value, list) else (context.text(value),):
            context.spend(len(text) + len(separator))
            parts.append(text)
    return separator.join(parts)


@function("contains", "string string", "boolean", section="#fn:contains")
def contains(text: str, part: str) -> bool:
    """Whether the second string occurs in the first."""
    return part in text


@function("starts-with", "string string", "boolean", section="#fn:starts-with")
def starts_with(text: str, start: str) -> bool:
    """Whether the first string begins with the second."""
    return text.startswith(start)


@function("ends-with", "string string", "boolean", section="#fn:ends-with")
def ends_with(text: str, end: str) -> bool:
    """Whether the first string ends with the second."""
    return text.endswith(end)


@function("substr", "string number number?", "string", section="#fn:substr")
def substr(text: str, start: float, end: float | None = None) -> str:
    """The characters from ``start`` up to, not including, ``end``, counted from 0; negative ones from the end."""
    if start != start or (end is not None and end != end):
        return ""
    return text[_place(start) : None if end is None else _place(end)]


def _place(number: float) -> int:
    return int(max(-1e9, min(1e9, number)))


@function("substring", "string number number?", "string", section="#fn:substr")
def substring(text: str, start: float, length: float | None = None) -> str:
    """XPath 1.0's own way of cutting: counted from 1, with a length."""
    first = round_half_up(start)
    last = float("inf") if length is None else first + round_half_up(length)
    return "".join(letter for place, letter in enumerate(text, 1) if first <= place < last)


def round_half_up(number: float) -> float:
    """Rounded to the nearest whole number, halves upwards; what is not finite stays."""
    return number if number != number or abs(number) == float("inf") else float((number + 0.5) // 1)


@function("substring-before", "string string", "string", section="#fn:substring-before")
def substring_before(text: str, mark: str) -> str:
    """What stands before the first occurrence of the mark."""
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""


@function("substring-after", "string string", "string", section="#fn:substring-after")
def substring_after(text: str, mark: str) -> str:
    """What stands after the first occurrence of the mark."""
    return text.partition(mark)[2] if mark else text


@function("translate", "string string string", "string", section="#fn:translate")
def translate(text: str, old: str, new: str) -> str:
    """Each character of ``old`` replaced by the one in its place in ``new``, or left out."""
    table: dict[int, str | None] = {}
    for place, letter in enumerate(old):
        table.setdefault(ord(letter), new[place] if place < len(new) else None)
    return text.translate(table)


@function("string-length", "string", "number", section="#fn:string-length")
def string_length(text: str) -> float:
    """The number of characters."""
    return float(len(text))


@function("normalize-space", "string", "string", section="#fn:normalize-space")
def normalize_space(text: str) -> str:
    """Without white space at the ends, and one space for each run inside."""
    return " ".join(part for part in _SPACE.split(text) if part)


@function("regex", "string string", "boolean", section="#fn:regex", in_context=True)
def regex(context: Context, text: str, pattern: str) -> bool:
    """Whether the regular expression is found in the string."""
    return compile_pattern(pattern).found_in(text, context.spend)


@function("digest", "string string string?", "string", section="#fn:digest")
def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """The checksum of the text, in base64 or hex."""
    name = _DIGESTS.get(algorithm)
    if name is None:
        raise EvaluationError(f"digest() does not know the algorithm {algorithm}")
    raw = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
    if encoding == "hex":
        return raw.hex()
    if encoding == "base64":
        return base64.b64encode(raw).decode()
    raise EvaluationError(f"digest() does not know the encoding {encoding}")


@function("base64-decode", "string", "string", section="#fn:base64-decode")
def base64_decode(text: str) -> str:
    """The text that was encoded in base64; empty if it was not."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


@function("boolean-from-string", "string", "boolean", section="#fn:boolean-from-string")
def boolean_from_string(text: str) -> bool:
    """True for "true" and "1"."""
    return text in {"true", "1"}


@function("boolean", "any", "boolean", section="#fn:boolean")
def boolean(value: Value) -> bool:
    """The value as a boolean."""
    return to_boolean(value)


@function("not", "boolean", "boolean", section="#fn:not")
def negate(value: bool) -> bool:
    """The opposite."""
    return not value


@function("true", "", "boolean", section="#fn:true")
def true() -> bool:
    """True."""
    return True


@function("false", "", "boolean", section="#fn:false")
def false() -> bool:
    """False."""
    return False
