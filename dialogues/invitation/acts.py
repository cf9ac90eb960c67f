"""What buttons about an event and its dates mean. Each names a fact to be reached, so an old one can be answered by
what is so now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LIST: Final = "event:list"
"""Which events are coming."""
MINE: Final = "event:mine"
"""What this resident has said yes or maybe to."""
_LARGEST = 2**31 - 1


class Doing(StrEnum):
    """What somebody does by a button about an event or one of its dates."""

    LIST = "list"
    MINE = "mine"
    SHOW = "show"
    """The invitation again."""
    DATES = "dates"
    MAP = "map"
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
    SURELY_NO = "surelyno"
    """After it was said that others wait."""
    PERSONS = "p"
    CHILDREN = "c"
    NEED = "need"
    WAIT = "wait"
    """Until there is room for all."""
    CARD = "card"
    SIZE = "size"
    KIDS = "kids"
    NAME = "name"
    NO_NAME = "noname"
    CALENDAR = "ics"


@dataclass(frozen=True, slots=True)
class Act:
    """What a button means. ``event``, ``occasion``: ids, 0 where none is meant. ``below``: the answer comes below.

    ``number``: of persons or children, or of dates before a page of them. ``need``: of ``NEEDS``, and whether it is
    ``wanted``.
    """

    doing: Doing
    event: int = 0
    occasion: int = 0
    number: int = 0
    need: str = ""
    wanted: bool = False
    below: bool = True


_OF_EVENT = re.compile(r"event:([0-9]{1,10}):(show|dates|map|ics)([0-9]{1,3})?")
_OF_DATE = re.compile(
    r"date(?P<below>\+?):(?P<id>[0-9]{1,10}):"
    r"(?:(?P<word>yes|maybe|no|surelyno|wait|card|size|kids|name|noname|ics)"
    r"|(?P<count>[pc])(?P<number>[0-9]{1,2})|(?P<need>interpreter|childcare|wheelchair)(?P<sign>[+-]))"
)


def read(key: str) -> Act | None:
    """Return what a button about an event means; None: we never wrote such a one."""
    if key in (LIST, MINE):
        return Act(Doing.LIST if key == LIST else Doing.MINE)
    if found := _OF_EVENT.fullmatch(key):
        turns = found[3] is not None
        if int(found[1]) > _LARGEST or (turns and found[2] != Doing.DATES):
            return None
        return Act(Doing(found[2]), event=int(found[1]), number=int(found[3] or 0), below=not turns)
    found = _OF_DATE.fullmatch(key)
    if found is None or int(found["id"]) > _LARGEST:
        return None
    occasion, below = int(found["id"]), bool(found["below"])
    if found["need"]:
        return Act(Doing.NEED, occasion=occasion, need=found["need"], wanted=found["sign"] == "+", below=below)
    if found["count"]:
        return Act(Doing(found["count"]), occasion=occasion, number=int(found["number"]), below=below)
    return Act(Doing(found["word"]), occasion=occasion, below=below)
