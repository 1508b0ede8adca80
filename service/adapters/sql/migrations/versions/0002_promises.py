"""What a project promises of its answers: the coverage of the label sets, and when it rather gives no label."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, with what projects did before."""
    op.add_column("projects", sa.Column("coverage", sa.Double(), server_default="0.9", nullable=False))
    op.add_column("projects", sa.Column("abstain_below", sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("projects", "abstain_below")
    op.drop_column("projects", "coverage")
