"""What of a response leaves in a hand-over: the rows of the export, each written as a submission of its form.

Of an anonymous survey not a value more than the rows have (`admin.exports.rows`): no moment, no id, nothing that quotes
a free text, and no free text that nobody has released. Area and language have no place in a submission. Files that
people have sent leave only if somebody has chosen so; otherwise their names do not leave either. Sends nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from admin.exports.codebook import Codebook, Kind
from admin.exports.rows import Export, prepare
from admin.handing_over.openrosa import Attachment, GoneError
from dialogues.forms.form import Form
from dialogues.forms.submission import to_xml
from dialogues.forms.xform import read_xform
from storage.database import Database
from storage.models import SurveyState
from storage.queries.files import content_of, files_of
from storage.queries.results import texts_shown
from storage.queries.rows import ResponseRow, rows_of, versions_asked
from storage.services.carrying import Item


class NotClosedError(Exception):
    """The survey is not closed: what is still to come would not be there, or stand out."""


class EncryptedError(Exception):
    """The form wants submissions encrypted with a key of its own; a server takes no others, and we make none."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What is handed over of a response."""

    xml: bytes
    attachments: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """What may leave of a survey, read once for a whole hand-over."""

    export: Export
    forms: Mapping[int, Form]
    """By version of the questionnaire."""
    told: frozenset[tuple[int, str]] | None
    """Version and ref of what may be told of an anonymous survey; None: everything."""
    with_files: bool = False
    """Whether the files that people have sent leave, too."""

    @property
    def form_id(self) -> str:
        """What the form is called here."""
        return self._newest.root.attributes.get("id", "") or self._newest.root.name

    @property
    def form_version(self) -> str:
        """The version of the form that the survey asks."""
        return self._newest.version

    @property
    def questionnaire_id(self) -> int:
        """The version of the questionnaire that the survey asks."""
        return max(self.forms)

    @property
    def _newest(self) -> Form:
        return self.forms[self.questionnaire_id]

    async def submissions(self, database: Database, items: Sequence[Item]) -> Mapping[UUID, Submission]:
        """What is handed over of these responses; of one that was erased nothing."""
        ids = [each.response_id for each in items]
        async with database.read() as connection:
            rows = await rows_of(connection, self.export.survey.id, ids, counted=self.export.survey.anonymous)
            released = await texts_shown(connection, ids) if self.export.to_be_released else ()
        names = {each.response_id: each.instance_id for each in items}
        values = {row.id: self._values(row, released) for row in rows}
        written = await asyncio.to_thread(
            lambda: {row.id: self._written(row, values[row.id], names[row.id]) for row in rows}
        )
        files = await _attached(database, values) if self.with_files else {}
        return {each: Submission(xml, files.get(each, ())) for each, xml in written.items()}

    def _values(self, row: ResponseRow, released: Collection[tuple[UUID, str]]) -> dict[str, str]:
        """The answers that leave, by ref; where several versions have one, that of the newest."""
        leaving = self.export.record(row, released).answers
        return {
            ref: value
            for (version, ref), value in sorted(leaving.items())
            if value and (self.told is None or (version, ref) in self.told)
        }

    def _written(self, row: ResponseRow, values: Mapping[str, str], instance_id: UUID) -> bytes:
        version = max((version for version, _ in row.answers if version in self.forms), default=max(self.forms))
        named = f"uuid:{UUID(bytes=instance_id.bytes, version=4)}"
        emptied = {} if self.with_files else self._without_names(row, values)
        return to_xml(self.forms[version], values, instance_id=named, submitted=emptied).encode()

    def _without_names(self, row: ResponseRow, values: Mapping[str, str]) -> dict[str, str]:
        """An empty value for each that names a file of the response: servers wait for the files they are told of."""
        files = (
            place for each in self.export.codebook.variables if each.kind is Kind.FILE for place in each.refs.items()
        )
        names = {row.answers[place] for place in files if place in row.answers}
        return {ref: "" for ref, value in values.items() if value in names}


async def leaving(
    database: Database,
    town_id: int,
    survey_id: int,
    *,
    form_id: str | None = None,
    form_version: str | None = None,
    with_files: bool = False,
) -> Leaving | None:
    """What may leave of a survey; None: there is no such survey.

    ``form_id``, ``form_version``: as the form is called there; None: as here, each response with its own version.

    Raises:
        RefusedError: no rows of it leave, now or at all.
        NotClosedError: only those of a closed survey are handed over.
        EncryptedError: the form wants them encrypted.
    """
    export = await prepare(database, town_id, survey_id)
    if export is None:
        return None
    if export.survey.state != SurveyState.CLOSED:
        raise NotClosedError
    async with database.read() as connection:
        versions = await versions_asked(connection, survey_id, counted=export.survey.anonymous)
    forms = {each.id: await asyncio.to_thread(_form, each.xform, form_id, form_version) for each in versions}
    if any(each.encrypted for each in forms.values()):
        raise EncryptedError
    return Leaving(export, forms, _told(export.codebook) if export.survey.anonymous else None, with_files)


def _form(xform: str, form_id: str | None, form_version: str | None) -> Form:
    read = read_xform(xform)
    if form_id is not None:
        attributes = {name: value for name, value in read.root.attributes.items() if name != "version"}
        read.root.attributes = {**attributes, "id": form_id, **({"version": form_version} if form_version else {})}
    return Form(read)


def _told(codebook: Codebook) -> frozenset[tuple[int, str]]:
    """Version and ref of what rows of an anonymous survey have a column for."""
    shown = (each for each in codebook.variables if not each.telling)
    return frozenset(place for each in shown for place in each.refs.items())


async def _attached(
    database: Database, leaving: Mapping[UUID, Mapping[str, str]]
) -> Mapping[UUID, Sequence[Attachment]]:
    """The files of responses that leave: only those that an answer names which does.

    ``leaving``: these answers by ref, of each response.
    """
    async with database.read() as connection:
        found = await files_of(connection, leaving.keys())
    named: dict[UUID, list[Attachment]] = {}
    for file in found:
        if file.name in leaving[file.response_id].values():
            read = partial(_content, database, file.id)
            named.setdefault(file.response_id, []).append(Attachment(file.name, file.media_type, file.size, read))
    return named


async def _content(database: Database, file_id: UUID) -> bytes:
    """What is in a file.

    Raises:
        GoneError: its sender has deleted it meanwhile, with the response.
    """
    async with database.read() as connection:
        content = await content_of(connection, file_id)
    if content is None:
        raise GoneError
    return content
