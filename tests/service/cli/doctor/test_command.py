"""The doctor finds errors, and says how to repair them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.adapters.redis.embedded_redis import EmbeddedRedis
from service.adapters.sql.migration import migrate
from service.cli.main import app
from service.locations import database_url
from service.settings import Settings

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _default_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARGIN_{name.upper()}", raising=False)


def wrong_parts(data: Path) -> set[str]:
    result = CliRunner().invoke(app, ["doctor", "--json", "--data", str(data), "--url", NOBODY])
    return {finding["name"] for finding in json.loads(result.stdout) if finding["wrong"]}


def test_nothing_but_the_packages_is_there_before_the_first_start(tmp_path: Path) -> None:
    assert wrong_parts(tmp_path) == {"database", "redis", "web service", "Label Studio"}


def test_what_runs_is_found(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    migrate(database_url(Settings(data=tmp_path)))

    wrong = wrong_parts(tmp_path)

    server.stop()
    assert wrong == {"web service"}


def test_each_finding_is_a_line_and_what_is_wrong_makes_it_fail(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["doctor", "--data", str(tmp_path), "--url", NOBODY])

    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert "ok     packages" in lines
    assert any(
        line.startswith(f"WRONG  web service: nothing answers at {NOBODY} -> start `margin up`") for line in lines
    )
