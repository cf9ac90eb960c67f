"""Hand-overs: responses of a closed survey on their way to a server of ODK or KoboToolbox, each with its outcome."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown, Json


class HandOverState(StrEnum):
    """Where a hand-over stands. From the last three it can go on with ``running``, if somebody signs in there anew."""

    READY = "ready"
    """The server has been asked; somebody has still to say that the responses may leave."""
    RUNNING = "running"
    STOPPED = "stopped"
    """By somebody, or for a reason."""
    DONE = "done"
    """Nothing is left that would be tried by itself."""


class ItemState(StrEnum):
    """What is known of a response on its way."""

    WAITING = "waiting"
    """Not sent, or surely not arrived."""
    STARTED = "started"
    """The request may be on the wire; committed before it is made."""
    ACCEPTED = "accepted"
    THERE = "there"
    """The server has recognised it: it had arrived before."""
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    """It may have arrived. It is sent again under the same id, which the server recognises."""


class HandOver(InTown, Base):
    """One hand-over of a survey's responses to one place on one server."""

    __tablename__ = "hand_over"
    __table_args__ = (Index("ix_hand_over_state", "town_id", "state"), Index("ix_hand_over_survey_id", "survey_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    purpose: Mapped[str]
    server: Mapped[str]
    """Its name, and its port if it is not the usual one."""
    place: Mapped[str]
    """The address without anything that signs in, as it is shown."""
    place_digest: Mapped[str]
    """What the place is known by (`admin.handing_over.servers.Place.digest`): the same form of the same place knows a
    response by the same id."""
    with_files: Mapped[bool] = mapped_column(default=False)
    """Whether the files that people have sent go along."""
    access: Mapped[str | None]
    """The full address and what signs in there (`Access` as JSON), only as long as it is needed: wiped at the end."""
    forms: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    """The forms that the server named when it was asked; only until one is chosen."""
    form_id: Mapped[str | None]
    """The form there, where it is called otherwise than here; KoboToolbox gives a form a name of its own."""
    form_version: Mapped[str | None]
    state: Mapped[str]
    """`HandOverState`."""
    reason: Mapped[str | None]
    """Why it stopped (`storage.services.handing_over.Reason`)."""
    said: Mapped[str | None]
    """What the server said then."""
    created_at: Mapped[datetime]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    troubles: Mapped[int] = mapped_column(default=0)
    """Times in a row that the server did not answer, or not as it should."""
    refusals: Mapped[int] = mapped_column(default=0)
    """Responses in a row that it refused."""
    next_at: Mapped[datetime | None]
    """Nothing is sent before."""
    runner: Mapped[str | None]
    """The process that hands over, by a name of chance."""
    held_until: Mapped[datetime | None]
    """Until then no other process takes it up."""


class HandOverItem(InTown, Base):
    """One response of a hand-over. Goes with the response."""

    __tablename__ = "hand_over_item"
    __table_args__ = (
        Index("ix_hand_over_item_state", "hand_over_id", "state", "response_id"),
        Index("ix_hand_over_item_response_id", "response_id"),
    )

    hand_over_id: Mapped[int] = mapped_column(ForeignKey("hand_over.id", ondelete="CASCADE"), primary_key=True)
    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)
    instance_id: Mapped[UUID]
    """What the server knows it by: drawn by chance, the same for every attempt and every hand-over to that place."""
    state: Mapped[str]
    """`ItemState`."""
    status: Mapped[int | None]
    """HTTP status of the last answer."""
    reason: Mapped[str | None]
    """What the server said, or what went wrong."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Those that may have arrived."""
    next_at: Mapped[datetime | None]
    """When it is tried again; None: at once, or, if it is uncertain, not by itself."""
