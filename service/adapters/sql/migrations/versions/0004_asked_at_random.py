"""Marks the images that were asked at random: an unbiased sample for the evaluation of versions."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; for earlier images it is not known, so they get false."""
    op.add_column("images", sa.Column("asked_at_random", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("images", "asked_at_random")
