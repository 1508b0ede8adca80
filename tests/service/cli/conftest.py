"""Fixtures for tests of commands."""

from pathlib import Path

import pytest

from service.settings import Settings


@pytest.fixture
def default_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ignore this machine's environment and `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARGIN_{name.upper()}", raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
