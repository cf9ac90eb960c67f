"""The rows of files that are answers: each comes and goes with the answer whose value is its name.

Nothing is looked up: names have a form of their own, so values alone say which files there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from bot.incoming import Brought
from dialogues.forms import Form
from dialogues.forms.questions import PLACES
from dialogues.sent_files import UNKNOWN, is_name, kept_as
from storage import statements as do
from storage.models import FileState
from storage.statements import Write


def writes(
    town_id: int,
    response_id: UUID,
    form: Form,
    old: Mapping[str, str],
    new: Mapping[str, str],
    *,
    brought: Brought | None,
    now: datetime,
) -> list[Write]:
    """What a change of values, by ref, means for files. ``brought``: the one that came with it."""
    before, after = _named(form, old), _named(form, new)
    gone = [{"key_response_id": response_id, "key_name": name} for name in before if name not in after]
    moved = [
        {"key_response_id": response_id, "key_name": name, "ref": ref}
        for name, ref in after.items()
        if name in before and before[name] != ref
    ]
    found = [Write(do.DELETE_ANSWER_FILE, gone), Write(do.MOVE_ANSWER_FILE, moved)]
    name = brought.file.name if brought else ""
    if brought is None or name in before or name not in after:
        return found
    kept = kept_as(name)
    row = {
        "id": uuid4(),
        "town_id": town_id,
        "response_id": response_id,
        "ref": after[name],
        "name": name,
        "media_type": kept.media_type if kept else UNKNOWN,
        "file_id": brought.file_id,
        "state": FileState.WAITING,
        "size": brought.file.size,
        "attempts": 0,
        "next_at": now,
    }
    return [*found, Write(do.INSERT_ANSWER_FILE, [row])]


def _named(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """The ref of each value that has the form of a file's name, by that name: of the question, where a calculation
    repeats it."""
    named = [(value, ref) for ref, value in values.items() if is_name(value)]
    return dict(sorted(named, key=lambda each: _is_asked(form, each[1])))


def _is_asked(form: Form, ref: str) -> bool:
    definition = form.definitions.get(PLACES.sub("", ref))
    return definition is not None and definition.control is not None
