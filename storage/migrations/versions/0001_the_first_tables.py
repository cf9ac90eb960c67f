"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "town",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("default_language", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_area_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("town_id", "parent_id", "name", name=op.f("uq_area_town_id_parent_id_name")),
    )
    op.create_table(
        "inbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_inbox_town_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["seq"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("file_type", sa.String(), nullable=False),
        sa.Column("workbook", sa.LargeBinary(), nullable=False),
        sa.Column("xform", sa.String(), nullable=False),
        sa.Column(
            "titles", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_questionnaire_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("town_id", "digest", name=op.f("uq_questionnaire_town_id_digest")),
    )
    op.create_table(
        "sending_pace",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_sending_pace_town_id")),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_sending_pace")),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_survey_questionnaire_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_survey_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("survey_id", sa.Integer(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_link_area_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_link_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_link_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("code", name=op.f("uq_link_code")),
    )
    op.create_table(
        "resident",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("adult", sa.Boolean(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("wanted_survey_id", sa.Integer(), nullable=True),
        sa.Column("current_survey_id", sa.Integer(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_resident_area_id")),
        sa.ForeignKeyConstraint(["current_survey_id"], ["survey.id"], name=op.f("fk_resident_current_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_resident_town_id")),
        sa.ForeignKeyConstraint(["wanted_survey_id"], ["survey.id"], name=op.f("fk_resident_wanted_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_response_area_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_response_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_response_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("survey_id", "pseudonym", name=op.f("uq_response_survey_id_pseudonym")),
    )
    op.create_table(
        "survey_area",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_survey_area_area_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_area_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_survey_area_town_id")),
        sa.PrimaryKeyConstraint("survey_id", "area_id", name=op.f("pk_survey_area")),
    )
    op.create_table(
        "survey_key",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_key_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_survey_key_town_id")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_survey_key")),
    )
    op.create_table(
        "answer",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_answer_questionnaire_id")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_answer_response_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_answer_town_id")),
        sa.PrimaryKeyConstraint("response_id", "ref", name=op.f("pk_answer")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("resident_id", sa.BigInteger(), nullable=True),
        sa.Column("prompt", sa.Integer(), nullable=False),
        sa.Column("commands_language", sa.String(), nullable=True),
        sa.Column("blocked_on", sa.Date(), nullable=True),
        sa.Column("next_send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_contact_resident_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_contact_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("bot_id", "chat_id", name=op.f("uq_contact_bot_id_chat_id")),
        sa.UniqueConstraint("resident_id", name=op.f("uq_contact_resident_id")),
    )
    op.create_table(
        "interview",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("resident_id", sa.BigInteger(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("to_summary", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_interview_resident_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_interview_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_interview_town_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("resident_id", "survey_id", name=op.f("uq_interview_resident_id_survey_id")),
    )
    op.create_table(
        "participation",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.BigInteger(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_participation_resident_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_participation_survey_id")),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_participation_town_id")),
        sa.PrimaryKeyConstraint("survey_id", "resident_id", name=op.f("pk_participation")),
    )
    op.create_index("ix_participation_resident_id", "participation", ["resident_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column(
            "payload", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_delivery_contact_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["town_id"], ["town.id"], name=op.f("fk_delivery_town_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_delivery")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["contact_id", "seq"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'started')"),
        sqlite_where=sa.text("state IN ('waiting', 'started')"),
    )
    op.create_index("ix_delivery_prompt", "delivery", ["contact_id", "prompt"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_delivery_prompt", table_name="delivery")
    op.drop_index(
        "ix_delivery_open",
        table_name="delivery",
        postgresql_where=sa.text("state IN ('waiting', 'started')"),
        sqlite_where=sa.text("state IN ('waiting', 'started')"),
    )
    op.drop_table("delivery")
    op.drop_index("ix_participation_resident_id", table_name="participation")
    op.drop_table("participation")
    op.drop_table("interview")
    op.drop_table("contact")
    op.drop_table("answer")
    op.drop_table("survey_key")
    op.drop_table("survey_area")
    op.drop_table("response")
    op.drop_table("resident")
    op.drop_table("link")
    op.drop_table("survey")
    op.drop_table("sending_pace")
    op.drop_table("questionnaire")
    op.drop_index(
        "ix_inbox_open",
        table_name="inbox",
        postgresql_where=sa.text("state = 'new'"),
        sqlite_where=sa.text("state = 'new'"),
    )
    op.drop_table("inbox")
    op.drop_table("area")
    op.drop_table("town")
