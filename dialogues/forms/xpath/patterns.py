"""Regular expressions of questionnaires, searched for in time that grows with text times pattern, never faster.

People write them for Java and JavaScript, and a questionnaire may come from anybody: Python's own ``re`` refuses some
and can be made to run for ever by others. This reads the syntax both share (no back references, no lookbehind) into a
small program and runs all its ways at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from dialogues.forms.xpath.characters import Test, character_class, escaped_character, is_word, one_of, ranged
from dialogues.forms.xpath.errors import EvaluationError

MAX_PATTERN = 2_000
"""Characters of a pattern."""

MAX_PROGRAM = 5_000
"""Steps of a pattern, once its bounded repetitions are written out."""

_MAX_GROUPS = 50

Build: TypeAlias = Callable[["_Program"], None]
"""Writes a part of a pattern behind what a program has so far."""
Check: TypeAlias = "Callable[[_Search, int], bool]"
"""Looks whether a place of the text is right, without reading on."""
Spend: TypeAlias = Callable[[int], None]
"""Counts how often a step is tried at a character, and raises ``EvaluationError`` when that was often enough."""


@dataclass(slots=True)
class _Step:
    """Read a character, check a place, or go on in one of several ways."""

    test: Test | None = None
    place: "Check | None" = None
    ways: tuple[int, ...] = ()


@dataclass(slots=True)
class _Search:
    """One search in one text, and who counts what it costs."""

    text: str
    spend: Spend


@dataclass(slots=True)
class _Program:
    room: list[int]
    """How many steps there is room for, shared with the programs that look ahead."""
    steps: list[_Step] = field(default_factory=list)

    def put(self, step: _Step) -> _Step:
        self.take_room()
        self.steps.append(step)
        return step

    def take_room(self) -> None:
        """Use up room for a step, or for a repetition, which may be one of nothing."""
        self.room[0] -= 1
        if self.room[0] < 0:
            raise EvaluationError("the pattern repeats too much")

    def found(self, search: _Search, begin: int = 0, *, anywhere: bool) -> bool:
        """Whether the pattern matches from ``begin``, or, if ``anywhere``, from there or any later place."""
        text = search.text
        current: set[int] = set()
        for place in range(begin, len(text) + 1):
            if (anywhere or place == begin) and self._reach(0, search, place, current):
                return True
            search.spend(len(current) + 1)
            if place == len(text) or (not current and not anywhere):
                return False
            letter = text[place]
            following: set[int] = set()
            for number in current:
                test = self.steps[number].test
                if test is not None and test(letter) and self._reach(number + 1, search, place + 1, following):
                    return True
            current = following
        return False

    def _reach(self, start: int, search: _Search, place: int, reached: set[int]) -> bool:
        """Add the steps that read next; whether the end of the pattern is among what can be reached."""
        waiting = [start]
        while waiting:
            number = waiting.pop()
            if number == len(self.steps):
                return True
            if number in reached:
                continue
            reached.add(number)
            step = self.steps[number]
            if step.ways:
                waiting += step.ways
            elif step.place is not None and step.place(search, place):
                waiting.append(number + 1)
        return False


class Pattern:
    """A pattern that can be searched for."""

    def __init__(self, program: _Program) -> None:
        self._program = program

    def found_in(self, text: str, spend: Spend) -> bool:
        """Whether a part of the text matches; what ``spend`` raises, if the text is too long for this pattern."""
        spend(MAX_PROGRAM - self._program.room[0])
        return self._program.found(_Search(text, spend), anywhere=True)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Pattern:
    """The pattern, ready to be searched for.

    Raises:
        EvaluationError: it is no regular expression, uses what is not supported, or is too long.
    """
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError(f"the pattern is longer than {MAX_PATTERN} characters")
    reader = _Reader(pattern)
    build = reader.alternatives(0)
    if reader.rest():
        raise reader.refusal("a closing bracket too many")
    program = _Program([MAX_PROGRAM])
    build(program)
    return Pattern(program)


class _Reader:
    """Reads a pattern by recursive descent; groups within groups are bounded."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0
        self._fold = False

    def rest(self) -> str:
        return self._pattern[self._place :]

    def refusal(self, reason: str) -> EvaluationError:
        return EvaluationError(f"not a pattern we can use ({reason}): {self._pattern[:80]}")

    def _next(self) -> str:
        if self._place >= len(self._pattern):
            raise self.refusal("it ends too early")
        self._place += 1
        return self._pattern[self._place - 1]

    def _take(self, text: str) -> bool:
        if self._pattern.startswith(text, self._place):
            self._place += len(text)
            return True
        return False

    def alternatives(self, depth: int) -> Build:
        if depth > _MAX_GROUPS:
            raise self.refusal("too many groups within groups")
        options = [self._sequence(depth)]
        while self._take("|"):
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else _either(options)

    def _sequence(self, depth: int) -> Build:
        parts: list[Build] = []
        while self._place < len(self._pattern) and self._pattern[self._place] not in "|)":
            parts.append(self._repeated(self._atom(depth)))

        def build(program: _Program) -> None:
            for part in parts:
                part(program)

        return build

    def _repeated(self, part: Build) -> Build:
        while True:
            if self._take("*"):
                part = _times(part, 0, None)
            elif self._take("+"):
                part = _times(part, 1, None)
            elif self._take("?"):
                part = _times(part, 0, 1)
            else:
                bounds = self._bounds()
                if bounds is None:
                    return part
                part = _times(part, *bounds)
            if not self._take("?"):
                self._take("+")

    def _bounds(self) -> tuple[int, int | None] | None:
        """``{2}``, ``{2,}`` or ``{2,5}``; anything else in curly brackets is meant literally."""
        end = self._pattern.find("}", self._place)
        if not self._pattern.startswith("{", self._place) or end < 0:
            return None
        least, comma, most = self._pattern[self._place + 1 : end].partition(",")
        if not (least.isascii() and least.isdigit()) or not (most == "" or (most.isascii() and most.isdigit())):
            return None
        self._place = end + 1
        if len(least) > 4 or len(most) > 4:
            raise EvaluationError("the pattern repeats too much")
        if not comma:
            return int(least), int(least)
        return int(least), int(most) if most else None

    def _atom(self, depth: int) -> Build:
        letter = self._next()
        if letter == "(":
            return self._group(depth)
        if letter == "[":
            return _reading(self._class())
        if letter == ".":
            return _reading(lambda one: one not in "\n\r\u2028\u2029")
        if letter == "^":
            return _checking(lambda _search, place: place == 0)
        if letter == "$":
            return _checking(lambda search, place: place == len(search.text))
        if letter == "\\":
            return self._escape()
        if letter in "*+?":
            raise self.refusal("nothing to repeat")
        return _reading(one_of(letter, fold=self._fold))

    def _escape(self) -> Build:
        letter = self._next()
        if letter == "b":
            return _checking(_at_boundary)
        if letter == "B":
            return _checking(lambda search, place: not _at_boundary(search, place))
        if letter == "A":
            return _checking(lambda _search, place: place == 0)
        if letter in "zZ":
            return _checking(lambda search, place: place == len(search.text))
        if letter in "123456789k":
            raise self.refusal("it refers back to a group")
        if letter == "Q":
            return self._quoted()
        return _reading(self._escaped(letter))

    def _quoted(self) -> Build:
        text, _, _ = self.rest().partition("\\E")
        self._place += len(text)
        self._take("\\E")
        tests = [_reading(one_of(letter, fold=self._fold)) for letter in text]

        def build(program: _Program) -> None:
            for test in tests:
                test(program)

        return build

    def _escaped(self, letter: str) -> Test:
        literal = self._literal(letter)
        if literal is not None:
            return one_of(literal, fold=self._fold)
        found = character_class(letter, self.rest())
        if found is None:
            raise self.refusal(f"\\{letter} is not known")
        test, length = found
        self._place += length
        return test

    def _literal(self, letter: str) -> str | None:
        """The one character that a backslash with this letter means, if it means one."""
        found = escaped_character(letter, self.rest())
        if found is None:
            return None
        self._place += found[1]
        return found[0]

    def _group(self, depth: int) -> Build:
        look: bool | None = None
        if self._take("?"):
            if self._take("="):
                look = True
            elif self._take("!"):
                look = False
            elif self._take("<=") or self._take("<!"):
                raise self.refusal("it looks behind")
            else:
                self._group_name()
                if self._pattern[self._place - 1] == ")":
                    return lambda _program: None
        inner = self.alternatives(depth + 1)
        if not self._take(")"):
            raise self.refusal("a bracket is not closed")
        return inner if look is None else _looking(inner, wanted=look)

    def _group_name(self) -> None:
        """``(?:``, ``(?<name>``, ``(?P<name>``, ``(?i)`` and ``(?i:``."""
        if self._take("<") or self._take("P<"):
            while self._next() != ">":
                pass
            return
        while True:
            letter = self._next()
            if letter in ":)":
                return
            if letter not in "imsux-":
                raise self.refusal(f"(?{letter} is not known")
            self._fold = self._fold or letter == "i"

    def _class(self) -> Test:
        negative = self._take("^")
        tests: list[Test] = []
        first = True
        while True:
            letter = self._next()
            if letter == "]" and not first:
                break
            first = False
            if letter == "\\":
                letter = self._next()
                literal = "\b" if letter == "b" else self._literal(letter)
                if literal is None:
                    tests.append(self._escaped(letter))
                    continue
                letter = literal
            tests.append(self._member(letter))
        if negative:
            return lambda one: not any(test(one) for test in tests)
        return tests[0] if len(tests) == 1 else lambda one: any(test(one) for test in tests)

    def _member(self, letter: str) -> Test:
        """A character of a class, or the range that begins with it."""
        rest = self.rest()
        if rest[:1] != "-" or rest[1:2] in {"", "]"} or (rest[1:2] == "\\" and rest[2:3] in "dDwWsSpP"):
            return one_of(letter, fold=self._fold)
        self._place += 1
        last = self._next()
        if last == "\\":
            escaped = self._next()
            literal = self._literal(escaped)
            if literal is None:
                raise self.refusal(f"a range cannot end with \\{escaped}")
            last = literal
        if last < letter:
            raise self.refusal(f"the range {letter}-{last} is empty")
        return ranged(letter, last, fold=self._fold)


