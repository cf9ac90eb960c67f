"""The questionnaires of a town: each version with what it asks and which surveys use it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Attachment, AttachmentKind, Questionnaire, QuestionnaireFile, Survey


@dataclass(frozen=True, slots=True)
class UseFacts:
    """A survey that asks a questionnaire."""

    id: int
    titles: Mapping[str, str]
    state: str


@dataclass(frozen=True, slots=True)
class QuestionnaireFacts:
    """A version of a questionnaire. ``digest`` names its workbook and files; ``imported_on`` may be unknown.

    ``file_count``: how many files of all kinds belong to it.
    ``files``: the tables it chooses from, by name, as its form is compiled with them; the list of all leaves them out.
    """

    id: int
    name: str
    digest: str
    file_type: str
    xform: str
    titles: Mapping[str, str]
    imported_on: date | None
    file_count: int
    uses: tuple[UseFacts, ...]
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a questionnaire: its name, `AttachmentKind`, and how many bytes it has."""

    name: str
    kind: str
    size: int


_COLUMNS = (
    Questionnaire.id,
    Questionnaire.name,
    Questionnaire.digest,
    Questionnaire.file_type,
    Questionnaire.xform,
    Questionnaire.titles,
    Questionnaire.imported_on,
    select(func.count())
    .where(QuestionnaireFile.questionnaire_id == Questionnaire.id)
    .scalar_subquery()
    .label("file_count"),
)


def _facts(row: Any, uses: Iterable[UseFacts], files: Mapping[str, bytes] | None = None) -> QuestionnaireFacts:
    return QuestionnaireFacts(**row._mapping, uses=tuple(uses), files=tuple((files or {}).items()))


async def list_questionnaires(connection: AsyncConnection, town_id: int) -> tuple[QuestionnaireFacts, ...]:
    """All of a town's questionnaires, the newest first."""
    uses: dict[int, list[UseFacts]] = {}
    for questionnaire_id, *use in await connection.execute(
        select(Survey.questionnaire_id, Survey.id, Survey.titles, Survey.state)
        .where(Survey.town_id == town_id)
        .order_by(Survey.id)
    ):
        uses.setdefault(questionnaire_id, []).append(UseFacts(*use))
    rows = await connection.execute(
        select(*_COLUMNS).where(Questionnaire.town_id == town_id).order_by(Questionnaire.id.desc())
    )
    return tuple(_facts(row, uses.get(row.id, ())) for row in rows)


async def find_questionnaire(
    connection: AsyncConnection, town_id: int, questionnaire_id: int
) -> QuestionnaireFacts | None:
    """One questionnaire of a town, or None."""
    row = (
        await connection.execute(
            select(*_COLUMNS).where(Questionnaire.town_id == town_id, Questionnaire.id == questionnaire_id)
        )
    ).one_or_none()
    if row is None:
        return None
    uses = await connection.execute(
        select(Survey.id, Survey.titles, Survey.state)
        .where(Survey.questionnaire_id == questionnaire_id)
        .order_by(Survey.id)
    )
    return _facts(row, (UseFacts(*use) for use in uses), await load_files(connection, questionnaire_id))


async def find_version(connection: AsyncConnection, town_id: int, digest: str) -> int | None:
    """The id of the questionnaire that came from this very workbook and these files, or None."""
    return await connection.scalar(
        select(Questionnaire.id).where(Questionnaire.town_id == town_id, Questionnaire.digest == digest)
    )


async def load_titles(
    connection: AsyncConnection, town_id: int, questionnaire_ids: Collection[int]
) -> dict[int, Mapping[str, str]]:
    """The titles by language of those of the town's questionnaires that have these ids."""
    if not questionnaire_ids:
        return {}
    rows = await connection.execute(
        select(Questionnaire.id, Questionnaire.titles).where(
            Questionnaire.town_id == town_id, Questionnaire.id.in_(questionnaire_ids)
        )
    )
    return {row.id: row.titles for row in rows}


async def load_workbook(connection: AsyncConnection, town_id: int, questionnaire_id: int) -> bytes | None:
    """The workbook as it came, or None."""
    return await connection.scalar(
        select(Questionnaire.workbook).where(Questionnaire.town_id == town_id, Questionnaire.id == questionnaire_id)
    )


async def load_report(connection: AsyncConnection, questionnaire_id: int, revision: int) -> Mapping[str, Any] | None:
    """What the check of this revision found of a questionnaire; None: that is not known."""
    return await connection.scalar(
        select(Questionnaire.report).where(
            Questionnaire.id == questionnaire_id, Questionnaire.report_revision == revision
        )
    )


