"""Surveys that end, their results, and the people who sign in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COMPLETE = sa.text("complete")


def upgrade() -> None:
    op.add_column("questionnaire", sa.Column("imported_on", sa.Date(), nullable=True))
    add("survey", sa.Column("titles", JSON, nullable=False, server_default=sa.text("'{}'")))
    add("survey", sa.Column("interim", sa.Boolean(), nullable=False, server_default=sa.false()))
    add("survey", sa.Column("smallest_group", sa.Integer(), nullable=False, server_default=sa.text("5")))
    op.add_column("survey", sa.Column("closed_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE survey SET titles ="
        " (SELECT questionnaire.titles FROM questionnaire WHERE questionnaire.id = survey.questionnaire_id)"
    )
    for table in ("interview", "response"):
        refer_to_the_key(table)
    op.create_table(
        "kept_key",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        town_id("kept_key"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_kept_key_survey_id_survey"),
        sa.PrimaryKeyConstraint("survey_id", name="pk_kept_key"),
    )
    op.add_column("response", sa.Column("release", sa.Integer(), nullable=True))
    op.create_index(
        "ix_response_complete",
        "response",
        ["survey_id", "release"],
        postgresql_where=COMPLETE,
        sqlite_where=COMPLETE,
    )
    add("answer", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("rights", JSON, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        town_id("staff"),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("town_id", "name", name="uq_staff_town_id_name"),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        town_id("staff_session"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_session_staff_id_staff", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name="pk_staff_session"),
    )
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"])
    op.create_table(
        "failed_sign_in",
        sa.Column("id", NUMBERED, nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        town_id("failed_sign_in"),
        sa.PrimaryKeyConstraint("id", name="pk_failed_sign_in"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_failed_sign_in_subject", "failed_sign_in", ["subject", "at"])
    op.create_table(
        "audit_entry",
        sa.Column("id", NUMBERED, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("detail", JSON, nullable=False),
        town_id("audit_entry"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_audit_entry_staff_id_staff"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_audit_entry_survey_id_survey"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        town_id("release"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_release_survey_id_survey"),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.UniqueConstraint("survey_id", "number", name="uq_release_survey_id_number"),
    )
    op.create_table(
        "trial",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("state", JSON, nullable=False),
        town_id("trial"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_trial_staff_id_staff", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_trial_survey_id_survey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", "survey_id", name="pk_trial"),
    )


def downgrade() -> None:
    for table in ("trial", "release", "audit_entry", "failed_sign_in", "staff_session", "staff", "kept_key"):
        op.drop_table(table)
    op.drop_column("answer", "shown")
    op.drop_index("ix_response_complete", table_name="response")
    op.drop_column("response", "release")
    for table in ("interview", "response"):
        op.drop_column(table, "key_id")
    for column in ("titles", "interim", "smallest_group", "closed_on"):
        op.drop_column("survey", column)
    op.drop_column("questionnaire", "imported_on")


def add(table: str, column: sa.Column) -> None:
    """Add a column that is never empty. SQLite needs a default for it and cannot take that away again."""
    op.add_column(table, column)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column.name, server_default=None)


def refer_to_the_key(table: str) -> None:
    """In SQL of our own: on SQLite Alembic would copy the table, and dropping the old one would take the answers along."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN key_id INTEGER"
        f" CONSTRAINT fk_{table}_key_id_survey_key REFERENCES survey_key (survey_id)"
    )
    op.execute(f"UPDATE {table} SET key_id = survey_id WHERE survey_id IN (SELECT survey_id FROM survey_key)")


def town_id(table: str) -> sa.Column:
    return sa.Column(
        "town_id", sa.Integer(), sa.ForeignKey("town.id", name=f"fk_{table}_town_id_town"), nullable=False
    )
