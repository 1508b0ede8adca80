"""Explains why an image was picked: its closest classes, its labeled neighbours, how many images it represents."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.geometry.nearest import nearest_first
from ml.labels.label_mode import LabelMode
from ml.types import Embeddings


@dataclass(frozen=True, kw_only=True)
class ClosestClass:
    """A class that an image may show, and how probable that is, 0..1."""

    label: str
    probability: float


@dataclass(frozen=True, kw_only=True, eq=False)
class NearestLabeledImages:
    """The nearest labeled images of some images, nearest first; of equals the earlier.

    Attributes: rows: (images, k) of the labeled images; distances: (images, k), 1 - cosine, 0..2.
    """

    rows: NDArray[np.intp]
    distances: NDArray[np.float64]


def top_two_classes(
    probabilities: NDArray[np.float64], labels: tuple[str, ...], *, mode: LabelMode
) -> tuple[ClosestClass, ...]:
    """Name the two most probable classes, most probable first, or the only one; of equals the first in the label set.

    Where an image may have several labels, the one that is least decided and its opposite.

    Args: probabilities: (classes,) of one image.
    """
    answers, names = mode.least_decided(probabilities, labels)
    first_two = np.argsort(-answers, kind="stable")[:2]
    return tuple(ClosestClass(label=names[place], probability=float(answers[place])) for place in first_two)


def nearest_labeled(embeddings: Embeddings, labeled: Iterable[Embeddings], *, k: int) -> NearestLabeledImages:
    """Find the k nearest labeled images, or all where there are fewer.

    Args: embeddings: (images, dimension); labeled: chunks (some, dimension) of all labeled images, in order.
    """
    found = nearest_first(embeddings, labeled, k=k)
    # Of two equal embeddings the product may be a little more than 1.
    return NearestLabeledImages(rows=found.rows, distances=np.clip(1 - found.similarities.astype(np.float64), 0, 2))


def represented_count(picked: Embeddings, pool: Iterable[Embeddings]) -> NDArray[np.intp]:
    """Count the images of the pool that each picked image represents: those that it is the nearest picked one of.

    Each image of the pool counts once, for the nearest by cosine; of equals for the earliest.

    Args: picked: (picked, dimension); pool: chunks (some, dimension), which may hold the picked ones too.
    Returns: (picked,) counts that sum to the size of the pool, or nothing where nothing was picked.
    """
    counts = np.zeros(len(picked), dtype=np.intp)
    if not len(picked):
        return counts
    for chunk in pool:
        nearest = nearest_first(chunk, [picked], k=1).rows[:, 0]
        counts += np.bincount(nearest, minlength=len(picked))
    return counts
