"""Rows together with the files that people have sent: a .zip with the table and a folder, made while it is sent.

A file has the name that stands in its cell; nothing else tells whose it is, or when it came. Of all files one is in
memory at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from admin.exports.columns import Labels
from admin.exports.rows import Export, as_csv, batches
from storage.database import Database
from storage.queries.files import FoundFile, content_of, files_of

MEDIA_TYPE = "application/zip"
FOLDER = "files"
_NO_DAY = (1980, 1, 1, 0, 0, 0)
"""The first that the format knows: a day would tell when something was fetched."""
_READABLE = 0o100600 << 16
_PIECE = 262_144


class _Sink:
    """Takes what an archive writes, to be handed on; it cannot go back, so neither does the archive."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def pieces(self) -> list[bytes]:
        """What was written since, in pieces of a bounded size."""
        held, self._held = self._held, bytearray()
        return [bytes(held[start : start + _PIECE]) for start in range(0, len(held), _PIECE)]


async def as_zip(
    database: Database, export: Export, *, labels: Labels, say: Callable[[str], str], table: str
) -> AsyncIterator[bytes]:
    """The archive, piece by piece. ``table``: what the table in it is called."""
    sink = _Sink()
    archive = ZipFile(sink, "w")  # type: ignore[call-overload]
    with archive.open(_entry(table, ZIP_DEFLATED), "w") as entry:
        async for piece in as_csv(database, export, labels=labels, say=say):
            entry.write(piece)
            for each in sink.pieces():
                yield each
    async for file in _files(database, export):
        async with database.read() as connection:
            content = await content_of(connection, file.id)
        if content is None:  # its sender has deleted it meanwhile
            continue
        archive.writestr(_entry(f"{FOLDER}/{file.name}", ZIP_STORED), content)
        del content
        for each in sink.pieces():
            yield each
    archive.close()
    for each in sink.pieces():
        yield each


async def _files(database: Database, export: Export) -> AsyncIterator[FoundFile]:
    """The files that cells name, some rows at a time, of each in the order of their names, which are random."""
    async for batch in batches(database, export):
        named = {response_id: set(record.answers.values()) for response_id, record in batch}
        async with database.read() as connection:
            found = await files_of(connection, named.keys())
        for file in found:
            if file.name in named[file.response_id]:
                yield file


def _entry(name: str, compression: int) -> ZipInfo:
    entry = ZipInfo(name, _NO_DAY)
    entry.compress_type = compression
    entry.external_attr = _READABLE
    return entry
