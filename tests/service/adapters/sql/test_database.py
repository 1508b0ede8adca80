"""Writers wait for each other, and a value that cannot be stored leads to a clear error."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from service.adapters.sql.annotation_store import SqlAnnotationStore
from service.adapters.sql.database import open_database
from service.adapters.sql.migration import migrate
from service.adapters.sql.project_store import SqlProjectStore
from service.adapters.sql.version_store import SqlVersionStore
from service.domain.errors import InvalidInput, StorageUnavailable
from tests.contracts.storing import TickingClock, a_project, an_annotation

WRITER = """
import sys
from service.adapters.sql.annotation_store import SqlAnnotationStore
from service.adapters.sql.database import open_database
from tests.contracts.storing import TickingClock, an_annotation

store = SqlAnnotationStore(open_database(sys.argv[1]), TickingClock())
for number in range(int(sys.argv[3])):
    store.put(an_annotation(f"{sys.argv[2]}-{number}"))
"""

FILLER = """
import resource, sys
from service.adapters.sql.annotation_store import SqlAnnotationStore
from service.adapters.sql.database import open_database
from service.domain.errors import StorageUnavailable
from tests.contracts.storing import TickingClock, an_annotation

store = SqlAnnotationStore(open_database(sys.argv[1]), TickingClock())
store.put(an_annotation("before"))
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
stored = 0
try:
    for number in range(10_000):
        store.put(an_annotation(f"{number}", "x" * 2_000))
        stored += 1
except StorageUnavailable:
    print(stored)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/margin.db"
    migrate(url)
    database = open_database(url)
    SqlProjectStore(database).add(a_project("birds"))
    database.close()
    return url


def test_writers_in_several_processes_and_threads_never_fail_and_lose_nothing(url: str) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, url, name, "60"]) for name in ("p", "q")]
    database = open_database(url)
    store = SqlAnnotationStore(database, TickingClock())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: store.put(an_annotation(f"t-{number}")), range(60)))

    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(store.external_ids("birds", origin="label-studio")) == 180
    assert store.tally("birds", since_revision=0).revision == 180
    database.close()


def test_version_numbers_are_reserved_once_among_threads(url: str) -> None:
    database = open_database(url)
    store = SqlVersionStore(database)

    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda _: store.next_number("birds"), range(40)))

    assert sorted(numbers) == list(range(1, 41))
    database.close()


def test_a_reader_does_not_wait_for_a_writer(url: str) -> None:
    database = open_database(url)
    found: list[str] = []
    with database.writing() as connection:
        connection.execute(text("UPDATE projects SET title = 'Half way'"))

        reader = threading.Thread(target=lambda: found.append(SqlProjectStore(database).get("birds").title))
        reader.start()
        reader.join(10)

    assert found == ["Birds"]
    database.close()


def test_a_commit_waits_for_the_disk(url: str) -> None:
    database = open_database(url)

    with database.reading() as connection:
        full = 2
        assert connection.scalar(text("PRAGMA synchronous")) == full
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    database.close()


def test_a_full_disk_is_a_clear_error_and_leaves_what_was_stored(url: str) -> None:
    size = Path(url.removeprefix("sqlite:///")).stat().st_size

    filler = subprocess.run(
        [sys.executable, "-c", FILLER, url, str(size + 200_000)], check=True, capture_output=True, text=True
    )

    database = open_database(url)
    kept = SqlAnnotationStore(database, TickingClock()).external_ids("birds", origin="label-studio")
    assert int(filler.stdout) > 0
    assert kept == {"before", *(f"{number}" for number in range(int(filler.stdout)))}
    database.close()


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "margin.db").write_bytes(b"not a database at all" * 100)

    with pytest.raises(StorageUnavailable, match=r"margin\.db.*not a database"):
        migrate(f"sqlite:///{tmp_path}/margin.db")


def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StorageUnavailable, match="taken"):
        open_database(f"sqlite:///{tmp_path}/taken/margin.db")


@pytest.mark.parametrize("url", ["margin.db", "mysql://host/name", "sqlite://", "postgresql+nothing://host/name"])
def test_an_address_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        open_database(url)
