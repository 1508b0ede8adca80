"""Upgrades a database to the tables that this code expects, safely even if several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.adapters.sql.database import open_database
from service.domain.errors import MarginError

# An arbitrary number, the same in every Margin process.
_ADVISORY_LOCK = 7_203_811_204


class DatabaseNewerThanCode(MarginError):
    """The database was written by a later Margin, and this one would damage it."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"the database is at revision {revision!r}, which this Margin does not know: upgrade Margin")


def migrate(url: str) -> None:
    """Create or upgrade the tables, all or nothing.

    Raises: DatabaseNewerThanCode, StorageUnavailable.
    """
    database = open_database(url)
    config = _config()
    try:
        with database.writing() as connection:
            _let_others_wait(connection)
            _refuse_newer(connection, config)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _let_others_wait(connection: Connection) -> None:
    # On SQLite the transaction itself has locked the file.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _refuse_newer(connection: Connection, config: Config) -> None:
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseNewerThanCode(revision)
