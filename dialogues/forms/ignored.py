"""What a questionnaire asks of a phone or a server that a chat leaves undone: said, not refused. Changes nothing."""

import re
from collections.abc import Iterator

from dialogues.forms.problems import Note
from dialogues.forms.workbook import Workbook

__all__ = ["ignored"]

_ROWS = (
    (re.compile(r"audit"), "how somebody fills in the questionnaire is not recorded (audit)"),
    (re.compile(r"background-audio"), "nobody is recorded unasked (background-audio)"),
    (re.compile(r"background-geopoint"), "nobody is located unasked (background-geopoint)"),
    (re.compile(r"start-geopoint"), "nobody is located unasked (start-geopoint)"),
    (re.compile(r"osm\b.*"), "nothing can be chosen on a map in a chat (osm)"),
)


def ignored(workbook: Workbook) -> tuple[Note, ...]:
    """A note for each row that stays without effect, and one for entities."""
    return (*_rows(workbook), *_entities(workbook), *_encryption(workbook))


def _rows(workbook: Workbook) -> Iterator[Note]:
    for row in workbook.rows("survey"):
        kind = row.cells.get("type", "").lower()
        for pattern, said in _ROWS:
            if pattern.fullmatch(kind):
                yield Note("survey", row.number, said)


def _entities(workbook: Workbook) -> Iterator[Note]:
    for row in workbook.rows("entities"):
        yield Note("entities", row.number, "no entities are made of the answers; the answers themselves are kept")
        return


def _encryption(workbook: Workbook) -> Iterator[Note]:
    for row in workbook.rows("settings"):
        if row.cells.get("public_key"):
            yield Note("settings", row.number, "responses are not encrypted for a server (public_key)")
