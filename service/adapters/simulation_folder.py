"""Keeps a simulation in a folder: its grid, arrays that processes share, one CSV per run, and its results."""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ml.messages import truncate
from ml.simulation.grid import Configuration
from service.domain.errors import InvalidInput, StorageUnavailable

GRID, RUNS, ARRAYS, LOCK = "grid.json", "runs", "arrays", ".lock"
# The suffix of a file that is being written: it does not count, and the next start removes it.
UNFINISHED = ".unfinished"
# Three names, a run and hashes together stay well below the 255 bytes that file systems allow.
LONGEST_PART = 60
MARK_CHARACTERS = 6


@dataclass(frozen=True, kw_only=True)
class SimulationFolder:
    """Implements the SimulationStore port."""

    path: Path

    @property
    def place(self) -> str:
        """The folder's name as the user gave it."""
        return str(self.path)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other simulation out during the block; a new folder that stays empty is removed at the end.

        Raises: InvalidInput: another simulation works there; StorageUnavailable.
        """
        lock, is_new = self.path / LOCK, not self.path.exists()
        with _named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            file = lock.open("wb")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise InvalidInput(
                    f"another simulation works in {self.path}: wait for it, or name another folder"
                ) from error
            try:
                yield
            finally:
                lock.unlink(missing_ok=True)
                if is_new:
                    _remove_if_empty(self.path)

    def require(self, part: Mapping[str, object]) -> None:
        wanted = json.loads(json.dumps(part))
        with _named_errors(self.path):
            found = self._grid() if self.path.exists() else None
        if found is not None and any(found.get(key) != value for key, value in wanted.items()):
            raise InvalidInput(_difference(self.path, {key: found.get(key) for key in wanted}, wanted))

    def claim(self, grid: Mapping[str, object]) -> None:
        wanted = json.loads(json.dumps(grid))
        with _named_errors(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            found = self._grid()
            if found is None:
                self._write(self.path / GRID, json.dumps(wanted, indent=2).encode())
            elif found != wanted:
                raise InvalidInput(_difference(self.path, found, wanted))
            for left in self.path.rglob(f"*{UNFINISHED}"):
                left.unlink(missing_ok=True)

    def has_array(self, name: str) -> bool:
        return self._array_path(name).is_file()

    def write_array(self, name: str, array: NDArray[Any]) -> None:
        with _named_errors(self.path), _written(self._array_path(name)) as file:
            np.save(file, array, allow_pickle=False)

    def array(self, name: str) -> NDArray[Any]:
        with _named_errors(self.path):
            return np.asarray(np.load(self._array_path(name), mmap_mode="r", allow_pickle=False))

    def run(self, configuration: Configuration, run: int) -> str | None:
        path = self.run_path(configuration, run)
        with _named_errors(path):
            return path.read_bytes().decode(errors="replace") if path.is_file() else None

    def write_run(self, configuration: Configuration, run: int, content: str) -> None:
        with _named_errors(self.path):
            self._write(self.run_path(configuration, run), content.encode())

    def write_result(self, name: str, content: bytes) -> None:
        with _named_errors(self.path):
            self._write(self.path / name, content)

    def run_path(self, configuration: Configuration, run: int) -> Path:
        """Return the path of the CSV of a run."""
        parts = (
            _safe(configuration.strategy),
            _safe(configuration.head),
            _safe(configuration.encoder),
            f"run-{run:03}",
        )
        return self.path / RUNS / f"{'__'.join(parts)}.csv"

    def _grid(self) -> dict[str, object] | None:
        path = self.path / GRID
        if not path.is_file():
            if any(not entry.name.startswith(".") and entry.suffix != UNFINISHED for entry in self.path.iterdir()):
                raise InvalidInput(f"{self.path} has other files in it: name a new or an empty folder")
            return None
        try:
            return dict(json.loads(path.read_bytes()))
        except (ValueError, TypeError) as error:
            raise InvalidInput(f"{path} was not written by a simulation: name another folder") from error

    def _array_path(self, name: str) -> Path:
        return self.path / ARRAYS / f"{_safe(name)}.npy"

    def _write(self, path: Path, content: bytes) -> None:
        with _written(path) as file:
            file.write(content)


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Write a file that gets its name only after all of it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    with unfinished.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"{path} cannot be read or written: {error.strerror or error}") from error


def _safe(name: str) -> str:
    """Make a file name that is unique for this name: if characters are replaced or cut off, a hash is appended."""
    cleaned = re.sub(r"[^A-Za-z0-9.=+-]+", "-", name).strip("-.")[:LONGEST_PART]
    return cleaned if cleaned == name else f"{cleaned}-{sha256(name.encode()).hexdigest()[:MARK_CHARACTERS]}"


def _difference(path: Path, found: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    key = next(key for key in dict.fromkeys([*wanted, *found]) if found.get(key) != wanted.get(key))
    return (
        f"{path} holds another grid: {key} is {truncate(json.dumps(found.get(key)))} there and "
        f"{truncate(json.dumps(wanted.get(key)))} here; name another folder, or use the same options to continue"
    )
