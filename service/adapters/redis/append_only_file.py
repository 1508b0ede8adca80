"""Repairs Redis's append-only file by cutting off an unreadable end, which a power cut can leave."""

import shutil
import subprocess
from pathlib import Path


def cut_unreadable_end(folder: Path, *, program: Path) -> Path | None:
    """Copy the files of Redis, then cut off what it cannot read.

    Returns: the folder of the copy, or None if there is no such file or it could not be repaired.
    """
    target = _file_to_check(folder)
    if target is None:
        return None
    copy = folder / "damaged"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in target.parent.glob("appendonly.aof*"):
        shutil.copy2(path, copy)
    # The server program checks its file if it is called by this name.
    check = subprocess.run(  # noqa: S603
        ["redis-check-aof", "--fix", str(target)],  # noqa: S607
        executable=program,
        input=b"y\n",
        capture_output=True,
        check=False,
    )
    return copy if check.returncode == 0 else None


def _file_to_check(folder: Path) -> Path | None:
    """Redis 7 and later list their files in a manifest; Redis 6 has one file."""
    candidates = [folder / "appendonlydir" / "appendonly.aof.manifest", folder / "appendonly.aof"]
    return next((path for path in candidates if path.exists()), None)
