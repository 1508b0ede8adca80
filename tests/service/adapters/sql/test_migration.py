"""A database gets the tables of the code once, whichever process starts first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from service.adapters.sql import migration
from service.adapters.sql.database import open_database
from service.adapters.sql.migration import DatabaseNewerThanCode, migrate
from service.adapters.sql.stores import SqlStores
from service.adapters.sql.tables import metadata
from service.domain.projects.project import Label
from tests.contracts.storing import TickingClock

MIGRATIONS = Path(migration.__file__).parent / "migrations"
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


def test_what_an_earlier_release_stored_is_kept_and_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/margin.db"
    database = open_database(url)
    with database.writing() as connection:
        bring_to(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO projects (id, title, labels, multi_label, encoder, head, strategy, seed, retraining, "
                "created_at) VALUES ('birds', 'Birds', :labels, 0, 'tiny', 'softmax-regression', 'margin', 0, '{}', "
                "'2026-03-01 12:00:00')"
            ),
            {"labels": '[{"name": "owl", "active": true}]'},
        )
        connection.execute(text("INSERT INTO images (project_id, id, added_at) VALUES ('birds', 'a', '2026-03-01')"))

    migrate(url)

    project = SqlStores(database, TickingClock()).projects.get("birds")
    assert (project.labels, project.coverage, project.abstain_below) == ((Label(name="owl"),), 0.9, 0)
    with database.reading() as connection:
        assert connection.scalars(text("SELECT id FROM images")).all() == ["a"]
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
        assert len(connection.scalars(text("SELECT version_num FROM alembic_version")).all()) == 1
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


def bring_to(connection: Connection, revision: str) -> None:
    """Create the tables of an earlier release."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
