"""What a recording tells of the circumstances it was made in: its clock and its device."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from dialogues.forms.form import Form
from tests.conformance.comparing import plain

Row = list[Any]


def clock(rows: Iterable[Row], value: int) -> datetime:
    """The time of the recording: what it stored as its beginning, if it did; ``value`` is the column of values."""
    for row in rows:
        text = row[value]
        if row[1] == "model-value" and isinstance(text, str) and len(text) > 19 and text[10:11] == "T":
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                continue
            if moment.tzinfo:
                return moment
    return datetime(2026, 11, 25, 12, tzinfo=UTC)


def properties(form: Form, rows: Iterable[Row], value: int) -> dict[str, str]:
    """What the recording's device told of itself."""
    recorded = {plain(row[0]): row[value] for row in rows}
    return {
        definition.preload_params: recorded.get(ref) or ""
        for ref, definition in form.definitions.items()
        if definition.preload == "property"
    }
