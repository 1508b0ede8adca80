"""Opens the database so that writers wait for each other instead of failing, and commits are durable."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from service.domain.errors import InvalidInput, StorageUnavailable

# A webhook may have to wait until a whole ranking is written; after a longer wait, something is stuck.
BUSY_TIMEOUT_SECONDS = 30
# FastAPI runs up to 40 requests at once; each may want a connection.
POOLED_CONNECTIONS = 20
EXTRA_CONNECTIONS = 30


class Database:
    """The connections of one process to SQLite or PostgreSQL; threads may share it, a fork may not."""

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        self._writers = engine.execution_options(margin_writes=True)
        # SQLite's own waiting is unfair because it polls: threads of one process queue here instead.
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one state of the database.

        Raises: StorageUnavailable.
        """
        with _named_errors(self._readers), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that is durable when the block ends, and rolled back when the block raises.

        Raises: StorageUnavailable.
        """
        with _named_errors(self._writers), self._turn, self._writers.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Check that the database answers.

        Raises: StorageUnavailable.
        """
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every connection; later use opens new ones."""
        self._readers.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://...`; the first use connects.

    Raises: InvalidInput: another form of address. StorageUnavailable: the folder cannot be made.
    """
    address = _readable(url)
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite_engine(address))
    return Database(_postgresql_engine(address))


def _readable(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise InvalidInput("the database address must look like sqlite:///file or postgresql://host/name") from error
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise InvalidInput(f"the database must be sqlite:/// or postgresql://, got {address.drivername}://")
    if address.get_backend_name() == "sqlite" and not address.database:
        raise InvalidInput("the SQLite database needs a file: sqlite:///path/to/margin.db")
    return address


def _postgresql_engine(address: URL) -> Engine:
    try:
        return create_engine(address, pool_size=POOLED_CONNECTIONS, max_overflow=EXTRA_CONNECTIONS, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise InvalidInput("PostgreSQL needs its driver: pip install 'margin[postgres]'") from error


def _sqlite_engine(address: URL) -> Engine:
    folder = Path(address.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable(f"the database's folder {folder} cannot be made: {error}") from error
    engine = create_engine(
        address,
        pool_size=POOLED_CONNECTIONS,
        max_overflow=EXTRA_CONNECTIONS,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver would begin transactions at moments of its own choice; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    # With NORMAL the last transactions would be lost in a power failure.
    connection.execute("PRAGMA synchronous = FULL")


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


@retry(
    retry=retry_if_exception(_is_locked),
    wait=wait_random(0.01, 0.1),
    stop=stop_after_delay(BUSY_TIMEOUT_SECONDS),
    reraise=True,
)
def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, so that readers never wait for the writer.

    This is the one statement for which SQLite does not wait for a lock.
    """
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once if another one wrote in between; IMMEDIATE waits.
    writes = connection.get_execution_options().get("margin_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _named_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        # SQLite raises the bare class for a damaged file; the other subclasses are our own mistakes.
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise StorageUnavailable(f"the database {_name(engine)} failed: {error.orig}") from error
        raise


def _name(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
