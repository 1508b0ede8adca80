"""Why a ranking is by its strategy, where an audit has decided."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; rankings before followed no audit."""
    op.add_column("rankings", sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("rankings", "note")