def _at_boundary(search: _Search, place: int) -> bool:
    text = search.text
    before = place > 0 and is_word(text[place - 1])
    after = place < len(text) and is_word(text[place])
    return before is not after


def _reading(test: Test) -> Build:
    def build(program: _Program) -> None:
        program.put(_Step(test=test))

    return build


def _checking(place: Check) -> Build:
    def build(program: _Program) -> None:
        program.put(_Step(place=place))

    return build


def _looking(part: Build, *, wanted: bool) -> Build:
    def build(program: _Program) -> None:
        ahead = _Program(program.room)
        part(ahead)
        program.put(_Step(place=lambda search, place: ahead.found(search, place, anywhere=False) is wanted))

    return build


def _either(options: list[Build]) -> Build:
    def build(program: _Program) -> None:
        ends: list[_Step] = []
        for option in options[:-1]:
            begin = len(program.steps)
            fork = program.put(_Step())
            option(program)
            ends.append(program.put(_Step()))
            fork.ways = (begin + 1, len(program.steps))
        options[-1](program)
        for end in ends:
            end.ways = (len(program.steps),)

    return build


def _times(part: Build, least: int, most: int | None) -> Build:
    def build(program: _Program) -> None:
        for _ in range(least):
            program.take_room()
            part(program)
        if most is None:
            begin = len(program.steps)
            fork = program.put(_Step())
            part(program)
            program.put(_Step(ways=(begin,)))
            fork.ways = (begin + 1, len(program.steps))
            return
        forks: list[tuple[int, _Step]] = []
        for _ in range(most - least):
            forks.append((len(program.steps), program.put(_Step())))
            part(program)
        for number, fork in forks:
            fork.ways = (number + 1, len(program.steps))

    return build
