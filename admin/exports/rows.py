"""The rows of a survey, ready to leave: who may have them at all, what is merged, and one generator for every format.

The only way in which single responses leave the house. It writes no file and answers no request; whoever does records
the export first (`recorded`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from admin.exports import semicolons
from admin.exports.codebook import Codebook, Version, in_our_words, read_codebook
from admin.exports.columns import Column, Labels, Record, columns_of, headers, left_out, quoting, worded
from admin.exports.file_names import in_letters
from dialogues.markup import clean
from dialogues.texts import Texts
from storage.database import Database
from storage.models import SurveyState
from storage.queries import rows as reading
from storage.queries.files import FileCounts, count_files
from storage.queries.results import number_of_texts, number_without, texts_shown
from storage.queries.rows import Exported, ResponseRow
from storage.queries.town import AreaFacts, load_town
from storage.services import audit

FEW = 0.1
"""The share of rows that may lack something of all people before somebody is warned."""
BATCH = 200
"""Responses that are read at once, and held in memory."""
MOST_NUMBERED = 500
"""Answers within repeats that can have a column of their own."""
SHORTEST_PURPOSE = 10
LONGEST_PURPOSE = 500
"""Characters that say what rows are for."""
CODES = "codes"
"""Stands where a language of labels could."""


class Refusal(Enum):
    """Why no rows leave."""

    DRAFT = "draft"
    STILL_OPEN = "open"
    """Rows of a running anonymous survey could be subtracted from those of a later export."""
    TOO_FEW = "few"
    STAND_OUT = "stand out"
    """Rows of those who are left could be taken from results that count some who have erased their answers."""
    NOBODY = "nobody"
    TOO_MANY_REPEATS = "repeats"


class RefusedError(Exception):
    """No rows of a survey leave, and why."""

    def __init__(self, survey: Exported, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.survey = survey
        self.reason = reason


def reason_in(_: Callable[[str], str], reason: Refusal) -> str:
    """Why no rows leave, as a sentence."""
    return {
        Refusal.DRAFT: _("This survey is not open yet: there are no rows."),
        Refusal.STILL_OPEN: _(
            "The survey is anonymous and still running. Rows can be had once it is closed: "
            "otherwise two exports could be compared, and the people in between would stand out."
        ),
        Refusal.TOO_FEW: _("Too few people have answered to the end. Rows would give them away, so there are none."),
        Refusal.STAND_OUT: _(
            "Some people have erased their answers after a first result had counted them. If rows were compared with "
            "that result, these people would stand out, so there are none. The results stay as they are."
        ),
        Refusal.NOBODY: _("Nobody has answered to the end yet: there are no rows."),
        Refusal.TOO_MANY_REPEATS: _("The answers within repeats are too many for columns of their own."),
    }[reason]


def gaps(_: Callable[[str], str], export: Export) -> list[str]:
    """What many rows of an anonymous survey do not say of people, and why, as sentences; none where it is only few."""
    if not export.survey.anonymous:
        return []
    found = (
        (
            export.without_area if export.areas else 0,
            _("The area stands in no row."),
            _("In %(missing)s of %(rows)s rows the area is missing."),
        ),
        (
            export.without_language,
            _("The language stands in no row."),
            _("In %(missing)s of %(rows)s rows the language is missing."),
        ),
        (
            export.without_age,
            _("The age stands in no row."),
            _("In %(missing)s of %(rows)s rows the age is missing."),
        ),
    )
    said = [
        nowhere if missing == export.number else somewhere % {"missing": missing, "rows": export.number}
        for missing, nowhere, somewhere in found
        if missing > export.number * FEW
    ]
    why = (
        _(
            "People have not told it, or area, language and age together are true of a few people only, who could be "
            "recognised. For findings by area, language or age take the page of results."
        )
        if export.codebook.age
        else _(
            "People have not told it, or area and language together are true of a few people only, who could be "
            "recognised. For findings by area or language take the page of results."
        )
    )
    return [*said, why] if said else []


def texts_left_out(ngettext: Callable[[str, str, int], str], number: int) -> str:
    """How many free texts are missing in the rows, and why, as a sentence."""
    return ngettext(
        "%(number)s text is not in the rows because it has not been released.",
        "%(number)s texts are not in the rows because they have not been released.",
        number,
    ) % {"number": number}


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is known of an export before its first row is read."""

    survey: Exported
    codebook: Codebook
    number: int
    """Of rows."""
    without_area: int
    without_language: int
    """Rows that do not say it: it was not told, or there are too few of them."""
    areas: Mapping[int, AreaFacts]
    without_age: int = 0
    """The same, of an anonymous survey that asked for the age."""
    to_be_released: frozenset[tuple[int, str]] = frozenset()
    """Version and ref of free texts that stand in rows only once somebody has released them."""
    texts_withheld: int = 0
    """Those that nobody has released."""
    files: FileCounts = field(default_factory=FileCounts)
    """That were sent as answers."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Variables that hold times or ids, which rows of an anonymous survey do not have."""
        return left_out(self.codebook) if self.survey.anonymous else ()

    @property
    def quoting(self) -> tuple[str, ...]:
        """Variables that may quote free texts, which rows of an anonymous survey do not have either."""
        return quoting(self.codebook) if self.survey.anonymous else ()

    def files_noted(self, *, with_files: bool) -> dict[str, int]:
        """What the log says of files wherever responses leave: how many go along, 0 where they stay; nothing where
        there are none."""
        return {"files": self.files.fetched if with_files else 0} if self.files.fetched else {}

    @property
    def worded(self) -> tuple[str, ...]:
        """Variables that tell the language of an interview, which they do not have either."""
        return worded(self.codebook) if self.survey.anonymous else ()

    @property
    def languages(self) -> tuple[str, ...]:
        """Of which labels can be had."""
        return self.codebook.languages

    def columns(self, _: Callable[[str], str]) -> tuple[Column, ...]:
        """The columns of all formats. ``_``: translates the labels of our own."""
        return columns_of(self.codebook, anonymous=self.survey.anonymous, say=_)

    def record(self, row: ResponseRow, released: Collection[tuple[UUID, str]]) -> Record:
        """A response as it may leave. ``released``: response and ref of free texts that somebody has released."""
        area, language = self._path(row.area_id), row.language or None
        if self.survey.anonymous:
            return Record(area, language, dict(self._leaving(row, released)))
        return Record(area, language, row.answers, str(row.id), row.started_on, row.completed_on)

    def _leaving(
        self, row: ResponseRow, released: Collection[tuple[UUID, str]]
    ) -> Iterator[tuple[tuple[int, str], str]]:
        for (version, ref), value in row.answers.items():
            if (version, ref) not in self.to_be_released or (row.id, ref) in released:
                yield (version, ref), value

    def _path(self, area_id: int | None) -> str | None:
        names: list[str] = []
        while area_id is not None and area_id in self.areas and len(names) <= len(self.areas):
            names.append(self.areas[area_id].name)
            area_id = self.areas[area_id].parent_id
        return " / ".join(reversed(names)) or None


