"""Adds a note to rankings: why the strategy was used, if an audit chose it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; earlier rankings followed no audit."""
    op.add_column("rankings", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("rankings", "note")
