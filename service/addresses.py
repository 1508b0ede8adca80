"""Says where this process finds what Margin keeps: where the settings say, else in the data folder."""

from pathlib import Path

from service.adapters.embedded_redis import running_redis_url
from service.settings import Settings


def database_url(settings: Settings) -> str:
    """The database of the settings, else SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data / 'margin.db').resolve()}"


def redis_url(settings: Settings) -> str:
    """The Redis of the settings, else the one that `margin up` runs in the data folder."""
    return settings.redis_url or running_redis_url(embedded_redis_folder(settings))


def embedded_redis_folder(settings: Settings) -> Path:
    """Where the Redis that `margin up` runs keeps its files."""
    return settings.data / "redis"


def artifacts_url(settings: Settings) -> str:
    """Where uploads and versions are kept."""
    return settings.artifacts_url or str(settings.data / "artifacts")


def embeddings_url(settings: Settings) -> str:
    """Where the embedding cache is kept."""
    return settings.embeddings_url or str(settings.data / "embeddings")
