"""Questionnaires, surveys, the interviews that are going on, and the answers, which belong to nobody by name."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown, Json


class Questionnaire(InTown, Base):
    """A version of a questionnaire: the workbook as it came, and the XForm compiled from it."""

    __tablename__ = "questionnaire"
    __table_args__ = (UniqueConstraint("town_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    """Names workbook and files (`storage.services.questionnaire_files.digest_of`): the same are the same version."""
    file_type: Mapped[str]
    workbook: Mapped[bytes] = mapped_column(LargeBinary)
    xform: Mapped[str]
    titles: Mapped[dict[str, Any]]
    """Title by language; the key "" holds the one for all others."""
    imported_on: Mapped[date | None]
    """None: before we kept it."""
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What the check found, to be said in any language (`admin.importing.kept_report`); None: it is to be made anew."""
    report_revision: Mapped[int | None]
    """Which check that was; what another one found counts no more."""


class QuestionnaireFile(InTown, Base):
    """A file of a version of a questionnaire: a table it chooses from, or what is shown with a question."""

    __tablename__ = "questionnaire_file"
    __table_args__ = (Index("ix_questionnaire_file_attachment_id", "attachment_id"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """As the questionnaire calls it."""
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))


class SurveyState(StrEnum):
    """Where a survey is in its life; there is no way back."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Survey(InTown, Base):
    """A questionnaire put to an audience for a time."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    titles: Mapped[dict[str, Any]]
    """Title by language, at first the questionnaire's; the key "" holds the one for all others."""
    state: Mapped[str]
    """`SurveyState`."""
    anonymous: Mapped[bool]
    """True: the key goes when the survey is closed. False: it stays, and answers can be found until they are erased."""
    legal_basis: Mapped[str]
    interim: Mapped[bool]
    """Whether results are released while the survey runs; it doubles the smallest group that is shown."""
    smallest_group: Mapped[int]
    """No group with fewer respondents is ever shown; never below 5."""
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_on: Mapped[date | None]


class SurveyArea(InTown, Base):
    """An area that a survey is aimed at, with everything below it. No row: the whole town."""

    __tablename__ = "survey_area"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)


class SurveyKey(InTown, Base):
    """The key of an open survey's pseudonyms: without it nobody finds answers. It stays out of backups and exports."""

    __tablename__ = "survey_key"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class KeptKey(InTown, Base):
    """The key of a survey that is not anonymous, after its end: answers are found with it, and none is added."""

    __tablename__ = "kept_key"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Interview(InTown, Base):
    """Where a resident stands in a survey. Holds no answer and no response id."""

    __tablename__ = "interview"
    __table_args__ = (UniqueConstraint("resident_id", "survey_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    key_id: Mapped[int | None] = mapped_column(ForeignKey("survey_key.survey_id"))
    """The survey again: what is on its way while a survey is closed finds no key, and is refused."""
    stage: Mapped[str]
    cursor: Mapped[str | None]
    revision: Mapped[int]
    to_summary: Mapped[bool]
    page: Mapped[int]
    seen: Mapped[list[Any]] = mapped_column(Json, default=list)
    """What was shown or played with the last questions (`dialogues.interview.Seen`), each as a list."""


_COMPLETE = text("complete")


class Response(InTown, Base):
    """One resident's answers to one survey, under a pseudonym. The id is random; times are dates."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("survey_id", "pseudonym"),
        Index("ix_response_complete", "survey_id", "release", postgresql_where=_COMPLETE, sqlite_where=_COMPLETE),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    pseudonym: Mapped[bytes | None] = mapped_column(LargeBinary)
    """HMAC-SHA-256(survey key, resident id)."""
    key_id: Mapped[int | None] = mapped_column(ForeignKey("survey_key.survey_id"))
    """The survey, as long as it is open: an answer that is on its way while it is closed is refused."""
    complete: Mapped[bool]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    language: Mapped[str]
    started_on: Mapped[date]
    completed_on: Mapped[date | None]
    release: Mapped[int | None]
    """Number of the release that counted it first."""


class Answer(InTown, Base):
    """The value of one node of the questionnaire in one response, with the version and language it was asked in."""

    __tablename__ = "answer"

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    language: Mapped[str]
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    shown: Mapped[bool] = mapped_column(default=False)
    """Free text: somebody has read it and released it for the results page."""


class FileState(StrEnum):
    """What has become of a file that a resident has sent."""

    WAITING = "waiting"
    """Telegram has it; it is still to be fetched."""
    FETCHED = "fetched"
    FAILED = "failed"
    """It could not be fetched, or is nothing that we keep. For good."""


_WAITING = text("state = 'waiting'")


class AnswerFile(InTown, Base):
    """A file that is an answer: the answer's value is its ``name``. Goes with the answer, and with the response.

    Ids and names are random, and no time stays once it is fetched: nothing tells who sent what when.
    """

    __tablename__ = "answer_file"
    __table_args__ = (
        # With the response: while a survey is closed, a file stands here twice for a moment. Names are random.
        UniqueConstraint("town_id", "name", "response_id"),
        Index("ix_answer_file_response_id", "response_id"),
        Index("ix_answer_file_waiting", "town_id", "next_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"))
    ref: Mapped[str]
    """Of the answer."""
    name: Mapped[str]
    media_type: Mapped[str]
    """Of our own table (`dialogues.sent_files`), whatever the sender's phone claimed."""
    file_id: Mapped[str | None]
    """Telegram's name for it, which leads to the sender there: only as long as it waits."""
    state: Mapped[str]
    """`FileState`."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """Without what it told of its sender beside what is seen, heard and written; None until it is fetched."""
    size: Mapped[int | None]
    """Bytes, of ``content``; before it is fetched, as announced."""
    attempts: Mapped[int]
    """To fetch it, while it waits."""
    next_at: Mapped[datetime | None]
    """Not to be fetched before; None once it waits no longer."""


class Participation(InTown, Base):
    """That a resident took part in a survey: no time, no response."""

    __tablename__ = "participation"
    __table_args__ = (Index("ix_participation_resident_id", "resident_id"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), primary_key=True)


class Release(InTown, Base):
    """Results of a survey as they were released: one snapshot of its total and all breakdowns. Never changed."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("survey_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    """1, 2, … within the survey."""
    made_on: Mapped[date]
    final: Mapped[bool]
    """Made when the survey was closed."""
    figures: Mapped[dict[str, Any]]
    """What may be shown, and what the next release is compared with (`admin.disclosure`)."""


class Trial(InTown, Base):
    """A survey that somebody of the staff tries out as a resident would: counted nowhere, gone at will."""

    __tablename__ = "trial"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[dict[str, Any]]
    """The interview's state and the conversation so far."""
