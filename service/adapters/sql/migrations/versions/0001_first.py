"""Creates the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written out rather than imported: a migration must not change when the code changes.
ID = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    _create_projects()
    _create_images()
    _create_rankings()
    _create_sources()
    _create_versions()
    _create_annotations()
    _create_ranking_pages()


def downgrade() -> None:
    """Drop every table."""
    for table in ("ranking_pages", "annotations", "versions", "sources", "rankings", "images", "projects"):
        op.drop_table(table)


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("multi_label", sa.Boolean(), nullable=False),
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("retraining", sa.JSON(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=True),
        sa.Column("label_studio_key", sa.Text(), nullable=True),
        sa.Column("label_studio", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_version_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revised_at", TIME, nullable=True),
        sa.Column("trained_revision", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("label_studio_key", name="uq_projects_label_studio_key"),
    )


def _create_images() -> None:
    op.create_table(
        "images",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("side", sa.String(length=16), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_images_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "id", name="pk_images"),
    )


def _create_rankings() -> None:
    op.create_table(
        "rankings",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_rankings_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_rankings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rankings_project_id", "rankings", ["project_id"], unique=False)


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("identity", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("image_id", ID, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_sources_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("project_id", "identity", name="uq_sources_project_id_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sources_project_id_image_id", "sources", ["project_id", "image_id"], unique=False)


def _create_versions() -> None:
    op.create_table(
        "versions",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("encoder_key", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Integer(), nullable=False),
        sa.Column("promoted", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("evaluation", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_versions_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "number", name="pk_versions"),
    )


def _create_annotations() -> None:
    op.create_table(
        "annotations",
        sa.Column("project_id", ID, nullable=False),
        sa.Column("origin", ID, nullable=False),
        sa.Column("external_id", ID, nullable=False),
        sa.Column("annotator", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("image_id", ID, nullable=True),
        sa.Column("source_id", ROW_ID, nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_annotations_project_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_annotations_source_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "origin", "external_id", name="pk_annotations"),
    )
    op.create_index("ix_annotations_project_id_image_id", "annotations", ["project_id", "image_id"], unique=False)
    op.create_index("ix_annotations_source_id", "annotations", ["source_id"], unique=False)


def _create_ranking_pages() -> None:
    op.create_table(
        "ranking_pages",
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("images", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["rankings.id"], name="fk_ranking_pages_ranking_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ranking_id", "page", name="pk_ranking_pages"),
    )
