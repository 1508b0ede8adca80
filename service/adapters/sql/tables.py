"""The tables that Margin keeps in SQLite or PostgreSQL."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from service.adapters.sql.columns import ID, Strings, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows automatically only in a column whose type is exactly INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")

projects = Table(
    "projects",
    metadata,
    Column("id", ID, primary_key=True),
    Column("title", Text, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("multi_label", Boolean, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("strategy", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("coverage", Double, nullable=False, server_default="0.9"),
    Column("abstain_below", Double, nullable=False, server_default="0"),
    Column("retraining", JSON, nullable=False),
    Column("current_version", Integer),
    Column("label_studio_key", Text, unique=True),
    Column("label_studio", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_version_number", Integer, nullable=False, server_default="0"),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("revised_at", UtcDateTime),
    Column("trained_revision", BigInteger, nullable=False, server_default="0"),
)

images = Table(
    "images",
    metadata,
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("id", ID, primary_key=True),
    Column("side", String(16)),
    Column("asked_at_random", Boolean, nullable=False, server_default=false()),
    Column("error", Text),
    Column("added_at", UtcDateTime, nullable=False),
)

# Two sources with the same identity are the same source; an address itself may be too long to index (a data URI).
# A removed source stays, so that the annotations of a deleted task still lead to their image.
sources = Table(
    "sources",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("identity", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("task_id", BigInteger),
    Column("image_id", ID),
    Column("error", Text),
    Column("removed", Boolean, nullable=False),
    UniqueConstraint("project_id", "identity"),
    Index(None, "project_id", "image_id"),
    sqlite_autoincrement=True,
)

annotations = Table(
    "annotations",
    metadata,
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("origin", ID, primary_key=True),
    Column("external_id", ID, primary_key=True),
    Column("annotator", Text, nullable=False),
    Column("labels", Strings, nullable=False),
    Column("state", String(16), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("image_id", ID),
    Column("source_id", RowId, ForeignKey("sources.id", ondelete="CASCADE")),
    Index(None, "project_id", "image_id"),
    Index(None, "source_id"),
)

versions = Table(
    "versions",
    metadata,
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("labels", Strings, nullable=False),
    Column("head", Text, nullable=False),
    Column("encoder_key", Text, nullable=False),
    Column("annotations", Integer, nullable=False),
    Column("promoted", Boolean, nullable=False),
    Column("reasons", Strings, nullable=False),
    Column("evaluation", JSON(none_as_null=True)),
)

rankings = Table(
    "rankings",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer),
    Column("strategy", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("pool_size", Integer, nullable=False),
    Column("note", Text),
    Column("is_own", Boolean, nullable=False, server_default=false()),
    Index(None, "project_id"),
    sqlite_autoincrement=True,
)

# A page holds part of a ranking's images as JSON: as 100,000 rows they would make annotations wait for seconds.
ranking_pages = Table(
    "ranking_pages",
    metadata,
    Column("ranking_id", RowId, ForeignKey("rankings.id", ondelete="CASCADE"), primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("images", Text, nullable=False),
)

# Few rows: the leases that annotators hold now.
leases = Table(
    "leases",
    metadata,
    Column("project_id", ID, ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True),
    Column("image_id", ID, primary_key=True),
    Column("annotator", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
