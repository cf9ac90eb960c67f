"""Alembic's entry: runs the migrations on the connection that ``storage.schema`` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from storage.models import Base
from storage.models.base import Instant


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type as the plain one it is in the database, so that old migrations stay runnable."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render,
    render_as_batch=connection.dialect.name == "sqlite",  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
