"""Marks rankings by the project's own strategy and count, in contrast to other ones that somebody requested."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; for earlier rankings it is not known, so they get false."""
    op.add_column("rankings", sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("rankings", "is_own")
