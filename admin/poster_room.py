"""How much of what a poster could say there is room for, and how large: reckoned from letters, generously. Pure.

The sizes of a level stand in admin/static/print, by its name. Where the page has scripts, grow.js makes the letters as
large as there is room for indeed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from dialogues.markup import Markup, plain_text
from dialogues.poster import Words
from dialogues.splitting import visible_length


@dataclass(frozen=True, slots=True)
class _Level:
    """A size of letters: ``points`` of the text; ``call``: so many times as large as it is what stands above it;
    ``code``, ``dated_code``: millimetres of the code, without and with day and place beside it."""

    name: str
    points: float
    call: float
    code: float
    dated_code: float


@dataclass(frozen=True, slots=True)
class _Paper:
    """``high``: millimetres for head and languages, without what is white between them. ``column``: of text in one of
    two columns. In sizes of its letters: ``letter``: how wide one is, with what is lost at the ends of lines, which is
    more in narrow columns; ``line``: how high a line is. ``call_line``: so many times as high as a line of the text is
    one of the call, beside its size; ``about``, ``about_line``: the same of what stands below it. ``headlines``,
    ``roomy_headlines``: the sizes of the title above all, with the lines that each may take in ``across`` millimetres,
    above many languages and above few."""

    levels: tuple[_Level, ...]
    high: float
    column: float
    letter: float
    line: float
    call_line: float
    about: float
    about_line: float
    headlines: tuple[tuple[int, int], ...]
    roomy_headlines: tuple[tuple[int, int], ...]
    across: float


_POSTER = _Paper(
    (
        _Level("giant", 23, 1.6, 84, 72),
        _Level("huge", 18, 1.65, 84, 72),
        _Level("large", 16, 1.6, 84, 72),
        _Level("normal", 13.5, 1.6, 84, 72),
        _Level("long", 11.5, 1.5, 78, 64),
        _Level("dense", 10.8, 1.3, 74, 60),
    ),
    high=254,
    column=85.6,
    letter=0.47,
    line=1.3,
    call_line=0.92,
    about=1.25,
    about_line=1.08,
    headlines=((60, 1), (52, 1), (44, 1), (44, 2), (36, 2), (30, 2), (26, 9)),
    roomy_headlines=((72, 2), (60, 3), (52, 3), (44, 3), (36, 4), (30, 5), (26, 9)),
    across=186,
)
_CARD = _Paper(
    (_Level("huge", 12, 1.2, 28, 27), _Level("large", 10.5, 1.2, 28, 27), _Level("normal", 9, 1.1, 28, 27)),
    high=130,
    column=41.7,
    letter=0.5,
    line=1.15,
    call_line=1,
    about=1.05,
    about_line=1.05,
    headlines=((18, 1), (16, 1), (14, 1), (15, 2), (13, 9)),
    roomy_headlines=((26, 2), (22, 3), (18, 4), (15, 5), (13, 9)),
    across=58,
)
IN_ONE_COLUMN = 3
"""So many languages stand below each other, over the whole width."""
FEW = 2
"""Above so many languages there is room for a very large title."""
_POINT = 0.3528
_CYRILLIC = 1.12
"""So many times as wide as others its letters are."""
_BOLD = 0.58
"""How wide a letter of the headline is, in its size."""
_BETWEEN = 0.7
"""Lines of white below a section."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the languages beside the code. ``title``: the largest of all, in ``language``;
    ``is_roomy``: few languages share the sheet; ``where``: the lines of an event's place."""

    office: str
    title: str
    language: str
    is_roomy: bool
    link: str
    where: tuple[str, ...] = ()

    @property
    def is_far(self) -> bool:
        """Whether the place needs smaller letters on a poster."""
        return sum(ceil(len(each) / 26) for each in self.where) > 3

    def headline(self, size: str) -> int:
        """The size of the title, in points."""
        return self._headline(_paper(size))[0]

    def _headline(self, paper: _Paper) -> tuple[int, int]:
        """The largest size at which the title takes few lines, and no word is broken; and how many it takes."""
        for points, most in paper.roomy_headlines if self.is_roomy else paper.headlines:
            letters = paper.across / (points * _POINT * _BOLD * (_CYRILLIC if self.language == "bg" else 1))
            lines = _wrapped(self.title, letters)
            if lines <= most and all(visible_length(word) <= letters for word in self.title.split()):
                break
        return points, lines

    def high(self, paper: _Paper, level: _Level) -> float:
        """How many millimetres it takes."""
        points, lines = self._headline(paper)
        title, code = lines * points * _POINT * 1.15, level.dated_code if self.where else level.code
        if paper is _POSTER:
            return title + 7 * ceil(len(self.office) / 60) + code + (6 if self.where else 8)
        office = 4 * ceil(len(self.office) / 26) + 2
        dated = 6 + 3.7 * ceil(len(", ".join(self.where)) / 31) if self.where else 0
        return max(code, office + title + dated + 3.7 * ceil(len(self.link) / 32))


def _paper(size: str) -> _Paper:
    return _POSTER if size == "a4" else _CARD


def _wrapped(text: str, letters: float) -> int:
    """How many lines a text takes whose words stay whole, as long as a line holds them."""
    lines, at = 1, 0.0
    for word in text.split():
        wide = visible_length(word)
        if at and at + wide > letters:
            lines, at = lines + 1, 0
        lines += ceil(wide / letters) - 1 if wide else 0
        at += wide + 1
    return lines


def fitting(tongues: Sequence[Words], size: str, head: Head) -> tuple[str, tuple[Words, ...]]:
    """Return the name of the largest size of letters at which all fits, and what is said: as much as there is room
    for."""
    paper = _paper(size)
    for said in _shorter(tongues):
        for level in paper.levels:
            if _height(said, level, paper) <= paper.high - head.high(paper, level):
                return level.name, said
    return paper.levels[-1].name, said


def _shorter(tongues: Sequence[Words]) -> Iterator[tuple[Words, ...]]:
    """The same with less and less of it."""
    for facts in (None, 1, 0):
        yield tuple(replace(each, facts=each.facts[:facts]) for each in tongues)
    brief = tuple(replace(each, facts=(), about=each.about[:1]) for each in tongues)
    yield brief
    yield tuple(replace(each, promise=Markup()) for each in brief)


def _height(tongues: Sequence[Words], level: _Level, paper: _Paper) -> float:
    """How high all sections are together: a poster's in rows of two, a card's in two columns."""
    is_wide = len(tongues) <= IN_ONE_COLUMN
    letters = paper.column * (1 + is_wide) / (level.points * _POINT * paper.letter)
    high = [_section(each, letters / (_CYRILLIC if each.language == "bg" else 1), level, paper) for each in tongues]
    half = ceil(len(high) / 2)
    if is_wide:
        lines = sum(high)
    elif paper is _CARD:
        lines = max(sum(high[:half]), sum(high[half:]))
    else:
        lines = sum(max(high[at : at + 2]) for at in range(0, len(high), 2))
    return lines * level.points * _POINT * paper.line


def _section(words: Words, letters: float, level: _Level, paper: _Paper) -> float:
    """How high a section is, in lines of the text."""
    called = paper.call_line * level.call * _rows((words.call,), letters / level.call)
    about = paper.about_line * _rows(words.about, letters / paper.about)
    return called + about + _rows((*words.facts, words.how + " " + words.promise), letters) + _BETWEEN


def _rows(said: Sequence[Markup], letters: float) -> int:
    return sum(ceil(visible_length(plain_text(each)) / letters) for each in said)
