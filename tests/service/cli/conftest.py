"""What tests of commands share."""

from pathlib import Path

import pytest

from service.settings import Settings


@pytest.fixture
def default_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither this machine's environment nor its `.env` decides."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARGIN_{name.upper()}", raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
