"""Says where this process finds what Margin keeps: where the settings say, else in the data folder."""

from pathlib import Path

from service.settings import Settings


def database_url(settings: Settings) -> str:
    """The database of the settings, else SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data / 'margin.db').resolve()}"


def embedded_redis_folder(settings: Settings) -> Path:
    """Where the Redis that `margin up` runs keeps its files."""
    return settings.data / "redis"


def artifacts_url(settings: Settings) -> str:
    """Where uploads and versions are kept."""
    return settings.artifacts_url or str(settings.data / "artifacts")


def embeddings_url(settings: Settings) -> str:
    """Where the embedding cache is kept."""
    return settings.embeddings_url or str(settings.data / "embeddings")
