"""The files of a questionnaire: which version they make together with its workbook, how they come and go.

They are kept as they were checked; what may be kept is decided by who hands them over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Attachment, AttachmentKind, Broadcast, QuestionnaireFile


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a questionnaire under the name that the questionnaire calls it by."""

    name: str
    kind: AttachmentKind
    content: bytes


def digest_of(workbook: bytes, files: Iterable[KeptFile] = ()) -> str:
    """What a version of a questionnaire is known by, hexadecimal.

    Without files the SHA-256 of the workbook; with some, one of the workbook's, their names and theirs.
    """
    whole = hashlib.sha256(workbook)
    ordered = sorted(files, key=lambda file: file.name)
    if not ordered:
        return whole.hexdigest()
    together = hashlib.sha256(whole.digest())
    for file in ordered:
        together.update(hashlib.sha256(file.name.encode()).digest())
        together.update(hashlib.sha256(file.content).digest())
    return together.hexdigest()


async def keep_files(
    connection: AsyncConnection, *, town_id: int, questionnaire_id: int, files: Iterable[KeptFile]
) -> None:
    """Store the files of a questionnaire that has none yet."""
    for file in files:
        attachment_id = await connection.scalar(
            insert(Attachment)
            .values(town_id=town_id, kind=file.kind, name=file.name, content=file.content, file_ids={})
            .returning(Attachment.id)
        )
        await connection.execute(
            insert(QuestionnaireFile).values(
                town_id=town_id, questionnaire_id=questionnaire_id, name=file.name, attachment_id=attachment_id
            )
        )


async def drop_files(connection: AsyncConnection, questionnaire_id: int) -> None:
    """Delete the files of a questionnaire that goes."""
    found = await connection.scalars(
        select(QuestionnaireFile.attachment_id).where(QuestionnaireFile.questionnaire_id == questionnaire_id)
    )
    gone = list(found)
    await connection.execute(delete(QuestionnaireFile).where(QuestionnaireFile.questionnaire_id == questionnaire_id))
    for attachment_id in gone:
        await connection.execute(
            delete(Attachment).where(
                Attachment.id == attachment_id,
                ~select(Broadcast.id).where(Broadcast.attachment_id == attachment_id).exists(),
            )
        )
