"""Prepares the database of the settings before any other part opens it."""

from sqlalchemy import make_url

from service.adapters.sql.migration import migrate
from service.locations import database_url
from service.settings import Settings


def migrate_database(settings: Settings) -> None:
    """Create or upgrade the tables.

    Raises: DatabaseNewerThanCode, StorageUnavailable.
    """
    migrate(database_url(settings))


def shown_database(settings: Settings) -> str:
    """Return the database's address without its password, to show it to people."""
    return make_url(database_url(settings)).render_as_string(hide_password=True)
