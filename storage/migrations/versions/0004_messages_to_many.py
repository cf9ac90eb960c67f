"""Messages to many: broadcasts, mediators, and places for several processes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BULK = sa.text("sending_id IS NOT NULL")
OPEN = sa.text("state IN ('waiting', 'started')")
NEW_TABLES = ("staff_link", "sending", "broadcast_text", "broadcast", "attachment")


def upgrade() -> None:
    add("town", sa.Column("quiet_from", sa.String(), nullable=False, server_default=sa.text("'20:00'")))
    add("town", sa.Column("quiet_to", sa.String(), nullable=False, server_default=sa.text("'08:00'")))
    add("town", sa.Column("weekly_share", sa.Integer(), nullable=False, server_default=sa.text("2")))
    op.add_column("town", sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
    # What waits now is in the bundle of nobody in particular: a single process works it off, as it came.
    add("inbox", sa.Column("lane", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("file_ids", JSON, nullable=False),
        town_id("attachment"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("fallback", JSON, nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("links", JSON, nullable=False),
        sa.Column("place", JSON, nullable=True),
        sa.Column("said_on", sa.Date(), nullable=True),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        town_id("broadcast"),
        refers("broadcast", "survey_id", "survey"),
        refers("broadcast", "attachment_id", "attachment"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcast"),
    )
    op.create_table(
        "broadcast_text",
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        town_id("broadcast_text"),
        refers("broadcast_text", "broadcast_id", "broadcast", ondelete="CASCADE"),
        refers("broadcast_text", "released_by", "staff", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("broadcast_id", "language", name="pk_broadcast_text"),
    )
    op.create_table(
        "sending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_revision", sa.Integer(), nullable=False),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("wall", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("expanded", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("tally", JSON, nullable=False),
        town_id("sending"),
        refers("sending", "broadcast_id", "broadcast"),
        refers("sending", "staff_id", "staff", ondelete="SET NULL"),
        refers("sending", "original_id", "sending"),
        sa.PrimaryKeyConstraint("id", name="pk_sending"),
    )
    op.create_index("ix_sending_state", "sending", ["town_id", "state"])
    op.create_index("ix_sending_broadcast_id", "sending", ["broadcast_id"])
    op.add_column("delivery", sa.Column("sender", sa.Integer(), nullable=True))
    op.add_column("delivery", sa.Column("language", sa.String(), nullable=True))
    add_reference("delivery", "sending_id", "INTEGER", "sending")
    op.create_index(
        "ix_delivery_sending",
        "delivery",
        ["sending_id", "state", "language"],
        postgresql_where=BULK,
        sqlite_where=BULK,
    )
    open_deliveries(["contact_id", "priority", "seq"])
    add_reference("staff", "contact_id", "BIGINT", "contact")
    op.create_index("ix_staff_contact_id", "staff", ["contact_id"], unique=True)
    add("staff", sa.Column("translates", JSON, nullable=False, server_default=sa.text("'[]'")))
    add_reference("staff", "translating", "INTEGER", "broadcast")
    op.add_column("staff", sa.Column("translating_into", sa.String(), nullable=True))
    op.create_table(
        "staff_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        town_id("staff_link"),
        refers("staff_link", "staff_id", "staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_staff_link"),
        sa.UniqueConstraint("staff_id", name="uq_staff_link_staff_id"),
    )


def downgrade() -> None:
    op.drop_column("staff", "translating_into")
    op.drop_column("staff", "translating")
    op.drop_column("staff", "translates")
    op.drop_index("ix_staff_contact_id", table_name="staff")
    op.drop_column("staff", "contact_id")
    op.drop_index("ix_delivery_sending", table_name="delivery")
    open_deliveries(["contact_id", "seq"])
    for column in ("sending_id", "language", "sender"):
        op.drop_column("delivery", column)
    for table in NEW_TABLES:
        op.drop_table(table)
    op.drop_column("inbox", "lane")
    for column in ("stopped_at", "weekly_share", "quiet_to", "quiet_from"):
        op.drop_column("town", column)


def open_deliveries(columns: list[str]) -> None:
    op.drop_index("ix_delivery_open", table_name="delivery")
    op.create_index("ix_delivery_open", "delivery", columns, postgresql_where=OPEN, sqlite_where=OPEN)


def add(table: str, column: sa.Column) -> None:
    """Add a column that is never empty. SQLite needs a default for it and cannot take that away again."""
    op.add_column(table, column)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column.name, server_default=None)


def add_reference(table: str, column: str, kind: str, other: str) -> None:
    """In SQL of our own: on SQLite Alembic would copy the table, and dropping the old one would take rows along."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} {kind}"
        f" CONSTRAINT fk_{table}_{column}_{other} REFERENCES {other} (id)"
    )


def refers(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}", ondelete=ondelete)


def town_id(table: str) -> sa.Column:
    return sa.Column(
        "town_id", sa.Integer(), sa.ForeignKey("town.id", name=f"fk_{table}_town_id_town"), nullable=False
    )
