"""Connects to Redis so that a lost Redis is noticed within seconds, and is used again as soon as it is back."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from service.domain.errors import InvalidInput

CONNECT_TIMEOUT_SECONDS = 1.0
ANSWER_TIMEOUT_SECONDS = 3.0


def connect_redis(url: str) -> Redis:
    """Make a client for an address that begins with redis://, rediss:// or unix://; nothing is sent yet.

    The one retry is for a pooled connection that a restarted Redis has closed.

    Raises: InvalidInput: another form of address.
    """
    try:
        return Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=ANSWER_TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
    except ValueError as error:
        raise InvalidInput("the Redis address must look like redis://host:6379/0, rediss:// or unix://") from error
