"""Collections of labeled images to replay labeling on, each as it is and with few images of most classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ml.labels.targets import targets_of
from ml.simulation.replay import LabelingSplit, labeling_split
from ml.splits.stratified import first_of_each_label
from ml.types import Embeddings, Rows, Targets

TEST_SHARE = 0.3
# In an imbalanced pool: images of the most frequent class per image of the rarest one.
IMBALANCE = 20


@dataclass(frozen=True, kw_only=True)
class Source:
    """The files of a collection: .npz files with `embeddings` and `labels`; without a test file a part is held out."""

    train: Path
    test: Path | None
    imbalanced: bool

    @property
    def name(self) -> str:
        """Return the name of the file."""
        return f"{self.train.stem}-imbalanced" if self.imbalanced else self.train.stem


@dataclass(frozen=True, kw_only=True, eq=False)
class Collection:
    """Labeled images. test: rows of the fixed test part, or None if each seed splits off another one."""

    embeddings: Embeddings
    targets: Targets
    test: Rows | None


def sources(addresses: Sequence[str]) -> tuple[Source, ...]:
    """Return two sources per address, as they are and imbalanced.

    Args: addresses: `all.npz` or `train.npz:test.npz`.
    """
    pairs = [
        (Path(train), Path(test) if test else None) for train, _, test in (each.partition(":") for each in addresses)
    ]
    return tuple(
        Source(train=train, test=test, imbalanced=imbalanced) for train, test in pairs for imbalanced in (False, True)
    )


@lru_cache(maxsize=2)
def collection(train: Path, test: Path | None) -> Collection:
    """Read the files, and keep them in memory for the next run on the same files."""
    parts = [_read(path) for path in (train, test) if path is not None]
    names = [name for _, part in parts for name in part]
    first = len(parts[0][1])
    return Collection(
        embeddings=np.concatenate([embeddings for embeddings, _ in parts]),
        targets=targets_of([[name] for name in names], tuple(sorted(set(names)))),
        test=None if test is None else np.arange(first, len(names)),
    )


def split_collection(images: Collection, *, imbalanced: bool, labels_per_class: int, seed: int) -> LabelingSplit:
    """Split a collection into test images, initially labeled images, and the pool.

    The test part is the same whether the pool is imbalanced or not.
    """
    splitting, thinning, starting = np.random.default_rng(seed).spawn(3)
    whole = labeling_split(images.targets, labels_per_class=0, rng=splitting, test_share=TEST_SHARE, test=images.test)
    rest = _thinned(images.targets, whole.pool, rng=thinning) if imbalanced else whole.pool
    start = first_of_each_label(images.targets, starting.permutation(rest), count=labels_per_class)
    return LabelingSplit(initial=np.sort(start), pool=np.setdiff1d(rest, start), test=whole.test)


def _read(path: Path) -> tuple[Embeddings, list[str]]:
    with np.load(path) as file:
        return file["embeddings"], [str(label) for label in file["labels"]]


def _thinned(targets: Targets, rows: Rows, *, rng: np.random.Generator) -> Rows:
    """Thin out the classes to sizes that fall geometrically, in random order; no class grows."""
    classes = rng.permutation(targets.shape[1])
    largest = targets[rows].sum(axis=0).max()
    sizes = np.rint(np.geomspace(largest, largest / IMBALANCE, num=len(classes))).astype(int)
    parts = [
        rng.permutation(rows[targets[rows, of_class]])[:size] for of_class, size in zip(classes, sizes, strict=True)
    ]
    return np.sort(np.concatenate(parts))
