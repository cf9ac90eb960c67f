"""What waits for a bot"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OVER_A_STATE = (
    ("ix_inbox_new", "inbox", ["bot_id", "seq"], "new"),
    ("ix_inbox_aside", "inbox", ["bot_id", "seq"], "aside"),
    ("ix_delivery_waiting", "delivery", ["bot_id", "priority", "seq"], "waiting"),
)
CONSENT_BEFORE, CONSENT = "Einwilligung (Art. 6 Abs. 1 Buchst. a DSGVO)", "consent"


def upgrade() -> None:
    op.add_column("town", sa.Column("contact", sa.String(), nullable=True))
    # SQLite adds no column that is never empty without a default, and cannot take the default away again.
    op.add_column("delivery", sa.Column("bot_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE delivery SET bot_id = (SELECT contact.bot_id FROM contact WHERE contact.id = delivery.contact_id)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("delivery", "bot_id", server_default=None)
    name_legal_basis(CONSENT_BEFORE, CONSENT)
    op.drop_index("ix_inbox_open", table_name="inbox")
    for name, table, columns, state in OVER_A_STATE:
        where = sa.text(f"state = '{state}'")
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name, table, *_ in OVER_A_STATE:
        op.drop_index(name, table_name=table)
    where = sa.text("state = 'new'")
    op.create_index("ix_inbox_open", "inbox", ["seq"], postgresql_where=where, sqlite_where=where)
    name_legal_basis(CONSENT, CONSENT_BEFORE)
    op.drop_column("delivery", "bot_id")
    op.drop_column("town", "contact")


def name_legal_basis(before: str, now: str) -> None:
    survey = sa.table("survey", sa.column("legal_basis", sa.String()))
    op.execute(survey.update().where(survey.c.legal_basis == before).values(legal_basis=now))
