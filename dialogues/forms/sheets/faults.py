"""Why an expression of a questionnaire cannot be taken, in words that help whoever wrote it.

Knows the sentences of `dialogues.forms.xpath`; evaluates nothing.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from dialogues.forms.reasons import Reason
from dialogues.forms.xpath.functions import FUNCTIONS

_MOST_SHOWN = 80
_MOST_COMPARED = 2000
_LONGEST_COMPARED = 100
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_NO_FUNCTION = "There is no function “{name}”."
_SENTENCES = (
    ("the function {name}() is not known", _NO_FUNCTION),
    (
        "{name}() does not take {count} arguments",
        "The function “{name}()” does not take {count} values in its brackets.",
    ),
    ("the expression is longer than {number} characters", "This is longer than {number} characters."),
    (
        "the expression has more than {number} brackets within brackets",
        "More than {number} brackets stand within brackets.",
    ),
    ("more than {number} comparisons stand in a row", "More than {number} comparisons stand in a row."),
    ("the axis {name}:: is not supported", "We do not know the axis “{name}::”."),
    ("{name}() is not supported in a path", "We do not know “{name}()” in a path."),
    ("a path cannot begin at {name}", "A path cannot begin at “{name}”."),
    (
        "a {kind} stands where a path is needed",
        "A reference to a question, like “${{name}}”, is needed here, but something else stands there ({kind}).",
    ),
    ("the pattern is longer than {number} characters", "The pattern is longer than {number} characters."),
    ("the pattern repeats too much", "The pattern repeats too much."),
    ("not a pattern we can use ({why}): {text}", "We cannot use this pattern ({why}): “{text}”."),
)
"""What our reader of expressions says, and what is said on to whoever wrote the expression."""
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
    ("≠", "!="),
    (";", ","),
)
"""Signs of other languages, and what is written here instead."""
_CURLY = re.compile("[“”‘’«»]")
_LOW_QUOTES = re.compile("[„‚«»]")
_ANY_WORD = re.compile(r"(?<![\w${.-])[^\W\d_]+(?![\w}.-])")
_COMMA = re.compile(r"\d,\d")
_ENDS_OPEN = re.compile(r"([=<>+*,-]|\b(and|or|div|mod))\s*$")
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""Quotation marks as the converter reads those that a spreadsheet program has made of them."""
_PLAIN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_WORDS = ("and", "or", "div", "mod")
_OTHERWISE_CALLED = {
    "und": "and",
    "and": "and",
    "oder": "or",
    "or": "or",
    "mod": "mod",
    "rest": "mod",
    "wenn": "if",
    "nicht": "not",
    "summe": "sum",
    "anzahl": "count",
    "heute": "today",
    "jetzt": "now",
    "runden": "round",
    "zufallszahl": "random",
    "wahr": "true",
    "falsch": "false",
    "verketten": "concat",
    "concatenate": "concat",
    "länge": "string-length",
    "len": "string-length",
    "teil": "substr",
    "mid": "substr",
    "potenz": "pow",
    "power": "pow",
    "wurzel": "sqrt",
    "ganzzahl": "int",
    "wert": "number",
    "value": "number",
    "gewählt": "selected",
    "ausgewählt": "selected",
    "select": "selected",
}
"""What functions and words are called in Excel, in German too, and what they are called here."""
_GAP = re.compile(r"\{(\w+)\}")


def explained(said: str, written: str = "") -> Reason:
    """What our reader said of an expression. ``written``: the expression as its author wrote it, if it is known."""
    if said.startswith("not an expression: "):
        return _unreadable(written or said.removeprefix("not an expression: "))
    for pattern, template in _PATTERNS:
        found = pattern.fullmatch(said)
        if found:
            values = found.groupdict()
            if template == _NO_FUNCTION:
                return _unknown_function(values["name"])
            why = values.get("why")
            return Reason.of(template, **{**values, "why": Reason.of(why)} if why in _WHYS else values)
    return Reason.of("Our check says in English: “{text}”.", text=said)


