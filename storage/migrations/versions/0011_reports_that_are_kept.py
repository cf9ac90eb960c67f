"""Questionnaires: what the check found when they were taken in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("questionnaire", sa.Column("report", JSON, nullable=True))
    op.add_column("questionnaire", sa.Column("report_revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("questionnaire", "report_revision")
    op.drop_column("questionnaire", "report")
