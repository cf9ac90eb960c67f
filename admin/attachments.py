"""Files that are sent with a broadcast: what an upload becomes. How it is cleaned, `dialogues.attachments` says.

A file comes from outside. It is judged by its content, never by its name. Blocks: call it in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from threading import Lock

from dialogues.attachments import document, is_document, picture
from dialogues.markup import clean
from dialogues.refused_files import Refused, RefusedFileError
from storage.models import AttachmentKind

__all__ = ["MAX_FILE", "Refused", "RefusedFileError", "Taken", "name_of", "paint", "take"]

MAX_FILE = 10_000_000
"""Bytes. What Telegram takes as a picture; a document may be larger there, but not for people with little data."""
_MOST_NAME = 60
_ONE_AT_A_TIME = Lock()
"""A decoded picture takes up to 200 MB for a moment."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is kept. ``name``: under which a document is received."""

    kind: AttachmentKind
    name: str
    content: bytes


def take(data: bytes, filename: str) -> Taken:
    """Make of an upload what is sent.

    Raises:
        RefusedFileError: it is neither a picture nor a document that we take.
    """
    if not data:
        raise RefusedFileError(Refused.EMPTY)
    if len(data) > MAX_FILE:
        raise RefusedFileError(Refused.TOO_LARGE)
    if is_document(data):
        return Taken(AttachmentKind.DOCUMENT, name_of(filename, ".pdf"), document(data))
    return Taken(AttachmentKind.PHOTO, name_of(filename, ".jpg"), paint(data))


def paint(data: bytes) -> bytes:
    """A picture painted anew, as JPEG.

    Raises:
        RefusedFileError: it is no picture that we take.
    """
    with _ONE_AT_A_TIME:
        return picture(data)


def name_of(filename: str, ending: str) -> str:
    """A name that no system reads as anything but a name: letters, digits, spaces, ``-`` and ``_``."""
    stem = PurePath(clean(filename).replace("\\", "/").replace("\n", " ")).stem
    kept = " ".join("".join(each if each.isalnum() or each in "-_ " else " " for each in stem).split())
    return f"{kept[:_MOST_NAME].strip() or 'datei'}{ending}"
