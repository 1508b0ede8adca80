"""A database is brought to the tables of the code, once, whoever starts first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from service.adapters.sql.database import open_database
from service.adapters.sql.migration import DatabaseNewerThanCode, migrate
from service.adapters.sql.tables import metadata

MIGRATE = "import sys; from service.adapters.sql.migration import migrate; migrate(sys.argv[1])"


def test_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    url = os.environ.get("MARGIN_TEST_DATABASE_URL") or f"sqlite:///{tmp_path}/margin.db"
    migrate(url)
    database = open_database(url)

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        differences = compare_metadata(context, metadata)

    assert differences == []
    database.close()


def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/margin.db"

    starting = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    errors = [process.communicate()[1] for process in starting]

    assert errors == ["", "", "", ""]
    database = open_database(url)
    with database.reading() as connection:
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == ["0001"]
    database.close()


def test_a_database_newer_than_the_code_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/margin.db"
    migrate(url)
    database = open_database(url)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseNewerThanCode, match="9999"):
        migrate(url)

    with database.reading() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    database.close()
