"""What was seen: an interview remembers which pictures, sounds and films stand in the chat"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("interview", sa.Column("seen", JSON, nullable=False, server_default=sa.text("'[]'")))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("interview", "seen", server_default=None)


def downgrade() -> None:
    op.drop_column("interview", "seen")
