"""Handing over: responses on their way to a server of ODK or KoboToolbox"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=True),
        sa.Column("forms", JSON, nullable=False),
        sa.Column("form_id", sa.String(), nullable=True),
        sa.Column("form_version", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("troubles", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("runner", sa.String(), nullable=True),
        sa.Column("held_until", MOMENT, nullable=True),
        town_id("hand_over"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_hand_over_survey_id_survey"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_hand_over_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_hand_over"),
    )
    op.create_index("ix_hand_over_state", "hand_over", ["town_id", "state"])
    op.create_index("ix_hand_over_survey_id", "hand_over", ["survey_id"])
    op.create_table(
        "hand_over_item",
        sa.Column("hand_over_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        town_id("hand_over_item"),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_over.id"], name="fk_hand_over_item_hand_over_id_hand_over", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name="fk_hand_over_item_response_id_response", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hand_over_id", "response_id", name="pk_hand_over_item"),
    )
    op.create_index("ix_hand_over_item_state", "hand_over_item", ["hand_over_id", "state", "response_id"])
    op.create_index("ix_hand_over_item_response_id", "hand_over_item", ["response_id"])


def downgrade() -> None:
    op.drop_table("hand_over_item")
    op.drop_table("hand_over")


def town_id(table: str) -> sa.Column:
    return sa.Column(
        "town_id", sa.Integer(), sa.ForeignKey("town.id", name=f"fk_{table}_town_id_town"), nullable=False
    )
