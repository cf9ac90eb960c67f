"""Why an expression of a questionnaire cannot be taken, in words that help whoever wrote it.

Knows the sentences of `dialogues.forms.xpath`; evaluates nothing.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from dialogues.forms.reasons import Reason
from dialogues.forms.xpath.functions import FUNCTIONS

_MOST_SHOWN = 80
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SENTENCES = (
    "the function {name}() is not known",
    "{name}() does not take {count} arguments",
    "the expression is longer than {number} characters",
    "the expression has more than {number} brackets within brackets",
    "more than {number} comparisons stand in a row",
    "the axis {name}:: is not supported",
    "{name}() is not supported in a path",
    "a path cannot begin at {name}",
    "a {kind} stands where a path is needed",
    "the pattern is longer than {number} characters",
    "the pattern repeats too much",
    "not a pattern we can use ({why}): {text}",
    "works itself out in a circle: {questions}",
)
"""What our reader of expressions says; each is a template of what is said on."""
_WHYS = (
    "a closing bracket too many",
    "it ends too early",
    "too many groups within groups",
    "nothing to repeat",
    "it refers back to a group",
    "it looks behind",
    "a bracket is not closed",
)
"""What it says of a pattern."""
_FOREIGN = (
    ("==", "="),
    ("&&", "and"),
    ("||", "or"),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("≥", ">="),
    ("≤", "<="),
)
"""Signs of other languages, and what is written here instead."""
_CURLY = "“”„‘’‚«»"
_GAP = re.compile(r"\{(\w+)\}")


def explained(said: str, written: str = "") -> Reason:
    """What our reader said of an expression. ``written``: the expression as its author wrote it, if it is known."""
    if said.startswith("not an expression: "):
        return _unreadable(written or said.removeprefix("not an expression: "))
    for template, pattern in _PATTERNS:
        found = pattern.fullmatch(said)
        if found:
            values = found.groupdict()
            if template == _SENTENCES[0]:
                return _unknown_function(values["name"])
            why = values.get("why")
            return Reason.of(template, **{**values, "why": Reason.of(why)} if why in _WHYS else values)
    return Reason.of("our check says: {text}", text=said)


def close_to(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, or None."""
    by_folded = {each.casefold(): each for each in names}
    close = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def _unknown_function(name: str) -> Reason:
    other = close_to(name, FUNCTIONS)
    if other is None:
        return Reason.of("the function {name} is not known", name=f"{name}()")
    return Reason.of("the function {name} is not known; did you mean {other}?", name=f"{name}()", other=f"{other}()")


def _unreadable(written: str) -> Reason:
    text = _shown(written)
    outside, is_open = _outside_quotes(written)
    if is_open:
        return Reason.of("a quotation mark opens and does not close: {text}", text=text)
    for sign, other in _FOREIGN:
        if sign in outside:
            return Reason.of("write {other} instead of {sign}: {text}", other=other, sign=sign, text=text)
    if any(quote in outside for quote in _CURLY):
        return Reason.of("write straight quotation marks, '…', instead of curly ones: {text}", text=text)
    missing = _unbalanced(outside)
    if missing is not None:
        bracket, opens = missing
        if opens:
            return Reason.of("a bracket “{bracket}” opens and does not close: {text}", bracket=bracket, text=text)
        return Reason.of("a bracket “{bracket}” closes and did not open: {text}", bracket=bracket, text=text)
    return Reason.of("not an expression: {text}", text=text)


def _outside_quotes(written: str) -> tuple[str, bool]:
    """What stands outside quotation marks, and whether one is left open."""
    quote, kept = "", []
    for letter in written:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            kept.append(letter)
    return "".join(kept), bool(quote)


def _unbalanced(outside: str) -> tuple[str, bool] | None:
    """A bracket without its other one, and whether it is one that opens; None: all have theirs."""
    waiting: list[str] = []
    for letter in outside:
        if letter in _CLOSING:
            waiting.append(letter)
        elif letter in _CLOSING.values() and (not waiting or _CLOSING[waiting.pop()] != letter):
            return letter, False
    return (waiting[-1], True) if waiting else None


def _shown(written: str) -> str:
    text = " ".join(written.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _pattern(template: str) -> re.Pattern[str]:
    gaps = [f"(?P<{gap}>.+?)" for gap in _GAP.findall(template)]
    literals = [re.escape(each) for each in _GAP.split(template)[::2]]
    return re.compile("".join(each for pair in zip(literals, [*gaps, ""], strict=True) for each in pair), re.DOTALL)


_PATTERNS = tuple((template, _pattern(template)) for template in _SENTENCES)
