"""Which rankings are a project's own, and not of another strategy or number that somebody asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; which earlier rankings were own is not known."""
    op.add_column("rankings", sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("rankings", "is_own")
