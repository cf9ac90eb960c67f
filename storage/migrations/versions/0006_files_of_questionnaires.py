"""Files of questionnaires: tables that they choose from, pictures and sounds that are shown with their questions"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REFERENCES = ("questionnaire", "attachment", "town")


def upgrade() -> None:
    op.create_table(
        "questionnaire_file",
        sa.Column("questionnaire_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_questionnaire_file_{other}_id_{other}")
            for other in REFERENCES
        ),
        sa.PrimaryKeyConstraint("questionnaire_id", "name", name="pk_questionnaire_file"),
    )
    op.create_index("ix_questionnaire_file_attachment_id", "questionnaire_file", ["attachment_id"])


def downgrade() -> None:
    op.drop_table("questionnaire_file")
