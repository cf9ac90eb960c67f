"""Events: their dates, who has signed up, and who came"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
PARTS = {
    "holding": (["occurrence_id"], "state IN ('coming', 'offered')"),
    "waiting": (["occurrence_id", "number"], "state = 'waiting'"),
    "offered": (["offered_until"], "state = 'offered'"),
}
REFERENCES = (
    ("resident", "wanted_event_id", "event"),
    ("resident", "naming_id", "occurrence"),
    ("delivery", "occurrence_id", "occurrence"),
    ("link", "event_id", "event"),
)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts", sa.String(), nullable=True),
        sa.Column("ends", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("exceptions", JSON, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("closes_before", sa.Integer(), nullable=False),
        sa.Column("offer_minutes", sa.Integer(), nullable=False),
        sa.Column("reminders", JSON, nullable=False),
        sa.Column("offers", JSON, nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        town_id("event"),
        refers("event", "broadcast_id", "broadcast", ondelete="CASCADE"),
        refers("event", "survey_id", "survey"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("broadcast_id", name="uq_event_broadcast_id"),
        sa.UniqueConstraint("survey_id", name="uq_event_survey_id"),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("wall", sa.String(), nullable=False),
        sa.Column("wall_end", sa.String(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("earlier", JSON, nullable=False),
        sa.Column("tally", JSON, nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        town_id("occurrence"),
        refers("occurrence", "event_id", "event", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence"),
    )
    op.create_index("ix_occurrence_event_id", "occurrence", ["event_id"])
    op.create_index("ix_occurrence_starts_at", "occurrence", ["town_id", "starts_at"])
    op.create_table(
        "sign_up",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column("needs", JSON, nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("offered_until", MOMENT, nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=True),
        sa.Column("told_sequence", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("door_keys", JSON, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        town_id("sign_up"),
        refers("sign_up", "occurrence_id", "occurrence", ondelete="CASCADE"),
        refers("sign_up", "resident_id", "resident", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_up"),
        sa.UniqueConstraint("occurrence_id", "resident_id", name="uq_sign_up_occurrence_id_resident_id"),
    )
    op.create_index("ix_sign_up_resident_id", "sign_up", ["resident_id"])
    op.create_index("ix_sign_up_code", "sign_up", ["occurrence_id", "code"])
    for name, (columns, condition) in PARTS.items():
        where = sa.text(condition)
        op.create_index(f"ix_sign_up_{name}", "sign_up", columns, postgresql_where=where, sqlite_where=where)
    op.create_table(
        "walk_in",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        town_id("walk_in"),
        refers("walk_in", "occurrence_id", "occurrence", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_walk_in"),
    )
    op.create_index("ix_walk_in_occurrence_id", "walk_in", ["occurrence_id"])
    for table, column, other in REFERENCES:
        # In SQL of our own: on SQLite Alembic would copy the table, and dropping the old one would take rows along.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
            f" CONSTRAINT fk_{table}_{column}_{other} REFERENCES {other} (id)"
        )
    op.execute("ALTER TABLE delivery ADD COLUMN told_sequence INTEGER")
    op.execute("ALTER TABLE broadcast ADD COLUMN shows_event_id INTEGER")


def downgrade() -> None:
    op.drop_column("broadcast", "shows_event_id")
    op.drop_column("delivery", "told_sequence")
    for table, column, _other in REFERENCES:
        op.drop_column(table, column)
    for table in ("walk_in", "sign_up", "occurrence", "event"):
        op.drop_table(table)


def refers(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete=ondelete)


def town_id(table: str) -> sa.Column:
    return sa.Column(
        "town_id", sa.Integer(), sa.ForeignKey("town.id", name=f"fk_{table}_town_id_town"), nullable=False
    )