async def prepare(database: Database, town_id: int, survey_id: int) -> Export | None:
    """What an export of a survey would be; None: the town has no such survey.

    Raises:
        RefusedError: its rows may not leave, now or at all.
    """
    async with database.read() as connection:
        survey = await reading.survey_for_export(connection, town_id, survey_id)
        if survey is None:
            return None
        counts = await reading.places(connection, survey_id, counted=survey.anonymous)
        number = sum(counts.values())
        complete = number or sum((await reading.places(connection, survey_id)).values())
        _refuse(survey, number, complete)
        areas = await reading.areas_of(connection, town_id)
        versions = await reading.versions_asked(connection, survey_id, counted=survey.anonymous)
        numbered = await reading.numbered_refs(connection, survey_id, MOST_NUMBERED + 1, counted=survey.anonymous)
    if len(numbered) > MOST_NUMBERED:
        raise RefusedError(survey, Refusal.TOO_MANY_REPEATS)
    asked = [
        Version(each.id, each.xform, tuple(ref for version, ref in numbered if version == each.id), each.files)
        for each in versions
    ]
    codebook = await asyncio.to_thread(read_codebook, asked)
    async with database.read() as connection:
        files = await count_files(connection, survey_id, counted=survey.anonymous)
    without_area = sum(each for (area_id, _), each in counts.items() if area_id is None)
    without_language = sum(each for (_, language), each in counts.items() if not language)
    export = Export(survey, codebook, number, without_area, without_language, areas, files=files)
    return await _protected(database, export) if survey.anonymous else export


