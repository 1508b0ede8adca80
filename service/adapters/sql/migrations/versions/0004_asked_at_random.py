"""Which images were asked at random: an unbiased sample to judge versions by."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was asked before nothing is known."""
    op.add_column("images", sa.Column("asked_at_random", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("images", "asked_at_random")
