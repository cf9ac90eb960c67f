"""The town, the tree of its areas, and the codes that lead from a poster into the chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, InTown


class Town(Base):
    """A municipality (Kommune)."""

    __tablename__ = "town"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    office: Mapped[str | None]
    """The neighbourhood office as it is written on its door; residents see it untranslated."""
    contact: Mapped[str | None]
    """How to reach the office (address, telephone, hours), as the town writes it; residents see it untranslated."""
    default_language: Mapped[str]
    timezone: Mapped[str]
    """IANA name of the zone in which the town's wall clocks run."""
    quiet_from: Mapped[str] = mapped_column(default="20:00")
    """From this wall time on nobody is written to of our own accord, ``HH:MM``."""
    quiet_to: Mapped[str] = mapped_column(default="08:00")
    """Until this wall time; the same as ``quiet_from``: there are no quiet hours."""
    weekly_share: Mapped[int] = mapped_column(default=2)
    """So many broadcasts a resident gets in seven days at most; 0: no limit."""
    stopped_at: Mapped[datetime | None]
    """The emergency stop: since then nothing of the outbox is sent."""
    revision: Mapped[int] = mapped_column(default=0)
    """Rises with every change of areas, links and surveys: whoever keeps a copy sees that it is old."""


class Area(InTown, Base):
    """A node of the tree of places: a Quartier, a block in it, a house in that."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("town_id", "parent_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Link(InTown, Base):
    """An opaque code on a poster: ``/start CODE`` says where somebody lives, and what is asked of them or what they are
    invited to."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    survey_id: Mapped[int | None] = mapped_column(ForeignKey("survey.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
