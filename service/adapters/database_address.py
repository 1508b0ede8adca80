"""Says where this process finds the database."""

from service.settings import Settings


def database_url(settings: Settings) -> str:
    """The database of the settings, else SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data / 'margin.db').resolve()}"
