"""Adds each project's coverage of the prediction sets and the probability below which it gives no label."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; the defaults keep the behaviour of existing projects."""
    op.add_column("projects", sa.Column("coverage", sa.Double(), server_default="0.9", nullable=False))
    op.add_column("projects", sa.Column("abstain_below", sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop the columns."""
    op.drop_column("projects", "abstain_below")
    op.drop_column("projects", "coverage")
