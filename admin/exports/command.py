"""Row export from the command line: finds the survey, writes the file whole or not at all, and says what it did."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from admin.command import CommandError
from admin.exports.rows import Export, RefusedError, as_csv, labels_of, prepare, purpose_of, reason_in, recorded
from admin.exports.with_files import as_zip
from storage.database import Database
from storage.queries.rows import survey_for_export, surveys_called

UNNAMED_PURPOSE = "command line"
"""Stands in the log where no purpose was given."""


class CannotExportError(CommandError):
    """What stands against an export."""


async def export_rows(
    database: Database,
    town_id: int,
    wanted: str,
    *,
    labels: str,
    path: Path,
    purpose: str | None,
    force: bool,
    now: datetime,
    say: Callable[[str], str],
    with_files: bool = False,
) -> Export:
    """Write the rows of a survey into a file that only its owner can read. ``wanted``: the survey's id or title.

    ``with_files``: a .zip of the rows and of the files that people have sent.

    ``labels``: ``codes`` or a language. ``purpose``: None where nobody says. ``say``: translates our columns' labels.

    Raises:
        CannotExportError: there is no such survey, its rows may not leave, or the file is there already.
    """
    if purpose is not None and purpose_of(purpose) is None:
        raise CannotExportError("Say in at least 10 letters what the rows are for.")
    _must_be_free(path, force=force)
    export = await _prepared(database, town_id, await _survey(database, town_id, wanted))
    try:
        language = labels_of(export, labels)
    except ValueError:
        raise CannotExportError(f"There are no labels {labels}. There are: {', '.join(export.languages)}.") from None

    async def record() -> None:
        async with database.write() as connection:
            await recorded(
                connection,
                town_id=town_id,
                staff_id=None,
                export=export,
                purpose=(purpose and purpose_of(purpose)) or UNNAMED_PURPOSE,
                labels=language,
                now=now,
                with_files=with_files,
            )

    handle, name = _beside(path)
    if with_files:
        pieces = as_zip(database, export, labels=language, say=say, table=path.with_suffix(".csv").name)
    else:
        pieces = as_csv(database, export, labels=language, say=say)
    try:
        with os.fdopen(handle, "wb") as file:
            await record()
            async for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        _put(Path(name), path, force=force)
    except OSError as error:
        raise CannotExportError(f"{path} cannot be written: {error.strerror}.") from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 (so is the temporary file named)
    return export


def _must_be_free(path: Path, *, force: bool) -> None:
    if path.is_dir() or (path.exists() and not force):
        raise CannotExportError(f"{path} is there already: --force writes over it.")


def _beside(path: Path) -> tuple[int, str]:
    """A file of chance name that only its owner can read, where the other shall be."""
    try:
        return tempfile.mkstemp(prefix=".export-", dir=path.parent)
    except OSError as error:
        raise CannotExportError(f"{path} cannot be written: {error.strerror}.") from None


def _put(written: Path, path: Path, *, force: bool) -> None:
    """Give the file its name, in one step; without ``force`` over nothing that has come in the meantime."""
    if force:
        written.replace(path)
        return
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise CannotExportError(f"{path} is there already: --force writes over it.") from None


async def _survey(database: Database, town_id: int, wanted: str) -> int:
    async with database.read() as connection:
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
            found = await survey_for_export(connection, town_id, int(wanted))
            if found is not None:
                return found.id
        called = await surveys_called(connection, town_id, wanted)
    if len(called) > 1:
        ids = ", ".join(str(each.id) for each in called)
        raise CannotExportError(f"Several surveys are called so: name one by its number ({ids}).")
    if not called:
        raise CannotExportError(f"There is no survey {wanted}.")
    return called[0].id


async def _prepared(database: Database, town_id: int, survey_id: int) -> Export:
    try:
        export = await prepare(database, town_id, survey_id)
    except RefusedError as refused:
        raise CannotExportError(reason_in(str, refused.reason)) from None
    if export is None:
        raise CannotExportError(f"There is no survey {survey_id}.")
    return export