async def load_files(connection: AsyncConnection, questionnaire_id: int) -> dict[str, bytes]:
    """The tables of a questionnaire by the names it calls them: what its form is compiled with."""
    return (await load_files_of(connection, (questionnaire_id,))).get(questionnaire_id, {})


async def load_files_of(connection: AsyncConnection, questionnaire_ids: Collection[int]) -> dict[int, dict[str, bytes]]:
    """The tables of several questionnaires, by the id of each that has some."""
    found: dict[int, dict[str, bytes]] = {}
    if questionnaire_ids:
        rows = await connection.execute(
            _files(QuestionnaireFile.questionnaire_id, QuestionnaireFile.name, Attachment.content)
            .where(QuestionnaireFile.questionnaire_id.in_(questionnaire_ids), Attachment.kind == AttachmentKind.DATA)
            .order_by(QuestionnaireFile.name)
        )
        for questionnaire_id, name, content in rows:
            found.setdefault(questionnaire_id, {})[name] = content
    return found


async def files_of_surveys(connection: AsyncConnection, survey_ids: Collection[int]) -> dict[int, dict[str, bytes]]:
    """The tables of what several surveys ask, by the id of each survey that has some."""
    if not survey_ids:
        return {}
    rows = await connection.execute(select(Survey.id, Survey.questionnaire_id).where(Survey.id.in_(survey_ids)))
    asked = {row.id: row.questionnaire_id for row in rows}
    files = await load_files_of(connection, set(asked.values()))
    return {survey_id: files[each] for survey_id, each in asked.items() if each in files}


Media: TypeAlias = dict[str, tuple[int, AttachmentKind]]
"""What is shown or played with the questions of a questionnaire: name → id of the attachment, and its kind."""


async def media_of(connection: AsyncConnection, questionnaire_id: int) -> Media:
    """What is shown or played with the questions of a questionnaire."""
    return (await media_of_all(connection, (questionnaire_id,)))[questionnaire_id]


async def media_of_all(connection: AsyncConnection, questionnaire_ids: Collection[int]) -> dict[int, Media]:
    """The same of several questionnaires, by their ids."""
    found: dict[int, Media] = {each: {} for each in questionnaire_ids}
    if not questionnaire_ids:
        return found
    rows = await connection.execute(
        _files(
            QuestionnaireFile.questionnaire_id, QuestionnaireFile.name, QuestionnaireFile.attachment_id, Attachment.kind
        ).where(QuestionnaireFile.questionnaire_id.in_(questionnaire_ids), Attachment.kind != AttachmentKind.DATA)
    )
    for questionnaire_id, name, attachment_id, kind in rows:
        found[questionnaire_id][name] = (attachment_id, AttachmentKind(kind))
    return found


async def load_medium(
    connection: AsyncConnection, town_id: int, questionnaire_id: int, name: str
) -> tuple[AttachmentKind, bytes] | None:
    """A picture, sound or film of a questionnaire of the town, by its name; None: there is none."""
    row = (
        await connection.execute(
            _files(Attachment.kind, Attachment.content).where(
                QuestionnaireFile.town_id == town_id,
                QuestionnaireFile.questionnaire_id == questionnaire_id,
                QuestionnaireFile.name == name,
                Attachment.kind != AttachmentKind.DATA,
            )
        )
    ).one_or_none()
    return None if row is None else (AttachmentKind(row.kind), row.content)


async def list_files(connection: AsyncConnection, questionnaire_id: int) -> tuple[FileFacts, ...]:
    """All files of a questionnaire by name, without what is in them."""
    rows = await connection.execute(
        _files(QuestionnaireFile.name, Attachment.kind, func.length(Attachment.content))
        .where(QuestionnaireFile.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireFile.name)
    )
    return tuple(FileFacts(*row) for row in rows)


async def load_every_file(connection: AsyncConnection, questionnaire_id: int) -> dict[str, bytes]:
    """All files of a questionnaire by name."""
    rows = await connection.execute(
        _files(QuestionnaireFile.name, Attachment.content)
        .where(QuestionnaireFile.questionnaire_id == questionnaire_id)
        .order_by(QuestionnaireFile.name)
    )
    return {row.name: row.content for row in rows}


def _files(*columns: Any) -> Select[Any]:
    return select(*columns).join_from(QuestionnaireFile, Attachment, Attachment.id == QuestionnaireFile.attachment_id)
