"""Provides a private Redis for the worker tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.redis.redis_connection import connect_redis


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis(redis_server: EmbeddedRedis) -> Iterator[Redis]:
    with connect_redis(redis_server.url) as client:
        yield client
