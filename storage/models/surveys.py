"""Questionnaires, surveys, the interviews that are going on, and the answers, which belong to nobody by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown


class Questionnaire(InTown, Base):
    """A version of a questionnaire: the workbook as it came, and the XForm compiled from it."""

    __tablename__ = "questionnaire"
    __table_args__ = (UniqueConstraint("town_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of the workbook, hexadecimal: the same file is the same version."""
    file_type: Mapped[str]
    workbook: Mapped[bytes] = mapped_column(LargeBinary)
    xform: Mapped[str]
    titles: Mapped[dict[str, Any]]
    """Title by language; the key "" holds the one for all others."""


class Survey(InTown, Base):
    """A questionnaire put to an audience for a time."""

    __tablename__ = "survey"

    id: Mapped[int] = mapped_column(primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))
    state: Mapped[str]
    """draft, open or closed. Closed is final."""
    anonymous: Mapped[bool]
    legal_basis: Mapped[str]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class SurveyArea(InTown, Base):
    """An area that a survey is aimed at, with everything below it. No row: the whole town."""

    __tablename__ = "survey_area"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)


class SurveyKey(InTown, Base):
    """The key of a survey's pseudonyms. Deleting it makes answers unlinkable; it stays out of backups and exports."""

    __tablename__ = "survey_key"

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Interview(InTown, Base):
    """Where a resident stands in a survey. Holds no answer and no response id."""

    __tablename__ = "interview"
    __table_args__ = (UniqueConstraint("resident_id", "survey_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"))
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    stage: Mapped[str]
    cursor: Mapped[str | None]
    revision: Mapped[int]
    to_summary: Mapped[bool]
    page: Mapped[int]


class Response(InTown, Base):
    """One resident's answers to one survey, under a pseudonym. The id is random; times are dates."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("survey_id", "pseudonym"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    pseudonym: Mapped[bytes | None] = mapped_column(LargeBinary)
    """HMAC-SHA-256(survey key, resident id)."""
    complete: Mapped[bool]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    language: Mapped[str]
    started_on: Mapped[date]
    completed_on: Mapped[date | None]


class Answer(InTown, Base):
    """The value of one node of the questionnaire in one response, with the version and language it was asked in."""

    __tablename__ = "answer"

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    language: Mapped[str]
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id"))


class Participation(InTown, Base):
    """That a resident took part in a survey: no time, no response."""

    __tablename__ = "participation"
    __table_args__ = (Index("ix_participation_resident_id", "resident_id"),)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("resident.id"), primary_key=True)
