"""Keeps embeddings in Lance, one dataset per encoder identity, in a folder or an object store."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from ml.encoders.base import EncoderIdentity
from ml.messages import first_line
from ml.types import Embeddings
from service.domain.cached_embeddings import CachedEmbeddings
from service.domain.errors import MarginError, StorageUnavailable

Row = NDArray[np.float32]


class RecentRows:
    """Holds up to `capacity` rows and forgets the least recently used first (LRU); safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[tuple[str, str], Row] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, encoder_key: str, image_ids: Sequence[str]) -> dict[str, Row]:
        """Return those of the rows that are remembered."""
        with self._lock:
            found = {i: self._rows[encoder_key, i] for i in image_ids if (encoder_key, i) in self._rows}
            for image_id in found:
                self._rows.move_to_end((encoder_key, image_id))
        return found

    def remember(self, encoder_key: str, rows: dict[str, Row]) -> None:
        """Remember rows, unless there are so many of them that they would push out everything else."""
        if len(rows) > self._capacity // 2:
            return
        with self._lock:
            for image_id, row in rows.items():
                # A view would keep the whole matrix that it belongs to in memory.
                self._rows[encoder_key, image_id] = row.copy()
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)


logger = logging.getLogger(__name__)

# From this number of ids on, reading the whole id column is faster than looking up each id.
SCAN_FROM_IDS = 10_000
# A lookup opens every small fragment that the index does not cover yet; this number takes a few milliseconds.
SMALL_FRAGMENTS_ALLOWED = 32
# Fragments of this length are not merged again, so that a growing cache is not rewritten again and again.
ROWS_PER_FRAGMENT = 16_384
# Checking the fragments after each append would cost more than it saves.
APPENDS_BETWEEN_CHECKS = 8
# Readers may still use a version that compaction replaced.
KEEP_REPLACED_FOR = timedelta(hours=1)


