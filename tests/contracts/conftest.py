"""Stores to run a contract on: the doubles, and the real ones on SQLite or the database that the environment names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from service.adapters.sql.database import open_database
from service.adapters.sql.migration import migrate
from service.adapters.sql.stores import SqlStores
from tests.contracts.storing import Stores, TickingClock, a_project
from tests.doubles.stores import InMemoryStores


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = os.environ.get("MARGIN_TEST_DATABASE_URL") or f"sqlite:///{tmp_path_factory.mktemp('sql')}/margin.db"
    migrate(url)
    return url


@pytest.fixture(params=["in memory", "sql"])
def stores(request: pytest.FixtureRequest, database_url: str) -> Iterator[Stores]:
    """Return stores that are empty except for the projects `birds` and `fish`."""
    if request.param == "in memory":
        yield _with_projects(InMemoryStores(TickingClock()))
        return
    database = open_database(database_url)
    with database.writing() as connection:
        connection.execute(text("DELETE FROM projects"))
    yield _with_projects(SqlStores(database, TickingClock()))
    database.close()


def _with_projects(stores: Stores) -> Stores:
    stores.projects.add(a_project("birds"))
    stores.projects.add(a_project("fish"))
    return stores


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"
