"""Artifacts in a folder are written whole or not at all, and never outside of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.adapters.obstore_artifacts import open_artifacts
from service.domain.errors import InvalidInput, StorageUnavailable

FILLER = """
import resource, sys
from service.adapters.obstore_artifacts import open_artifacts
from service.domain.errors import StorageUnavailable

artifacts = open_artifacts(sys.argv[1])
artifacts.put("birds/kept", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
for key in ("birds/kept", "birds/new"):
    try:
        artifacts.put(key, b"x" * 100_000)
    except StorageUnavailable:
        print("refused", key)
"""


def test_a_full_disk_leaves_the_old_content_and_nothing_half_written(tmp_path: Path) -> None:
    filler = subprocess.run([sys.executable, "-c", FILLER, str(tmp_path)], check=True, capture_output=True, text=True)

    artifacts = open_artifacts(tmp_path)
    assert filler.stdout.splitlines() == ["refused birds/kept", "refused birds/new"]
    assert artifacts.get("birds/kept") == b"old"
    assert not artifacts.exists("birds/new")


@pytest.mark.parametrize("key", ["../outside", "birds/../../outside", "birds//a"])
def test_a_key_cannot_leave_the_folder(tmp_path: Path, key: str) -> None:
    artifacts = open_artifacts(tmp_path / "kept")

    with pytest.raises(InvalidInput):
        artifacts.put(key, b"x")

    assert not (tmp_path / "outside").exists()


def test_deleting_everything_is_refused(tmp_path: Path) -> None:
    artifacts = open_artifacts(tmp_path)

    with pytest.raises(InvalidInput):
        artifacts.delete_under("/")


def test_an_address_that_is_no_store_is_refused() -> None:
    with pytest.raises(InvalidInput, match="ftp"):
        open_artifacts("ftp://host/folder")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StorageUnavailable, match="taken"):
        open_artifacts(tmp_path / "taken" / "artifacts")
