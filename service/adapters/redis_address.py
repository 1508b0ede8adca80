"""Says where this process finds Redis."""

from service.adapters.embedded_redis import running_redis_url
from service.settings import Settings

EMBEDDED_FOLDER = "redis"


def redis_url(settings: Settings) -> str:
    """The Redis of the settings, else the one that `margin up` runs in the data folder."""
    return settings.redis_url or running_redis_url(settings.data / EMBEDDED_FOLDER)