async def in_our_wording(database: Database, town_id: int, export: Export, texts: Texts) -> Export:
    """The export with our words for what the converter has added to a questionnaire."""
    async with database.read() as connection:
        town = await load_town(connection, town_id)
    return replace(export, codebook=in_our_words(export.codebook, texts, town.default_language))


async def _protected(database: Database, export: Export) -> Export:
    """The export of an anonymous survey, with what its rows do not say."""
    ages = export.codebook.age_refs
    texts = frozenset(place for each in export.codebook.free_texts if not each.timed for place in each.refs.items())
    async with database.read() as connection:
        without_age = await number_without(connection, export.survey.id, ages) if ages else 0
        withheld = await number_of_texts(connection, export.survey.id, texts, withheld_only=True) if texts else 0
    return replace(export, without_age=without_age, to_be_released=texts, texts_withheld=withheld)


def _refuse(survey: Exported, number: int, complete: int) -> None:
    if survey.state == SurveyState.DRAFT:
        raise RefusedError(survey, Refusal.DRAFT)
    if survey.anonymous and survey.state != SurveyState.CLOSED:
        raise RefusedError(survey, Refusal.STILL_OPEN)
    if survey.anonymous and complete < survey.smallest_group:
        raise RefusedError(survey, Refusal.TOO_FEW)
    if survey.anonymous and not number:  # closing has left out everybody
        raise RefusedError(survey, Refusal.STAND_OUT)
    if not number:
        raise RefusedError(survey, Refusal.NOBODY)


async def records(database: Database, export: Export) -> AsyncIterator[Record]:
    """All rows, in an order that says nothing: that of their random ids."""
    async for batch in batches(database, export):
        for _, record in batch:
            yield record


async def batches(database: Database, export: Export) -> AsyncIterator[list[tuple[UUID, Record]]]:
    """The same, some at a time, each with the id that its response has in the database."""
    last = None
    while True:
        async with database.read() as connection:
            batch = await reading.response_rows(
                connection, export.survey.id, after=last, limit=BATCH, counted=export.survey.anonymous
            )
            released = await texts_shown(connection, [row.id for row in batch]) if export.to_be_released else ()
        if not batch:
            return
        yield [(row.id, export.record(row, released)) for row in batch]
        last = batch[-1].id


async def as_csv(
    database: Database, export: Export, *, labels: Labels, say: Callable[[str], str]
) -> AsyncIterator[bytes]:
    """The rows as a CSV file, piece by piece."""
    columns = export.columns(say)
    piece = semicolons.BEGINNING + semicolons.line(headers(columns, labels))
    async for record in records(database, export):
        piece += semicolons.line(column.cell(record, labels) for column in columns)
        if len(piece) >= 32_768:
            yield piece.encode()
            piece = ""
    if piece:
        yield piece.encode()


def labels_of(export: Export, wanted: str) -> Labels:
    """The labels that are meant by ``codes``, or by a language of the questionnaire.

    Raises:
        ValueError: it is neither.
    """
    if wanted == CODES:
        return None
    if wanted not in export.languages:
        raise ValueError(wanted)
    return wanted


def purpose_of(typed: str) -> str | None:
    """What was typed as the purpose, on one line; None: it says too little."""
    purpose = " ".join(clean(typed).split())[:LONGEST_PURPOSE]
    return purpose if len(purpose) >= SHORTEST_PURPOSE else None


def file_name(survey: Exported, language: str, today: date, ending: str = "csv") -> str:
    """For example ``wohnen-im-viertel-2026-11-26.csv``: the title, in letters that every system can keep."""
    return f"{in_letters(survey.title(language)) or f'umfrage-{survey.id}'}-{today.isoformat()}.{ending}"


async def recorded(
    connection: AsyncConnection,
    *,
    town_id: int,
    staff_id: int | None,
    export: Export,
    purpose: str,
    labels: Labels,
    now: datetime,
    with_files: bool = False,
) -> None:
    """Write down that rows leave, ``with_files`` that people have sent, and for what. To be committed before the first
    of them does."""
    await audit.record(
        connection,
        town_id=town_id,
        staff_id=staff_id,
        action="rows.export",
        survey_id=export.survey.id,
        now=now,
        purpose=purpose,
        format="zip" if with_files else "csv",
        labels=labels or CODES,
        rows=export.number,
        **export.files_noted(with_files=with_files),
    )
