"""Returns where this process finds what Margin keeps: the addresses of the settings, else the data folder."""

from pathlib import Path

from service.settings import Settings


def database_url(settings: Settings) -> str:
    """Return the database address of the settings, else SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data / 'margin.db').resolve()}"


def embedded_redis_folder(settings: Settings) -> Path:
    """Return the folder for the files of the Redis that `margin up` runs."""
    return settings.data / "redis"


def artifacts_url(settings: Settings) -> str:
    """Return where uploads and versions are kept."""
    return settings.artifacts_url or str(settings.data / "artifacts")


def embeddings_url(settings: Settings) -> str:
    """Return where the embedding cache is kept."""
    return settings.embeddings_url or str(settings.data / "embeddings")
