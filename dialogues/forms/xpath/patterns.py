"""Regular expressions of questionnaires, written for Java and JavaScript, made safe to run in Python.

Patterns that can take exponential time are refused: repetition of a repetition.
"""

import re
import warnings
from functools import lru_cache

from dialogues.forms.xpath.errors import EvaluationError

MAX_PATTERN = 2_000
"""Characters of a pattern."""

_CLASSES = {
    "L": r"[^\W\d_]",
    "N": r"\d",
    "Nd": r"\d",
    "Lu": "[A-ZÀ-ÖØ-ÞĀ-Ž]",
    "Ll": "[a-zß-öø-ÿā-ž]",
    "Alpha": "[A-Za-z]",
    "Digit": "[0-9]",
    "Alnum": "[A-Za-z0-9]",
    "Upper": "[A-Z]",
    "Lower": "[a-z]",
    "Punct": r"[!-/:-@\[-`{-~]",
    "Space": r"\s",
}
_PROPERTY = re.compile(r"\\p\{(?:Is)?(\w+)\}")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to match.

    Raises:
        EvaluationError: it is no regular expression, too long, or could take exponential time.
    """
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError(f"the pattern is longer than {MAX_PATTERN} characters")
    translated = _translate(pattern)
    if _repeats_a_repetition(translated):
        raise EvaluationError(f"the pattern repeats a repetition, which can take for ever: {pattern[:80]}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(translated)
    except (re.error, OverflowError, RecursionError):
        raise EvaluationError(f"not a regular expression: {pattern[:80]}") from None


def _translate(pattern: str) -> str:
    """Inside a class, escape what only Python reads as an operator: ``[``, and ``-`` beside ``\\w``."""
    pattern = _PROPERTY.sub(lambda found: _CLASSES.get(found[1], r"\w"), pattern)
    parts: list[str] = []
    inside = False
    place = 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            parts.append(pattern[place : place + 2])
            place += 2
            continue
        if inside and letter == "[":
            parts.append("\\[")
        elif inside and letter == "-" and (_is_class(parts[-1]) or _is_class(pattern[place + 1 : place + 3])):
            parts.append("\\-")
        else:
            parts.append(letter)
            if letter == "[":
                inside = True
                if pattern[place + 1 : place + 2] == "^":
                    parts.append("^")
                    place += 1
            elif letter == "]":
                inside = False
        place += 1
    return "".join(parts)


def _is_class(escape: str) -> bool:
    return len(escape) == 2 and escape[0] == "\\" and escape[1] in "wdsWDS"


def _repeats_a_repetition(pattern: str) -> bool:
    """Whether an unbounded repetition, or an alternation, stands in a group that is itself repeated without bound."""
    bare = re.sub(r"\\.", "x", pattern)
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "x", bare)
    open_groups: list[bool] = []
    dangerous = False
    for place, letter in enumerate(bare):
        if letter == "(":
            open_groups.append(False)
        elif letter == ")" and open_groups:
            inner = open_groups.pop()
            repeated = _is_unbounded(bare[place + 1 :])
            dangerous = dangerous or (inner and repeated)
            if open_groups and (inner or repeated):
                open_groups[-1] = True
        elif open_groups and (letter in "*+|" or (letter == "{" and _is_unbounded(bare[place:]))):
            open_groups[-1] = True
    return dangerous


def _is_unbounded(rest: str) -> bool:
    if rest[:1] in {"*", "+"}:
        return True
    found = re.match(r"\{(\d*),?(\d*)\}", rest)
    return found is not None and (found[0].endswith(",}") or max(int(n or 0) for n in found.groups()) > 100)
