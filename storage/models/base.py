"""What all tables share: the declarative base, the town they belong to, and column types that mean the same twice.

SQLite and PostgreSQL must read back exactly what was written; nothing here may depend on one of them alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC. SQLite keeps no zone: we put UTC back on reading.

    Raises:
        ValueError: a naive datetime was to be stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (interface)
        """What is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a point in time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (interface)
        """What is read."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")
# An autoincrementing 64-bit key: SQLite counts up only in a column that is called INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: Json}  # noqa: RUF012 (SQLAlchemy reads it from the class)


class InTown:
    """A row belongs to one town; every table has this column from its first migration on."""

    town_id: Mapped[int] = mapped_column(ForeignKey("town.id"), index=False)
