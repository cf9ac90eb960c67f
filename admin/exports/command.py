"""Row export from the command line: finds the survey, writes the file whole or not at all, and says what it did."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from gettext import NullTranslations
from pathlib import Path

from admin.command import CommandError
from admin.exports.rows import (
    Export,
    RefusedError,
    as_csv,
    gaps,
    in_our_wording,
    labels_of,
    prepare,
    purpose_of,
    reason_in,
    recorded,
    texts_left_out,
)
from admin.exports.with_files import as_zip
from dialogues.texts import Texts
from storage.database import Database
from storage.queries.rows import survey_for_export, surveys_called

ENGLISH = NullTranslations()
Say = Callable[[str], str]
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
    texts: Texts,
    purpose: str | None,
    force: bool,
    now: datetime,
    words: NullTranslations = ENGLISH,
    with_files: bool = False,
) -> Export:
    """Write the rows of a survey into a file that only its owner can read. ``wanted``: the survey's id or title.

    ``with_files``: a .zip of the rows and of the files that people have sent.

    ``labels``: ``codes`` or a language. ``purpose``: None where nobody says. ``words``: in which our own columns are
    labelled and what stands against it is said.

    Raises:
        CannotExportError: there is no such survey, its rows may not leave, or the file is there already.
    """
    _ = words.gettext
    if purpose is not None and purpose_of(purpose) is None:
        raise CannotExportError(_("Please write what the rows are for, in at least 10 letters."))
    _must_be_free(path, _, force=force)
    export = await _prepared(database, town_id, await _survey(database, town_id, wanted, _), _)
    export = await in_our_wording(database, town_id, export, texts)
    try:
        language = labels_of(export, labels)
    except ValueError:
        there = ", ".join(export.languages)
        reason = _("There are no labels {labels}. There are: {languages}.").format(labels=labels, languages=there)
        raise CannotExportError(reason) from None

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

    handle, name = _beside(path, _)
    if with_files:
        pieces = as_zip(database, export, labels=language, say=_, table=path.with_suffix(".csv").name)
    else:
        pieces = as_csv(database, export, labels=language, say=_)
    try:
        with os.fdopen(handle, "wb") as file:
            await record()
            async for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        _put(Path(name), path, _, force=force)
    except OSError as error:
        raise CannotExportError(_cannot_be_written(path, error, _)) from None
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108 (so is the temporary file named)
    return export


def told(export: Export, path: Path, *, with_files: bool, words: NullTranslations = ENGLISH) -> Iterator[str]:
    """What has become of an export: first how much is in the file, then what is not."""
    _, ngettext = words.gettext, words.ngettext
    number = export.number
    rows = ngettext("{file} has {number} row.", "{file} has {number} rows.", number).format(file=path, number=number)
    sent = export.files.fetched
    files = ngettext("With it is {number} file.", "With it are {number} files.", sent).format(number=sent)
    yield f"{rows} {files}" if with_files else rows
    if sent and not with_files:
        stay = _("Photos, recordings and documents stay here: {number}. With --format zip they come along.")
        yield stay.format(number=sent)
    yield from gaps(_, export)
    if export.texts_withheld:
        yield texts_left_out(ngettext, export.texts_withheld)


def _must_be_free(path: Path, _: Say, *, force: bool) -> None:
    if path.is_dir() or (path.exists() and not force):
        raise CannotExportError(_is_there(path, _))


def _is_there(path: Path, _: Say) -> str:
    return _("{file} is there already: --force writes over it.").format(file=path)


def _cannot_be_written(path: Path, error: OSError, _: Say) -> str:
    return _("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror)


def _beside(path: Path, _: Say) -> tuple[int, str]:
    """A file of chance name that only its owner can read, where the other shall be."""
    try:
        return tempfile.mkstemp(prefix=".export-", dir=path.parent)
    except OSError as error:
        raise CannotExportError(_cannot_be_written(path, error, _)) from None


def _put(written: Path, path: Path, _: Say, *, force: bool) -> None:
    """Give the file its name, in one step; without ``force`` over nothing that has come in the meantime."""
    if force:
        written.replace(path)
        return
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise CannotExportError(_is_there(path, _)) from None


async def _survey(database: Database, town_id: int, wanted: str, _: Say) -> int:
    async with database.read() as connection:
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
            found = await survey_for_export(connection, town_id, int(wanted))
            if found is not None:
                return found.id
        called = await surveys_called(connection, town_id, wanted)
    if len(called) > 1:
        ids = ", ".join(str(each.id) for each in called)
        raise CannotExportError(_("Several surveys are called so: name one by its number ({ids}).").format(ids=ids))
    if not called:
        raise CannotExportError(_("There is no survey {name}.").format(name=wanted))
    return called[0].id


async def _prepared(database: Database, town_id: int, survey_id: int, _: Say) -> Export:
    try:
        export = await prepare(database, town_id, survey_id)
    except RefusedError as refused:
        raise CannotExportError(reason_in(_, refused.reason)) from None
    if export is None:
        raise CannotExportError(_("There is no survey {name}.").format(name=survey_id))
    return export
