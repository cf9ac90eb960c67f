"""How much of what a poster could say there is room for, and how large: reckoned from letters, generously. Pure.

The sizes of a level stand in admin/static/print, by its name.
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
    """A size of letters: ``points`` of the text; the height that is left for all languages in millimetres, without and
    with day and place above them."""

    name: str
    points: float
    room: float
    dated_room: float


@dataclass(frozen=True, slots=True)
class _Paper:
    """``column``: millimetres of text in one of two columns. In sizes of its letters: ``letter``: how wide one is, with
    what is lost at the ends of lines, which is more in narrow columns; ``line``: how high a line is. ``call``,
    ``about``: so many times as wide as the text is what stands above it; ``…_line``: and as high."""

    levels: tuple[_Level, ...]
    column: float
    letter: float
    line: float
    call: float
    call_line: float
    about: float
    about_line: float


_POSTER = _Paper(
    (
        _Level("giant", 23, 140, 155),
        _Level("huge", 18, 142, 157),
        _Level("large", 16, 143, 158),
        _Level("normal", 13.5, 140, 158),
        _Level("long", 11.5, 150, 168),
        _Level("dense", 10.8, 163, 188),
    ),
    column=85.6,
    letter=0.47,
    line=1.3,
    call=1.7,
    call_line=1.5,
    about=1.25,
    about_line=1.08,
)
_CARD = _Paper(
    (_Level("huge", 12, 103, 105), _Level("large", 10.5, 103, 105), _Level("normal", 9, 103, 105)),
    column=41.7,
    letter=0.5,
    line=1.15,
    call=1.2,
    call_line=1.2,
    about=1.05,
    about_line=1.05,
)
IN_ONE_COLUMN = 3
"""So many languages stand below each other, over the whole width."""
_POINT = 0.3528
_CYRILLIC = 1.12
"""So many times as wide as others its letters are."""
_BETWEEN = 0.7
"""Lines of white below a section."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the languages of an event beside its code. ``where``: the lines of its place."""

    office: str
    where: tuple[str, ...]
    link: str

    @property
    def is_far(self) -> bool:
        """Whether the place needs smaller letters on a poster."""
        return sum(ceil(len(each) / 26) for each in self.where) > 3

    def more(self, paper: _Paper) -> float:
        """Millimetres that it takes more than usual."""
        if paper is _POSTER:
            return 10 * (ceil(len(self.office) / 42) - 1)
        lines = ceil(len(self.office) / 26) + ceil(len(", ".join(self.where)) / 31) + ceil(len(self.link) / 32)
        return 3.7 * max(0, lines - 4)


def fitting(tongues: Sequence[Words], size: str, head: Head | None = None) -> tuple[str, tuple[Words, ...]]:
    """Return the name of the largest size of letters at which all fits, and what is said: as much as there is room
    for."""
    paper = _POSTER if size == "a4" else _CARD
    for said in _shorter(tongues):
        for level in paper.levels:
            room = level.dated_room - head.more(paper) if head else level.room
            if _height(said, level, paper) <= room:
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
    high = [_section(each, letters / (_CYRILLIC if each.language == "bg" else 1), paper) for each in tongues]
    half = ceil(len(high) / 2)
    if is_wide:
        lines = sum(high)
    elif paper is _CARD:
        lines = max(sum(high[:half]), sum(high[half:]))
    else:
        lines = sum(max(high[at : at + 2]) for at in range(0, len(high), 2))
    return lines * level.points * _POINT * paper.line


def _section(words: Words, letters: float, paper: _Paper) -> float:
    """How high a section is, in lines of the text."""
    called = paper.call_line * _rows((words.call,), letters / paper.call)
    about = paper.about_line * _rows(words.about, letters / paper.about)
    return called + about + _rows((*words.facts, words.how + " " + words.promise), letters) + _BETWEEN


def _rows(said: Sequence[Markup], letters: float) -> int:
    return sum(ceil(visible_length(plain_text(each)) / letters) for each in said)