class LanceEmbeddingCache:
    """Implements the EmbeddingCache port with Lance.

    Not safe across a fork; threads and spawned processes may share one folder. Two processes that encode the same image
    at once may both store it; readers take one of the equal rows.
    """

    def __init__(self, address: str | Path, *, remembered_rows: int = 4096) -> None:
        self._address = str(address).rstrip("/")
        self._recent = RecentRows(remembered_rows)
        # Holds the parts of indices and manifests that were read, so that opening a dataset again costs almost
        # nothing.
        self._session = lance.Session()  # type: ignore[attr-defined]  # exported, but not in its __all__
        self._appends = 0

    def read(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> CachedEmbeddings:
        """Read embeddings, from memory if they were used recently.

        Raises: StorageUnavailable.
        """
        rows = self._recent.recall(identity.key, image_ids)
        looked_up = self._look_up(identity, [i for i in dict.fromkeys(image_ids) if i not in rows])
        self._recent.remember(identity.key, looked_up)
        rows |= looked_up
        found = tuple(i for i in image_ids if i in rows)
        matrix = np.empty((len(found), identity.dimension), dtype=np.float32)
        for place, image_id in enumerate(found):
            matrix[place] = rows[image_id]
        return CachedEmbeddings(image_ids=found, matrix=matrix)

    def missing(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> list[str]:
        """List the images whose embeddings are not stored.

        Raises: StorageUnavailable.
        """
        unique = list(dict.fromkeys(image_ids))
        remembered = self._recent.recall(identity.key, unique)
        wanted = [i for i in unique if i not in remembered]
        stored = self._stored(identity, wanted)
        return [i for i in wanted if i not in stored]

    def write(self, identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
        """Store the embeddings that are not stored yet.

        Raises: InvalidEmbeddings, StorageUnavailable.
        """
        check_embeddings(identity, image_ids, matrix)
        missing = set(self.missing(identity, image_ids))
        new = {i: row for i, row in zip(image_ids, matrix, strict=True) if i in missing}
        if not new:
            return
        with self._named_errors(identity):
            self._append(identity, _table(new, identity.dimension))
            self._recent.remember(identity.key, new)
            self._appends += 1
            if self._appends % APPENDS_BETWEEN_CHECKS == 0:
                self._tidy(identity)

    def chunks(self, identity: EncoderIdentity, image_ids: Sequence[str], *, rows: int) -> Iterator[CachedEmbeddings]:
        """Read embeddings in chunks of up to `rows`; chunks without any are left out.

        Raises: StorageUnavailable.
        """
        for start in range(0, len(image_ids), rows):
            found = self.read(identity, image_ids[start : start + rows])
            if found.image_ids:
                yield found

    def _look_up(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> dict[str, Row]:
        dataset = self._open(identity) if image_ids else None
        if dataset is None:
            return {}
        with self._named_errors(identity):
            # Picking most rows by the index is slower than reading all of them.
            picks_most = len(image_ids) >= SCAN_FROM_IDS and 2 * len(image_ids) > dataset.count_rows()
            wanted = None if picks_most else pc.field("image").isin(list(image_ids))
            table = dataset.to_table(columns=["image", "embedding"], filter=wanted)
        vectors = table["embedding"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return dict(zip(table["image"].to_pylist(), vectors.reshape(-1, identity.dimension), strict=True))

    def _stored(self, identity: EncoderIdentity, image_ids: Sequence[str]) -> set[str]:
        dataset = self._open(identity) if image_ids else None
        if dataset is None:
            return set()
        wanted = pc.field("image").isin(list(image_ids)) if len(image_ids) < SCAN_FROM_IDS else None
        with self._named_errors(identity):
            return set(dataset.to_table(columns=["image"], filter=wanted)["image"].to_pylist())

    def _path(self, identity: EncoderIdentity) -> str:
        return f"{self._address}/{identity.key}.lance"

    def _open(self, identity: EncoderIdentity) -> lance.LanceDataset | None:
        with self._named_errors(identity):
            try:
                return lance.dataset(self._path(identity), session=self._session)
            except ValueError as error:
                # Nothing was written yet, or the first writer died before its first commit.
                if "was not found" in str(error):
                    return None
                raise

    @retry(
        # Two first writers may both create the dataset; the slower one then appends.
        retry=retry_if_exception(lambda error: isinstance(error, OSError) and _is_conflict(error)),
        wait=wait_random_exponential(multiplier=0.01, max=1),
        stop=stop_after_attempt(20),
        reraise=True,
    )
    def _append(self, identity: EncoderIdentity, table: pa.Table) -> None:
        dataset = self._open(identity)
        if dataset is None:
            lance.write_dataset(table, self._path(identity), mode="create", session=self._session)
        else:
            dataset.insert(table, mode="append")

    def _tidy(self, identity: EncoderIdentity) -> None:
        """Merge small fragments and update the index, once there are enough of them."""
        dataset = self._open(identity)
        if dataset is None or _small_fragments(dataset) <= SMALL_FRAGMENTS_ALLOWED:
            return
        try:
            dataset.optimize.compact_files(target_rows_per_fragment=ROWS_PER_FRAGMENT)
            if dataset.describe_indices():
                dataset.optimize.optimize_indices()
            else:
                dataset.create_scalar_index("image", "BTREE")
            dataset.cleanup_old_versions(older_than=KEEP_REPLACED_FOR)
        except OSError as error:
            if not _is_conflict(error):
                raise
            logger.info("another process is compacting the embedding cache %s now", self._path(identity))

    @contextmanager
    def _named_errors(self, identity: EncoderIdentity) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError, pa.ArrowException) as error:
            message = f"the embedding cache {self._path(identity)} failed ({first_line(error)})"
            raise StorageUnavailable(f"{message}: if it is damaged, delete that folder; it is filled again") from error


def _table(rows: dict[str, Row], dimension: int) -> pa.Table:
    values = pa.array(np.stack(list(rows.values())).ravel())
    vectors = pa.FixedSizeListArray.from_arrays(values, dimension)
    return pa.table({"image": pa.array(list(rows), pa.string()), "embedding": vectors})


def _small_fragments(dataset: lance.LanceDataset) -> int:
    return int(dataset.stats.dataset_stats(max_rows_per_group=ROWS_PER_FRAGMENT)["num_small_files"])


def _is_conflict(error: BaseException) -> bool:
    return any(words in str(error).lower() for words in ("conflict", "already exists"))


class InvalidEmbeddings(MarginError, ValueError):
    """The embeddings are not one finite float32 row of the encoder's dimension per image; the message says why."""


def check_embeddings(identity: EncoderIdentity, image_ids: Sequence[str], matrix: Embeddings) -> None:
    """Check shape, type and values of new embeddings.

    Raises: InvalidEmbeddings.
    """
    expected = (len(image_ids), identity.dimension)
    if matrix.shape != expected or matrix.dtype != np.float32:
        raise InvalidEmbeddings(
            f"{identity.name} gives {expected} float32 embeddings, got {matrix.shape} {matrix.dtype}"
        )
    if not np.isfinite(matrix).all():
        broken = image_ids[int(np.argmin(np.isfinite(matrix).all(axis=1)))]
        raise InvalidEmbeddings(f"{identity.name} gave an embedding of image {broken} that is not finite")
