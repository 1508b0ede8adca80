"""Writes answers to a CSV file that fails."""

from pathlib import Path

import pytest

from service.cli.predict.answer_table import opened_rows
from service.domain.errors import StorageUnavailable


def test_a_failure_elsewhere_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), opened_rows(tmp_path / "out.csv"):
        raise PermissionError(13, "Permission denied", "elsewhere")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
@pytest.mark.parametrize("length", [1, 1_000_000], ids=["when it is closed", "when it is written"])
def test_a_full_disk_is_told_with_the_file_s_name(length: int) -> None:
    with pytest.raises(StorageUnavailable, match="/dev/full cannot be written"), opened_rows(Path("/dev/full")) as rows:
        rows.writerow(["a" * length])
