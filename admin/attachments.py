"""Files that are sent with a broadcast: what an upload becomes. How it is cleaned, `dialogues.attachments` says.

A file comes from outside. It is judged by its content, never by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from dialogues.attachments import is_document
from dialogues.markup import clean
from dialogues.refused_files import Refused, RefusedFileError
from dialogues.sent_files import Family
from storage.cleaning import Cleaner
from storage.models import AttachmentKind

__all__ = ["MAX_FILE", "Refused", "RefusedFileError", "Taken", "name_of", "take"]

MAX_FILE = 10_000_000
"""Bytes. What Telegram takes as a picture; a document may be larger there, but not for people with little data."""
_MOST_NAME = 60


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is kept. ``name``: under which a document is received."""

    kind: AttachmentKind
    name: str
    content: bytes


async def take(cleaner: Cleaner, data: bytes, filename: str) -> Taken:
    """Make of an upload what is sent.

    Raises:
        RefusedFileError: it is neither a picture nor a document that we take.
    """
    if len(data) > MAX_FILE:
        raise RefusedFileError(Refused.TOO_LARGE)
    if is_document(data):
        content = await cleaner.clean(data, Family.DOCUMENT)
        return Taken(AttachmentKind.DOCUMENT, name_of(filename, ".pdf"), content)
    return Taken(AttachmentKind.PHOTO, name_of(filename, ".jpg"), await cleaner.clean(data, Family.PICTURE))


def name_of(filename: str, ending: str) -> str:
    """A name that no system reads as anything but a name: letters, digits, spaces, ``-`` and ``_``."""
    stem = PurePath(clean(filename).replace("\\", "/").replace("\n", " ")).stem
    kept = " ".join("".join(each if each.isalnum() or each in "-_ " else " " for each in stem).split())
    return f"{kept[:_MOST_NAME].strip() or 'datei'}{ending}"
