"""What a hand-over takes along: whether files go with the responses, and what a place is known by"""

import hashlib
import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OF_PROJECT = re.compile(r"/(?:key|test)/[^/]+(?=/projects/)")


def upgrade() -> None:
    # until now files went along with every hand-over
    add(sa.Column("with_files", sa.Boolean(), nullable=False, server_default=sa.true()))
    add(sa.Column("place_digest", sa.String(), nullable=False, server_default=sa.text("''")))
    table = sa.table("hand_over", sa.column("place", sa.String()), sa.column("place_digest", sa.String()))
    places = op.get_bind().scalars(sa.select(table.c.place).distinct())
    for place in list(places):
        # What a token alone told apart is not known any more: such a place is known again from its next hand-over on.
        digest = hashlib.sha256(OF_PROJECT.sub("", place).encode()).hexdigest()
        op.execute(sa.update(table).where(table.c.place == place).values(place_digest=digest))


def downgrade() -> None:
    op.drop_column("hand_over", "place_digest")
    op.drop_column("hand_over", "with_files")


def add(column: sa.Column) -> None:
    """Add a column that is never empty. SQLite needs a default for it and cannot take that away again."""
    op.add_column("hand_over", column)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("hand_over", column.name, server_default=None)
