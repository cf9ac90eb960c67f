"""What the commands of the office say where they cannot do what they are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class CommandError(Exception):
    """What stands against a command, as a sentence for whoever typed it."""


def no_database(_: Callable[[str], str], file: Path) -> str:
    """That the file of a database is not where it is looked for, and how one says where it is."""
    sentence = _(
        "There is no database {file}. Where is it? Say so with --data FOLDER, or with MITSPRACHE_DATA or "
        "MITSPRACHE_DATABASE. A new one is made by `mitsprache db upgrade`."
    )
    return sentence.format(file=file)


def older_database(_: Callable[[str], str]) -> str:
    """That a database has to be brought to the newest schema."""
    return _("The database has an older schema, or none: run `mitsprache db upgrade`.")


def no_town(_: Callable[[str], str]) -> str:
    """That the database has no town."""
    return _('There is no town yet: run `mitsprache town found NAME --area "QUARTER"`.')
