"""Which characters a class of a regular expression means. ``\\d`` and ``\\w`` are ASCII, as in Java and JavaScript."""

import unicodedata
from collections.abc import Callable
from typing import TypeAlias

Test: TypeAlias = Callable[[str], bool]

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_HEX = frozenset("0123456789abcdefABCDEF")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0", "e": "\x1b", "a": "\a"}
_POSIX: dict[str, Test] = {
    "Alpha": lambda one: one.isascii() and one.isalpha(),
    "Digit": lambda one: "0" <= one <= "9",
    "Alnum": lambda one: one.isascii() and one.isalnum(),
    "Upper": lambda one: "A" <= one <= "Z",
    "Lower": lambda one: "a" <= one <= "z",
    "Punct": lambda one: one in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "Space": lambda one: one in " \t\n\v\f\r",
    "ASCII": lambda one: one.isascii(),
    "Alphabetic": lambda one: one.isalpha(),
}


def is_word(letter: str) -> bool:
    """Whether ``\\w`` means the character."""
    return letter in _WORD


def one_of(letter: str, *, fold: bool = False) -> Test:
    """Exactly this character, or its other case too."""
    if fold:
        folded = letter.casefold()
        return lambda one: one.casefold() == folded
    return lambda one: one == letter


def ranged(first: str, last: str, *, fold: bool = False) -> Test:
    """A character of a range, or one whose other case is."""
    if fold:
        return lambda one: first <= one <= last or first <= one.swapcase() <= last
    return lambda one: first <= one <= last


def escaped_character(letter: str, rest: str) -> tuple[str, int] | None:
    """The character a backslash with this letter means, and how much of the rest belongs to it; None if none."""
    if letter in _CONTROLS:
        return _CONTROLS[letter], 0
    if letter in "xu":
        digits = rest[: 2 if letter == "x" else 4]
        return (chr(int(digits, 16)), len(digits)) if digits and set(digits) <= _HEX else None
    return None if letter.isascii() and letter.isalnum() else (letter, 0)


def character_class(letter: str, rest: str) -> tuple[Test, int] | None:
    """The class a backslash with this letter means, and how much of the rest belongs to it; None if it means none."""
    if letter in _CLASSES:
        return _CLASSES[letter], 0
    return _property(rest, negative=letter == "P") if letter in "pP" else None


def _property(rest: str, *, negative: bool) -> tuple[Test, int] | None:
    name, closed, _ = rest.partition("}")
    if not name.startswith("{") or not closed:
        return None
    test = _named(name[1:])
    return (lambda one: test(one) is not negative), len(name) + 1


def _named(name: str) -> Test:
    """A general category (``L``, ``Lu``), a POSIX class (``Alpha``) or a script (``IsArabic``, ``Script=Arabic``)."""
    if name in _POSIX:
        return _POSIX[name]
    bare = name.removeprefix("Script=").removeprefix("sc=").removeprefix("Is").removeprefix("In")
    if len(bare) <= 2:
        return lambda one: unicodedata.category(one).startswith(bare)
    script = bare.upper()
    return lambda one: unicodedata.name(one, "").startswith(script)


_CLASSES: dict[str, Test] = {
    "d": lambda one: "0" <= one <= "9",
    "D": lambda one: not "0" <= one <= "9",
    "w": is_word,
    "W": lambda one: one not in _WORD,
    "s": lambda one: one.isspace() or one == "\ufeff",
    "S": lambda one: not (one.isspace() or one == "\ufeff"),
}
