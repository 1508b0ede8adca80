"""Compares stores for embeddings in one interleaved run: Lance (Margin's), SQLite blobs, a memory-mapped file."""

import argparse
import hashlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.encoders.base import EncoderIdentity
from service.adapters.lance_embedding_cache import LanceEmbeddingCache

Matrix = NDArray[np.float32]


class Store(Protocol):
    """A store in the comparison."""

    def write(self, image_ids: Sequence[str], matrix: Matrix) -> None: ...

    def read(self, image_ids: Sequence[str]) -> Matrix: ...


class LanceStore:
    """Margin's cache, without its memory of recent rows."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._identity = EncoderIdentity(
            name="bench", weights_sha256="0" * 64, preprocessing="none", dimension=dimension
        )
        self._cache = LanceEmbeddingCache(folder / "lance", remembered_rows=0)

    def write(self, image_ids: Sequence[str], matrix: Matrix) -> None:
        self._cache.write(self._identity, image_ids, matrix)

    def read(self, image_ids: Sequence[str]) -> Matrix:
        return self._cache.read(self._identity, image_ids).matrix


class SqliteStore:
    """An SQLite database with one blob per row."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._dimension = dimension
        self._connection = sqlite3.connect(folder / "blobs.db")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("CREATE TABLE rows (image TEXT PRIMARY KEY, embedding BLOB) WITHOUT ROWID")

    def write(self, image_ids: Sequence[str], matrix: Matrix) -> None:
        rows = [(image_id, row.tobytes()) for image_id, row in zip(image_ids, matrix, strict=True)]
        with self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?)", rows)

    def read(self, image_ids: Sequence[str]) -> Matrix:
        found: dict[str, bytes] = {}
        for start in range(0, len(image_ids), 5_000):
            some = image_ids[start : start + 5_000]
            marks = ",".join("?" * len(some))
            found.update(self._connection.execute(f"SELECT * FROM rows WHERE image IN ({marks})", some))  # noqa: S608
        return np.stack([np.frombuffer(found[image_id], dtype=np.float32) for image_id in image_ids])


class NpyStore:
    """One growing file of rows with the ids in memory: only one writer, and the ids must be stored elsewhere."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._path = folder / "rows.f32"
        self._dimension = dimension
        self._places: dict[str, int] = {}

    def write(self, image_ids: Sequence[str], matrix: Matrix) -> None:
        with self._path.open("ab") as file:
            file.write(matrix.tobytes())
        for image_id in image_ids:
            self._places[image_id] = len(self._places)

    def read(self, image_ids: Sequence[str]) -> Matrix:
        rows = np.memmap(self._path, dtype=np.float32, mode="r").reshape(-1, self._dimension)
        return np.asarray(rows[[self._places[image_id] for image_id in image_ids]])


def main() -> None:
    """Measure, and print milliseconds and the ratio of each store's time to Lance's."""
    arguments = _arguments()
    rng = np.random.default_rng(0)
    ids = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(arguments.rows)]
    matrix = rng.standard_normal((arguments.rows, arguments.dimension), dtype=np.float32)
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        stores: dict[str, Store] = {
            "lance": LanceStore(Path(name), arguments.dimension),
            "sqlite": SqliteStore(Path(name), arguments.dimension),
            "npy": NpyStore(Path(name), arguments.dimension),
        }
        _print_line("", list(stores))
        _write_in_batches(stores, ids, matrix, batch=1_000)
        _append(stores, rng, arguments.dimension)
        for count in (1, 32, 1_000, 10_000):
            asked = [ids[i] for i in rng.choice(arguments.rows, min(count, arguments.rows), replace=False)]
            _compare(f"read {len(asked)} rows", _reads(stores, asked), rounds=3 if count > 1_000 else 20)
        _compare("read all rows", _reads(stores, ids), rounds=2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--dimension", type=int, default=1_280)
    parser.add_argument("--folder", type=Path, default=None, help="folder to write in (default: a temporary folder)")
    return parser.parse_args()


def _write_in_batches(stores: dict[str, Store], ids: Sequence[str], matrix: Matrix, *, batch: int) -> None:
    seconds = dict.fromkeys(stores, 0.0)
    for start in range(0, len(ids), batch):
        for name, store in stores.items():
            began = time.perf_counter()
            store.write(ids[start : start + batch], matrix[start : start + batch])
            seconds[name] += time.perf_counter() - began
    _print_times(f"write all, {batch} at a time", seconds)


def _append(stores: dict[str, Store], rng: np.random.Generator, dimension: int) -> None:
    rows = rng.standard_normal((32, dimension), dtype=np.float32)

    def append(store: Store) -> Callable[[], object]:
        return lambda: store.write([rng.bytes(32).hex() for _ in range(32)], rows)

    _compare("append 32 rows", {name: append(store) for name, store in stores.items()}, rounds=100)


def _reads(stores: dict[str, Store], asked: Sequence[str]) -> dict[str, Callable[[], object]]:
    return {name: partial(store.read, asked) for name, store in stores.items()}


def _compare(what: str, actions: dict[str, Callable[[], object]], *, rounds: int) -> None:
    """Time the actions in turns, so that other work of the machine affects all of them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            began = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - began)
    _print_times(what, {name: statistics.median(times) for name, times in seconds.items()})


def _print_times(what: str, seconds: dict[str, float]) -> None:
    cells = [f"{value * 1000:.2f} ms ({value / seconds['lance']:.2f}x)" for value in seconds.values()]
    _print_line(what, cells)


def _print_line(what: str, cells: Sequence[str]) -> None:
    print(f"{what:28}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    main()