def close_to(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, or None: one that differs in case, umlauts, or few of its letters."""
    by_folded = {_folded(each): each for each in sorted(names, reverse=True)}
    folded = _folded(name)
    if folded in by_folded:
        return by_folded[folded]
    if len(by_folded) > _MOST_COMPARED or len(folded) > _LONGEST_COMPARED:
        return None
    close = get_close_matches(folded, list(by_folded), n=3, cutoff=0.7)
    return next((by_folded[each] for each in close if _slips(folded, each) <= max(1, len(folded) // 4)), None)


def _folded(name: str) -> str:
    return re.sub(r"[\s_.-]+", "_", name.casefold().translate(_PLAIN_LETTERS)).strip("_")


def _slips(one: str, other: str) -> int:
    """How many letters are wrong, missing, too many, or have changed places with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        above, before = before, row
        row = [place]
        for at, its in enumerate(other, 1):
            least = min(before[at] + 1, row[-1] + 1, before[at - 1] + (letter != its))
            if place > 1 and at > 1 and (letter, one[place - 2]) == (other[at - 2], its):
                least = min(least, above[at - 2] + 1)
            row.append(least)
    return row[-1]


def _unknown_function(name: str) -> Reason:
    known = _OTHERWISE_CALLED.get(name.lower())
    if known in _WORDS:
        template = "There is no function “{name}”. “{other}” stands between two conditions: “… {other} …”."
        return Reason.of(template, name=f"{name}()", other=known)
    other = known or close_to(name, FUNCTIONS)
    if other is None:
        return Reason.of(_NO_FUNCTION, name=f"{name}()")
    return Reason.of("There is no function “{name}”. Did you mean “{other}”?", name=f"{name}()", other=f"{other}()")


def _unreadable(written: str) -> Reason:
    text = shown(written)
    if written.startswith("="):
        return Reason.of("Please leave out the “=” at the beginning: “{text}”.", text=text)
    curly = Reason.of("Please write straight quotation marks, '…', instead of curly ones: “{text}”.", text=text)
    if _LOW_QUOTES.search(written):
        return curly
    straight = written.translate(STRAIGHT)  # as the converter reads them
    outside, is_open = _outside_quotes(straight)
    if is_open:
        return Reason.of("A quotation mark is missing: “{text}”.", text=text)
    for sign, other in _FOREIGN:
        if sign in outside:
            return Reason.of("Please write “{other}” instead of “{sign}”: “{text}”.", other=other, sign=sign, text=text)
    for word in _ANY_WORD.findall(outside):
        meant = _OTHERWISE_CALLED.get(word.lower())
        if meant in _WORDS and word != meant:
            return Reason.of("Please write “{other}” instead of “{sign}”: “{text}”.", other=meant, sign=word, text=text)
    missing = _unbalanced(outside)
    if missing is not None:
        bracket, opens = missing
        if opens:
            sentence = "After the bracket “{bracket}”, the closing bracket is missing: “{text}”."
            return Reason.of(sentence, bracket=bracket, text=text)
        return Reason.of("A bracket “{bracket}” is too many: “{text}”.", bracket=bracket, text=text)
    if _COMMA.search(outside):
        return Reason.of("Please write “{other}” instead of “{sign}”: “{text}”.", other="0.5", sign="0,5", text=text)
    if _CURLY.search(written):
        return curly
    if _ENDS_OPEN.search(straight):
        return Reason.of("Here something is missing at the end: “{text}”.", text=text)
    return Reason.of("We do not understand this: “{text}”.", text=text)


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


def shown(written: str) -> str:
    """An expression in a sentence: in one line, and not too long."""
    text = " ".join(written.split())
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _pattern(template: str) -> re.Pattern[str]:
    gaps = [f"(?P<{gap}>.+?)" for gap in _GAP.findall(template)]
    literals = [re.escape(each) for each in _GAP.split(template)[::2]]
    return re.compile("".join(each for pair in zip(literals, [*gaps, ""], strict=True) for each in pair), re.DOTALL)


_PATTERNS = tuple((_pattern(said), template) for said, template in _SENTENCES)
